"""Whom people mean by the names they wrote: choices, exclusions and managers, looked up among the other side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import comparable_name
from chiron.sheets.files.headings import normal

NEAR = 0.8
"""How alike two names are at least, from 0 to 1, before one may be meant by the other."""
MOST_COMPARED = 200
"""How many unknown names are compared with all the others; each takes a while where there are thousands."""
MEANS_NOBODY = "means_nobody"
"""The key in an application's answers for the fields that mean nobody of the other side, as the coordinator said: the
text of each, by field; another text is not meant."""
ALSO_CALLED = "also_called"
"""The key in an application's answers for the full name of somebody whom pages call by a preferred one."""
NAMING_TYPES = frozenset({"ranking", "id"})
OWN_NAMES = frozenset({"id", "email"})


def naming_fields(fields: Mapping[str, FieldSpec]) -> dict[str, FieldSpec]:
    """Return the fields in which people name others: not those that say who they are themselves."""
    return {
        name: spec
        for name, spec in fields.items()
        if (spec.type in NAMING_TYPES or spec.keeps_apart) and name not in OWN_NAMES
    }


def spelled(name: str) -> str:
    """Return a name for comparing: titles, capitals, accents, dots and the order "Roe, Ana" do not count."""
    return normal(comparable_name(name))


@dataclass(frozen=True, slots=True)
class Directory:
    """People by everything they may be called.

    Attributes:
        keys: by what somebody may be called, what the engine knows them by; several where they are called the same.
        names: each person's own name by its spelling.
        near: unknown names that were compared already, with the spelling that is most like each.
    """

    keys: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    near: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[tuple[str, str, Iterable[str]]]) -> "Directory":
        """Return the directory of people, each a key, a name, and what else they are called."""
        keys: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for key, name, others in people:
            names[spelled(name)] = name
            for spelling in {spelled(text) for text in (key, name, *others)} - {""}:
                keys[spelling] = (*keys.get(spelling, ()), key)
        return cls(keys, names)

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of everybody who is called so."""
        return self.keys.get(spelled(name), ())

    def key_of(self, name: str) -> str | None:
        """Return the key of whoever is called so; None where nobody is, or several are."""
        found = self.keys_of(name)
        return found[0] if len(found) == 1 else None

    def nearest(self, name: str) -> str:
        """Return the name that is most like one that nobody has; empty where none is like it."""
        spelling = spelled(name)
        if spelling not in self.near and len(self.near) < MOST_COMPARED:
            found = get_close_matches(spelling, self.names, n=1, cutoff=NEAR)
            self.near[spelling] = found[0] if found else ""
        near = self.near.get(spelling, "")
        return self.names[near] if near else ""


def unknown_words(directory: Directory, name: str, *, is_mentor: bool) -> str:
    """Return what is wrong with a name that cannot be used, and what to type instead.

    Args:
        directory: the other side.
        name: the name as it was written.
        is_mentor: whether mentors are looked up, rather than mentees.
    """
    if directory.keys_of(name):
        return _("“%s” is the name of several people. Type the e-mail address instead.") % name
    side = _("mentors") if is_mentor else _("mentees")
    text = _("“%(name)s” is not among the %(side)s of this cohort.") % {"name": name, "side": side}
    near = directory.nearest(name)
    return f"{text} " + _("Did you mean “%s”?") % near if near else text
