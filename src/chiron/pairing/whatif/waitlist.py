"""Who waits, in which order and why; and who takes a place that becomes free, with and without others moving.

The order is fair in three steps: an earlier tier first; in a tier, whoever would gain most; between equals a lottery
drawn from the seed and the identifiers, so that the order in which people stand does not matter. A reserve that was
held back under a cap is given out by `Change("cap", …)`, see `change`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.measures.certificate import steps_of, value
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, Problem, QuotaError
from chiron.pairing.proof.referee import faults
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import Move, Totals, moves, totals


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mentee who has no mentor, and stands in line.

    Attributes:
        mentee: position.
        mentor: whom this mentee would gain most from, −1 where nobody is allowed.
        fit: how well the two fit, 0 where nobody is allowed.
        reason: why the mentee stands here, in a sentence.
    """

    mentee: int
    mentor: int
    fit: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class BackfilledPlan:
    """A plan after a place became free: its pairs (int32 (k, 2), sorted), what it reaches, and who changes mentor."""

    pairs: Ints
    after: Totals
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Backfill:
    """Who takes a place that becomes free.

    Attributes:
        mentee: who takes it while nobody else moves, −1 for nobody.
        reason: why, in a sentence.
        kept: the best plan in which everybody else stays; None where a least number cannot be filled that way.
        moved: the best plan in which others may move; None where a least number cannot be filled at all.
    """

    mentee: int
    reason: str
    kept: BackfilledPlan | None
    moved: BackfilledPlan | None


def waitlist(
    problem: Problem,
    answer: Answer,
    *,
    mentee_names: Sequence[str],
    mentor_names: Sequence[str],
    mentor: int | None = None,
) -> tuple[Waiting, ...]:
    """Return the mentees without a mentor, in the order in which they are served.

    Args:
        problem: who may be paired with whom.
        answer: the plan; its seed draws the lottery.
        mentee_names: what people call the mentees.
        mentor_names: what people call the mentors.
        mentor: ask only for a place with this mentor; left out: with any. Who may have nobody stands last.
    """
    matched = set(answer.pairs[:, 0].tolist())
    lots = lottery(problem.mentees, answer.seed, "mentee")
    mentor_lots = lottery(problem.mentors, answer.seed, "mentor")
    found = []
    for mentee in np.flatnonzero(problem.wanted).tolist():
        if mentee in matched:
            continue
        first, last = int(problem.starts[mentee]), int(problem.starts[mentee + 1])
        partner, fit = problem.partner[first:last], problem.fit[first:last]
        if mentor is not None:
            partner, fit = partner[partner == mentor], fit[partner == mentor]
            if not len(partner):
                continue
        if not len(partner):
            found.append(Waiting(mentee, -1, 0, f"No mentor is allowed for {mentee_names[mentee]}."))
            continue
        best = int(np.lexsort((mentor_lots[partner], -fit))[0])
        found.append(Waiting(mentee, int(partner[best]), int(fit[best]), ""))
    found.sort(key=lambda one: (one.mentor < 0, int(problem.tier[one.mentee]), -one.fit, int(lots[one.mentee])))
    return tuple(_with_reasons(problem, found, mentee_names, mentor_names))


def _with_reasons(
    problem: Problem, found: Sequence[Waiting], mentee_names: Sequence[str], mentor_names: Sequence[str]
) -> list[Waiting]:
    """Return those who wait, each with the reason for standing behind the one before."""
    told = []
    for at, one in enumerate(found):
        if one.mentor < 0:
            told.append(one)
            continue
        text = f"{mentee_names[one.mentee]} would gain {one.fit} with {mentor_names[one.mentor]}"
        before = found[at - 1] if at else None
        if before is None:
            text = f"First in line: {text}."
        elif problem.tier[before.mentee] != problem.tier[one.mentee]:
            text += f", and {mentee_names[before.mentee]} is served in an earlier tier."
        elif before.fit != one.fit:
            text += f", {before.fit - one.fit} less than {mentee_names[before.mentee]}."
        else:
            text += f", as much as {mentee_names[before.mentee]}; the lot decided."
        told.append(replace(one, reason=text))
    return told


def backfill(
    problem: Problem,
    answer: Answer,
    mentor: int,
    *,
    mentee_names: Sequence[str],
    mentor_names: Sequence[str],
    leaves: int | None = None,
) -> Backfill:
    """Return who takes a place that becomes free with a mentor, and the best plans without and with others moving.

    Args:
        problem: who may be paired with whom.
        answer: the plan.
        mentor: whose place it is.
        mentee_names: what people call the mentees.
        mentor_names: what people call the mentors.
        leaves: the mentee who leaves the place, and may have one mentor fewer from then on; left out: the mentor
            takes one mentee more than before.

    Raises:
        KeyError: the plan has no such pair.
    """
    freed, before = _freed(problem, answer, mentor, leaves)
    held = replace(freed, locked=before)
    kept, moved = _best(held, answer), _best(freed, answer)
    line = waitlist(
        freed, replace(answer, pairs=before), mentee_names=mentee_names, mentor_names=mentor_names, mentor=mentor
    )
    # Of several best plans without moves, the one that serves the first in line.
    if kept is not None and line:
        first = np.array([[line[0].mentee, mentor]], dtype=np.int32)
        named = np.concatenate([before, first])
        if not faults(held, named) and _merit(held, named, answer) == _merit(held, kept, answer):
            kept = named[np.lexsort((named[:, 1], named[:, 0]))]
    new = [] if kept is None else [pair for pair in kept.tolist() if pair not in before.tolist()]
    takes = next((mentee for mentee, other in new if other == mentor), -1)
    return Backfill(
        mentee=takes,
        reason=_reason(line, takes, mentor_names[mentor], mentee_names),
        kept=None if kept is None else BackfilledPlan(kept, totals(freed, kept), moves(freed, before, kept)),
        moved=None if moved is None else BackfilledPlan(moved, totals(freed, moved), moves(freed, before, moved)),
    )


def _freed(problem: Problem, answer: Answer, mentor: int, leaves: int | None) -> tuple[Problem, Ints]:
    """Return the problem with the place free, and the pairs that are left."""
    if leaves is None:
        capacity = problem.capacity.copy()
        capacity[mentor] += 1
        return replace(problem, capacity=capacity), answer.pairs
    gone = (answer.pairs == np.array([leaves, mentor])).all(axis=1)
    if not gone.any():
        raise KeyError((leaves, mentor))
    wanted = problem.wanted.copy()
    wanted[leaves] -= 1
    locked = problem.locked[~(problem.locked == np.array([leaves, mentor])).all(axis=1)]
    return replace(problem, wanted=wanted, locked=locked), answer.pairs[~gone]


def _best(problem: Problem, answer: Answer) -> Ints | None:
    """Return the pairs of the best plan, None where a least number cannot be filled."""
    try:
        return solve(problem, aim=answer.aim, seed=answer.seed, start=answer).pairs
    except QuotaError:
        return None


def _merit(problem: Problem, pairs: Ints, answer: Answer) -> list[int]:
    """Return what a plan reaches in the steps of its aim."""
    steps = steps_of(problem, pairs, answer.aim)
    return [value(problem, pairs, name, level) for name, level in steps if name != "people above"]


def _reason(line: Sequence[Waiting], takes: int, mentor: str, mentee_names: Sequence[str]) -> str:
    """Return why this mentee takes the place."""
    if takes < 0:
        why = (
            "a cap allows no more pairs, or it would lower the plan"
            if line
            else "nobody who waits may have this mentor"
        )
        return f"The place with {mentor} stays free: {why}."
    for at, one in enumerate(line):
        if one.mentee == takes:
            passed = f" {mentee_names[line[0].mentee]} could not be paired without breaking a cap." if at else ""
            return f"{one.reason}{passed}"
    return f"{mentee_names[takes]} has a mentor already, and may have one more."
