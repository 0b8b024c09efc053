"""What headings mean in other languages: the words of `translated_headings.toml`."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files

from chiron.sheets.files.headings import normal

NOT_FIELDS = frozenset({"last_name_beside_first", "first_name_beside_last", "apart", "fillers", "owners"})


@cache
def _tables() -> Mapping[str, Mapping[str, list[str]]]:
    text = files("chiron.sheets.columns").joinpath("translated_headings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(word for some in _tables()[table].values() for word in some)


@cache
def _fields() -> Mapping[str, frozenset[str]]:
    """Return the fields that each heading may mean, by its words without small ones."""
    found: dict[str, set[str]] = {}
    for field, languages in _tables().items():
        if field not in NOT_FIELDS:
            for heading in (one for some in languages.values() for one in some):
                found.setdefault(_plain(heading), set()).add(field)
    return {heading: frozenset(fields) for heading, fields in found.items()}


def _plain(heading: str) -> str:
    """Return a heading without small words; one that has no others stays as it is."""
    said = normal(heading)
    return " ".join(word for word in said.split() if word not in _words("fillers")) or said


def means(heading: str, field: str) -> bool:
    """Return whether a heading is called like a field in another language."""
    return field in _fields().get(_plain(heading), frozenset())


def speaks_of_others(said: Collection[str]) -> bool:
    """Return whether a word of a heading makes a name or an address that of somebody or something else."""
    return not _words("owners").isdisjoint(said)


def keeps_apart(heading: str) -> bool:
    """Return whether a heading asks, in another language, whom somebody must not be paired with."""
    said = set(normal(heading).split())
    return any(said.intersection(not_words) and said.intersection(whom) for not_words, whom in _apart())


def _apart() -> Iterator[tuple[list[str], list[str]]]:
    for not_words, whom in _tables()["apart"].values():
        yield list(not_words), list(whom)


def other_half(heading: str, beside: str, half: str) -> bool:
    """Return whether a heading for a name means half of it beside the other half, in the language of that one.

    Args:
        heading: of the column of names.
        beside: of the column with the other half.
        half: "first_name" or "last_name": what the heading would mean.
    """
    there = "last_name" if half == "first_name" else "first_name"
    table = _tables()[f"{half}_beside_{there.removesuffix('_name')}"]
    return any(
        _plain(heading) in map(_plain, names) and _plain(beside) in map(_plain, _tables()[there].get(language, []))
        for language, names in table.items()
    )
