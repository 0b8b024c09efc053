"""Workbooks of other programs: odd but honest."""

import time
import warnings
import zipfile
from io import BytesIO

import pytest

from chiron.sheets.files.books.workbook import open_grids
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import Limits, SheetError
from sheets.awkward import replaced, rows, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(sheet: str, *, texts: str = "", workbook: str = "", flag: int = 0) -> bytes:
    parts = {
        "xl/workbook.xml": workbook
        or f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><workbookPr date1904="1"/><sheets>'
        f'<sheet name="Secret" sheetId="2" state="hidden" r:id="r2"/>'
        f'<sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="x"><Relationship Id="r1" Type="{LINKS}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{LINKS}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="r3" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{MAIN}">{sheet}</x:worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
        f'<row r="1"><c r="A1" t="inlineStr"><is><t>hidden</t></is></c></row></sheetData></worksheet>',
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
        '<x:row r="4"><x:c r="B4" t="b"><x:v>1</x:v></x:c><x:c r="A4" t="str"><x:f>A1</x:f><x:v>said</x:v></x:c>'
        '<x:c r="C4" t="d"><x:v>2026-03-01T00:00:00</x:v></x:c><x:c r="D4" t="e"><x:v>#N/A</x:v></x:c></x:row>'
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


def test_visible_sheets_are_read_before_hidden_ones_and_the_others_are_named():
    old, new = rows(["Name", "Email"], ["Old Person", "o@b.test"]), rows(["Name", "Email"], ["Xan Reed", "x@b.test"])

    def hidden(sheet):
        old(sheet)
        sheet.sheet_state = "veryHidden"

    content = workbook(("Mentees", hidden), ("Form1", new), ("Copy", new))

    table = read_table(content, name="m.xlsx", prefer="mentee")

    assert (table.sheet, table.rows[0].cells[0]) == ("Form1", "Xan Reed")
    assert table.others == ("Copy", "Mentees (hidden)")
    assert read_table(content, name="m.xlsx", sheet=" mentees ").rows[0].cells[0] == "Old Person"


def test_hidden_sheet_is_read_where_no_visible_one_holds_people():
    def hidden(sheet):
        rows(["Name", "Email"], ["Ama", "a@b.test"])(sheet)
        sheet.sheet_state = "hidden"

    content = workbook(("Read me", rows([None])), ("Data", hidden))

    assert read_table(content, name="m.xlsx").sheet == "Data"


def test_hidden_rows_are_read_and_named_by_number():
    def fill(sheet):
        rows(["Name", "Email"], *([f"Person {at}", f"p{at}@b.test"] for at in range(2, 10)))(sheet)
        for number in (3, 4, 5, 8, 20):
            sheet.row_dimensions[number].hidden = True

    table = read_table(workbook(("Sheet1", fill)), name="m.xlsx")

    assert len(table.rows) == 8
    assert table.notes == ("m.xlsx: 4 hidden rows were read: rows 3–5, 8. Delete what should not count.",)


def test_merged_cells_hold_for_each_of_their_rows():
    def fill(sheet):
        rows(["Name", "Hospital", "Ward", "Goals"], ["Cy", "South", "A", "x"], ["Di", None, None, "x"], ["Ed", None, "B", "x"],
             ["Flo", "North", "C", None], [None] * 4, ["Gil", None, "D", None])(sheet)  # fmt: skip
        for block in ("B2:B4", "C2:C3", "B5:B7", "D5:D7"):
            sheet.merge_cells(block)

    table = read_table(workbook(("Sheet1", fill)), name="m.xlsx")

    assert [(row.number, *row.cells) for row in table.rows] == [
        (2, "Cy", "South", "A", "x"),
        (3, "Di", "South", "A", "x"),
        (4, "Ed", "South", "B", "x"),
        (5, "Flo", "North", "C", ""),
        (7, "Gil", "North", "D", ""),
    ]


def test_coloured_empty_rows_and_cells_of_spaces_count_for_nothing():
    empty = "".join(
        f'<row r="{at}"><c r="A{at}" s="1"/><c r="B{at}" t="inlineStr"><is><t> </t></is></c></row>'
        for at in range(4, 60_000)
    )
    content = replaced(
        workbook(("Sheet1", rows(["Name", "Email"], ["Ama", "a@b.test"], ["Bo", "b@b.test"]))),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"</sheetData>", empty.encode() + b"</sheetData>"),
    )

    assert [row.cells[0] for row in read_table(content, name="m.xlsx").rows] == ["Ama", "Bo"]


@pytest.mark.parametrize("twin", ["xl/worksheets/sheet1.xml", "xl/Workbook.xml"])
def test_workbook_whose_parts_stand_twice_is_damaged(twin):
    stream = BytesIO(workbook(("Sheet1", rows(["Name", "Email"], ["Ama", "a@b.test"]))))
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(twin, "<worksheet/>")

    with pytest.raises(SheetError, match="the workbook is damaged"):
        read_table(stream.getvalue(), name="m.xlsx")


PERSON = '<x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row><x:row><x:c t="s"><x:v>1</x:v></x:c></x:row>{}</x:sheetData>'
NAMES = "<si><t>Name</t></si><si><t>Ama</t></si>"


@pytest.mark.parametrize(("sheet", "texts"), [
    (PERSON.format(""), NAMES + "".join(f"<si><t>{at % 997}</t></si>" for at in range(60_000))),
    (PERSON.format(""), NAMES + "<si>" + "<a/>" * 1_100_000 + "</si>"),
    (PERSON.format(""), NAMES + "<si>" + "<a>" * 1_000),
    (PERSON.format("".join(f'<x:row><x:c s="{at % 97}"/></x:row>' for at in range(60_000))), NAMES),
    (PERSON.format("<x:a>" * 1_000), NAMES),
    (PERSON.format("".join(f"<x:a{at % 97}/>" for at in range(60_000))), NAMES),
], ids=["texts", "looks of a text", "deep text", "empty cells", "deep sheet", "other things"])  # fmt: skip
def test_workbook_that_says_little_and_costs_much_is_refused(sheet, texts):
    content = book(sheet, texts=texts)
    begun = time.process_time()

    with pytest.raises(SheetError, match=r"m\.xlsx"):
        read_table(content, name="m.xlsx", limits=Limits(cells=50_000))

    assert time.process_time() - begun < 10  # a tenth of that, where nobody counts the lines that run


def test_merged_blocks_without_end_fill_no_more_than_there_may_be():
    blocks = "".join(f'<x:mergeCell ref="A2:A{at}"/>' for at in range(2, 40_000))
    people = "".join(f'<x:row r="{at}"><x:c r="B{at}"><x:v>1</x:v></x:c></x:row>' for at in range(3, 2_000))
    content = book(PERSON.format(people) + f"<x:mergeCells>{blocks}</x:mergeCells>", texts=NAMES)
    begun = time.process_time()

    table = read_table(content, name="m.xlsx", limits=Limits(cells=50_000))

    assert len(table.rows) == 1_998
    assert time.process_time() - begun < 10  # a tenth of that, where nobody counts the lines that run
