"""The kind text: common words of two texts, from lists of who wrote each word."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.rules.kind import FULL
from chiron.pairing.scale.kernels.compiled_rules import BLOCK, CELLS, EXTRA, KNOWN, LEFT, MOST, OTHER, RIGHT, WIDTH
from chiron.pairing.scale.kernels.machine import kernel, signed


@kernel
def text_codes(
    mentee: int,
    block: int,
    field: NDArray[np.int64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    lanes: NDArray[np.uint32],
    count: int,
    product: NDArray[np.int64],
    found: NDArray[np.uint16],
) -> None:
    """Add up the products of the weights of common words, and turn each sum into a share, rounded down.

    The mentee's words with their weights stand at LEFT from the starts at EXTRA; for each word and block, OTHER says
    where the word's writers in the block begin at RIGHT, as (lane, weight).
    """
    blocks, enough = field[WIDTH], field[MOST]
    for lane in range(BLOCK):
        product[lane] = 0
    low, high = signed(index[field[EXTRA] + mentee]), signed(index[field[EXTRA] + mentee + 1])
    for at in range(low, high):
        word, weight = signed(index[field[LEFT] + 2 * at]), signed(index[field[LEFT] + 2 * at + 1])
        start = field[OTHER] + word * blocks + block
        for writer in range(signed(index[start]), signed(index[start + 1])):
            entry = field[RIGHT] + 2 * writer
            product[signed(index[entry])] += weight * signed(index[entry + 1])
    said = signed(codes[field[CELLS] + mentee])
    for at in range(count):
        lane = signed(lanes[at])
        both = said * signed(codes[field[KNOWN] + block * BLOCK + lane])
        share = 0
        if product[lane] > 0:
            share = max(1, min(FULL, product[lane] * FULL // enough))
        found[at] = both * (share + 1)
