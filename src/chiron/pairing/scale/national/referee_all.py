"""The judge of a plan over all pairs: every value and bound recomputed from the rules, the pairs and the prices alone.

It takes from the answer only its pairs and its prices, and shares no code with what found them. Where few enough, all
pairs are scored by the plain form of the rules. Where there are more, they are walked through the compiled form, which
is compared with the plain one on every pair of the plan and on whole rows of some mentees, spread over the pool.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Step
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import Verdict, not_allowed
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.scale.kernels.bounds import count_blocking, lowest_prices, raise_gains
from chiron.pairing.scale.kernels.compiled_rules import BLOCK as MENTORS_A_BLOCK
from chiron.pairing.scale.kernels.compiled_rules import CompiledRules
from chiron.pairing.scale.kernels.rows import LOWEST, scan_rows
from chiron.pairing.scale.national.answer import NationalAnswer

BLOCK = 1 << 17
"""Pairs that are judged at once."""
ROWS_TOLD = 4_096
PLAIN = 2_000_000
"""So many pairs are scored by the plain form of the rules; of more, so many are compared with the compiled form."""
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
    program: CompiledRules | None = None,
    mentees: Ints | None = None,
    told: Callable[[], object] | None = None,
) -> Verdict:
    """Return the violations of a plan over all pairs, the bound of each step, and whether every step is proved best.

    Args:
        scoring: rules and people.
        answer: the plan and its prices.
        capacity: int (m,), how many mentees each mentor takes.
        forbidden: pairs (mentee, mentor) that may not be made whatever the rules say.
        program: the same rules compiled, the forbidden pairs among them; None: every pair is scored plainly.
        mentees: positions of those who take part: nobody else is paired, and the bounds are over their pairs; None for
            everybody.
        told: called between two blocks of rows, so that who waits hears that the judge is at work.
    """
    places = np.asarray(capacity, dtype=np.int64)
    takes_part = np.ones(len(scoring.mentees.ids), dtype=np.bool_)
    if mentees is not None:
        takes_part = np.isin(np.arange(len(takes_part)), mentees)
    broken = _violations(scoring, answer, places, set(forbidden), takes_part)
    if program is not None and not broken and len(scoring.mentees.ids) * len(scoring.mentors.ids) > PLAIN:
        broken = _false_rows(scoring, program, forbidden)
    else:
        program = None
    claimed = tuple(step.bound for step in answer.steps)
    names = tuple(step.name for step in answer.steps)
    expected = STEPS.get(answer.aim, ())
    if answer.aim == "everyone" and not len(answer.pairs):
        expected = ("matched", "total")
    if broken or names != expected:
        return Verdict(violations=tuple(broken), bounds=claimed, proved_best=False)
    values = tuple(_value(step, answer) for step in answer.steps)
    counts = [_count(answer, at, values) for at in range(len(answer.steps))]
    if program is None:
        bounds = tuple(_bounds(scoring, answer, counts, places, forbidden, takes_part))
    else:
        bounds = tuple(_Walk(scoring, program, answer, places, takes_part, told).bounds(counts))
    stated = tuple(step.value for step in answer.steps)
    proved = bounds == values == stated == claimed and answer.stopped is None
    return Verdict(violations=(), bounds=bounds, proved_best=proved)


def _violations(
    scoring: Scoring,
    answer: NationalAnswer,
    capacity: Longs,
    forbidden: set[tuple[int, int]],
    takes_part: NDArray[np.bool_],
) -> list[Sentence]:
    """Return every rule that the plan breaks."""
    mentees, mentors = scoring.mentees.ids, scoring.mentors.ids
    pairs = np.asarray(answer.pairs)
    if pairs.shape != (np.size(pairs) // 2, 2) or pairs.dtype.kind not in "iu":
        return [Sentence("broken.no_table")]
    inside = (pairs >= 0).all(axis=1) & (pairs[:, 0] < len(mentees)) & (pairs[:, 1] < len(mentors))
    found = [Sentence("broken.unknown_pair", {"one": i, "other": j}) for i, j in pairs[~inside].tolist()]
    pairs, fits = pairs[inside], np.asarray(answer.fits)[inside] if len(answer.fits) == len(inside) else None
    if fits is None:
        return [*found, Sentence("broken.fits")]
    allowed = scoring.allowed(pairs)
    found += [
        not_allowed(mentees[i], mentors[j])
        for (i, j), may in zip(pairs.tolist(), allowed.tolist(), strict=True)
        if not may or (i, j) in forbidden or not takes_part[i]
    ]
    real = scoring.parts(pairs).sum(axis=1)
    found += [
        Sentence(
            "broken.fit",
            {
                "mentee": mentees[pairs[at, 0]],
                "mentor": mentors[pairs[at, 1]],
                "fit": int(real[at]),
                "said": int(fits[at]),
            },
        )
        for at in np.flatnonzero(real != fits).tolist()
    ]
    for i, count in sorted(Counter(pairs[:, 0].tolist()).items()):
        if count > 1:
            found.append(Sentence("broken.wanted", {"mentee": mentees[i], "n": count, "most": 1}))
    for j, count in sorted(Counter(pairs[:, 1].tolist()).items()):
        if count > capacity[j]:
            found.append(Sentence("broken.capacity", {"mentor": mentors[j], "n": count, "most": int(capacity[j])}))
    return found


def _false_rows(scoring: Scoring, program: CompiledRules, forbidden: Sequence[tuple[int, int]]) -> list[Sentence]:
    """Return the mentees of whom the compiled rules say something else, of some who are spread over the pool."""
    n, m = len(scoring.mentees.ids), len(scoring.mentors.ids)
    rows = np.unique(np.linspace(0, n - 1, max(1, PLAIN // m)).astype(np.int32))
    apart = {(int(i), int(j)) for i, j in forbidden}
    steps, words, index, codes, flags, spread, points, floats = program.pools
    found = []
    for first in range(0, len(rows), max(1, BLOCK // m)):
        some = rows[first : first + max(1, BLOCK // m)]
        may, fits = np.zeros((len(some), m), dtype=np.bool_), np.zeros((len(some), m), dtype=np.int32)
        scan_rows(
            some, np.zeros(len(program.order), dtype=np.int64), program.bit_steps, program.must_steps,
            program.lane_steps, steps, words, index, codes, flags, spread, points, floats, program.order, may, fits,
        )  # fmt: skip
        for at, mentee in enumerate(some.tolist()):
            allowed, fit = (part[0] for part in scoring.block(mentee, mentee + 1))
            allowed = allowed.copy()
            allowed[[j for i, j in apart if i == mentee]] = False
            if not np.array_equal(allowed, may[at]) or not np.array_equal(np.where(allowed, fit, 0), fits[at]):
                found.append(Sentence("broken.compiled", {"mentee": scoring.mentees.ids[mentee]}))
    open_pairs = [(i, j) for i, j in sorted(apart) if not _is_apart(program, i, j)]
    return [*found, *(Sentence("broken.not_apart", {"one": i, "other": j}) for i, j in open_pairs)]


def _is_apart(program: CompiledRules, mentee: int, mentor: int) -> bool:
    """Return True if a compiled rule set forbids a pair."""
    steps, words, index, codes, flags, spread, points, floats = program.pools
    may, fits = np.zeros((1, program.mentors), dtype=np.bool_), np.zeros((1, program.mentors), dtype=np.int32)
    scan_rows(
        np.array([mentee], dtype=np.int32), np.zeros(len(program.order), dtype=np.int64), program.bit_steps,
        program.must_steps, program.lane_steps, steps, words, index, codes, flags, spread, points, floats,
        program.order, may, fits,
    )  # fmt: skip
    return not may[0, mentor]


def _value(step: Step, answer: NationalAnswer) -> int:
    """Return what the plan reaches in a step; blocking pairs are counted with the bounds."""
    if step.name == "matched":
        return len(answer.pairs)
    if step.name == "lowest fit":
        return int(answer.fits.min())
    if step.name == "total":
        return int(answer.fits.sum(dtype=np.int64))
    return 0


def _count(answer: NationalAnswer, at: int, values: Sequence[int]) -> _Count:
    """Return what a pair counts in a step, with what the earlier steps fix."""
    step = answer.steps[at]
    person = step.certificate.scale if step.name == "matched" else 0
    point = step.certificate.scale if step.name == "total" else 0
    floor, given = NEVER, 0
    for weight, before, value in zip(step.certificate.weights, answer.steps[:at], values, strict=False):
        person += weight if before.name == "matched" else 0
        point += weight if before.name == "total" else 0
        given += weight * value if before.name in ("matched", "total") else 0
    if step.name == "lowest fit":
        # Could as many be matched with better pairs only?
        floor = int(answer.fits.min()) + 1
    elif "lowest fit" in {before.name for before in answer.steps[:at]}:
        floor = int(answer.fits.min())
    return _Count(step, person, point, floor, given)


class _Walk:
    """Every pair walked through the compiled rules, for the bounds of a plan."""

    def __init__(
        self,
        scoring: Scoring,
        program: CompiledRules,
        answer: NationalAnswer,
        capacity: Longs,
        takes_part: NDArray[np.bool_],
        told: Callable[[], object] | None = None,
    ) -> None:
        """Begin with each mentee's own pair: what no pair exceeds need not be looked at twice."""
        self.scoring, self.program, self.answer, self.capacity = scoring, program, answer, capacity
        self.like = program.rank[takes_part[program.rank]].astype(np.int32)
        self.told = told
        self.blocks = len(program.order) // MENTORS_A_BLOCK
        steps, words, index, codes, flags, spread, points, floats = program.pools
        self.rules = (
            program.bit_steps, program.must_steps, program.lane_steps, steps, words, index, codes, flags, spread,
            points, floats, self.blocks,
        )  # fmt: skip

    def bounds(self, counts: Sequence[_Count]) -> list[int]:
        """Return what no plan can exceed in each step."""
        sums = [SAFE] * len(counts)
        alike: dict[tuple[int, int], list[int]] = {}
        for at, count in enumerate(counts):
            if count.step.name == "blocking pairs":
                sums[at] = self._blocking()
            elif _is_sound(count.step, len(self.capacity)) and max(count.person, count.point) < SAFE >> 32:
                alike.setdefault((count.point, count.floor), []).append(at)
        for (point, _), some in alike.items():
            found = self._sums([counts[at] for at in some]) if point else [self._people(counts[at]) for at in some]
            for at, most in zip(some, found, strict=True):
                sums[at] = most
        return [
            _closed(count, most, self.scoring.most, self.capacity, self.answer)
            for count, most in zip(counts, sums, strict=True)
        ]

    def _rows(self) -> Iterator[slice]:
        """Yield the rows in blocks, each a second's work at most, and tell between them that the judge goes on."""
        for first in range(0, len(self.like), ROWS_TOLD):
            yield slice(first, first + ROWS_TOLD)
            if self.told is not None:
                self.told()

    def _placed(self, values: Longs, padding: int) -> Longs:
        """Return mentors' numbers in the order of the compiled rules."""
        placed = np.full(len(self.program.order), padding, dtype=np.int64)
        placed[self.program.place] = values
        return placed

    def _sums(self, counts: Sequence[_Count]) -> list[int]:
        """Return for each count the sum over mentees of the best pair's gain, 0 where no pair gains anything."""
        point, floor, pairs = counts[0].point, counts[0].floor, self.answer.pairs
        minus = np.stack([self._placed(count.step.certificate.prices - count.person, SAFE >> 1) for count in counts])
        best = np.zeros((self.program.mentees, len(counts)), dtype=np.int64)
        fits = self.answer.fits.astype(np.int64)
        for at, count in enumerate(counts):
            own = count.person + point * fits - count.step.certificate.prices[pairs[:, 1]]
            best[pairs[:, 0], at] = np.where(fits >= floor, np.maximum(own, 0), 0)
        like = self.like
        placed = np.ascontiguousarray(best[like])
        screen = (minus // point).min(axis=0)
        for rows in self._rows():
            raise_gains(like[rows], floor, point, minus, screen, *self.rules, placed[rows])
        return [sum(column.tolist()) for column in placed.T]

    def _people(self, count: _Count) -> int:
        """Return the sum over mentees of what being a pair gains at best, less the mentor's price."""
        prices = np.minimum(count.step.certificate.prices, count.person)
        like = self.like
        lowest = np.full(len(like), count.person, dtype=np.int64)
        nothing = np.zeros(len(self.program.order), dtype=np.int64)
        floor = LOWEST if count.floor <= NEVER else count.floor
        for rows in self._rows():
            lowest_prices(like[rows], floor, self._placed(prices, SAFE >> 1), nothing, *self.rules, lowest[rows])
        return int((count.person - lowest).sum())

    def _blocking(self) -> int:
        """Return how many pairs both people would rather have."""
        own, theirs = _lines(self.answer, self.capacity, self.program.mentees)
        like = self.like
        blocking = np.zeros(len(like), dtype=np.int64)
        nothing = np.zeros(len(self.program.order), dtype=np.int64)
        count_blocking(like, own[like], self._placed(theirs, SAFE), nothing, *self.rules, blocking)
        return int(blocking.sum())


def _bounds(
    scoring: Scoring,
    answer: NationalAnswer,
    counts: Sequence[_Count],
    capacity: Longs,
    forbidden: Sequence[tuple[int, int]],
    takes_part: NDArray[np.bool_],
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
        allowed = allowed & takes_part[first:last, None]
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
