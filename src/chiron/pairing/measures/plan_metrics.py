"""What a plan gave up, whatever its aim: from problem and pairs alone, so that any two plans can stand side by side.

The definitions are those of the project's metrics 5.6 (choices, blocking pairs, envy with reason) and 5.8 (load).
Numbers about groups are unhidden here; what is shown to people goes through `chiron.sheets.result.figures`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.fairness import Load, Mean, load, mean
from chiron.pairing.measures.stability import blocking_pairs, envious
from chiron.pairing.model.choices import ranks_of
from chiron.pairing.model.problem import Problem

MOST_PAIRS = 20_000_000
"""Allowed pairs beyond which blocking pairs, envy and choices are left out unless asked for: they read every pair."""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What a plan reached and gave up.

    Attributes:
        pairs: pairs held.
        matched: mentees with a mentor.
        wanting: mentees who may have one.
        lowest: the lowest fit, None without pairs.
        first_percentile: the fit that 1 in 100 pairs are at or below (nearest rank).
        fifth_percentile: the fit that 5 in 100 pairs are at or below.
        total: the sum of the fits.
        blocking: pairs who would both rather have each other; None where not counted.
        envious: mentees who would rather have a mentor who took somebody of a later tier; None where not counted.
        choices: how many pairs are a first choice, a second one, …; None where not counted.
        is_ranked: True if people have listed their choices; else a choice is the place of its fit.
        load: how evenly the mentors who have places are used.
        best_total: the highest total that any plan reaches, None where it is not known.
    """

    pairs: int
    matched: int
    wanting: int
    lowest: int | None
    first_percentile: int | None
    fifth_percentile: int | None
    total: int
    blocking: int | None
    envious: int | None
    choices: tuple[int, ...] | None
    is_ranked: bool
    load: Load
    best_total: int | None = None

    @property
    def price(self) -> int | None:
        """The price of fairness: the total given up beside the highest, in points; None where that is not known."""
        return None if self.best_total is None else self.best_total - self.total

    @property
    def price_in_thousandths(self) -> int | None:
        """The price of fairness in thousandths of the highest total, rounded up; None where nothing can be divided."""
        if self.best_total is None or self.best_total <= 0:
            return None
        return -(-1000 * (self.best_total - self.total) // self.best_total)


@dataclass(frozen=True, slots=True)
class Spread:
    """The groups of mentees beside each other: the mean fit of each with its interval, and the largest gap of means."""

    means: Mapping[str, Mean]
    gap: float | None


def given_up(
    problem: Problem, pairs: NDArray[np.int32], *, best_total: int | None = None, every: bool = False
) -> GivenUp:
    """Return what a plan gave up.

    Args:
        problem: the question.
        pairs: int32 (k, 2), a plan that breaks no rule, sorted by mentee.
        best_total: the highest total of any plan, where it is known.
        every: count blocking pairs, envy and choices in a pool of any size.
    """
    fits = np.sort(problem.fit[problem.positions(pairs)]).astype(np.int64)
    counts = every or len(problem.partner) <= MOST_PAIRS
    choices = np.bincount(ranks_of(problem, pairs))[1:].tolist() if counts else None
    held = np.bincount(np.asarray(pairs)[:, 1], minlength=len(problem.mentors))
    has_places = problem.capacity > 0
    return GivenUp(
        pairs=len(fits),
        matched=len(np.unique(np.asarray(pairs)[:, 0])),
        wanting=int((problem.wanted > 0).sum()),
        lowest=int(fits[0]) if len(fits) else None,
        first_percentile=_percentile(fits, 1),
        fifth_percentile=_percentile(fits, 5),
        total=int(fits.sum()),
        blocking=blocking_pairs(problem, pairs) if counts else None,
        envious=envious(problem, pairs) if counts else None,
        choices=None if choices is None else tuple(choices),
        is_ranked=problem.rank is not None,
        load=load(held[has_places].tolist(), problem.capacity[has_places].tolist()),
        best_total=best_total,
    )


def _percentile(ordered: NDArray[np.int64], percent: int) -> int | None:
    """Return the value that so many per cent of the ordered values are at or below, by nearest rank."""
    return int(ordered[math.ceil(percent * len(ordered) / 100) - 1]) if len(ordered) else None


def spread(problem: Problem, pairs: NDArray[np.int32], groups: Sequence[str | None]) -> Spread:
    """Return the mean fit of the pairs of each group of mentees, with intervals; `groups` has one name a mentee."""
    fits: dict[str, list[float]] = {}
    for mentee, fit in zip(
        np.asarray(pairs)[:, 0].tolist(), problem.fit[problem.positions(pairs)].tolist(), strict=True
    ):
        group = groups[mentee]
        if group is not None:
            fits.setdefault(group, []).append(float(fit))
    means = {name: mean(fits[name]) for name in sorted(fits)}
    values = [found.value for found in means.values() if found.value is not None]
    return Spread(means, max(values) - min(values) if values else None)


def sentences(found: GivenUp) -> tuple[str, ...]:
    """Return what a plan gave up in a few plain sentences, for a coordinator."""
    said = [_of_people(found), _of_lowest(found), _of_total(found), _of_blocking(found)]
    if found.envious:
        those = "mentee" if found.envious == 1 else "mentees"
        said.append(f"{found.envious} {those} would rather have a mentor who took somebody of a later priority.")
    if found.choices:
        what = "are a mentee's first choice" if found.is_ranked else "are the best fit that the mentee could have"
        said.append(f"{found.choices[0]} of {found.pairs} pairs {what}.")
    return tuple(text for text in said if text)


def _of_people(found: GivenUp) -> str:
    left = found.wanting - found.matched
    return f"{left} {'mentee has' if left == 1 else 'mentees have'} no mentor." if left else ""


def _of_lowest(found: GivenUp) -> str:
    if found.lowest is None:
        return ""
    one, five = found.first_percentile, found.fifth_percentile
    return f"The lowest fit is {found.lowest}; 1 in 100 pairs are at or below {one}, 5 in 100 at or below {five}."


def _of_total(found: GivenUp) -> str:
    if found.price is None:
        return ""
    if not found.price:
        return f"The total is {found.total}, and no plan reaches more."
    share = "" if found.price_in_thousandths is None else f" ({_percent(found)})"
    return f"The total is {found.total}, {found.price} points{share} under the highest that any plan reaches."


def _of_blocking(found: GivenUp) -> str:
    if found.blocking is None:
        return ""
    if not found.blocking:
        return "No mentee and mentor would both rather have each other than what they have."
    pairs = "pair of a mentee and a mentor" if found.blocking == 1 else "pairs of a mentee and a mentor"
    return f"{found.blocking} {pairs} would both rather have each other than what they have."


def _percent(found: GivenUp) -> str:
    """Return the price of fairness in per cent, rounded up to tenths."""
    thousandths = found.price_in_thousandths or 0
    return f"{thousandths // 10}.{thousandths % 10} %"
