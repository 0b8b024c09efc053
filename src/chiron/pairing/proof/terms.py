"""The weights of one bound: what each pair and each mentor of a mentee counts in a step and in the steps before it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.evenness import groups_of
from chiron.pairing.model.answer import Step
from chiron.pairing.model.counts import mentors_counted, most_mentors
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.proof.bundles import NEVER, SAFE


class Terms:
    """The weights of one bound: what a pair counts by its fit and by its mentee, and what the earlier steps gave."""

    def __init__(self, problem: Problem, step: Step, value: int, earlier: Sequence[tuple[Step, int]]) -> None:
        """Add up the weights of a step that reached this value, and of the earlier steps in its certificate."""
        # What the first, second, … mentor of each mentee counts.
        self.of_mentors = np.zeros((len(problem.mentees), _most_counted(problem)), dtype=np.int64)
        self.of_total = 0
        self.of_group = _of_group(problem, step)
        self.above: list[tuple[int, int]] = []
        self.up_to: list[tuple[int, int]] = []
        self.of_rank = 0
        self.floor: int | None = None
        self.given = 0
        self.size = 0
        top_rank = len(problem.partner) if problem.rank is None else int(problem.rank.max(initial=1))
        self.top = max(int(problem.fit.max(initial=1)), -int(problem.fit.min(initial=0)), top_rank)
        self.size += int(np.abs(self.of_group).max(initial=0)) * self.top
        weights = step.certificate.weights
        for (before, reached), weight in zip(earlier, weights, strict=False):
            if before.name != "lowest fit":
                self.given += weight * reached
                self._add(problem, before, weight)
        for before, reached in earlier:
            if before.name == "lowest fit":
                self.floor = reached
        if step.name == "lowest fit":
            # Could the earlier counts be reached with better pairs only?
            self.floor = value + 1
        else:
            self._add(problem, step, step.certificate.scale)

    def _add(self, problem: Problem, step: Step, weight: int) -> None:
        self.size += abs(weight) * self.top
        if weight <= 0 or self.size >= SAFE:
            return
        if (mentors := mentors_counted(step.name)) and mentors <= self.of_mentors.shape[1]:
            self.of_mentors[:, mentors - 1] += np.where(problem.tier == step.level, weight, 0)
        elif step.name == "people above" and step.level is not None:
            self.above.append((step.level, weight))
        elif step.name == "choices up to" and step.level is not None:
            self.up_to.append((step.level, weight))
        elif step.name == "total rank":
            self.of_rank -= weight
        elif step.name == "total":
            self.of_total += weight

    def of_next(self, held: Longs, first: int, last: int, most: int) -> Longs:
        """Return what up to `most` more mentors count for the mentees first … last − 1: int64 (mentees, most)."""
        width = self.of_mentors.shape[1]
        if width == most == 1 and not held.any():
            return self.of_mentors[first:last]
        nth = held[first:last, None] + np.arange(most)
        known = np.take_along_axis(self.of_mentors[first:last], np.minimum(nth, width - 1), axis=1)
        return np.where(nth < width, known, 0)

    def of_held(self, held: Longs) -> int:
        """Return what the mentors count whom mentees have by pairs that are taken as given."""
        return int(self.of_mentors[np.arange(self.of_mentors.shape[1]) < held[:, None]].sum())

    def of_pairs(
        self, fit: NDArray[np.int32] | Longs, rank: NDArray[np.int32] | Longs | None, *, keep_all: bool = False
    ) -> Longs:
        """Return what pairs of these fits and choices count: int64, NEVER below the floor that an earlier step sets."""
        counted = fit.astype(np.int64) * self.of_total
        for level, weight in self.above:
            counted += np.where(fit > level, weight, 0)
        if rank is not None:
            counted += rank * np.int64(self.of_rank)
            for level, weight in self.up_to:
                counted += np.where(rank <= level, weight, 0)
        if self.floor is not None and not keep_all:
            counted[fit < self.floor] = NEVER
        return counted


def _of_group(problem: Problem, step: Step) -> Longs:
    """Return what a point of each mentee's fit counts beyond the scale: int64 (n,)."""
    weights = step.certificate.groups
    nothing = np.zeros(len(problem.mentees), dtype=np.int64)
    if step.name != "total" or not weights or problem.parity is None:
        return nothing
    groups = groups_of(problem)
    if len(weights) != len(groups.size) or max(map(abs, weights)) >= SAFE:
        return nothing
    return np.append(np.array(weights, dtype=np.int64), 0)[groups.of]


def _most_counted(problem: Problem) -> int:
    """Return how many mentors of a mentee are counted at most, at least 1."""
    return int(most_mentors(problem).max(initial=1))
