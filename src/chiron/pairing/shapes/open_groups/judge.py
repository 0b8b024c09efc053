"""The judge of groups that may stay closed: no broken rule, and the bounds of all choices recomputed from prices."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.counts import counting_steps, mentors_counted, most_mentors, people_counted
from chiron.pairing.model.problem import Problem
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import violations as violations_of_pairs
from chiron.pairing.shapes.model.answer import ShapeVerdict
from chiron.pairing.shapes.open_groups.problem import OpenGroups, OpenGroupsAnswer, OpeningBranch, OpeningLeaf

EMPTY = -(1 << 62)
"""The bound of a part of the choices in which there is no plan."""
ENDLESS = 1 << 62
"""The bound of prices that prove nothing."""

Asked = tuple[str, int | None, int]
"""A step: its name, its level, and the value that was reached."""


def violations(groups: OpenGroups, pairs: NDArray[np.int32]) -> list[Sentence]:
    """Return every rule that a plan breaks."""
    found = violations_of_pairs(groups.problem, pairs)
    sizes = np.bincount(np.asarray(pairs).reshape(-1, 2)[:, 1], minlength=len(groups.opens)).tolist()
    for name, size, least in zip(groups.problem.mentors, sizes, groups.opens, strict=True):
        if 0 < size < least:
            found.append(Sentence("broken.group.closed", {"mentor": name, "n": size, "least": least}))
    return found


def verdict(groups: OpenGroups, answer: OpenGroupsAnswer) -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step over all choices, and whether all is proved."""
    plan, steps = answer.answer, answer.steps
    broken = tuple(violations(groups, plan.pairs))
    if broken or len(steps) != len(plan.steps):
        return ShapeVerdict(violations=broken, bounds=tuple(step.bound for step in steps), proved_best=False)
    judge = _Bounds(groups)
    kept: list[Asked] = []
    bounds: list[int] = []
    proved = answer.stopped is None and [(step.name, step.level) for step in plan.steps] == _expected(
        groups.problem, plan
    )
    for step, named in zip(steps, plan.steps, strict=True):
        asked = (named.name, named.level, _value(groups.problem, plan.pairs, named.name, named.level))
        bounds.append(judge.bound(kept, asked, step.evidence))
        proved = proved and step.value == step.bound == bounds[-1] == asked[2]
        kept.append(asked)
    return ShapeVerdict(violations=(), bounds=tuple(bounds), proved_best=proved)


def _expected(problem: Problem, plan: Answer) -> list[tuple[str, int | None]]:
    """Return the steps by which the aim judges a plan."""
    people: list[tuple[str, int | None]] = list(counting_steps(problem))
    if plan.aim == "total":
        return [*people, ("total", None)] if problem.needs_everyone else [("total", None), *people]
    has_free = len(plan.pairs) > len(problem.locked)
    return [*people, ("lowest fit", None), ("total", None)] if has_free else [*people, ("total", None)]


def _value(problem: Problem, pairs: NDArray[np.int32], name: str, level: int | None) -> int:
    """Return what a plan reaches in a step."""
    if mentors_counted(name):
        return people_counted(problem, pairs, name, level)
    fits = {(mentee, mentor): int(problem.fit[problem.place(mentee, mentor)]) for mentee, mentor in pairs.tolist()}
    if name == "lowest fit":
        locked = {(mentee, mentor) for mentee, mentor in problem.locked.tolist()}
        return min(fit for pair, fit in fits.items() if pair not in locked)
    return sum(fits.values())


@dataclass(frozen=True, slots=True)
class _Pair:
    """One pair that a mentor's group may hold."""

    mentee: int
    fit: int
    is_locked: bool


class _Bounds:
    """The bounds of all choices, part by part."""

    def __init__(self, groups: OpenGroups) -> None:
        problem = self.problem = groups.problem
        self.opens = groups.opens
        self.most_of_each = most_mentors(problem)
        locked = {(mentee, mentor) for mentee, mentor in problem.locked.tolist()}
        self.pairs: list[list[_Pair]] = [[] for _ in problem.mentors]
        for mentee in range(len(problem.mentees)):
            for at in range(int(problem.starts[mentee]), int(problem.starts[mentee + 1])):
                mentor = int(problem.partner[at])
                pair = _Pair(mentee, int(problem.fit[at]), (mentee, mentor) in locked)
                self.pairs[mentor].append(pair)

    def bound(self, kept: list[Asked], asked: Asked, tree: OpeningBranch | OpeningLeaf) -> int:
        """Return what no plan with any choice of open groups exceeds in a step."""
        most = self._most(kept, asked, tree, frozenset(), frozenset())
        if asked[0] == "lowest fit":
            return asked[2] if most < 0 else int(self.problem.fit.max(initial=asked[2]))
        # This plan reaches its own value, so what says less proves nothing.
        return most if most >= asked[2] else ENDLESS

    def _most(
        self,
        kept: list[Asked],
        asked: Asked,
        tree: OpeningBranch | OpeningLeaf,
        closed: frozenset[int],
        opened: frozenset[int],
    ) -> int:
        """Return the highest bound of a tree's leaves; both halves of every branch are looked at."""
        if isinstance(tree, OpeningLeaf):
            return self._leaf(kept, asked, tree, closed, opened)
        if not self.opens[tree.mentor] or tree.mentor in closed | opened:
            return ENDLESS
        return max(
            self._most(kept, asked, tree.closed, closed | {tree.mentor}, opened),
            self._most(kept, asked, tree.opened, closed, opened | {tree.mentor}),
        )

    def _leaf(
        self, kept: list[Asked], asked: Asked, leaf: OpeningLeaf, closed: frozenset[int], opened: frozenset[int]
    ) -> int:
        """Return the bound of one leaf; of a lowest fit, below 0 where nothing above it is possible."""
        prices: list[int] = leaf.mentee_prices.tolist()
        numbers = (*prices, *leaf.cap_prices.tolist(), *leaf.weights, leaf.scale)
        # Fractions are not exact, and something that is no number is not even below zero.
        if not all(isinstance(number, int) for number in numbers) or len(leaf.weights) != len(kept):
            return ENDLESS
        if min((*leaf.weights, leaf.scale)) < 0:
            return ENDLESS
        most = 0
        seats = [0] * len(self.opens)
        for cap, price in zip(self.problem.caps, leaf.cap_prices.tolist(), strict=True):
            most += price * (cap.limit if price > 0 else cap.least)
            for mentor in cap.mentors:
                seats[mentor] += price
        counted = [(*step, weight) for step, weight in zip(kept, leaf.weights, strict=True) if step[0] != "lowest fit"]
        most -= sum(weight * value for _, _, value, weight in counted)
        floor = max((value for name, _, value in kept if name == "lowest fit"), default=EMPTY)
        if asked[0] == "lowest fit":
            floor = max(floor, asked[2] + 1)
        else:
            counted.append((*asked, leaf.scale))
        most += sum(self._best_count(mentee, price, counted) for mentee, price in enumerate(prices))
        for mentor, pairs in enumerate(self.pairs):
            gains = [
                (_gain_of(pair, counted) - prices[pair.mentee] - seats[mentor], pair.is_locked)
                for pair in pairs
                if pair.is_locked or pair.fit >= floor
            ]
            best = self._best_group(mentor, gains, may_open=mentor not in closed, may_close=mentor not in opened)
            if best is None:
                return EMPTY
            most += best
        if asked[0] == "lowest fit":
            return most
        if leaf.scale:
            return int(most // leaf.scale)
        return EMPTY if most < 0 else ENDLESS

    def _best_count(self, mentee: int, price: int, counted: list[tuple[str, int | None, int, int]]) -> int:
        """Return the most that a mentee counts in some steps, and at this price a place, whatever number there is."""
        tier = int(self.problem.tier[mentee])
        found = [0]
        for mentors in range(1, int(self.most_of_each[mentee]) + 1):
            weight = sum(
                weight for name, level, _, weight in counted if (mentors_counted(name), level) == (mentors, tier)
            )
            found.append(found[-1] + weight + price)
        return max(found)

    def _best_group(self, mentor: int, gains: list[tuple[int, bool]], *, may_open: bool, may_close: bool) -> int | None:
        """Return the value of the best group of an allowed size, None where no size is allowed."""
        held = [gain for gain, is_locked in gains if is_locked]
        free = sorted((gain for gain, is_locked in gains if not is_locked), reverse=True)
        least = self.opens[mentor] or int(self.problem.least[mentor])
        found = [0] if may_close and self.opens[mentor] and not held else []
        if may_open:
            sizes = range(max(0, least - len(held)), min(len(free), int(self.problem.capacity[mentor]) - len(held)) + 1)
            found += [sum(held) + sum(free[:size]) for size in sizes]
        return max(found, default=None)


def _gain_of(pair: _Pair, steps: list[tuple[str, int | None, int, int]]) -> int:
    """Return what a pair counts in the steps that count no people, each with its weight."""
    return sum(weight * pair.fit for name, _, _, weight in steps if not mentors_counted(name))
