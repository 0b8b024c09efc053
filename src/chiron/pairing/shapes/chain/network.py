"""A chain as a network without its coupling rules, and as a program with them.

Variables are the ties in the order of the input, then, where only a person with a mentor may mentor, a mark for each
person, taken only if the person has a mentor. Limits by kind: "person" j (her capacity, times her mark where she asks
for a mentor and needs one), "cap" c, "mark" j; found on the way: "tie" t (a tie only to a mentor who is marked) and
"circle" (the ties inside a set of people are fewer than the people).
"""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.shapes.model.typed_problems import ChainProblem
from chiron.pairing.shapes.programming.integer_program import IntegerProgram, Rows

CLEARLY = 1e-4
MOST_CUTS = 2_000


def mentees_of(problem: ChainProblem) -> Longs:
    """Return the mentee of each tie: int64 (p,)."""
    return np.repeat(np.arange(len(problem.people)), np.diff(problem.starts))


def links(problem: ChainProblem) -> tuple[str, ...]:
    """Return the names of the links: the generation of the mentee, lowest first; one nameless link without levels."""
    if problem.level is None:
        return ("",)
    return tuple(str(level) for level in np.unique(problem.level).tolist())


def link_of(problem: ChainProblem) -> Longs:
    """Return the link of each person as a mentee: int64 (n,)."""
    if problem.level is None:
        return np.zeros(len(problem.people), dtype=np.int64)
    return np.unique(problem.level, return_inverse=True)[1].reshape(-1).astype(np.int64)


def has_circles(problem: ChainProblem) -> bool:
    """Return True if the allowed ties leave room for a circle of mentors."""
    return problem.level is None or problem.within_level


def engine_problem(problem: ChainProblem) -> Problem:
    """Return the chain without the rules that couple generations; its ties stand in the same order."""
    return Problem(
        mentees=problem.people,
        mentors=problem.people,
        starts=problem.starts,
        partner=problem.partner,
        fit=problem.fit,
        capacity=problem.capacity,
        wanted=problem.seeking.astype(np.int32),
        tier=np.zeros(len(problem.people), dtype=np.int32),
        caps=problem.caps,
    )


def breaks_rules(problem: ChainProblem, taken: Longs) -> bool:
    """Return True if ties that keep every capacity break a rule that couples generations."""
    mentee = np.searchsorted(problem.starts, taken, side="right") - 1
    mentor = problem.partner[taken]
    if problem.needs_mentor:
        has_mentor = ~problem.seeking
        has_mentor[mentee] = True
        if not has_mentor[mentor].all():
            return True
    return has_circles(problem) and bool(circles(len(problem.people), mentee, mentor))


def circles(people: int, mentee: Longs, mentor: NDArray[np.int32] | Longs) -> list[tuple[int, ...]]:
    """Return the circles of mentors, each as its people in ascending order, where nobody has two mentors."""
    above = np.full(people, -1, dtype=np.int64)
    above[mentee] = mentor
    seen = np.full(people, -1, dtype=np.int64)
    found = []
    for first in mentee.tolist():
        at = first
        while at >= 0 and seen[at] < 0:
            seen[at] = first
            at = int(above[at])
        if at >= 0 and seen[at] == first:
            circle, one = [at], int(above[at])
            while one != at:
                circle.append(one)
                one = int(above[one])
            found.append(tuple(sorted(circle)))
    return found


def with_marks(problem: ChainProblem, taken: Longs) -> Longs:
    """Return ties with the marks of the people who have a mentor, where there are marks."""
    if not problem.needs_mentor:
        return taken
    mentee = np.searchsorted(problem.starts, taken, side="right") - 1
    return np.concatenate([np.sort(taken), len(problem.partner) + np.unique(mentee)]).astype(np.int64)


def program_of(problem: ChainProblem, seed: int) -> IntegerProgram:
    """Return the chain with all its rules as a program."""
    people, ties = len(problem.people), len(problem.partner)
    mentee, mentor = mentees_of(problem), problem.partner.astype(np.int64)
    every, ones = np.arange(ties), np.ones(ties, dtype=np.int64)
    order = lottery(problem.people, seed, "person")
    rank = np.empty(ties, dtype=np.int64)
    rank[np.lexsort((order[mentor], order[mentee]))] = every
    block = np.unique(mentee, return_inverse=True)[1].reshape(-1).astype(np.int64)
    capacity = problem.capacity.astype(np.int64)
    rows = []
    if problem.needs_mentor:
        coupled = np.flatnonzero(problem.seeking)
        limit = np.where(problem.seeking, 0, capacity)
        entries = (np.concatenate([mentor, coupled]), np.concatenate([every, ties + coupled]))
        amount = np.concatenate([ones, -capacity[coupled]])
        rows.append(Rows("person", np.arange(people), limit, *entries, amount))
        own = np.concatenate([mentee, np.arange(people)])
        both, nothing = np.concatenate([every, ties + np.arange(people)]), np.zeros(people, dtype=np.int64)
        rows.append(
            Rows("mark", np.arange(people), nothing, own, both, np.concatenate([-ones, np.ones(people, np.int64)]))
        )
        block = np.concatenate([block, int(block.max(initial=-1)) + 1 + np.arange(people)])
        rank = np.concatenate([rank, ties + order])
    else:
        rows.append(Rows("person", np.arange(people), capacity, mentor, every, ones))
    for at, cap in enumerate(problem.caps):
        inside = np.flatnonzero(np.isin(mentor, cap.mentors))
        rows.append(
            Rows("cap", np.array([at]), np.array([cap.limit]), np.zeros_like(inside), inside, np.ones_like(inside))
        )
    separate = _Separator(problem, mentee, mentor)
    return IntegerProgram(block, rank, problem.fit.astype(np.int64), tuple(rows), separate.cuts)


class _Separator:
    """Finds limits that values break: ties to mentors who are not marked enough, and circles."""

    def __init__(self, problem: ChainProblem, mentee: Longs, mentor: Longs) -> None:
        self.problem, self.mentee, self.mentor = problem, mentee, mentor

    def cuts(self, values: NDArray[np.float64]) -> list[Rows]:
        """Return limits that these values of all variables break."""
        support = np.flatnonzero(values[: len(self.mentee)] > CLEARLY)
        found = self._unmarked(values, support) if self.problem.needs_mentor else []
        return [*found, *self._circles(values, support)] if has_circles(self.problem) else found

    def _unmarked(self, values: NDArray[np.float64], support: Longs) -> list[Rows]:
        ties = len(self.mentee)
        own = support[self.problem.seeking[self.mentor[support]]]
        over = values[own] - values[ties + self.mentor[own]]
        broken = np.flatnonzero(over > CLEARLY)
        broken = np.sort(broken[np.argsort(-over[broken], kind="stable")][:MOST_CUTS])
        zero, one = np.zeros(1, dtype=np.int64), np.array([1, -1])
        return [
            Rows("tie", np.array([tie]), zero, np.zeros(2, dtype=np.int64), np.array([tie, ties + mentor]), one)
            for tie, mentor in zip(own[broken].tolist(), self.mentor[own[broken]].tolist(), strict=True)
        ]

    def _circles(self, values: NDArray[np.float64], support: Longs) -> list[Rows]:
        """Follow everybody's likeliest mentor, and look at the circles that this gives."""
        order = support[np.argsort(values[support], kind="stable")]
        # A later entry replaces an earlier one, so the likeliest mentor stays.
        likeliest = np.full(len(self.problem.people), -1, dtype=np.int64)
        likeliest[self.mentee[order]] = order
        kept = likeliest[likeliest >= 0]
        found = []
        for circle in circles(len(self.problem.people), self.mentee[kept], self.mentor[kept]):
            inside = np.zeros(len(self.problem.people), dtype=np.bool_)
            inside[list(circle)] = True
            ties = np.flatnonzero(inside[self.mentee] & inside[self.mentor])
            if values[ties].sum() > len(circle) - 1 + CLEARLY:
                nothing, ones = np.zeros(len(ties), dtype=np.int64), np.ones(len(ties), dtype=np.int64)
                limit = np.array([len(circle) - 1])
                found.append(Rows("circle", np.zeros(1, dtype=np.int64), limit, nothing, ties, ones, (circle,)))
        return found
