"""Sheets on which an aim did not do what its words say: what is right, through the library."""

import pytest

from chiron import match
from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.schema.rules_file import read_rules
from chiron.pairing.model.sentences import Sentence

ON_THE_LIST = """
everyone = true
[[matching.rules]]
name = "On the list"
kind = "ranked"
mentee = "choices"
mentor = "id"
must = true
[[matching.rules]]
name = "Rank"
kind = "ranked"
mentee = "choices"
mentor = "id"
points = 10
options = { choices = 10 }
"""


def rules_of(text):
    return read_rules(f"[matching]\n{text}", file="rules.toml")


def matched(result):
    return sorted({pair.mentee for pair in result.pairs})


@pytest.mark.parametrize("everyone", ["false", "true"])
def test_each_has_a_mentor_before_anybody_has_two(everyone):
    rules = rules_of(f"""
        everyone = {everyone}
        [[matching.rules]]
        name = "Goals covered"
        kind = "coverage"
        mentee = "goals"
        mentor = "expertise"
        points = 30
        """)
    mentors = [{"Name": name, "Places": 1, "Expertise": "surgery"} for name in ("Mo One", "Mo Two")]
    mentees = [
        {"Name": "Ann", "Goals": "surgery", "Mentors wanted": 2},
        {"Name": "Bob", "Goals": "research", "Mentors wanted": 1},
    ]

    result = match(mentors, mentees, rules=rules)

    assert matched(result) == ["Ann", "Bob"]
    assert len(result.pairs) == 2
    assert result.record.summary.proved_best


def test_total_leaves_nobody_out_whose_pair_costs_nothing():
    rules = rules_of("""
        aim = "total"
        [matching.fields.score]
        type = "number"
        side = "mentee"
        headings = ["Score"]
        [[matching.rules]]
        name = "Interview"
        kind = "score"
        mentee = "score"
        mentor = "id"
        points = 10
        """)
    mentees = [{"Id": "e1", "Name": "Ann Lee", "Score": 10}, {"Id": "e2", "Name": "Bob Roe", "Score": 0}]

    result = match([{"Id": "m1", "Name": "Mo One", "Places": 2}], mentees, rules=rules)

    assert matched(result) == ["Ann Lee", "Bob Roe"]
    assert result.record.summary.proved_best


@pytest.mark.parametrize("seed", range(6))
def test_stable_leaves_nobody_out_whatever_the_seed_says_of_equal_wishes(seed):
    mentors = [{"Id": "P1", "Name": "Proj A", "Places": 1}, {"Id": "P2", "Name": "Proj B", "Places": 1}]
    mentees = [{"Name": "Ann Lee", "Choices": "P1; P2"}, {"Name": "Bob Roe", "Choices": "P1"}]

    result = match(mentors, mentees, rules=rules_of(ON_THE_LIST), aim="stable", seed=seed)

    assert matched(result) == ["Ann Lee", "Bob Roe"]


def test_stable_that_must_leave_somebody_out_says_that_this_is_sure():
    rules = rules_of(f"""{ON_THE_LIST}
        [[matching.rules]]
        name = "Interview"
        kind = "near"
        field = "score"
        points = 30
        options = {{ most = 10 }}
        [matching.fields.score]
        type = "number"
        headings = ["Score"]
        """)
    mentors = [
        {"Id": "P1", "Name": "Proj A", "Places": 1, "Score": 5},
        {"Id": "P2", "Name": "Proj B", "Places": 1, "Score": 5},
    ]
    mentees = [{"Name": "Ann Lee", "Choices": "P1; P2", "Score": 5}, {"Name": "Bob Roe", "Choices": "P1", "Score": 14}]

    with pytest.raises(ConflictError) as caught:
        match(mentors, mentees, rules=rules, aim="stable")

    assert [str(statement) for statement in caught.value.statements] == [
        "Every mentee must have a mentor. Without one: Bob Roe.",
        str(Sentence("conflict.no_stable_plan")),
    ]


def test_balanced_groups_are_one_apart_where_somebody_may_be_paired_with_nobody():
    rules = rules_of("""
        capacity = 9
        [matching.groups]
        balanced_by = true
        [[matching.rules]]
        name = "Same topic"
        kind = "same"
        field = "topic"
        points = 10
        [[matching.rules]]
        name = "Not with"
        kind = "apart"
        field = "not_with"
        must = true
        """)
    mentors = [{"Name": "Mo One", "Topic": "a", "Not with": ""}, {"Name": "Mo Two", "Topic": "b", "Not with": ""}]
    mentees = [
        {"Name": "Ann Lee", "Topic": "a", "Not with": ""},
        {"Name": "Bob Roe", "Topic": "b", "Not with": ""},
        {"Name": "Cid Fox", "Topic": "a", "Not with": ""},
        {"Name": "Dee Zed", "Topic": "b", "Not with": "Mo One; Mo Two"},
    ]

    result = match(mentors, mentees, rules=rules)

    assert sorted((pair.mentee, pair.mentor) for pair in result.pairs) == [
        ("Ann Lee", "Mo One"),
        ("Bob Roe", "Mo Two"),
        ("Cid Fox", "Mo One"),
    ]
