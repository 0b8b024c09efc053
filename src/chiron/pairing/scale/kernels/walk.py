"""One walk over the steps of a program, for one mentee and one block of mentors."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.bits import lanes_of, live_bits, with_exceptions, without_apart
from chiron.pairing.scale.kernels.machine import kernel, signed
from chiron.pairing.scale.kernels.numbers import ground_codes, near_codes, offered_codes
from chiron.pairing.scale.kernels.sets import count_codes, wish_codes
from chiron.pairing.scale.kernels.tables import add_nudges, add_spread, points_of, table_codes
from chiron.pairing.scale.kernels.texts import text_codes
from chiron.pairing.scale.program import (
    APART,
    BLOCK,
    CELLS,
    COUNT,
    EXCEPTIONS,
    FORM,
    GROUND,
    LEFT,
    NEAR,
    NUDGES,
    OFFERED,
    POINTS,
    PRUNE,
    REST,
    SPREAD,
    TABLE,
    WIDTH,
    WISHES,
    WORDS,
)


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
def allowed_lanes(
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
    """List the mentors of a block whom every must allows; give how many."""
    count = 0
    if live_bits(mentee, block, bit_steps, steps, words, index, live, planes):
        count = lanes_of(live, lanes)
    for step in range(bit_steps, must_steps):
        field = steps[step]
        if field[FORM] == EXCEPTIONS:
            count = with_exceptions(mentee, block, step, steps, index, lanes, count)
        elif field[FORM] == APART:
            count = without_apart(mentee, block, step, steps, index, lanes, count)
        elif count:
            codes_of(mentee, block, field, words, index, codes, floats, lanes, count, product, found)
            start, kept = field[POINTS], 0
            for at in range(count):
                lanes[kept] = lanes[at]
                kept += points[start + signed(found[at])]
            count = kept
    return count


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
def fits_of(
    mentee: int,
    block: int,
    must_steps: int,
    bar: int,
    steps: NDArray[np.int64],
    words: NDArray[np.uint64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    spread: NDArray[np.int16],
    points: NDArray[np.int32],
    floats: NDArray[np.float64],
    prices: NDArray[np.int64],
    lanes: NDArray[np.uint32],
    count: int,
    product: NDArray[np.int64],
    found: NDArray[np.uint16],
    fit: NDArray[np.int32],
) -> int:
    """Sum the points of the lanes into `fit`; drop lanes that cannot reach the bar; give how many are left."""
    for lane in range(BLOCK):
        fit[lane] = 0
    for step in range(must_steps, len(steps)):
        field = steps[step]
        if field[PRUNE]:
            count = pruned(field[REST], bar, block * BLOCK, prices, fit, lanes, count)
            if count == 0:
                return 0
        if field[FORM] == SPREAD:
            row = signed(index[field[LEFT] + mentee])
            add_spread(field[CELLS] + row * field[WIDTH] + block * BLOCK, spread, lanes, count, fit)
            continue
        start = field[POINTS] + points_of(mentee, field, index)
        if field[FORM] == NUDGES:
            add_nudges(mentee, block, field, index, codes, points, start, fit)
            continue
        codes_of(mentee, block, field, words, index, codes, floats, lanes, count, product, found)
        for at in range(count):
            fit[lanes[at]] += points[start + signed(found[at])]
    return count
