"""Excel workbooks (.xlsx, .xlsm): sizes judged before anything is unpacked, formulas read as their saved values.

Only values are read, part by part, with the XML parser of the standard library (docs/adr says why and what was
measured). Nothing in a workbook is ever run: formulas, macros, links and entities are not even looked at.
"""

import datetime as dt
import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from chiron.sheets.files.books.formats import EPOCH, EPOCH_1904, GENERAL, Format, format_of, unescaped
from chiron.sheets.files.books.worksheet import DEEPEST, Grid, Merge, Sheet, WorksheetReader
from chiron.sheets.files.table import MEBIBYTE, Limits, SheetError

__all__ = ["Grid", "Merge", "Sheet", "open_grids", "open_sheets"]

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    NotImplementedError,  # zipfile's word for a way of packing or locking that it does not know
)

_MOST_ELEMENTS = 100_000  # of a part that names other parts
_MOST_STYLES = 500_000  # a workbook may have 65,490 looks of cells, of a few elements each
_LOOKS_A_TEXT = 20


class _UnsafeError(Exception):
    """The XML holds a document type, which could make it grow without end."""


@dataclass(frozen=True, slots=True)
class _Book:
    """What a workbook says: its sheets in order (name, part, shown or not), its texts, formats, and day 0 of dates."""

    sheets: tuple[tuple[str, str, bool], ...]
    texts: Sequence[str]
    formats: Sequence[Format]
    epoch: dt.datetime


def judge_archive(archive: zipfile.ZipFile, *, file: str, limits: Limits) -> None:
    """Refuse a workbook whose declared sizes are too large, before any part is unpacked.

    Raises:
        SheetError: too many parts, too large unpacked, packed too tightly to be honest, or encrypted.
        BadZipFile: a part stands twice.
    """
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise SheetError(f"I will not open {file}: it holds {len(parts):,} parts, and I read at most {limits.parts:,}.")
    if len({part.filename.casefold() for part in parts}) < len(parts):
        # Which of the two a program shows is its own choice: what we read would not be what somebody saw.
        raise zipfile.BadZipFile
    total = sum(part.file_size for part in parts)
    if total > limits.unpacked_bytes:
        raise SheetError(
            f"I will not open {file}: unpacked it would take {total // MEBIBYTE:,} MiB, and I read at most "
            f"{limits.unpacked_bytes // MEBIBYTE:,} MiB. Copy your table into a new workbook and save it."
        )
    for part in parts:
        if part.flag_bits & 0x1:
            raise SheetError(f"I cannot open {file}: it is locked with a password. Save a copy without a password.")
        if part.file_size > MEBIBYTE and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise SheetError(
                f"I will not open {file}: one part grows {part.file_size // max(part.compress_size, 1):,} times when "
                "unpacked, which no honest table does. Copy your table into a new workbook and save it."
            )


def open_sheets(content: bytes, *, file: str, limits: Limits) -> list[Sheet]:
    """Return the worksheets of a workbook in order, visible ones first; each is read only when asked for.

    Raises:
        SheetError: the workbook is damaged or over the limits; reading a sheet may say so, too.
    """
    with _refusing_damage(file):
        archive = zipfile.ZipFile(io.BytesIO(content))
        judge_archive(archive, file=file, limits=limits)
        book = _book(archive, limits)

    def reader_of(name: str, part: str) -> Callable[[], Grid]:
        def read() -> Grid:
            reader = WorksheetReader(file, name, book.texts, book.formats, book.epoch, limits)
            with _refusing_damage(file):
                _parse(archive, part, reader.start, reader.end, reader.characters)
            return reader.grid()

        return read

    return [Sheet(name, is_visible, reader_of(name, part)) for name, part, is_visible in book.sheets]


def open_grids(content: bytes, *, file: str, limits: Limits) -> Iterator[Grid]:
    """Yield the worksheets of a workbook as text; see `open_sheets`."""
    for sheet in open_sheets(content, file=file, limits=limits):
        yield sheet.read()


@contextmanager
def _refusing_damage(file: str) -> Iterator[None]:
    """Turn the faults of a damaged workbook into words."""
    try:
        yield
    except _UnsafeError as error:
        raise SheetError(f"I will not open {file}: it holds instructions that no spreadsheet needs.") from error
    except DAMAGE as error:
        raise SheetError(
            f"I cannot open {file}: the workbook is damaged. Open it in Excel, save it as a new .xlsx, and try again."
        ) from error


def _refuse_document_type(*_: object) -> NoReturn:
    raise _UnsafeError


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    """Read one part, telling each element as it comes; the whole part is never in memory."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _elements(archive: zipfile.ZipFile, part: str, wanted: frozenset[str]) -> list[tuple[str, Mapping[str, str]]]:
    """Return the wanted elements of a small part, with their attributes (names without their prefixes).

    Raises:
        ValueError: the part is not small.
    """
    found: list[tuple[str, Mapping[str, str]]] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MOST_ELEMENTS:
            raise ValueError
        name = name.rpartition(":")[2]
        if name in wanted:
            found.append((name, {key.rpartition(":")[2]: value for key, value in attributes.items()}))

    _parse(archive, part, start)
    return found


def _book(archive: zipfile.ZipFile, limits: Limits) -> _Book:
    names = set(archive.namelist())
    root = "xl/workbook.xml"
    targets = {}
    kinds = {}
    for _, link in _elements(archive, "xl/_rels/workbook.xml.rels", frozenset({"Relationship"})):
        target = link["Target"]
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        targets[link["Id"]] = part
        kinds[link["Type"].rpartition("/")[2]] = part
    epoch = EPOCH
    sheets: list[tuple[str, str, bool]] = []
    for name, attributes in _elements(archive, root, frozenset({"sheet", "workbookPr"})):
        if name == "workbookPr":
            epoch = EPOCH_1904 if attributes.get("date1904") in {"1", "true"} else EPOCH
            continue
        part = targets.get(attributes["id"], "")
        if part in names and "worksheet" in part:
            sheets.append((attributes["name"], part, attributes.get("state", "visible") == "visible"))
    sheets.sort(key=lambda sheet: not sheet[2])
    texts = _texts(archive, kinds["sharedStrings"], limits) if kinds.get("sharedStrings") in names else []
    formats = _formats(archive, kinds["styles"]) if kinds.get("styles") in names else []
    return _Book(tuple(sheets), texts, formats, epoch)


class _TextsReader:
    """Takes the elements of the texts that cells share, without the reading aids of East Asian ones.

    Raises:
        ValueError: there are more of them than cells may be, or other things without end.
    """

    def __init__(self, most: int) -> None:
        """Start with no text."""
        self.texts: list[str] = []
        self._most, self._others, self._depth = most, 0, 0
        self._pieces: list[str] = []
        self._aside = 0
        self._takes = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """Take the start of an element."""
        name = name.rpartition(":")[2]
        self._depth += 1
        if self._depth > DEEPEST or len(self.texts) > self._most or self._others > self._most * _LOOKS_A_TEXT:
            raise ValueError
        if name == "t":
            self._takes = self._aside == 0
        elif name == "si":
            self._pieces.clear()
        elif name == "rPh":
            self._aside += 1
        else:
            self._others += 1

    def end(self, name: str) -> None:
        """Take the end of an element."""
        name = name.rpartition(":")[2]
        self._depth -= 1
        if name == "t":
            self._takes = False
        elif name == "si":
            self.texts.append(unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._aside -= 1

    def characters(self, text: str) -> None:
        """Take the text inside an element."""
        if self._takes:
            self._pieces.append(text)


def _texts(archive: zipfile.ZipFile, part: str, limits: Limits) -> list[str]:
    reader = _TextsReader(limits.cells)
    _parse(archive, part, reader.start, reader.end, reader.characters)
    return reader.texts


def _formats(archive: zipfile.ZipFile, part: str) -> list[Format]:
    """Return what the number of each cell style means."""
    codes: dict[int, str] = {}
    formats: list[Format] = []
    is_cell_style = False
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal is_cell_style, count
        count += 1
        if count > _MOST_STYLES:
            raise ValueError
        name = name.rpartition(":")[2]
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name in {"cellXfs", "cellStyleXfs"}:
            is_cell_style = name == "cellXfs"
        elif name == "xf" and is_cell_style:
            number = int(attributes.get("numFmtId", "0"))
            found = format_of(number, codes.get(number))
            formats.append(GENERAL if found == GENERAL else found)

    def end(name: str) -> None:
        nonlocal is_cell_style
        if name.rpartition(":")[2] == "cellXfs":
            is_cell_style = False

    _parse(archive, part, start, end)
    return formats
