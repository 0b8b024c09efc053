"""A spreadsheet as text: headings, numbered rows, the limits on its size, and the error for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MEBIBYTE = 1024 * 1024


class SheetError(Exception):
    """A sheet cannot be used; the message says which one, why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a spreadsheet may be before it is refused.

    Attributes:
        file_bytes: bytes of the file itself.
        unpacked_bytes: bytes that a workbook says its parts hold once unpacked.
        ratio: how many times larger than packed one part may be (parts under 1 MiB are not judged).
        parts: files inside one workbook.
        rows: rows of one sheet that hold anything.
        columns: columns of one sheet that hold anything.
        cells: rows times columns.
        characters: characters in one cell.
    """

    file_bytes: int = 20 * MEBIBYTE
    unpacked_bytes: int = 200 * MEBIBYTE
    ratio: int = 200
    parts: int = 2_000
    rows: int = 50_000
    columns: int = 500
    cells: int = 2_000_000
    characters: int = 32_767


TEXT_LIMITS = Limits(file_bytes=1024 * MEBIBYTE, rows=2_000_000, cells=100_000_000)
"""How large a text file may be where a command or a program opens it: whole countries come as text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row with anything in it: its number as the spreadsheet shows it, and one text a heading."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinedColumns:
    """Several columns of a sheet that are one answer, with the answer in a further column behind those of the sheet.

    Attributes:
        index: position of the further column.
        positions: of the columns that were joined, in order.
        kind: "ticks": an option each; "ranks": an option each, with its rank below it; "times": a day, hour or slot of
            the week each; "marks": ticks without a question above them.
        options: what each column stands for, as the heading says it.
    """

    index: int
    positions: tuple[int, ...]
    kind: str
    options: tuple[str, ...]

    @property
    def place(self) -> str:
        """Return the columns by their letters: "columns F-H"."""
        first, last = letters(self.positions[0]), letters(self.positions[-1])
        if self.positions[-1] - self.positions[0] + 1 == len(self.positions):
            return f"columns {first}-{last}"
        return f"columns {', '.join(map(letters, self.positions))}"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet as text.

    Attributes:
        file: name of the file, without its folder.
        sheet: name of the sheet; empty where the file has none.
        heading_row: number of the (last) row of headings as the spreadsheet shows it.
        headings: one a column, never empty and never twice the same.
        rows: what stands below the headings, empty rows left out.
        unread: (row number, column position) of formula cells whose value was never saved.
        joined: several columns that are one answer, which stands in a further column.
        faults: what is wrong with a whole row, by its number: such a row cannot be read.
        notes: what was guessed or should be known about the file, in words.
        others: other sheets of the file that look like people, hidden ones with the word.
        sheets: the names of all sheets of the file, in its order.
    """

    file: str
    sheet: str
    heading_row: int
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    unread: frozenset[tuple[int, int]] = frozenset()
    joined: tuple[JoinedColumns, ...] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Return how many columns the sheet itself has."""
        return len(self.headings) - len(self.joined)

    @property
    def place(self) -> str:
        """Return the file and, where it has a name, the sheet, as people say it."""
        return f'{self.file}, sheet "{self.sheet}"' if self.sheet else self.file


def letters(position: int) -> str:
    """Return the letters that a spreadsheet shows above a column, counted from 0."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
