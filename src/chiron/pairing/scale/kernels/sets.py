"""Kinds that compare lists as bits: overlap, coverage, hours, asked."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.compiled_rules import CELLS, EXTRA, KNOWN, LEFT, MOST, OTHER, RIGHT, WIDTH
from chiron.pairing.scale.kernels.machine import count_bits, kernel, signed

WISH, EXPERIENCE, VALUE, SAID = 4, 2, 1, 8


@kernel
def count_codes(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    lanes: NDArray[np.uint32],
    count: int,
    found: NDArray[np.uint16],
) -> None:
    """Look up the code of the number of common items; the first of a row of codes stands for a silent mentor."""
    width, most, known = field[WIDTH], field[MOST], field[KNOWN] + first
    row = field[CELLS] + signed(index[field[OTHER] + mentee]) * (most + 2)
    left, right = field[LEFT] + mentee * width, field[RIGHT] + first * width
    if width == 1:
        own = words[left]
        for at in range(count):
            lane = signed(lanes[at])
            common = min(count_bits(own & words[right + lane]), most)
            found[at] = codes[row + (common + 1) * signed(codes[known + lane])]
        return
    if width == 2:  # noqa: PLR2004 -- the usual width of hours, without a loop inside the loop
        one, two = words[left], words[left + 1]
        for at in range(count):
            lane = signed(lanes[at])
            begin = right + 2 * lane
            common = min(count_bits(one & words[begin]) + count_bits(two & words[begin + 1]), most)
            found[at] = codes[row + (common + 1) * signed(codes[known + lane])]
        return
    for at in range(count):
        lane = signed(lanes[at])
        begin = right + lane * width
        common = 0
        for word in range(width):
            common += count_bits(words[left + word] & words[begin + word])
        found[at] = codes[row + (min(common, most) + 1) * signed(codes[known + lane])]


@kernel
def _meet(left: int, right: int, width: int, words: NDArray[np.uint64]) -> bool:
    """Say whether two lists have an item in common."""
    both = np.uint64(0)
    for word in range(width):
        both |= words[left + word] & words[right + word]
    return bool(both != 0)


@kernel
def wish_codes(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    lanes: NDArray[np.uint32],
    count: int,
    found: NDArray[np.uint16],
) -> None:
    """Look up the code of which rungs of the ladder of wishes are met: three lists stand one after the other."""
    wishes, experiences, width = field[MOST], field[OTHER], field[WIDTH]
    values = width - wishes - experiences
    row = field[CELLS] + signed(index[field[EXTRA] + mentee]) * 2 * SAID
    left = field[LEFT] + mentee * width
    for at in range(count):
        lane = signed(lanes[at])
        right = field[RIGHT] + (first + lane) * width
        met = SAID * signed(codes[field[KNOWN] + first + lane])
        if _meet(left, right, wishes, words):
            met += WISH
        if _meet(left + wishes, right + wishes, experiences, words):
            met += EXPERIENCE
        if _meet(left + wishes + experiences, right + wishes + experiences, values, words):
            met += VALUE
        found[at] = codes[row + met]
