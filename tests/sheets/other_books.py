"""Writes workbooks of other kinds for tests: .xls by xlwt, .ods and .xlsb by a few lines each; people are made up."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import xlwt

Cells = Sequence[object]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
_FILTERED = ' table:visibility="filter"'
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def xls_bytes(
    *sheets: tuple[str, Sequence[Cells]],
    hidden: Sequence[str] = (),
    change: Callable[[xlwt.Workbook], None] | None = None,
) -> bytes:
    """Return an old Excel workbook.

    Args:
        sheets: the name and the rows of each.
        hidden: names of sheets that are not shown.
        change: what else is done to the workbook before it is saved.
    """
    book = xlwt.Workbook()
    for name, lines in sheets:
        sheet = book.add_sheet(name)
        sheet.visibility = int(name in hidden)
        for at, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell is not None:
                    sheet.write(at, column, cell)
    if change is not None:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods_cell(cell: object) -> str:
    """Return a cell's XML; a text that begins with < is XML already."""
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str) and cell.startswith("<"):
        return cell
    if isinstance(cell, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(cell).lower()}"><text:p>{cell}</text:p></table:table-cell>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def ods_bytes(
    *sheets: tuple[str, Sequence[Cells]], hidden: Sequence[str] = (), hidden_rows: Sequence[int] = (), extra: str = ""
) -> bytes:
    """Return an OpenDocument workbook.

    Args:
        sheets: the name and the rows of each.
        hidden: names of sheets that are not shown.
        hidden_rows: numbers of rows that are not shown, in every sheet.
        extra: XML of rows behind those of each sheet.
    """
    tables = []
    for name, lines in sheets:
        look = ' table:style-name="away"' if name in hidden else ""
        body = "".join(
            f"<table:table-row{_FILTERED * (number in hidden_rows)}>"
            f"{''.join(map(ods_cell, line)) or '<table:table-cell/>'}</table:table-row>"
            for number, line in enumerate(lines, start=1)
        )
        tables.append(f'<table:table table:name="{escape(name)}"{look}>{body}{extra}</table:table>')
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES}><office:automatic-styles>'
        '<style:style style:name="away" style:family="table"><style:table-properties table:display="false"/></style:style>'
        f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), ODS)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return stream.getvalue()


def _record(kind: int, body: bytes = b"") -> bytes:
    """Return one record of a binary workbook: its kind and length in seven bits a byte, then what it holds."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = bytearray(), len(body)
    while True:
        size.append(length & 0x7F | (0x80 if length > 127 else 0))
        length >>= 7
        if not length:
            return head + bytes(size) + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_bytes(*sheets: tuple[str, Sequence[Cells]], hidden: Sequence[str] = (), row_records: bytes = b"") -> bytes:
    """Return a binary Excel workbook ([MS-XLSB]: only the records that a reader needs).

    Args:
        sheets: the name and the rows of each.
        hidden: names of sheets that are not shown.
        row_records: records of rows and cells behind those of each sheet.
    """
    bundle = b"".join(
        _record(156, struct.pack("<II", int(name in hidden), number) + _wide(f"rId{number}") + _wide(name))
        for number, (name, _) in enumerate(sheets, start=1)
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", _record(131) + _record(143) + bundle + _record(144) + _record(132))
        links = "".join(
            f'<Relationship Id="rId{number}"'
            f' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
            f'Target="worksheets/sheet{number}.bin"/>'
            for number in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        )
        for number, (_, lines) in enumerate(sheets, start=1):
            body = b"".join(xlsb_row(at, line) for at, line in enumerate(lines))
            width = max(map(len, lines))
            extent = _record(148, struct.pack("<IIII", 0, len(lines) - 1, 0, width - 1))
            part = _record(129) + extent + _record(145) + body + row_records + _record(146) + _record(130)
            archive.writestr(f"xl/worksheets/sheet{number}.bin", part)
    return stream.getvalue()


def xlsb_row(at: int, line: Cells) -> bytes:
    """Return the records of one row, counted from 0."""
    cells = []
    for column, cell in enumerate(line):
        place = struct.pack("<II", column, 0)
        if isinstance(cell, bool):
            cells.append(_record(4, place + bytes([cell])))
        elif isinstance(cell, int | float):
            cells.append(_record(5, place + struct.pack("<d", cell)))
        elif cell:
            cells.append(_record(6, place + _wide(str(cell))))
    return _record(0, struct.pack("<IIHBBBI", at, 0, 300, 0, 0, 0, 0)) + b"".join(cells)
