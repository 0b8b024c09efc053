"""The best pair of each mentee at given prices of seats, in 32 bits: most bounds need no more, and half the time.

Only the referee uses this module; no solver does.
"""

import numpy as np

from chiron.pairing.model.problem import Ints, Longs

SMALL = 1 << 30
"""Gains stay below this in size, so that they fit into 32 bits beside `CLOSED`."""
CLOSED = int(np.iinfo(np.int32).min)


def best_pairs(fit: Ints, partner: Ints, degree: Longs, seats: Longs, *, per_point: int, floor: int | None) -> Longs:
    """Return what the best pair of each row gains after the price of its seat: int64 (rows,), `CLOSED` without one.

    Args:
        fit: int32 (p,), row by row.
        partner: int32 (p,), mentors.
        degree: int64 (rows,), how many pairs each row has.
        seats: int64 (m,), the price of a seat with each mentor.
        per_point: what a point of fit counts; with the prices, no gain may reach `SMALL` in size.
        floor: pairs with a lower fit are closed.
    """
    gain = seats.astype(np.int32).take(partner, mode="clip")
    if per_point == 0:
        np.negative(gain, out=gain)
    else:
        np.subtract(fit if per_point == 1 else fit * np.int32(per_point), gain, out=gain)
    if floor is not None:
        np.putmask(gain, fit < floor, CLOSED)
    top = np.full(len(degree), CLOSED, dtype=np.int64)
    some = np.flatnonzero(degree)
    if len(some):
        top[some] = np.maximum.reduceat(gain, (np.cumsum(degree) - degree)[some])
    return top
