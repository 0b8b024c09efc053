"""How high a value stands among the values of its row, near enough: what lets a search skip most of a long row."""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs

WIDEST = 32
"""Values of a row whose highest is looked at for all of them, at most."""
SPARE = 4
"""For each value that is wanted, as many groups of values."""


def cuts(value: NDArray[np.signedinteger], degree: Longs, most: int) -> NDArray[np.signedinteger]:
    """Return for each row a value that at least `most` of its values reach, close to the `most`-th highest.

    Each row is taken apart into groups. As many values as groups reach the lowest of the groups' highest values, so
    that the `most`-th highest of the groups' highest values is a value that `most` values reach: a sort of a few
    numbers for each row instead of all. A short row gets the least number that there is.

    Args:
        value: (p,), row by row.
        degree: int64 (rows,), how many values each row has.
        most: how many are wanted, at least 1.
    """
    lowest = np.iinfo(value.dtype).min
    longest = int(degree.max(initial=0))
    width = max(1, min(WIDEST, longest // (SPARE * most)))
    groups = -(-degree // width)
    across = int(groups.max(initial=0))
    cut = np.full(len(degree), lowest, dtype=value.dtype)
    if across < most:
        return cut
    first = np.cumsum(degree) - degree
    ahead = np.cumsum(groups) - groups
    begin = np.repeat(first - width * ahead, groups) + width * np.arange(int(groups.sum()))
    highest = np.maximum.reduceat(value, begin)
    if (groups == across).all():
        square = highest.reshape(-1, across)
    else:
        square = np.full((len(degree), across), lowest, dtype=value.dtype)
        square[np.arange(across) < groups[:, None]] = highest
    cut[:] = np.partition(square, across - most, axis=1)[:, across - most]
    return cut


def at_least(value: NDArray[np.signedinteger], degree: Longs, least: NDArray[np.signedinteger]) -> tuple[Longs, Longs]:
    """Return where the values stand that reach their row's least number, and the row of each: int64 (k,) both."""
    found = np.flatnonzero(value >= np.repeat(least, degree))
    return found, np.searchsorted(np.cumsum(degree), found, side="right")
