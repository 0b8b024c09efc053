"""Musts over a whole block at once: maps of bits, pairs that turn round, and the lanes that are left."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.machine import BLOCK_WORDS, count_bits, first_from, kernel, signed
from chiron.pairing.scale.program import BITS, BLOCK, CELLS, FORM, KNOWN, LEFT, OTHER, WIDTH

ONE = np.uint64(1)
SIX = 6
LAST_OF_WORD = 63


@kernel
def live_bits(
    mentee: int,
    block: int,
    bit_steps: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    live: NDArray[np.uint64],
) -> bool:
    """Write which mentors of a block the musts by bits allow; say whether any is left."""
    for word in range(BLOCK_WORDS):
        live[word] = words[block * BLOCK_WORDS + word]
    for step in range(bit_steps):
        row = signed(index[steps[step, LEFT] + mentee])
        start = steps[step, CELLS] + row * steps[step, WIDTH] + block * BLOCK_WORDS
        if steps[step, FORM] == BITS:
            left = np.uint64(0)
            for word in range(BLOCK_WORDS):
                live[word] &= words[start + word]
                left |= live[word]
            if left == 0:
                return False
        else:
            _and_flipped(mentee, block, start, step, steps, words, index, live)
    left = np.uint64(0)
    for word in range(BLOCK_WORDS):
        left |= live[word]
    return bool(left != 0)


@kernel
def _and_flipped(
    mentee: int,
    block: int,
    start: int,
    step: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    live: NDArray[np.uint64],
) -> None:
    """Keep what the map of bits allows after the mentee's listed pairs of this block have turned round."""
    starts, items = steps[step, OTHER], steps[step, KNOWN]
    low, high = signed(index[starts + mentee]) + items, signed(index[starts + mentee + 1]) + items
    at = first_from(index, low, high, block * BLOCK)
    for word in range(BLOCK_WORDS):
        bits = words[start + word]
        end = block * BLOCK + (word + 1) * 64
        while at < high and signed(index[at]) < end:
            bits ^= ONE << np.uint64(signed(index[at]) & LAST_OF_WORD)
            at += 1
        live[word] &= bits


@kernel
def lanes_of(live: NDArray[np.uint64], lanes: NDArray[np.uint32]) -> int:
    """List the positions of the bits that are set, ascending; give how many."""
    count = 0
    for word in range(BLOCK_WORDS):
        bits = live[word]
        while bits:
            below = bits & (~bits + ONE)
            lanes[count] = np.uint32((word << SIX) + count_bits(below - ONE))
            count += 1
            bits ^= below
    return count


@kernel
def with_exceptions(
    mentee: int,
    block: int,
    step: int,
    steps: NDArray[np.int64],
    index: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
) -> int:
    """Add the mentee's excepted mentors of this block to the lanes, each once; give how many lanes there are."""
    starts, items = steps[step, OTHER], steps[step, KNOWN]
    low, high = signed(index[starts + mentee]) + items, signed(index[starts + mentee + 1]) + items
    at = first_from(index, low, high, block * BLOCK)
    while at < high and signed(index[at]) < (block + 1) * BLOCK:
        lane = signed(index[at]) - block * BLOCK
        if _where(lanes, count, lane) == count:
            lanes[count] = np.uint32(lane)
            count += 1
        at += 1
    return count


@kernel
def without_apart(
    mentee: int,
    block: int,
    step: int,
    steps: NDArray[np.int64],
    index: NDArray[np.uint32],
    lanes: NDArray[np.uint32],
    count: int,
) -> int:
    """Take the mentors who are kept apart from the mentee out of the lanes; give how many lanes are left."""
    starts, items = steps[step, OTHER], steps[step, KNOWN]
    low, high = signed(index[starts + mentee]) + items, signed(index[starts + mentee + 1]) + items
    at = first_from(index, low, high, block * BLOCK)
    while at < high and signed(index[at]) < (block + 1) * BLOCK:
        where = _where(lanes, count, signed(index[at]) - block * BLOCK)
        if where < count:
            count -= 1
            lanes[where] = lanes[count]
        at += 1
    return count


@kernel
def _where(lanes: NDArray[np.uint32], count: int, lane: int) -> int:
    """Find a lane in a list; `count` where it is not in it."""
    for at in range(count):
        if signed(lanes[at]) == lane:
            return at
    return count
