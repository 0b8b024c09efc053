"""The steps of an aim for a program: each solved in whole numbers, then bounded by prices, case by case where it pays.

Where prices alone leave a gap, a tree of yes-or-no questions closes it (Land and Doig 1960); every leaf of the tree
carries its own prices, so that a judge can recompute the bound without searching.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from chiron.pairing.measures.certificate import StoppedError
from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.model.answer import ShapeStep
from chiron.pairing.shapes.model.evidence import Case, Evidence
from chiron.pairing.shapes.programming.integer_program import SCALE, Decided, Goal, IntegerProgram, Ledger
from chiron.pairing.shapes.programming.relaxation import (
    FEW,
    FIRST,
    Relaxed,
    Soft,
    leaders,
    padded,
    questions,
    relax,
    relax_all,
    whole,
)

Teller = Callable[[str, Longs | None, list[ShapeStep]], bool]
"""Told the phase, the variables taken so far and the steps so far; False stops the search."""
MOST_CASES = 400
FEW_TO_BRANCH = 1_200
"""With more variables than this the tree of cases is not tried."""
PROBES = 5
"""With more variables than are all looked at, so many levels are tried for the lowest fit, and the gap is stated."""
WORTH_TRYING = 25_000
"""With more variables left than this after pricing, only the likely ones are searched, and the gap is stated."""


class Search:
    """A program, the best plan so far, and the steps that are done."""

    def __init__(self, program: IntegerProgram, tell: Teller | None, start: Longs | None = None) -> None:
        """Begin with a plan that breaks no limit, or with nothing."""
        self.program, self.tell = program, tell
        self.ledger = Ledger(program)
        self.taken: Longs = np.empty(0, dtype=np.int64) if start is None else start
        self.steps: list[ShapeStep] = []

    def run(self, goals: Sequence[Goal]) -> bool:
        """Go through the goals in order; False if the observer stopped the search."""
        try:
            for goal in goals:
                self._enter(f"looking for the best plan by {goal.name}")
                if goal.coefficients is not None:
                    self.climb(goal.name, goal.coefficients)
                elif (self.taken < self.program.ties).any():
                    self.raise_lowest(goal.name)
        except StoppedError:
            self._finish(goals)
            return False
        self._settle(goals)
        return True

    def _settle(self, goals: Sequence[Goal]) -> None:
        """Let each value be that of the last plan, which may do better where a bound was not reached."""
        coefficients_of = {goal.name: goal.coefficients for goal in goals}
        for at, step in enumerate(self.steps):
            coefficients = coefficients_of[step.name]
            value = self._lowest() if coefficients is None else int(coefficients[self.taken].sum())
            self.steps[at] = replace(step, value=max(step.value, value))

    def _enter(self, phase: str) -> None:
        if self.tell is not None and not self.tell(phase, self.taken, self.steps):
            raise StoppedError

    def _finish(self, goals: Sequence[Goal]) -> None:
        """Add the steps that are left, with trivial bounds."""
        for goal in goals[len(self.steps) :]:
            if goal.coefficients is not None:
                bound = self.ledger.trivial_bound(goal.coefficients)
                self.steps.append(ShapeStep(goal.name, int(goal.coefficients[self.taken].sum()), bound))
            elif (self.taken < self.program.ties).any():
                self.steps.append(ShapeStep(goal.name, self._lowest(), self._top_fit()))

    def climb(self, name: str, coefficients: Longs) -> None:
        """Find the plan of the highest value that keeps the earlier steps, bound it, and keep its value."""
        self.ledger.check(coefficients)
        root, active = relax_all(self.ledger, coefficients, self._first(coefficients))
        self._maximize(coefficients, root, active)
        value = int(coefficients[self.taken].sum())
        bound = root.most // SCALE
        cases: tuple[Case, ...] = (self.ledger.case(root.prices, root.weights),)
        if bound > value and self.program.variables <= FEW_TO_BRANCH:
            closed = self._cases(coefficients, value)
            bound, cases = (bound, cases) if closed is None else (value, closed)
        self.steps.append(ShapeStep(name, value, max(bound, value), Evidence(SCALE, cases)))
        self.ledger.kept.append((coefficients, value))

    def _first(self, coefficients: Longs) -> Longs:
        """Return the variables that are looked at first."""
        if self.program.variables <= FEW:
            return np.flatnonzero(self.ledger.open)
        gain = self.ledger.gains(coefficients, SCALE, (), ())
        for counted, _ in self.ledger.kept:
            gain += np.where(self.ledger.open, counted, 0)
        gain[: self.program.ties] += self.program.fit * self.ledger.open[: self.program.ties]
        found = leaders(self.ledger, gain, np.flatnonzero(self.ledger.open), FIRST)
        marks = np.arange(self.program.ties, self.program.variables)
        return np.union1d(np.union1d(found, self.taken), marks)

    def _maximize(self, coefficients: Longs, root: Relaxed, active: Longs) -> None:
        """Replace the plan by the best one found, if it is better."""
        if self.program.variables <= FEW:
            self._keep(coefficients, whole(self.ledger, coefficients, active, self.taken)[0])
            return
        profit = np.maximum(self.ledger.best(root.gain), 0)[self.program.block]
        loss = profit - root.gain
        near = np.union1d(self._likely(root, active, loss), self.taken)
        self._keep(coefficients, whole(self.ledger, coefficients, near, self.taken)[0])
        # A plan that is better than this one uses no variable that loses more than the gap.
        gap = root.most - SCALE * (int(coefficients[self.taken].sum()) + 1)
        rest = np.flatnonzero(self.ledger.open & (loss <= gap))
        if gap >= 0 and len(np.setdiff1d(rest, near)) and len(rest) <= WORTH_TRYING:
            self._keep(coefficients, whole(self.ledger, coefficients, np.union1d(rest, self.taken), self.taken)[0])

    def _likely(self, root: Relaxed, active: Longs, loss: Longs) -> Longs:
        """Return the variables that lose least, a few in each block, and all marks."""
        marks = np.arange(self.program.ties, self.program.variables)
        support = np.flatnonzero(root.values > 0)
        return np.union1d(np.union1d(leaders(self.ledger, -loss, active, FIRST // 2), marks), support)

    def _keep(self, coefficients: Longs, found: Longs | None) -> None:
        """Make a plan the best one so far, if it is."""
        if found is None:
            return
        keeps = all(int(counted[self.taken].sum()) >= given for counted, given in self.ledger.kept)
        is_open = bool(self.ledger.open[self.taken].all())
        if not (keeps and is_open) or int(coefficients[found].sum()) >= int(coefficients[self.taken].sum()):
            self.taken = found

    def _lowest(self) -> int:
        return int(self.program.fit[self.taken[self.taken < self.program.ties]].min())

    def _top_fit(self) -> int:
        return int(self.program.fit.max())

    def raise_lowest(self, name: str) -> None:
        """Raise the lowest fit of the plan as far as the earlier steps can be kept."""
        levels = np.unique(self.program.fit)
        low = int(np.searchsorted(levels, self._lowest()))
        ceiling, proofs = self._ceiling(levels, low)
        high = probe = ceiling
        if self.program.variables > FEW:
            self._reach(int(levels[low]))
            low = int(np.searchsorted(levels, self._lowest()))
        tries = self._tries()
        while low < high and next(tries, None) is not None:
            self._enter("looking for the highest lowest fit")
            if self._reach(int(levels[probe])):
                low = int(np.searchsorted(levels, self._lowest()))
            else:
                high = probe - 1
            probe = (low + high + 1) // 2
        if low < ceiling and self.program.variables <= FEW_TO_BRANCH:
            self._close_below(int(levels[low + 1]))
            closed = self._cases(self._nothing(), None)
            ceiling, proofs = (ceiling, proofs) if closed is None else (low, closed)
        self.steps.append(ShapeStep(name, int(levels[low]), int(levels[ceiling]), Evidence(SCALE, proofs)))
        self._close_below(int(levels[low]))

    def _tries(self) -> Iterator[int]:
        return iter(range(PROBES if self.program.variables > FEW else 64))

    def _nothing(self) -> Longs:
        return np.zeros(self.program.variables, dtype=np.int64)

    def _ceiling(self, levels: Longs, low: int) -> tuple[int, tuple[Case, ...]]:
        """Return a level that the lowest fit cannot exceed, by prices alone, and the evidence."""
        high = len(levels) - 1
        # Above the highest level no tie is left, so any weight on the earlier steps shows it.
        proofs: tuple[Case, ...] = (self.ledger.case((), (1,) * len(self.ledger.kept)),)
        tries = self._tries()
        while low < high and next(tries, None) is not None:
            self._enter("looking for a level that the lowest fit cannot exceed")
            middle = (low + high) // 2
            self._close_below(int(levels[middle + 1]))
            nothing = self._nothing()
            root, _ = relax_all(self.ledger, nothing, self._first(nothing), soft=Soft(1.0, 1e6), below=0)
            if root.most < 0:
                high, proofs = middle, (self.ledger.case(root.prices, root.weights),)
            else:
                low = middle + 1
        return high, proofs

    def _reach(self, level: int) -> bool:
        """Find a plan that keeps the earlier steps with ties from a level on; False if none is found."""
        self._close_below(level)
        coefficients = self._nothing()
        if self.program.variables <= FEW:
            found = whole(self.ledger, coefficients, np.flatnonzero(self.ledger.open), None)[0]
        else:
            # The fits lead the search to the few ties that matter; the first plan found is enough.
            coefficients[: self.program.ties] = self.program.fit
            miss = float(min(self.ledger.trivial_bound(coefficients) + 1, 1 << 30))
            root, active = relax_all(self.ledger, coefficients, self._first(coefficients), soft=Soft(miss, 4 * miss))
            loss = np.maximum(self.ledger.best(root.gain), 0)[self.program.block] - root.gain
            found = whole(self.ledger, coefficients, self._likely(root, active, loss), None, is_any=True)[0]
        if found is not None:
            self.taken = found
        return found is not None

    def _close_below(self, level: int) -> None:
        self.ledger.open[: self.program.ties] = self.program.fit >= level

    def _cases(self, coefficients: Longs, value: int | None) -> tuple[Case, ...] | None:
        """Return cases that together prove that no plan exceeds a value, or keeps the earlier steps where it is None.

        None if that takes more cases than are worth it.
        """
        soft = Soft(1.0, 1e6)
        if value is not None:
            # So much that a plan which misses an earlier step by one is worth less than the value.
            miss = float(min(self.ledger.trivial_bound(coefficients) - value + 1, 1 << 30))
            soft = Soft(miss, 4 * miss + 4)
        active = np.flatnonzero(self.ledger.open)
        waiting: list[Decided] = [()]
        found: list[tuple[Decided, Relaxed]] = []
        while waiting:
            if len(found) + len(waiting) > MOST_CASES:
                return None
            decided = waiting.pop()
            node = relax(self.ledger, coefficients, active, soft=soft, decided=decided)
            if node.most < 0 if value is None else node.most // SCALE <= value:
                found.append((decided, node))
            elif self.ledger.add(self.program.separate(node.values)):
                waiting.append(decided)
            else:
                asked = next(questions(node.values, self.program.rank, decided), None)
                if asked is None:
                    return None
                waiting += [(*decided, (asked, False)), (*decided, (asked, True))]
        return tuple(
            self.ledger.case(padded(self.ledger, node).prices, node.weights, decided) for decided, node in found
        )
