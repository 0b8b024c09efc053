"""Scans over rows of mentees: the best pairs of each."""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.compiled_rules import BLOCK
from chiron.pairing.scale.kernels.machine import BLOCK_WORDS, kernel, parallel_kernel, signed
from chiron.pairing.scale.kernels.rows import LOWEST, TILE
from chiron.pairing.scale.kernels.walk import allowed_bits, fits_of


@kernel
def push(heap: NDArray[np.int64], size: int, most: int, key: int) -> int:
    """Put a key among the `most` highest of a row, the lowest of them in front; give how many there are."""
    at = size
    if size < most:
        while at > 0 and heap[(at - 1) >> 1] > key:
            heap[at] = heap[(at - 1) >> 1]
            at = (at - 1) >> 1
        heap[at] = key
        return size + 1
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return size


@kernel
def keep_best(
    first: int,
    shift: int,
    row: int,
    most: int,
    order: NDArray[np.int32],
    prices: NDArray[np.int64],
    fit: NDArray[np.int32],
    lanes: NDArray[np.uint32],
    count: int,
    floor: int,
    heaps: NDArray[np.int64],
    sizes: NDArray[np.int64],
    below: NDArray[np.int64],
) -> int:
    """Keep the lanes that come among the best of a row; give the key that a further pair has to beat.

    A key is the value (fit less price) followed by the mentor's position counted from the end, so that of equal values
    the lower position is the higher key. Keys up to `floor` are never listed; the highest of them is kept in `below`.
    """
    last = (1 << shift) - 1
    size = sizes[row]
    bar = signed(max(below[row], heaps[row, 0]) if size == most else below[row])
    for at in range(count):
        lane = signed(lanes[at])
        value = signed(fit[lane]) - prices[first + lane]
        if value < bar >> shift:
            continue
        key = (value << shift) | (last - signed(order[first + lane]))
        if key <= bar:
            continue
        if key <= floor:
            below[row] = key
        else:
            size = push(heaps[row], size, most, key)
        bar = signed(max(below[row], heaps[row, 0]) if size == most else below[row])
    sizes[row] = size
    return bar


@parallel_kernel
def scan_best(
    rows: NDArray[np.int32],
    floors: NDArray[np.int64],
    prices: NDArray[np.int64],
    keep: int,
    shift: int,
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
    place: NDArray[np.int32],
    partner: NDArray[np.int32],
    fits: NDArray[np.int32],
    listed: NDArray[np.int64],
    cutoff: NDArray[np.int64],
) -> None:
    """Write for each row its best pairs, ascending by mentor, how many, and the highest key that is not listed.

    `floors` (rows,) are keys that a pair must beat to be listed; `prices` stand in the program's order; `partner` and
    `fits` (rows, keep), `listed` and `cutoff` (rows,) are written to: the latter with keys, LOWEST where nothing is
    left out.
    """
    for tile in prange((len(rows) + TILE - 1) // TILE):
        begin = tile * TILE
        end = min(begin + TILE, len(rows))
        heaps = np.empty((TILE, keep + 1), dtype=np.int64)
        sizes = np.zeros(TILE, dtype=np.int64)
        below = np.full(TILE, LOWEST, dtype=np.int64)
        bars = np.full(TILE, LOWEST, dtype=np.int64)
        live = np.empty(BLOCK_WORDS, dtype=np.uint64)
        planes = np.empty(4 * BLOCK_WORDS, dtype=np.uint64)
        eights = np.empty(BLOCK // 8, dtype=np.uint64)
        lanes = np.empty(BLOCK, dtype=np.uint32)
        found = np.empty(BLOCK, dtype=np.uint16)
        product = np.empty(BLOCK, dtype=np.int64)
        fit = np.empty(BLOCK, dtype=np.int32)
        for block in range(len(order) // BLOCK):
            for row in range(end - begin):
                mentee = signed(rows[begin + row])
                count = allowed_bits(
                    mentee, block, bit_steps, must_steps, steps, words, index, codes, points, floats, live,
                    planes, lanes, product, found,
                )  # fmt: skip
                if count:
                    count = fits_of(
                        mentee, block, must_steps, lane_steps, bars[row] >> shift, steps, words, index, codes, flags,
                        spread, points, floats, prices, live, eights, lanes, count, product, found, fit,
                    )  # fmt: skip
                if count:
                    bars[row] = keep_best(
                        block * BLOCK, shift, row, keep + 1, order, prices, fit, lanes, count, floors[begin + row],
                        heaps, sizes, below,
                    )  # fmt: skip
        for row in range(end - begin):
            write_row(begin + row, row, keep, shift, prices, place, heaps, sizes, below, partner, fits, listed, cutoff)


@kernel
def write_row(
    to: int,
    row: int,
    keep: int,
    shift: int,
    prices: NDArray[np.int64],
    place: NDArray[np.int32],
    heaps: NDArray[np.int64],
    sizes: NDArray[np.int64],
    below: NDArray[np.int64],
    partner: NDArray[np.int32],
    fits: NDArray[np.int32],
    listed: NDArray[np.int64],
    cutoff: NDArray[np.int64],
) -> None:
    """Write a finished row: mentors ascending, and the highest key that is left out."""
    size = sizes[row]
    last = (1 << shift) - 1
    lowest = 0
    cutoff[to] = below[row]
    if size > keep:
        # The lowest of keep + 1 keys stands in front: it is the first that is not listed.
        cutoff[to] = heaps[row, 0]
        lowest = 1
    listed[to] = size - lowest
    mentors = last - (heaps[row, lowest:size] & last)
    rising = np.argsort(mentors)
    for at in range(size - lowest):
        mentor = mentors[rising[at]]
        partner[to, at] = mentor
        fits[to, at] = (heaps[row, lowest + rising[at]] >> shift) + prices[place[mentor]]
