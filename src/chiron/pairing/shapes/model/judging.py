"""The arithmetic of the judges of shapes: bounds from evidence alone, in whole numbers, without any solver.

A judge of a shape says which ties may be chosen, which of them exclude each other (a block), what an earlier step
counts, and what a list of prices costs. Everything else is here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep, ShapeVerdict
from chiron.pairing.shapes.model.evidence import Case, Evidence, Prices

LARGEST = 1 << 61
CLOSED = -(1 << 62)
Decisions = tuple[tuple[int, bool], ...]


class UnsoundError(ValueError):
    """A price names a limit that the shape does not have, or is malformed."""


@dataclass(frozen=True, slots=True, eq=False)
class Ballot:
    """What can be chosen: blocks of which at most one variable is taken, and what prices cost each variable.

    Attributes:
        block: int64 (v,), the block of each variable.
        fit: int64 (t,), of the first t variables, the ties; the others are marks.
        charge: returns the cost of each variable (int64 (v,)) and the sum of limit·price for a list of prices of one
            kind; raises UnsoundError for a limit that does not exist.
    """

    block: Longs
    fit: Longs
    charge: Callable[[Prices], tuple[Longs, int]]


@dataclass(slots=True, eq=False)
class Count:
    """What the judge knows while it goes through the steps."""

    ballot: Ballot
    open: NDArray[np.bool_]
    earlier: list[tuple[Longs, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """A step that an aim asks for: its name, what each variable counts (None for the lowest fit), what is reached."""

    name: str
    coefficients: Longs | None
    value: int


def verdict(
    answer: ShapeAnswer, violations: Sequence[Sentence], ballot: Ballot | None, expected: Sequence[Expected]
) -> ShapeVerdict:
    """Return the verdict on an answer: its violations, or the bounds of its steps recomputed.

    Args:
        answer: the plan with its evidence.
        violations: the rules that it breaks.
        ballot: what could be chosen; None only where there are violations.
        expected: the steps by which the aim judges the plan.
    """
    if violations or ballot is None:
        return ShapeVerdict(tuple(violations), tuple(step.bound for step in answer.steps), proved_best=False)
    wrong = _misnamed(answer.steps, expected)
    if wrong:
        return ShapeVerdict(wrong, tuple(step.bound for step in answer.steps), proved_best=False)
    count = Count(ballot, np.ones(len(ballot.block), dtype=np.bool_))
    bounds = tuple(_bound(count, step, asked) for step, asked in zip(answer.steps, expected, strict=True))
    claims = [(step.bound, bound) for step, bound in zip(answer.steps, bounds, strict=True)]
    wrong = tuple(
        Sentence("broken.bound", {"step": step.name, "said": said, "bound": bound})
        for step, (said, bound) in zip(answer.steps, claims, strict=True)
        if said < bound
    )
    is_best = all(step.value == bound for step, bound in zip(answer.steps, bounds, strict=True))
    return ShapeVerdict(wrong, bounds, proved_best=is_best and not wrong and answer.stopped is None)


def _misnamed(steps: Sequence[ShapeStep], expected: Sequence[Expected]) -> tuple[Sentence, ...]:
    if [step.name for step in steps] != [asked.name for asked in expected]:
        return (Sentence("broken.steps", {"steps": tuple(asked.name for asked in expected)}),)
    return tuple(
        Sentence("broken.value", {"step": step.name, "said": step.value, "value": asked.value})
        for step, asked in zip(steps, expected, strict=True)
        if step.value != asked.value
    )


def _bound(count: Count, step: ShapeStep, asked: Expected) -> int:
    """Return what no plan can exceed in a step while it keeps the values of the earlier ones; then keep this one."""
    evidence = step.evidence if isinstance(step.evidence, Evidence) else Evidence(1, (Case((), ()),))
    try:
        bound = _by_cases(count, asked, max(step.bound, asked.value), evidence)
    except UnsoundError:
        bound = _by_cases(count, asked, asked.value, Evidence(1, (Case((), ()),)))
    if asked.coefficients is None:
        count.open[: len(count.ballot.fit)] &= count.ballot.fit >= asked.value
    else:
        count.earlier.append((asked.coefficients, asked.value))
    return bound


def _by_cases(count: Count, asked: Expected, level: int, evidence: Evidence) -> int:
    """Return the largest bound of the cases; for the lowest fit, the level if no plan has only ties above it.

    Raises:
        UnsoundError: the evidence is malformed or leaves a case out.
    """
    variables, fit = len(count.ballot.block), count.ballot.fit
    if evidence.scale < 1 or not covers([case.decided for case in evidence.cases], variables):
        raise UnsoundError("the cases leave something out")
    is_open = count.open
    if asked.coefficients is None:
        is_open = is_open.copy()
        is_open[: len(fit)] &= fit > level
        nothing = np.zeros(variables, dtype=np.int64)
        most = [_most(count, nothing, is_open, evidence.scale, case) for case in evidence.cases]
        return level if max(most) < 0 else int(fit.max(initial=asked.value))
    return max(
        _most(count, asked.coefficients, is_open, evidence.scale, case) // evidence.scale for case in evidence.cases
    )


def covers(paths: Sequence[Decisions], variables: int) -> bool:
    """Return True if every plan falls into one of these cases: they are the leaves of a tree of questions."""
    waiting = [(list(paths), 0)]
    while waiting:
        some, depth = waiting.pop()
        if not some:
            return False
        if any(len(path) == depth for path in some):
            continue
        asked = {path[depth][0] for path in some}
        if len(asked) != 1 or not 0 <= min(asked) < variables:
            return False
        waiting += [([path for path in some if path[depth][1] is taken], depth + 1) for taken in (True, False)]
    return True


def _most(count: Count, coefficients: Longs, is_open: NDArray[np.bool_], scale: int, case: Case) -> int:
    """Return the most that a plan of a case can gain at its prices, less what the earlier steps are given.

    Raises:
        UnsoundError: a price or weight is below zero, or the numbers could overflow.
    """
    if any(weight < 0 for weight in case.weights):
        raise UnsoundError("a weight is below zero")
    size = max(1, int(np.abs(coefficients).max(initial=0))) * scale
    if size > LARGEST:
        raise UnsoundError("the scale is too large")
    gain, most = coefficients * scale, 0
    for (counted, given), weight in zip(count.earlier, case.weights, strict=False):
        size += int(np.abs(counted).max(initial=0)) * weight
        if size > LARGEST:
            raise UnsoundError("the weights are too large")
        gain = gain + counted * weight
        most -= given * weight
    for prices in case.prices:
        _check(prices)
        cost, given = count.ballot.charge(prices)
        size += int(np.abs(cost).max(initial=0))
        if size > LARGEST:
            raise UnsoundError("the prices are too large")
        gain = gain - cost
        most += given
    gain = np.where(is_open, gain, CLOSED)
    return most + _choose(count.ballot.block, gain, case.decided)


def _check(prices: Prices) -> None:
    at, price = prices.at, prices.price
    if at.shape != price.shape or at.ndim != 1 or at.dtype != np.int64 or price.dtype != np.int64:
        raise UnsoundError("prices and what they price differ in shape")
    if price.min(initial=0) < 0 or int(price.max(initial=0)) > LARGEST // max(1, len(price)):
        raise UnsoundError("a price is below zero or too large")


def _choose(block: Longs, gain: Longs, decided: Decisions) -> int:
    """Return the sum over blocks of the best gain, none below zero, with what is decided."""
    most = 0
    for variable, is_taken in decided:
        if is_taken and gain[variable] == CLOSED:
            # Nothing in this case is possible: what is taken here may not be.
            return CLOSED
        if is_taken:
            most += int(gain[variable])
            gain[block == block[variable]] = CLOSED
        gain[variable] = CLOSED
    best = np.zeros(int(block.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(best, block, gain)
    return most + sum(best.tolist())
