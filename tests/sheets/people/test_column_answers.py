"""Answers column by column: pieces of a cell mean what the whole cell means, and a row looks its answers up."""

import random

import pytest

from chiron.blueprints.invent.people import invent
from chiron.blueprints.schema.fields import FieldSpec, standard_fields
from chiron.blueprints.schema.person import Participant
from chiron.sheets.columns.guess import Column, guess_columns
from chiron.sheets.example import MENTEE_HEADINGS, MENTOR_HEADINGS, people_page
from chiron.sheets.files.page import text_of
from chiron.sheets.files.read import read_table
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.column_answers import CellMemo, RowAnswers, columns_of
from chiron.sheets.people.reading import CheckSettings, readers_of
from sheets.awkward import csv_bytes

PIECES = {
    "goals": ("Exams", "exams", "Research", "none", "n/a", "Teaching, Wellbeing", "Job-interviews", "Public speaking"),
    "languages": ("English", "english", "Welsh", "Klingon", "French/German", "Spanish "),
    "hours": ("Mon 9:00-10:00", "Tue 18:30-20:00", "Mon 9-11", "evenings", "Sat 23:00-1:00", "Sun 0:00-0:30"),
}


def memo_of(name: str) -> CellMemo:
    spec = standard_fields()[name]
    table = read_table(csv_bytes([["Name", "Heading"], ["Ama", "x"]]), name="people.csv")
    column = Column(1, "Heading", "you said so", "x", sure=True)
    reader = readers_of(table, {name: column}, {name: spec}, CheckSettings())[0]
    return CellMemo(reader, spec, fixed="")


@pytest.mark.parametrize("name", PIECES)
def test_pieces_of_a_cell_mean_what_the_whole_cell_means(name):
    rng = random.Random(5)
    memo, whole = memo_of(name), memo_of(name)
    whole.pieces = None
    assert memo.pieces is not None
    for _ in range(500):
        zone = rng.choice(["", "Europe/London\f"]) if name == "hours" else ""
        joint = rng.choice([";", "; ", " ; "])
        cell = zone + joint.join(rng.choice(PIECES[name]) for _ in range(rng.randint(1, 5)))

        assert memo[cell] == whole[cell], cell
        assert memo.odd.get(cell) == whole.odd.get(cell), cell


def test_a_row_looks_its_answers_up_and_equals_a_dictionary():
    answers = RowAnswers({"goals": [("Exams",), None], "wanted": [None, 2]}, 1)

    assert dict(answers) == {"wanted": 2}
    assert answers == {"wanted": 2}
    assert (answers.get("goals"), answers.get("else", 3), len(answers)) == (None, 3, 1)
    assert ("goals" in answers, "wanted" in answers, "else" in answers) == (False, True, False)
    with pytest.raises(KeyError):
        answers["goals"]
    assert {**answers, "goals": ()} == {"wanted": 2, "goals": ()}


def test_columns_of_people_take_answers_that_were_changed_too():
    shared = {"goals": [("Exams",), None, ("Research",)]}
    people = [Participant(str(at), "", "mentee", RowAnswers(shared, at)) for at in (2, 1)]
    people.append(Participant("x", "", "mentee", {"goals": ("Wellbeing",), "stage": "Fellow"}))

    assert columns_of(people, ["goals", "stage"]) == {
        "goals": [("Research",), None, ("Wellbeing",)],
        "stage": [None, None, "Fellow"],
    }


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_invented_people_come_back_with_their_answers(side):
    mentors, mentees = invent(mentors=300, mentees=600, seed=4, organizations=("North", "South"))
    people, headings = (mentors, MENTOR_HEADINGS) if side == "mentor" else (mentees, MENTEE_HEADINGS)
    text = text_of(people_page(f"{side}s", people, headings, {}))
    fields: dict[str, FieldSpec] = {n: s for n, s in standard_fields().items() if s.asked_of(side)}
    table = read_table(text.encode(), name="people.csv")

    checked = check_rows(table, guess_columns(table, side, fields).columns, fields, side)

    assert checked.problems == ()
    assert [one.name for one in checked.people] == [one.name for one in people]
    assert [one.answers["email"] for one in checked.people] == [one.answers["email"] for one in people]
    assert [one.answers.get("hours") for one in checked.people] == [one.answers.get("hours") for one in people]
