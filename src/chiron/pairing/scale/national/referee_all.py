"""The judge of a plan over all pairs: every value and bound recomputed, block by block, from the rules themselves.

It scores all pairs with the plain form of the rules and takes from the answer only its pairs and its prices; it shares
no code with the scan or with what found the plan.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Step
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.proof.referee import Verdict
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.scale.national.solve import NationalAnswer

BLOCK = 1 << 17
"""Pairs that are judged at once."""
SAFE = 1 << 61
NEVER = -SAFE
STEPS = {"total": ("total", "matched"), "everyone": ("matched", "lowest fit", "total"), "stable": ("blocking pairs",)}


@dataclass(frozen=True, slots=True)
class _Count:
    """What a pair counts in the bound of one step: by being a pair, by its fit, and from which fit on at all."""

    step: Step
    person: int
    point: int
    floor: int
    given: int


def referee_all(
    scoring: Scoring,
    answer: NationalAnswer,
    *,
    capacity: NDArray[np.integer],
    forbidden: Sequence[tuple[int, int]] = (),
) -> Verdict:
    """Return the faults of a plan over all pairs, the bound of each step, and whether every step is proved best.

    Args:
        scoring: rules and people.
        answer: the plan and its prices.
        capacity: int (m,), how many mentees each mentor takes.
        forbidden: pairs (mentee, mentor) that may not be made whatever the rules say.
    """
    broken = tuple(_faults(scoring, answer, np.asarray(capacity, dtype=np.int64), set(forbidden)))
    claimed = tuple(step.bound for step in answer.steps)
    names = tuple(step.name for step in answer.steps)
    expected = STEPS.get(answer.aim, ())
    if answer.aim == "everyone" and not len(answer.pairs):
        expected = ("matched", "total")
    if broken or names != expected:
        return Verdict(faults=broken, bounds=claimed, proved_best=False)
    counts = [_count(answer, at) for at in range(len(answer.steps))]
    bounds = tuple(_bounds(scoring, answer, counts, np.asarray(capacity, dtype=np.int64), forbidden))
    values = tuple(_value(step, answer) for step in answer.steps)
    stated = tuple(step.value for step in answer.steps)
    proved = bounds == values == stated == claimed
    return Verdict(faults=(), bounds=bounds, proved_best=proved)


def _faults(scoring: Scoring, answer: NationalAnswer, capacity: Longs, forbidden: set[tuple[int, int]]) -> list[str]:
    """Return every rule that the plan breaks, in words."""
    mentees, mentors = scoring.mentees.ids, scoring.mentors.ids
    pairs = np.asarray(answer.pairs)
    if pairs.shape != (np.size(pairs) // 2, 2) or pairs.dtype.kind not in "iu":
        return ["The pairs are not a table of whole numbers with one row a pair: mentee, mentor."]
    inside = (pairs >= 0).all(axis=1) & (pairs[:, 0] < len(mentees)) & (pairs[:, 1] < len(mentors))
    found = [f"Pair ({i}, {j}) names somebody who is not there." for i, j in pairs[~inside].tolist()]
    pairs, fits = pairs[inside], np.asarray(answer.fits)[inside] if len(answer.fits) == len(inside) else None
    if fits is None:
        return [*found, "There is not one fit for each pair."]
    allowed = scoring.allowed(pairs)
    found += [
        f"{mentees[i]} and {mentors[j]} may not be paired."
        for (i, j), may in zip(pairs.tolist(), allowed.tolist(), strict=True)
        if not may or (i, j) in forbidden
    ]
    real = scoring.parts(pairs).sum(axis=1)
    found += [
        f"{mentees[pairs[at, 0]]} and {mentors[pairs[at, 1]]} fit {real[at]}, not {fits[at]}."
        for at in np.flatnonzero(real != fits).tolist()
    ]
    for i, count in sorted(Counter(pairs[:, 0].tolist()).items()):
        if count > 1:
            found.append(f"{mentees[i]} has {count} mentors, and may have 1.")
    for j, count in sorted(Counter(pairs[:, 1].tolist()).items()):
        if count > capacity[j]:
            found.append(f"{mentors[j]} has {count} mentees, and takes {capacity[j]}.")
    return found


def _value(step: Step, answer: NationalAnswer) -> int:
    """Return what the plan reaches in a step; blocking pairs are counted with the bounds."""
    if step.name == "matched":
        return len(answer.pairs)
    if step.name == "lowest fit":
        return int(answer.fits.min())
    if step.name == "total":
        return int(answer.fits.sum(dtype=np.int64))
    return 0


def _count(answer: NationalAnswer, at: int) -> _Count:
    """Return what a pair counts in a step, with what the earlier steps fix."""
    step = answer.steps[at]
    weight = step.certificate.weights[0] if step.certificate.weights and at else 0
    floor = NEVER
    if step.name == "lowest fit":
        # Could as many be matched with better pairs only?
        floor = int(answer.fits.min()) + 1
    elif "lowest fit" in {before.name for before in answer.steps[:at]}:
        floor = int(answer.fits.min())
    person = step.certificate.scale if step.name == "matched" else 0
    point = step.certificate.scale if step.name == "total" else 0
    first = _value(answer.steps[0], answer)
    if answer.steps[0].name == "total":
        return _Count(step, person, point + weight, floor, weight * first)
    return _Count(step, person + weight, point, floor, weight * first)


def _bounds(
    scoring: Scoring,
    answer: NationalAnswer,
    counts: Sequence[_Count],
    capacity: Longs,
    forbidden: Sequence[tuple[int, int]],
) -> list[int]:
    """Return what no plan can exceed in each step, from one pass over all pairs."""
    n, m = len(scoring.mentees.ids), len(scoring.mentors.ids)
    sums, tops = [0] * len(counts), [NEVER] * len(counts)
    apart = np.array(sorted(forbidden), dtype=np.int64).reshape(-1, 2)
    sound = [_is_sound(count.step, m) for count in counts]
    lines = _lines(answer, capacity, n)
    height = max(1, BLOCK // max(1, m))
    for first in range(0, n, height):
        last = min(n, first + height)
        allowed, fit = scoring.block(first, last)
        here = apart[(apart[:, 0] >= first) & (apart[:, 0] < last)]
        allowed[here[:, 0] - first, here[:, 1]] = False
        for at, count in enumerate(counts):
            if count.step.name == "blocking pairs":
                sums[at] += _blocking(answer, allowed, fit, lines, first)
                continue
            if not sound[at]:
                sums[at] = SAFE
                continue
            gain = count.person + count.point * fit.astype(np.int64) - count.step.certificate.prices
            open_here = allowed & (fit >= count.floor)
            best = np.where(open_here, gain, 0).max(axis=1, initial=0)
            sums[at] += int(best.sum())
            if open_here.any():
                tops[at] = max(tops[at], int(fit[open_here].max()))
    return [_closed(count, most, top, capacity, answer) for count, most, top in zip(counts, sums, tops, strict=True)]


def _is_sound(step: Step, mentors: int) -> bool:
    """Return True if a certificate has a price for each mentor, none below zero, and nothing that could overflow."""
    certificate = step.certificate
    prices = certificate.prices
    if not all(isinstance(number, int) for number in (certificate.scale, *certificate.weights)):
        return False
    if prices.shape != (mentors,) or prices.dtype != np.int64 or certificate.scale < 1:
        return False
    if min(int(prices.min(initial=0)), *certificate.weights, 0) < 0:
        return False
    return max(int(prices.max(initial=0)), certificate.scale << 31, *certificate.weights, 0) < SAFE >> 20


def _closed(count: _Count, most: int, top: int, capacity: Longs, answer: NationalAnswer) -> int:
    """Return the bound of a step from the best pairs of all mentees and the prices of all places."""
    name, prices = count.step.name, count.step.certificate.prices
    if name == "blocking pairs":
        return -most
    if not _is_sound(count.step, len(capacity)):
        return SAFE
    cost: int = sum(price * places for price, places in zip(prices.tolist(), capacity.tolist(), strict=True))
    if name == "lowest fit":
        lowest: int = int(answer.fits.min())
        return lowest if most + cost < count.given else max(lowest, top)
    return (most + cost - count.given) // count.step.certificate.scale


def _lines(answer: NationalAnswer, capacity: Longs, mentees: int) -> tuple[Longs, Longs]:
    """Return the fit that a pair must exceed for each mentee and for each mentor to be better than what they have."""
    own = np.full(mentees, NEVER, dtype=np.int64)
    own[answer.pairs[:, 0]] = answer.fits
    theirs = np.full(len(capacity), SAFE, dtype=np.int64)
    np.minimum.at(theirs, answer.pairs[:, 1], answer.fits.astype(np.int64))
    theirs[np.bincount(answer.pairs[:, 1], minlength=len(capacity)) < capacity] = NEVER
    return own, theirs


def _blocking(
    answer: NationalAnswer, allowed: NDArray[np.bool_], fit: Ints, lines: tuple[Longs, Longs], first: int
) -> int:
    """Return how many pairs of a block of mentees both people would rather have."""
    own = lines[0][first : first + len(fit)]
    blocks = allowed & (fit > own[:, None]) & (fit > lines[1])
    inside = (answer.pairs[:, 0] >= first) & (answer.pairs[:, 0] < first + len(fit))
    blocks[answer.pairs[inside, 0] - first, answer.pairs[inside, 1]] = False
    return int(blocks.sum())
