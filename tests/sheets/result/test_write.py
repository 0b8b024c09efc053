"""Writing results: no cell a formula, whole or not at all, never over a file that is there."""

import csv
import io
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.files.book_writer import workbook_bytes
from chiron.sheets.files.books.workbook import open_grids
from chiron.sheets.files.page import Page, legal, starts_like_formula, text_of, unquoted
from chiron.sheets.files.read import Limits, SheetError, read_table
from chiron.sheets.people.check import check_rows
from chiron.sheets.result.record import GroupFigure
from chiron.sheets.result.reread import read_result
from chiron.sheets.result.write import page_of_problems, write_pages, write_result
from sheets import awkward
from sheets.results import RESULT

FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://x.test")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|x",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1-1",
    "\uff20x",
    "+1-202-555-0100",
]
HARMLESS = [
    "+44 7700 900123",
    "-5",
    "+27",
    "-12,5",
    "07700 900123",
    "Ama Boateng",
    "a=b",
    "2-3",
    "5%",
    "",
    "(0)20 7946 0000",
]


def opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(content))


def formulas_in(content: bytes) -> list[str]:
    """Return the worksheets of a workbook that hold a formula or a link."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return [
        name
        for name, part in parts.items()
        if name.startswith("xl/worksheets/sheet") and any(mark in part for mark in (b"<f>", b"<f ", b"<hyperlink"))
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_write_makes_text_of_what_looks_like_a_formula(text):
    page = Page("Sheet", ("Name", text), ((text, "Ama"), ("Bo", text)))

    sheet = opened(workbook_bytes([page]))["Sheet"]
    lines = list(csv.reader(io.StringIO(text_of(page).removeprefix("\ufeff"), newline="")))

    assert starts_like_formula(text)
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix
    assert sheet["A2"].value == text.replace("\r", "\n")
    assert (sheet["B1"].data_type, sheet["B1"].quotePrefix, sheet["B1"].font.b) == ("s", True, True)
    assert lines[1][0] == "'" + text.replace("\r", "\n")
    assert unquoted(lines[1][0]) == text.replace("\r", "\n")


@pytest.mark.parametrize("text", HARMLESS)
def test_write_leaves_telephone_and_other_numbers_readable(text):
    page = Page("Sheet", ("Name",), ((text,),))

    assert not starts_like_formula(text)
    assert text_of(page) == f"\ufeffName\r\n{f'{chr(34)}{text}{chr(34)}' if ',' in text or not text else text}\r\n"


@given(st.text(max_size=40))
def test_write_never_writes_a_formula(text):
    content = workbook_bytes([Page("Sheet", ("Name",), ((text,),))])

    cell = opened(content)["Sheet"]["A2"]

    assert cell.data_type in {"s", "n"}  # n: an empty cell
    assert not formulas_in(content)
    line = text_of(Page("Sheet", ("Name",), ((text,),))).split("\r\n", 1)[1].lstrip('"')
    assert not line.startswith(("=", "@", "+", "-")) or not starts_like_formula(text)


def test_write_gives_the_six_sheets_with_headings_in_view(tmp_path: Path):
    write_result(RESULT, tmp_path / "matches.xlsx")

    book = opened((tmp_path / "matches.xlsx").read_bytes())

    assert book.sheetnames == ["Pairs", "Why", "Not matched", "Other choices", "Fairness", "Settings"]
    assert [sheet.freeze_panes for sheet in book] == ["A2"] * 6
    pairs = book["Pairs"]
    assert [cell.value for cell in pairs[1]] == ["Mentee", "Mentor", "Fit", "Why", "Mentee id", "Mentor id"]
    assert pairs["C2"].value == 61
    assert (
        pairs["D2"].value
        == "goals (+72): covers 2 of the 3 goals\nprofession (\u221211): asked for a nurse; is a doctor"
    )
    assert pairs["D2"].alignment.wrap_text
    assert 8 <= pairs.column_dimensions["D"].width <= 60


def test_write_offers_filters_over_each_table_and_a_chart_of_the_groups(tmp_path: Path):
    groups = (
        GroupFigure("Hospital", "North", 12, 60, 50, 70, hidden=False),
        GroupFigure("Hospital", "South", None, None, None, None, hidden=True),
    )

    write_result(replace(RESULT, fairness=groups), tmp_path / "matches.xlsx")

    content = (tmp_path / "matches.xlsx").read_bytes()
    book = opened(content)
    assert [sheet.auto_filter.ref for sheet in book][-2:] == [None, None]
    assert book["Pairs"].auto_filter.ref == f"A1:F{book['Pairs'].max_row}"
    (chart,) = book["Fairness"]._charts
    (bars,) = chart.series
    assert (bars.cat.strRef.f, bars.val.numRef.f) == ("Fairness!$B$2:$B$3", "Fairness!$D$2:$D$3")
    assert not formulas_in(content)
    assert read_result(tmp_path / "matches.xlsx").fairness == groups


def test_write_draws_no_chart_where_every_group_is_hidden(tmp_path: Path):
    hidden = (GroupFigure("Hospital", "South", None, None, None, None, hidden=True),)

    write_result(replace(RESULT, fairness=hidden), tmp_path / "matches.xlsx")

    assert opened((tmp_path / "matches.xlsx").read_bytes())["Fairness"]._charts == []


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_write_is_read_back_as_it_was_written(texts):
    page = Page("Sheet", ("Name", *(f"Column {at}" for at in range(1, len(texts)))), (tuple(texts),))

    (grid,) = open_grids(workbook_bytes([page]), file="m.xlsx", limits=Limits())

    expected = [legal(text) for text in texts]
    written = list(grid.rows[1][1]) if len(grid.rows) > 1 else []
    assert written + [""] * (len(texts) - len(written)) == [text if text.strip() else "" for text in expected]


def test_write_gives_the_same_bytes_each_time(tmp_path: Path):
    for name in ("one.xlsx", "two.xlsx"):
        write_result(RESULT, tmp_path / name)

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".tsv", ".json"])
def test_write_never_replaces_a_file_unless_it_is_told_to(tmp_path: Path, ending: str):
    target = tmp_path / f"matches{ending}"
    target.write_bytes(b"mine")

    with pytest.raises(SheetError, match=r"exists already\. Choose another name, or add --force to replace it\."):
        write_result(RESULT, target)
    assert target.read_bytes() == b"mine"
    write_result(RESULT, target, force=True)

    assert target.read_bytes() != b"mine"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_write_refuses_other_endings_and_folders_that_are_not_there(tmp_path: Path):
    with pytest.raises(
        SheetError, match=r"I cannot write matches\.pdf: choose a name that ends in \.xlsx, \.csv, \.tsv, \.json\."
    ):
        write_result(RESULT, tmp_path / "matches.pdf")
    with pytest.raises(SheetError, match=r"I cannot write matches\.xlsx in .*: no such file or directory\."):
        write_result(RESULT, tmp_path / "missing" / "matches.xlsx")
    with pytest.raises(SheetError, match="choose a name that ends in"):
        write_pages([Page("A", ("x",), ()), Page("B", ("x",), ())], tmp_path / "both.csv")


def test_write_gives_only_the_rows_to_fix_with_what_to_change(tmp_path: Path):
    table = read_table(awkward.every_problem(), name="mentees.csv")
    fields = {name: spec for name, spec in standard_fields().items() if spec.asked_of("mentee")}
    checked = check_rows(table, guess_columns(table, "mentee", fields).columns, fields, "mentee")

    write_pages([page_of_problems(table, checked.problems)], tmp_path / "to-fix.xlsx")

    again = read_table(tmp_path / "to-fix.xlsx")
    what = '"How many mentors?" is "as many as needed". Type a whole number, for example 3.'
    assert again.headings == ("Row", "What needs fixing", *table.headings)
    assert [row.cells[0] for row in again.rows] == [str(at) for at in sorted({one.row for one in checked.problems})]
    assert again.rows[0].cells[:4] == ("5", what, "Cai Morgan", "cai@clinic.test")
