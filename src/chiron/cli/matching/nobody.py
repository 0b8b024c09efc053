"""Cells of exclusions that are not clear: flags and files that say they mean nobody, and the file that asks."""

import shlex
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from chiron.cli.exits import USAGE, Leave
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import SheetError
from chiron.sheets.opened import Opened, tables_of
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
        said = rows_of(arguments.nobody, tables_of(opened))
    except SheetError as fault:
        raise Leave(USAGE, f"--{fault}") from fault
    if arguments.answers is None:
        return said
    try:
        return said | answers_in(read_table(Path(arguments.answers)))
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault


def hints(problems: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield what to type where cells are not clear, and somebody knows that they mean nobody."""
    unclear = [one for one in problems if one.cell]
    if unclear:
        first = unclear[0]
        # Both sheets may be in one workbook, and a row alone would speak of either.
        place = f"{first.file}:{first.sheet}:{first.row}" if first.sheet else f"{first.file}:{first.row}"
        every = ", for all of them --nobody all" if len(unclear) > 1 else ""
        yield f"Where a cell means nobody of the other sheet: --nobody {shlex.quote(place)}{every}"


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
