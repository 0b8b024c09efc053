"""Rows of a text file that do not fit its headings: too many cells, torn in two, or swallowed by a quote mark."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from chiron.sheets.files.delimited import SEPARATORS
from chiron.sheets.files.headings import clean
from chiron.sheets.files.table import SheetError, Table

MOST_SPANS = 8
_BARE = {mark: re.compile(re.escape(mark) + r"(?!\s)") for mark in SEPARATORS}


def faults_of(rows: Sequence[tuple[int, list[str]]], width: int, *, file: str) -> dict[int, str]:
    """Return what is wrong with each row of a text file whose cells nobody can put under the headings.

    That is a row with more cells than there are headings, one whose cells hold others, and two rows that make one
    together: a line break in an answer without quote marks. Other short rows end in empty cells.

    Args:
        rows: number and cells of each row below the headings.
        width: how many headings there are.
        file: what to call the file in messages.

    Raises:
        SheetError: most rows do not fit the headings.
    """
    if all(len(cells) == width for _, cells in rows):
        return {}
    faults = {}
    for number, cells in rows:
        if len(cells) > width and any(clean(cell) for cell in cells[width:]):
            faults[number] = (
                f"has {_cells(len(cells))}, and there {_headings(width)}. Put quote marks around an answer that holds "
                "the separator, or save the file as .xlsx."
            )
        elif len(cells) < width and _holds_cells(cells, width):
            faults[number] = (
                f"has {_cells(len(cells))} where there {_headings(width)}, and one of them holds others: a quote mark "
                '(") is opened and never closed. Close it, or save the file as .xlsx.'
            )
    if len(faults) * 2 > len(rows):
        number, why = next(iter(faults.items()))
        raise SheetError(f"Most rows of {file} do not fit its headings: row {number} {why}")
    short = sum(1 for _, cells in rows if len(cells) < width)
    if short * 2 > len(rows):  # a program that leaves empty cells out at the end of each row
        return faults
    for (number, cells), (after, rest) in pairwise(rows):
        if after == number + 1 and max(len(cells), len(rest)) < width == len(cells) + len(rest) - 1:
            faults |= dict.fromkeys(
                (number, after),
                f"looks like half a row: rows {number} and {after} have {width} cells only together. Put quote marks "
                "around an answer that holds a line break, or save the file as .xlsx.",
            )
    return faults


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _headings(count: int) -> str:
    return "is 1 heading" if count == 1 else f"are {count} headings"


def _holds_cells(cells: Sequence[str], width: int) -> bool:
    """Return whether a row has as many cells as there are headings once separators in its cells count, too.

    After a separator in an answer stands a space; after one between cells there is none.
    """
    return any(
        len(cells) + sum(len(_BARE[mark].findall(cell)) for cell in cells if mark in cell) == width for mark in _BARE
    )


def short_note(
    table: Table, grid: Sequence[tuple[int, list[str]]], width: int, faults: Mapping[int, str]
) -> Iterator[str]:
    """Yield which rows have fewer cells than there are headings, unless most rows are so."""
    lengths = {number: len(cells) for number, cells in grid if len(cells) < width}
    short = [row.number for row in table.rows if row.number in lengths and row.number not in faults]
    if short and len(short) * 2 <= len(table.rows):
        rows, have = ("row", "has") if len(short) == 1 else ("rows", "have")
        where = f"{table.file}: {rows} {spans_of(short)}"
        yield f"{where} {have} fewer cells than there are headings. The rest counts as empty."


def spans_of(numbers: Sequence[int]) -> str:
    """Return row numbers in words, those that follow each other as one span."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [str(start) if start == end else f"{start}–{end}" for start, end in spans]
    return ", ".join(texts[:MOST_SPANS]) + (" and more" if len(texts) > MOST_SPANS else "")
