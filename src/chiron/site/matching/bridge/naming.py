"""Names that people wrote of each other, turned into the one name by which the engine knows somebody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Role
from chiron.site.applications.models import Application
from chiron.site.applications.rules.naming import Directory, naming_fields, unknown_words


@dataclass(frozen=True, slots=True)
class Named:
    """Everybody's answers with names looked up, and a sentence for each name that could not be used as it stands.

    Attributes:
        answers: by key of the application; "id" is always there and no other person of that side has it.
        unknown: sentences for the coordinator.
    """

    answers: Mapping[int, Mapping[str, Any]]
    unknown: tuple[str, ...]


def people_named(mentees: Sequence[Application], mentors: Sequence[Application], matching: Matching) -> Named:
    """Return the answers of both sides with every name looked up among the other side.

    A name that is nobody's counts for nothing. Where people are kept apart by it, somebody who is nearly called so
    is meant: a misspelt exclusion must not be lost.
    """
    keys = _keys(mentees) | _keys(mentors)
    unknown: list[str] = []
    answers: dict[int, Mapping[str, Any]] = {}
    apart = {name for rule in matching.rules if rule.kind == "apart" for name in (rule.mentee_field, rule.mentor_field)}
    sides: tuple[tuple[Role, Sequence[Application], Sequence[Application]], ...] = (
        ("mentee", mentees, mentors),
        ("mentor", mentors, mentees),
    )
    for side, people, others in sides:
        fields = naming_fields(matching.fields_for(side))
        directory = Directory.of((keys[one.pk], one.person.name, [one.person.email]) for one in others)
        for one in people:
            own: dict[str, Any] = {**one.answers, "id": keys[one.pk]}
            for name in fields.keys() & own.keys():
                lookup = _Lookup(one.person.name, fields[name].label or name, directory, side, name in apart, unknown)
                own[name] = lookup.answer(own[name], is_ranking=fields[name].type == "ranking")
            answers[one.pk] = own
    return Named(answers, tuple(unknown))


@dataclass(frozen=True, slots=True)
class _Lookup:
    """One person's answer in which others are named."""

    who: str
    label: str
    directory: Directory
    side: Role
    is_apart: bool
    unknown: list[str]

    def answer(self, value: Any, *, is_ranking: bool) -> Any:
        """Return an answer with its names looked up; a manager need not be among the others."""
        names = [str(name) for name in value] if isinstance(value, list | tuple) else [str(value)] if value else []
        if not is_ranking:
            found = [self.directory.key_of(name) or name for name in names]
            return found if isinstance(value, list | tuple) else "".join(found)
        return list(dict.fromkeys(key for name in names for key in self._keys(name)))

    def _keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of whom a name means: of one person, or for an exclusion of everybody who may be meant."""
        found = self.directory.keys_of(name)
        if len(found) == 1:
            return found
        words = unknown_words(self.directory, name, is_mentor=self.side == "mentee")
        if self.is_apart and not found:
            found = self.directory.keys_of(self.directory.nearest(name))
        if self.is_apart and found:
            words = f"{words} " + _("Until then they are kept apart.")
        self.unknown.append(f"{self.who}, {self.label}: {words}")
        return found if self.is_apart else ()


def _keys(people: Sequence[Application]) -> dict[int, str]:
    """Return what the engine knows each person by: their identifier where nobody else has it, else their address."""
    counts = Counter(str(one.answers.get("id") or "") for one in people)
    return {
        one.pk: given if (given := str(one.answers.get("id") or "")) and counts[given] == 1 else one.person.email
        for one in people
    }
