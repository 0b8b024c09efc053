"""Cells of exclusions that are not clear: flags and files that say they mean nobody, and the file that asks."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from chiron.cli.exits import USAGE, Leave
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import SheetError
from chiron.sheets.intake import Opened
from chiron.sheets.people.check_file import answers_in, page_of_unclear
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.people.exclusions import MeansNobody, rows_of
from chiron.sheets.result.write import write_pages


def nobody_meant(arguments: Namespace, opened: Sequence[Opened]) -> MeansNobody:
    """Return the cells of which flags and the file of answers say that they mean nobody of the other sheet.

    Raises:
        Leave: a flag names no row of these sheets, or the file cannot be used (2).
    """
    try:
        said = rows_of(arguments.nobody)
    except ValueError as fault:
        raise Leave(USAGE, f'--nobody is "{fault}". Type a file and a row, {_example(opened)}, or all.') from fault
    rows = {(one.table.file, row.number) for one in opened for row in one.table.rows}
    for file, row in sorted(said.rows - rows):
        raise Leave(USAGE, f'--nobody: there is no row {row} in "{file}". Type a file and a row, {_example(opened)}.')
    if arguments.answers is None:
        return said
    try:
        return said | answers_in(read_table(Path(arguments.answers)))
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault


def _example(opened: Sequence[Opened]) -> str:
    table = opened[-1].table
    return f"for example {table.file}:{table.rows[0].number if table.rows else table.heading_row + 1}"


def hints(problems: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield what to type where cells are not clear, and somebody knows that they mean nobody."""
    unclear = [one for one in problems if one.cell]
    if unclear:
        flags = f"--nobody {unclear[0].file}:{unclear[0].row}"
        every = ", for all of them --nobody all" if len(unclear) > 1 else ""
        yield f"Where a cell means nobody of the other sheet: {flags}{every}"


def save_check(problems: Sequence[Diagnostic], path: Path, *, force: bool = False) -> int:
    """Write the cells that are not clear, for answers beside them; return how many there are.

    Raises:
        Leave: the file is there already, or cannot be written (2).
    """
    page = page_of_unclear(problems)
    try:
        write_pages([page], path, force=force)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    return len(page.rows)
