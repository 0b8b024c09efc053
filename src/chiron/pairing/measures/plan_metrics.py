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
from chiron.pairing.model.sentences import Sentence

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


def sentences(found: GivenUp) -> tuple[Sentence, ...]:
    """Return what a plan gave up in a few plain sentences, for a coordinator."""
    said = [_of_people(found), _of_lowest(found), _of_total(found), _of_blocking(found)]
    if found.envious:
        said.append(Sentence("gave_up.envious", {"n": found.envious}))
    if found.choices:
        code = "gave_up.first_choices" if found.is_ranked else "gave_up.best_fits"
        said.append(Sentence(code, {"n": found.choices[0], "pairs": found.pairs}))
    return tuple(each for each in said if each is not None)


def _of_people(found: GivenUp) -> Sentence | None:
    left = found.wanting - found.matched
    return Sentence("gave_up.unmatched", {"n": left}) if left else None


def _of_lowest(found: GivenUp) -> Sentence | None:
    if found.lowest is None:
        return None
    values = {"lowest": found.lowest, "one": found.first_percentile, "five": found.fifth_percentile}
    return Sentence("gave_up.lowest", values)


def _of_total(found: GivenUp) -> Sentence | None:
    if found.price is None:
        return None
    values: dict[str, int | str] = {"total": found.total, "price": found.price}
    if not found.price:
        return Sentence("gave_up.nothing", values)
    if found.price_in_thousandths is None:
        return Sentence("gave_up.points", values)
    # The price of fairness in per cent, in tenths.
    whole, tenths = divmod(found.price_in_thousandths, 10)
    return Sentence("gave_up.points_and_share", {**values, "share": f"{whole}.{tenths}"})


def _of_blocking(found: GivenUp) -> Sentence | None:
    if found.blocking is None:
        return None
    return Sentence("gave_up.blocking", {"n": found.blocking}) if found.blocking else Sentence("gave_up.no_blocking")
