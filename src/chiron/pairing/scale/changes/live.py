"""A plan that stays best while people come and go: one change, one shortest path, and the prices still prove it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.scale.changes.ledger import open_book, with_room
from chiron.pairing.scale.changes.paths import CLOSED, fill, fit_with, place, profit_of, seat, unseat
from chiron.pairing.scale.solvers.auction import auction
from chiron.pairing.scale.solvers.sparse import SparsePairs
from chiron.pairing.whatif.change import ChangeError


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change did: people matched and total fit before and after, and who moved (mentee, from, to; −1 nobody)."""

    matched_before: int
    matched_after: int
    total_before: int
    total_after: int
    moves: tuple[tuple[int, int, int], ...]


class Live:
    """A best plan with its prices, kept best through changes.

    People are positions, as in the arrays given; whoever joins gets the next one. `undo` takes the last change back,
    plan and prices exactly as they were.

    Attributes:
        matched: how many mentees have a mentor, locked ones included.
        total: the sum of their fit.
        locked: mentee to mentor, for the pairs that must stay.
    """

    def __init__(self, pairs: SparsePairs, capacity: NDArray[np.integer], *, everyone: bool = False) -> None:
        """Find the best plan.

        Args:
            pairs: who may be paired with whom, and the fit.
            capacity: int (m,), how many mentees each mentor takes.
            everyone: True to match the most people before the highest total, False to match nobody at a loss.

        Raises:
            ProblemError: the numbers are too large for exact arithmetic.
        """
        span = max(int(pairs.fit.max(initial=0)), 0) - min(int(pairs.fit.min(initial=0)), 0)
        # More than any chain of changes can gain, so that nobody is ever left out for the sake of the total.
        self.stay_out = -4 * (span + 1) * (min(pairs.mentees, pairs.mentors) + 3) if everyone else 0
        places = np.asarray(capacity, dtype=np.int64)
        outside = np.full(pairs.mentees, self.stay_out, dtype=np.int64)
        bids = auction(pairs, outside=outside)
        self._book = open_book(pairs, places, outside, bids.taken, bids.price)
        some = bids.taken >= 0
        self.matched = int(some.sum())
        self.total = int(pairs.fit[bids.taken[some]].sum(dtype=np.int64))
        self.locked: dict[int, int] = {}
        self._people = [pairs.mentees, pairs.mentors]
        self._ends = [len(pairs.partner), len(pairs.partner)]
        self._journal: list[list[tuple[Any, ...]]] = []
        self._moves: dict[int, int] = {}

    @property
    def prices(self) -> Longs:
        """Return the prices, int64 (m,); with `profits` they prove the plan best among those with the locked pairs."""
        return self._book.price[: self._people[1]].copy()

    @property
    def capacity(self) -> Longs:
        """Return how many mentees each mentor takes beside the locked ones, int64 (m,)."""
        return self._book.capacity[: self._people[1]].copy()

    def profits(self) -> Longs:
        """Return what is left to each mentee, int64 (n,); 0 for whoever takes no part or is locked."""
        book = self._book
        found = [profit_of(book, i) if book.active[i] else 0 for i in range(self._people[0])]
        return np.array(found, dtype=np.int64)

    def mentor_of(self, mentee: int) -> int:
        """Return whom a mentee has, −1 for nobody."""
        return self.locked.get(mentee, int(self._book.mentor[mentee]))

    def pairs(self) -> Ints:
        """Return the plan, int32 (k, 2), sorted."""
        row = np.flatnonzero(self._book.mentor >= 0)
        free = np.stack([row, self._book.mentor[row]], axis=1)
        held = np.array(sorted(self.locked.items()), dtype=np.int64).reshape(-1, 2)
        both = np.concatenate([free, held])
        return both[np.lexsort((both[:, 1], both[:, 0]))].astype(np.int32)

    def join(self, mentors: Sequence[int], fits: Sequence[int]) -> Shift:
        """Let a mentee join who may have these mentors; their position is the number of mentees so far.

        Raises:
            ChangeError: a fit is far larger than all others, where the most people count first.
        """
        self._must_be_small(fits)
        before = self._begin()
        i = self._newcomer(0)
        self._book.outside[i] = self.stay_out
        self._new_pairs([i] * len(mentors), mentors, fits)
        self._enter(i)
        return self._end(before)

    def leave(self, mentee: int) -> Shift:
        """Let a mentee leave.

        Raises:
            ChangeError: the mentee is locked, or takes no part.
        """
        self._must_be_free(mentee)
        before = self._begin()
        self._exit(mentee)
        return self._end(before)

    def change_capacity(self, mentor: int, amount: int) -> Shift:
        """Give a mentor more places, or fewer where `amount` is negative.

        Raises:
            ChangeError: there are not so many places to take away.
        """
        if self._book.capacity[mentor] + amount < 0:
            raise ChangeError(Sentence("change.too_few_places"))
        before = self._begin()
        for _ in range(abs(amount)):
            self._one_more(mentor) if amount > 0 else self._one_fewer(mentor)
        return self._end(before)

    def lock(self, mentee: int, mentor: int) -> Shift:
        """Give a mentee this mentor for good.

        Raises:
            ChangeError: the pair may not be made, the mentee is locked, or the mentor has no place for it.
        """
        self._must_be_free(mentee)
        fit = fit_with(self._book, mentee, mentor)
        if fit == CLOSED:
            raise ChangeError(Sentence("change.forbidden"))
        if self._book.capacity[mentor] < 1:
            raise ChangeError(Sentence("change.mentor_locked_out"))
        before = self._begin()
        came_from = int(self._book.mentor[mentee])
        self._exit(mentee)
        self._one_fewer(mentor)
        self.locked[mentee] = mentor
        self._journal[-1].append(("locks", mentee, -1))
        self._count(1, fit)
        self._moves[mentee] = came_from
        return self._end(before)

    def free(self, mentee: int) -> Shift:
        """Let a locked mentee be placed like everybody.

        Raises:
            ChangeError: the mentee is not locked.
        """
        if mentee not in self.locked:
            raise ChangeError(Sentence("change.not_locked"))
        before = self._begin()
        mentor = self.locked.pop(mentee)
        self._journal[-1].append(("locks", mentee, mentor))
        self._count(-1, -fit_with(self._book, mentee, mentor))
        self._one_more(mentor)
        self._enter(mentee)
        self._moves[mentee] = mentor
        return self._end(before)

    def forbid(self, mentee: int, mentor: int) -> Shift:
        """Never make this pair.

        Raises:
            ChangeError: the pair is locked.
        """
        if self.locked.get(mentee) == mentor:
            raise ChangeError(Sentence("change.locked"))
        before = self._begin()
        self._reweigh(mentee, mentor, CLOSED)
        return self._end(before)

    def allow(self, mentee: int, mentor: int, fit: int) -> Shift:
        """Allow a pair with this fit, or give an allowed pair another fit.

        Raises:
            ChangeError: the pair is locked, or the fit far larger than all others, where the most people count first.
        """
        if self.locked.get(mentee) == mentor:
            raise ChangeError(Sentence("change.locked"))
        self._must_be_small([fit])
        before = self._begin()
        self._reweigh(mentee, mentor, fit)
        return self._end(before)

    def mentor_joins(self, mentees: Sequence[int], fits: Sequence[int], places: int) -> Shift:
        """Let a mentor join who may have these mentees; their position is the number of mentors so far.

        Raises:
            ChangeError: a fit is far larger than all others, where the most people count first.
        """
        self._must_be_small(fits)
        before = self._begin()
        j = self._newcomer(1)
        gains = [fit - self._profit(i) for i, fit in zip(mentees, fits, strict=True)]
        self._new_pairs(mentees, [j] * len(mentees), fits)
        self._book.price[j] = max(0, *gains) if gains else 0
        for _ in range(places):
            self._one_more(j)
        return self._end(before)

    def undo(self) -> None:
        """Take the last change back.

        Raises:
            ChangeError: there is no change to take back.
        """
        if not self._journal:
            raise ChangeError(Sentence("change.nothing_to_undo"))
        take_back: dict[str, Callable[..., None]] = {
            "seats": self._restore_seats,
            "prices": self._restore_prices,
            "active": self._restore_active,
            "capacity": self._restore_capacity,
            "fit": self._restore_fit,
            "list": self._restore_list,
            "people": self._restore_people,
            "sums": self._restore_sums,
            "locks": self._restore_lock,
        }
        for entry in reversed(self._journal.pop()):
            take_back[entry[0]](*entry[1:])

    def _begin(self) -> tuple[int, int]:
        self._journal.append([])
        self._moves = {}
        self._journal[-1].append(("sums", self.matched, self.total))
        return self.matched, self.total

    def _end(self, before: tuple[int, int]) -> Shift:
        moves = [(i, old, self.mentor_of(i)) for i, old in sorted(self._moves.items())]
        changed = tuple(move for move in moves if move[1] != move[2])
        return Shift(before[0], self.matched, before[1], self.total, changed)

    def _count(self, people: int, fit: int) -> None:
        self.matched += people
        self.total += fit

    def _must_be_free(self, mentee: int) -> None:
        if mentee in self.locked:
            raise ChangeError(Sentence("change.locked"))
        if not self._book.active[mentee]:
            raise ChangeError(Sentence("change.no_part"))

    def _profit(self, mentee: int) -> int:
        """Return what is left to a mentee who takes part; whoever takes no part wants nothing."""
        return profit_of(self._book, mentee) if self._book.active[mentee] else 1 << 60

    def _noted(self) -> None:
        """Write down what the last path changed, and count it."""
        book = self._book
        moved, repriced = book.counts.tolist()
        people, olds = book.moved[:moved].tolist(), book.moved_from[:moved].tolist()
        self._journal[-1].append(("prices", book.repriced[:repriced].copy(), book.old_price[:repriced].copy()))
        self._journal[-1].append(("seats", people, olds))
        for i, old in zip(people, olds, strict=True):
            self._moves.setdefault(i, old)
            if old >= 0:
                self._count(-1, -fit_with(book, i, old))
            if book.mentor[i] >= 0:
                self._count(1, int(book.fit[i]))

    def _enter(self, i: int) -> None:
        self._book.active[i] = True
        self._journal[-1].append(("active", i, False))
        place(self._book, i)
        self._noted()

    def _exit(self, i: int) -> None:
        j = self._unseated(i)
        self._book.active[i] = False
        self._journal[-1].append(("active", i, True))
        if j >= 0:
            fill(self._book, j)
            self._noted()

    def _unseated(self, i: int) -> int:
        """Take a mentee's place away; return with whom it was, −1 for nobody."""
        j = int(self._book.mentor[i])
        if j >= 0:
            self._count(-1, -int(self._book.fit[i]))
            unseat(self._book, i)
            self._moves.setdefault(i, j)
            self._journal[-1].append(("seats", [i], [j]))
        return j

    def _one_more(self, j: int) -> None:
        self._book.capacity[j] += 1
        self._journal[-1].append(("capacity", j, -1))
        fill(self._book, j)
        self._noted()

    def _one_fewer(self, j: int) -> None:
        out = int(self._book.head[j]) if self._book.load[j] == self._book.capacity[j] else -1
        if out >= 0:
            self._unseated(out)
        self._book.capacity[j] -= 1
        self._journal[-1].append(("capacity", j, 1))
        if out >= 0:
            place(self._book, out)
            self._noted()

    def _reweigh(self, i: int, j: int, fit: int) -> None:
        """Give a pair another fit; its mentee is placed anew if that matters."""
        takes_part = bool(self._book.active[i])
        if takes_part:
            self._exit(i)
        if fit_with(self._book, i, j) == CLOSED and not self._listed(i, j):
            if fit != CLOSED:
                self._new_pairs([i], [j], [fit])
        else:
            self._set_fit(i, j, fit)
        if takes_part:
            self._enter(i)

    def _must_be_small(self, fits: Sequence[int]) -> None:
        """Refuse fits so large that somebody could be left out for their sake.

        Raises:
            ChangeError: a fit is too large.
        """
        largest = max((abs(fit) for fit in fits), default=0)
        if self.stay_out and 2 * largest * (min(self._people) + 4) > -self.stay_out:
            raise ChangeError(Sentence("change.too_large"))

    def _listed(self, i: int, j: int) -> bool:
        book = self._book
        begin = int(book.row_begin[i])
        return bool((book.row_mentor[begin : begin + int(book.row_size[i])] == j).any())

    def _set_fit(self, i: int, j: int, fit: int) -> None:
        book = self._book
        row = slice(int(book.row_begin[i]), int(book.row_begin[i] + book.row_size[i]))
        column = slice(int(book.column_begin[j]), int(book.column_begin[j] + book.column_size[j]))
        in_row = row.start + int(np.flatnonzero(book.row_mentor[row] == j)[0])
        in_column = column.start + int(np.flatnonzero(book.column_mentee[column] == i)[0])
        self._journal[-1].append(("fit", in_row, in_column, int(book.row_fit[in_row])))
        book.row_fit[in_row] = book.column_fit[in_column] = fit

    def _newcomer(self, side: int) -> int:
        """Make room for one more mentee (0) or mentor (1); return the new position."""
        at = self._people[side]
        self._journal[-1].append(("people", side))
        self._people[side] += 1
        self._make_room(0)
        return at

    def _make_room(self, pairs: int) -> None:
        (mentees, mentors), (rows, columns) = self._people, self._ends
        self._book = with_room(self._book, (mentees, mentors, rows + pairs, columns + pairs))

    def _new_pairs(self, mentees: Sequence[int], mentors: Sequence[int], fits: Sequence[int]) -> None:
        """Write new pairs down on both sides; a list that grows moves to the end."""
        for side, owners, others in ((0, mentees, mentors), (1, mentors, mentees)):
            for owner in sorted(set(owners)):
                new = [(other, fit) for one, other, fit in zip(owners, others, fits, strict=True) if one == owner]
                self._append(side, owner, new)

    def _append(self, side: int, owner: int, new: list[tuple[int, int]]) -> None:
        size = int((self._book.row_size, self._book.column_size)[side][owner])
        self._make_room(size + len(new))
        book = self._book
        begins, sizes = ((book.row_begin, book.row_size), (book.column_begin, book.column_size))[side]
        people, points = ((book.row_mentor, book.row_fit), (book.column_mentee, book.column_fit))[side]
        begin, end = int(begins[owner]), self._ends[side]
        self._journal[-1].append(("list", side, owner, begin, size, end))
        people[end : end + size], points[end : end + size] = people[begin : begin + size], points[begin : begin + size]
        for at, (other, fit) in enumerate(new, start=end + size):
            people[at], points[at] = other, fit
        begins[owner], sizes[owner] = end, size + len(new)
        self._ends[side] = end + size + len(new)

    def _restore_seats(self, people: list[int], olds: list[int]) -> None:
        for i in people:
            if self._book.mentor[i] >= 0:
                unseat(self._book, i)
        for i, j in zip(people, olds, strict=True):
            if j >= 0:
                seat(self._book, i, j, fit_with(self._book, i, j))

    def _restore_prices(self, mentors: Longs, prices: Longs) -> None:
        self._book.price[mentors] = prices

    def _restore_active(self, i: int, was: bool) -> None:  # noqa: FBT001 -- as it stands in the journal
        self._book.active[i] = was

    def _restore_capacity(self, j: int, amount: int) -> None:
        self._book.capacity[j] += amount

    def _restore_fit(self, in_row: int, in_column: int, fit: int) -> None:
        self._book.row_fit[in_row] = self._book.column_fit[in_column] = fit

    def _restore_list(self, side: int, owner: int, begin: int, size: int, end: int) -> None:
        book = self._book
        begins, sizes = ((book.row_begin, book.row_size), (book.column_begin, book.column_size))[side]
        begins[owner], sizes[owner], self._ends[side] = begin, size, end

    def _restore_people(self, side: int) -> None:
        self._people[side] -= 1

    def _restore_sums(self, matched: int, total: int) -> None:
        self.matched, self.total = matched, total

    def _restore_lock(self, mentee: int, mentor: int) -> None:
        if mentor < 0:
            del self.locked[mentee]
        else:
            self.locked[mentee] = mentor
