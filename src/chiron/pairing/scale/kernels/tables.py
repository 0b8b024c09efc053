"""Kinds that a table or a list answers: ladder, related, any kind with few distinct answers, and equal answers."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.machine import first_from, kernel, signed
from chiron.pairing.scale.program import BLOCK, CELLS, CLASS, CODES, EXTRA, KNOWN, LEFT, OTHER, RIGHT, WIDTH

DENSE = 96  # lanes from which the whole block is summed: one wide instruction does sixteen


@kernel
def add_spread(
    start: int, spread: NDArray[np.int16], lanes: NDArray[np.uint32], count: int, fit: NDArray[np.int32]
) -> None:
    """Add the points of one answer, which stand ready for every mentor from `start` on."""
    if count >= DENSE:
        points = spread[start : start + BLOCK]
        for lane in range(BLOCK):
            fit[lane] += points[lane]
        return
    for at in range(count):
        fit[lanes[at]] += spread[start + signed(lanes[at])]


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
