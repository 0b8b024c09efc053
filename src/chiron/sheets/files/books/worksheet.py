"""One worksheet, element by element: its cells as text, its merged blocks, and no more of it than the limits allow."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chiron.sheets.files.books.formats import GENERAL, Format, number_text, unescaped
from chiron.sheets.files.table import Limits, SheetError

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ISO_MIDNIGHT = "T00:00:00"
_TRUE = frozenset({"1", "true"})
DEEPEST = 100  # elements within each other: an honest worksheet has some ten


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells: rows counted from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One worksheet as text.

    Attributes:
        sheet: its name.
        rows: the number and cells of each row with anything in it.
        merges: the merged blocks.
        unread: (row number, column position) of formulas without a saved value.
        hidden: numbers of the rows with anything in them that a reader of the sheet does not see.
        notes: what was lost on the way, in words.
    """

    sheet: str
    rows: tuple[tuple[int, list[str]], ...]
    merges: tuple[Merge, ...]
    unread: frozenset[tuple[int, int]] = frozenset()
    hidden: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet that is not read yet: its name, whether it is shown, and what reads it."""

    name: str
    is_visible: bool
    read: Callable[[], Grid]


def column_of(name: str) -> int:
    """Return the position, from 0, of a column by its letters."""
    position = 0
    for letter in name:
        position = position * 26 + ord(letter) - 64
    return position - 1


def block_of(reference: str) -> Merge | None:
    """Return the block that a reference such as A1:C9 names, or None for a single cell or nonsense."""
    first, _, last = reference.replace("$", "").partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
    if start is None or end is None:
        return None
    return Merge(int(start[2]), column_of(start[1]), int(end[2]), column_of(end[1]))


def judge_extent(file: str, sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet that holds more than the limits allow.

    Raises:
        SheetError: too many rows, columns or cells hold anything.
    """
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise SheetError(
            f'{file}, sheet "{sheet}" has {rows:,} rows and {columns:,} columns. I read at most {limits.rows:,} rows, '
            f"{limits.columns:,} columns and {limits.cells:,} cells. Delete the empty ones, or copy your table into a "
            "new workbook, and save it."
        )


class WorksheetReader:
    """Takes the elements of a worksheet as they come and keeps its cells as text.

    Raises:
        SheetError: the sheet declares or holds more than the limits allow, as soon as that shows.
        ValueError: a cell makes no sense.
    """

    def __init__(
        self, file: str, sheet: str, texts: Sequence[str], formats: Sequence[Format], epoch: dt.datetime, limits: Limits
    ) -> None:
        """Start with an empty grid."""
        self._file, self._sheet, self._texts, self._formats = file, sheet, texts, formats
        self._epoch, self._limits = epoch, limits
        self._rows: list[tuple[int, list[str]]] = []
        self._merges: list[Merge] = []
        self._unread: set[tuple[int, int]] = set()
        self._columns: dict[str, int] = {}
        self._row: list[str] = []
        self._number = self._position = self._width = 0
        self._kind, self._style = "n", 0
        self._pieces: list[str] = []
        self._takes = self._has_formula = self._is_hidden = False
        self._hidden: list[int] = []
        self._aside = self._empty = self._depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element."""
        name = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self._takes = self._aside == 0
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row, self._position = [], -1
            self._is_hidden = attributes.get("hidden") in _TRUE
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._aside += 1
        elif name == "mergeCell":
            block = block_of(attributes["ref"])
            if block is not None and len(self._merges) < self._limits.rows:
                self._merges.append(block)
        else:
            self._count_empty()

    def end(self, name: str) -> None:
        """Take the end of an element."""
        name = name.rpartition(":")[2]
        self._depth -= 1
        if name == "c":
            self._end_cell()
        elif name in {"v", "t"}:
            self._takes = False
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._aside -= 1

    def characters(self, text: str) -> None:
        """Take the text inside an element."""
        if self._takes:
            self._pieces.append(text)

    def grid(self) -> Grid:
        """Return what was read, rows in the order of their numbers."""
        self._rows.sort(key=lambda row: row[0])
        return Grid(
            self._sheet,
            tuple(self._rows),
            tuple(self._merges),
            frozenset(self._unread),
            tuple(sorted(self._hidden)),
        )

    def _count_empty(self) -> None:
        """Count what holds no value: it takes time, and a sheet of nothing else would take it without end."""
        self._empty += 1
        if self._empty > self._limits.cells:
            raise SheetError(
                f'{self._file}, sheet "{self._sheet}" has more than {self._limits.cells:,} empty cells with a colour '
                "or a frame. Copy your table into a new workbook and save it."
            )

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._position += 1
        else:
            name = reference.rstrip("0123456789")
            position = self._columns.get(name)
            if position is None:
                position = self._columns[name] = column_of(name)
            self._position = position
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._pieces = []
        self._has_formula = False

    def _end_cell(self) -> None:
        text = self._text("".join(self._pieces))
        if text and not text.isspace():
            if self._position >= self._limits.columns:
                judge_extent(self._file, self._sheet, 1, self._position + 1, self._limits)
            row = self._row
            if len(row) < self._position:
                row.extend([""] * (self._position - len(row)))
            if len(row) == self._position:
                row.append(text)
            else:
                row[self._position] = text
        elif self._has_formula and self._kind != "str":
            self._unread.add((self._number, self._position))
        else:
            self._count_empty()

    def _text(self, raw: str) -> str:
        kind = self._kind
        if not raw:
            return ""
        if kind == "s":
            return self._texts[int(raw)]
        if kind == "n":
            shape = self._formats[self._style] if self._style < len(self._formats) else GENERAL
            return number_text(raw, shape, epoch=self._epoch)
        if kind == "b":
            return "yes" if raw in _TRUE else "no"
        if kind == "d":
            return raw.removesuffix("Z").removesuffix(_ISO_MIDNIGHT).replace("T", " ")
        return unescaped(raw)

    def _end_row(self) -> None:
        if self._row:
            self._width = max(self._width, len(self._row))
            self._rows.append((self._number, self._row))
            if self._is_hidden:
                self._hidden.append(self._number)
            judge_extent(self._file, self._sheet, len(self._rows), self._width, self._limits)
