"""The arrays of a plan that is open for changes: built from compressed rows, with room for people who join."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs
from chiron.pairing.scale.changes.paths import CLOSED, UNSEEN, Book, seat
from chiron.pairing.scale.solvers.sparse import SparsePairs

OF_MENTEES = {
    "row_begin": 0, "row_size": 0, "outside": 0, "mentor": -1, "fit": 0, "active": False, "after": -1, "before": -1,
}  # fmt: skip
OF_MENTORS = {
    "column_begin": 0, "column_size": 0, "price": 0, "capacity": 0, "load": 0, "head": -1, "distance": 0,
    "from_mentee": 0, "from_mentor": 0, "heap": 0, "where": UNSEEN, "touched": 0, "moved": 0, "moved_from": 0,
    "repriced": 0, "old_price": 0,
}  # fmt: skip
OF_ROWS = {"row_mentor": 0, "row_fit": CLOSED}
OF_COLUMNS = {"column_mentee": 0, "column_fit": CLOSED}
KINDS = (OF_MENTEES, OF_MENTORS, OF_ROWS, OF_COLUMNS)
"""The arrays of a book that grow together, with what stands in them where nobody is yet."""

END = 3
"""More places than mentors in the arrays of moves: one for each end of a path, and one to spare."""


def open_book(pairs: SparsePairs, capacity: Longs, outside: Longs, taken: Longs, price: Longs) -> Book:
    """Return a plan and its prices as a book."""
    n, m = pairs.mentees, pairs.mentors
    arrays: dict[str, NDArray[Any]] = {
        "row_begin": pairs.starts[:-1].copy(),
        "row_size": np.diff(pairs.starts),
        "row_mentor": pairs.partner.copy(),
        "row_fit": pairs.fit.copy(),
        "column_begin": pairs.columns[:-1].copy(),
        "column_size": np.diff(pairs.columns),
        "column_mentee": pairs.row.copy(),
        "column_fit": pairs.column_fit.copy(),
        "outside": outside.copy(),
        "price": price.copy(),
        "capacity": capacity.copy(),
        "active": np.ones(n, dtype=np.bool_),
        "counts": np.zeros(2, dtype=np.int64),
    }
    for names, length in ((OF_MENTEES, n), (OF_MENTORS, m + END)):
        for name, value in names.items():
            arrays.setdefault(name, np.full(length, value, dtype=np.int64))
    book = Book(**arrays)
    for i in np.flatnonzero(taken >= 0).tolist():
        seat(book, i, int(pairs.partner[taken[i]]), int(pairs.fit[taken[i]]))
    return book


def with_room(book: Book, needed: tuple[int, int, int, int]) -> Book:
    """Return the book with room for so many mentees, mentors, pairs in rows and pairs in columns; half as much again.

    What the arrays hold already stays where it is.
    """
    lengths = (len(book.mentor), len(book.price), len(book.row_fit), len(book.column_fit))
    grown: dict[str, NDArray[Any]] = {}
    for names, length, least in zip(KINDS, lengths, needed, strict=True):
        if least > length:
            for name, value in names.items():
                array = getattr(book, name)
                more = np.full(least + least // 2 + END - length, value, dtype=array.dtype)
                grown[name] = np.concatenate([array, more])
    return book._replace(**grown)
