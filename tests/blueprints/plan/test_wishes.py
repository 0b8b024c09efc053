"""Tests of wishes about who somebody is: only the mentee's own, and what they change is shown."""

import pytest

from chiron.blueprints.plan.wishes import wishes, without_wishes
from chiron.blueprints.schema.defaults import gallery_matching
from chiron.blueprints.schema.rules_file import RulesError, read_rules

RULE = """
[[matching.rules]]
name = "R"
kind = "{kind}"
mentee = "{mentee}"
mentor = "{mentor}"
{rest}
"""


def rules(kind, mentee, mentor, rest="points = 5"):
    return read_rules(RULE.format(kind=kind, mentee=mentee, mentor=mentor, rest=rest))


def test_wishes_are_the_rules_that_a_mentee_asks_for_about_who_the_mentor_is():
    assert [rule.name for rule in wishes(gallery_matching("default"))] == ["Background asked for", "Gender asked for"]

    left = without_wishes(gallery_matching("default"))
    assert wishes(left) == ()
    assert "Profession asked for" in [rule.name for rule in left.rules]


@pytest.mark.parametrize(
    ("kind", "mentee", "mentor", "rest"),
    [
        ("same", "gender", "gender", "points = 5"),
        ("same", "gender", "gender", "must = true"),
        ("different", "ethnic_group", "ethnic_group", "points = 5"),
        ("overlap", "wanted", "background", "points = 5"),
        ("near", "age", "age", "points = 5"),
    ],
)
def test_who_somebody_is_counts_for_nothing_unless_the_mentee_asks(kind, mentee, mentor, rest):
    with pytest.raises(RulesError, match='use kind = "asked"'):
        rules(kind, mentee, mentor, rest)


def test_what_somebody_asked_for_and_who_is_kept_apart_may_name_anything():
    assert len(wishes(rules("asked", "gender_wanted", "gender"))) == 1
    assert wishes(rules("asked", "profession_wanted", "profession")) == ()
    assert rules("apart", "background_check_by", "id", "must = true").rules
    assert rules("same", "language", "language").rules
