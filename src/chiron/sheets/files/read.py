"""Open a spreadsheet as people write them: workbooks old and new and text files, everything as text first.

What a file is, its first bytes say; its name is only asked to word the advice.
"""

import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from chiron.sheets.files.apart import read_apart
from chiron.sheets.files.books.workbook import Grid, Merge, Sheet, open_sheets
from chiron.sheets.files.delimited import rows_of_text
from chiron.sheets.files.encoding import decode
from chiron.sheets.files.form_exports import find_table
from chiron.sheets.files.headings import HeadingsFound, clean, clean_row
from chiron.sheets.files.table import MEBIBYTE, Limits, Row, SheetError, Table
from chiron.sheets.files.torn_rows import faults_of, short_note, spans_of

__all__ = ["Limits", "Row", "SheetError", "Table", "read_table", "table_of"]

Source = str | os.PathLike[str] | bytes

DEFAULT_LIMITS = Limits()
MOST_KNOWN = 1 << 16
"""Different cells of a sheet that are remembered, so that equal ones below them are one text in memory."""
LIKE_PEOPLE = 2.0  # headings with a word such as "name" or "e-mail"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_END, _ZIP_END_WITHIN = b"PK\x05\x06", 66_000
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OTHER_KINDS = ("xls", "xlsb", "ods")  # what python-calamine opens
_ARCHIVES = {
    "xlsx": b"xl/workbook.xml",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "xlsb": b"xl/workbook.bin",
    "docx": b"word/document.xml",
    "numbers": b"Index/Document.iwa",
}
_WHY_NOT = {
    "locked": "it is locked with a password. Save a copy without a password.",
    "torn": "part of it is missing. Download or copy it again.",
    "docx": "it is a Word document. Copy its table into a spreadsheet and save that as .xlsx.",
    "numbers": "it is a Numbers sheet. In Numbers: File → Export to → Excel.",
    "archive": "it is no spreadsheet. Save it as .xlsx or .csv.",
}
_OTHER_STARTS = (
    (b"%PDF", "it is a PDF. Ask for the spreadsheet it was made from."),
    (b"\x89PNG", "it is a picture. Ask for the spreadsheet it was made from."),
    (b"\xff\xd8\xff", "it is a picture. Ask for the spreadsheet it was made from."),
    (b"{\\rtf", "it is a text document. Copy its table into a spreadsheet and save that as .xlsx."),
)
_WEB_PAGE = "it is a web page with the ending of a spreadsheet. Open it in Excel, then: Save as → .xlsx."


def read_table(
    source: Source,
    *,
    name: str | None = None,
    sheet: str | None = None,
    prefer: str = "",
    encoding: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    text_limits: Limits | None = None,
) -> Table:
    """Return the table in a spreadsheet, as text.

    Args:
        source: a path, or the bytes of a file.
        name: what to call the file in messages; needed for bytes.
        sheet: the sheet to read; None: the first visible one that looks like a table of people.
        prefer: a word; where several sheets look like tables, one whose name contains it is taken.
        encoding: the code page of a text file that is not UTF-8; None: the most likely one.
        limits: how large the file may be.
        text_limits: how large a text file may be; None: as large as any.

    Raises:
        SheetError: there is no such file or sheet, it is no spreadsheet, it is empty, or it is too large.
    """
    if isinstance(source, bytes):
        file, content = name or "the file", source
    else:
        file = name or PurePath(source).name
        content = content_of(Path(source), file=file, limits=limits, text_limits=text_limits)
    if text_limits is not None and _kind_of(content) is None:
        limits = text_limits
    read = read_apart if _kind_of(content) in OTHER_KINDS else read_here
    return read(content, name=file, sheet=sheet, prefer=prefer, encoding=encoding, limits=limits)


def read_here(
    content: bytes, *, name: str, sheet: str | None, prefer: str, encoding: str | None, limits: Limits
) -> Table:
    """Return the table in the bytes of a file, read by this process; see `read_table`.

    Raises:
        SheetError: it cannot be read.
    """
    _judge_size(len(content), file=name, limits=limits)
    if not content.strip(b"\0 \t\r\n"):
        raise SheetError(f"{name} is empty. Check that you saved it after filling it in.")
    kind = _kind_of(content)
    if kind is None:
        _refuse_other_formats(content, file=name)
        return _from_text(content, file=name, sheet=sheet, encoding=encoding, limits=limits)
    if kind not in ("xlsx", *OTHER_KINDS):
        raise SheetError(f"I cannot open {name}: {_WHY_NOT[kind]}")
    if kind == "xlsx":
        sheets = open_sheets(content, file=name, limits=limits)
    else:
        from chiron.sheets.files.books.other_books import open_other_sheets  # noqa: PLC0415 -- a library for rare files

        sheets = open_other_sheets(content, file=name, limits=limits)
    return _from_workbook(sheets, file=name, sheet=sheet, prefer=prefer, limits=limits)


def table_of(records: Iterable[Mapping[str, Any]], *, file: str) -> Table:
    """Return rows that a program already has, as the table that a sheet with them would give.

    Args:
        records: one mapping of headings to values a person; lists are joined with "; ", None is an empty cell.
        file: what to call them in messages.
    """
    listed = list(records)
    headings = tuple(dict.fromkeys(str(key) for record in listed for key in record))
    texts = [{str(key): _record_text(value) for key, value in record.items()} for record in listed]
    rows = (
        Row(number, tuple(text.get(heading, "") for heading in headings)) for number, text in enumerate(texts, start=2)
    )
    return Table(file, "", 1, headings, tuple(row for row in rows if any(row.cells)))


def _record_text(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 -- data frames hold "not a number" where a cell is empty
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(_record_text(item) for item in value)
    return clean(str(value))


def _limits_for(start: bytes, limits: Limits, text_limits: Limits | None) -> Limits:
    """Return how large a file may be that begins like this."""
    return limits if text_limits is None or start.startswith((_ZIP, _OLE)) else text_limits


def content_of(path: Path, *, file: str, limits: Limits, text_limits: Limits | None = None) -> bytes:
    """Return the bytes of a file; `text_limits` hold for text files on a disk, where they are given.

    Raises:
        SheetError: there is none, it may not be read, or it is too large.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(len(_OLE))
            limits = _limits_for(start, limits, text_limits if path.is_file() else None)
            # A device or a pipe has no size to ask for, and may never end.
            content = start + stream.read(limits.file_bytes + 1 - len(start))
            if len(content) > limits.file_bytes and path.is_file():
                _judge_size(path.stat().st_size, file=file, limits=limits)
        _judge_size(len(content), file=file, limits=limits)
    except FileNotFoundError as error:
        raise SheetError(
            f"There is no file {file} in {path.parent.absolute()}. Check the name and the folder."
        ) from error
    except IsADirectoryError as error:
        raise SheetError(f"{file} is a folder. Name the spreadsheet in it.") from error
    except OSError as error:
        raise SheetError(f"I may not open {file}: {(error.strerror or 'it cannot be read').lower()}.") from error
    return content


def _judge_size(size: int, *, file: str, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise SheetError(
            f"{file} is {size / MEBIBYTE:,.0f} MiB. I read at most {limits.file_bytes // MEBIBYTE:,} MiB. "
            "Copy your table into a new workbook and save it."
        )


def _refuse_other_formats(content: bytes, *, file: str) -> None:
    why = next((why for start, why in _OTHER_STARTS if content.startswith(start)), None)
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        why = _WEB_PAGE
    elif file.startswith("~$"):
        why = "it is the mark that Excel leaves while a workbook is open. Name the workbook itself."
    elif head.startswith(b"{") and file.lower().endswith(".gsheet"):
        why = "it is only a link to a Google sheet. In Google Sheets: File → Download → .xlsx."
    if why is not None:
        raise SheetError(f"I cannot open {file}: {why}")


def _from_workbook(sheets: Sequence[Sheet], *, file: str, sheet: str | None, prefer: str, limits: Limits) -> Table:
    """Return the table in one sheet of a workbook: the one named, else the visible one most like people.

    Raises:
        SheetError: there is no such sheet, or no table.
    """
    if sheet is not None:
        return _from_sheet_named(sheets, sheet, file=file, limits=limits)
    best: tuple[float, Grid, HeadingsFound] | None = None
    people: list[str] = []
    for one in sheets:
        if best is not None and not one.is_visible:
            # Whoever hid a sheet does not want it read while another can be.
            people += [f"{one.name} (hidden)"] if prefer and prefer.casefold() in one.name.casefold() else []
            continue
        grid = one.read()
        found = find_table(grid.rows, grid.merges)
        if found is None or found.position + 1 >= len(grid.rows):
            continue
        if found.score >= LIKE_PEOPLE:
            people.append(one.name if one.is_visible else f"{one.name} (hidden)")
        score = found.score + (4.0 if prefer and prefer.casefold() in one.name.casefold() else 0.0)
        if best is None or score > best[0] + 1.0:
            best = (score, grid, found)
    if best is None:
        raise SheetError(_no_people(sheets, file))
    table = _table(file, best[1], best[2], limits=limits)
    chosen = {table.sheet, f"{table.sheet} (hidden)"}
    return replace(table, others=tuple(name for name in people if name not in chosen), sheets=_names(sheets))


def _no_people(sheets: Sequence[Sheet], file: str) -> str:
    """Return why a workbook has no table: it holds only headings, or nothing at all."""
    for one in sheets:
        grid = one.read()
        found = find_table(grid.rows, grid.merges)
        if found is not None:
            return _only_headings(file, found)
    return _nothing(file)


def _from_sheet_named(sheets: Sequence[Sheet], name: str, *, file: str, limits: Limits) -> Table:
    one = next((each for each in sheets if clean(each.name).casefold() == clean(name).casefold()), None)
    if one is None:
        raise SheetError(f'{file} has no sheet "{name}". Its sheets: {", ".join(each.name for each in sheets)}.')
    grid = one.read()
    found = find_table(grid.rows, grid.merges)
    if found is None:
        raise SheetError(_nothing(f'{file}, sheet "{one.name}"'))
    return replace(_table(file, grid, found, limits=limits), sheets=_names(sheets))


def _names(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    return tuple(clean(one.name) for one in sheets)


def _nothing(file: str) -> str:
    return f"I find no table in {file}. Put one heading above each column and one person in each row."


def _only_headings(file: str, found: HeadingsFound) -> str:
    return f"Nobody is in {file}: it holds only headings (row {found.number}). Put one person in each row below them."


def _kind_of(content: bytes) -> str | None:
    """Return what kind of workbook or archive a file is by its bytes; None where it may be text."""
    if content.startswith(_OLE):
        return "locked" if _ENCRYPTED in content else "xls"
    if not content.startswith(_ZIP):
        return None
    if _ZIP_END not in content[-_ZIP_END_WITHIN:]:
        return "torn"
    head = content[:200]
    for kind, mark in _ARCHIVES.items():
        if mark in (head if kind == "ods" else content):
            return kind
    return "archive"


def _from_text(content: bytes, *, file: str, sheet: str | None, encoding: str | None, limits: Limits) -> Table:
    if sheet is not None:
        raise SheetError(f'{file} is a text file and has no sheet "{sheet}". Leave the name of the sheet out.')
    letters = decode(content, file=file, encoding=encoding)
    grid: list[tuple[int, list[str]]] = []
    width = 0
    tabs = "\t" if file.lower().endswith((".tsv", ".tab")) else None
    for number, cells in rows_of_text(letters.text, file=file, limits=limits, separator=tabs):
        grid.append((number, cells))
        width = max(width, len(cells))
        if len(grid) > limits.rows or width > limits.columns or len(grid) * width > limits.cells:
            raise SheetError(
                f"{file} has more than {limits.rows:,} rows, {limits.columns:,} columns or {limits.cells:,} cells, "
                "which is more than I read. Split it."
            )
    table = table_of_grid(grid, file=file, limits=limits)
    return replace(table, notes=(*filter(None, [letters.note]), *table.notes))


def table_of_grid(grid: Sequence[tuple[int, list[str]]], *, file: str, limits: Limits) -> Table:
    """Return the table in the numbered rows of a text file.

    Raises:
        SheetError: there is none, or most rows have more cells than there are headings.
    """
    found = find_table(grid)
    if found is None:
        raise SheetError(_nothing(file))
    table = _table(file, Grid("", tuple(grid), ()), found, limits=limits)
    if not found.has_row:
        return table
    width = max(len(cells) for _, cells in grid[max(found.position - 2, 0) : found.position + 1])
    faults = faults_of(grid[found.position + 1 :], width, file=file)
    # Nobody can say what a cell behind the last heading means: its row is left out, and makes no column.
    if width < len(table.headings):
        rows = tuple(Row(row.number, row.cells[:width]) for row in table.rows)
        table = replace(table, headings=table.headings[:width], rows=rows)
    return replace(table, faults=faults, notes=(*table.notes, *short_note(table, grid, width, faults)))


def _table(file: str, grid: Grid, found: HeadingsFound, *, limits: Limits) -> Table:
    """Return the rows below the headings, cleaned, as wide as what holds anything.

    Raises:
        SheetError: nobody is below the headings, or a cell is too long.
    """
    width = len(found.headings)
    rows: list[Row] = []
    known: dict[str, str] = {}
    for number, cells in merged_values(grid.rows[found.position + 1 :], grid.merges, most=limits.cells):
        texts = clean_row(cells)
        if not any(texts):
            continue
        if max(map(len, texts)) > limits.characters:
            raise SheetError(f"{file} row {number}: one cell is too long. Shorten it to {limits.characters:,} letters.")
        if len(texts) != width:
            texts = [*texts[:width], *[""] * (width - len(texts))]
        # Equal cells share one text: a hundred thousand rows hold few different hospitals.
        seen = known.setdefault if len(known) < MOST_KNOWN else known.get
        rows.append(Row(number, tuple([seen(text, text) for text in texts])))
    if not rows:
        raise SheetError(_only_headings(file, found))
    while width and found.headings[width - 1].startswith("(column ") and not any(row.cells[width - 1] for row in rows):
        width -= 1
    if width < len(found.headings):
        rows = [Row(row.number, row.cells[:width]) for row in rows]
    notes = [*grid.notes]
    if found.doubt:
        notes.append(f"{file}: {found.doubt}")
    if grid.hidden and (hidden := sorted(set(grid.hidden) & {row.number for row in rows})):
        notes.append(_hidden_note(file, hidden))
    return Table(
        file, clean(grid.sheet), found.number, found.headings[:width], tuple(rows), grid.unread, notes=tuple(notes)
    )


def _hidden_note(file: str, hidden: Sequence[int]) -> str:
    """Return in words which hidden rows were read."""
    were, rows = ("row was", "row") if len(hidden) == 1 else ("rows were", "rows")
    return f"{file}: {len(hidden)} hidden {were} read: {rows} {spans_of(hidden)}. Delete what should not count."


def merged_values(
    rows: Sequence[tuple[int, list[str]]], merges: Sequence[Merge], *, most: int
) -> Sequence[tuple[int, list[str]]]:
    """Return rows in which a merged block over several of them holds for each; rows with nothing of their own stay out.

    Args:
        rows: number and cells of each row, in order.
        merges: the merged blocks.
        most: cells to fill at most; more are no honest blocks, and are left empty.
    """
    blocks = [merge for merge in merges if merge.bottom > merge.top]
    if not blocks or not rows:
        return rows
    numbers = [number for number, _ in rows]
    filled = [(number, list(cells)) for number, cells in rows]
    for block in blocks:
        start, end = bisect_left(numbers, block.top), bisect_right(numbers, block.bottom)
        most -= max(end - start, 0)
        if most < 0 or start == end or numbers[start] != block.top or block.left >= len(filled[start][1]):
            continue
        value = filled[start][1][block.left]
        for _, cells in filled[start + 1 : end]:
            cells.extend([""] * (block.left + 1 - len(cells)))
            cells[block.left] = cells[block.left] or value
    return filled
