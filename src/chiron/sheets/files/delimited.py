"""Text files of rows: encoding, separator, quotes and line breaks as spreadsheets write them."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from chiron.sheets.files.table import Limits, SheetError

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_ROWS = 60
SAMPLE_CHARACTERS = 60_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

NumberedCells = tuple[int, list[str]]


def decode(content: bytes, *, file: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252, without its byte-order mark.

    Raises:
        SheetError: the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content, encoding, file=file)
    head = content[:4_000]
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) * 4 < len(head):
            raise SheetError(f"I cannot open {file}: it holds no text. Save it as .xlsx or .csv.")
        return _strict(content, "utf-16-le" if odd > even else "utf-16-be", file=file)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(content, "cp1252", file=file)


def _strict(content: bytes, encoding: str, *, file: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetError(
            f"I cannot read the letters in {file}. In Excel: Save as → CSV UTF-8, or save it as .xlsx."
        ) from error


def separator_of(text: str) -> str:
    """Return the separator that cuts the text into the most even table of more than one column."""
    sample = text[:SAMPLE_CHARACTERS]
    best, best_worth = ",", 0.0
    for separator in SEPARATORS:
        if separator not in sample:
            continue
        widths = _widths(sample, separator)
        if not widths:
            continue
        width, same = max(Counter(widths).items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        worth = same / len(widths) * min(width - 1, 4)
        if width > 1 and same == len(widths):
            worth += 4  # an even table beats a wider one that has lists in its cells: "Student,Choices" over "P7; P15"
        if worth > best_worth:
            best, best_worth = separator, worth
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
        SheetError: a quote mark is never closed, or a cell is longer than the limits allow.
    """
    first, _, rest = text.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=,"):
        separator, text, skipped = first.strip()[-1], rest, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or separator_of(text), strict=False)
    number = skipped
    before = 0
    try:
        for cells in reader:
            number += 1
            for cell in cells:
                if len(cell) > limits.characters:
                    raise SheetError(_too_long(file, number, lines=reader.line_num - before))
            before = reader.line_num
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise SheetError(_too_long(file, number + 1, lines=reader.line_num - before)) from error


def _too_long(file: str, number: int, *, lines: int) -> str:
    if lines > 1:
        return f'{file} row {number}: a quote mark (") is opened and never closed. Close it, or save the file as .xlsx.'
    return f"{file} row {number}: one cell is too long. Shorten it, or check how its columns are separated."
