"""Candidates in both directions, mentee by mentee and mentor by mentor, in whatever order the caller's people stand."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.machine import kernel, signed


class SparsePairs(NamedTuple):
    """Pairs as compressed rows and as compressed columns.

    Attributes:
        starts: int64 (n + 1,).
        partner: int32 (p,), mentors, ascending inside each row.
        fit: int32 (p,), whole points.
        capacity: int64 (m,), none above the number of the mentor's pairs plus 1.
        columns: int64 (m + 1,), where each mentor's mentees begin.
        row: int32 (p,), mentees, ascending inside each column.
        place: int32 (p,), where the pair stands in `partner` and `fit`.
        column_fit: int32 (p,), the fit in the order of the columns.
    """

    starts: Longs
    partner: Ints
    fit: Ints
    capacity: Longs
    columns: Longs
    row: Ints
    place: Ints
    column_fit: Ints

    @property
    def mentees(self) -> int:
        """Return the number of mentees."""
        return len(self.starts) - 1

    @property
    def mentors(self) -> int:
        """Return the number of mentors."""
        return len(self.capacity)


def sparse(starts: Longs, partner: Ints, fit: Ints, capacity: NDArray[np.integer]) -> SparsePairs:
    """Return the pairs in both directions; the arrays of the rows are kept, not copied, if they may be written."""
    starts, partner, fit = (
        np.require(array, dtype=kind, requirements=["C", "W"])
        for array, kind in ((starts, np.int64), (partner, np.int32), (fit, np.int32))
    )
    columns, row, place = turned(starts, partner, len(capacity))
    return SparsePairs(
        starts=starts,
        partner=partner,
        fit=fit,
        # One seat more than there are pairs stays free, and keeps the price where it must be.
        capacity=np.minimum(np.asarray(capacity, dtype=np.int64), np.diff(columns) + 1),
        columns=columns,
        row=row,
        place=place,
        column_fit=fit[place],
    )


class PairSubset(NamedTuple):
    """Some of the pairs, and where each stood in all of them: int64 (p,), or None where none was left out."""

    pairs: SparsePairs
    origin: Longs | None

    def places(self, taken: Longs) -> Longs:
        """Return where the pairs of a plan stand among all pairs; −1 stays −1."""
        if self.origin is None:
            return taken
        found = taken.copy()
        found[taken >= 0] = self.origin[taken[taken >= 0]]
        return found


def chosen(pairs: SparsePairs, keep: NDArray[np.bool_]) -> PairSubset:
    """Return the pairs that are kept."""
    if keep.all():
        return PairSubset(pairs, None)
    origin = np.flatnonzero(keep)
    starts = kept_starts(pairs.starts, keep)
    return PairSubset(sparse(starts, pairs.partner[origin], pairs.fit[origin], pairs.capacity), origin)


def above(pairs: SparsePairs, floor: int) -> PairSubset:
    """Return the pairs with at least this fit."""
    return chosen(pairs, pairs.fit >= floor)


@kernel
def kept_starts(starts: Longs, keep: NDArray[np.bool_]) -> Longs:
    """Return where the rows begin when only some pairs are kept."""
    new_starts = np.zeros(len(starts), np.int64)
    for i in range(len(starts) - 1):
        new_starts[i + 1] = new_starts[i]
        for at in range(starts[i], starts[i + 1]):
            new_starts[i + 1] += keep[at]
    return new_starts


@kernel
def most_beaten(pairs: SparsePairs, floor: int, price: Longs, profit: Longs) -> int:
    """Return by how much some pair of at least a fit exceeds its mentee's profit at these prices; 0 where none does."""
    most = signed(0)
    for i in range(len(profit)):
        for at in range(pairs.starts[i], pairs.starts[i + 1]):
            if pairs.fit[at] >= floor:
                most = max(most, signed(pairs.fit[at] - price[pairs.partner[at]] - profit[i]))
    return most


@kernel
def as_good(pairs: SparsePairs, price: Longs, profit: Longs) -> NDArray[np.bool_]:
    """Return which pairs are at least as good as their mentee's profit at these prices, bool (p,)."""
    good = np.zeros(len(pairs.partner), np.bool_)
    for i in range(len(profit)):
        for at in range(pairs.starts[i], pairs.starts[i + 1]):
            good[at] = pairs.fit[at] - price[pairs.partner[at]] >= profit[i]
    return good


@kernel
def turned(starts: Longs, partner: Ints, mentors: int) -> tuple[Longs, Ints, Ints]:
    """Return the columns of compressed rows: where each begins, its rows ascending, and their places."""
    columns = np.zeros(mentors + 1, np.int64)
    for at in range(len(partner)):
        columns[partner[at] + 1] += 1
    for j in range(mentors):
        columns[j + 1] += columns[j]
    row, place = np.empty(len(partner), np.int32), np.empty(len(partner), np.int32)
    following = columns[:-1].copy()
    for i in range(len(starts) - 1):
        for at in range(starts[i], starts[i + 1]):
            j = partner[at]
            row[following[j]] = i
            place[following[j]] = at
            following[j] += 1
    return columns, row, place


@kernel
def reordered(  # noqa: C901 -- two counting sorts, one after the other
    starts: Longs, partner: Ints, fit: Ints, keep: NDArray[np.bool_], row_rank: Longs, column_rank: Longs
) -> tuple[Longs, Ints, Ints, Longs]:
    """Return the kept pairs with people renumbered by rank: starts, partner (ascending), fit, and their old places."""
    n, m = len(starts) - 1, len(column_rank)
    columns = np.zeros(m + 1, np.int64)
    rows = np.zeros(n + 1, np.int64)
    for i in range(n):
        for at in range(starts[i], starts[i + 1]):
            if keep[at]:
                columns[column_rank[partner[at]] + 1] += 1
                rows[row_rank[i] + 1] += 1
    for j in range(m):
        columns[j + 1] += columns[j]
    for i in range(n):
        rows[i + 1] += rows[i]
    owner, origin = np.empty(columns[m], np.int32), np.empty(columns[m], np.int64)
    following = columns[:-1].copy()
    for i in range(n):
        for at in range(starts[i], starts[i + 1]):
            if keep[at]:
                j = column_rank[partner[at]]
                owner[following[j]] = row_rank[i]
                origin[following[j]] = at
                following[j] += 1
    new_partner, new_fit = np.empty(columns[m], np.int32), np.empty(columns[m], np.int32)
    old = np.empty(columns[m], np.int64)
    following = rows[:-1].copy()
    for j in range(m):
        for slot in range(columns[j], columns[j + 1]):
            at = following[owner[slot]]
            following[owner[slot]] += 1
            new_partner[at] = j
            new_fit[at] = fit[origin[slot]]
            old[at] = origin[slot]
    return rows, new_partner, new_fit, old
