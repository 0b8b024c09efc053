"""Who comes next when a place becomes free: an order of those who wait, each with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chiron.blueprints.plan.pairs import PairsPlan
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Cap, Longs
from chiron.pairing.model.sentences import Sentence


@dataclass(frozen=True, slots=True)
class WaitingMentee:
    """One place in the order of those who wait.

    Attributes:
        mentee_id: who waits.
        rank: place in the order, from 1.
        mentor_id: the mentor whom this person would be offered; empty where nobody could be.
        fit: how well the two fit; 0 where there is nobody.
        reason: why this person stands here.
    """

    mentee_id: str
    rank: int
    mentor_id: str
    fit: int
    reason: Sentence


def waitlist(plan: PairsPlan) -> tuple[WaitingMentee, ...]:
    """Return those who wait in the order in which they would come in, were places to become free.

    No pair of the plan is moved for it. Those who are served first by the programme's priority come first; among
    them, whoever fits best with a mentor who still has a place, who then gives up that place in turn; equal fits are
    drawn by lot. At the end stand those for whom no mentor has a place.
    """
    return tuple(_ordered(plan, _free_places(plan)))


def _free_places(plan: PairsPlan) -> Longs:
    """Return how many places each mentor has left, int64 (m,), with no eye to the caps of the whole programme."""
    problem = plan.problem
    used = np.bincount(plan.answer.pairs[:, 1], minlength=len(problem.mentors))
    free = problem.capacity.astype(np.int64) - used
    for cap in problem.caps:
        members = np.asarray(cap.mentors, dtype=np.int64)
        if not _over_all(cap, len(problem.mentors)) and used[members].sum() >= cap.limit:
            free[members] = 0
    left: Longs = np.maximum(free, 0)
    return left


def _over_all(cap: Cap, mentors: int) -> bool:
    """Return True for the cap of the whole programme: a place under it is what people wait for."""
    return len(cap.mentors) == mentors


def _ordered(plan: PairsPlan, free: Longs) -> Iterator[WaitingMentee]:
    """Yield those who wait in their order; `free` is used up on the way."""
    problem = plan.problem
    matched = set(plan.answer.pairs[:, 0].tolist())
    left = [place for place, one in enumerate(plan.mentees) if one.wanted and place not in matched]
    lot = lottery(problem.mentees, plan.answer.seed, "mentee")
    mentor_lot = lottery(problem.mentors, plan.answer.seed, "mentor")
    rank = 0
    while left:
        rank += 1
        best = {place: _best_free(plan, place, free, mentor_lot) for place in left}
        # Somebody without a mentor at hand stands behind everybody who has one, whatever the priority.
        place = min(left, key=lambda one: (best[one][0] < 0, problem.tier[one], -best[one][1], lot[one]))
        mentor, fit = best[place]
        left.remove(place)
        if mentor >= 0:
            free[mentor] -= 1
        yield WaitingMentee(
            mentee_id=plan.mentees[place].id,
            rank=rank,
            mentor_id=plan.mentors[mentor].id if mentor >= 0 else "",
            fit=fit if mentor >= 0 else 0,
            reason=_reason(plan, place, mentor, fit),
        )


def _best_free(plan: PairsPlan, place: int, free: Longs, lots: Longs) -> tuple[int, int]:
    """Return the mentor with a free place who fits a mentee best, and the fit; −1 and 0 where there is none."""
    problem = plan.problem
    first, last = int(problem.starts[place]), int(problem.starts[place + 1])
    partner, fit = problem.partner[first:last], problem.fit[first:last]
    at_hand = np.flatnonzero(free[partner] > 0)
    if not len(at_hand):
        return -1, 0
    best = min(at_hand.tolist(), key=lambda at: (-int(fit[at]), int(lots[partner[at]])))
    return int(partner[best]), int(fit[best])


def _reason(plan: PairsPlan, place: int, mentor: int, fit: int) -> Sentence:
    """Return why somebody stands here."""
    if mentor < 0:
        return Sentence("waits.for_nobody", {"mentee": plan.mentees[place].name})
    order = plan.priority_of(plan.mentees[place].id)
    offer = Sentence("waits.for_mentor", {"mentor": plan.mentors[mentor].name, "fit": fit})
    return offer if order is None else Sentence("both", {"first": offer, "then": order})
