"""A sheet to be written, and the bytes of workbooks and text files: nothing here is able to write a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from chiron.sheets.files.table import letters

Cell = str | int | None
LONGEST, NARROWEST, WIDEST = 32_767, 8, 60
MEASURED_ROWS = 200
_STARTS_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|%]")
_NUMBER = re.compile(r"[+-]?\(?\d[\d .,()]*%?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUOTED = re.compile(r"'(?=[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|%])")
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same result gives the same bytes, whenever it is written
_PLAIN, _HEADING, _LITERAL = 0, 1, 2
_QUOTE = '"'
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_NAMESPACE}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" '
    'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet to be written: its name, a row of headings, and rows of texts and whole numbers."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def starts_like_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a text for a formula; numbers and telephone numbers are none."""
    return _STARTS_FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def legal(text: str) -> str:
    """Return a text as a cell may hold it: no control characters, one kind of line break, not too long."""
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def workbook_bytes(pages: Sequence[Page]) -> bytes:
    """Return an .xlsx workbook; every text in it is typed as text, headings stay in view."""
    stream = io.BytesIO()
    parts = {
        "[Content_Types].xml": _content_types(len(pages)),
        "_rels/.rels": _relations([(f"{_RELATIONS}/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(pages),
        "xl/_rels/workbook.xml.rels": _relations(
            [(f"{_RELATIONS}/worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(pages) + 1)]
            + [(f"{_RELATIONS}/styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    tails = _Tails(_PLAIN)
    parts |= {f"xl/worksheets/sheet{number}.xml": _worksheet(page, tails) for number, page in enumerate(pages, start=1)}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode("utf-8"))
    return stream.getvalue()


def _content_types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{sheets}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _workbook(pages: Sequence[Page]) -> str:
    sheets = "".join(
        f'<sheet name="{_escaped(page.name).replace(_QUOTE, "&quot;")}" sheetId="{number}" r:id="rId{number}"/>'
        for number, page in enumerate(pages, start=1)
    )
    return f'{_HEAD}<workbook xmlns="{_NAMESPACE}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _worksheet(page: Page, tails: "_Tails") -> str:
    """Return a sheet's XML; `tails` remembers cells that were written before."""
    width = max([len(page.headings), *(len(row) for row in page.rows)], default=1) or 1
    columns = "".join(
        f'<col min="{at + 1}" max="{at + 1}" width="{_width(page, at)}" customWidth="1"/>' for at in range(width)
    )
    names = [letters(at) for at in range(width)]
    heads = [f'<c r="{name}' for name in names]
    lines = [_row(1, page.headings, heads, _Tails(_HEADING))]
    lines += [_row(number, row, heads, tails) for number, row in enumerate(page.rows, start=2)]
    return (
        f'{_HEAD}<worksheet xmlns="{_NAMESPACE}"><dimension ref="A1:{names[-1]}{len(page.rows) + 1}"/>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(lines)}</sheetData></worksheet>"
    )


def _width(page: Page, at: int) -> int:
    texts = [str(row[at]) for row in page.rows[:MEASURED_ROWS] if at < len(row) and row[at] is not None]
    if at < len(page.headings):
        texts.append(page.headings[at])
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return max(NARROWEST, min(WIDEST, longest + 2))


def _row(number: int, cells: Sequence[Cell], heads: Sequence[str], tails: "_Tails") -> str:
    """Return a row's XML; `heads` begin the cells of each column."""
    texts = [
        f"{head}{number}{tails[cell]}"
        for head, cell in zip(heads, cells, strict=False)
        if cell is not None and cell != ""
    ]
    return f'<row r="{number}">{"".join(texts)}</row>'


class _Tails(dict[str | int, str]):
    """What follows a cell's address, by what the cell holds; worked out once, for names and reasons come again."""

    def __init__(self, style: int) -> None:
        super().__init__()
        self.style = style

    def __missing__(self, cell: str | int) -> str:
        """Return the cell's look and what it holds, a text always typed as text."""
        if isinstance(cell, int):
            tail = f'" s="{self.style}"><v>{int(cell)}</v></c>'
        else:
            text = legal(cell)
            look = _LITERAL if self.style == _PLAIN and starts_like_formula(text) else self.style
            tail = f'" s="{look}" t="inlineStr"><is><t xml:space="preserve">{_escaped(text)}</t></is></c>'
        self[cell] = tail
        return tail


def _escaped(text: str) -> str:
    """Return a text as XML holds it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
    text = legal(cell)
    return f"'{text}" if starts_like_formula(text) else text


def unquoted(text: str) -> str:
    """Return a cell of a text file of ours without the apostrophe that kept it from being a formula."""
    return text[1:] if _QUOTED.match(text) else text
