"""People in several rows: forms sent twice, one row a place, shared addresses, and names that look like none."""

import random

import pytest

from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.files.read import read_table
from chiron.sheets.people.check import CheckSettings, check_rows
from chiron.sheets.people.diagnostics import Checked
from chiron.sheets.people.repeats import could_be_one, stamps_of
from sheets.awkward import csv_bytes


def check(lines: list[list[str]], side: str, **settings: object) -> Checked:
    table = read_table(csv_bytes(lines), name="people.csv")
    fields = {name: spec for name, spec in standard_fields().items() if spec.asked_of(side)}
    columns = guess_columns(table, side, fields).columns
    return check_rows(table, columns, fields, side, settings=CheckSettings(**settings))


def test_a_form_sent_twice_counts_as_the_latest_answer_by_its_time_stamp():
    lines = [
        ["Timestamp", "Name", "Email", "Goals"],
        ["13/03/2027 09:30:00", "Ama Boateng", "ama@clinic.test", "Exams"],
        ["02/03/2027 18:00:00", "Ama Boateng", "AMA@clinic.test", "Research"],
        ["03/03/2027 09:00:00", "Bo Li", "bo@clinic.test", "Exams"],
    ]

    checked = check(lines, "mentee")

    assert [(one.name, one.answers["goals"]) for one in checked.people] == [
        ("Ama Boateng", ("Exams",)),
        ("Bo Li", ("Exams",)),
    ]
    assert checked.problems == ()
    assert [(note.row, note.code, note.text) for note in checked.notes] == [
        (
            3,
            "answered_again",
            '"Ama Boateng" is there again in row 2, by e-mail. I used row 2, the latest by "Timestamp".',
        )
    ]


def test_what_is_wrong_in_an_answer_that_was_sent_again_does_not_count():
    lines = [
        ["Name", "Email", "Places"],
        ["Ama Boateng", "ama@clinic.test", "banana"],
        ["Ama Boateng", "ama@clinic.test", "2"],
    ]

    checked = check(lines, "mentor")

    assert [(one.id, one.capacity) for one in checked.people] == [("ama@clinic.test", 2)]
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("twice", "goals", "problems"),
    [("latest", ("Research",), []), ("first", ("Exams",), []), ("fix", ("Exams",), [(3, "same_email")])],
)
def test_which_of_two_answers_counts_is_a_setting(twice, goals, problems):
    lines = [["Name", "Email", "Goals"], ["Ama", "ama@c.test", "Exams"], ["Ama", "ama@c.test", "Research"]]

    checked = check(lines, "mentee", twice=twice)

    assert [one.answers["goals"] for one in checked.people] == [goals]
    assert [(one.row, one.code) for one in checked.problems] == problems


def test_two_names_with_one_address_are_two_people():
    lines = [["Name", "Email", "Goals"], ["Anna Roe", "parent@x.org", "a"], ["Ben Roe", "parent@x.org", "b"]]

    checked = check(lines, "mentee")

    assert [(one.id, one.name) for one in checked.people] == [
        ("parent@x.org", "Anna Roe"),
        ("parent@x.org (row 3)", "Ben Roe"),
    ]
    assert checked.problems == ()
    assert [(note.row, note.code) for note in checked.notes] == [(3, "shared_email")]


def test_each_of_two_people_with_one_address_may_answer_again():
    lines = [["Name", "Email", "Goals"], ["Anna Roe", "p@x.org", "a"], ["Ben Roe", "p@x.org", "b"]]
    lines += [["B. Roe", "p@x.org", "c"], ["Roe, Anna", "p@x.org", "d"]]

    checked = check(lines, "mentee")

    assert [(one.name, one.answers["goals"]) for one in checked.people] == [("B. Roe", ("c",)), ("Roe, Anna", ("d",))]


def test_where_everybody_signs_in_with_an_address_it_cannot_be_shared():
    lines = [["Name", "Email"], ["Ann Lee", "q5@x.org"], ["Bob Roe", "\uff515@x.org"]]

    checked = check(lines, "mentee", shares_addresses=False)

    assert [(one.row, one.code) for one in checked.problems] == [(3, "same_email")]


@pytest.mark.parametrize("other", ["\uff51\u00e95@x.org", "QE\u03015@x.org"])
def test_addresses_are_one_whatever_the_form_of_their_letters(other):
    lines = [["Name", "Email"], ["Ann Lee", "q\u00e95@x.org"], ["Bob Roe", other], ["Ann Lee", other]]

    checked = check(lines, "mentee")

    assert [one.name for one in checked.people] == ["Bob Roe", "Ann Lee"]
    assert [(note.row, note.code) for note in checked.notes] == [(2, "answered_again"), (3, "shared_email")]


def test_one_row_a_place_adds_up():
    lines = [["Mentor", "Email", "Slot", "Expertise"], ["Ana Brook", "ana@c.test", "1", "Exams"]]
    lines += [["Ana Brook", "ana@c.test", "2", "Exams"], ["Bo Marsh", "bo@c.test", "1", "Wellbeing"]]

    checked = check(lines, "mentor")

    assert [(one.name, one.capacity) for one in checked.people] == [("Ana Brook", 2), ("Bo Marsh", 1)]
    assert checked.problems == ()
    assert [note.text for note in checked.notes] == [
        '"Ana Brook" stands in rows 2 and 3, one row a place. I counted 2 places.'
    ]


def test_rows_that_offer_one_place_each_add_up_too():
    lines = [["Name", "Email", "Places"], ["Ana", "ana@c.test", "1"], ["Ana", "ana@c.test", "1"]]

    assert [one.capacity for one in check(lines, "mentor").people] == [2]


def test_a_form_sent_twice_never_adds_places_up():
    lines = [["Timestamp", "Name", "Email", "Places"], ["2027-03-01 09:00", "Ana", "ana@c.test", "1"]]
    lines += [["2027-03-02 09:00", "Ana", "ana@c.test", "1"]]

    assert [one.capacity for one in check(lines, "mentor").people] == [1]


def test_people_called_null_or_test_are_kept_if_anything_else_is_filled_in():
    lines = [["Name", "Email", "Expertise", "Places"], ["Null", "a7@c.test", "Exams", "1"]]
    lines += [["Test, Andrea", "a8@c.test", "Exams", "1"], ["Test", "", "", ""], ["Bo Marsh", "bo@c.test", "", "1"]]
    lines += [["n/a", "a9@c.test", "Exams", "1"]]

    checked = check(lines, "mentor")

    assert [one.name for one in checked.people] == ["Null", "Test, Andrea", "Bo Marsh"]
    assert [(one.row, one.code) for one in checked.problems] == [(4, "test_row"), (6, "no_name")]
    assert [(note.row, note.code) for note in checked.notes] == [(2, "odd_name"), (3, "test_name")]


def test_a_surname_null_is_part_of_the_name():
    lines = [["First name", "Last name", "Goals"], ["Jo", "Null", "Exams"], ["Ida", "None", ""]]

    assert [one.name for one in check(lines, "mentee").people] == ["Jo Null", "Ida None"]


def test_two_people_with_one_id_are_told_apart_by_the_coordinator():
    lines = [["Staff number", "Name"], ["417", "Ama Boateng"], ["417", "Bo Li"]]

    checked = check(lines, "mentee")

    assert [one.text for one in checked.problems] == [
        "same id as row 2, but another name. Give one of them another id."
    ]


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("Ama Boateng", "Boateng, Ama", True),
        ("Dr Ama Boateng", "A. Boateng", True),
        ("Ama Boateng", "Ama B.", True),
        ("Anna Roe", "Ben Roe", False),
        ("Ana Roe", "Ada Roe", False),
        ("A. R.", "Ben Roe", False),
    ],
)
def test_names_of_one_person_are_the_same_words_or_shorter(name, other, same):
    assert could_be_one(name, other) == could_be_one(other, name) == same


@pytest.mark.parametrize(
    ("cells", "later"),
    [
        (["2027-03-02", "2027-03-01"], 0),
        (["3/13/2027 9:00 PM", "3/14/2027 8:00 AM"], 1),
        (["13.03.2027 21:00", "02.04.2027 08:00"], 1),
        (["4/5/2027 9:00 am", "4/5/2027 1:00 pm"], 1),
        (["4/5/2027 9:00", "5/4/2027 9:00"], None),
        (["4/5/2027", "yesterday"], None),
    ],
)
def test_time_stamps_are_compared_only_where_they_are_sure(cells, later):
    stamps = stamps_of(cells)

    assert (stamps and stamps.index(max(stamps))) == later


def test_every_row_of_a_sheet_with_repeats_is_accounted_for():
    rng = random.Random(11)
    for _ in range(100):
        names = [rng.choice(["Ama Bo", "Bo Li", "Null", "Test", "A. Bo", "Li, Bo", ""]) for _ in range(8)]
        emails = [rng.choice(["a@c.test", "b@c.test", "\uff41@c.test", ""]) for _ in names]
        places = [rng.choice(["1", "2", "x", ""]) for _ in names]
        lines = [["Name", "Email", "Places"], *([*each] for each in zip(names, emails, places, strict=True))]

        checked = check(lines, "mentor")

        told = {one.row for one in checked.problems if one.left_out}
        again = {note.row for note in checked.notes if note.code == "answered_again"}
        added = sum(note.text.count(",") + 1 for note in checked.notes if note.code == "places_added")
        assert len(set(checked.rows.values())) == len(checked.people)
        assert not told & set(checked.rows.values())
        assert len(told | again | set(checked.rows.values())) + added >= len(checked.table.rows)
