"""What an import would do with each row."""

import pytest

from chiron.blueprints.schema.fields import FieldSpec
from chiron.site.applications.rules.application import Stage
from chiron.site.applications.rules.changes import Incoming, Standing, changed_words, plan_changes
from chiron.site.applications.rules.imports import Duplicates


def standing(stage: Stage = Stage.ACCEPTED, **answers) -> Standing:
    return Standing(7, stage, answers, capacity=1, wanted=1, site_id=None)


def incoming(capacity: int | None = None, wanted: int | None = None, **answers) -> Incoming:
    return Incoming(2, "ama@hospital.test", "Ama", answers, capacity=capacity, wanted=wanted)


def plan(row: Incoming, there: Standing | None, duplicates: Duplicates = Duplicates.UPDATE):
    return plan_changes([row], {"ama@hospital.test": there} if there else {}, duplicates, fixing=3)


def test_somebody_new_is_new_and_accepted():
    changes = plan(incoming(goals=("Exams",), about=""), None)

    assert changes.counts == {"new": 1, "changed": 0, "same": 0, "left": 0, "fixing": 3}
    assert changes.writes[0].after == {
        "answers": {"goals": ["Exams"]}, "capacity": None, "wanted": 1, "site_id": None, "stage": "accepted",
    }  # fmt: skip


def test_the_same_answers_change_nothing():
    changes = plan(incoming(goals=("Exams",), capacity=1), standing(goals=["Exams"]))

    assert (changes.counts["same"], changes.writes) == (1, ())


def test_a_blank_never_overwrites():
    changes = plan(incoming(goals=(), about=None, field=""), standing(goals=["Exams"], about="Hi", field="cardiology"))

    assert changes.counts["same"] == 1


def test_a_difference_is_named_with_before_and_after():
    changes = plan(incoming(goals=("Exams", "Research"), capacity=3), standing(goals=["Exams"], gender="woman"))

    change = changes.writes[0]
    fields = {"goals": FieldSpec(type="list", label="Goals"), "places": FieldSpec(type="number", label="Places")}
    assert change.fields == ("goals", "places")
    assert changed_words(change, fields) == [("Goals", "Exams", "Exams, Research"), ("Places", "1", "3")]


def test_what_somebody_is_stays_unsaid():
    change = plan(incoming(gender="man"), standing(gender="woman")).writes[0]

    words = changed_words(change, {"gender": FieldSpec(type="choice", label="Gender")})

    assert words == [("Gender", "not shown", "not shown")]


def test_somebody_who_waits_is_accepted_by_the_import():
    change = plan(incoming(), standing(Stage.SUBMITTED)).writes[0]

    assert changed_words(change, {}) == [("Stage", "Waiting for a decision", "Accepted")]


@pytest.mark.parametrize("stage", [Stage.DECLINED, Stage.WITHDRAWN])
def test_somebody_declined_or_gone_is_left(stage: Stage):
    assert plan(incoming(goals=("Exams",)), standing(stage)).counts["left"] == 1


def test_skipping_leaves_everybody_who_is_there():
    assert plan(incoming(goals=("Exams",)), standing(), Duplicates.SKIP).counts["left"] == 1


@pytest.mark.parametrize("duplicates", Duplicates)
def test_somebody_withdrawn_comes_back_by_choice_alone(duplicates):
    rows, there = [incoming(goals=("Exams",))], {"ama@hospital.test": standing(Stage.WITHDRAWN)}

    left = plan_changes(rows, there, duplicates, fixing=0)
    back = plan_changes(rows, there, duplicates, fixing=0, takes_back=True)

    assert (left.withdrawn, left.back, left.counts["left"]) == (1, 0, 1)
    assert (back.withdrawn, back.back, back.writes[0].after["stage"]) == (0, 1, "accepted")
