"""What is wrong, or was guessed, and where: one row of a sheet, its column, a code and a sentence."""

from dataclasses import dataclass


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
    """

    file: str
    sheet: str
    row: int
    column: str
    code: str
    text: str
    left_out: bool = False

    def __str__(self) -> str:
        """Return one line for people."""
        return f"{self.file} row {self.row}  {self.text}"
