"""What stands in the cells of a sheet, each text once: as what it is read, and what it may be read as instead."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Row, Table
from chiron.sheets.names.words import folded

UNLISTED = frozenset({"text", "id", "ranking"})
"""Types of fields whose answers are as many as people."""
NO_ANSWER = "-"
"""What stands for no answer where a cell is corrected."""
NEAR_SITES = 0.88
"""How alike the names of two sites are at least, from 0 to 1, before it is asked whether they are one."""
MOST_COMPARED = 300
"""How many names of sites are compared with each other."""
_SAYS_LITTLE = frozenset({"the", "hospital", "nhs", "trust", "foundation"})
_SHORT_WORDS = {"saint": "st", "hosp": "hospital", "and": "&", "centre": "center"}

Corrections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ReadValue:
    """One text that stands in a column.

    Attributes:
        cell: the text.
        words: what it is read as, in words; empty where it cannot be read or is no answer.
        rows: how many rows hold it.
        told: what is wrong with it, or what was guessed; empty where it is plain.
        is_problem: whether the rows that hold it are left out.
        offers: what it may be read as instead, as it would be typed, with the words for each.
        correction: what the coordinator said that it is read as; empty where nothing was said.
    """

    cell: str
    words: str
    rows: int
    told: str = ""
    is_problem: bool = False
    offers: tuple[tuple[str, str], ...] = ()
    correction: str = ""

    @property
    def key(self) -> str:
        """A short name of the text, for forms."""
        return key_of(self.cell)


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """What stands in one column: its field, the name of the field, its heading, and each text once."""

    field: str
    label: str
    heading: str
    values: tuple[ReadValue, ...]

    @property
    def problems(self) -> tuple[ReadValue, ...]:
        """The texts that cannot be read."""
        return tuple(one for one in self.values if one.is_problem)


@dataclass(frozen=True, slots=True)
class Spellings:
    """Names that may be one site's: the likeliest first, with how many rows hold each; and the cells that hold them."""

    names: tuple[tuple[str, int], ...]
    keys: tuple[str, ...]


def key_of(cell: str) -> str:
    """Return a short name of a text, the same for the same text."""
    return hashlib.sha256(cell.encode()).hexdigest()[:16]


def corrected(table: Table, corrections: Corrections) -> Table:
    """Return a sheet in which the coordinator's words stand for the cells that they were said about."""
    said = {at: corrections[heading] for at, heading in enumerate(table.headings) if corrections.get(heading)}
    if not said:
        return table
    rows = tuple(
        Row(row.number, tuple(said[at].get(cell, cell) if at in said else cell for at, cell in enumerate(row.cells)))
        for row in table.rows
    )
    return replace(table, rows=rows)


def with_corrections(corrections: Corrections, heading: str, said: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return corrections with those of one column changed; an empty text takes back what was said about a cell."""
    kept = {name: dict(texts) for name, texts in corrections.items()}
    column = {**kept.get(heading, {}), **said}
    kept[heading] = {cell: text for cell, text in column.items() if text and text != cell}
    return {name: texts for name, texts in kept.items() if texts}


def spellings_of_one(names: Mapping[str, int], known: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Return groups of names that may be one site's: the likeliest spelling first, each at most in one group.

    Args:
        names: names in a sheet with how many rows hold each.
        known: the names of the sites that are there already; they come first in their group.
    """
    every = sorted({*names, *known}, key=lambda name: (name not in known, -names.get(name, 0), name))[:MOST_COMPARED]
    groups: list[tuple[str, list[str]]] = []
    for name in every:
        key = _site_key(name)
        group = next((members for other, members in groups if _are_near(key, other)), None)
        if group is None:
            groups.append((key, [name]))
        else:
            group.append(name)
    return tuple(tuple(members) for _, members in groups if len(members) > 1 and any(one in names for one in members))


def _site_key(name: str) -> str:
    words = [_SHORT_WORDS.get(word, word) for word in normal(folded(name)).split()]
    return " ".join(word for word in words if word not in _SAYS_LITTLE) or " ".join(words)


def _are_near(key: str, other: str) -> bool:
    """Return whether two names differ by a slip at most: what is numbered differently is another place."""
    if key == other:
        return True
    if [word for word in key.split() if not word.isalpha()] != [word for word in other.split() if not word.isalpha()]:
        return False
    matcher = SequenceMatcher(None, key, other, autojunk=False)
    return matcher.real_quick_ratio() >= NEAR_SITES and matcher.ratio() >= NEAR_SITES
