"""Typed places of mentees and who may fill them: what panels, shared programmes and loads have in common."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import TOP_FIT, Ints, Longs, ProblemError

FROZEN = {"starts": np.int64, "partner": np.int32, "fit": np.int32, "asked": np.bool_}


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Mentees with one place of each kind at most, and the mentors who may fill it, as compressed rows.

    Row `mentee * kinds + kind` holds `partner[starts[row]:starts[row + 1]]`, positions of mentors, ascending, each
    with the fit for that place. What is not listed may never be made.

    Attributes:
        mentees: identifiers, length n.
        mentors: identifiers, length m.
        labels: names of the k kinds of place: slots of a panel, programmes, kinds of relationship.
        starts: int64 (n·k + 1,).
        partner: int32 (p,), positions of mentors.
        fit: int32 (p,), whole points; negative is possible.
        asked: bool (n, k), which mentee asks for which place; a place that is not asked for has no mentors.
        served: bool (n,), which mentees have somebody already, in a place that is not asked for: they count for nobody
            who gets a first mentor. None: nobody.
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    labels: tuple[str, ...]
    starts: Longs
    partner: Ints
    fit: Ints
    asked: NDArray[np.bool_]
    served: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Check every array and freeze it.

        Raises:
            ProblemError: an array is not what the attributes say; the message begins with its name.
        """
        freeze(self, FROZEN if self.served is None else {**FROZEN, "served": np.bool_})
        if self.served is not None and self.served.shape != (len(self.mentees),):
            raise ProblemError(f"served: the shape is {self.served.shape}, not one entry a mentee")
        for name in ("mentees", "mentors", "labels"):
            ids = getattr(self, name)
            if len(set(ids)) != len(ids):
                raise ProblemError(f"{name}: an identifier stands there twice")
        if self.asked.shape != (len(self.mentees), len(self.labels)):
            raise ProblemError(f"asked: the shape is {self.asked.shape}, not one row a mentee and one column a kind")
        check_rows(self.starts, self.partner, self.fit, self.asked.size, len(self.mentors))
        if (np.diff(self.starts)[~self.asked.reshape(-1)] > 0).any():
            raise ProblemError("asked: a place that nobody asks for has mentors")

    @property
    def kinds(self) -> int:
        """Return the number of kinds of place."""
        return len(self.labels)

    def firsts(self) -> Longs:
        """Return what a first mentor counts of each mentee: 1, or 0 where they have somebody already; int64 (n,)."""
        ones = np.ones(len(self.mentees), dtype=np.int64)
        return ones if self.served is None else np.where(self.served, 0, ones)

    def rows(self) -> Longs:
        """Return the row of each tie: int64 (p,)."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def place(self, mentee: int, kind: int, mentor: int) -> int:
        """Return where a tie stands in `partner` and `fit`, −1 where it is not allowed."""
        row = mentee * self.kinds + kind
        first, last = int(self.starts[row]), int(self.starts[row + 1])
        at = first + int(self.partner[first:last].searchsorted(mentor))
        return at if at < last and self.partner[at] == mentor else -1


def freeze(record: object, kinds: dict[str, type]) -> None:
    """Replace the named arrays of a frozen record by read-only ones of these kinds."""
    for name, kind in kinds.items():
        frozen: NDArray[Any] = np.ascontiguousarray(getattr(record, name), dtype=kind).view()
        frozen.flags.writeable = False
        object.__setattr__(record, name, frozen)


def check_rows(starts: Longs, partner: Ints, fit: Ints, rows: int, mentors: int) -> None:
    """Check compressed rows of ties.

    Raises:
        ProblemError: they do not describe ties; the message begins with the name of the array.
    """
    if starts.shape != (rows + 1,):
        raise ProblemError(f"starts: the shape is {starts.shape}, not ({rows + 1},)")
    if partner.ndim != 1 or fit.shape != partner.shape:
        raise ProblemError(f"fit: the shape is {fit.shape}, not that of partner, {partner.shape}")
    if starts[0] != 0 or starts[-1] != len(partner) or (np.diff(starts) < 0).any():
        raise ProblemError("starts: it must rise from 0 to the number of ties")
    if not len(partner):
        return
    if partner.min() < 0 or partner.max() >= mentors:
        raise ProblemError("partner: a tie names a mentor that does not exist")
    if not np.isin(np.flatnonzero(partner[1:] <= partner[:-1]) + 1, starts).all():
        raise ProblemError("partner: the mentors of a row must ascend, each once")
    if max(int(fit.max()), -int(fit.min())) > TOP_FIT:
        raise ProblemError(f"fit: a number is beyond {TOP_FIT}")


def check_counts(name: str, numbers: Ints, shape: tuple[int, ...], least: int = 0) -> None:
    """Check an array of whole numbers that are not below a least one.

    Raises:
        ProblemError: the shape or a number is wrong; the message begins with the name.
    """
    if numbers.shape != shape:
        raise ProblemError(f"{name}: the shape is {numbers.shape}, not {shape}")
    if (numbers < least).any():
        raise ProblemError(f"{name}: a number is below {least}")
