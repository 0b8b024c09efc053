"""What an old Excel workbook (.xls) shows beside its values: hidden rows, per cents, zeros in front, and errors.

A compound file is a small file system of sectors; one stream in it holds the records of all sheets ([MS-CFB],
[MS-XLS]).
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from chiron.sheets.files.books.formats import Format, format_of, number_text
from chiron.sheets.files.books.open_document import SheetLook

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE
_HEADER_FAT = 109
_ENTRY = 128
_STREAM_NAMES = frozenset({"Workbook", "Book"})
_FORMULA, _EOF, _BOUNDSHEET, _MULRK, _XF, _NUMBER, _BOOLERR, _ROW, _RK, _FORMAT = (
    0x06, 0x0A, 0x85, 0xBD, 0xE0, 0x203, 0x205, 0x208, 0x27E, 0x41E,
)  # fmt: skip
_ERRORS: Mapping[int, str] = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_HIDDEN_ROW = 0x20
_STORED_ERROR = 2

Record = tuple[int, bytes]


def looks_of_xls(content: bytes) -> dict[str, SheetLook]:
    """Return what each sheet shows, by its name.

    Raises:
        ValueError: the file is no compound file with a workbook in it, or a record makes no sense.
        IndexError: a sector or a style that is named is not there.
        struct.error: a record is cut short.
    """
    stream = _workbook_stream(content)
    sheets: list[tuple[int, str]] = []
    codes: dict[int, str] = {}
    formats: list[Format] = []
    for kind, body in _records(stream, 0):
        if kind == _BOUNDSHEET:
            sheets.append((struct.unpack_from("<I", body)[0], _short_text(body[6:])))
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _long_text(body[2:])
        elif kind == _XF:
            number = struct.unpack_from("<H", body, 2)[0]
            formats.append(format_of(number, codes.get(number)))
    return {name: _look(stream, start, formats) for start, name in sheets}


def _look(stream: bytes, start: int, formats: Sequence[Format]) -> SheetLook:
    """Return what the sheet shows whose records begin at a place."""
    look = SheetLook()
    for kind, body in _records(stream, start):
        if kind == _ROW:
            number, flags = struct.unpack_from("<H", body)[0], struct.unpack_from("<H", body, 12)[0]
            if flags & _HIDDEN_ROW:
                look.hidden.append(number + 1)
            continue
        for row, column, style, value in _cells(kind, body):
            if isinstance(value, str):
                look.shown.setdefault(row + 1, {})[column] = value
            elif formats[style].is_percent or formats[style].zeros:
                look.shown.setdefault(row + 1, {})[column] = number_text(repr(value), formats[style])
    return look


def _cells(kind: int, body: bytes) -> Iterator[tuple[int, int, int, float | str]]:
    """Yield row, column, style and number or error of the cells in a record."""
    if kind == _NUMBER:
        yield struct.unpack_from("<HHHd", body)
    elif kind == _RK:
        row, column, style, packed = struct.unpack_from("<HHHI", body)
        yield row, column, style, _unpacked(packed)
    elif kind == _MULRK:
        row, first = struct.unpack_from("<HH", body)
        for at, (style, packed) in enumerate(struct.iter_unpack("<HI", body[4:-2])):
            yield row, first + at, style, _unpacked(packed)
    elif kind == _BOOLERR:
        row, column, style, value, is_error = struct.unpack_from("<HHHBB", body)
        if is_error:
            yield row, column, style, _ERRORS.get(value, "#N/A")
    elif kind == _FORMULA:
        row, column, style, what, code, mark = struct.unpack_from("<HHHBxBxxxH", body)
        if mark != 0xFFFF:  # noqa: PLR2004 -- the mark of a value that is no number
            yield row, column, style, struct.unpack_from("<d", body, 6)[0]
        elif what == _STORED_ERROR:
            yield row, column, style, _ERRORS.get(code, "#N/A")


def _unpacked(packed: int) -> float:
    """Return a number that is kept in four bytes: an integer or half a float, perhaps in hundredths."""
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<I", packed & ~3))[0]
    return value / 100 if packed & 1 else value


def _records(stream: bytes, start: int) -> Iterator[Record]:
    """Yield the records from a place up to the end of their part."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if kind == _EOF:
            return
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length


def _short_text(body: bytes) -> str:
    """Return a text whose length stands in one byte before it."""
    return _text(body[2:], body[0], is_wide=bool(body[1] & 1))


def _long_text(body: bytes) -> str:
    """Return a text whose length stands in two bytes before it."""
    return _text(body[3:], struct.unpack_from("<H", body)[0], is_wide=bool(body[2] & 1))


def _text(letters: bytes, count: int, *, is_wide: bool) -> str:
    return letters[: count * 2].decode("utf-16-le") if is_wide else letters[:count].decode("latin-1")


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream of a compound file that holds the workbook.

    Raises:
        ValueError: there is none, or its sectors go in a circle.
    """
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    small_size = 1 << struct.unpack_from("<H", content, 32)[0]
    directory, _, cutoff, small_fat, _, more_fat = struct.unpack_from("<IIIIII", content, 48)
    most = len(content) // size + 1

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    def chain(start: int, following: Sequence[int]) -> Iterator[int]:
        seen = 0
        while start < _END:
            yield start
            start, seen = following[start], seen + 1
            if seen > max(most, len(following)):
                raise ValueError

    blocks = [*struct.unpack_from(f"<{_HEADER_FAT}I", content, 76)]
    while more_fat < _END and len(blocks) <= most + _HEADER_FAT:
        numbers = struct.unpack(f"<{size // 4}I", sector(more_fat))
        blocks += numbers[:-1]
        more_fat = numbers[-1]
    fat = [number for block in blocks if block < _END for number in struct.unpack(f"<{size // 4}I", sector(block))]
    entries = b"".join(sector(number) for number in chain(directory, fat))
    root_start = struct.unpack_from("<I", entries, 116)[0]
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") not in _STREAM_NAMES:
            continue
        start, whole = struct.unpack_from("<II", entries, at + 116)
        if whole >= cutoff:
            return b"".join(sector(number) for number in chain(start, fat))[:whole]
        small = b"".join(sector(number) for number in chain(root_start, fat))
        small_table = b"".join(sector(number) for number in chain(small_fat, fat))
        following = struct.unpack(f"<{len(small_table) // 4}I", small_table)
        pieces = islice(chain(start, following), most * (size // small_size))
        return b"".join(small[number * small_size : (number + 1) * small_size] for number in pieces)[:whole]
    raise ValueError
