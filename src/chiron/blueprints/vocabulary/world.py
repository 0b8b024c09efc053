"""Fields of health, their closeness, and ladders of career stages, read from the data files beside this module."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

WORD = re.compile(r"[^\W\d_]+|\d+|&|\+")
BRITISH = (
    ("aemia", "emia"),
    ("aem", "em"),
    ("aed", "ed"),
    ("aes", "es"),
    ("aec", "ec"),
    ("oed", "ed"),
    ("oes", "es"),
    ("foet", "fet"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("aviour", "avior"),
    ("abour", "abor"),
    ("ageing", "aging"),
    ("ounsell", "ounsel"),
    ("centre", "center"),
    ("programme", "program"),
)
SAYS_NOTHING = frozenset({"specialty", "speciality", "specialism", "field", "department", "the", "of", "dept"})


class WordsError(ValueError):
    """The data files contradict themselves; the message names the words."""


@dataclass(frozen=True, slots=True)
class HealthField:
    """One field of health: its code, its name in British English, and other names that mean it."""

    code: str
    name: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CareerStage:
    """One stage of a ladder, and what sheets call it."""

    name: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Career stages, youngest first."""

    name: str
    label: str
    stages: tuple[CareerStage, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the stages, youngest first: the option `ladder` of the rule kind `ladder`."""
        return tuple(stage.name for stage in self.stages)

    def find(self, text: str) -> str | None:
        """Return the stage that a text means, or None where no stage is called that."""
        return _stage_words(self).get(folded(text))


def folded(text: str) -> str:
    """Return a text as words to compare: case, accents, punctuation and British spelling do not count."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = WORD.findall(letters.replace("'", "").replace("\u2019", ""))
    kept = ["and" if word in ("&", "+") else word for word in words if word not in SAYS_NOTHING]
    plain = " ".join(kept)
    for british, american in BRITISH:
        plain = plain.replace(british, american)
    return plain


@cache
def health_fields() -> Mapping[str, HealthField]:
    """Return the fields of health by code, in the order in which people read them."""
    table = _read("health_fields.toml")["fields"]
    return MappingProxyType(
        {code: HealthField(code=code, name=entry["name"], also=tuple(entry["also"])) for code, entry in table.items()}
    )


def field_names() -> Mapping[str, str]:
    """Return what people call each field, by code: the option `names` of the rule kind `related`."""
    return {code: field.name for code, field in health_fields().items()}


def find_field(text: str) -> str | None:
    """Return the code of the field that a text means, or None.

    A text means a field if it is its code or one of its names; "Surgery, plastic" is read as "plastic surgery".
    """
    known = _field_words()
    first, comma, last = text.partition(",")
    found = known.get(folded(text))
    return known.get(folded(f"{last} {first}")) if found is None and comma else found


@cache
def closeness() -> Mapping[str, Mapping[str, int]]:
    """Return how near two fields are in thousandths, both ways: the option `related` of the rule kind `related`.

    Raises:
        WordsError: a code is unknown, or a pair is written twice.
    """
    data = _read("closeness.toml")
    pairs: dict[tuple[str, str], int] = {}
    grouped = _grouped(data["groups"])
    for code, others in data["pairs"].items():
        for other, share in others.items():
            pair = _pair(code, other)
            if pair in pairs:
                raise WordsError(f"The closeness of {code} and {other} is written twice.")
            pairs[pair] = share
    near: dict[str, dict[str, int]] = {code: {} for code in health_fields()}
    for one, other in sorted({*grouped, *pairs}):
        share = pairs.get((one, other), grouped.get((one, other), 0))
        near[one][other] = near[other][one] = share
    return MappingProxyType({code: MappingProxyType(others) for code, others in near.items()})


def ladder(name: str = "general") -> Ladder:
    """Return a ladder by its name.

    Raises:
        KeyError: there is no such ladder.
    """
    return ladders()[name]


@cache
def ladders() -> Mapping[str, Ladder]:
    """Return the ladders by name."""
    return MappingProxyType({entry["name"]: _ladder(entry) for entry in _read("stages.toml")["ladders"]})


def _read(name: str) -> dict[str, Any]:
    """Return a data file of this folder."""
    return tomllib.loads(files("chiron.blueprints.vocabulary").joinpath(name).read_text(encoding="utf-8"))


def _ladder(entry: Mapping[str, Any]) -> Ladder:
    """Return a ladder from its table."""
    stages = tuple(CareerStage(name=stage["name"], also=tuple(stage["also"])) for stage in entry["stages"])
    return Ladder(name=entry["name"], label=entry["label"], stages=stages)


def _grouped(groups: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Return what groups say of each pair; of several groups, the nearest counts."""
    near: dict[tuple[str, str], int] = {}
    for group in groups:
        members = group["fields"]
        for at, code in enumerate(members):
            for other in members[at + 1 :]:
                pair = _pair(code, other)
                near[pair] = max(near.get(pair, 0), group["closeness"])
    return near


def _pair(one: str, other: str) -> tuple[str, str]:
    """Return two known codes in order."""
    unknown = next((code for code in (one, other) if code not in health_fields()), None)
    if unknown is not None or one == other:
        raise WordsError(f"{unknown or one} cannot be near {other}: there is no such pair of fields.")
    return (one, other) if one < other else (other, one)


@cache
def _field_words() -> Mapping[str, str]:
    """Return the code that each folded name means."""
    return _words((field.code, (field.code, field.name, *field.also)) for field in health_fields().values())


@cache
def _stage_words(of: Ladder) -> Mapping[str, str]:
    """Return the stage that each folded name means."""
    return _words((stage.name, (stage.name, *stage.also)) for stage in of.stages)


def _words(entries: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, str]:
    """Return what each folded name means.

    Raises:
        WordsError: a name means two things.
    """
    meaning: dict[str, str] = {}
    for target, names in entries:
        for name in names:
            other = meaning.setdefault(folded(name), target)
            if other != target:
                raise WordsError(f"“{name}” means both {other} and {target}.")
    return MappingProxyType(meaning)
