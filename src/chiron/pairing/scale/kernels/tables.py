"""Kinds that a table or a list answers: ladder, related, any kind with few distinct answers, and equal answers."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.compiled_rules import (
    BLOCK,
    CELLS,
    CLASS,
    CODES,
    EXTRA,
    KNOWN,
    LEFT,
    MOST,
    OTHER,
    POINTS,
    RIGHT,
    WIDTH,
)
from chiron.pairing.scale.kernels.machine import first_from, kernel, signed


@kernel
def spread_over(start: int, spread: NDArray[np.int16], fit: NDArray[np.int32]) -> None:
    """Add the points of one answer, which stand ready for every mentor from `start` on, to a whole block."""
    points = spread[start : start + BLOCK]
    for lane in range(BLOCK):
        fit[lane] += points[lane]


@kernel
def spread_at(
    start: int, spread: NDArray[np.int16], lanes: NDArray[np.uint32], count: int, fit: NDArray[np.int32]
) -> None:
    """Add the points of one answer to some lanes."""
    for at in range(count):
        fit[lanes[at]] += spread[start + signed(lanes[at])]


@kernel
def tally_over(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    index: NDArray[np.uint32],
    flags: NDArray[np.uint8],
    points: NDArray[np.int32],
    tally: NDArray[np.uint8],
    fit: NDArray[np.int32],
) -> None:
    """Count each mentor's common items in a whole block, and add for each count what it gives more than the last."""
    low, high = signed(index[field[EXTRA] + mentee]), signed(index[field[EXTRA] + mentee + 1])
    if low == high:
        return
    for lane in range(BLOCK):
        tally[lane] = 0
    for at in range(low, high):
        start = field[CELLS] + signed(index[field[LEFT] + at]) * field[WIDTH] + first
        has = flags[start : start + BLOCK]
        for lane in range(BLOCK):
            tally[lane] += has[lane]
    own = field[POINTS] + signed(index[field[CLASS] + mentee]) * (field[MOST] + 1)
    for number in range(1, min(field[MOST], high - low) + 1):
        more = np.int32(points[own + number] - points[own + number - 1])
        least = np.uint8(number)
        for lane in range(BLOCK):
            fit[lane] += more if tally[lane] >= least else np.int32(0)


@kernel
def tally_at(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    index: NDArray[np.uint32],
    flags: NDArray[np.uint8],
    points: NDArray[np.int32],
    lanes: NDArray[np.uint32],
    count: int,
    fit: NDArray[np.int32],
) -> None:
    """Count the common items of some lanes, and add the points of the count."""
    low, high = signed(index[field[EXTRA] + mentee]), signed(index[field[EXTRA] + mentee + 1])
    own = field[POINTS] + signed(index[field[CLASS] + mentee]) * (field[MOST] + 1)
    for each in range(count):
        common = 0
        for at in range(low, high):
            start = field[CELLS] + signed(index[field[LEFT] + at]) * field[WIDTH] + first
            common += signed(flags[start + signed(lanes[each])])
        fit[lanes[each]] += points[own + min(common, field[MOST])]


@kernel
def table_codes(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    lanes: NDArray[np.uint32],
    count: int,
    found: NDArray[np.uint16],
) -> None:
    """Look up the code of the two answers."""
    row = field[CELLS] + signed(index[field[LEFT] + mentee]) * field[WIDTH]
    column = field[RIGHT] + first
    for at in range(count):
        found[at] = codes[row + signed(index[column + signed(lanes[at])])]


@kernel
def add_nudges(
    mentee: int,
    block: int,
    field: NDArray[np.int64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    points: NDArray[np.int32],
    own: int,
    fit: NDArray[np.int32],
) -> None:
    """Give the mentors on the mentee's list the points of their own code instead of the rest's."""
    items, starts = field[KNOWN], field[OTHER]
    own_list = starts + signed(index[field[EXTRA] + mentee])
    low, high = signed(index[own_list]), signed(index[own_list + 1])
    at = first_from(index, low + items, high + items, block * BLOCK) - items
    while at < high and signed(index[items + at]) < (block + 1) * BLOCK:
        lane = signed(index[items + at]) - block * BLOCK
        code, rest = codes[field[CELLS] + 2 * at], codes[field[CELLS] + 2 * at + 1]
        fit[lane] += points[own + signed(code)] - points[own + signed(rest)]
        at += 1


@kernel
def points_of(mentee: int, field: NDArray[np.int64], index: NDArray[np.uint32]) -> int:
    """Give where the points of this mentee's class begin, counted from the step's own."""
    if field[CLASS] < 0:
        return 0
    return signed(signed(index[field[CLASS] + mentee]) * field[CODES])
