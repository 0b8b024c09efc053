"""How the columns of a sheet are read: for each field its headings, and what holds where a cell is empty."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chiron.sheets.columns.guess import Guess
from chiron.sheets.files.table import Table

Mapped = Mapping[str, Mapping[str, Any]]
SAMPLES = 2
SAMPLE_LENGTH = 40
NEVER_FILLED = frozenset({"name", "preferred_name", "first_name", "last_name", "email", "id", "latitude", "longitude"})
"""Fields that cannot be the same for everybody."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """How one field is read: from `headings` (several only for ranked choices), and `fill` where a cell is empty.

    With `fill` and no headings the answer is the same for everybody; with neither the field is not imported.
    """

    headings: tuple[str, ...] = ()
    fill: str = ""

    @property
    def is_imported(self) -> bool:
        """True where the field is imported at all."""
        return bool(self.headings or self.fill)

    @property
    def chosen(self) -> str | list[str]:
        """The headings as `guess_columns` takes them: nothing for none."""
        return list(self.headings) if len(self.headings) > 1 else "".join(self.headings)


def stored_mapping(choices: Mapping[str, FieldChoice]) -> dict[str, dict[str, Any]]:
    """Return choices as an import keeps them; fields that are not imported have none."""
    return {
        name: {"headings": list(choice.headings), "fill": choice.fill}
        for name, choice in choices.items()
        if choice.is_imported
    }


def choices_of(mapping: Mapped) -> dict[str, FieldChoice]:
    """Return what an import keeps as choices."""
    return {
        name: FieldChoice(headings=tuple(kept.get("headings", ())), fill=str(kept.get("fill", "")))
        for name, kept in mapping.items()
    }


def choices_from_guess(guess: Guess, table: Table) -> dict[str, FieldChoice]:
    """Return a guess as choices."""
    return {
        name: FieldChoice(headings=tuple(table.headings[position] for position in column.positions))
        for name, column in guess.columns.items()
    }


def choices_by_heading(headings: Mapping[str, str], table: Table) -> dict[str, FieldChoice]:
    """Return the choices of a sheet whose headings are known, by field."""
    return {name: FieldChoice(headings=(text,)) for name, text in headings.items() if text in table.headings}


def reusable(mapping: Mapped, table: Table) -> dict[str, FieldChoice]:
    """Return those of an earlier import's choices whose headings this sheet has too."""
    there = set(table.headings)
    return {name: choice for name, choice in choices_of(mapping).items() if there.issuperset(choice.headings)}


def unused_headings(table: Table, used: Collection[str]) -> list[str]:
    """Return the headings that hold no field; several columns that are one answer count as one."""
    parts = {position for group in table.joined for position in group.positions}
    return [heading for position, heading in enumerate(table.headings) if heading not in used and position not in parts]


def samples(table: Table, headings: Sequence[str]) -> tuple[str, ...]:
    """Return the first two answers below some columns, shortened."""
    positions = [table.headings.index(heading) for heading in headings]
    texts = (" · ".join(row.cells[position] for position in positions if row.cells[position]) for row in table.rows)
    found = []
    for text in texts:
        if text:
            found.append(_short(text))
        if len(found) == SAMPLES:
            break
    return tuple(found)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SAMPLE_LENGTH else f"{line[: SAMPLE_LENGTH - 1]}…"
