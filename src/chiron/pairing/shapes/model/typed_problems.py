"""What panels, shared programmes, loads and chains are asked: frozen arrays, checked on creation; no method here."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Cap, Ints, Longs, ProblemError, cap_parents
from chiron.pairing.shapes.model.slots import Slots, check_counts, check_rows, freeze

ShapeAim = Literal["everyone", "total"]


@dataclass(frozen=True, slots=True, eq=False)
class PanelProblem:
    """Several mentors of different kinds for one mentee: clinical, research, academic.

    The same mentor never fills two slots of one mentee.

    Attributes:
        slots: mentees, mentors, kinds of slot and the allowed ties with their fit.
        capacity: int32 (m,), how many places a mentor has over all slots; zero is possible.
        required: bool (k,), which slots matter before the others.
        slot_capacity: int32 (k, m), how many places of a slot a mentor fills at most, or None.
        caps: nested limits on the number of ties over mentors.
    """

    slots: Slots
    capacity: Ints
    required: NDArray[np.bool_]
    slot_capacity: Ints | None = None
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        """Check every array and freeze it.

        Raises:
            ProblemError: an array or a cap is not what the attributes say; the message begins with its name.
        """
        freeze(self, {"capacity": np.int32, "required": np.bool_})
        check_counts("capacity", self.capacity, (len(self.slots.mentors),))
        if self.required.shape != (self.slots.kinds,):
            raise ProblemError(f"required: the shape is {self.required.shape}, not ({self.slots.kinds},)")
        _check_places(self, "slot_capacity", self.slots)
        cap_parents(self.caps, len(self.slots.mentors))


@dataclass(frozen=True, slots=True, eq=False)
class SharedProblem:
    """Programmes that run at the same time and share what their mentors can give.

    One person may be enrolled in several programmes, with a match of its own in each.

    Attributes:
        slots: people, mentors, programmes and the allowed pairs of each programme with their fit; `asked` says who is
            enrolled where.
        capacity: int32 (m,), a mentor's places over all programmes.
        program_capacity: int32 (k, m), a mentor's places in one programme; zero where the mentor takes no part.
        caps: nested limits over mentors, of sites and organisations, on the pairs of all programmes together.
        differ: True if the mentors of one person must differ from programme to programme.
        program_limit: int32 (k,), how many pairs a programme may have, or None.
    """

    slots: Slots
    capacity: Ints
    program_capacity: Ints
    caps: tuple[Cap, ...] = ()
    differ: bool = False
    program_limit: Ints | None = None

    def __post_init__(self) -> None:
        """Check every array and freeze it.

        Raises:
            ProblemError: an array is not what the attributes say, or two caps overlap and neither holds the other;
                the message begins with the name.
        """
        freeze(self, {"capacity": np.int32})
        check_counts("capacity", self.capacity, (len(self.slots.mentors),))
        _check_places(self, "program_capacity", self.slots)
        if self.program_limit is not None:
            freeze(self, {"program_limit": np.int32})
            check_counts("program_limit", self.program_limit, (self.slots.kinds,))
        cap_parents(self.caps, len(self.slots.mentors))


@dataclass(frozen=True, slots=True, eq=False)
class LoadsProblem:
    """Relationships of several kinds, each of which costs a mentor some units of one budget.

    Attributes:
        slots: mentees, mentors, kinds of relationship and the allowed ties with their fit.
        budget: int32 (m,), units that a mentor can give over all relationships; zero is possible.
        units: int32 (k,), what one relationship of each kind costs; zero is possible.
        caps: nested limits on the number of relationships over mentors.
        differ: True if the same mentor may hold only one relationship with a mentee.
        people_first: True if "everyone" serves people before it fills places, as in a panel: most mentees with a
            relationship, then most relationships; False: most relationships, then the highest lowest fit.
    """

    slots: Slots
    budget: Ints
    units: Ints
    caps: tuple[Cap, ...] = ()
    differ: bool = False
    people_first: bool = False

    def __post_init__(self) -> None:
        """Check every array and freeze it.

        Raises:
            ProblemError: an array or a cap is not what the attributes say; the message begins with its name.
        """
        freeze(self, {"budget": np.int32, "units": np.int32})
        check_counts("budget", self.budget, (len(self.slots.mentors),))
        check_counts("units", self.units, (self.slots.kinds,))
        cap_parents(self.caps, len(self.slots.mentors))


@dataclass(frozen=True, slots=True, eq=False)
class ChainProblem:
    """People of several generations, of whom one may be mentee and mentor at once; each has one mentor at most.

    Person `i` may have the mentors `partner[starts[i]:starts[i + 1]]`, positions of people, ascending.

    Attributes:
        people: identifiers, length n.
        seeking: bool (n,), who asks for a mentor; nobody else has ties as a mentee.
        capacity: int32 (n,), how many mentees a person takes.
        starts: int64 (n + 1,).
        partner: int32 (p,), positions of people.
        fit: int32 (p,), whole points; negative is possible.
        level: int32 (n,), the generation, a higher number mentors a lower one; or None for one population, in which
            no circle of mentors may arise.
        within_level: True if people of one generation may be paired too; no circle may arise there either.
        needs_mentor: True if somebody who asks for a mentor may be one only with a mentor of her own; False, the
            default, lets her mentor whether or not she has one.
        caps: nested limits on the number of pairs over mentors.
    """

    people: tuple[str, ...]
    seeking: NDArray[np.bool_]
    capacity: Ints
    starts: Longs
    partner: Ints
    fit: Ints
    level: Ints | None = None
    within_level: bool = False
    needs_mentor: bool = False
    caps: tuple[Cap, ...] = ()

    def __post_init__(self) -> None:
        """Check every array and freeze it.

        Raises:
            ProblemError: an array is not what the attributes say, or a tie goes down or to oneself.
        """
        kinds = {"starts": np.int64, "partner": np.int32, "fit": np.int32, "capacity": np.int32, "seeking": np.bool_}
        freeze(self, kinds)
        size = len(self.people)
        if len(set(self.people)) != size:
            raise ProblemError("people: an identifier stands there twice")
        check_counts("capacity", self.capacity, (size,))
        if self.seeking.shape != (size,):
            raise ProblemError(f"seeking: the shape is {self.seeking.shape}, not ({size},)")
        check_rows(self.starts, self.partner, self.fit, size, size)
        mentee = np.repeat(np.arange(size), np.diff(self.starts))
        if (mentee == self.partner).any():
            raise ProblemError("partner: somebody is tied to themselves")
        if not self.seeking[mentee].all():
            raise ProblemError("seeking: somebody who does not ask for a mentor has ties")
        if self.level is not None:
            freeze(self, {"level": np.int32})
            if self.level.shape != (size,):
                raise ProblemError(f"level: the shape is {self.level.shape}, not ({size},)")
            step = self.level[self.partner].astype(np.int64) - self.level[mentee]
            if (step < 0).any() or (not self.within_level and (step == 0).any()):
                raise ProblemError("level: a mentor stands no higher than the mentee")
        cap_parents(self.caps, size)


def _check_places(record: object, name: str, slots: Slots) -> None:
    """Check and freeze an optional table of places, one row a kind and one column a mentor."""
    if getattr(record, name) is not None:
        freeze(record, {name: np.int32})
        check_counts(name, getattr(record, name), (slots.kinds, len(slots.mentors)))
