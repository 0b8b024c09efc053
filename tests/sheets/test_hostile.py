"""Cells made to make us slow: every reader of a cell answers at once."""

import datetime as dt
import time

import pytest

from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.cells.answers import email_of, list_of, place_of, ranking_of
from chiron.sheets.cells.health_terms import health_field_of, stage_of
from chiron.sheets.cells.languages import languages_of
from chiron.sheets.cells.values import flag_of, importance_of, number_of
from chiron.sheets.cells.weeks import hours_of
from chiron.sheets.cells.zones import zone_of
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.files.read import read_table
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.crosscheck import check_together
from chiron.sheets.people.reading import LONGEST_ANSWER, reading_of
from sheets.awkward import csv_bytes

LENGTH = 32_000
CELLS = {
    "dots": "a@" + "." * LENGTH + " ",
    "ats": "@" * LENGTH,
    "commas": "a," * (LENGTH // 2),
    "brackets": "([" * (LENGTH // 2) + ",",
    "spaces": "1" + " " * LENGTH + "x",
    "words": "a " * (LENGTH // 2) + "1",
    "digits": "1" * LENGTH,
    "ranges": "1-" * (LENGTH // 2),
    "days": "mon " * (LENGTH // 4),
    "slashes": "a/" * (LENGTH // 2),
    "bullets": "\n- a" * (LENGTH // 4),
    "letters": "ß" * LENGTH,
    "expanding": "\ufdfa" * (LENGTH // 10),
}
WEEK = dt.date(2026, 1, 5)
READERS = {
    "number": number_of,
    "flag": flag_of,
    "importance": importance_of,
    "list": lambda cell: list_of(cell, {"research": "Research"}),
    "ranking": lambda cell: ranking_of([cell]),
    "email": email_of,
    "place": lambda cell: place_of(cell, {}),
    "hours": lambda cell: hours_of(cell, zone="UTC", week=WEEK),
    "zone": zone_of,
    "languages": languages_of,
    "field": health_field_of,
    "stage": lambda cell: stage_of(cell, steps=()),
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reader", READERS)
def test_hostile_cell_is_read_at_once(reader, cell):
    begun = time.process_time()

    reading_of(CELLS[cell][:LONGEST_ANSWER], READERS[reader])

    assert time.process_time() - begun < 4  # the first rare language or postal code loads its data


def test_hostile_sheet_of_such_cells_is_checked_at_once():
    fields = {name: spec for name, spec in standard_fields().items() if spec.asked_of("mentee")}
    lines = [
        [spec.headings[0] for spec in fields.values()],
        *[[cell.strip() or "x"] * len(fields) for cell in CELLS.values()],
    ]
    begun = time.process_time()

    table = read_table(csv_bytes(lines), name="mentees.csv")
    checked = check_rows(table, guess_columns(table, "mentee", fields).columns, fields, "mentee")

    assert time.process_time() - begun < 15
    assert len(checked.problems) > len(CELLS)


def test_hostile_sheet_of_wide_headings_is_guessed_at_once():
    fields = {name: spec for name, spec in standard_fields().items() if spec.asked_of("mentee")}
    heading = "What would you, number {}, like help with in the areas of interest that matter to you this year?"
    lines = [[heading.format(at) for at in range(500)], ["x"] * 500]
    begun = time.process_time()

    guess = guess_columns(read_table(csv_bytes(lines), name="m.csv"), "mentee", fields)

    assert time.process_time() - begun < 12
    assert len(guess.unused) > 480


def test_hostile_names_are_compared_within_bounds():
    fields = standard_fields()
    mentor_fields = {name: spec for name, spec in fields.items() if spec.asked_of("mentor")}
    mentee_fields = {name: spec for name, spec in fields.items() if spec.asked_of("mentee")}
    mentors = read_table(
        csv_bytes([["Name", "Email"], *[[f"Mentor Number{at}", f"m{at}@x.test"] for at in range(3_000)]]), name="a.csv"
    )
    mentees = read_table(
        csv_bytes(
            [
                ["Name", "Email", "Not with"],
                *[[f"Mentee {at}", f"e{at}@x.test", f"Nobody{at} Person{at}"] for at in range(3_000)],
            ]
        ),
        name="b.csv",
    )
    begun = time.process_time()

    sides = [
        check_rows(table, guess_columns(table, side, asked).columns, asked, side)
        for table, side, asked in ((mentors, "mentor", mentor_fields), (mentees, "mentee", mentee_fields))
    ]
    _, checked = check_together(*sides, fields)

    assert len(checked.problems) == 3_000
    assert time.process_time() - begun < 30
