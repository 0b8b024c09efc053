"""The words of `words.toml`: what people write in cells and headings, and what it means."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def _tables() -> Mapping[str, Any]:
    text = files("chiron.sheets.cells").joinpath("words.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def words(name: str) -> frozenset[str]:
    """Return a list of words by its name.

    Raises:
        KeyError: there is no such list.
    """
    return frozenset(_tables()[name])


def meanings(name: str) -> Mapping[str, Any]:
    """Return a table of words and what each means, by its name.

    Raises:
        KeyError: there is no such table.
    """
    return MappingProxyType(dict(_tables()[name]))
