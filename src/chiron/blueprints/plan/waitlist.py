"""Who comes next when a place becomes free: an order of those who wait, each with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

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


def next_for(plan: PairsPlan, mentor_id: str) -> WaitingMentee | None:
    """Return who is offered the place that becomes free when one of this mentor's matches ends.

    The first of the order who may have this mentor, or a mentor with another free place, comes in: a place in the
    programme is free then, too.

    Args:
        plan: the plan with the match that ends still in it.
        mentor_id: whose match ends.

    Raises:
        KeyError: no mentor has this id.
    """
    free = _free_places(plan)
    free[{one.id: place for place, one in enumerate(plan.mentors)}[mentor_id]] += 1
    first = next(_ordered(plan, free), None)
    return first if first is not None and first.mentor_id else None


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
    """Yield those who wait in their order; `free` is used up on the way.

    Places only become fewer, so nobody's place in the order gets better: whoever stands first is looked at once more,
    and put back where their mentor has no place left.
    """
    problem = plan.problem
    matched = set(plan.answer.pairs[:, 0].tolist())
    lot = lottery(problem.mentees, plan.answer.seed, "mentee")
    mentor_lot = lottery(problem.mentors, plan.answer.seed, "mentor")
    waiting = [
        _Waiting(plan, place, free, mentor_lot)
        for place, one in enumerate(plan.mentees)
        if one.wanted and place not in matched
    ]

    def standing(one: _Waiting) -> tuple[bool, int, int, int]:
        # Somebody without a mentor at hand stands behind everybody who has one, whatever the priority.
        return one.mentor < 0, int(problem.tier[one.place]), -one.fit, int(lot[one.place])

    queue = [(standing(one), at) for at, one in enumerate(waiting)]
    heapify(queue)
    rank = 0
    while queue:
        _, at = heappop(queue)
        one = waiting[at]
        if one.mentor >= 0 and not free[one.mentor]:
            one.look_on(free)
            heappush(queue, (standing(one), at))
            continue
        if one.mentor >= 0:
            free[one.mentor] -= 1
        rank += 1
        yield WaitingMentee(
            mentee_id=plan.mentees[one.place].id,
            rank=rank,
            mentor_id=plan.mentors[one.mentor].id if one.mentor >= 0 else "",
            fit=one.fit,
            reason=_reason(plan, one.place, one.mentor, one.fit),
        )


class _Waiting:
    """Somebody who waits, and the mentor with a free place who fits best: −1, with fit 0, where there is none."""

    def __init__(self, plan: PairsPlan, place: int, free: Longs, lots: Longs) -> None:
        """Put the mentors with a free place in order: the best fit first, equal fits by lot."""
        problem = plan.problem
        here = slice(int(problem.starts[place]), int(problem.starts[place + 1]))
        partner, fit = problem.partner[here], problem.fit[here]
        at_hand = np.flatnonzero(free[partner] > 0)
        order = at_hand[np.lexsort((lots[partner[at_hand]], -fit[at_hand].astype(np.int64)))]
        self.place = place
        self._rest: Iterator[tuple[int, int]] = iter(zip(partner[order].tolist(), fit[order].tolist(), strict=True))
        self.mentor, self.fit = next(self._rest, (-1, 0))

    def look_on(self, free: Longs) -> None:
        """Take the next mentor who still has a place."""
        while self.mentor >= 0 and not free[self.mentor]:
            self.mentor, self.fit = next(self._rest, (-1, 0))


def _reason(plan: PairsPlan, place: int, mentor: int, fit: int) -> Sentence:
    """Return why somebody stands here."""
    if mentor < 0:
        return Sentence("waits.for_nobody", {"mentee": plan.mentees[place].name})
    order = plan.priority_of(plan.mentees[place].id)
    offer = Sentence("waits.for_mentor", {"mentor": plan.mentors[mentor].name, "fit": fit})
    return offer if order is None else Sentence("both", {"first": offer, "then": order})
