"""The seats of mentors in the middle of a search: who sits where, what each seat costs, the cheapest one first."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.machine import kernel, signed


class Seats(NamedTuple):
    """The market in the middle of a round, all prices and fits multiplied by the scale.

    Attributes:
        begin: int64 (m + 1,), where each mentor's seats begin.
        used: int64 (m,), how many of them are taken.
        bid: int64 (seats,), what each taken seat costs; those of a mentor form a heap, the cheapest first.
        who: int32 (seats,), who sits there.
        price: int64 (m,), of the cheapest seat; a free seat costs just that.
        taken: int64 (n,), the place of each mentee's pair, −1 for none.
        profit: int64 (n,), filled in between bidding and lowering.
        outside: int64 (n,), what staying out is worth.
        least: int64 (m,), the lowest price of a mentor's seat.
        queue: int32 (max(n, m),), who bids or lowers next.
        is_open: bool (m,), which mentors are in the queue.
        eager_value, eager_slot: int64 (largest capacity + 1,), a mentor's most eager mentees.
    """

    begin: Longs
    used: Longs
    bid: Longs
    who: Ints
    price: Longs
    taken: Longs
    profit: Longs
    outside: Longs
    least: Longs
    queue: Ints
    is_open: NDArray[np.bool_]
    eager_value: Longs
    eager_slot: Longs


@kernel
def _sink(seats: Seats, begin: int, size: int, at: int) -> None:
    """Move the seat at a position down until no seat below is cheaper."""
    bid, who = seats.bid, seats.who
    price, person = bid[begin + at], who[begin + at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and bid[begin + child + 1] < bid[begin + child]:
            child += 1
        if bid[begin + child] >= price:
            break
        bid[begin + at] = bid[begin + child]
        who[begin + at] = who[begin + child]
        at = child
    bid[begin + at] = price
    who[begin + at] = person


@kernel
def _rise(seats: Seats, begin: int, at: int) -> None:
    """Move the seat at a position up until no seat above is dearer."""
    bid, who = seats.bid, seats.who
    price, person = bid[begin + at], who[begin + at]
    while at > 0:
        above = (at - 1) // 2
        if bid[begin + above] <= price:
            break
        bid[begin + at] = bid[begin + above]
        who[begin + at] = who[begin + above]
        at = above
    bid[begin + at] = price
    who[begin + at] = person


@kernel
def sit(seats: Seats, j: int, i: int, bid: int) -> int:
    """Give a mentee a seat with a mentor; return who must leave it, −1 for nobody."""
    begin, size = seats.begin[j], seats.begin[j + 1] - seats.begin[j]
    out = signed(-1)
    if seats.used[j] < size:
        at = begin + seats.used[j]
        seats.bid[at], seats.who[at] = bid, i
        _rise(seats, begin, seats.used[j])
        seats.used[j] += 1
        if seats.used[j] < size:
            return out
    else:
        out = signed(seats.who[begin])
        seats.bid[begin], seats.who[begin] = bid, i
        _sink(seats, begin, size, 0)
    seats.price[j] = seats.bid[begin]
    return out


@kernel
def leave(seats: Seats, j: int, i: int) -> None:
    """Take a mentee out of the seats of a mentor."""
    begin = seats.begin[j]
    at = 0
    while seats.who[begin + at] != i:
        at += 1
    seats.used[j] -= 1
    last = seats.used[j]
    if at < last:
        seats.bid[begin + at], seats.who[begin + at] = seats.bid[begin + last], seats.who[begin + last]
        _sink(seats, begin, last, at)
        _rise(seats, begin, at)


@kernel
def empty_seats(capacity: Longs, price: Longs, outside: Longs, least: Longs) -> Seats:
    """Return the seats of all mentors with nobody there."""
    n, m = len(outside), len(capacity)
    begin = np.zeros(m + 1, np.int64)
    most = np.int64(1)
    for j in range(m):
        begin[j + 1] = begin[j] + capacity[j]
        most = max(most, capacity[j])
    return Seats(
        begin,
        np.zeros(m, np.int64),
        np.zeros(begin[m], np.int64),
        np.zeros(begin[m], np.int32),
        price,
        np.full(n, -1, np.int64),
        np.zeros(n, np.int64),
        outside,
        least,
        np.empty(max(n, m), np.int32),
        np.zeros(m, np.bool_),
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
    )
