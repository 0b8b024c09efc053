"""A sheet to be written, and the bytes of text files: nothing here is able to write a formula."""

import csv
import io
import re
from dataclasses import dataclass

Cell = str | int | None
LONGEST = 32_767
_STARTS_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|%]")
_NUMBER = re.compile(r"[+-]?\(?\d[\d .,()]*%?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUOTED = re.compile(r"'(?=[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|%])")


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars for the first rows of a page: which column names them, which says how long they are."""

    title: str
    labels: int
    values: int
    rows: int


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet to be written.

    Attributes:
        name: of the sheet.
        headings: of its columns.
        rows: texts and whole numbers.
        filtered: whether a workbook offers to filter the rows by each column; only where they are one table.
        chart: bars beside the table, where a workbook can draw them.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    filtered: bool = False
    chart: BarChart | None = None


def starts_like_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a text for a formula; numbers and telephone numbers are none."""
    return _STARTS_FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def legal(text: str) -> str:
    """Return a text as a cell may hold it: no control characters, one kind of line break, not too long."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def text_of(page: Page, *, separator: str = ",") -> str:
    """Return a sheet as text with a byte-order mark; what looks like a formula gets an apostrophe before it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    for row in (page.headings, *page.rows):
        writer.writerow([literal(cell) for cell in row])
    return "\ufeff" + stream.getvalue()


def literal(cell: Cell) -> str | int:
    """Return a cell as a text file holds it: what looks like a formula gets an apostrophe before it."""
    if cell is None or isinstance(cell, int):
        return "" if cell is None else cell
    if cell[:1].isalnum() and cell.isprintable() and len(cell) <= LONGEST:
        return cell  # no formula begins with a letter or a digit, and nothing in it is illegal
    text = legal(cell)
    return f"'{text}" if starts_like_formula(text) else text


def unquoted(text: str) -> str:
    """Return a cell of a text file of ours without the apostrophe that kept it from being a formula."""
    return text[1:] if _QUOTED.match(text) else text
