"""Guesses of columns that would leave people out."""

import pytest

from chiron import match
from chiron.sheets.files.table import SheetError
from chiron.sheets.intake import Intake, take_in
from chiron.sheets.opened import open_sheet
from chiron.sheets.pools import check_pools

MENTORS = [{"Name": f"Mo {number}", "Email": f"mo{number}@clinic.test", "Areas": "Exams", "How many?": "2"}
           for number in range(10)]  # fmt: skip
NAMES = ("Ama Roe", "Bo Lee", "Cai Fox", "Dee Poe", "Emi Ray", "Fay Orr", "Gus Kay", "Hal May", "Ian Day", "Jo Hay")


def mentees(**columns: list[str]) -> list[dict[str, str]]:
    return [
        {"Name": name, "Email": f"me{at}@clinic.test", "Goals": "Exams"}
        | {heading: cells[at % len(cells)] for heading, cells in columns.items()}
        for at, name in enumerate(NAMES)
    ]


def taken_in(sheet: list[dict[str, str]], **chosen: str) -> Intake:
    return take_in(open_sheet(MENTORS, "mentor"), open_sheet(sheet, "mentee"), chosen={"mentee": chosen})


def used(intake: Intake) -> int:
    return check_pools(intake).used["mentee"]


def test_a_field_that_no_rule_reads_leaves_nobody_out():
    intake = taken_in(mentees(Timezone=["Europe - Africa", "GMT (Greenwich Mean Time)"]))

    assert used(intake) == 10
    assert any("No rule reads that column" in note for note in intake.notes)


def test_a_guess_that_would_leave_out_a_fifth_of_the_rows_is_withdrawn_and_told():
    sheet = mentees(**{"How many mentors this year?": ["1", "2", "as many as there are", "a few"]})

    intake = taken_in(sheet)

    assert "wanted" not in intake.guesses["mentee"].columns
    assert used(intake) == 10
    assert any("so that column is not used" in note for note in intake.notes)


def test_a_column_that_somebody_chose_is_never_withdrawn():
    heading = "How many mentors this year?"

    intake = taken_in(mentees(**{heading: ["1", "2", "as many as there are", "a few"]}), wanted=heading)

    assert intake.guesses["mentee"].columns["wanted"].heading == heading
    assert used(intake) == 6


def test_cells_below_a_heading_that_surely_means_the_field_count_as_no_answer_instead():
    sheet = [
        {**mentor, "How many?": "0" if number < 3 else "as many as needed"} for number, mentor in enumerate(MENTORS)
    ]

    intake = take_in(open_sheet(sheet, "mentor"), open_sheet(mentees(), "mentee"))
    pools = check_pools(intake)

    assert [mentor.capacity for mentor in pools.mentors] == [0, 0, 0, *[None] * 7]
    assert any("They count as no answer" in note for note in intake.notes)


def test_few_cells_that_cannot_be_read_are_left_to_be_mended():
    sheet = mentees(**{"Mentors wanted": ["1", "1", "1", "1", "1", "1", "1", "1", "1", "a few"]})

    assert used(taken_in(sheet)) == 9


def test_a_field_is_taken_away_by_an_empty_heading():
    intake = taken_in(mentees(**{"Mentors wanted": ["2"]}), wanted="")

    assert "wanted" not in intake.guesses["mentee"].columns


def test_a_guessed_column_of_exclusions_is_asked_about_and_never_withdrawn():
    heading = "Is there anybody in the programme you should not be paired with?"
    sheet = mentees(**{heading: ["the person from last year", "", "somebody in clinic four"]})

    with pytest.raises(SheetError, match=r"--mentee not_with=D\. If it does not: --mentee not_with=$"):
        match(MENTORS, sheet)

    assert match(MENTORS, sheet, mentee_columns={"not_with": ""}).summary.matched == 10


@pytest.mark.parametrize("heading", [
    "Do you have any other interests that are not mentioned above?",
    "Are there topics or areas you prefer not to be matched on?",
    "What are date ranges when you are not available?",
])  # fmt: skip
def test_free_text_is_no_list_of_exclusions(heading):
    intake = taken_in(mentees(**{heading: ["Cooking", "Frontend work", ""]}))

    assert "not_with" not in intake.guesses["mentee"].columns
    assert used(intake) == 10


@pytest.mark.parametrize(("heading", "cells"), [
    ("Employee ID", ["10001", "90210", "60601"]),
    ("Staff ID", ["10001", "90210", "60601"]),
    ("Student no.", ["10001", "90210", "60601"]),
    ("Badge", ["10001", "90210", "60601"]),
    ("NPI", ["1234567890", "1234567891", "1234567892"]),
    ("Phone number", ["420317711", "420317712", "420317713"]),
    ("Member number", ["4203", "4204", "4205"]),
    ("Age", ["23", "41", "35"]),
    ("Weekly clinical hours", ["38", "40", "12"]),
    ("Number of publications", ["3", "1", "0"]),
])  # fmt: skip
def test_numbers_that_are_something_else_are_no_place_and_no_mentors_wanted(heading, cells):
    columns = taken_in(mentees(**{heading: cells})).guesses["mentee"].columns

    assert {name for name, column in columns.items() if column.heading == heading} <= {"id"}


@pytest.mark.parametrize("cells", [["yes", "no"], ["TRUE", "FALSE"], ["Checked", "Unchecked"], ["1", "0"]])
@pytest.mark.parametrize(
    "heading", ["Areas of interest to you", "Your specialty interests", "Preferred mentors for you"]
)
def test_yes_and_no_are_flags_and_no_list(heading, cells):
    columns = taken_in(mentees(**{heading: cells})).guesses["mentee"].columns

    assert heading not in {column.heading for column in columns.values()}


@pytest.mark.parametrize(("headings", "field"), [
    (("Rank the mentors [1st choice]", "Rank the mentors [2nd choice]"), "choices"),
    (("Mentor preference [Rank 1]", "Mentor preference [Rank 2]"), "choices"),
    (("Rank your top goals [1st]", "Rank your top goals [2nd]"), "goals"),
])  # fmt: skip
def test_answers_in_order_are_people_or_topics_by_what_they_name(headings, field):
    cells = [("Mo 1", "Mo 2"), ("Mo 2", "Mo 3")] if field == "choices" else [("Exams", "CVs"), ("CVs", "Research")]
    sheet = [{"Name": name, **dict(zip(headings, cells[at % 2], strict=True))} for at, name in enumerate(NAMES)]

    assert taken_in(sheet).guesses["mentee"].columns[field].positions == (1, 2)


def test_ticks_beside_names_are_no_order_of_choices():
    sheet = mentees(**{f"Preferred mentors [{mentor['Name']}]": ["Yes", "No"] for mentor in MENTORS[:3]})

    assert "choices" not in taken_in(sheet).guesses["mentee"].columns


def test_the_moment_of_sending_is_no_time_of_the_week():
    columns = taken_in(mentees(Timestamp=["2026/01/12 9:31:01 AM GMT", "1/12/2026 21:02:03"])).guesses["mentee"].columns

    assert "Timestamp" not in {column.heading for column in columns.values()}


@pytest.mark.parametrize("heading", ["Number of meetings", "Department", "Location Address - Country"])
def test_a_column_of_few_different_answers_is_no_id_and_no_list_of_people(heading):
    columns = taken_in(mentees(**{heading: ["1", "2", "3"] if "Number" in heading else ["ICU", "ED"]})).guesses

    assert heading not in {column.heading for column in columns["mentee"].columns.values()}


@pytest.mark.parametrize("cells", [["anonymous"], ["none", "Anonymous user"], ["withheld", "no e-mail", "-"]])
def test_a_column_of_addresses_that_nobody_gives_is_none_and_costs_no_row(cells):
    intake = taken_in([{**one, "Email": cells[at % len(cells)]} for at, one in enumerate(mentees())])

    assert "email" not in intake.guesses["mentee"].columns
    assert intake.guesses["mentee"].unused == ("Email",)
    assert used(intake) == 10
    assert [note for note in intake.notes if "cannot be read" in note] == []


def test_somebody_who_gives_no_address_is_kept_beside_those_who_do():
    sheet = [{**one, "Email": one["Email"] if at else "anonymous user"} for at, one in enumerate(mentees())]

    intake = taken_in(sheet)

    assert "email" in intake.guesses["mentee"].columns
    assert used(intake) == 10


def test_an_empty_column_of_addresses_is_still_one():
    assert "email" in taken_in([{**one, "Email": ""} for one in mentees()]).guesses["mentee"].columns
