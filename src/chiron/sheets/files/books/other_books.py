"""Workbooks of other kinds (.xls, .xlsb, .ods) as text, by python-calamine; only values, nothing is ever run.

A hostile file can make this library ask for more memory than there is, so it is only called in a process of its own:
see `apart`. What it loses of a cell, `open_document` looks up where that is known, and a note says the rest.
"""

import datetime as dt
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from chiron.sheets.files.books.old_excel import looks_of_xls
from chiron.sheets.files.books.open_document import SheetLook, looks_of
from chiron.sheets.files.books.workbook import judge_archive
from chiron.sheets.files.books.worksheet import Grid, Merge, Sheet, judge_extent
from chiron.sheets.files.table import Limits, SheetError

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
DAMAGE = (CalamineError, zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError)
_MANIFEST = "META-INF/manifest.xml"
_LOST = (
    "{file} is a binary Excel file, of which I see values only: zeros in front and per cents that come from "
    "the look of a cell are lost, and a formula that went wrong looks empty. To be sure, save it as .xlsx."
)


def open_other_sheets(content: bytes, *, file: str, limits: Limits) -> list[Sheet]:
    """Return the worksheets of a workbook in order, visible ones first; each is read only when asked for.

    Raises:
        SheetError: the workbook is damaged, locked or over the limits; reading a sheet may say so, too.
    """
    looks: dict[str, SheetLook] = {}
    is_zip = content.startswith(b"PK")
    try:
        if is_zip:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                judge_archive(archive, file=file, limits=limits)
                names = archive.namelist()
                if _MANIFEST in names and b"encryption-data" in archive.read(_MANIFEST):
                    raise _locked(file)
                looks = looks_of(archive, limits) if "content.xml" in names else {}
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise SheetError(
            f"I cannot open {file}: it is locked with a password. Save a copy without a password."
        ) from error
    except DAMAGE as error:
        raise _damaged(file) from error
    if not is_zip:
        looks = _looks_of_old(content)
    notes = () if looks else (_LOST.format(file=file),)

    def reader_of(name: str) -> Callable[[], Grid]:
        def read() -> Grid:
            try:
                sheet = book.get_sheet_by_name(name)
            except DAMAGE as error:
                raise _damaged(file) from error
            return _grid(sheet, looks.get(name, SheetLook()), notes, file=file, limits=limits)

        return read

    sheets = [
        Sheet(one.name, one.visible == SheetVisibleEnum.Visible, reader_of(one.name)) for one in book.sheets_metadata
    ]
    return sorted(sheets, key=lambda sheet: not sheet.is_visible)


def _looks_of_old(content: bytes) -> dict[str, SheetLook]:
    """Return what the sheets of an .xls show; nothing where it is written in a way that only calamine knows."""
    try:
        return looks_of_xls(content)
    except (ValueError, IndexError, struct.error):
        return {}


def _locked(file: str) -> SheetError:
    return SheetError(f"I cannot open {file}: it is locked with a password. Save a copy without a password.")


def _damaged(file: str) -> SheetError:
    return SheetError(
        f"I cannot open {file}: the workbook is damaged. Open it in the program that made it, save it as .xlsx, and "
        "try again."
    )


def _grid(sheet: CalamineSheet, look: SheetLook, notes: tuple[str, ...], *, file: str, limits: Limits) -> Grid:
    """Return a worksheet as text, its rows and columns numbered as the spreadsheet shows them.

    Raises:
        SheetError: it holds more than the limits allow.
    """
    rows: list[tuple[int, list[str]]] = []
    width = 0
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [text_of_value(value) for value in values]
        for position, text in look.shown.get(number, {}).items():
            cells.extend([""] * (position + 1 - len(cells)))
            cells[position] = text
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            width = max(width, len(cells))
            rows.append((number, cells))
            judge_extent(file, sheet.name, len(rows), width, limits)
    merges = [
        Merge(start[0] + 1, start[1], end[0] + 1, end[1]) for start, end in (sheet.merged_cell_ranges or ())
    ] or look.merges
    numbers = {number for number, _ in rows}
    return Grid(sheet.name, tuple(rows), tuple(merges), hidden=tuple(sorted(numbers & set(look.hidden))), notes=notes)


def text_of_value(value: Value) -> str:
    """Return a value as people read it: whole numbers without a point, dates as ISO, flags as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"  # noqa: PLR2004 -- beyond, floats have no units
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")
    if isinstance(value, dt.timedelta | dt.time):
        minutes = (
            round(value.total_seconds() / 60) if isinstance(value, dt.timedelta) else value.hour * 60 + value.minute
        )
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return value.isoformat() if isinstance(value, dt.date) else value.replace("\r\n", "\n")
