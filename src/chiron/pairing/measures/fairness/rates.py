"""Rates of groups, with intervals: matched of eligible, got what was asked for, and how two groups differ.

Numbers only, and nothing is hidden: whatever is shown to people goes through `chiron.sheets.result.figures` first.
"""

import math
from dataclasses import dataclass

from chiron.pairing.measures.fairness.quantiles import normal_quantile

Z = 1.96
FEW = 20
FOUR_FIFTHS = 0.80
SMALL_EXPECTED = 5


class FairnessError(ValueError):
    """The numbers cannot be a part of a whole; the message says which."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a whole with its 95 % interval; all three values are None for an empty whole ("no data", not 0)."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference between two rates or two means, with its interval; None where either has no data."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """True if the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class RateRatio:
    """A group's match rate beside the highest one, and what may be said about it.

    Attributes:
        value: the ratio of the rates; None without data.
        low: lower end of Katz's interval; None where it cannot be given.
        high: upper end.
        fisher: p of Fisher's exact test where it stands in for the interval, else None.
        reference: name of the group it is compared with.
        verdict: "flag", "no flag", "too few to say", "reference" or "no data".
    """

    value: float | None
    low: float | None
    high: float | None
    fisher: float | None
    reference: str
    verdict: str


def rate(part: int, whole: int, *, z: float = Z) -> Rate:
    """Return a rate with Wilson's interval (1927), cut to 0 and 1.

    Raises:
        FairnessError: the part is negative or larger than the whole.
    """
    if not 0 <= part <= whole:
        raise FairnessError(f"{part} of {whole} is not a part of a whole.")
    if whole == 0:
        return Rate(part, whole, None, None, None)
    share = part / whole
    spread = 1 + z * z / whole
    centre = (share + z * z / (2 * whole)) / spread
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / spread
    low = 0.0 if part == 0 else max(0.0, centre - half)
    high = 1.0 if part == whole else min(1.0, centre + half)
    return Rate(part, whole, share, low, high)


def rate_gap(group: tuple[int, int], reference: tuple[int, int], *, z: float = Z) -> Gap:
    """Return how far a group's rate is above a reference's, with Newcombe's hybrid interval (1998).

    Both are given as (part, whole).
    """
    one, two = rate(*group, z=z), rate(*reference, z=z)
    if one.value is None or one.low is None or one.high is None:
        return Gap(None, None, None)
    if two.value is None or two.low is None or two.high is None:
        return Gap(None, None, None)
    gap = one.value - two.value
    low = gap - math.hypot(one.value - one.low, two.high - two.value)
    high = gap + math.hypot(one.high - one.value, two.value - two.low)
    return Gap(gap, low, high)


def rate_ratios(groups: dict[str, tuple[int, int]], *, z: float = Z) -> dict[str, RateRatio]:
    """Return each group's match rate beside the highest rate (29 CFR 1607.4(D), the four-fifths rule of thumb).

    `groups` holds (matched, eligible). A group is flagged only if its ratio is below 0.80, it has at least 20
    people, and the interval (Katz) leaves out 1, or p < 0.05 where Fisher's exact test stands in for it: where an
    expected count is below 5, or nobody of the group is matched, so that there is no interval.
    """
    known = {name: matched / eligible for name, (matched, eligible) in groups.items() if eligible}
    if not known:
        return {name: RateRatio(None, None, None, None, "", "no data") for name in groups}
    reference = max(known, key=lambda name: (known[name], groups[name][1]))
    return {name: _ratio(name, groups[name], reference, groups[reference], z) for name in groups}


def _ratio(name: str, group: tuple[int, int], reference: str, best: tuple[int, int], z: float) -> RateRatio:
    """Return one group's ratio to the reference group."""
    if group[1] == 0 or best[0] == 0:
        return RateRatio(None, None, None, None, reference, "no data")
    value = (group[0] / group[1]) / (best[0] / best[1])
    if name == reference:
        return RateRatio(value, None, None, None, reference, "reference")
    low, high = ratio_interval(group, best, z=z)
    needs_exact = low is None or _smallest_expected(group, best) < SMALL_EXPECTED
    exact = fisher(group, best) if needs_exact else None
    sure = exact < 1 - 0.95 if exact is not None else high is not None and high < 1
    if group[1] < FEW:
        verdict = "too few to say"
    elif value < FOUR_FIFTHS:
        verdict = "flag" if sure else "too few to say"
    else:
        verdict = "no flag"
    return RateRatio(value, low, high, exact, reference, verdict)


def ratio_interval(
    group: tuple[int, int], reference: tuple[int, int], *, z: float = Z
) -> tuple[float | None, float | None]:
    """Return Katz's log interval of the ratio of two rates; (None, None) where either part is 0."""
    (part, whole), (other, total) = group, reference
    if part == 0 or other == 0:
        return None, None
    middle = math.log((part / whole) / (other / total))
    half = z * math.sqrt(max(0.0, 1 / part - 1 / whole + 1 / other - 1 / total))
    return math.exp(middle - half), math.exp(middle + half)


def fisher(group: tuple[int, int], reference: tuple[int, int]) -> float:
    """Return the two-sided p of Fisher's exact test: all tables no likelier than this one, with these totals."""
    (part, whole), (other, total) = group, reference
    parts = part + other
    ways = [
        math.comb(whole, k) * math.comb(total, parts - k) for k in range(max(0, parts - total), min(whole, parts) + 1)
    ]
    here = math.comb(whole, part) * math.comb(total, other)
    return sum(way for way in ways if way <= here) / sum(ways)


def _smallest_expected(group: tuple[int, int], reference: tuple[int, int]) -> float:
    """Return the smallest expected count of the two-by-two table."""
    (part, whole), (other, total) = group, reference
    parts, everyone = part + other, whole + total
    return min(whole, total) * min(parts, everyone - parts) / everyone


def rate_standardized(p1: float, p0: float) -> float | None:
    """Return the standardised difference of two rates; None where neither varies. Above 0.1 is worth a look."""
    spread = math.sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / 2)
    return (p1 - p0) / spread if spread else None


def cohens_h(p1: float, p0: float) -> float:
    """Return Cohen's h: the difference of two rates on the arcsine scale."""
    return 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p0))


def adjusted_z(compared: int, *, level: float = 0.95) -> float:
    """Return the z that keeps the level over as many comparisons (Šidák 1967)."""
    return normal_quantile((1 + level ** (1 / max(1, compared))) / 2)
