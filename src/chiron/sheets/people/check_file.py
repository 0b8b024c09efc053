"""The file of cells that are not clear: written for somebody to answer beside each cell, and read back."""

from collections.abc import Sequence

from chiron.sheets.cells.lexicon import words
from chiron.sheets.files.headings import normal
from chiron.sheets.files.page import Page, unquoted
from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.people.exclusions import MeansNobody

FILE, SHEET, ROW, COLUMN, CELL, PROBLEM, ANSWER = HEADINGS = (
    "File", "Sheet", "Row", "Column", "Cell", "What is not clear", "Answer",
)  # fmt: skip
_NOBODY = words("says_nobody")


def page_of_unclear(problems: Sequence[Diagnostic]) -> Page:
    """Return the cells that may be said to mean nobody, one a row, with a last column that waits for an answer."""
    rows = tuple((one.file, one.sheet, one.row, one.column, one.cell, one.text, "") for one in problems if one.cell)
    return Page("To answer", HEADINGS, rows)


def answers_in(table: Table) -> MeansNobody:
    """Return the cells of which a file says that they mean nobody; an empty answer says nothing.

    Raises:
        SheetError: the file has other columns, or an answer is something else.
    """
    at = {normal(heading): place for place, heading in enumerate(table.headings)}
    missing = [heading for heading in (FILE, SHEET, ROW, COLUMN, CELL, ANSWER) if normal(heading) not in at]
    if missing:
        raise SheetError(
            f'{table.place} has no column "{missing[0]}". Write such a file with --save-check, and type nobody in its '
            f'column "{ANSWER}".'
        )
    cells: dict[tuple[str, str, int, str], str] = {}
    for row in table.rows:
        file, sheet, number, column, cell, answer = (
            unquoted(row.cells[at[normal(heading)]]) for heading in (FILE, SHEET, ROW, COLUMN, CELL, ANSWER)
        )
        if not answer.strip():
            continue
        if normal(answer) not in _NOBODY or not number.isdecimal():
            raise SheetError(
                f'{table.file} row {row.number}  "{ANSWER}" is "{answer}". Type nobody, or leave it empty and mend the '
                "cell in its own sheet."
            )
        cells[(file, sheet, int(number), column)] = cell
    return MeansNobody(cells=cells)
