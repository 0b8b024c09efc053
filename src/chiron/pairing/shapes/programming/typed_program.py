"""Typed places as a program: the limits of mentors, places, caps and pairs, in the numbering that judges know.

Variables are the ties of `Slots`, in their order; then, where a shape counts people, a mark for each mentee.
Limits by kind: "mentor" j; "cap" c; "place" kind·m + j; "program" kind; "pair" mentee·m + j; "mark" mentee, which is
taken only if one of the mentee's ties is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Cap, Ints, Longs
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.programming.integer_program import IntegerProgram, Rows

Observer = Callable[[str, ShapeAnswer | None], bool]
"""Told the phase in words and the best plan so far, if there is one; False stops the search."""


@dataclass(frozen=True, slots=True, eq=False)
class TypedLimits:
    """What limits typed places.

    Attributes:
        capacity: (m,), units that a mentor can give.
        units: (k,), what one place of each kind costs a mentor.
        place: (k, m), how many places of a kind a mentor can fill, or None.
        caps: limits on pairs over mentors.
        kind: (k,), how many pairs there may be of each kind, or None.
        differ: the same mentor may fill only one place of a mentee.
    """

    capacity: Ints
    units: Ints
    place: Ints | None = None
    caps: tuple[Cap, ...] = ()
    kind: Ints | None = None
    differ: bool = False


def ranks(slots: Slots, seed: int) -> Longs:
    """Return the order of the ties in the lottery: int64 (p,), each number once."""
    row = slots.rows()
    mentee, kind = np.divmod(row, slots.kinds)
    order = np.lexsort(
        (lottery(slots.mentors, seed, "mentor")[slots.partner], kind, lottery(slots.mentees, seed, "mentee")[mentee])
    )
    rank = np.empty(len(row), dtype=np.int64)
    rank[order] = np.arange(len(row))
    return rank


def program_of(slots: Slots, limits: TypedLimits, seed: int, *, with_marks: bool = False) -> IntegerProgram:
    """Return typed places under limits as a program."""
    row, ties, mentors = slots.rows(), len(slots.partner), len(slots.mentors)
    mentee, kind = np.divmod(row, slots.kinds)
    partner = slots.partner.astype(np.int64)
    every, ones = np.arange(ties), np.ones(ties, dtype=np.int64)
    found = [Rows("mentor", np.arange(mentors), _long(limits.capacity), partner, every, _long(limits.units)[kind])]
    for number, cap in enumerate(limits.caps):
        inside = np.flatnonzero(np.isin(partner, cap.mentors))
        found.append(
            Rows("cap", np.array([number]), np.array([cap.limit]), np.zeros_like(inside), inside, np.ones_like(inside))
        )
    if limits.place is not None:
        place = kind * mentors + partner
        found.append(Rows("place", np.arange(limits.place.size), _long(limits.place).reshape(-1), place, every, ones))
    if limits.kind is not None:
        found.append(Rows("program", np.arange(slots.kinds), _long(limits.kind), kind, every, ones))
    if limits.differ:
        found.append(_pair_rows(mentee * mentors + partner))
    block, rank = np.unique(row, return_inverse=True)[1].reshape(-1).astype(np.int64), ranks(slots, seed)
    if with_marks:
        people = len(slots.mentees)
        marks = ties + np.arange(people)
        entries = np.concatenate([every, marks])
        amount = np.concatenate([-ones, np.ones(people, dtype=np.int64)])
        owner = np.concatenate([mentee, np.arange(people)])
        found.append(Rows("mark", np.arange(people), np.zeros(people, dtype=np.int64), owner, entries, amount))
        first = int(block.max(initial=-1)) + 1
        block = np.concatenate([block, first + np.arange(people)])
        rank = np.concatenate([rank, ties + lottery(slots.mentees, seed, "mentee")])
    return IntegerProgram(block=block, rank=rank, fit=slots.fit.astype(np.int64), rows=tuple(found))


def _pair_rows(key: Longs) -> Rows:
    """Return a limit of one for each mentee and mentor who could meet in several kinds of place."""
    at, back, count = np.unique(key, return_inverse=True, return_counts=True)
    several = np.flatnonzero(count > 1)
    new = np.full(len(at), -1, dtype=np.int64)
    new[several] = np.arange(len(several))
    row = new[back.reshape(-1)]
    used = np.flatnonzero(row >= 0)
    return Rows("pair", at[several], np.ones(len(several), dtype=np.int64), row[used], used, np.ones_like(used))


def _long(numbers: NDArray[np.int32]) -> Longs:
    return numbers.astype(np.int64)


def answer_of(
    slots: Slots,
    taken: Longs,
    steps: Sequence[ShapeStep],
    *,
    shape: str,
    method: str,
    seed: int,
    is_stopped: bool = False,
) -> ShapeAnswer:
    """Return the plan of these variables (marks are left out) as an answer, with the places that stay open."""
    taken = np.sort(taken[taken < len(slots.partner)])
    row = np.searchsorted(slots.starts, taken, side="right") - 1
    mentee, kind = np.divmod(row, slots.kinds)
    ties = np.stack([mentee, slots.partner[taken], kind], axis=1).astype(np.int32).reshape(-1, 3)
    ties = ties[np.lexsort((ties[:, 2], ties[:, 1], ties[:, 0]))]
    is_open = slots.asked.copy()
    is_open[mentee, kind] = False
    return ShapeAnswer(
        shape=shape,
        ties=_frozen(ties),
        labels=slots.labels,
        steps=tuple(steps),
        method=method,
        seed=seed,
        open=_frozen(np.argwhere(is_open).astype(np.int32)),
        stopped="stopped by the observer" if is_stopped else None,
    )


def _frozen(numbers: Ints) -> Ints:
    numbers = np.ascontiguousarray(numbers)
    numbers.flags.writeable = False
    return numbers


def marks_of(slots: Slots, taken: Longs) -> Longs:
    """Return ties with the marks of the mentees who have one of them."""
    row = np.searchsorted(slots.starts, taken, side="right") - 1
    return np.concatenate([np.sort(taken), len(slots.partner) + np.unique(row // slots.kinds)]).astype(np.int64)


def teller(
    observer: Observer | None, slots: Slots, shape: str, method: str, seed: int
) -> Callable[[str, Longs | None, list[ShapeStep]], bool] | None:
    """Return a function that tells the observer the phase and the best plan so far; None without an observer."""
    if observer is None:
        return None

    def tell(phase: str, taken: Longs | None, steps: list[ShapeStep]) -> bool:
        known = None
        if taken is not None and len(taken):
            known = answer_of(slots, taken, steps, shape=shape, method=method, seed=seed, is_stopped=True)
        return observer(phase, known)

    return tell
