"""What the check of a sheet finds: people, and what is wrong or was guessed, by row, column, code and sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from chiron.blueprints.schema.person import Participant
from chiron.sheets.cells.values import Reading
from chiron.sheets.files.table import Table

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A cell, a row or a column that needs fixing, or that was read with a guess.

    Attributes:
        file: name of the file.
        sheet: name of the sheet; empty where the file has none.
        row: number of the row as the spreadsheet shows it.
        column: the heading; empty where the whole row is meant.
        code: a short name that stays the same when the words change.
        text: what is wrong, and what to type instead; or what was guessed.
        left_out: whether the person in this row was left out.
        cell: what stands there, where somebody may say that it means nobody.
    """

    file: str
    sheet: str
    row: int
    column: str
    code: str
    text: str
    left_out: bool = False
    cell: str = ""

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.file} row {self.row}  {self.text}"


@dataclass(frozen=True, slots=True)
class Checked:
    """One sheet after the check.

    Attributes:
        people: who can be used, in the order of the sheet.
        problems: what needs fixing, by row.
        notes: what was read with a guess, by row.
        rows: the row number of each person, by id.
        left_out: names of the people whose rows were left out.
        table: the sheet that was checked.
        headings: the heading that each field was read from.
    """

    people: tuple[Participant, ...]
    problems: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...]
    rows: dict[str, int]
    left_out: tuple[str, ...]
    table: Table
    headings: dict[str, str]


def shown(text: str) -> str:
    """Return a text on one line, shortened."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def counted_rows(numbers: Sequence[int]) -> str:
    """Return row numbers as people say them: "rows 2, 3 and 9"."""
    *first, last = map(str, numbers)
    return f"rows {', '.join(first)} and {last}" if first else f"row {last}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Collects problems and notes of one sheet while it is read."""

    table: Table
    problems: list[Diagnostic]
    notes: list[Diagnostic]

    def add(self, row: int, heading: str, cell: str, reading: Reading, *, sensitive: bool = False) -> None:
        """Keep what a reading says about a cell; an answer that says who somebody is is not repeated."""
        words = f'"{shown(heading)}" is "{shown(cell)}". {reading.text}'
        if sensitive:
            how = "I cannot use" if reading.is_problem else "I read with a guess"
            words = f'"{shown(heading)}" holds an answer that {how}. It is not repeated here: look at the cell.'
        if reading.is_problem:
            self.object(row, heading, reading.code, words)
        else:
            self.note(row, heading, reading.code, words)

    def object(self, row: int, heading: str, code: str, text: str, *, left_out: bool = True) -> None:
        """Keep a problem in words of its own."""
        self.problems.append(Diagnostic(self.table.file, self.table.sheet, row, heading, code, text, left_out))

    def note(self, row: int, heading: str, code: str, text: str) -> None:
        """Keep a note in words of its own."""
        self.notes.append(Diagnostic(self.table.file, self.table.sheet, row, heading, code, text))
