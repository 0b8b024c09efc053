"""Names that people wrote of each other, turned into the one name by which the engine knows somebody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Role
from chiron.sheets.people.exclusions import text_of
from chiron.site.applications.models import Application
from chiron.site.applications.queries.naming import named_people
from chiron.site.applications.rules.naming import ALSO_CALLED, MEANS_NOBODY, Directory, naming_fields, unknown_words


@dataclass(frozen=True, slots=True)
class Named:
    """Everybody's answers with names looked up, and a sentence for each name that could not be used as it stands.

    Attributes:
        answers: by key of the application; "id" is always there and no other person of that side has it.
        unknown: sentences for the coordinator.
        unclear: by key of the application of whoever is left out of the run, why: an exclusion is not clear.
    """

    answers: Mapping[int, Mapping[str, Any]]
    unknown: tuple[str, ...]
    unclear: Mapping[int, str]


def people_named(mentees: Sequence[Application], mentors: Sequence[Application], matching: Matching) -> Named:
    """Return the answers of both sides with every name looked up among the other side.

    A choice that is nobody's name counts for nothing. An exclusion keeps apart everybody whom it can mean, as on the
    command line; whoever wrote one that is not clear is left out of the run until it is mended, or until the
    coordinator says on the Check page of an import that it means nobody.
    """
    keys = _keys(mentees) | _keys(mentors)
    unknown: list[str] = []
    unclear: dict[int, str] = {}
    answers: dict[int, Mapping[str, Any]] = {}
    sides: tuple[tuple[Role, Sequence[Application], Sequence[Application]], ...] = (
        ("mentee", mentees, mentors),
        ("mentor", mentors, mentees),
    )
    for side, people, others in sides:
        fields = naming_fields(matching.fields_for(side))
        directory = Directory.of(
            (keys[one.pk], one.person.name, [one.person.email, *one.answers.get(ALSO_CALLED, ())]) for one in others
        )
        named = named_people(others, people, side=side, keys=keys)
        for one in people:
            own: dict[str, Any] = {**one.answers, "id": keys[one.pk]}
            said = own.pop(MEANS_NOBODY, {})
            own.pop(ALSO_CALLED, None)
            for name in fields.keys() & own.keys():
                if not fields[name].keeps_apart:
                    lookup = _Lookup(one.person.name, fields[name].label or name, directory, side, unknown)
                    own[name] = lookup.answer(own[name], is_ranking=fields[name].type == "ranking")
                    continue
                text = text_of(own[name])
                reading = named.reading_of(text)
                own[name] = list(reading.value)
                if reading.is_problem and said.get(name) != text:
                    words = f"{one.person.name}, {fields[name].label or name}: {reading.text}"
                    unclear[one.pk] = words
                    unknown.append(words)
            answers[one.pk] = own
    return Named(answers, tuple(unknown), unclear)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """One person's answer in which others are chosen."""

    who: str
    label: str
    directory: Directory
    side: Role
    unknown: list[str]

    def answer(self, value: Any, *, is_ranking: bool) -> Any:
        """Return an answer with its names looked up; who is no choice need not be among the others."""
        names = [str(name) for name in value] if isinstance(value, list | tuple) else [str(value)] if value else []
        if not is_ranking:
            found = [self.directory.key_of(name) or name for name in names]
            return found if isinstance(value, list | tuple) else "".join(found)
        return list(dict.fromkeys(key for name in names for key in self._keys(name)))

    def _keys(self, name: str) -> tuple[str, ...]:
        """Return the key of whom a name means, if it is one person."""
        found = self.directory.keys_of(name)
        if len(found) == 1:
            return found
        words = unknown_words(self.directory, name, is_mentor=self.side == "mentee")
        self.unknown.append(f"{self.who}, {self.label}: {words}")
        return ()


def _keys(people: Sequence[Application]) -> dict[int, str]:
    """Return what the engine knows each person by: their identifier where nobody else has it, else their address."""
    counts = Counter(str(one.answers.get("id") or "") for one in people)
    return {
        one.pk: given if (given := str(one.answers.get("id") or "")) and counts[given] == 1 else one.person.email
        for one in people
    }
