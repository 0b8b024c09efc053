"""What is asked: peers in pairs, circles of peers, teams of mentors with mentees, and meetings in rounds."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import TOP_FIT, Cap, Ints, Longs, Problem, ProblemError

MOST_IN_GROUPS = 4096
"""People whom circles and teams may hold: the table of their fits must fit into memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """One population, the pairs that are allowed in it, and what each pair is worth.

    Attributes:
        people: identifiers, length n.
        pairs: int32 (p, 2), positions of two people, the smaller first, in ascending order, each pair once.
        fit: int32 (p,), whole points; negative is possible.
    """

    people: tuple[str, ...]
    pairs: Ints
    fit: Ints

    def __post_init__(self) -> None:
        """Check and freeze the arrays.

        Raises:
            ProblemError: an array is not what the attributes say; the message begins with its name.
        """
        _freeze(self)
        check_pairs(self.people, self.pairs, self.fit)


@dataclass(frozen=True, slots=True, eq=False)
class Circles:
    """One population that meets in circles, each worth the sum of the fits inside it.

    Attributes:
        people: identifiers, length n, at most MOST_IN_GROUPS.
        pairs: int32 (p, 2), as in `Peers`.
        fit: int32 (p,), whole points; negative is possible.
        least: the fewest members of a circle, at least 2.
        most: the most members of a circle.
        only_listed: a pair that is not listed may not sit in one circle; otherwise it is worth 0.
    """

    people: tuple[str, ...]
    pairs: Ints
    fit: Ints
    least: int
    most: int
    only_listed: bool = False

    def __post_init__(self) -> None:
        """Check and freeze the arrays.

        Raises:
            ProblemError: an array or a number is not what the attributes say; the message begins with its name.
        """
        _freeze(self)
        check_pairs(self.people, self.pairs, self.fit)
        _check_size(len(self.people))
        check_sizes("least", self.least, self.most, fewest=2)


@dataclass(frozen=True, slots=True, eq=False)
class Teams:
    """Two pools that are made into teams, some mentors with some mentees, each worth the sum of the fits inside it.

    Attributes:
        mentees: identifiers, length n.
        mentors: identifiers, length m; n + m is at most MOST_IN_GROUPS.
        fit: int32 (n, m), whole points of a mentee with a mentor.
        allowed: bool (n, m), False where the two may not sit in one team.
        mentor_fit: int32 (m, m), symmetric, of two mentors in one team; zeros if they do not matter.
        mentees_least: the fewest mentees of a team, at least 1.
        mentees_most: the most mentees of a team.
        mentors_least: the fewest mentors of a team, at least 1.
        mentors_most: the most mentors of a team.
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    fit: Ints
    allowed: NDArray[np.bool_]
    mentor_fit: Ints
    mentees_least: int
    mentees_most: int
    mentors_least: int
    mentors_most: int

    def __post_init__(self) -> None:
        """Check and freeze the arrays.

        Raises:
            ProblemError: an array or a number is not what the attributes say; the message begins with its name.
        """
        for name, kind in (("fit", np.int32), ("allowed", np.bool_), ("mentor_fit", np.int32)):
            _set_frozen(self, name, kind)
        mentees, mentors = len(self.mentees), len(self.mentors)
        shapes = {"fit": (mentees, mentors), "allowed": (mentees, mentors), "mentor_fit": (mentors, mentors)}
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ProblemError(f"{name}: the shape is {getattr(self, name).shape}, not {shape}")
        for name, ids in (("mentees", self.mentees), ("mentors", self.mentors)):
            if len(set(ids)) != len(ids):
                raise ProblemError(f"{name}: an identifier stands there twice")
        if (self.mentor_fit != self.mentor_fit.T).any() or self.mentor_fit.diagonal().any():
            raise ProblemError("mentor_fit: it must be symmetric, with zeros for a mentor with the same mentor")
        for name in ("fit", "mentor_fit"):
            _check_top(name, getattr(self, name))
        _check_size(mentees + mentors)
        check_sizes("mentees_least", self.mentees_least, self.mentees_most, fewest=1)
        check_sizes("mentors_least", self.mentors_least, self.mentors_most, fewest=1)


@dataclass(frozen=True, slots=True, eq=False)
class Rounds:
    """Mentees, mentors, the meetings that are allowed, and what each is worth.

    Attributes:
        mentees: identifiers, length n.
        mentors: identifiers, length m; a host on a date where days matter.
        starts: int64 (n + 1,), as in `Problem`.
        partner: int32 (p,), as in `Problem`.
        fit: int32 (p,), as in `Problem`.
        labels: the names of the rounds, in order; there is at least one.
        meetings: int32 (n,), how many different mentors a mentee meets at most; more than there are rounds is no use.
        at_once: int32 (m,), how many mentees a mentor meets in one round; zero is possible.
        caps: nested limits on meetings over mentors, as in `Problem`: a host's days, a site's day.
        locked: int32 (k, 2), mentees and mentors who must meet, as in `Problem`.
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    starts: Longs
    partner: Ints
    fit: Ints
    labels: tuple[str, ...]
    meetings: Ints
    at_once: Ints
    caps: tuple[Cap, ...] = ()
    locked: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int32))

    def __post_init__(self) -> None:
        """Check the numbers that `Problem` does not know.

        Raises:
            ProblemError: an array is not what the attributes say; the message begins with its name.
        """
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise ProblemError("labels: there must be at least one round, each with its own name")
        at_once = np.asarray(self.at_once)
        if at_once.shape != (len(self.mentors),) or (at_once < 0).any():
            raise ProblemError("at_once: it must be one number for each mentor, none below zero")
        self.problem()

    def problem(self) -> Problem:
        """Return the problem of who meets whom: a mentor has as many places as rounds allow.

        Raises:
            ProblemError: an array is not what the attributes say; the message begins with its name.
        """
        rounds = len(self.labels)
        return Problem(
            mentees=self.mentees,
            mentors=self.mentors,
            starts=self.starts,
            partner=self.partner,
            fit=self.fit,
            capacity=np.asarray(self.at_once, dtype=np.int32) * np.int32(rounds),
            wanted=np.minimum(self.meetings, rounds),
            tier=np.zeros(len(self.mentees), dtype=np.int32),
            caps=self.caps,
            locked=self.locked,
        )


def _set_frozen(owner: object, name: str, kind: type) -> None:
    frozen: NDArray[np.generic] = np.ascontiguousarray(getattr(owner, name), dtype=kind).view()
    frozen.flags.writeable = False
    object.__setattr__(owner, name, frozen)


def _freeze(owner: Peers | Circles) -> None:
    object.__setattr__(owner, "pairs", np.asarray(owner.pairs, dtype=np.int32).reshape(-1, 2))
    for name in ("pairs", "fit"):
        _set_frozen(owner, name, np.int32)


def _check_size(people: int) -> None:
    if people > MOST_IN_GROUPS:
        raise ProblemError(f"people: groups of {people} people are more than {MOST_IN_GROUPS}")


def _check_top(name: str, fit: Ints) -> None:
    if fit.size and max(int(fit.max()), -int(fit.min())) > TOP_FIT:
        raise ProblemError(f"{name}: a number is beyond {TOP_FIT}")


def check_sizes(name: str, least: int, most: int, *, fewest: int) -> None:
    """Check the smallest and the largest size of a group.

    Raises:
        ProblemError: the smallest is too small or above the largest.
    """
    if least < fewest or most < least:
        raise ProblemError(f"{name}: sizes from {least} to {most} make no group")


def check_pairs(people: tuple[str, ...], pairs: Ints, fit: Ints) -> None:
    """Check the people of one population and the pairs among them.

    Raises:
        ProblemError: an array is not what `Peers` says; the message begins with its name.
    """
    if len(set(people)) != len(people):
        raise ProblemError("people: an identifier stands there twice")
    if fit.shape != (len(pairs),):
        raise ProblemError(f"fit: the shape is {fit.shape}, not ({len(pairs)},)")
    if not len(pairs):
        return
    if pairs.min() < 0 or pairs.max() >= len(people):
        raise ProblemError("pairs: a pair names somebody who does not exist")
    if (pairs[:, 0] >= pairs[:, 1]).any():
        raise ProblemError("pairs: the smaller position must come first in a pair")
    key = pairs[:, 0].astype(np.int64) * len(people) + pairs[:, 1]
    if (key[1:] <= key[:-1]).any():
        raise ProblemError("pairs: they must ascend, each once")
    _check_top("fit", fit)
