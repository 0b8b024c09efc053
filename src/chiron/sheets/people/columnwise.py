"""A long text file of people read column by column: each distinct cell is understood once, however many rows hold it.

For pools of tens of thousands, where a Python object for each person would take most of the time. The same words mean
the same as in `check`; what differs is that guesses are counted instead of listed, and that names in choices and
exclusions are taken as they are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain, compress, islice, repeat, zip_longest
from operator import or_
from pathlib import Path
from typing import Any

import numpy as np

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Role
from chiron.pairing.model.problem import Ints
from chiron.sheets.cells.answers import point_of
from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.values import Reading, is_nothing, most_answers
from chiron.sheets.columns.groups import join_columns, joined_cell
from chiron.sheets.files.delimited import NumberedCells, rows_of_text
from chiron.sheets.files.encoding import decode
from chiron.sheets.files.headings import clean, normal
from chiron.sheets.files.read import content_of, table_of_grid
from chiron.sheets.files.table import MEBIBYTE, Limits, Table
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.people.findings import Findings
from chiron.sheets.people.guess import Column
from chiron.sheets.people.reading import CheckSettings, FieldReader, readers_of, zoned

LIMITS = Limits(file_bytes=1024 * MEBIBYTE, rows=2_000_000, columns=100, cells=100_000_000)
SAMPLE, CHUNK = 1_000, 8_192
_WHO = frozenset({"id", "name", "first_name", "last_name", "latitude", "longitude"})
# Times of whole half-hours on one day, and words without brackets, commas and slashes: nothing about them depends on
# what stands beside them.
_ONE_TIME = re.compile(r"(?:[^\f]*\f)? ?[A-Za-z]{3} \d{1,2}:[03]0-\d{1,2}:[03]0 ?")
_ONE_WORD = re.compile(r" ?[A-Za-z][A-Za-z0-9-]*(?: [A-Za-z0-9][A-Za-z0-9-]*)* ?")
DEFAULT_SETTINGS = CheckSettings()
_NO_PERSON = words("tests") | words("totals")


@dataclass(frozen=True, slots=True, eq=False)
class LongSheet:
    """A text file whose head was read as a table, so that its columns can be guessed.

    Attributes:
        head: the headings and the first rows.
        text: the whole file.
    """

    head: Table
    text: str

    def rows(self) -> Iterator[NumberedCells]:
        """Yield the number and cells of every row below the headings that holds anything."""
        for number, cells in rows_of_text(self.text, file=self.head.file, limits=LIMITS):
            if number > self.head.heading_row:
                yield number, self._with_joined(cells) if self.head.joined else cells

    def _with_joined(self, cells: list[str]) -> list[str]:
        """Return the cells of a row with those of the columns that are one answer behind them."""
        own = [clean(cell) for cell in cells[: self.head.width]]
        own += [""] * (self.head.width - len(own))
        return own + [joined_cell(group, own) for group in self.head.joined]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The people of a long sheet who can be used, in its order.

    Attributes:
        ids: what plans call them, each once.
        names: what people call them.
        answers: one list of typed values a field, None where there is no answer.
        numbers: int32, the row of each.
        problems: the rows that were left out, and why.
        notes: how many cells of a column were read with a guess, in words.
        rows: how many rows there are.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    answers: Mapping[str, list[Any]]
    numbers: Ints
    problems: tuple[Diagnostic, ...]
    notes: tuple[str, ...]
    rows: int


def open_long(path: Path) -> LongSheet:
    """Return a text file with its first rows as a table.

    Raises:
        SheetError: there is no such file, it is no text, or it holds no table.
    """
    text = decode(content_of(path, file=path.name, limits=LIMITS), file=path.name).text
    grid = list(islice(rows_of_text(text, file=path.name, limits=LIMITS), SAMPLE))
    return LongSheet(join_columns(table_of_grid(grid, file=path.name, limits=LIMITS)), text)


def read_people(
    sheet: LongSheet,
    columns: Mapping[str, Column],
    fields: Mapping[str, FieldSpec],
    side: Role,
    *,
    settings: CheckSettings = DEFAULT_SETTINGS,
) -> People:
    """Return the people of a long sheet, and every row that needs fixing.

    Args:
        sheet: the file.
        columns: where each field stands; see `guess.guess_columns`.
        fields: what is asked.
        side: whose sheet it is.
        settings: how cells are read.

    Raises:
        SheetError: the file is no table to its end.
    """
    return _Reading(sheet, columns, fields, side, settings).people()


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
        zone, mark, said = cell.rpartition("\f")
        found = [self[f"{zone}{mark}{piece}"] for piece in said.split(";")]
        if None in found:
            return None
        if self.reader.is_zoned:
            return reduce(or_, found)
        return tuple(dict.fromkeys(chain.from_iterable(found)))


class _Memo(dict[str, Any]):
    """What each distinct cell of a column says; those with a problem or a guess are kept apart."""

    def __init__(self, reader: FieldReader, *, has_pieces: bool) -> None:
        super().__init__()
        self.reader = reader
        self.pieces = _Pieces(reader) if has_pieces else None
        self.bad: dict[str, Reading] = {}
        self.guessed: dict[str, Reading] = {}

    def __missing__(self, cell: str) -> Any:
        if self.pieces is not None and ";" in cell and (value := self.pieces.value_of(cell)) is not None:
            self[cell] = value
            return value
        text = clean(cell)
        reading = self.reader.reading_of(text) if text else None
        value = reading.value if reading is not None else None
        if reading is not None and reading.code:
            (self.bad if reading.is_problem else self.guessed)[cell] = reading
        self[cell] = value
        return value


def _has_pieces(spec: FieldSpec, heading: str) -> bool:
    """Return whether a cell of this column means what its pieces between semicolons mean together."""
    return spec.type == "hours" or (spec.type == "list" and most_answers(heading) is None)


class _Reading:
    """One sheet while it is read."""

    def __init__(
        self,
        sheet: LongSheet,
        columns: Mapping[str, Column],
        fields: Mapping[str, FieldSpec],
        side: Role,
        settings: CheckSettings,
    ) -> None:
        self.sheet, self.columns, self.side = sheet, columns, side
        self.findings = Findings(sheet.head, [], [])
        self.width = len(sheet.head.headings)
        readers = readers_of(sheet.head, columns, fields, settings)
        self.memos = [
            _Memo(reader, has_pieces=_has_pieces(fields[reader.name], reader.heading))
            for reader in readers
            if reader.name not in _WHO and reader.positions
        ]
        self.answers: dict[str, list[Any]] = {memo.reader.name: [] for memo in self.memos}
        if "latitude" in columns and "longitude" in columns:
            self.answers.setdefault("place", [])
        self.numbers: list[int] = []
        self.ids: list[str] = []
        self.names: list[str] = []
        self.keep: list[bool] = []
        self.guesses: dict[tuple[str, str], int] = {}
        self.seen: dict[str, int] = {}

    def people(self) -> People:
        """Read to the end."""
        rows = self.sheet.rows()
        while chunk := list(islice(rows, CHUNK)):
            self._take([number for number, _ in chunk], [cells for _, cells in chunk])
        keep = self.keep
        notes = tuple(
            f'"{heading}": {count:,} {"cell" if count == 1 else "cells"} read with a guess. {text}'
            for (heading, text), count in self.guesses.items()
        )
        return People(
            ids=tuple(compress(self.ids, keep)),
            names=tuple(compress(self.names, keep)),
            answers={name: list(compress(values, keep)) for name, values in self.answers.items()},
            numbers=np.array(list(compress(self.numbers, keep)), dtype=np.int32),
            problems=tuple(self.findings.problems),
            notes=notes,
            rows=len(keep),
        )

    def _take(self, numbers: Sequence[int], cells: Sequence[Sequence[str]]) -> None:
        """Read some rows."""
        columns = list(zip_longest(*cells, fillvalue=""))[: self.width]
        columns += [("",) * len(cells)] * (self.width - len(columns))
        first = len(self.numbers)
        keep = [True] * len(numbers)
        self.numbers.extend(numbers)
        zones = self._read_plain(columns, keep, numbers)
        self._read_zoned(columns, zones, keep, numbers)
        self._read_points(columns, first)
        self._read_who(columns, keep, numbers)
        self.keep.extend(keep)

    def _read_plain(
        self, columns: Sequence[Sequence[str]], keep: list[bool], numbers: Sequence[int]
    ) -> Sequence[str | None]:
        """Read every column that stands for itself; return the time zones."""
        zones: Sequence[str | None] = [None] * len(keep)
        for memo in self.memos:
            if memo.reader.is_zoned:
                continue
            positions = memo.reader.positions
            if len(positions) > 1:
                several = zip(*(columns[position] for position in positions), strict=True)
                self.answers[memo.reader.name].extend(
                    memo.reader.joined(list(map(clean, one))).value for one in several
                )
                continue
            values = self._values(memo, columns[positions[0]], keep, numbers)
            if memo.reader.name == "time_zone":
                zones = values
        return zones

    def _read_zoned(
        self,
        columns: Sequence[Sequence[str]],
        zones: Sequence[str | None],
        keep: list[bool],
        numbers: Sequence[int],
    ) -> None:
        """Read the columns with times of the week, each in its person's time zone."""
        for memo in self.memos:
            if memo.reader.is_zoned:
                cells = columns[memo.reader.positions[0]]
                marked = [
                    zoned(cell, zone or "") if cell and not cell.isspace() else ""
                    for cell, zone in zip(cells, zones, strict=True)
                ]
                self._values(memo, marked, keep, numbers)

    def _values(self, memo: _Memo, cells: Sequence[str], keep: list[bool], numbers: Sequence[int]) -> Sequence[Any]:
        """Read one column, and report the cells that need fixing."""
        values = list(map(memo.__getitem__, cells))
        self.answers[memo.reader.name].extend(values)
        heading = memo.reader.heading
        if memo.bad or memo.guessed:
            for at, cell in enumerate(cells):
                if (reading := memo.bad.get(cell)) is not None:
                    keep[at] = False
                    self.findings.add(numbers[at], heading, clean(cell.rpartition("\f")[2]), reading)
                elif (reading := memo.guessed.get(cell)) is not None:
                    key = (heading, reading.text)
                    self.guesses[key] = self.guesses.get(key, 0) + 1
        return values

    def _read_points(self, columns: Sequence[Sequence[str]], first: int) -> None:
        """Take coordinates as the place, where the sheet has them."""
        if "latitude" not in self.columns or "longitude" not in self.columns:
            return
        pairs = zip(columns[self.columns["latitude"].index], columns[self.columns["longitude"].index], strict=True)
        points = [point_of(clean(north), clean(east)) for north, east in pairs]
        places = self.answers["place"]
        places.extend([None] * (first + len(points) - len(places)))
        for at, point in enumerate(points, start=first):
            if point is not None:
                places[at] = point

    def _read_who(self, columns: Sequence[Sequence[str]], keep: list[bool], numbers: Sequence[int]) -> None:
        """Read who stands in each row, once each."""
        given = self._texts(columns, "id")
        emails = self.answers["email"][-len(keep) :] if "email" in self.answers else repeat("", len(keep))
        if "name" in self.columns:
            names = self._texts(columns, "name")
        else:
            both = zip(self._texts(columns, "first_name"), self._texts(columns, "last_name"), strict=True)
            names = [f"{one} {other}".strip() for one, other in both]
        for at, (identity, email, name) in enumerate(zip(given, emails, names, strict=True)):
            who = identity or email or name
            self.ids.append(who or "")
            self.names.append(name or who or "")
            if keep[at]:
                keep[at] = self._is_person(numbers[at], who or "", name)

    def _texts(self, columns: Sequence[Sequence[str]], name: str) -> list[str]:
        """Return the cells of a column as texts; empty where there is none."""
        column = self.columns.get(name)
        if column is None:
            return [""] * len(columns[0])
        return ["" if is_nothing(cell) else " ".join(clean(cell).split()) for cell in columns[column.index]]

    def _is_person(self, number: int, who: str, name: str) -> bool:
        """Return whether a row holds somebody new; if not, say why."""
        column = self.columns.get("name") or self.columns.get("first_name") or self.columns.get("id")
        heading = self.sheet.head.headings[column.index] if column else ""
        if not who:
            text = f'"{heading}" is empty. Type a name, or delete the row.' if heading else "nothing says who this is."
            self.findings.object(number, heading, "no_name", text)
            return False
        if name and normal(name) in _NO_PERSON:
            self.findings.object(number, heading, "test_row", f'"{name}" is a test or a total. Delete the row.')
            return False
        before = self.seen.setdefault(who, number)
        if before != number:
            self.findings.object(number, heading, "same_id", f'"{who}" stands in row {before}, too. Delete one.')
            return False
        return True
