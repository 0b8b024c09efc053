"""The question that the engine is asked: who may be paired with whom, and what each pair is worth."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


TOP_FIT = 1 << 30
"""The largest size of a fit, so that sums stay exact in 64 bits."""


class ProblemError(ValueError):
    """The arrays do not describe a matching problem; the message names the one that is wrong."""


class AimError(ProblemError):
    """The aim cannot be had for this problem; the message says why, in words for people."""


class LocksError(ProblemError):
    """No plan can hold every locked pair: together they exceed a capacity, a cap or what a mentee may have."""


class QuotaError(ProblemError):
    """No plan can give every mentor and every cap the least number of pairs that it must have."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit` and at least `least` pairs over these mentors: a site's, a supervisor's, a programme's.

    `mentors` are positions in `Problem.mentors`. The caps of a problem are nested (laminar): two of them are
    disjoint, or one holds the other. Locked pairs count towards both numbers.
    """

    name: str
    limit: int
    mentors: tuple[int, ...]
    least: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Parity:
    """How far apart the groups of a plan may be: the spread between their mean fits, in whole points.

    The mean of a group is the sum of the fits of its pairs over all its mentees who may have a mentor, so that leaving
    somebody out does not raise it; groups of nobody are left out.

    Attributes:
        group: int32 (n,), the group of each mentee, from 0; −1 for mentees who belong to none.
        within: the largest spread allowed.
    """

    group: Ints
    within: int


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Mentees, mentors and the allowed pairs with their fit, as compressed rows.

    Mentee `i` may be paired with `partner[starts[i]:starts[i + 1]]` (positions of mentors, ascending), each pair
    worth the whole number in `fit` at the same place. A pair that is not listed may never be made.

    Attributes:
        mentees: identifiers, length n.
        mentors: identifiers, length m; a mentor's single place (a project, a topic) where places differ.
        starts: int64 (n + 1,).
        partner: int32 (p,), positions of mentors, ascending inside each row.
        fit: int32 (p,), whole points; negative is possible.
        capacity: int32 (m,), how many mentees a mentor takes; zero is possible.
        wanted: int32 (n,), how many mentors a mentee may have; usually one.
        tier: int32 (n,), priority of a mentee: a lower number is served first.
        caps: nested limits over mentors.
        clashes: pairs of mentors (positions) that one mentee may not have both; matters where wanted > 1.
        locked: int32 (k, 2), pairs (mentee, mentor) that every plan must hold; each is an allowed pair.
        needs_everyone: a plan is of use only if it leaves nobody out, so every aim matches the most people first.
        mentee_fit: int32 (p,), how much the mentee wishes each pair; None: as much as it fits. `fit` stays the total.
        mentor_fit: int32 (p,), how much the mentor wishes each pair; None: as much as it fits.
        rank: int32 (p,), which choice of the mentee each pair is, from 1; None: the place of its fit among those of
            the mentee's pairs, equal fits sharing one.
        parity: how far apart groups of mentees may be; only the aim "parity" looks at it.
        least: int32 (m,), how many mentees every plan gives a mentor at least, locked pairs included; zeros if
            left out.
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    starts: Longs
    partner: Ints
    fit: Ints
    capacity: Ints
    wanted: Ints
    tier: Ints
    caps: tuple[Cap, ...] = ()
    clashes: tuple[tuple[int, int], ...] = ()
    locked: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int32))
    needs_everyone: bool = False
    mentee_fit: Ints | None = None
    mentor_fit: Ints | None = None
    rank: Ints | None = None
    parity: Parity | None = None
    least: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    def __post_init__(self) -> None:
        """Check every array and freeze it.

        Raises:
            ProblemError: an array is not what the attributes say; the message begins with its name.
        """
        if not len(self.least):
            object.__setattr__(self, "least", np.zeros(len(self.mentors), dtype=np.int32))
        for name, kind in KINDS_OF_ARRAYS.items():
            frozen = np.ascontiguousarray(getattr(self, name), dtype=kind).view()
            frozen.flags.writeable = False
            object.__setattr__(self, name, frozen)
        for name in WISHES:
            if getattr(self, name) is not None:
                frozen = np.ascontiguousarray(getattr(self, name), dtype=np.int32).view()
                frozen.flags.writeable = False
                object.__setattr__(self, name, frozen)
        _check_people(self)
        _check_pairs(self)
        _check_locked(self)
        _check_clashes(self)
        _check_wishes(self)
        cap_parents(self.caps, len(self.mentors))

    @property
    def has_least(self) -> bool:
        """True if some mentor or cap must have a least number of pairs."""
        return bool(self.least.any()) or any(cap.least for cap in self.caps)

    def place(self, mentee: int, mentor: int) -> int:
        """Return where one pair of people who exist stands in `partner` and `fit`, −1 where it is not allowed."""
        first, last = int(self.starts[mentee]), int(self.starts[mentee + 1])
        at = first + int(self.partner[first:last].searchsorted(mentor))
        return at if at < last and self.partner[at] == mentor else -1

    def positions(self, pairs: Ints | Longs) -> Longs:
        """Return where each pair (k, 2) stands in `partner` and `fit`, −1 where it is not allowed: int64 (k,)."""
        listed = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        mentee, mentor = listed[:, 0], listed[:, 1]
        known = (mentee >= 0) & (mentee < len(self.mentees))
        row = np.where(known, mentee, 0)
        if not len(self.mentees) or not len(self.partner):
            return np.full(len(listed), -1, dtype=np.int64)
        low, end = self.starts[row], self.starts[row + 1]
        high = end.copy()
        while (low < high).any():
            # One step of a binary search in every row at once.
            middle = (low + high) // 2
            below = self.partner[np.minimum(middle, len(self.partner) - 1)] < mentor
            low, high = np.where((low < high) & below, middle + 1, low), np.where((low < high) & ~below, middle, high)
        hit = known & (low < end)
        hit &= self.partner[np.minimum(low, len(self.partner) - 1)] == mentor
        return np.where(hit, low, -1)


KINDS_OF_ARRAYS = {
    "starts": np.int64,
    "partner": np.int32,
    "fit": np.int32,
    "capacity": np.int32,
    "wanted": np.int32,
    "tier": np.int32,
    "locked": np.int32,
    "least": np.int32,
}


WISHES = ("mentee_fit", "mentor_fit", "rank")
"""Arrays with a number for each pair that may be left out."""


def cap_parents(caps: tuple[Cap, ...], mentors: int) -> tuple[Longs, Longs]:
    """Return the tree of nested caps: for each mentor and for each cap the cap just above it, −1 for none.

    Args:
        caps: the caps of a problem.
        mentors: how many mentors there are.

    Raises:
        ProblemError: two caps overlap without one holding the other, or a cap is malformed.
    """
    innermost = np.full(mentors, -1, dtype=np.int64)
    above = np.full(len(caps), -1, dtype=np.int64)
    for at in sorted(range(len(caps)), key=lambda place: (-len(caps[place].mentors), place)):
        cap = caps[at]
        members = np.asarray(cap.mentors, dtype=np.int64)
        if cap.limit < 0:
            raise ProblemError(f"caps: the limit of {cap.name!r} is below zero")
        if not 0 <= cap.least <= cap.limit:
            raise ProblemError(f"caps: the least of {cap.name!r} is not between 0 and its limit, {cap.limit}")
        if not len(members):
            continue
        if members.min() < 0 or members.max() >= mentors or len(np.unique(members)) != len(members):
            raise ProblemError(f"caps: {cap.name!r} names a mentor twice or one that does not exist")
        holders = np.unique(innermost[members])
        if len(holders) > 1:
            raise ProblemError(f"caps: {cap.name!r} overlaps another cap, and neither holds the other")
        above[at] = holders[0]
        innermost[members] = at
    return innermost, above


def _check_people(problem: Problem) -> None:
    mentees, mentors = len(problem.mentees), len(problem.mentors)
    for name, ids in (("mentees", problem.mentees), ("mentors", problem.mentors)):
        if len(set(ids)) != len(ids):
            raise ProblemError(f"{name}: an identifier stands there twice")
    lengths = {"capacity": mentors, "least": mentors, "wanted": mentees, "tier": mentees, "starts": mentees + 1}
    for name, length in lengths.items():
        shape = getattr(problem, name).shape
        if shape != (length,):
            raise ProblemError(f"{name}: the shape is {shape}, not ({length},)")
    for name in ("capacity", "wanted", "least"):
        if (getattr(problem, name) < 0).any():
            raise ProblemError(f"{name}: a number is below zero")
    if (problem.least > problem.capacity).any():
        raise ProblemError("least: a mentor must have more mentees than the capacity allows")


def _check_pairs(problem: Problem) -> None:
    starts, partner, fit = problem.starts, problem.partner, problem.fit
    if partner.ndim != 1 or fit.shape != partner.shape:
        raise ProblemError(f"fit: the shape is {fit.shape}, not that of partner, {partner.shape}")
    if starts[0] != 0 or starts[-1] != len(partner) or (np.diff(starts) < 0).any():
        raise ProblemError("starts: it must rise from 0 to the number of pairs")
    if not len(partner):
        return
    if partner.min() < 0 or partner.max() >= len(problem.mentors):
        raise ProblemError("partner: a pair names a mentor that does not exist")
    falls = np.flatnonzero(partner[1:] <= partner[:-1]) + 1
    if not np.isin(falls, starts).all():
        raise ProblemError("partner: the mentors of a mentee must ascend, each once")
    if max(int(fit.max()), -int(fit.min())) > TOP_FIT:
        raise ProblemError(f"fit: a number is beyond {TOP_FIT}")


def _check_locked(problem: Problem) -> None:
    locked = problem.locked
    if locked.shape != (len(locked), 2):
        raise ProblemError(f"locked: the shape is {locked.shape}, not (k, 2)")
    if len(np.unique(locked, axis=0)) != len(locked):
        raise ProblemError("locked: a pair stands there twice")
    if (problem.positions(locked) < 0).any():
        raise ProblemError("locked: a pair is not among the allowed pairs")


def _check_clashes(problem: Problem) -> None:
    for one, other in problem.clashes:
        if one == other or not (0 <= one < len(problem.mentors) and 0 <= other < len(problem.mentors)):
            raise ProblemError("clashes: a clash needs two different mentors that exist")


def _check_wishes(problem: Problem) -> None:
    for name in WISHES:
        wish = getattr(problem, name)
        if wish is not None and wish.shape != problem.partner.shape:
            raise ProblemError(f"{name}: the shape is {wish.shape}, not that of partner, {problem.partner.shape}")
        if wish is not None and max(int(wish.max(initial=0)), -int(wish.min(initial=0))) > TOP_FIT:
            raise ProblemError(f"{name}: a number is beyond {TOP_FIT}")
    if problem.rank is not None and problem.rank.min(initial=1) < 1:
        raise ProblemError("rank: the first choice is 1, and there is none before it")
    if problem.parity is not None and problem.parity.group.shape != (len(problem.mentees),):
        raise ProblemError(f"parity: the shape is {problem.parity.group.shape}, not ({len(problem.mentees)},)")
    if problem.parity is not None and problem.parity.within < 0:
        raise ProblemError("parity: the spread allowed is below zero")
