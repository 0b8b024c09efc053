"""Distances as exact whole numbers: from which squared distance on the grid each share ends, and tables of shares."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints
from chiron.pairing.rules.kind import FULL, Shares
from chiron.pairing.rules.kinds.distance import GRID, PlaceColumns, share_of_square
from chiron.pairing.scale.kernels.numbers import HERE, ONLINE, shares_on_ground


def thresholds(kilometers: int) -> NDArray[np.float64]:
    """Give for each share, 0 to FULL, the largest whole squared distance on the grid that still has it.

    The share falls as the square grows, because every step of the kind's own sum is monotone in floating point too:
    so a search by halving, with the kind's own sum, finds where it falls.
    """
    shares = np.arange(FULL + 1)
    low, high = np.zeros(FULL + 1, dtype=np.int64), np.full(FULL + 1, 4 * GRID**2, dtype=np.int64)
    while (low < high).any():
        middle = (low + high + 1) // 2
        enough = share_of_square(middle.astype(np.float64), kilometers) >= shares
        low, high = np.where(enough, middle, low), np.where(enough, high, middle - 1)
    return low.astype(np.float64)


def flags_of(places: PlaceColumns) -> tuple[NDArray[Any], NDArray[Any]]:
    """Give for each mentee and each mentor whether a place is known and whether online will do, as bits."""
    return (
        HERE * places.known_left + ONLINE * places.remote_left,
        HERE * places.known_right + ONLINE * places.remote_right,
    )


def ground_shares(places: PlaceColumns, mentees: Ints, mentors: Ints) -> Shares:
    """Give the share of each of these mentees with each of these mentors, int16 (a, b), as the kind gives it."""
    shares = np.empty((len(mentees), len(mentors)), dtype=np.int16)
    left, right = flags_of(places)
    shares_on_ground(
        np.ascontiguousarray(places.left[:, mentees].T),
        np.ascontiguousarray(places.right[:, mentors].T),
        left[mentees].astype(np.int64),
        right[mentors].astype(np.int64),
        thresholds(places.km),
        places.km,
        places.remote_share,
        shares,
    )
    return shares
