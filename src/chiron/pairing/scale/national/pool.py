"""The pairs that a national plan looks at, and for each mentee a limit on all pairs that it does not look at."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.machine import kernel
from chiron.pairing.scale.solvers.sparse import SparsePairs, sparse

NEVER = -(1 << 61)
"""The limit of a mentee of whom every allowed pair is known; the scan's own is lower still."""
FAR = 1 << 40
"""A price that no fit reaches."""


class ListedPairs(Protocol):
    """The best pairs of some mentees, as a scan lists them; see `scan.Candidates`."""

    @property
    def rows(self) -> Ints: ...  # noqa: D102 -- see the class
    @property
    def starts(self) -> Longs: ...  # noqa: D102 -- see the class
    @property
    def partner(self) -> Ints: ...  # noqa: D102 -- see the class
    @property
    def fit(self) -> Ints: ...  # noqa: D102 -- see the class
    @property
    def cutoff(self) -> Longs: ...  # noqa: D102 -- see the class


class Lister(Protocol):
    """Whoever can list each mentee's best pairs among all: a scan, or a table in a test."""

    @property
    def mentees(self) -> int: ...  # noqa: D102 -- see the class
    @property
    def mentors(self) -> int: ...  # noqa: D102 -- see the class

    def best(self, rows: Ints | None = None, *, prices: Longs | None = None, keep: int = 40) -> ListedPairs:
        """List for each row the pairs with the highest fit less price; `cutoff` limits the others."""


class CandidatePairs:
    """The known pairs, and how good a pair that is not known can be at most.

    Attributes:
        starts, partner, fit: the known pairs as compressed rows, mentors ascending.
        limit: int64 (n,), no unknown pair has more fit less the prices that its mentee was last listed at.
        plain_limit: int64 (n,), no unknown pair has more fit.
        scanned: how many rows were scanned, counted over all scans.
    """

    def __init__(self, scan: Lister, capacity: NDArray[np.integer], keep: int) -> None:
        """List the best pairs of every mentee.

        Args:
            scan: lists pairs.
            capacity: int (m,), how many mentees each mentor takes.
            keep: how many pairs of a mentee are listed at first.
        """
        self.scan, self.keep = scan, keep
        self.capacity = np.asarray(capacity, dtype=np.int64)
        closed = np.where(self.capacity > 0, 0, FAR)
        first = scan.best(keep=keep, prices=closed if closed.any() else None)
        self.starts, self.partner, self.fit = first.starts, first.partner, first.fit
        # Whom a mentor without a place could take does not matter.
        self.limit = np.where(first.cutoff < -FAR // 2, NEVER, first.cutoff)
        self.plain_limit = self.limit.copy()
        self.prices = [np.zeros(scan.mentors, dtype=np.int64)]
        self.since = np.zeros(scan.mentees, dtype=np.int64)
        self.asked = np.ones(scan.mentees, dtype=np.int64)
        self.scanned = scan.mentees

    def sparse(self) -> SparsePairs:
        """Return the known pairs in both directions."""
        return sparse(self.starts, self.partner, self.fit, self.capacity)

    def limits(self, price: Longs) -> Longs:
        """Return the most that an unknown pair of each mentee can gain at these prices: int64 (n,)."""
        # Whom a mentor without a place could take does not matter, so that price neither.
        falls = [np.where(self.capacity > 0, before - price, 0) for before in self.prices]
        fall = np.array([int(one.max(initial=0)) for one in falls], dtype=np.int64)
        return np.where(self.limit == NEVER, NEVER, self.limit + fall[self.since])

    def list_at(self, rows: Longs, price: Longs) -> None:
        """List more pairs of some mentees, the best at these prices, so that the limits hold at these prices."""
        for often, some in self._by_times_asked(rows):
            # Who is asked again and again has many pairs that do not help, so the list grows.
            found = self._list(some, np.where(self.capacity > 0, price, FAR), self.keep << min(often - 1, 12))
            self.limit[some] = np.where(found.cutoff < -FAR // 2, NEVER, found.cutoff)
            self.since[some] = len(self.prices)
            self.asked[some] += 1
        self.prices.append(price.copy())

    def list_outside(self, rows: Longs, closed: NDArray[np.bool_], price: Longs | int = 0) -> ListedPairs:
        """List the best pairs of some mentees with mentors that are not closed, before any others; return them."""
        return self._list(rows, np.where(closed | (self.capacity < 1), FAR, price), self.keep)

    def list_next(self, rows: Longs) -> None:
        """List the pairs with the highest fit of some mentees, more than before."""
        for often, some in self._by_times_asked(rows):
            found = self._list(some, np.where(self.capacity > 0, 0, FAR), self.keep << min(2 * often, 20))
            self.plain_limit[some] = np.where(found.cutoff < -FAR // 2, NEVER, found.cutoff)
            self.asked[some] += 1

    def _by_times_asked(self, rows: Longs) -> list[tuple[int, Longs]]:
        """Return the mentees in groups that were asked equally often, the groups cut before any of them is listed."""
        asked = self.asked[rows]
        return [(often, rows[asked == often]) for often in np.unique(asked).tolist()]

    def _list(self, rows: Longs, price: Longs, keep: int) -> ListedPairs:
        """List pairs of some mentees, and take them among the known ones."""
        keep = min(keep, max(1, self.scan.mentors))
        found = self.scan.best(rows.astype(np.int32), prices=price, keep=keep)
        self.scanned += len(rows)
        self.starts, self.partner, self.fit = merged(
            self.starts, self.partner, self.fit, found.rows, found.starts, found.partner, found.fit
        )
        return found


@kernel
def merged(
    starts: Longs,
    partner: Ints,
    fit: Ints,
    rows: Ints,
    more_starts: Longs,
    more_partner: Ints,
    more_fit: Ints,
) -> tuple[Longs, Ints, Ints]:
    """Return compressed rows with more pairs in some rows; pairs that are in both count once."""
    n = len(starts) - 1
    new_starts = np.zeros(n + 1, np.int64)
    which = np.full(n, -1, np.int64)
    for at in range(len(rows)):
        which[rows[at]] = at
    # Counted first: at national size an array with room to spare, and its copy, would not fit into 1 GiB.
    for i in range(n):
        both = np.int64(0)
        if which[i] >= 0:
            a, b, b_end = starts[i], more_starts[which[i]], more_starts[which[i] + 1]
            while a < starts[i + 1] and b < b_end:
                both += partner[a] == more_partner[b]
                step = partner[a] <= more_partner[b]
                b += partner[a] >= more_partner[b]
                a += step
            both = b_end - more_starts[which[i]] - both
        new_starts[i + 1] = new_starts[i] + starts[i + 1] - starts[i] + both
    new_partner, new_fit = np.empty(new_starts[n], np.int32), np.empty(new_starts[n], np.int32)
    size = 0
    for i in range(n):
        a, a_end = starts[i], starts[i + 1]
        b = b_end = np.int64(0)
        if which[i] >= 0:
            b, b_end = more_starts[which[i]], more_starts[which[i] + 1]
        while a < a_end or b < b_end:
            if b == b_end or (a < a_end and partner[a] <= more_partner[b]):
                if b < b_end and partner[a] == more_partner[b]:
                    b += 1
                new_partner[size], new_fit[size] = partner[a], fit[a]
                a += 1
            else:
                new_partner[size], new_fit[size] = more_partner[b], more_fit[b]
                b += 1
            size += 1
    return new_starts, new_partner, new_fit
