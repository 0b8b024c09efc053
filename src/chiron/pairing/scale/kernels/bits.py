"""Musts over a whole block at once: maps of bits, pairs that turn round, and the lanes that are left."""

import numpy as np
from numba import prange
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.compiled_rules import (
    BITS,
    BLOCK,
    CELLS,
    CODES,
    EXCEPTIONS,
    EXTRA,
    FORM,
    KNOWN,
    LEFT,
    MOST,
    OTHER,
    PLANES,
    RIGHT,
    WIDTH,
)
from chiron.pairing.scale.kernels.machine import BLOCK_WORDS, count_bits, first_from, kernel, parallel_kernel, signed

ONE = np.uint64(1)
SIX = 6
BYTES_TO_BITS = np.uint64(0x0102040810204080)
FIRST_BYTE = np.uint64(56)
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
    planes: NDArray[np.uint64],
) -> bool:
    """Write which mentors of a block the musts by bits allow; say whether any is left."""
    for word in range(BLOCK_WORDS):
        live[word] = words[block * BLOCK_WORDS + word]
    for step in range(bit_steps):
        if steps[step, FORM] == PLANES:
            _and_counted(mentee, block, step, steps, words, index, live, planes)
            continue
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
    """Keep what the map of bits allows after the mentors on the mentee's list have turned round."""
    items = steps[step, KNOWN]
    own_list = steps[step, OTHER] + signed(index[steps[step, EXTRA] + mentee])
    low, high = signed(index[own_list]) + items, signed(index[own_list + 1]) + items
    at = first_from(index, low, high, block * BLOCK)
    for word in range(BLOCK_WORDS):
        bits = words[start + word]
        end = block * BLOCK + (word + 1) * 64
        while at < high and signed(index[at]) < end:
            bits ^= ONE << np.uint64(signed(index[at]) & LAST_OF_WORD)
            at += 1
        live[word] &= bits


@kernel
def _and_counted(
    mentee: int,
    block: int,
    step: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    live: NDArray[np.uint64],
    planes: NDArray[np.uint64],
) -> None:
    """Keep the mentors who have at least so many of the mentee's items, or fewer where OTHER says so.

    `planes` are the binary digits of 512 counters, which stop at 15: each item is added to all of them at once.
    """
    width, least = steps[step, WIDTH], signed(index[steps[step, MOST] + mentee])
    low, high = signed(index[steps[step, EXTRA] + mentee]), signed(index[steps[step, EXTRA] + mentee + 1])
    for digit in range(4 * BLOCK_WORDS):
        planes[digit] = 0
    for at in range(low, high):
        start = steps[step, CELLS] + signed(index[steps[step, LEFT] + at]) * width + block * BLOCK_WORDS
        for word in range(BLOCK_WORDS):
            carry = words[start + word]
            full = planes[word] & planes[BLOCK_WORDS + word]
            full &= planes[2 * BLOCK_WORDS + word] & planes[3 * BLOCK_WORDS + word]
            carry &= ~full
            for digit in range(4):
                place = digit * BLOCK_WORDS + word
                over = planes[place] & carry
                planes[place] ^= carry
                carry = over
    known = steps[step, KNOWN] + signed(index[steps[step, RIGHT] + mentee]) * width + block * BLOCK_WORDS
    turned = np.uint64(0) if steps[step, OTHER] == 0 else ~np.uint64(0)
    silent = np.uint64(0) if steps[step, CODES] == 0 else ~np.uint64(0)
    for word in range(BLOCK_WORDS):
        above, equal = np.uint64(0), ~np.uint64(0)
        for digit in range(3, -1, -1):
            bits = planes[digit * BLOCK_WORDS + word]
            if (least >> digit) & 1:
                equal &= bits
            else:
                above |= equal & bits
                equal &= ~bits
        both = words[known + word]
        live[word] &= (((above | equal) ^ turned) & both) | (silent & ~both)


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
def with_list(
    mentee: int,
    block: int,
    field: NDArray[np.int64],
    index: NDArray[np.uint32],
    live: NDArray[np.uint64],
) -> None:
    """Set the bits of the mentors on the mentee's list where the step is about exceptions, else clear them."""
    items = field[KNOWN]
    own_list = field[OTHER] + mentee
    low, high = signed(index[own_list]) + items, signed(index[own_list + 1]) + items
    at = first_from(index, low, high, block * BLOCK)
    while at < high and signed(index[at]) < (block + 1) * BLOCK:
        lane = signed(index[at]) - block * BLOCK
        bit = ONE << np.uint64(lane & LAST_OF_WORD)
        if field[FORM] == EXCEPTIONS:
            live[lane >> SIX] |= bit
        else:
            live[lane >> SIX] &= ~bit
        at += 1


@kernel
def bits_of(lanes: NDArray[np.uint32], count: int, live: NDArray[np.uint64]) -> None:
    """Set the bits of these lanes, and no others."""
    for word in range(BLOCK_WORDS):
        live[word] = 0
    for at in range(count):
        lane = signed(lanes[at])
        live[lane >> SIX] |= ONE << np.uint64(lane & LAST_OF_WORD)


@kernel
def count_of(live: NDArray[np.uint64]) -> int:
    """Count the bits that are set."""
    count = 0
    for word in range(BLOCK_WORDS):
        count += count_bits(live[word])
    return count


@kernel
def lanes_over(
    rest: int,
    bar: int,
    first: int,
    prices: NDArray[np.int64],
    fit: NDArray[np.int32],
    live: NDArray[np.uint64],
    eights: NDArray[np.uint64],
    lanes: NDArray[np.uint32],
) -> int:
    """List the live lanes that can reach the bar with the most that further steps can add; give how many.

    The whole block is compared with wide instructions; eight answers, one a byte, become eight bits by one product.
    """
    passed = eights.view(np.uint8)
    block_prices = prices[first : first + BLOCK]
    least = bar - rest
    for lane in range(BLOCK):
        passed[lane] = fit[lane] - block_prices[lane] >= least
    count = 0
    for word in range(BLOCK_WORDS):
        bits = np.uint64(0)
        for part in range(8):
            bits |= ((eights[8 * word + part] * BYTES_TO_BITS) >> FIRST_BYTE) << np.uint64(8 * part)
        bits &= live[word]
        while bits:
            below = bits & (~bits + ONE)
            lanes[count] = np.uint32((word << SIX) + count_bits(below - ONE))
            count += 1
            bits ^= below
    return count


@parallel_kernel
def pack_rows(may: NDArray[np.bool_], column: NDArray[np.int64], words: NDArray[np.uint64]) -> None:
    """Write flags by answer (a, b) out as bits over people (a, words); `column` is each person's answer."""
    for row in prange(len(may)):
        for word in range(words.shape[1]):
            bits = np.uint64(0)
            for bit in range(min(64, len(column) - 64 * word)):
                bits |= np.uint64(may[row, column[64 * word + bit]]) << np.uint64(bit)
            words[row, word] = bits
