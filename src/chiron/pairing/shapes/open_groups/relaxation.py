"""The linear relaxation of groups that may stay closed, and the bound that its prices give in whole numbers."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from chiron.pairing.model.counts import mentors_counted, most_mentors
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.shapes.open_groups.problem import OpeningLeaf

SCALE = 27_720
"""Prices are whole multiples of 1 / SCALE, which every denominator up to 12 divides."""
NEVER = -(1 << 60)
MOST_PARTS = 20_000
"""With more pairs the relaxation is looser, and done in time."""

Shares = NDArray[np.float64]
Asked = tuple[str, int | None, int]
"""A step of the aim: its name, its level, and the value that was reached."""
Counted = tuple[Longs, Longs]
"""What a step counts: each pair, int64 (p,); and the first, second, … mentor of each mentee, int64 (n, W)."""


class Relaxation:
    """One step of the aim, with the earlier ones kept, relaxed to parts of pairs and of open groups."""

    def __init__(self, problem: Problem, opens: Sequence[int], kept: Sequence[Asked], asked: Asked | None) -> None:
        """Write the step down; without one only a plan is looked for."""
        self.problem, self.opens = problem, np.array(opens, dtype=np.int64)
        mentees = len(problem.mentees)
        self.row = np.repeat(np.arange(mentees), np.diff(problem.starts))
        self.column = problem.partner.astype(np.int64)
        self.locked = np.zeros(len(self.row), dtype=np.bool_)
        self.locked[problem.positions(problem.locked)] = True
        floors = [value for name, _, value in kept if name == "lowest fit"]
        self.is_lowest = asked is not None and asked[0] == "lowest fit"
        if asked is not None and self.is_lowest:
            floors.append(asked[2] + 1)
        self.open = self.locked | (problem.fit >= max(floors, default=-(1 << 31)))
        self.most_of_each = most_mentors(problem)
        self.kept = [
            (self._nothing(), 0) if name == "lowest fit" else (self._counts_of(name, level), value)
            for name, level, value in kept
        ]
        self.counts = self._nothing() if asked is None or self.is_lowest else self._counts_of(asked[0], asked[1])
        self.hard = None if self.is_lowest else _OpeningModel(self, is_soft=False)
        self.soft: _OpeningModel | None = None

    def _nothing(self) -> Counted:
        """Return what a step counts that counts nothing."""
        people = (len(self.problem.mentees), max(1, int(self.most_of_each.max(initial=1))))
        return np.zeros(len(self.row), dtype=np.int64), np.zeros(people, dtype=np.int64)

    def _counts_of(self, name: str, level: int | None) -> Counted:
        """Return what a step counts."""
        pairs, people = self._nothing()
        if mentors := mentors_counted(name):
            people[:, mentors - 1] = (self.problem.tier == level) & (self.most_of_each >= mentors)
            return pairs, people
        return self.problem.fit.astype(np.int64), people

    def leaf(self, closed: frozenset[int], opened: frozenset[int]) -> tuple[OpeningLeaf, int | None, Shares]:
        """Return prices for a part of the choices, their bound (None: no plan is there), and how open each mentor is.

        For the step "lowest fit" the bound is below 0 where the earlier steps cannot be kept above it.
        """
        if self.hard is not None:
            found = self.hard.solved(closed, opened)
            if found is not None:
                leaf = OpeningLeaf(*found[:3], scale=SCALE)
                return leaf, self.most(leaf, closed, opened) // SCALE, found[3]
        if self.soft is None:
            self.soft = _OpeningModel(self, is_soft=True)
        prices, caps, weights, shares = self.soft.solved(closed, opened) or self._free()
        leaf = OpeningLeaf(prices, caps, weights, scale=0)
        most = self.most(leaf, closed, opened)
        if self.is_lowest:
            return leaf, most, shares
        if most < 0:
            return leaf, None, shares
        prices, caps, weights, _ = self._free()
        leaf = OpeningLeaf(prices, caps, weights, scale=SCALE)
        return leaf, self.most(leaf, closed, opened) // SCALE, shares

    def _free(self) -> tuple[Longs, Longs, tuple[int, ...], Shares]:
        """Return prices of nothing."""
        return (
            np.zeros(len(self.problem.mentees), dtype=np.int64),
            np.zeros(len(self.problem.caps), dtype=np.int64),
            (0,) * len(self.kept),
            np.full(len(self.opens), 1 / 2),
        )

    def most(self, leaf: OpeningLeaf, closed: frozenset[int], opened: frozenset[int]) -> int:
        """Return what these prices prove, times the scale: the best group of each mentor, and what places cost."""
        problem = self.problem
        value, people = (leaf.scale * one for one in self.counts)
        most = 0
        for ((pairs, mentors), reached), weight in zip(self.kept, leaf.weights, strict=True):
            value = value + weight * pairs
            people = people + weight * mentors
            most -= weight * reached
        may_have = np.arange(people.shape[1]) < self.most_of_each[:, None]
        counted = np.cumsum(np.where(may_have, people + leaf.mentee_prices[:, None], 0), axis=1)
        most += int(np.maximum(counted.max(axis=1, initial=0), 0).sum())
        seats = np.zeros(len(self.opens), dtype=np.int64)
        for cap, price in zip(problem.caps, leaf.cap_prices.tolist(), strict=True):
            seats[list(cap.mentors)] += price
            most += price * (cap.limit if price > 0 else cap.least)
        value = value - leaf.mentee_prices[self.row] - seats[self.column]
        for mentor in range(len(self.opens)):
            own = np.flatnonzero((self.column == mentor) & self.open)
            group = self._group(value[own], self.locked[own], mentor, mentor in closed, mentor in opened)
            if group == NEVER:
                return NEVER
            most += group
        return most

    def _group(self, value: Longs, locked: np.ndarray, mentor: int, is_closed: bool, is_opened: bool) -> int:  # noqa: FBT001 -- the two halves of a choice
        """Return the value of the best group that a mentor may have, NEVER where there is none."""
        held = int(locked.sum())
        least = int(self.opens[mentor] or self.problem.least[mentor])
        may_close = bool(self.opens[mentor]) and not is_opened
        if is_closed:
            return NEVER if held else 0
        free = np.sort(value[~locked])[::-1]
        sums = int(value[locked].sum()) + np.concatenate([[0], np.cumsum(free)])
        first, last = max(0, least - held), int(self.problem.capacity[mentor]) - held
        sizes = sums[first : max(0, last + 1)]
        best = int(sizes.max()) if len(sizes) else NEVER
        return max(best, 0) if may_close and not held else best


class _OpeningModel:
    """The relaxation as a linear program, which remembers its last basis from one part of the choices to the next."""

    def __init__(self, relaxation: Relaxation, *, is_soft: bool) -> None:
        self.relaxation = relaxation
        problem = relaxation.problem
        self.model = pywraplp.Solver.CreateSolver("GLOP")
        is_open, is_locked = relaxation.open.tolist(), relaxation.locked.tolist()
        self.pairs = [
            self.model.NumVar(float(held), float(may), "") for may, held in zip(is_open, is_locked, strict=True)
        ]
        self.shares = {int(mentor): self.model.NumVar(0.0, 1.0, "") for mentor in np.flatnonzero(relaxation.opens)}
        self.lacks: list[pywraplp.Variable] = []
        endless = self.model.infinity()
        self.mentees = [self.model.Constraint(0.0, 0.0) for _ in problem.mentees]
        self.people = self._mentors_of_each()
        self.loads = [self.model.Constraint(-endless, endless) for _ in problem.mentors]
        for variable, row, column in zip(self.pairs, relaxation.row.tolist(), relaxation.column.tolist(), strict=True):
            self.mentees[row].SetCoefficient(variable, 1.0)
            self.loads[column].SetCoefficient(variable, 1.0)
            if column in self.shares and len(self.pairs) <= MOST_PARTS:
                # A part of a pair needs as large a part of an open group.
                part = self.model.Constraint(-endless, 0.0)
                part.SetCoefficient(variable, 1.0)
                part.SetCoefficient(self.shares[column], -1.0)
        self._bound_loads(is_soft=is_soft)
        self.caps = [self._cap(list(cap.mentors), cap.least, cap.limit, is_soft=is_soft) for cap in problem.caps]
        self.kept = []
        for counts, reached in relaxation.kept:
            row_of_step = self.model.Constraint(float(reached), endless)
            for variable, counted in self._counted(counts):
                row_of_step.SetCoefficient(variable, counted)
            self._soften(row_of_step, is_soft=is_soft)
            self.kept.append(row_of_step)
        objective = self.model.Objective()
        if is_soft:
            for variable in self.lacks:
                objective.SetCoefficient(variable, -1.0)
        else:
            for variable, counted in self._counted(relaxation.counts):
                objective.SetCoefficient(variable, counted)
        objective.SetMaximization()

    def _mentors_of_each(self) -> list[list[pywraplp.Variable]]:
        """Return a part for the first, second, … mentor of each mentee, which together are the parts of their pairs."""
        found = []
        for row, most in zip(self.mentees, self.relaxation.most_of_each.tolist(), strict=True):
            found.append([self.model.NumVar(0.0, 1.0, "") for _ in range(most)])
            for variable in found[-1]:
                row.SetCoefficient(variable, -1.0)
            for earlier, later in pairwise(found[-1]):
                order = self.model.Constraint(0.0, self.model.infinity())
                order.SetCoefficient(earlier, 1.0)
                order.SetCoefficient(later, -1.0)
        return found

    def _counted(self, counts: Counted) -> Iterator[tuple[pywraplp.Variable, float]]:
        """Yield each variable that counts in a step, and how much."""
        pairs, people = counts
        yield from ((self.pairs[at], float(pairs[at])) for at in np.flatnonzero(pairs))
        for mentee, mentor in np.argwhere(people).tolist():
            yield self.people[mentee][mentor], float(people[mentee, mentor])

    def _soften(self, row: pywraplp.Constraint, *, is_soft: bool) -> None:
        """Let a row be missed, where the question is by how much."""
        if is_soft:
            self.lacks.append(self.model.NumVar(0.0, self.model.infinity(), ""))
            row.SetCoefficient(self.lacks[-1], 1.0)

    def _bound_loads(self, *, is_soft: bool) -> None:
        """Give each mentor's group its sizes."""
        problem, opens = self.relaxation.problem, self.relaxation.opens
        for mentor, load in enumerate(self.loads):
            most = int(problem.capacity[mentor])
            if mentor not in self.shares:
                load.SetUb(float(most))
                if problem.least[mentor]:
                    load.SetLb(float(problem.least[mentor]))
                    self._soften(load, is_soft=is_soft)
                continue
            share = self.shares[mentor]
            load.SetUb(0.0)
            load.SetCoefficient(share, -float(most))
            enough = self.model.Constraint(0.0, self.model.infinity())
            enough.SetCoefficient(share, -float(opens[mentor]))
            for at in np.flatnonzero(self.relaxation.column == mentor):
                enough.SetCoefficient(self.pairs[at], 1.0)
            self._soften(enough, is_soft=is_soft)

    def _cap(self, members: list[int], least: int, most: int, *, is_soft: bool) -> pywraplp.Constraint:
        """Return the row of a cap."""
        row = self.model.Constraint(-self.model.infinity(), float(most))
        for at in np.flatnonzero(np.isin(self.relaxation.column, members)):
            row.SetCoefficient(self.pairs[at], 1.0)
        if least:
            row.SetLb(float(least))
            self._soften(row, is_soft=is_soft)
        return row

    def solved(
        self, closed: frozenset[int], opened: frozenset[int]
    ) -> tuple[Longs, Longs, tuple[int, ...], Shares] | None:
        """Return prices of mentees and caps, weights of steps, how open each mentor is; None if there is no plan."""
        for mentor, share in self.shares.items():
            share.SetBounds(float(mentor in opened), float(mentor not in closed))
        if self.model.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        shares = np.zeros(len(self.loads))
        for mentor, share in self.shares.items():
            shares[mentor] = share.solution_value()
        return (
            np.array([round(row.dual_value() * SCALE) for row in self.mentees], dtype=np.int64),
            np.array([round(row.dual_value() * SCALE) for row in self.caps], dtype=np.int64),
            tuple(max(0, round(-row.dual_value() * SCALE)) for row in self.kept),
            shares,
        )
