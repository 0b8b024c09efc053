"""Languages: "Spanish", "español", "es" and "Spanish (fluent)" are one."""

import re
import tomllib
from functools import lru_cache
from importlib import import_module
from importlib.resources import files

from chiron.sheets.cells.answers import split_list
from chiron.sheets.cells.values import Reading
from chiron.sheets.files.headings import normal

_LEVELS = re.compile(
    r"\([^)]*\)|\b(?:native|fluent|basic|intermediate|advanced|conversational|beginner|proficient|mother tongue|"
    r"first language|second language|some|a little|good)\b|[-:\u2013]\s*$",
    re.IGNORECASE,
)
_AND = re.compile(r"(?<!\s)\s+(?:and|&)\s+|/|\s\+\s")
LONGEST_NAME = 60
_CODE_LENGTHS = (2, 3)


@lru_cache(maxsize=1)
def _usual() -> dict[str, str]:
    """Return English names of the most usual languages, by every word for them."""
    table = tomllib.loads(files("chiron.sheets.cells").joinpath("languages.toml").read_text(encoding="utf-8"))
    return {normal(word): name for name, words in table.items() for word in (name, *words)}


@lru_cache(maxsize=4_096)
def language_of(text: str) -> str | None:
    """Return the English name of a language from its name in any language or its code, or None."""
    known = _usual().get(normal(text))
    bare = _LEVELS.sub(" ", text).strip(" -:,.")
    known = known or _usual().get(normal(bare))
    if known or not bare or len(bare) > LONGEST_NAME or any(map(str.isdigit, bare)):
        return known
    return _rare_language(bare)


def _rare_language(text: str) -> str | None:
    langcodes = import_module("langcodes")  # a second of data, loaded only when a language is not a usual one
    try:
        found = langcodes.get(text) if len(text) in _CODE_LENGTHS and text.isascii() else langcodes.find(text)
    except (LookupError, ValueError):
        return None
    if not found.is_valid():
        return None
    name = str(langcodes.Language.make(found.language).display_name("en"))
    return _usual().get(normal(name), name)


def languages_of(cell: str) -> Reading:
    """Return languages by their English names; one that nobody knows stays as typed, with a note."""
    pieces = [piece for part in split_list(cell, {}) for piece in _AND.split(part) if piece.strip()]
    parts = [part for piece in pieces for part in _words(piece)]
    names = [language_of(part) for part in parts]
    values = tuple(dict.fromkeys(name or part for name, part in zip(names, parts, strict=True)))
    unknown = [part for name, part in zip(names, parts, strict=True) if name is None]
    if unknown:
        return Reading(values, "unknown_language", f"I do not know the language {', '.join(unknown)}; I kept the word.")
    return Reading(values or None)


def _words(piece: str) -> list[str]:
    """Return "English Spanish" as two languages and "Haitian Creole" as one."""
    words = piece.split()
    if len(words) == 1 or normal(piece) in _usual():
        return [piece]
    return words if all(normal(word) in _usual() for word in words) else [piece]
