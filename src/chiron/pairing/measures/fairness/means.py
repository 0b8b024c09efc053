"""Means of groups, with intervals, and each group beside everyone, allowing for how many groups were compared."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chiron.pairing.measures.fairness.quantiles import t_quantile
from chiron.pairing.measures.fairness.rates import FEW, Gap, adjusted_z, rate_gap
from chiron.pairing.model.sentences import Sentence

HIGHER = Sentence("beside.higher")
LOWER = Sentence("beside.lower")
UNCLEAR = Sentence("beside.unclear")
TOO_FEW = Sentence("beside.too_few")
NOT_COMPARED = Sentence("beside.not_compared")
"""What is said where the numbers are enough, but the figure cannot be set beside everyone's."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval (t); the value is None for nobody, the interval None for fewer than 2 people."""

    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A group beside everyone together, itself included.

    Attributes:
        group: the group.
        gap: the group's value minus everyone's; the interval allows for how many groups were compared (Šidák).
        compared: how many groups were compared.
        verdict: one of `HIGHER`, `LOWER`, `UNCLEAR`, `TOO_FEW`, `NOT_COMPARED`.
    """

    group: str
    gap: Gap
    compared: int
    verdict: Sentence


def mean(values: Sequence[float], *, level: float = 0.95) -> Mean:
    """Return the mean with its t interval."""
    n = len(values)
    if n == 0:
        return Mean(0, None, None, None)
    middle = math.fsum(values) / n
    if n == 1:
        return Mean(1, middle, None, None)
    half = t_quantile((1 + level) / 2, n - 1) * math.sqrt(_variance(values, middle) / n)
    return Mean(n, middle, middle - half, middle + half)


def mean_standardized(ones: Sequence[float], others: Sequence[float]) -> float | None:
    """Return the standardised difference of two means; None where it cannot be told. Above 0.1 is worth a look."""
    if len(ones) < 2 or len(others) < 2:  # noqa: PLR2004 -- one value has no spread
        return None
    one, other = math.fsum(ones) / len(ones), math.fsum(others) / len(others)
    spread = math.sqrt((_variance(ones, one) + _variance(others, other)) / 2)
    return (one - other) / spread if spread else None


def means_beside_everyone(
    groups: Mapping[str, Sequence[float]], *, level: float = 0.95, sizes: Mapping[str, int] | None = None
) -> tuple[Beside, ...]:
    """Return each group's mean beside everyone's, in the order given.

    A group is part of everyone, so the two are not independent: the group is set against the rest (Welch 1947), and
    the interval is shrunk by the share of the rest, which is the same statement about the group and everyone.

    Args:
        groups: the values by group.
        level: of the intervals, over all groups.
        sizes: how many people each group has where some have no value: whether there are too few goes by them, as it
            does for rates, so that two figures of one group never disagree about it.
    """
    compared = len(groups)
    each = level ** (1 / max(1, compared))
    everyone = sum(len(values) for values in groups.values())
    people = {name: len(values) for name, values in groups.items()} if sizes is None else sizes
    found = []
    for name, values in groups.items():
        rest = [value for other, those in groups.items() if other != name for value in those]
        gap = _shrunk(_welch(values, rest, each), len(rest) / everyone if everyone else 0.0)
        smaller = min(people[name], sum(people.values()) - people[name])
        found.append(Beside(name, gap, compared, verdict(gap, smaller=smaller)))
    return tuple(found)


def rates_beside_everyone(groups: Mapping[str, tuple[int, int]], *, level: float = 0.95) -> tuple[Beside, ...]:
    """Return each group's rate, given as (part, whole), beside everyone's, in the order given.

    As in `means_beside_everyone` the group is set against the rest (Newcombe), shrunk by the share of the rest.
    """
    compared = len(groups)
    z = adjusted_z(compared, level=level)
    parts, wholes = sum(part for part, _ in groups.values()), sum(whole for _, whole in groups.values())
    found = []
    for name, (part, whole) in groups.items():
        gap = rate_gap((part, whole), (parts - part, wholes - whole), z=z)
        gap = _shrunk(gap, (wholes - whole) / wholes if wholes else 0.0)
        found.append(Beside(name, gap, compared, verdict(gap, smaller=min(whole, wholes - whole))))
    return tuple(found)


def verdict(gap: Gap, *, smaller: int) -> Sentence:
    """Return what may be said of a difference; `smaller` is the size of the smaller side.

    A difference that is not clear is never called equal, and fewer than 20 people on a side are too few to tell, which
    depends on the two sizes alone.
    """
    if smaller < FEW:
        return TOO_FEW
    if gap.value is None or gap.low is None:
        return NOT_COMPARED
    if not gap.is_clear:
        return UNCLEAR
    return HIGHER if gap.value > 0 else LOWER


def _welch(ones: Sequence[float], others: Sequence[float], level: float) -> Gap:
    """Return the difference of two means with Welch's interval; without an interval where a side has one value."""
    if not ones or not others:
        return Gap(None, None, None)
    one, other = math.fsum(ones) / len(ones), math.fsum(others) / len(others)
    if len(ones) == 1 or len(others) == 1:
        return Gap(one - other, None, None)
    a, b = _variance(ones, one) / len(ones), _variance(others, other) / len(others)
    if a + b == 0:
        return Gap(one - other, one - other, one - other)
    freedom = (a + b) ** 2 / (a * a / (len(ones) - 1) + b * b / (len(others) - 1))
    half = t_quantile((1 + level) / 2, freedom) * math.sqrt(a + b)
    return Gap(one - other, one - other - half, one - other + half)


def _shrunk(gap: Gap, share: float) -> Gap:
    """Return the gap to everyone from the gap to the rest, who are this share of everyone."""
    if gap.value is None:
        return gap
    if gap.low is None or gap.high is None:
        return Gap(gap.value * share, None, None)
    return Gap(gap.value * share, gap.low * share, gap.high * share)


def _variance(values: Sequence[float], middle: float) -> float:
    """Return the sample variance around the mean."""
    return math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)
