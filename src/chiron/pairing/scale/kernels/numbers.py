"""Kinds that compare numbers and places: near, commitment, distance. A code is a share plus one; 0 is unknown."""

from math import floor, sqrt

import numpy as np
from numba import prange
from numpy.typing import NDArray

from chiron.pairing.rules.kind import FULL
from chiron.pairing.rules.kinds.distance import EARTH, GRID
from chiron.pairing.scale.kernels.compiled_rules import CELLS, EXTRA, KNOWN, LEFT, MOST, OTHER, RIGHT
from chiron.pairing.scale.kernels.machine import kernel, parallel_kernel, signed

HERE, ONLINE = 1, 2  # flags of a place: known; willing to meet online


@kernel
def near_codes(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    floats: NDArray[np.float64],
    lanes: NDArray[np.uint32],
    count: int,
    found: NDArray[np.uint16],
) -> None:
    """Share by difference, step for step as the kind works it out; no number is not a number."""
    full, most = floats[field[CELLS]], floats[field[CELLS] + 1]
    own = floats[field[LEFT] + mentee]
    column = field[RIGHT] + first
    for at in range(count):
        apart = abs(own - floats[column + signed(lanes[at])])
        code = 0
        if apart > most:
            code = 1
        elif apart == apart:  # noqa: PLR0124 -- false where one of the two is no number
            code = 1 + min(signed(floor(1 + (FULL - 1) * (most - apart) / (most - full))), FULL)
        found[at] = code


@kernel
def offered_codes(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    floats: NDArray[np.float64],
    lanes: NDArray[np.uint32],
    count: int,
    found: NDArray[np.uint16],
) -> None:
    """Share of the wanted time that is offered, step for step as the kind works it out."""
    wanted = floats[field[LEFT] + mentee]
    column = field[RIGHT] + first
    for at in range(count):
        offered = floats[column + signed(lanes[at])]
        code = 0
        if wanted == wanted and offered == offered:  # noqa: PLR0124 -- false where it is no number
            code = 1 + FULL
            if wanted > 0:
                code = 1 + signed(floor(min(offered * FULL, wanted * FULL) / wanted))
        found[at] = code


@kernel
def _share(square: float, floats: NDArray[np.float64], start: int, kilometers: float) -> int:
    """Give the share of a squared distance on the grid: a guess, set right by the exact thresholds."""
    half = sqrt(square) / (2.0 * GRID)
    guess = 1 + (FULL - 1) * (1 - 2 * EARTH * half * (1 + half * half / 6) / kilometers)
    share = max(1, min(FULL, signed(guess)))
    while share < FULL and square <= floats[start + share + 1]:
        share += 1
    while share > 0 and square > floats[start + share]:
        share -= 1
    return share


@kernel
def ground_codes(
    mentee: int,
    first: int,
    field: NDArray[np.int64],
    floats: NDArray[np.float64],
    index: NDArray[np.uint32],
    codes: NDArray[np.uint16],
    lanes: NDArray[np.uint32],
    count: int,
    found: NDArray[np.uint16],
) -> None:
    """Share by distance; `floats` holds, for each share, the largest squared distance that still gives it.

    Coordinates are whole numbers under 2 ** 24, so squares and their sum are exact in any order.
    """
    thresholds, kilometers, remote = field[CELLS], np.float64(field[MOST]), field[OTHER]
    north, east, up = (
        floats[field[LEFT] + 3 * mentee],
        floats[field[LEFT] + 3 * mentee + 1],
        floats[field[LEFT] + 3 * mentee + 2],
    )
    flags = signed(index[field[EXTRA] + mentee])
    farthest = floats[thresholds + 1]
    for at in range(count):
        lane = first + signed(lanes[at])
        place = field[RIGHT] + 3 * lane
        both = flags & signed(codes[field[KNOWN] + lane])
        share = -1
        if both & HERE:
            one, two, three = north - floats[place], east - floats[place + 1], up - floats[place + 2]
            square = one * one + two * two + three * three
            share = _share(square, floats, thresholds, kilometers) if square <= farthest else 0
        if both & ONLINE:
            share = max(share, remote)
        found[at] = share + 1


@parallel_kernel
def shares_on_ground(
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    left_flags: NDArray[np.int64],
    right_flags: NDArray[np.int64],
    thresholds: NDArray[np.float64],
    kilometers: int,
    remote: int,
    shares: NDArray[np.int16],
) -> None:
    """Write the share of each two places (a, 3) and (b, 3) into `shares` (a, b)."""
    for one in prange(len(left)):
        for other in range(len(right)):
            both = left_flags[one] & right_flags[other]
            share = -1
            if both & HERE:
                square = (left[one, 0] - right[other, 0]) ** 2
                square += (left[one, 1] - right[other, 1]) ** 2
                square += (left[one, 2] - right[other, 2]) ** 2
                share = _share(square, thresholds, 0, np.float64(kilometers)) if square <= thresholds[1] else 0
            if both & ONLINE:
                share = max(share, remote)
            shares[one, other] = share
