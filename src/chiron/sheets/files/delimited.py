"""Text files of rows: separator, quotes and line breaks as spreadsheets write them."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from chiron.sheets.files.table import Limits, SheetError

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_ROWS = 60
SAMPLE_CHARACTERS = 60_000
_END = "\x1e\n"  # a row behind the last one: an open quote mark swallows it, and is noticed
_FEWEST_COLUMNS, _FIRST_ROWS = 2, 10

NumberedCells = tuple[int, list[str]]


def separator_of(text: str) -> str:
    """Return the separator that cuts the text into the most even table of more than one column."""
    sample = text[:SAMPLE_CHARACTERS]
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        if separator not in sample:
            continue
        widths = _widths(sample, separator)
        if not widths:
            continue
        width, same = max(Counter(widths).items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = same / len(widths) * min(width - 1, 4)
        if width > 1 and same == len(widths):
            score += 4  # an even table beats a wider one that has lists in its cells: "Student,Choices" over "P7; P15"
        if score > best_score:
            best, best_score = separator, score
    return best


def _widths(sample: str, separator: str) -> list[int]:
    widths = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == SAMPLE_ROWS:
                break
    except csv.Error:
        return widths
    return widths


def rows_of_text(text: str, *, file: str, limits: Limits, separator: str | None = None) -> Iterator[NumberedCells]:
    """Yield the number and cells of every row that holds anything, as a spreadsheet would number them.

    Raises:
        SheetError: a quote mark is never closed, or closes only in a later row, or a cell is longer than allowed.
    """
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        separator, text, skipped = first.strip()[-1], rest, 1
    separator = separator or separator_of(text)
    lines = [*io.StringIO(text, newline=""), _END]
    number, width, done = skipped, 0, 0
    reader = csv.reader(lines, delimiter=separator, strict=False)
    try:
        for cells in reader:
            number += 1
            if reader.line_num - done > 1:
                taken = lines[done : reader.line_num]
                _judge_long_row(taken, cells, separator=separator, width=width, where=f"{file} row {number}")
            done = reader.line_num
            if done == len(lines):
                return
            if cells and max(map(len, cells)) > limits.characters:
                raise SheetError(_too_long(f"{file} row {number}"))
            if any(cells):
                width = max(width, len(cells)) if number <= _FIRST_ROWS else width
                yield number, cells
    except csv.Error as error:
        where = f"{file} row {number + 1}"
        raise SheetError(_unclosed(where) if reader.line_num - done > 1 else _too_long(where)) from error


def _judge_long_row(lines: Sequence[str], cells: Sequence[str], *, separator: str, width: int, where: str) -> None:
    """Refuse a row of several lines whose quote mark never closes, or closes where another row begins.

    Args:
        lines: the lines that one row was read from.
        cells: what was read.
        separator: between the cells.
        width: how many cells the first rows have.
        where: the row, in words.

    Raises:
        SheetError: rows were swallowed by a quote mark.
    """
    if lines[-1] == _END:
        raise SheetError(_unclosed(where))
    try:
        list(csv.reader(iter(lines), delimiter=separator, strict=True))
    except csv.Error as error:
        raise SheetError(_unclosed(where)) from error
    if any(_holds_rows(cell, separator, width) for cell in cells):
        raise SheetError(_unclosed(where))


def _holds_rows(cell: str, separator: str, width: int) -> bool:
    """Return whether the lines of a cell are rows: each with as many separators as there are between columns.

    A list in a cell may hold a line like that by chance, so two of them are needed, or one with an address.
    """
    inside = cell.splitlines()[1:]
    if inside and inside[-1].count(separator) < width - 1:
        inside.pop()  # the quote mark closed within this one
    if width <= _FEWEST_COLUMNS or any(line.count(separator) != width - 1 for line in inside):
        return False
    return len(inside) > 1 or any("@" in line for line in inside)


def _unclosed(where: str) -> str:
    return (
        f'{where}: a quote mark (") is opened and never closed, so the rows below it would be lost. Close it, or save '
        "the file as .xlsx."
    )


def _too_long(where: str) -> str:
    return f"{where}: one cell is too long. Shorten it, or check how its columns are separated."
