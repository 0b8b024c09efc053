"""Exports of forms with two or three rows of headings."""

from chiron.sheets.files.read import Table, read_table
from sheets.awkward import csv_bytes

MARKS = ['{"ImportId":"startDate","timeZone":"Z"}', '{"ImportId":"QID1_TEXT"}', '{"ImportId":"QID3"}']


def table(*rows: list[str]) -> Table:
    return read_table(csv_bytes(rows), name="export.csv")


def test_a_row_of_marks_in_json_ends_the_headings():
    found = table(
        ["StartDate", "Q1", "Topics"],
        ["Start Date", "What is your name?", "What can you help with?"],
        MARKS,
        ["2026-03-01 09:00:00", "Ana Brook", "Exams"],
    )

    assert found.headings == ("Start Date", "What is your name?", "Topics: What can you help with?")
    assert [(row.number, row.cells[1]) for row in found.rows] == [(4, "Ana Brook")]


def test_a_row_of_marks_under_one_row_of_headings_is_no_person():
    found = table(["StartDate", "Name", "Topics"], MARKS, ["2026-03-01 09:00:00", "Ana Brook", "Exams"])

    assert found.headings == ("StartDate", "Name", "Topics")
    assert [row.number for row in found.rows] == [3]


def test_short_names_over_questions_are_two_rows_of_headings():
    found = table(
        ["StartDate", "ResponseId", "Q1", "Q2"],
        ["Start Date", "Response ID", "What is your name?", "How many mentees can you take?"],
        ["2026-03-01 09:00:00", "R_1", "Ana Brook", "2"],
    )

    assert found.headings == ("Start Date", "Response ID", "What is your name?", "How many mentees can you take?")
    assert len(found.rows) == 1


def test_options_under_a_question_are_the_second_row_of_headings():
    found = table(
        ["Respondent ID", "Email Address", "Your name?", "What can you help with?", "", "How many?"],
        ["", "", "Open-Ended Response", "Exams", "Research, ethics", "Response"],
        ["118", "", "Ana Brook", "Exams", "", "2"],
    )

    assert found.headings == (
        "Respondent ID",
        "Email Address",
        "Your name?",
        "What can you help with?: Exams",
        "What can you help with?: Research, ethics",
        "How many?",
    )
    assert [row.number for row in found.rows] == [3]


def test_people_under_one_row_of_headings_stay_people():
    found = table(["Name", "Topics"], ["Ana Brook", "Exams"], ["Bo Marsh", "Research and ethics"])

    assert found.headings == ("Name", "Topics")
    assert len(found.rows) == 2
