"""A person as the matching sees them: an id, a name to show, and typed answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chiron.pairing.rules.encoding import called

Role = Literal["mentee", "mentor"]
ROLES: tuple[Role, Role] = ("mentee", "mentor")


@dataclass(frozen=True, slots=True)
class Participant:
    """One mentee or mentor of a pool.

    Attributes:
        id: what sheets and plans call the person; unique on their side.
        name: what people call them.
        side: the role they have here.
        answers: typed values by field (see `blueprints.fields.ValueType`); a missing key and None mean "no answer".
            Values survive JSON: a tuple comes back as a list, and `fields.tidy` makes it a tuple again.
        capacity: how many mentees a mentor takes; None: as many as the rules say.
        wanted: how many mentors a mentee may have.
        also: other names by which people may write of the person: a full given name where `name` has a preferred one.
        held: what an earlier round fills already: of somebody who is helped the names of their filled places, of a
            mentor the ids of those whom they help.
    """

    id: str
    name: str
    side: Role
    answers: Mapping[str, Any] = field(default_factory=dict)
    capacity: int | None = None
    wanted: int = 1
    also: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


def comparable_name(name: str) -> str:
    """Return a name as rules compare it: case, titles, dots and the order "Roe, Ana" do not count."""
    return called(name)
