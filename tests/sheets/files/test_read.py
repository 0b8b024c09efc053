"""Reading spreadsheets as people write them."""

import datetime as dt
import io
import time
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiron.sheets.files.books.workbook import open_grids
from chiron.sheets.files.read import Limits, SheetError, read_table, table_of
from sheets import awkward
from sheets.awkward import csv_bytes, replaced, rows, workbook


def refusal(content: bytes, name: str, **kwargs) -> str:
    with pytest.raises(SheetError) as caught:
        read_table(content, name=name, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_read_text_in_every_encoding_and_separator(encoding, separator):
    content = csv_bytes(
        [["Name", "Goals\nwhat?"], ["Siân Hughes", 'Research, "applied"; exams'], ["Bo Li", "x|y\tz"]],
        separator=separator,
        encoding=encoding,
    )

    table = read_table(content, name="mentors.csv")

    assert table.headings == ("Name", "Goals\nwhat?")
    assert [row.cells for row in table.rows] == [("Siân Hughes", 'Research, "applied"; exams'), ("Bo Li", "x|y\tz")]
    assert [row.number for row in table.rows] == [2, 3]


def test_read_text_takes_the_separator_that_excel_names_in_the_first_line():
    table = read_table(b"sep=;\r\nName;Topics, all\r\nAma;a, b\r\n", name="m.csv")

    assert table.headings == ("Name", "Topics, all")
    assert table.rows[0].number == 3


def test_read_text_names_the_row_of_a_quote_that_is_never_closed():
    content = b'Name,Goals\r\nAma,x\r\nBo,"never\r\n' + b"closed, and on it goes\r\n" * 3000

    assert (
        refusal(content, "m.csv")
        == 'm.csv row 3: a quote mark (") is opened and never closed, so the rows below it would be lost. Close it, or save the file as .xlsx.'
    )


def test_read_keeps_zeros_dates_and_whole_numbers_as_people_see_them():
    zeros, dates = (
        read_table(sheet.content, name=sheet.file) for sheet in (awkward.leading_zeros(), awkward.excel_dates())
    )

    assert [row.cells[0] for row in zeros.rows] == ["00417", "00912"]
    assert [row.cells[3] for row in zeros.rows] == ["02139", "02139"]
    assert dates.rows[0].cells == ("2026-03-01 09:30", "Ama Boateng", "ama@clinic.test", "2026-03-02", "2026-04-01")
    assert dates.rows[1].cells == ("2026-03-01 09:31:05", "Bo Li", "bo@clinic.test", "2", "")


def test_read_finds_late_and_merged_headings_and_keeps_row_numbers():
    late, merged, gaps = (
        read_table(sheet.content, name=sheet.file)
        for sheet in (awkward.late_headings(), awkward.merged_headings(), awkward.empty_rows())
    )

    assert (late.heading_row, late.headings) == (6, ("Full name", "Email", "Places", "Specialty"))
    assert [row.number for row in late.rows] == [7, 8]
    assert merged.headings == (
        "Name",
        "Contact: E-mail",
        "Contact: Phone",
        "Preferred mentors: 1st",
        "Preferred mentors: 2nd",
        "Preferred mentors: 3rd",
    )
    assert merged.heading_row == 5
    assert [row.number for row in merged.rows] == [6, 7]
    assert gaps.headings == ("Name", "Email", "Places")
    assert [row.number for row in gaps.rows] == [3, 6, 8]


def test_read_joins_two_rows_of_headings_in_a_text_file_too():
    content = csv_bytes(
        [
            ["Name", "Contact", "", "Goals"],
            ["", "E-mail", "Phone", ""],
            ["Ama", "a@b.test", "1", "Exams"],
            ["Bo", "b@b.test", "2", "Exams"],
        ]
    )

    table = read_table(content, name="m.csv")

    assert table.headings == ("Name", "Contact: E-mail", "Contact: Phone", "Goals")


def test_read_does_not_take_the_first_person_for_a_second_row_of_headings():
    content = csv_bytes([["Name", "", "Goals"], ["Ama", "note", "Exams"], ["Bo", "", "Research"]])

    table = read_table(content, name="m.csv")

    assert table.headings == ("Name", "(column B)", "Goals")
    assert len(table.rows) == 2


def test_read_gives_equal_headings_different_names():
    table = read_table(b"Name,Goals,Goals\r\nAma,x,y\r\n", name="m.csv")

    assert table.headings == ("Name", "Goals", "Goals (column C)")


def test_read_takes_the_sheet_that_looks_like_people():
    order = awkward.wrong_sheet_order()
    both = workbook(
        ("Mentors", rows(["Name", "Email"], ["Siân", "s@b.test"])),
        ("Mentees", rows(["Name", "Email"], ["Ama", "a@b.test"])),
    )

    assert read_table(order.content, name=order.file).sheet == "Mentees"
    assert read_table(both, name="both.xlsx").sheet == "Mentors"
    assert read_table(both, name="both.xlsx", prefer="mentee").sheet == "Mentees"
    assert read_table(both, name="both.xlsx", sheet="mentees").rows[0].cells[0] == "Ama"
    assert (
        refusal(both, "both.xlsx", sheet="People") == 'both.xlsx has no sheet "People". Its sheets: Mentors, Mentees.'
    )


def test_read_takes_saved_values_of_formulas_and_names_those_without():
    sheet = awkward.formula_cells()

    table = read_table(sheet.content, name=sheet.file)

    assert [row.cells for row in table.rows] == [
        ("Ama Boateng", "ama@clinic.test", "2", "Research"),
        ("Bo Li", "bo@clinic.test", "", ""),
    ]
    assert table.unread == {(3, 2), (3, 3)}


@pytest.mark.parametrize(("name", "content", "message"), [
    ("m.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
     "I cannot open m.xlsx: it is locked with a password. Save a copy without a password."),
    ("m.xls", b"<html><table><tr><td>Name</td></tr></table></html>",
     "I cannot open m.xls: it is a web page with the ending of a spreadsheet. Open it in Excel, then: Save as → .xlsx."),
    ("m.xlsx", b"%PDF-1.7", "I cannot open m.xlsx: it is a PDF. Ask for the spreadsheet it was made from."),
    ("m.gsheet", b'{"doc_id": "x"}', "I cannot open m.gsheet: it is only a link to a Google sheet. In Google Sheets: File → Download → .xlsx."),
    ("m.xlsx", b"PK\x03\x04 nothing in here PK\x05\x06", "I cannot open m.xlsx: it is no spreadsheet. Save it as .xlsx or .csv."),
    ("m.csv", b"", "m.csv is empty. Check that you saved it after filling it in."),
    ("m.csv", b"\r\n \r\n", "m.csv is empty. Check that you saved it after filling it in."),
    ("m.csv", bytes(range(256)), "I cannot open m.csv: it holds no text. Save it as .xlsx or .csv."),
])  # fmt: skip
def test_read_refuses_what_is_no_spreadsheet(name, content, message):
    assert refusal(content, name) == message


def test_read_refuses_a_damaged_workbook():
    content = workbook(("Sheet1", rows(["Name"], ["Ama"])))

    assert (
        refusal(content[: len(content) // 2], "m.xlsx")
        == "I cannot open m.xlsx: part of it is missing. Download or copy it again."
    )
    assert refusal(replaced(content, "xl/worksheets/sheet1.xml", lambda part: part[:-40]), "m.xlsx").startswith(
        "I cannot open m.xlsx: the workbook is damaged."
    )


def test_read_refuses_missing_files_and_folders(tmp_path: Path):
    with pytest.raises(SheetError, match=r"There is no file mentors\.xlsx in"):
        read_table(tmp_path / "mentors.xlsx")
    with pytest.raises(SheetError, match=r"is a folder\. Name the spreadsheet in it\."):
        read_table(tmp_path)


def test_read_takes_content_over_the_ending_of_the_name(tmp_path: Path):
    content = workbook(("Sheet1", rows(["Name", "Email"], ["Ama", "a@b.test"])))
    (tmp_path / "mentors.csv").write_bytes(content)

    assert read_table(tmp_path / "mentors.csv").rows[0].cells == ("Ama", "a@b.test")


def test_read_refuses_declared_sizes_before_opening():
    begun = time.process_time()

    assert refusal(awkward.bomb(unpacked=20 * 1024 * 1024), "m.xlsx").startswith(
        "I will not open m.xlsx: one part grows"
    )
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("declared", [(1_048_576, 2), (2, 16_384)])
def test_read_takes_a_sheet_by_what_it_holds_and_not_by_the_block_it_names(declared):
    table = read_table(awkward.declares(*declared), name="m.xlsx")

    assert [row.cells for row in table.rows] == [("Ama", "a@b.test")]


def test_read_counts_what_is_really_there():
    wide = csv_bytes([["h"] * 600, ["x"] * 600])
    lying = awkward.declares(2, 2)
    lying = replaced(
        lying,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"</sheetData>", b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'),
    )

    assert refusal(wide, "m.csv").startswith("m.csv has more than 50,000 rows, 500 columns")
    assert "16,384 columns" in refusal(lying, "m.xlsx")
    assert refusal(awkward.bomb(unpacked=2000), "m.xlsx", limits=Limits(unpacked_bytes=4000)).startswith(
        "I will not open m.xlsx: unpacked it would"
    )
    assert refusal(b"x" * 300, "m.csv", limits=Limits(file_bytes=200)).startswith("m.csv is 0 MiB.")
    assert "more than 2 rows" in refusal(b"Name,E\r\na,b\r\nc,d\r\ne,f\r\n", "m.csv", limits=Limits(rows=2))


def test_read_never_opens_entities():
    content = workbook(("Sheet1", rows(["Name"], ["Ama"])))
    evil = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def change(part: bytes) -> bytes:
        return part.replace(b"<worksheet", evil + b"<worksheet", 1)

    assert (
        refusal(replaced(content, "xl/worksheets/sheet1.xml", change), "m.xlsx")
        == "I will not open m.xlsx: it holds instructions that no spreadsheet needs."
    )


def test_read_takes_a_last_row_far_below_for_an_empty_one():
    def fill(sheet):
        sheet.append(["Name", "Email"])
        sheet.append(["Ama", "a@b.test"])
        sheet["A40000"] = "Bo"

    table = read_table(workbook(("Sheet1", fill)), name="m.xlsx")

    assert [row.number for row in table.rows] == [2, 40_000]


CELLS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=20).map(str.strip),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(min_value=dt.date(1950, 1, 1)),
    st.datetimes(min_value=dt.datetime.fromisoformat("1950-01-01")).map(lambda moment: moment.replace(microsecond=0)),
)


@settings(max_examples=30, deadline=None)
@given(lines=st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_read_sees_the_same_cells_as_openpyxl(lines):
    book = openpyxl.Workbook()
    for line in lines:
        for at, value in enumerate(line, start=1):
            cell = book.active.cell(book.active.max_row + (at == 1), at)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)

    grid = next(open_grids(stream.getvalue(), file="m.xlsx", limits=Limits()))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = openpyxl.load_workbook(io.BytesIO(stream.getvalue()), data_only=True).active
    for number, cells in grid.rows:
        for at, text in enumerate(cells, start=1):
            value = theirs.cell(number, at).value
            if isinstance(value, str):
                assert text == value
            elif value is None:
                assert text == ""
            elif not isinstance(value, bool | int | float):
                assert text[:10] == str(value)[:10]
            elif not isinstance(value, bool):
                assert float(text) == pytest.approx(float(value), rel=1e-9)


def test_read_turns_records_of_a_program_into_a_table():
    table = table_of(
        [{"name": "Ama", "goals": ["Research", "Exams"], "places": 2.0}, {"name": "Bo", "remote": True, "goals": None}],
        file="mentors",
    )

    assert table.headings == ("name", "goals", "places", "remote")
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("Ama", "Research; Exams", "2", "")),
        (3, ("Bo", "", "", "yes")),
    ]


def test_read_takes_five_thousand_rows_in_time():
    sheet = awkward.many_rows()
    begun = time.process_time()

    table = read_table(sheet.content, name=sheet.file)

    assert (len(table.rows), len(table.headings)) == (awkward.MANY, 15)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(("part", "text", "advice"), [
    ("word/document.xml", "", "it is a Word document. Copy its table into a spreadsheet and save that as .xlsx."),
    ("Index/Document.iwa", "", "it is a Numbers sheet. In Numbers: File → Export to → Excel."),
])  # fmt: skip
def test_read_says_how_to_save_sheets_of_other_programs(part, text, advice):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(part, text)

    assert refusal(stream.getvalue(), "m.xlsx") == f"I cannot open m.xlsx: {advice}"


def test_read_finds_no_table_in_notes_or_empty_workbooks():
    nothing = "I find no table in m.xlsx. Put one heading above each column and one person in each row."

    assert refusal(workbook(("Sheet1", rows())), "m.xlsx") == nothing
    assert refusal(workbook(("Sheet1", rows([1, 2, 3], [4, 5, 6]))), "m.xlsx") == nothing
    assert refusal(b"1,2,3\r\n4,5,6\r\n", "m.csv") == nothing.replace(".xlsx", ".csv")


def test_read_refuses_a_sheet_of_a_text_file():
    assert (
        refusal(b"Name\r\nAma\r\n", "m.csv", sheet="People")
        == 'm.csv is a text file and has no sheet "People". Leave the name of the sheet out.'
    )
