"""A cell that keeps people apart, understood: the ids of everybody whom it can mean, or a problem."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chiron.sheets.cells.values import Reading
from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.names.names import Meaning, Names
from chiron.sheets.people.diagnostics import Checked, shown

MOST_LISTED = 3
EXCLUSION_CODES = frozenset(
    {"kept_apart", "read_as_people", "not_there", "row_left_out", "names_nobody", "said_nobody"}
)
"""Codes of the notes on what was understood of exclusions."""


class NamedPeople:
    """The people of the other side, whom cells of this one name, ready to be asked whom an exclusion means."""

    def __init__(self, names: Names, ids: tuple[str, ...], labels: list[str], place: str) -> None:
        """Keep who they are.

        Args:
            names: all of them by their names.
            ids: of those in use; positions after them are people whose rows were left out.
            labels: how each is called in a sentence.
            place: where they are: "mentors.xlsx".
        """
        self.names, self.ids, self.labels, self.place = names, ids, labels, place
        self._known: dict[str, Reading] = {}

    @classmethod
    def on(cls, checked: Checked, others: Checked) -> "NamedPeople":
        """Return the people of a sheet: those in use, then those whose rows were left out.

        Args:
            checked: the sheet whose people are named.
            others: the sheet that names them: words in its names are no slips of the pen.
        """
        people, file = checked.people, checked.table.file
        ids = tuple(one.id for one in people)
        labels = [f"{one.name} ({file} row {checked.rows[one.id]})" for one in people]
        labels += [f"{name}, whose row in {file} was left out" for name in checked.left_out]
        nothing = [""] * len(checked.left_out)
        names = Names(
            [*ids, *checked.left_out],
            [*(one.name for one in people), *checked.left_out],
            [*(str(one.answers.get("email") or "") for one in people), *nothing],
            also=[*(one.also for one in people), *(() for _ in nothing)],
            others=[one.name for one in others.people],
        )
        return cls(names, ids, labels, file)

    def reading_of(self, text: str) -> Reading:
        """Return the ids of everybody in use whom an exclusion can mean, with a note or a problem; see `exclusion`."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = exclusion(self.names.meant(text), self.ids, self.labels, self.place)
        return known


def exclusion(meaning: Meaning, ids: tuple[str, ...], labels: list[str], file: str) -> Reading:
    """Return what a cell that keeps people apart says: a tuple of ids, with a note on what was understood.

    Args:
        meaning: whom it means, as positions.
        ids: of the people in use; positions after them are people whose rows were left out.
        labels: how each person is called in a sentence.
        file: name of the sheet that they are on.
    """
    found = tuple(ids[at] for at in meaning.people if at < len(ids))
    if meaning.unclear:
        return Reading(found, "unclear_name", _unclear_words(meaning, labels, file), is_problem=True)
    if meaning.is_nobody:
        return Reading(found, "names_nobody", f"I read it as nobody of {file}.")
    if meaning.people and not found:
        return Reading(found, "row_left_out", f"I read it as {listed([labels[at] for at in meaning.people])}.")
    if meaning.is_exact:
        return Reading(found)
    if not meaning.people:
        return Reading(found, "not_there", f"I read it as somebody who is not in {file}.")
    verb = "they are kept apart" if len(meaning.people) == 1 else "they are all kept apart"
    return Reading(found, "read_as_people", f"I read this as {listed([labels[at] for at in meaning.people])}; {verb}.")


def _unclear_words(meaning: Meaning, labels: list[str], file: str) -> str:
    """Return why a text is not understood, and what to type instead."""
    part = shown(meaning.unclear[0])
    if meaning.too_many:
        return f'"{part}" fits {meaning.too_many} people of {file}. Type the whole name, the e-mail address or the id.'
    if meaning.near:
        meant = listed([labels[at] for at in meaning.near], joint="or")
        return f'"{part}" is nobody of {file}. Did you mean {meant}? Type the name as it stands there, or "nobody".'
    return f'I cannot tell who of {file} is meant by "{part}". Type a name as it stands there, or "nobody".'


def listed(labels: list[str], *, joint: str = "and") -> str:
    """Return the first labels of a list as people write them, and how many more there are."""
    first, more = labels[:MOST_LISTED], len(labels) - MOST_LISTED
    if more > 0:
        return f"{', '.join(first)} and {more} more"
    return f" {joint} ".join([", ".join(first[:-1]), first[-1]]) if len(first) > 1 else "".join(first)


@dataclass(frozen=True, slots=True)
class MeansNobody:
    """Cells of which somebody said that what is not understood in them means nobody of the other sheet.

    Attributes:
        everywhere: all cells.
        rows: (file, sheet, row) of single rows: both sheets may be in one workbook.
        cells: (file, sheet, row, heading) of single cells with the text that they had then; another text is not meant.
    """

    everywhere: bool = False
    rows: frozenset[tuple[str, str, int]] = frozenset()
    cells: Mapping[tuple[str, str, int, str], str] = field(default_factory=dict)

    def __or__(self, other: "MeansNobody") -> "MeansNobody":
        """Return the cells of both."""
        return MeansNobody(self.everywhere or other.everywhere, self.rows | other.rows, {**self.cells, **other.cells})

    def covers(self, file: str, row: int, heading: str, text: str, *, sheet: str = "") -> bool:
        """Return whether a cell is one of them."""
        said = self.cells.get((file, sheet, row, heading))
        is_row = (file, sheet, row) in self.rows
        return self.everywhere or is_row or (said is not None and _plain(said) == _plain(text))


def text_of(value: Any) -> str:
    """Return the answer to a field that keeps people apart as one text: one name, or several."""
    return value if isinstance(value, str) else "\n".join(map(str, value))


def _plain(text: str) -> str:
    return " ".join(text.split())


NOTHING_SAID = MeansNobody()


def rows_of(texts: Iterable[str], tables: Sequence[Table]) -> MeansNobody:
    """Return what "FILE:ROW" or "FILE:SHEET:ROW" texts, or "all", say.

    Args:
        texts: what somebody typed.
        tables: the sheets in use, each once.

    Raises:
        SheetError: a text is neither, there is no such row, or it may be a row of two sheets.
    """
    rows = set()
    for text in texts:
        if text.strip().casefold() != "all":
            rows.add(_row_of(text, tables))
    return MeansNobody(everywhere=any(text.strip().casefold() == "all" for text in texts), rows=frozenset(rows))


def _row_of(text: str, tables: Sequence[Table]) -> tuple[str, str, int]:
    """Return the file, the sheet and the row that a text names.

    Raises:
        SheetError: it names none, or may name two.
    """
    place, _, number = (part.strip() for part in text.rpartition(":"))
    if not place or not number.isdecimal():
        raise SheetError(f'nobody is "{text}". Type a file and a row, {_example(tables)}, or all.')
    row = int(number)
    found = [
        table
        for table in tables
        if place in {table.file, f"{table.file}:{table.sheet}"} and any(one.number == row for one in table.rows)
    ]
    if not found:
        raise SheetError(f'nobody: there is no row {row} in "{place}". Type a file and a row, {_example(tables)}.')
    if len({table.sheet for table in found}) < len(found):
        raise SheetError(f"nobody: two files are called {found[0].file}. Rename one of them, or mend the cell.")
    if len(found) > 1:
        either = " or ".join(f"{table.file}:{table.sheet}:{row}" for table in found)
        raise SheetError(f"nobody: row {row} of {found[0].file} is on two sheets. Type {either}.")
    return found[0].file, found[0].sheet, row


def _example(tables: Sequence[Table]) -> str:
    table = tables[-1]
    return f"for example {table.file}:{table.rows[0].number if table.rows else table.heading_row + 1}"
