"""A column that names people of the other sheet: wished for where its heading says so, else kept apart; never lost."""

import pytest

from chiron import match
from chiron.sheets.files.table import SheetError

UNKNOWN = (
    "Your current supervisor", "Avoid", "Previous mentor", "Who was your mentor last year?", "Direct reports",
    "Is there a mentor you do NOT want?", "Whom do you line manage?", "Manager name", "Consultant in charge",
    "Head of department", "Names of relatives or partners in the programme", "Ex-partner or family member", "Vorgesetzte",
    "Blocked", "DNM", "I do not wish to be paired with this person", "People I would not like", "Notes", "Column1", "Col X",
    "Évaluateur", "Pas avec", "No con", "Already knows", "Known to", "Related to", "Married to", "Shares an office with",
    "Rated by", "Grades me", "On my disciplinary panel", "Complaint against", "Who assesses you?", "Responsible officer",
)  # fmt: skip
WISHED = (
    "Preferred mentors", "Who would you like to be matched with?", "Mentor choices", "Your first choice", "Mentor requested",
    "Top pick", "Ranked choices", "Which mentors would you prefer?",
)  # fmt: skip


def people():
    mentees = [
        {"Name": "Xan Reed", "Email": "x@clinic.test", "Goals": "Exams"},
        {"Name": "Yve Holt", "Email": "y@clinic.test", "Goals": "Exams"},
        {"Name": "Zed Kerr", "Email": "z@clinic.test", "Goals": "Sleep"},
    ]
    mentors = [
        {"Name": "Ana Brook", "Email": "a@clinic.test", "Expertise": "Exams", "Places": 3},
        {"Name": "Cy Dale", "Email": "c@clinic.test", "Expertise": "Sleep", "Places": 3},
    ]
    return mentors, mentees


def pairs_of(mentors, mentees):
    """Return the pairs, or nothing where the two sheets are refused."""
    try:
        return {(pair.mentee, pair.mentor) for pair in match(mentors, mentees).pairs}
    except SheetError:
        return set()


@pytest.mark.parametrize("heading", UNKNOWN)
@pytest.mark.parametrize("written", ["Ana Brook", "Dr Ana Brook", "Ana Brook (Cardiology)", "a@clinic.test"])
def test_mentee_is_not_paired_with_whom_an_unknown_column_names(heading, written):
    mentors, mentees = people()
    for row, cell in zip(mentees, (written, "Cy Dale", ""), strict=True):
        row[heading] = cell

    assert not {("Xan Reed", "Ana Brook"), ("Yve Holt", "Cy Dale")} & pairs_of(mentors, mentees)


@pytest.mark.parametrize("heading", UNKNOWN)
def test_mentor_is_not_paired_with_whom_an_unknown_column_names(heading):
    mentors, mentees = people()
    for row, cell in zip(mentors, ("Xan Reed", "Zed Kerr"), strict=True):
        row[heading] = cell

    assert not {("Xan Reed", "Ana Brook"), ("Zed Kerr", "Cy Dale")} & pairs_of(mentors, mentees)


@pytest.mark.parametrize("heading", WISHED)
def test_column_of_wishes_stays_one(heading):
    mentors, mentees = people()
    for row in mentors:
        row["Expertise"] = "Exams; Sleep"
    for row, cell in zip(mentees, ("Cy Dale", "Cy Dale", "Ana Brook"), strict=True):
        row[heading] = cell

    found = match(mentors, mentees)

    assert [column.field for column in found.record.columns if column.heading == heading] == ["choices"]
    assert {("Xan Reed", "Cy Dale"), ("Yve Holt", "Cy Dale"), ("Zed Kerr", "Ana Brook")} == {
        (pair.mentee, pair.mentor) for pair in found.pairs
    }


def test_two_columns_that_name_people_are_both_kept_to():
    mentors, mentees = people()
    mentors.append({"Name": "Di Fenn", "Email": "d@clinic.test", "Expertise": "Exams", "Places": 3})
    for row, cells in zip(mentees, (("Ana Brook", "Di Fenn"), ("Cy Dale", ""), ("", "Cy Dale")), strict=True):
        row["Not with"], row["Shares an office with"] = cells

    made = pairs_of(mentors, mentees)

    assert ("Xan Reed", "Cy Dale") in made
    assert ("Zed Kerr", "Cy Dale") not in made


def test_guess_is_told_and_can_be_taken_away():
    mentors, mentees = people()
    for row, cell in zip(mentees, ("Ana Brook", "Ana Brook", "Ana Brook"), strict=True):
        row["Recruited by"] = cell

    told = match(mentors, mentees)
    taken_away = match(mentors, mentees, mentee_columns={"not_with": ""})

    assert "Recruited by" in [column.heading for column in told.record.columns]
    assert {pair.mentor for pair in told.pairs} == {"Cy Dale"}
    assert "Ana Brook" in {pair.mentor for pair in taken_away.pairs}
