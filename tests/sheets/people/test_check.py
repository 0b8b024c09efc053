"""The check of every row: each cell a typed value or a named problem."""

import time

import pytest

from chiron.blueprints.schema.fields import FieldSpec, standard_fields
from chiron.blueprints.schema.person import Participant
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.files.read import read_table
from chiron.sheets.people.check import CheckSettings, check_rows
from chiron.sheets.people.diagnostics import Checked
from sheets import awkward
from sheets.awkward import csv_bytes

LONDON = CheckSettings(time_zone="Europe/London")


def check(
    content: bytes, side: str, *, file: str = "sheet.csv", settings: CheckSettings = LONDON, **fields: FieldSpec
) -> Checked:
    table = read_table(content, name=file, prefer=side)
    asked = {name: spec for name, spec in standard_fields().items() if spec.asked_of(side)} | fields
    return check_rows(table, guess_columns(table, side, asked).columns, asked, side, settings=settings)


def found(checked: Checked) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    return [(each.row, each.code) for each in checked.problems], [(each.row, each.code) for each in checked.notes]


def test_check_names_every_problem_of_a_sheet_by_row_and_heading():
    checked = check(awkward.every_problem(), "mentee", file="mentees.csv")

    assert [(each.row, each.column, each.code) for each in checked.problems] == [
        (5, "How many mentors?", "not_whole_number"),
        (7, "Email", "not_an_email"),
        (8, "When are you free?", "not_a_time"),
        (9, "Would you mind meeting online?", "not_yes_or_no"),
        (9, "How important is the same field?", "not_importance"),
        (15, "Email", "test_row"),
        (16, "Full name", "no_name"),
        (18, "How many mentors?", "date_not_number"),
        (18, "Time zone", "not_a_time_zone"),
        (21, "", "repeated_headings"),
        (22, "Full name", "total_row"),
        (24, "How many mentors?", "formula_error"),
    ]
    assert [(each.row, each.code) for each in checked.notes] == [
        (2, "negative_question"),
        (3, "answered_again"),
        (4, "lower_of_two"),
        (6, "too_many_answers"),
        (14, "test_name"),
        (17, "read_as"),
        (17, "unknown_language"),
        (17, "unknown_place"),
        (20, "time_guessed"),
        (23, "same_name"),
    ]
    assert list(checked.rows.values()) == [4, 6, 10, 11, 12, 13, 14, 17, 20, 23]
    assert {each.file for each in checked.problems} == {"mentees.csv"}
    assert (
        str(checked.problems[0])
        == 'mentees.csv row 5  "How many mentors?" is "as many as needed". Type a whole number, for example 3.'
    )
    assert checked.notes[1].text == '"Ama Boateng" is there again in row 13, by e-mail. I used row 13, the last one.'


def test_check_gives_typed_answers():
    checked = check(awkward.every_problem(), "mentee")

    assert checked.people[5] == Participant(
        id="ama@clinic.test",
        name="Ama Boateng",
        side="mentee",
        answers={
            "email": "ama@clinic.test",
            "goals": ("Research",),
            "wanted": 1,
            "field": "cardiology",
            "languages": ("English",),
            "time_zone": "Europe/London",
            "hours": 0b11 << 36,
            "place": (53.8, -1.55),
            "remote": True,
            "field_importance": 5,
            "choices": ("Siân Hughes",),
        },
        capacity=None,
        wanted=1,
    )


def test_check_keeps_every_row_or_says_why_not():
    checked = check(awkward.every_problem(), "mentee")

    again = {each.row for each in checked.notes if each.code == "answered_again"}
    named = set(checked.rows.values()) | {each.row for each in checked.problems} | again
    assert named == {row.number for row in checked.table.rows}


@pytest.mark.parametrize("sheet", awkward.plain_sheets(), ids=lambda sheet: sheet.name)
def test_check_loses_no_row_of_an_awkward_sheet(sheet):
    checked = check(sheet.content, sheet.side, file=sheet.file)

    again = {each.row for each in checked.notes if each.code == "answered_again"}
    named = set(checked.rows.values()) | {each.row for each in checked.problems if each.left_out} | again
    assert named == {row.number for row in checked.table.rows}


def test_check_joins_first_and_last_names_and_takes_languages_by_any_name():
    sheet = awkward.accents()

    checked = check(sheet.content, sheet.side, file=sheet.file)

    assert [person.name for person in checked.people] == ["Zoë Ångström-Núñez", "Siân Hughes"]
    assert [person.answers["languages"] for person in checked.people] == [("Swedish", "Spanish"), ("Welsh", "English")]


def test_check_keeps_the_zeros_of_ids_and_finds_the_zeros_that_postal_codes_lost():
    sheet = awkward.leading_zeros()

    checked = check(sheet.content, sheet.side, file=sheet.file)

    assert [(person.id, person.capacity) for person in checked.people] == [("00417", 1), ("00912", 2)]
    assert checked.people[0].answers["place"] == checked.people[1].answers["place"]


def test_check_reports_people_who_are_there_twice():
    sheet = awkward.duplicates()
    no_address = csv_bytes([["Name", "Goals"], ["Ama", "x"], ["AMA", "y"]])

    assert found(check(sheet.content, sheet.side)) == (
        [(6, "total_row")],
        [(2, "answered_again"), (5, "same_name")],
    )
    assert found(check(no_address, "mentee")) == ([(3, "same_name")], [])
    assert (
        check(no_address, "mentee").problems[0].text
        == "same name as row 2, and no e-mail tells them apart. Delete one, or add their e-mails."
    )


def test_check_takes_example_addresses_for_people_where_most_have_one():
    demo = csv_bytes([["Name", "Email"], ["Ama", "ama@example.org"], ["Bo", "bo@example.org"], ["Cai", ""]])
    real = csv_bytes(
        [["Name", "Email"], ["Ama", "ama@example.org"], ["Bo", "bo@clinic.test"], ["Cai", "cai@clinic.test"]]
    )

    assert found(check(demo, "mentee")) == ([], [])
    assert found(check(real, "mentee")) == ([(2, "test_row")], [])


def test_check_names_formulas_without_a_saved_value():
    sheet = awkward.formula_cells()

    checked = check(sheet.content, sheet.side, file=sheet.file)

    assert [(each.row, each.column, each.code) for each in checked.problems] == [
        (3, "Places", "formula_without_value"),
        (3, "Topics", "formula_without_value"),
    ]


def test_check_reads_a_ranking_from_several_columns_and_leaves_none_out():
    sheet = awkward.merged_headings()

    checked = check(sheet.content, sheet.side, file=sheet.file)

    assert [person.answers.get("choices") for person in checked.people] == [("Dr Siân Hughes", "Bo Li"), ("Bo Li",)]


def test_check_suggests_the_nearest_allowed_answer():
    fields = {
        "goals": FieldSpec(
            type="list",
            side="mentee",
            headings=("Goals",),
            choices=("Research", "Diversity, equity and inclusion", "Exams"),
        )
    }
    content = csv_bytes(
        [
            ["Name", "Goals"],
            ["Ama", "Diversity, equity and inclusion, exams"],
            ["Bo", "Reserch"],
            ["Cai", "Exams soon"],
            ["Dee", "cooking"],
        ]
    )

    checked = check(content, "mentee", **fields)

    assert [person.answers["goals"] for person in checked.people] == [
        ("Diversity, equity and inclusion", "Exams"),
        ("Research",),
    ]
    assert [note.text for note in checked.notes] == ['"Goals" is "Reserch". I read "Reserch" as "Research".']
    assert [each.text for each in checked.problems] == [
        '"Goals" is "Exams soon". "Exams soon" is not one of the answers. Did you mean "Exams"? Type one of: Research; Diversity, equity and inclusion; Exams.',
        '"Goals" is "cooking". "cooking" is not one of the answers. Type one of: Research; Diversity, equity and inclusion; Exams.',
    ]


def test_check_takes_towns_from_rows_that_give_their_coordinates():
    content = csv_bytes(
        [
            ["Name", "Town", "Latitude", "Longitude"],
            ["Ama", "Leeds", "53.80", "-1.55"],
            ["Bo", "leeds", "", ""],
            ["Cai", "York", "", ""],
        ]
    )

    checked = check(content, "mentee")

    assert [person.answers.get("place") for person in checked.people] == [(53.8, -1.55), (53.8, -1.55), None]
    assert found(checked) == ([], [(4, "unknown_place")])


def test_check_takes_coordinates_without_a_town():
    content = csv_bytes([["Name", "Latitude", "Longitude"], ["Ama", "53.80", "-1.55"], ["Bo", "", ""]])

    checked = check(content, "mentee")

    assert [person.answers.get("place") for person in checked.people] == [(53.8, -1.55), None]


def test_check_fills_empty_cells_with_an_answer_that_is_the_same_for_everyone():
    content = csv_bytes([["Name", "Places"], ["Ama", "2"], ["Bo", ""]])

    checked = check(content, "mentor", settings=CheckSettings(fixed={"places": "3", "languages": "English, Welsh"}))

    assert [person.capacity for person in checked.people] == [2, 3]
    assert checked.people[0].answers["languages"] == ("English", "Welsh")


def test_check_says_which_time_zone_it_took():
    content = csv_bytes([["Name", "When are you free?"], ["Ama", "Mon 18:00-19:00"]])

    checked = check(content, "mentee")

    assert [note.text for note in checked.notes] == [
        '"When are you free?" comes without a time zone, so I read its times as Europe/London.'
    ]


def test_check_reads_times_in_each_persons_time_zone():
    content = csv_bytes(
        [
            ["Name", "When are you free?", "Time zone"],
            ["Ama", "Mon 18:00-19:00", "Europe/London"],
            ["Bo", "Mon 13:00-14:00", "EST"],
        ]
    )

    checked = check(content, "mentee")

    assert checked.people[0].answers["hours"] == checked.people[1].answers["hours"]


def test_check_reads_stages_and_fields_by_our_own_lists():
    content = csv_bytes(
        [
            ["Name", "Career stage", "Specialty"],
            ["Ama", "MS2", "A&E"],
            ["Bo", "Residnt", "Heart; Renal"],
            ["Cai", "Wizard", "Alchemy"],
        ]
    )

    checked = check(content, "mentee")

    assert [(person.answers["stage"], person.answers["field"]) for person in checked.people] == [
        ("Professional student", "emergency-medicine"),
        ("Resident or newly qualified", ("cardiology", "nephrology")),
        ("Wizard", "Alchemy"),
    ]
    assert [(note.row, note.code) for note in checked.notes] == [
        (3, "read_as"),
        (4, "unknown_field"),
        (4, "unknown_stage"),
    ]


def test_check_takes_five_thousand_rows_in_time():
    sheet = awkward.many_rows()
    begun = time.process_time()

    checked = check(sheet.content, sheet.side, file=sheet.file)

    assert (len(checked.people), checked.problems) == (awkward.MANY, ())
    assert time.process_time() - begun < 4
