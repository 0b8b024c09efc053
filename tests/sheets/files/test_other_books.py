"""Workbooks of other kinds: .xls, .xlsb and .ods say what the same .xlsx says, or say what is lost."""

import datetime as dt
import random
import zipfile
from io import BytesIO

import pytest
import xlwt
from python_calamine import CalamineWorkbook

from chiron.sheets.files.apart import Budget, read_apart
from chiron.sheets.files.books.other_books import text_of_value
from chiron.sheets.files.books.workbook import open_grids
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import Limits, SheetError
from sheets import awkward
from sheets.awkward import replaced, rows, workbook
from sheets.other_books import ods_bytes, xls_bytes, xlsb_bytes, xlsb_row

PEOPLE = [
    ["Mentors of the spring cohort"],
    [],
    ["Name", "Email", "Places", "Share", "Online?", "Goals"],
    ["Siân Hughes", "sian@clinic.test", 2, 1.5, True, "Research\nExams"],
    [],
    ["Bo Li", "bo@clinic.test", 1, 0.25, False, "a < b & c"],
]
NOTE = "is a binary Excel file, of which I see values only"
WRITERS = {"m.xls": xls_bytes, "m.ods": ods_bytes, "m.xlsb": xlsb_bytes}


@pytest.mark.parametrize("name", WRITERS)
def test_other_workbook_says_what_the_same_xlsx_says(name):
    same = read_table(workbook(("People", rows(*PEOPLE))), name="m.xlsx")

    table = read_table(WRITERS[name](("People", PEOPLE)), name=name)

    assert (table.sheet, table.heading_row, table.headings) == (same.sheet, same.heading_row, same.headings)
    assert table.rows == same.rows
    assert [NOTE in note for note in table.notes] == ([True] if name == "m.xlsb" else [])


@pytest.mark.parametrize("name", WRITERS)
def test_other_workbook_is_read_from_its_visible_sheet(name):
    old = [["Name", "Email"], ["Old Person", "old@clinic.test"]]
    new = [["Name", "Email"], ["Xan Reed", "xan@clinic.test"]]
    content = WRITERS[name](("Mentees", old), ("Form1", new), hidden=["Mentees"])

    table = read_table(content, name=name, prefer="mentee")

    assert (table.sheet, table.others) == ("Form1", ("Mentees (hidden)",))
    assert read_table(content, name=name, sheet="mentees").rows[0].cells[0] == "Old Person"


@pytest.mark.parametrize("name", WRITERS)
def test_other_workbook_keeps_the_numbers_of_rows_and_columns_of_a_table_in_a_corner(name):
    lines = [[], [], [None, None, "Name", "Email"], [], [None, None, "Ama", "ama@clinic.test"]]

    table = read_table(WRITERS[name](("People", lines)), name=name)

    assert (table.heading_row, [row.number for row in table.rows]) == (3, [5])
    assert table.headings == ("(column A)", "(column B)", "Name", "Email")


@pytest.mark.parametrize("of_1904", [False, True])
def test_old_workbook_gives_dates_times_and_durations_of_both_day_zeros(of_1904):
    def fill(book: xlwt.Workbook) -> None:
        book.dates_1904 = of_1904
        sheet = book.get_sheet(0)
        for column, (value, look) in enumerate(
            [(dt.date(2026, 3, 1), "yyyy-mm-dd"), (dt.datetime.fromisoformat("2026-03-01T09:30"), "yyyy-mm-dd hh:mm"), (dt.time(14, 5), "hh:mm")]
        ):  # fmt: skip
            sheet.write(1, column + 1, value, xlwt.easyxf(num_format_str=look))

    table = read_table(xls_bytes(("People", [["Name", "Born", "Seen", "At"], ["Ama"]]), change=fill), name="m.xls")

    assert table.rows[0].cells == ("Ama", "2026-03-01", "2026-03-01 09:30", "14:05")


def test_old_workbook_lets_merged_cells_hold_for_each_of_their_rows():
    def merge(book: xlwt.Workbook) -> None:
        book.get_sheet(0).write_merge(1, 2, 1, 1, "South")

    lines = [["Name", "Hospital"], ["Cy Dale"], ["Di Fenn"], ["Ed Gow", "North"]]

    table = read_table(xls_bytes(("People", lines), change=merge), name="m.xls")

    assert [row.cells[1] for row in table.rows] == ["South", "South", "North"]


@pytest.mark.parametrize("people", [3, 3_000])  # a small file keeps its workbook in other sectors than a large one
def test_old_workbook_shows_zeros_per_cents_hidden_rows_and_errors(people):
    def fill(book: xlwt.Workbook) -> None:
        sheet = book.get_sheet(0)
        sheet.write(1, 1, 417, xlwt.easyxf(num_format_str="00000"))
        sheet.write(1, 2, 0.25, xlwt.easyxf(num_format_str="0%"))
        sheet.write(2, 1, 418.0)
        sheet.write(2, 2, 0.255, xlwt.easyxf(num_format_str="0.0%"))
        sheet.row(2).hidden = True
        sheet.row(3).set_cell_error(1, "#REF!")
        sheet.row(3).set_cell_error(2, "#DIV/0!")

    names = [[f"Person {at}", None, None, "North"] for at in range(people)]

    table = read_table(
        xls_bytes(("People", [["Name", "Staff number", "Share", "Site"], *names]), change=fill), name="m.xls"
    )

    assert len(table.rows) == people
    assert [row.cells for row in table.rows[:3]] == [
        ("Person 0", "00417", "25%", "North"),
        ("Person 1", "418", "25.5%", "North"),
        ("Person 2", "#REF!", "#DIV/0!", "North"),
    ]
    assert table.notes == ("m.xls: 1 hidden row was read: row 3. Delete what should not count.",)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("seed", range(6))
def test_other_workbook_with_slips_in_it_is_read_or_refused(seed, name):
    chance = random.Random(seed)
    content = bytearray(WRITERS[name](("People", PEOPLE)))
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(len(content))] = chance.randrange(256)

    try:
        told = str(read_table(bytes(content), name=name))
    except SheetError as refused:
        told = str(refused)

    assert name in told


def test_open_document_shows_zeros_per_cents_merged_and_hidden_rows():
    zeros = '<table:table-cell office:value-type="float" office:value="417"><text:p>00417</text:p></table:table-cell>'
    share = (
        '<table:table-cell office:value-type="percentage" office:value="0.25"><text:p>25%</text:p></table:table-cell>'
    )
    south = '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>South</text:p></table:table-cell>'
    lines = [
        ["Name", "Staff number", "Share", "Hospital"],
        ["Cy Dale", zeros, share, south],
        ["Di Fenn", 418, 0.5, "<table:covered-table-cell/>"],
        ["Ed Gow", 419, 0.5, "North"],
    ]

    table = read_table(ods_bytes(("People", lines), hidden_rows=[3]), name="m.ods")

    assert [row.cells for row in table.rows] == [
        ("Cy Dale", "00417", "25%", "South"),
        ("Di Fenn", "418", "0.5", "South"),
        ("Ed Gow", "419", "0.5", "North"),
    ]
    assert table.notes == ("m.ods: 1 hidden row was read: row 3. Delete what should not count.",)


def test_open_document_with_a_million_empty_rows_is_read_at_once():
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'

    table = read_table(ods_bytes(("People", PEOPLE), extra=empty), name="m.ods")

    assert len(table.rows) == 2


FAR = xlsb_row(1_048_575, [None] * 16_000 + ["x"])
MANY = (
    '<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell office:value-type="string" table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell></table:table-row>'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m.xlsb", xlsb_bytes(("People", PEOPLE), row_records=FAR)),
        ("m.ods", ods_bytes(("People", PEOPLE), extra=MANY)),
        ("m.ods", ods_bytes(("People", PEOPLE), extra="<a>" * 200)),
        ("m.ods", ods_bytes(("People", PEOPLE), extra="<a>" * 50_000 + "</a>" * 50_000)),
        ("m.xls", xls_bytes(("People", PEOPLE))[:3_000]),
        ("m.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ],
    ids=["far cell", "repeated cells", "torn XML", "deep XML", "half a file", "nothing"],
)
def test_hostile_workbook_ends_in_words_and_nowhere_else(name, content):
    with pytest.raises(SheetError, match=r"^I (cannot|will not) open m\."):
        read_table(content, name=name)


def test_workbook_over_which_the_library_stumbles_is_called_damaged():
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsb_bytes(("People", PEOPLE)))) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(b"rId1", b"rId9") if part.endswith(".rels") else content)

    with pytest.raises(SheetError, match=r"^I cannot open m\.xlsb: the file is damaged"):
        read_table(stream.getvalue(), name="m.xlsb")


def test_workbook_that_is_locked_says_so():
    stream = BytesIO(ods_bytes(("People", PEOPLE)))
    with zipfile.ZipFile(stream) as old:
        parts = {entry: old.read(entry) for entry in old.namelist()}
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(b"/>", b"><x:encryption-data/></x>")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for entry, part in parts.items():
            new.writestr(entry, part)

    with pytest.raises(SheetError, match=r"I cannot open m\.ods: it is locked with a password"):
        read_table(out.getvalue(), name="m.ods")


def test_file_of_any_kind_can_be_read_in_a_process_of_its_own():
    content = workbook(("People", rows(*PEOPLE)))

    assert read_apart(content, name="m.xlsx", limits=Limits()) == read_table(content, name="m.xlsx")
    with pytest.raises(SheetError, match=r"^m\.csv is empty"):
        read_apart(b"\r\n", name="m.csv", limits=Limits())


def test_process_of_its_own_ends_when_its_memory_is_spent():
    large = "Name,Email\r\n" + "".join(f"Person {at},{'x' * 300}{at}\r\n" for at in range(30_000))

    with pytest.raises(SheetError, match=r"takes more than 20 s or 50 MiB of memory"):
        read_apart(large.encode(), name="m.csv", limits=Limits(), budget=Budget(mebibytes=50))


def test_process_of_its_own_ends_when_its_time_is_spent():
    # Takes as long as it may: one second of processor time.
    cells = "".join(f'<c r="A{at}" s="1"/>' for at in range(1_900_000))
    content = replaced(
        workbook(("People", rows(["Name", "Email"], ["Ama", "a@b.test"]))),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"</sheetData>", f"<row>{cells}</row></sheetData>".encode()),
    )

    with pytest.raises(SheetError, match=r"takes more than 1 s or 1,024 MiB of memory"):
        read_apart(content, name="m.xlsx", limits=Limits(), budget=Budget(seconds=1))


@pytest.mark.parametrize(
    "sheet", [one for one in awkward.plain_sheets() if one.file.endswith(".xlsx")], ids=lambda sheet: sheet.name
)
def test_own_reader_of_xlsx_says_all_that_calamine_says_and_keeps_zeros_besides(sheet):
    book = CalamineWorkbook.from_filelike(BytesIO(sheet.content))

    for grid in open_grids(sheet.content, file=sheet.file, limits=Limits()):
        ours = {(number, at): cell for number, cells in grid.rows for at, cell in enumerate(cells) if cell}
        theirs = {
            (number, at): text_of_value(value)
            for number, values in enumerate(
                book.get_sheet_by_name(grid.sheet).to_python(skip_empty_area=False), start=1
            )
            for at, value in enumerate(values)
            if text_of_value(value).strip()
        }

        assert ours.keys() == theirs.keys()
        differ = {ours[place]: theirs[place] for place in ours if ours[place] != theirs[place]}
        assert differ == ({"02139": "2139", "00912": "912"} if sheet.name == "leading zeros" else {})
