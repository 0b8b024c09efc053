"""The answers of a sheet, column by column: each distinct cell is understood once, however many rows hold it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from chiron.blueprints.schema.defaults import NO_ANSWERS, fields_answered
from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Participant
from chiron.sheets.cells.answers import point_of
from chiron.sheets.cells.values import Reading, is_nothing, most_answers
from chiron.sheets.columns.guess import Column
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Table
from chiron.sheets.people.reading import LONGEST_ANSWER, CheckSettings, FieldReader, zoned

NO_SAVED_VALUE = "Open and save the file in Excel, or type the value."
# Times of whole half-hours on one day, and words without brackets, commas and slashes: nothing about them depends on
# what stands beside them.
_ONE_TIME = re.compile(r"(?:[^\f]*\f)? ?[A-Za-z]{3} \d{1,2}:[03]0-\d{1,2}:[03]0 ?")
_ONE_WORD = re.compile(r" ?[A-Za-z][A-Za-z0-9-]*(?: [A-Za-z0-9][A-Za-z0-9-]*)* ?")


class RowAnswers(Mapping[str, Any]):
    """The answers of one row, looked up in the columns when they are asked for; what nobody answered is not there."""

    __slots__ = ("at", "columns")

    def __init__(self, columns: Mapping[str, Sequence[Any]], at: int) -> None:
        """Take the columns, by field, and the position of the row in them."""
        self.columns, self.at = columns, at

    def __getitem__(self, name: str) -> Any:
        """Return the answer to a field."""
        value = self.columns[name][self.at]
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return the answer to a field, or `default`."""
        column = self.columns.get(name)
        value = None if column is None else column[self.at]
        return default if value is None else value

    def __contains__(self, name: object) -> bool:
        """Return whether a field is answered."""
        column = self.columns.get(str(name))
        return column is not None and column[self.at] is not None

    def __iter__(self) -> Iterator[str]:
        """Yield the fields that are answered."""
        return (name for name, column in self.columns.items() if column[self.at] is not None)

    def __len__(self) -> int:
        """Return how many fields are answered."""
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        """Return the answers as a dictionary would show them."""
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell that needs fixing or was read with a guess: position of its row, its heading, its text, what is said."""

    at: int
    heading: str
    cell: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class ColumnAnswers:
    """The answers of all rows: one list of typed values a field, None where there is no answer; and the odd cells."""

    columns: dict[str, list[Any]]
    odd: list[OddCell]


class CellMemo(dict[str, Any]):
    """What each distinct cell of a column says; those with a problem or a guess are kept apart, too."""

    def __init__(self, reader: FieldReader, spec: FieldSpec, *, fixed: str) -> None:
        """Read the cells of one field; `fixed` stands for empty ones."""
        super().__init__()
        self.reader, self.fixed = reader, fixed
        self.odd: dict[str, Reading] = {}
        has_pieces = spec.type == "hours" or (spec.type == "list" and most_answers(reader.heading) is None)
        self.pieces = _Pieces(reader) if has_pieces else None
        self[""] = self[fixed] if fixed else None

    def __missing__(self, cell: str) -> Any:
        """Understand a cell that was not seen before."""
        if self.pieces is not None and ";" in cell and (value := self.pieces.value_of(cell)) is not None:
            self[cell] = value
            return value
        reading = self.reader.reading_of(cell)
        if reading.code:
            self.odd[cell] = reading
        self[cell] = reading.value
        return reading.value


class _Pieces(dict[str, Any]):
    """What each distinct piece between semicolons says; None where a piece is not plain enough to stand alone."""

    def __init__(self, reader: FieldReader) -> None:
        super().__init__()
        self.reader = reader
        self.shape = _ONE_TIME if reader.is_zoned else _ONE_WORD

    def __missing__(self, piece: str) -> Any:
        value = None
        if self.shape.fullmatch(piece):
            reading = self.reader.read(piece.strip())
            if not reading.code and (self.reader.is_zoned or len(reading.value or ()) == 1):
                value = reading.value
        self[piece] = value
        return value

    def value_of(self, cell: str) -> Any:
        """Return what a cell of plain pieces says, None where it has to be read as a whole."""
        if len(cell) > LONGEST_ANSWER:
            return None
        zone, mark, said = cell.rpartition("\f")
        found = [self[f"{zone}{mark}{piece}"] for piece in said.split(";")]
        if None in found:
            return None
        if self.reader.is_zoned:
            return reduce(or_, found)
        each = tuple(chain.from_iterable(found))
        return each if len({normal(one) for one in each}) == len(each) else None


def read_answers(
    table: Table,
    columns: Mapping[str, Column],
    fields: Mapping[str, FieldSpec],
    readers: Sequence[FieldReader],
    settings: CheckSettings,
) -> ColumnAnswers:
    """Return the answers of every row, and the cells about which something is to be said, in the order of the readers.

    Args:
        table: the sheet.
        columns: where each field stands.
        fields: what is asked.
        readers: of the fields, those that need a time zone last.
        settings: answers that are the same for everybody.
    """
    found = ColumnAnswers({}, [])
    points = _points(table, columns, settings)
    for reader in readers:
        if len(reader.positions) > 1:
            rows = list(zip(*(cells_of(table, position) for position in reader.positions), strict=True))
            readings = [reader.joined(cells) for cells in rows]
            found.columns[reader.name] = [reading.value for reading in readings]
            found.odd.extend(
                OddCell(at, reader.heading, "; ".join(rows[at]), reading)
                for at, reading in enumerate(readings)
                if reading.code
            )
            continue
        memo = CellMemo(reader, fields[reader.name], fixed="" if reader.is_zoned else _fixed(settings, reader.name))
        cells = _cells(table, reader, settings, found.columns.get("time_zone"))
        values = list(map(memo.__getitem__, cells))
        unread = _unread(table, reader, cells) if table.unread else frozenset[int]()
        for at in unread:
            values[at] = None
        if reader.name == "place" and points:
            values = [value if point is None else point for value, point in zip(values, points, strict=True)]
        found.columns[reader.name] = values
        found.odd.extend(_odd_cells(memo, cells, points if reader.name == "place" else (), unread))
    if any(point is not None for point in points):
        found.columns.setdefault("place", points)
    return found


def columns_of(people: Sequence[Participant], names: Sequence[str]) -> dict[str, list[Any]]:
    """Return the answers of many people by field, one a person, None where there is none."""
    shared = next((one.answers.columns for one in people if isinstance(one.answers, RowAnswers)), {})
    at = [0] * len(people)
    others: list[tuple[int, Mapping[str, Any]]] = []
    for place, person in enumerate(people):
        answers = person.answers
        if isinstance(answers, RowAnswers) and answers.columns is shared:
            at[place] = answers.at
        else:
            others.append((place, answers))
    found: dict[str, list[Any]] = {}
    for name in names:
        column = shared.get(name)
        values: list[Any] = [None] * len(people) if column is None else list(map(column.__getitem__, at))
        for place, answers in others:
            values[place] = answers.get(name)
        found[name] = values
    return found


def fields_said(people: Sequence[Participant]) -> set[str]:
    """Return the fields that at least one of these people says something to, column by column."""
    rows = [person.answers for person in people if isinstance(person.answers, RowAnswers)]
    shared = next((row.columns for row in rows), {})
    at = [row.at for row in rows if row.columns is shared]
    found = {
        name for name, column in shared.items() if any(value not in NO_ANSWERS for value in map(column.__getitem__, at))
    }
    if len(at) < len(people):
        others = [one for one in people if not (isinstance(one.answers, RowAnswers) and one.answers.columns is shared)]
        found |= fields_answered(others)
    return found


def cells_of(table: Table, position: int) -> list[str]:
    """Return a column of a table."""
    return [row.cells[position] for row in table.rows]


def _fixed(settings: CheckSettings, name: str) -> str:
    return settings.fixed.get(name, "")


def _cells(table: Table, reader: FieldReader, settings: CheckSettings, zones: Sequence[Any] | None) -> list[str]:
    """Return the cells of a field; times are marked with their person's time zone."""
    cells = cells_of(table, reader.positions[0]) if reader.positions else [""] * len(table.rows)
    if not reader.is_zoned:
        return cells
    said = [cell or _fixed(settings, reader.name) for cell in cells]
    known = zones or [None] * len(said)
    return [zoned(cell, zone or "") if cell else "" for cell, zone in zip(said, known, strict=True)]


def _points(table: Table, columns: Mapping[str, Column], settings: CheckSettings) -> list[tuple[float, float] | None]:
    """Return the places that two columns of coordinates give, None where they give none; empty without columns."""
    if "latitude" not in columns:
        return []
    north, east = (_texts(table, columns, settings, name) for name in ("latitude", "longitude"))
    return [point_of(one, other) for one, other in zip(north, east, strict=True)]


def _texts(table: Table, columns: Mapping[str, Column], settings: CheckSettings, name: str) -> list[str]:
    """Return the cells of a column as they are, empty where they say nothing."""
    if name not in columns:
        return [_fixed(settings, name)] * len(table.rows)
    return ["" if cell and is_nothing(cell) else cell for cell in cells_of(table, columns[name].index)]


def _unread(table: Table, reader: FieldReader, cells: Sequence[str]) -> frozenset[int]:
    """Return the positions of rows whose cell holds a formula without a saved value."""
    if not reader.positions:
        return frozenset()
    return frozenset(
        at
        for at, (row, cell) in enumerate(zip(table.rows, cells, strict=True))
        if not cell and (row.number, reader.positions[0]) in table.unread
    )


def _odd_cells(
    memo: CellMemo, cells: Sequence[str], points: Sequence[Any], unread: frozenset[int]
) -> Iterator[OddCell]:
    """Yield the cells about which something is to be said."""
    heading = memo.reader.heading or memo.reader.name
    for at in sorted(unread):
        text = f'"{heading}" holds a formula without a saved value. {NO_SAVED_VALUE}'
        yield OddCell(at, heading, "", Reading(None, "formula_without_value", text, is_problem=True))
    if not memo.odd:
        return
    for at, cell in enumerate(cells):
        said = cell or memo.fixed
        if said in memo.odd and at not in unread and not (points and points[at] is not None):
            yield OddCell(at, heading, said.rpartition("\f")[2], memo.odd[said])
