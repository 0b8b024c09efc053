"""Where headings stand, and where there are none: no person is ever taken for a heading in silence."""

import pytest

from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import SheetError
from sheets.awkward import csv_bytes


@pytest.mark.parametrize("lines", [
    [["Ann Lee", "Female", "Chess"], ["Bob Roe", "Male", "Band"]],
    [["Ann Lee", "ann@nhs.test", "Chess"], ["Bob Roe", "bob@nhs.test", "Band"]],
    [["Ann Lee", "Exams"], ["Bob Roe", "Exams"], ["Cy Dale", "Research"]],
    [["Ann Lee", "ann@nhs.test", "Chess"], ["Bob Roe", "bob@nhs.test", "Band"], ["Cy Dale", "", "Choir"]],
    [["ann@nhs.test"], ["bob@nhs.test"]],
    [["Ann Lee", "Yes"], ["Bob Roe", "No"]],
    [["Ann Lee", "Chess"], ["Bob Roe", "Band"]],
    [["Ann Lee"], ["Bob Roe"]],
    [["Ann Lee", "chess and choir", "Leeds"], ["Bob Roe", "the school band", "York"]],
])  # fmt: skip
def test_sheet_without_headings_loses_nobody_and_says_so(lines):
    table = read_table(csv_bytes(lines), name="m.csv")

    assert [list(row.cells) for row in table.rows] == lines
    assert [row.number for row in table.rows] == list(range(1, len(lines) + 1))
    assert table.headings == tuple(f"(column {letter})" for letter in "ABC"[: len(lines[0])])
    assert table.notes[0].startswith("m.csv: there is no row of headings")


def test_row_of_names_over_names_is_read_as_headings_and_said_where_the_rest_looks_otherwise():
    lines = [["Senior Colleague", "home site"], ["Bob Roe", "Leeds"], ["Cy Dale", "York"]]

    table = read_table(csv_bytes(lines), name="m.csv")

    assert table.headings == tuple(lines[0])
    assert table.notes == (
        'm.csv: row 1 ("Senior Colleague", …) is read as the headings. If it is a person, put a row of headings above it.',
    )


@pytest.mark.parametrize("headings", [
    ["Full Name", "E-mail"], ["Participant", "Clinic"], ["Nom", "Clinique"], ["Who are you?", "Where?"],
    ["Preferred Mentor", "Site"], ["Contact:", "Ward"], ["Nombre Completo", "Ciudad"], ["Senior colleague", "Ward"],
    ["SENIOR COLLEAGUE", "WARD"],
])  # fmt: skip
def test_honest_headings_stay_headings(headings):
    table = read_table(csv_bytes([headings, ["Ann Lee", "Leeds"], ["Bob Roe", "York"]]), name="m.csv")

    assert table.headings == tuple(headings)
    assert len(table.rows) == 2


def test_options_that_tick_their_own_heading_stay_headings():
    lines = [["Participant", "Research", "Teaching"], ["Ann Lee", "Research", ""], ["Bob Roe", "Research", "Teaching"]]

    table = read_table(csv_bytes(lines), name="m.csv")

    assert (table.headings, table.notes) == (tuple(lines[0]), ())


def test_numbers_under_no_and_marks_under_m_stay_under_their_headings():
    lines = [["No.", "Participant", "M"], ["1", "Ann Lee", "Exams"], ["2", "Bob Roe", "Research"]]

    table = read_table(csv_bytes(lines), name="m.csv")

    assert (table.headings, table.notes) == (tuple(lines[0]), ())


def test_title_with_an_address_above_the_headings_is_no_person():
    lines = [["Questions?", "office@nhs.test"], ["Name", "Email"], ["Ann Lee", "ann@nhs.test"]]

    table = read_table(csv_bytes(lines), name="m.csv")

    assert table.headings == ("Name", "Email")
    assert [row.cells[0] for row in table.rows] == ["Ann Lee"]


def test_sheet_with_nothing_but_headings_says_so():
    with pytest.raises(SheetError, match=r"Nobody is in m\.csv: it holds only headings \(row 1\)"):
        read_table(b"Name,Email,Goals\r\n", name="m.csv")
