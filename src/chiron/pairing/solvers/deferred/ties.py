"""A stable plan that leaves nobody out, where equal wishes leave a choice: exact, and in a bounded piece of work.

With wishes that all differ every stable plan matches the same people (the rural hospitals theorem: Roth 1986; with
nested caps Fleiner 2003). With equal wishes stable plans differ in size, and finding the largest is NP-hard (Iwama,
Manlove, Miyazaki and Morita 1999), so a pool that is too large is answered by "not decided".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from ortools.linear_solver import pywraplp

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, Longs, Problem

MOST_PAIRS = 4_000
"""Allowed pairs up to which every stable plan is looked through."""
EFFORT = "num_workers:1 max_deterministic_time:2"
"""A measure of work instead of seconds, so that the answer does not depend on the computer; some 5 to 20 seconds."""
FOUND = frozenset({pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE})


@dataclass(frozen=True, slots=True, eq=False)
class EveryoneStable:
    """What is known of stable plans that leave nobody out.

    Attributes:
        pairs: int32 (k, 2), one of them, unsorted; None where none was found.
        is_decided: True if it is sure that there is none where none was found.
    """

    pairs: Ints | None
    is_decided: bool


@lru_cache(maxsize=1)
def everyone_stable(problem: Problem, seed: int, *, mentees_first: bool) -> EveryoneStable:
    """Return a stable plan that leaves nobody out, of those the one with the highest sum of wishes that was found.

    The last answer is kept, since who explains why somebody is left out asks again.

    Args:
        problem: without clashes and least numbers; its locked pairs can be held.
        seed: decides between plans of equal worth.
        mentees_first: True for the wishes of the mentees, False for those of the mentors.
    """
    if not has_equal_wishes(problem):
        return EveryoneStable(None, is_decided=True)
    if len(problem.partner) > MOST_PAIRS:
        return EveryoneStable(None, is_decided=False)
    return _StableModel(problem, seed, mentees_first=mentees_first).solved()


def left_out(problem: Problem, pairs: Ints) -> int:
    """Return how many mentees who may have a mentor have none."""
    return int(np.count_nonzero(problem.wanted)) - len(np.unique(np.asarray(pairs)[:, 0]))


def has_equal_wishes(problem: Problem) -> bool:
    """Return True if a mentee, or a mentor or cap, wishes two of its pairs equally, so that the lottery decides."""
    wish, order = _wishes(problem)
    row = np.repeat(np.arange(len(problem.mentees)), np.diff(problem.starts))
    if _repeats(row, wish) or _repeats(problem.partner, order):
        return True
    inside = (np.flatnonzero(np.isin(problem.partner, cap.mentors)) for cap in problem.caps)
    return any(_repeats(np.zeros_like(places), order[places]) for places in inside)


def _wishes(problem: Problem) -> tuple[Longs, Longs]:
    """Return what each pair counts for its mentee, and for its mentor, an earlier tier before any wish."""
    wish = problem.fit if problem.mentee_fit is None else problem.mentee_fit
    own = problem.fit if problem.mentor_fit is None else problem.mentor_fit
    tier = np.unique(problem.tier, return_inverse=True)[1].astype(np.int64)
    row = np.repeat(np.arange(len(problem.mentees)), np.diff(problem.starts))
    span = int(own.max(initial=0)) - int(own.min(initial=0)) + 1
    return wish.astype(np.int64), own.astype(np.int64) - tier[row] * span


def _repeats(owner: Longs | Ints, wish: Longs) -> bool:
    """Return True if one owner has the same wish twice."""
    order = np.lexsort((wish, owner))
    return bool(((np.diff(owner[order]) == 0) & (np.diff(wish[order]) == 0)).any())


def _places_of_nodes(problem: Problem) -> Iterator[Longs]:
    """Yield the places of the pairs with each mentor, then of those under each cap."""
    for mentor in range(len(problem.mentors)):
        yield np.flatnonzero(problem.partner == mentor)
    for cap in problem.caps:
        yield np.flatnonzero(np.isin(problem.partner, cap.mentors))


class _StableModel:
    """Every stable plan as whole numbers: a pair is held, or its mentee is content, or its mentor or a cap over it is.

    Somebody is content with a wish who has no room and holds nothing that is less wished for.
    """

    def __init__(self, problem: Problem, seed: int, *, mentees_first: bool) -> None:
        self.problem = problem
        self.model = pywraplp.Solver.CreateSolver("SAT")
        self.row = np.repeat(np.arange(len(problem.mentees)), np.diff(problem.starts))
        self.wish, self.order = _wishes(problem)
        locked = problem.positions(problem.locked)
        self.is_locked = np.zeros(len(problem.partner), dtype=np.bool_)
        self.is_locked[locked] = True
        # In the order of the lottery, so that the order of the input decides nothing.
        rank, other = lottery(problem.mentees, seed, "mentee"), lottery(problem.mentors, seed, "mentor")
        self.sequence: list[int] = np.lexsort((other[problem.partner], rank[self.row])).tolist()
        self.held = {at: self.model.IntVar(float(self.is_locked[at]), 1.0, "") for at in self.sequence}
        self._limit_mentees(rank)
        self._limit_mentors(other)
        objective = self.model.Objective()
        for at in self.sequence:
            objective.SetCoefficient(self.held[at], float((self.wish if mentees_first else self.order)[at]))
        objective.SetMaximization()

    def _limit_mentees(self, rank: Longs) -> None:
        """Give each mentee at least one mentor, and no more than wanted; note with what each would be content."""
        self.content: dict[int, pywraplp.Variable] = {}
        for mentee in np.argsort(rank).tolist():
            own = np.arange(self.problem.starts[mentee], self.problem.starts[mentee + 1])
            most = int(self.problem.wanted[mentee])
            row = self.model.Constraint(float(min(most, 1)), float(most))
            for at in own.tolist():
                row.SetCoefficient(self.held[at], 1.0)
            self.content |= self._contents(own, self.wish, most)

    def _limit_mentors(self, rank: Longs) -> None:
        """Keep the limits of mentors and caps, and let no pair block."""
        places = list(_places_of_nodes(self.problem))
        limits = [*self.problem.capacity.tolist(), *(cap.limit for cap in self.problem.caps)]
        nodes = sorted(
            range(len(places)), key=lambda node: (len(places[node]), rank[self.problem.partner[places[node]]].tolist())
        )
        above: dict[int, list[pywraplp.Variable]] = {at: [] for at in self.sequence}
        for node in nodes:
            row = self.model.Constraint(0.0, float(limits[node]))
            for at in places[node].tolist():
                row.SetCoefficient(self.held[at], 1.0)
            for at, variable in self._contents(places[node], self.order, limits[node]).items():
                above[at].append(variable)
        for at in self.sequence:
            if self.is_locked[at]:
                continue
            row = self.model.Constraint(1.0, self.model.infinity())
            for variable in (self.held[at], self.content[at], *above[at]):
                row.SetCoefficient(variable, 1.0)

    def _contents(self, places: Longs, wish: Longs, most: int) -> dict[int, pywraplp.Variable]:
        """Return a variable for each place of an owner, 1 only if there is no room and nothing less wished for is held.

        Locked pairs fill room, whatever they are wished.
        """
        found: dict[int, pywraplp.Variable] = {}
        by_wish: dict[int, pywraplp.Variable] = {}
        for at in places.tolist():
            if (level := int(wish[at])) not in by_wish:
                variable = by_wish[level] = self.model.IntVar(0.0, 1.0, "")
                row = self.model.Constraint(0.0, self.model.infinity())
                row.SetCoefficient(variable, -float(most))
                for other in places[(wish[places] >= level) | self.is_locked[places]].tolist():
                    row.SetCoefficient(self.held[other], 1.0)
            found[at] = by_wish[level]
        return found

    def solved(self) -> EveryoneStable:
        """Return the best plan found in a bounded piece of work."""
        self.model.SetSolverSpecificParametersAsString(EFFORT)
        status = self.model.Solve()
        if status not in FOUND:
            return EveryoneStable(None, is_decided=status == pywraplp.Solver.INFEASIBLE)
        taken = np.array(sorted(at for at in self.sequence if self.held[at].solution_value() > 1 / 2), dtype=np.int64)
        pairs = np.stack([self.row[taken], self.problem.partner[taken]], axis=1).astype(np.int32)
        return EveryoneStable(pairs, is_decided=True)
