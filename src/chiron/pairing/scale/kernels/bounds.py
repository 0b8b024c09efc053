"""What a judge needs of all pairs: the best gain of each mentee at some prices, and the pairs that block a plan.

Every pair is walked through the compiled rules; one is passed over only where its gain cannot exceed the best so far.

The walk over tiles, blocks and rows is written out in each of the three kernels, which differ in their innermost step.
A kernel that takes the step as a function is not found on disk by the next process, so that each command would compile
it anew; and its loop, called once a pair, was over ten times slower where that was measured, on a running maximum.
"""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.bits import lanes_of
from chiron.pairing.scale.kernels.compiled_rules import BLOCK
from chiron.pairing.scale.kernels.machine import BLOCK_WORDS, parallel_kernel, signed
from chiron.pairing.scale.kernels.rows import LOWEST, TILE
from chiron.pairing.scale.kernels.walk import allowed_bits, fits_of


@parallel_kernel
def raise_gains(
    rows: NDArray[np.int32],
    floor: int,
    point: int,
    minus: NDArray[np.int64],
    screen: NDArray[np.int64],
    bit_steps: int,
    must_steps: int,
    lane_steps: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    spread: NDArray[np.int16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    blocks: int,
    best: NDArray[np.int64],
) -> None:
    """Raise each row's best gains (rows, counts) to those of its allowed pairs of at least a fit.

    A pair gains `point` (1 or more) times its fit less `minus` (counts, padded mentors), in each count. `screen`
    (padded mentors,) is the lowest of the counts' `minus` divided by `point`, rounded down: what cannot exceed any
    best so far, divided alike, is passed over.
    """
    counts = len(minus)
    for tile in prange((len(rows) + TILE - 1) // TILE):
        live = np.empty(BLOCK_WORDS, dtype=np.uint64)
        planes = np.empty(4 * BLOCK_WORDS, dtype=np.uint64)
        eights = np.empty(BLOCK // 8, dtype=np.uint64)
        lanes = np.empty(BLOCK, dtype=np.uint32)
        found = np.empty(BLOCK, dtype=np.uint16)
        product = np.empty(BLOCK, dtype=np.int64)
        fit = np.empty(BLOCK, dtype=np.int32)
        for block in range(blocks):
            for row in range(tile * TILE, min(tile * TILE + TILE, len(rows))):
                mentee = signed(rows[row])
                count = allowed_bits(
                    mentee, block, bit_steps, must_steps, steps, words, index, codes, points, floats, live,
                    planes, lanes, product, found,
                )  # fmt: skip
                if not count:
                    continue
                bar = best[row, 0] // point + 1
                for at in range(1, counts):
                    bar = min(bar, best[row, at] // point + 1)
                count = fits_of(
                    mentee, block, must_steps, lane_steps, bar, steps, words, index, codes, flags, spread, points,
                    floats, screen, live, eights, lanes, count, product, found, fit,
                )  # fmt: skip
                for lane_at in range(count):
                    lane = signed(lanes[lane_at])
                    if fit[lane] < floor:
                        continue
                    for at in range(counts):
                        gain = point * signed(fit[lane]) - minus[at, block * BLOCK + lane]
                        best[row, at] = max(best[row, at], gain)


@parallel_kernel
def lowest_prices(
    rows: NDArray[np.int32],
    floor: int,
    prices: NDArray[np.int64],
    nothing: NDArray[np.int64],
    bit_steps: int,
    must_steps: int,
    lane_steps: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    spread: NDArray[np.int16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    blocks: int,
    lowest: NDArray[np.int64],
) -> None:
    """Lower each row's price (rows,) to the lowest of its allowed mentors whose pair has at least a fit.

    `prices` and `nothing`, zeros, stand in the program's order; a row at price 0 is done.
    """
    for tile in prange((len(rows) + TILE - 1) // TILE):
        live = np.empty(BLOCK_WORDS, dtype=np.uint64)
        planes = np.empty(4 * BLOCK_WORDS, dtype=np.uint64)
        eights = np.empty(BLOCK // 8, dtype=np.uint64)
        lanes = np.empty(BLOCK, dtype=np.uint32)
        found = np.empty(BLOCK, dtype=np.uint16)
        product = np.empty(BLOCK, dtype=np.int64)
        fit = np.empty(BLOCK, dtype=np.int32)
        for block in range(blocks):
            for row in range(tile * TILE, min(tile * TILE + TILE, len(rows))):
                if lowest[row] <= 0:
                    continue
                mentee = signed(rows[row])
                count = allowed_bits(
                    mentee, block, bit_steps, must_steps, steps, words, index, codes, points, floats, live,
                    planes, lanes, product, found,
                )  # fmt: skip
                if not count:
                    continue
                if floor <= LOWEST:
                    count = lanes_of(live, lanes)
                else:
                    count = fits_of(
                        mentee, block, must_steps, lane_steps, floor, steps, words, index, codes, flags, spread,
                        points, floats, nothing, live, eights, lanes, count, product, found, fit,
                    )  # fmt: skip
                for lane_at in range(count):
                    lane = signed(lanes[lane_at])
                    if floor <= LOWEST or fit[lane] >= floor:
                        lowest[row] = min(lowest[row], prices[block * BLOCK + lane])


@parallel_kernel
def count_blocking(
    rows: NDArray[np.int32],
    own: NDArray[np.int64],
    theirs: NDArray[np.int64],
    nothing: NDArray[np.int64],
    bit_steps: int,
    must_steps: int,
    lane_steps: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    spread: NDArray[np.int16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    blocks: int,
    blocking: NDArray[np.int64],
) -> None:
    """Count the pairs of each row with more fit than the mentee's `own` (rows,) and the mentor's `theirs` (padded,)."""
    for tile in prange((len(rows) + TILE - 1) // TILE):
        live = np.empty(BLOCK_WORDS, dtype=np.uint64)
        planes = np.empty(4 * BLOCK_WORDS, dtype=np.uint64)
        eights = np.empty(BLOCK // 8, dtype=np.uint64)
        lanes = np.empty(BLOCK, dtype=np.uint32)
        found = np.empty(BLOCK, dtype=np.uint16)
        product = np.empty(BLOCK, dtype=np.int64)
        fit = np.empty(BLOCK, dtype=np.int32)
        for block in range(blocks):
            for row in range(tile * TILE, min(tile * TILE + TILE, len(rows))):
                mentee = signed(rows[row])
                count = allowed_bits(
                    mentee, block, bit_steps, must_steps, steps, words, index, codes, points, floats, live,
                    planes, lanes, product, found,
                )  # fmt: skip
                if not count:
                    continue
                count = fits_of(
                    mentee, block, must_steps, lane_steps, own[row] + 1, steps, words, index, codes, flags, spread,
                    points, floats, nothing, live, eights, lanes, count, product, found, fit,
                )  # fmt: skip
                for lane_at in range(count):
                    lane = signed(lanes[lane_at])
                    this_fit = signed(fit[lane])
                    blocking[row] += this_fit > own[row] and this_fit > theirs[block * BLOCK + lane]
