"""The exact scan over all pairs of a rule set: each mentee's best mentors, and a limit on all that are not listed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.rules.scoring import Pairs, Scoring
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.compiler.build import TableLimits, build
from chiron.pairing.scale.kernels.best import scan_best
from chiron.pairing.scale.kernels.compiled_rules import BLOCK, CompiledRules
from chiron.pairing.scale.kernels.rows import LOWEST, scan_allowed, scan_rows

NEVER = LOWEST
"""The cutoff of a row of which every allowed pair is listed: lower than any fit less price."""

LISTED_AT_ONCE = 1 << 20  # places for listed pairs while a call of the kernel runs: 8 MB
KEY_BITS = 62


@dataclass(frozen=True, slots=True, eq=False)
class ScannedPairs:
    """The listed pairs of some mentees, as compressed rows.

    Attributes:
        rows: int32 (r,), positions of mentees, as they were asked for.
        starts: int64 (r + 1,).
        partner: int32 (p,), positions of mentors, ascending inside each row.
        fit: int32 (p,), whole points, without prices.
        cutoff: int64 (r,), the highest fit less price among the allowed pairs of the row that are not listed; NEVER
            where all are listed.
    """

    rows: Ints
    starts: Longs
    partner: Ints
    fit: Ints
    cutoff: Longs


Blocks = Callable[[Callable[[Ints], ScannedPairs], Iterable[Ints]], Iterable[ScannedPairs]]
"""How blocks of rows are run: as the built-in `map`, answers in the order of the blocks."""


def scan_block(
    program: CompiledRules, prices: Longs | None, keep: int, rows: Ints, profit: Longs | None = None
) -> ScannedPairs:
    """List the best pairs of some mentees; takes and gives plain arrays, so that any process can run it.

    Args:
        program: a compiled rule set, see `Scan.program`.
        prices: int64 (mentors,), or None for none.
        keep: how many pairs a row lists at most.
        rows: int32 (r,), positions of mentees, in any order.
        profit: int64 (r,), only pairs with more fit less price than this are listed; None for all.

    Raises:
        ScaleError: `keep` is under 1, prices are too large to be exact, or an array has another length than it should.
    """
    program_prices, shift, top = _prices(program, prices)
    if keep < 1:
        raise ScaleError("A row must list at least one pair.")
    r = len(rows)
    floors = np.full(r, LOWEST, dtype=np.int64)
    if profit is not None:
        if len(profit) != r:
            raise ScaleError(f"There are {len(profit)} profits for {r} rows.")
        floors = (np.clip(profit, -top, top) << shift) | ((1 << shift) - 1)
    keep = min(keep, max(1, program.mentors))
    like = np.argsort(_rank_of(program)[rows], kind="stable")
    lengths, cutoff = np.zeros(r, dtype=np.int64), np.empty(r, dtype=np.int64)
    height = max(1, LISTED_AT_ONCE // keep)
    steps, words, index, codes, flags, spread, points, floats = program.pools
    pieces = []
    for first in range(0, r, height):
        here = like[first : first + height]
        partner, fit = np.empty((len(here), keep), dtype=np.int32), np.empty((len(here), keep), dtype=np.int32)
        listed, keys = np.empty(len(here), dtype=np.int64), np.empty(len(here), dtype=np.int64)
        scan_best(
            np.ascontiguousarray(rows[here]), floors[here], program_prices, keep, shift, program.bit_steps,
            program.must_steps, program.lane_steps, steps, words, index, codes, flags, spread, points, floats,
            program.order, program.place, partner, fit, listed, keys,
        )  # fmt: skip
        lengths[here] = listed
        cutoff[here] = np.where(keys == LOWEST, NEVER, keys >> shift)
        filled = np.arange(keep) < listed[:, None]
        pieces.append((here, listed, partner[filled], fit[filled]))
    starts = np.zeros(r + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    partner, fit = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.int32)
    for here, listed, some, fits in pieces:
        within = np.arange(len(some)) - np.repeat(np.cumsum(listed) - listed, listed)
        to = np.repeat(starts[here], listed) + within
        partner[to], fit[to] = some, fits
    return ScannedPairs(np.ascontiguousarray(rows, dtype=np.int32), starts, partner, fit, cutoff)


def _rank_of(program: CompiledRules) -> Ints:
    """Give each mentee's place in the order in which rows are scanned."""
    place = np.empty(program.mentees, dtype=np.int32)
    place[program.rank] = np.arange(program.mentees, dtype=np.int32)
    return place


def _prices(program: CompiledRules, prices: Longs | None) -> tuple[Longs, int, int]:
    """Give prices in the program's order, the bits that a mentor's position takes, and the largest exact value."""
    shift = max(1, program.mentors).bit_length()
    top = (1 << (KEY_BITS - shift)) - 1
    placed = np.zeros(len(program.order), dtype=np.int64)
    if prices is not None:
        if len(prices) != program.mentors:
            raise ScaleError(f"There are {len(prices)} prices for {program.mentors} mentors.")
        placed[program.place] = prices
    if max(int(placed.max(initial=0)), -int(placed.min(initial=0))) + program.most >= top:
        raise ScaleError(f"Prices must stay under {top - program.most} in size to be exact.")
    return placed, shift, top


class Scan:
    """A rule set compiled for scans over all pairs of two pools."""

    def __init__(self, program: CompiledRules) -> None:
        """Take a compiled rule set; see `compile_scan`."""
        self.program = program
        self.mentees = program.mentees
        self.mentors = program.mentors

    def best(
        self,
        rows: Ints | None = None,
        *,
        prices: Longs | None = None,
        keep: int = 40,
        blocks: Blocks | None = None,
        height: int = 2000,
    ) -> ScannedPairs:
        """List for each mentee the pairs with the highest fit less price; of equals, those of the lower mentors.

        Args:
            rows: int32 (r,), positions of mentees; None for all.
            prices: int64 (mentors,), in points; None for none.
            keep: pairs a row.
            blocks: runs blocks of rows elsewhere, as the built-in `map` would; None runs them here, on all cores.
            height: rows of a block for `blocks`.

        Raises:
            ScaleError: see `scan_block`.
        """
        asked = self._rows(rows)
        if blocks is None:
            return scan_block(self.program, prices, keep, asked)
        pieces = [asked[first : first + height] for first in range(0, len(asked), height)]
        return joined(list(blocks(partial(scan_block, self.program, prices, keep), pieces)))

    def above(self, rows: Ints | None, *, prices: Longs | None, profit: Longs, most: int) -> ScannedPairs:
        """List the pairs with more fit less price than the row's profit, at most `most` a row, the best first to count.

        Args:
            rows: int32 (r,), positions of mentees; None for all.
            prices: int64 (mentors,), in points; None for none.
            profit: int64 (r,), in points.
            most: pairs a row.

        Raises:
            ScaleError: see `scan_block`.
        """
        return scan_block(self.program, prices, most, self._rows(rows), profit)

    def count_allowed(self, rows: Ints | None = None) -> Longs:
        """Count the allowed mentors of each mentee, int64 (r,); of all for None."""
        program = self.program
        asked = self._rows(rows)
        steps, words, index, codes, _, _, points, floats = program.pools
        like = np.argsort(_rank_of(program)[asked], kind="stable")
        found, allowed = np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=np.int64)
        scan_allowed(
            np.ascontiguousarray(asked[like]), program.bit_steps, program.must_steps, steps, words, index, codes,
            points, floats, len(program.order) // BLOCK, found,
        )  # fmt: skip
        allowed[like] = found
        return allowed

    def whole(self, rows: Ints) -> tuple[NDArray[np.bool_], Ints]:
        """Write out whole rows: allowed, bool (r, mentors); fit, int32 (r, mentors), 0 where a pair is not allowed."""
        program = self.program
        allowed = np.zeros((len(rows), self.mentors), dtype=np.bool_)
        fit = np.zeros((len(rows), self.mentors), dtype=np.int32)
        steps, words, index, codes, flags, spread, points, floats = program.pools
        scan_rows(
            self._rows(rows), np.zeros(len(program.order), dtype=np.int64), program.bit_steps, program.must_steps,
            program.lane_steps, steps, words, index, codes, flags, spread, points, floats, program.order, allowed, fit,
        )  # fmt: skip
        return allowed, fit

    def _rows(self, rows: Ints | None) -> Ints:
        """Give positions of mentees as an array of their own type; all of them for None."""
        if rows is None:
            return np.arange(self.mentees, dtype=np.int32)
        asked = np.ascontiguousarray(rows, dtype=np.int32)
        if len(asked) and not 0 <= asked.min() <= asked.max() < self.mentees:
            raise ScaleError(f"A row is not one of the {self.mentees} mentees.")
        return asked


def joined(pieces: list[ScannedPairs]) -> ScannedPairs:
    """Join blocks of rows in their order."""
    if not pieces:
        nothing = np.empty(0, dtype=np.int32)
        return ScannedPairs(nothing, np.zeros(1, dtype=np.int64), nothing, nothing, np.empty(0, dtype=np.int64))
    lengths = np.concatenate([np.diff(piece.starts) for piece in pieces])
    return ScannedPairs(
        rows=np.concatenate([piece.rows for piece in pieces]),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        partner=np.concatenate([piece.partner for piece in pieces]),
        fit=np.concatenate([piece.fit for piece in pieces]),
        cutoff=np.concatenate([piece.cutoff for piece in pieces]),
    )


def compile_scan(scoring: Scoring, *, apart: Pairs = (), limits: TableLimits | None = None) -> Scan:
    """Compile a rule set and two pools for scans.

    Args:
        scoring: rules and people.
        apart: pairs (mentee, mentor) that may not be made, exceptions included.
        limits: how large tables may grow; None for the usual sizes.

    Raises:
        ScaleError: a kind has no compiled form, or the points could grow too large.
    """
    return Scan(build(scoring, apart, limits or TableLimits()))
