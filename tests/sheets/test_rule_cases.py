"""Sheets and rules on which the plan said something that the rules do not: what is right, through the library."""

import pytest

from chiron import match
from chiron.blueprints.schema.rules_file import RulesError, read_rules


def rules_of(text):
    return read_rules(text, file="rules.toml")


def reasons_of(result):
    return {(pair.mentee, pair.mentor): [part.text for part in pair.parts] for pair in result.pairs}


def test_mentor_who_left_the_background_empty_gives_no_points_and_no_claim():
    rules = rules_of(
        """
        [[matching.rules]]
        name = "Background asked for"
        kind = "asked"
        mentee = "wish"
        mentor = "origin"
        points = 10
        missed = -5
        options = { own_column = "origin", experience_column = "difficulties" }
        """
    )
    mentees = [{"Name": "Ann Lee", "Wish": "same as me", "Origin": "first in family", "Difficulties": "visa"}]
    mentors = [{"Name": "Mo One", "Origin": "", "Difficulties": "visa", "Places": 1}, {"Name": "Mo Two", "Places": 0,
               "Origin": "city", "Difficulties": "visa"}]  # fmt: skip

    result = match(mentors, mentees, rules=rules)

    assert [(pair.mentor, pair.fit) for pair in result.pairs] == [("Mo One", 0)]
    assert reasons_of(result) == {("Ann Lee", "Mo One"): []}


def test_must_of_coverage_asks_for_its_part_of_the_whole_list_whatever_full_says():
    rules = rules_of(
        """
        [[matching.rules]]
        name = "Two thirds"
        kind = "coverage"
        mentee = "goals"
        mentor = "expertise"
        must = true
        options = { least = 67, full = 1 }
        """
    )
    mentors = [{"Name": "Mo One", "Expertise": "a; b"}, {"Name": "Mo Two", "Expertise": "a; b; c"}]

    result = match(mentors, [{"Name": "Ann Lee", "Goals": "a; b; c; d"}], rules=rules)

    assert list(reasons_of(result)) == [("Ann Lee", "Mo Two")]


IMPORTANCE = """
[[matching.rules]]
name = "Same city"
kind = "same"
field = "city"
points = 30
importance = "weight"

[matching.fields.weight]
type = "{type}"
side = "mentee"
headings = ["Weight"]
"""


@pytest.mark.parametrize("cell", ["6", "-1", "5.5", "eleven", "100"])
def test_importance_out_of_range_is_named_with_its_row_whatever_the_field_is_called(cell):
    mentees = [{"Name": "Ann Lee", "City": "Leeds", "Weight": cell}, {"Name": "Bob Roe", "City": "Leeds", "Weight": 3}]

    result = match([{"Name": "Mo One", "City": "Leeds"}], mentees, rules=rules_of(IMPORTANCE.format(type="number")))

    assert list(reasons_of(result)) == [("Bob Roe", "Mo One")]
    (trouble,) = result.record.problems
    assert (trouble.file, trouble.row, trouble.column) == ("mentees", 2, "Weight")
    assert "0 (does not matter) to 5" in trouble.text


def test_number_that_no_rule_takes_for_importance_may_be_any_number():
    rules = rules_of(
        """
        [[matching.rules]]
        name = "As eager"
        kind = "near"
        field = "sport_importance"
        points = 10
        """
    )

    result = match([{"Name": "Mo", "Sport importance": 70}], [{"Name": "Ann", "Sport importance": 70}], rules=rules)

    assert [pair.fit for pair in result.pairs] == [10]


def test_importance_that_is_declared_as_anything_but_a_number_is_refused():
    with pytest.raises(RulesError, match='read from "weight", which is a choice'):
        rules_of(IMPORTANCE.format(type="choice"))


@pytest.mark.parametrize(("ticked", "empty"), [("TRUE", "FALSE"), ("yes", "no"), ("Y", "N"), ("1", "0"), (True, False)])
def test_ticked_wish_in_any_spelling_means_somebody_like_me(ticked, empty):
    mentees = [
        {"Name": "Ann Lee", "Gender": "female", "gender_preference": ticked},
        {"Name": "Bob Roe", "Gender": "male", "gender_preference": empty},
    ]
    mentors = [{"Name": "Mo One", "Gender": "female"}, {"Name": "Mo Two", "Gender": "male"}]

    result = match(mentors, mentees)

    assert reasons_of(result) == {("Ann Lee", "Mo One"): ["what the mentee asked for: met"], ("Bob Roe", "Mo Two"): []}


@pytest.mark.parametrize(
    ("points", "score", "looks"), [(10, 10, 0), (10, 6, 0), (10, 5, 1), (1000, 5, 1), (1000, 6, 0)]
)
def test_pair_needs_a_look_under_a_share_of_what_the_rules_can_give(points, score, looks):
    rules = rules_of(
        f"""
        [[matching.rules]]
        name = "Interview"
        kind = "score"
        mentee = "score"
        mentor = "id"
        points = {points}

        [matching.fields.score]
        type = "number"
        side = "mentee"
        headings = ["Score"]
        """
    )

    result = match([{"Id": "m1", "Name": "Mo One"}], [{"Id": "e1", "Name": "Ann Lee", "Score": score}], rules=rules)

    assert result.summary.needs_look == looks
