"""Workbooks of other programs: odd but honest."""

import zipfile
from io import BytesIO

import pytest

from chiron.sheets.files.table import Limits, SheetError
from chiron.sheets.files.workbook import open_grids

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(sheet: str, *, texts: str = "", workbook: str = "", flag: int = 0) -> bytes:
    parts = {
        "xl/workbook.xml": workbook
        or f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><workbookPr date1904="1"/><sheets><sheet name="Secret" sheetId="2" state="hidden" r:id="r2"/><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="x"><Relationship Id="r1" Type="{LINKS}/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="r2" Type="{LINKS}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="r3" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{MAIN}">{sheet}</x:worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>hidden</t></is></c></row></sheetData></worksheet>',
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    content = bytearray(stream.getvalue())
    if flag:
        content[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(content)


def grids(content: bytes, limits: Limits = Limits()):  # noqa: B008 -- frozen
    return list(open_grids(content, file="m.xlsx", limits=limits))


def test_workbook_reads_prefixed_names_cells_without_references_and_reading_aids():
    sheet = (
        '<x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>'
        '<x:row r="4"><x:c r="B4" t="b"><x:v>1</x:v></x:c><x:c r="A4" t="str"><x:f>A1</x:f><x:v>said</x:v></x:c><x:c r="C4" t="d"><x:v>2026-03-01T00:00:00</x:v></x:c><x:c r="D4" t="e"><x:v>#N/A</x:v></x:c></x:row>'
        '<x:row r="3"><x:c r="A3"><x:v>7</x:v></x:c><x:c r="B3"><x:f>1+1</x:f></x:c><x:c r="C3" t="str"><x:f>""</x:f><x:v></x:v></x:c></x:row></x:sheetData>'
        '<x:mergeCells><x:mergeCell ref="A1:B1"/><x:mergeCell ref="nonsense"/></x:mergeCells>'
    )
    texts = "<si><r><t>Full </t></r><r><t>name</t></r></si><si><t>名前</t><rPh><t>なまえ</t></rPh></si>"

    people, secret = grids(book(sheet, texts=texts))

    assert (people.sheet, secret.sheet) == ("People", "Secret")
    assert people.rows == ((1, ["Full name", "名前"]), (3, ["7"]), (4, ["said", "yes", "2026-03-01", "#N/A"]))
    assert people.unread == {(3, 1)}
    assert [(merge.top, merge.left, merge.bottom, merge.right) for merge in people.merges] == [(1, 0, 1, 1)]


@pytest.mark.parametrize(
    "sheet",
    [
        '<x:sheetData><x:row><x:c t="s"><x:v>99</x:v></x:c></x:row></x:sheetData>',
        "<x:sheetData><x:row><x:c><x:v>three</x:v></x:c></x:row></x:sheetData>",
        "<x:sheetData>",
    ],
)
def test_workbook_that_makes_no_sense_is_refused(sheet):
    with pytest.raises(SheetError, match="the workbook is damaged"):
        grids(book(sheet))


def test_workbook_with_a_password_or_too_many_parts_is_refused():
    with pytest.raises(SheetError, match="locked with a password"):
        grids(book("<x:sheetData/>", flag=1))
    with pytest.raises(SheetError, match="holds 5 parts, and I read at most 3"):
        grids(book("<x:sheetData/>"), Limits(parts=3))


def test_workbook_that_holds_more_than_it_declares_is_refused():
    row = '<x:row r="{0}"><x:c r="A{0}"><x:v>1</x:v></x:c></x:row>'
    sheet = f'<x:dimension ref="A1:A2"/><x:sheetData>{"".join(row.format(at) for at in range(1, 50))}</x:sheetData>'

    with pytest.raises(SheetError, match="I read at most 20 rows"):
        grids(book(sheet), Limits(rows=20))
