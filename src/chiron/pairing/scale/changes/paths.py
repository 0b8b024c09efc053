"""One change mended by one shortest path: somebody who needs a place, or a place that is dearer than nobody there.

Prices stay a proof after each path (Dijkstra's search with potentials; Ahuja, Magnanti and Orlin 1993, chapter 9): the
mentors nearer than the end of the path change their price by what they are nearer.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.machine import kernel, signed

CLOSED = -(1 << 31)
"""The fit of a pair that may not be made."""
UNSEEN = -1
DONE = -2
"""Where a mentor stands in the heap of a search before it is reached, and after it has left."""


class Book(NamedTuple):
    """A plan with its prices, open for changes. Rows hold a mentee's pairs, columns a mentor's.

    Attributes:
        row_begin, row_size: int64 (n,), where a mentee's pairs stand in `row_mentor` and `row_fit`.
        row_mentor, row_fit: int32, CLOSED where a pair may not be made.
        column_begin, column_size: int64 (m,), where a mentor's pairs stand in `column_mentee` and `column_fit`.
        column_mentee, column_fit: int32.
        outside: int64 (n,), what staying out is worth.
        price: int64 (m,); 0 where a place is free.
        capacity, load: int64 (m,).
        mentor: int64 (n,), whom each mentee has, −1 for nobody.
        fit: int64 (n,), the fit of that pair.
        active: bool (n,), who takes part.
        head: int64 (m,), the first mentee of each mentor; `after` and `before` (n,) link the others; −1 ends.
        distance, from_mentee, from_mentor, heap, where: int64 (m,), the search.
        touched: int64 (m,), the mentors that the search reached.
        moved, moved_from: int64 (m + 3,), who changed mentor in the last call; `repriced`, `old_price`: int64 (m,).
        counts: int64 (2,), how many of each.
    """

    row_begin: Longs
    row_size: Longs
    row_mentor: Ints
    row_fit: Ints
    column_begin: Longs
    column_size: Longs
    column_mentee: Ints
    column_fit: Ints
    outside: Longs
    price: Longs
    capacity: Longs
    load: Longs
    mentor: Longs
    fit: Longs
    active: NDArray[np.bool_]
    head: Longs
    after: Longs
    before: Longs
    distance: Longs
    from_mentee: Longs
    from_mentor: Longs
    heap: Longs
    where: Longs
    touched: Longs
    moved: Longs
    moved_from: Longs
    repriced: Longs
    old_price: Longs
    counts: Longs


@kernel
def seat(book: Book, i: int, j: int, fit: int) -> None:
    """Give a mentee a place with a mentor."""
    book.mentor[i], book.fit[i] = j, fit
    book.after[i], book.before[i] = book.head[j], -1
    if book.head[j] >= 0:
        book.before[book.head[j]] = i
    book.head[j] = i
    book.load[j] += 1


@kernel
def unseat(book: Book, i: int) -> None:
    """Take a mentee's place away."""
    j = book.mentor[i]
    if book.before[i] >= 0:
        book.after[book.before[i]] = book.after[i]
    else:
        book.head[j] = book.after[i]
    if book.after[i] >= 0:
        book.before[book.after[i]] = book.before[i]
    book.load[j] -= 1
    book.mentor[i], book.fit[i] = -1, 0


@kernel
def profit_of(book: Book, i: int) -> int:
    """Return what is left to a mentee at the present prices, at most what the best pair leaves."""
    if book.mentor[i] >= 0:
        return signed(book.fit[i] - book.price[book.mentor[i]])
    best = signed(book.outside[i])
    for at in range(book.row_begin[i], book.row_begin[i] + book.row_size[i]):
        if book.row_fit[at] != CLOSED:
            best = max(best, signed(book.row_fit[at] - book.price[book.row_mentor[at]]))
    return best


@kernel
def _reach(book: Book, j: int, distance: int, mentee: int, mentor: int, state: tuple[int, int]) -> tuple[int, int]:
    """Note a way to a mentor if it is the shortest so far; return the sizes of heap and list of touched mentors."""
    size, touched = state
    if book.where[j] == DONE or (book.where[j] >= 0 and book.distance[j] <= distance):
        return size, touched
    if book.where[j] == UNSEEN:
        book.touched[touched] = j
        touched += 1
        book.where[j] = size
        size += 1
    book.distance[j], book.from_mentee[j], book.from_mentor[j] = distance, mentee, mentor
    at = book.where[j]
    while at > 0 and book.distance[book.heap[(at - 1) // 2]] > distance:
        book.heap[at] = book.heap[(at - 1) // 2]
        book.where[book.heap[at]] = at
        at = (at - 1) // 2
    book.heap[at] = j
    book.where[j] = at
    return size, touched


@kernel
def _nearest(book: Book, size: int) -> int:
    """Take the nearest mentor off the heap."""
    top = book.heap[0]
    book.where[top] = DONE
    last = book.heap[size - 1]
    size -= 1
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and book.distance[book.heap[child + 1]] < book.distance[book.heap[child]]:
            child += 1
        if book.distance[book.heap[child]] >= book.distance[last]:
            break
        book.heap[at] = book.heap[child]
        book.where[book.heap[at]] = at
        at = child
    if size > 0:
        book.heap[at] = last
        book.where[last] = at
    return signed(top)


@kernel
def _settle(book: Book, touched: int, end: int, sign: int) -> None:
    """Change the prices of the mentors nearer than the end, and forget the search."""
    count = 0
    for at in range(touched):
        j = book.touched[at]
        if book.where[j] == DONE and book.distance[j] < end:
            book.repriced[count], book.old_price[count] = j, book.price[j]
            count += 1
            book.price[j] += sign * (end - book.distance[j])
        book.where[j] = UNSEEN
    book.counts[1] = count


@kernel
def _move(book: Book, i: int, j: int, fit: int) -> None:
    """Move a mentee to a mentor, or out (−1), and note it."""
    count = book.counts[0]
    book.moved[count], book.moved_from[count] = i, book.mentor[i]
    book.counts[0] = count + 1
    if book.mentor[i] >= 0:
        unseat(book, i)
    if j >= 0:
        seat(book, i, j, fit)


@kernel
def fit_with(book: Book, i: int, j: int) -> int:
    """Return the fit of a pair, CLOSED where there is none."""
    for at in range(book.row_begin[i], book.row_begin[i] + book.row_size[i]):
        if book.row_mentor[at] == j:
            return signed(book.row_fit[at])
    return signed(CLOSED)


@kernel
def _spread(book: Book, i: int, profit: int, base: int, mentor: int, state: tuple[int, int]) -> tuple[int, int]:
    """Note the ways from a mentee to all other mentors."""
    for at in range(book.row_begin[i], book.row_begin[i] + book.row_size[i]):
        if book.row_fit[at] != CLOSED and book.row_mentor[at] != mentor:
            j = signed(book.row_mentor[at])
            lost = profit - (signed(book.row_fit[at]) - signed(book.price[j]))
            state = _reach(book, j, base + lost, i, mentor, state)
    return state


@kernel
def place(book: Book, i: int) -> None:
    """Find the best place for a mentee who has none, moving others where that pays, or leave somebody out."""
    book.counts[:] = 0
    profit = profit_of(book, i)
    end = profit - signed(book.outside[i])
    last, out = signed(-1), signed(i)
    if end == 0:
        return
    state = _spread(book, i, profit, signed(0), signed(-1), (signed(0), signed(0)))
    while state[0] > 0:
        j = _nearest(book, state[0])
        state = (state[0] - 1, state[1])
        base = signed(book.distance[j])
        if base >= end:
            break
        if book.load[j] < book.capacity[j]:
            end, last, out = base, j, signed(-1)
            break
        k = signed(book.head[j])
        while k >= 0:
            own = signed(book.fit[k] - book.price[j])
            if base + own - signed(book.outside[k]) < end:
                end, last, out = base + own - signed(book.outside[k]), j, k
            state = _spread(book, k, own, base, j, state)
            k = signed(book.after[k])
    _settle(book, state[1], end, 1)
    if out >= 0 and out != i:
        _move(book, out, -1, 0)
    while last >= 0:
        mentee, earlier = signed(book.from_mentee[last]), signed(book.from_mentor[last])
        _move(book, mentee, last, fit_with(book, mentee, last))
        last = earlier


@kernel
def fill(book: Book, start: int) -> None:
    """Find the best use of a free place that has a price: somebody moves there, or the price falls to nothing."""
    book.counts[:] = 0
    end = signed(book.price[start])
    last, taken = signed(start), signed(-1)
    if end == 0 or book.load[start] >= book.capacity[start]:
        return
    state = _reach(book, start, signed(0), signed(-1), signed(-1), (signed(0), signed(0)))
    while state[0] > 0:
        j = _nearest(book, state[0])
        state = (state[0] - 1, state[1])
        base = signed(book.distance[j])
        if base >= end:
            break
        if base + signed(book.price[j]) < end:
            end, last, taken = base + signed(book.price[j]), j, signed(-1)
        for at in range(book.column_begin[j], book.column_begin[j] + book.column_size[j]):
            i = signed(book.column_mentee[at])
            if not book.active[i] or book.column_fit[at] == CLOSED or book.mentor[i] == j:
                continue
            away = base + signed(book.price[j]) - signed(book.column_fit[at])
            other = signed(book.mentor[i])
            if other < 0:
                away += signed(book.outside[i])
                if away < end:
                    end, last, taken = away, j, i
            else:
                away += signed(book.fit[i] - book.price[other])
                if away < end:
                    state = _reach(book, other, away, i, j, state)
    _settle(book, state[1], end, -1)
    _draw(book, last, taken)


@kernel
def _draw(book: Book, last: int, taken: int) -> None:
    """Move everybody on the way that ends at a mentor, where somebody who had nobody may be taken."""
    while True:
        mentee, target = signed(book.from_mentee[last]), signed(book.from_mentor[last])
        if mentee >= 0:
            _move(book, mentee, target, fit_with(book, mentee, target))
        if taken >= 0:
            _move(book, taken, last, fit_with(book, taken, last))
            taken = signed(-1)
        if mentee < 0:
            break
        last = target
