"""A plan of a chain that breaks a coupling rule, mended by hand: a place to start from, never a proof."""

import numpy as np

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.chain.network import circles, mentees_of
from chiron.pairing.shapes.model.typed_problems import ChainProblem


def mended(problem: ChainProblem, taken: Longs, seed: int) -> Longs:
    """Return ties that keep every rule: what of a plan hangs together, then whoever can still be attached, best first.

    Args:
        problem: the chain.
        taken: places of ties that keep every capacity and cap.
        seed: decides between ties of equal fit.
    """
    plans = [_grown(problem, _sound(problem, taken), seed)]
    if problem.needs_mentor:
        # What hangs together may lead nowhere, so that nobody can be attached to it.
        plans.append(_grown(problem, taken[:0], seed))
    return max(plans, key=len)


def _grown(problem: ChainProblem, sound: Longs, seed: int) -> Longs:
    """Return ties that keep every rule with all that can be attached to them."""
    forest = _Forest(problem)
    for tie in sound.tolist():
        forest.attach(tie)
    waiting = np.flatnonzero(forest.waits[forest.mentee])
    rank = lottery(problem.people, seed, "person")
    # Where only a person with a mentor may mentor, those who can take most people must come first.
    opens = problem.capacity[forest.mentee[waiting]] * problem.needs_mentor
    fit = problem.fit[waiting]
    order = np.lexsort((rank[forest.mentor[waiting]], rank[forest.mentee[waiting]], -fit, -opens))
    left = waiting[order].tolist()
    is_grown = True
    while is_grown:
        is_grown = False
        left = [tie for tie in left if forest.waits[forest.mentee[tie]]]
        for tie in left:
            if forest.can_attach(tie):
                forest.attach(tie)
                is_grown = True
                if problem.needs_mentor:
                    break
    return np.array(sorted(forest.ties), dtype=np.int64)


def _sound(problem: ChainProblem, taken: Longs) -> Longs:
    """Return the ties of a plan without one of each circle, and without those that hang from nobody."""
    people = len(problem.people)
    mentee = np.searchsorted(problem.starts, taken, side="right") - 1
    tie_of = dict(zip(mentee.tolist(), taken.tolist(), strict=True))
    for circle in circles(people, mentee, problem.partner[taken]):
        worst = min(circle, key=lambda one: (int(problem.fit[tie_of[one]]), problem.people[one]))
        del tie_of[worst]
    while problem.needs_mentor:
        loose = [
            one
            for one, tie in tie_of.items()
            if problem.seeking[problem.partner[tie]] and int(problem.partner[tie]) not in tie_of
        ]
        if not loose:
            break
        for one in loose:
            del tie_of[one]
    return np.array(sorted(tie_of.values()), dtype=np.int64)


class _Forest:
    """A plan that keeps every rule and grows tie by tie."""

    def __init__(self, problem: ChainProblem) -> None:
        self.problem = problem
        self.mentee, self.mentor = mentees_of(problem), problem.partner
        self.room = problem.capacity.astype(np.int64)
        self.limits = [cap.limit for cap in problem.caps]
        self.members = [frozenset(cap.mentors) for cap in problem.caps]
        self.waits = problem.seeking.copy()
        self.above: dict[int, int] = {}
        self.ties: list[int] = []

    def attach(self, tie: int) -> None:
        """Add a tie that keeps every rule."""
        mentee, mentor = int(self.mentee[tie]), int(self.mentor[tie])
        self.ties.append(tie)
        self.above[mentee] = mentor
        self.waits[mentee] = False
        self.room[mentor] -= 1
        self.limits = [limit - (mentor in members) for limit, members in zip(self.limits, self.members, strict=True)]

    def can_attach(self, tie: int) -> bool:
        """Return True if a tie can be added without breaking a rule."""
        mentee, mentor = int(self.mentee[tie]), int(self.mentor[tie])
        if not self.waits[mentee] or self.room[mentor] < 1:
            return False
        if any(limit < 1 and mentor in members for limit, members in zip(self.limits, self.members, strict=True)):
            return False
        if self.problem.needs_mentor and self.waits[mentor]:
            return False
        at: int | None = mentor
        while at is not None and at != mentee:
            at = self.above.get(at)
        return at is None
