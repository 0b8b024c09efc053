"""One walk over the steps of a program, for one mentee and one block of mentors."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.bits import bits_of, count_of, lanes_of, lanes_over, live_bits, with_list
from chiron.pairing.scale.kernels.compiled_rules import (
    APART,
    BLOCK,
    CELLS,
    COUNT,
    EXCEPTIONS,
    FORM,
    GROUND,
    LEFT,
    NEAR,
    OFFERED,
    POINTS,
    PRUNE,
    REST,
    SPREAD,
    TABLE,
    TALLY,
    WIDTH,
    WISHES,
    WORDS,
)
from chiron.pairing.scale.kernels.machine import kernel, signed
from chiron.pairing.scale.kernels.numbers import ground_codes, near_codes, offered_codes
from chiron.pairing.scale.kernels.sets import count_codes, wish_codes
from chiron.pairing.scale.kernels.tables import (
    add_nudges,
    points_of,
    spread_at,
    spread_over,
    table_codes,
    tally_at,
    tally_over,
)
from chiron.pairing.scale.kernels.texts import text_codes

DENSE = 64
"""Live lanes from which a whole block is summed: one wide instruction does sixteen lanes."""


@kernel
def codes_of(
    mentee: int,
    block: int,
    field: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    floats: NDArray[np.float64],
    lanes: NDArray[np.uint32],
    count: int,
    product: NDArray[np.int64],
    found: NDArray[np.uint16],
) -> None:
    """Write the code of each lane, by whatever form the step has."""
    form, first = field[FORM], block * BLOCK
    if form == TABLE:
        table_codes(mentee, first, field, index, codes, lanes, count, found)
    elif form == COUNT:
        count_codes(mentee, first, field, words, index, codes, lanes, count, found)
    elif form == GROUND:
        ground_codes(mentee, first, field, floats, index, codes, lanes, count, found)
    elif form == NEAR:
        near_codes(mentee, first, field, floats, lanes, count, found)
    elif form == OFFERED:
        offered_codes(mentee, first, field, floats, lanes, count, found)
    elif form == WISHES:
        wish_codes(mentee, first, field, words, index, codes, lanes, count, found)
    elif form == WORDS:
        text_codes(mentee, block, field, index, codes, lanes, count, product, found)


@kernel
def allowed_bits(
    mentee: int,
    block: int,
    bit_steps: int,
    must_steps: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    live: NDArray[np.uint64],
    planes: NDArray[np.uint64],
    lanes: NDArray[np.uint32],
    product: NDArray[np.int64],
    found: NDArray[np.uint16],
) -> int:
    """Write which mentors of a block every must allows; give how many."""
    left = live_bits(mentee, block, bit_steps, steps, words, index, live, planes)
    if bit_steps == must_steps and not left:
        return 0
    count = -1
    for step in range(bit_steps, must_steps):
        field = steps[step]
        if field[FORM] == EXCEPTIONS or field[FORM] == APART:
            if count >= 0:
                bits_of(lanes, count, live)
                count = -1
            with_list(mentee, block, field, index, live)
            continue
        if count < 0:
            count = lanes_of(live, lanes)
        codes_of(mentee, block, field, words, index, codes, floats, lanes, count, product, found)
        start, kept = field[POINTS], 0
        for at in range(count):
            lanes[kept] = lanes[at]
            kept += points[start + signed(found[at])]
        count = kept
    if count >= 0:
        bits_of(lanes, count, live)
    return count_of(live)


@kernel
def pruned(
    rest: int,
    bar: int,
    first: int,
    prices: NDArray[np.int64],
    fit: NDArray[np.int32],
    lanes: NDArray[np.uint32],
    count: int,
) -> int:
    """Drop the lanes that stay under the bar even with the most that further steps can add; give how many are left."""
    kept = 0
    for at in range(count):
        lane = lanes[at]
        lanes[kept] = lane
        kept += signed(fit[lane]) + rest - prices[first + signed(lane)] >= bar
    return kept


@kernel
def block_points(
    mentee: int,
    block: int,
    must_steps: int,
    lane_steps: int,
    dense: bool,  # noqa: FBT001 -- kernels know no names of arguments
    steps: NDArray[np.int64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    spread: NDArray[np.int16],
    points: NDArray[np.int32],
    tally: NDArray[np.uint8],
    lanes: NDArray[np.uint32],
    count: int,
    fit: NDArray[np.int32],
) -> None:
    """Sum the points of the steps that need no code: over the whole block, or for some lanes only."""
    first = block * BLOCK
    for step in range(must_steps, lane_steps):
        field = steps[step]
        if field[FORM] == SPREAD:
            start = field[CELLS] + signed(index[field[LEFT] + mentee]) * field[WIDTH] + first
            if dense:
                spread_over(start, spread, fit)
            else:
                spread_at(start, spread, lanes, count, fit)
        elif field[FORM] == TALLY:
            if dense:
                tally_over(mentee, first, field, index, flags, points, tally, fit)
            else:
                tally_at(mentee, first, field, index, flags, points, lanes, count, fit)
        else:
            start = field[POINTS] + points_of(mentee, field, index)
            add_nudges(mentee, block, field, index, codes, points, start, fit)


@kernel
def fits_of(
    mentee: int,
    block: int,
    must_steps: int,
    lane_steps: int,
    bar: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    flags: NDArray[np.uint8],
    spread: NDArray[np.int16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    prices: NDArray[np.int64],
    live: NDArray[np.uint64],
    eights: NDArray[np.uint64],
    lanes: NDArray[np.uint32],
    count: int,
    product: NDArray[np.int64],
    found: NDArray[np.uint16],
    fit: NDArray[np.int32],
) -> int:
    """Sum the points of the live lanes into `fit`; list those that can reach the bar; give how many."""
    for lane in range(BLOCK):
        fit[lane] = 0
    dense = count >= DENSE
    if not dense:
        count = lanes_of(live, lanes)
    block_points(
        mentee, block, must_steps, lane_steps, dense, steps, index, codes, flags, spread, points,
        eights.view(np.uint8), lanes, count, fit,
    )  # fmt: skip
    for step in range(lane_steps, len(steps)):
        field = steps[step]
        if dense and step == lane_steps:
            count = lanes_over(field[REST], bar, block * BLOCK, prices, fit, live, eights, lanes)
        elif field[PRUNE]:
            count = pruned(field[REST], bar, block * BLOCK, prices, fit, lanes, count)
        if count == 0:
            return 0
        start = field[POINTS] + points_of(mentee, field, index)
        codes_of(mentee, block, field, words, index, codes, floats, lanes, count, product, found)
        for at in range(count):
            fit[lanes[at]] += points[start + signed(found[at])]
    if dense and lane_steps == len(steps):
        return lanes_over(0, bar, block * BLOCK, prices, fit, live, eights, lanes)
    return count
