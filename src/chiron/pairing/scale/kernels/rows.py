"""Rows of mentees against all mentors: how many pairs are allowed, and whole rows for checks."""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.compiled_rules import BLOCK
from chiron.pairing.scale.kernels.machine import BLOCK_WORDS, parallel_kernel, signed
from chiron.pairing.scale.kernels.walk import allowed_bits, fits_of

TILE = 32
"""Mentees who go through the blocks together, so that a block's columns stay in the cache for all of them."""

LOWEST = -(1 << 62)


@parallel_kernel
def scan_allowed(
    rows: NDArray[np.int32],
    bit_steps: int,
    must_steps: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    blocks: int,
    allowed: NDArray[np.int64],
) -> None:
    """Count the allowed pairs of each row."""
    for tile in prange((len(rows) + TILE - 1) // TILE):
        live = np.empty(BLOCK_WORDS, dtype=np.uint64)
        planes = np.empty(4 * BLOCK_WORDS, dtype=np.uint64)
        lanes = np.empty(BLOCK, dtype=np.uint32)
        found = np.empty(BLOCK, dtype=np.uint16)
        product = np.empty(BLOCK, dtype=np.int64)
        for block in range(blocks):
            for row in range(tile * TILE, min(tile * TILE + TILE, len(rows))):
                allowed[row] += allowed_bits(
                    signed(rows[row]), block, bit_steps, must_steps, steps, words, index, codes, points, floats,
                    live, planes, lanes, product, found,
                )  # fmt: skip


@parallel_kernel
def scan_rows(
    rows: NDArray[np.int32],
    prices: NDArray[np.int64],
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
    order: NDArray[np.int32],
    allowed: NDArray[np.bool_],
    fits: NDArray[np.int32],
) -> None:
    """Write out whole rows: which pairs are allowed and their fit, 0 where they are not, by the mentor's position."""
    for row in prange(len(rows)):
        live = np.empty(BLOCK_WORDS, dtype=np.uint64)
        planes = np.empty(4 * BLOCK_WORDS, dtype=np.uint64)
        eights = np.empty(BLOCK // 8, dtype=np.uint64)
        lanes = np.empty(BLOCK, dtype=np.uint32)
        found = np.empty(BLOCK, dtype=np.uint16)
        product = np.empty(BLOCK, dtype=np.int64)
        fit = np.empty(BLOCK, dtype=np.int32)
        mentee = signed(rows[row])
        for block in range(len(order) // BLOCK):
            count = allowed_bits(
                mentee, block, bit_steps, must_steps, steps, words, index, codes, points, floats, live, planes,
                lanes, product, found,
            )  # fmt: skip
            count = fits_of(
                mentee, block, must_steps, lane_steps, LOWEST, steps, words, index, codes, flags, spread, points,
                floats, prices, live, eights, lanes, count, product, found, fit,
            )  # fmt: skip
            for at in range(count):
                mentor = order[block * BLOCK + signed(lanes[at])]
                allowed[row, mentor] = True
                fits[row, mentor] = fit[lanes[at]]
