import pytest
from pydantic import ValidationError

from chiron.blueprints.schema.matching import Matching, RuleSpec


def test_fields_for_names_what_the_rules_of_one_side_read():
    rules = (
        RuleSpec(name="goals", kind="coverage", mentee="goals", mentor="expertise", points=30, importance="weight"),
        RuleSpec(name="near", kind="distance", field="town", must=True, options={"remote_column": "online"}),
    )

    mentee = Matching(rules=rules).fields_for("mentee")
    mentor = Matching(rules=rules).fields_for("mentor")

    assert {name: spec.type for name, spec in mentee.items()} == {
        "name": "text",
        "preferred_name": "text",
        "first_name": "text",
        "last_name": "text",
        "email": "id",
        "id": "id",
        "wanted": "number",
        "goals": "list",
        "weight": "number",
        "town": "place",
        "online": "flag",
    }
    assert "places" in mentor
    assert "goals" not in mentor
    assert mentor["town"].side == "both"


def test_matching_survives_json():
    matching = Matching(
        rules=(RuleSpec(name="same site", kind="same", field="site", points=3),),
        priority={"by": "year", "first": ["4", "3"]},
        caps=({"name": "each hospital", "by": "hospital", "limit": 5},),
    )

    assert Matching.model_validate(matching.model_dump(mode="json")) == matching


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"name": "a", "kind": "same", "field": "x"}, "counts for nothing"),
        ({"name": "a", "kind": "same", "mentee": "x", "points": 1}, "say what is compared"),
        ({"name": "a", "kind": "same", "field": "x", "mentee": "y", "points": 1}, "not both"),
        ({"name": "a", "kind": "same", "field": "x", "must": True, "points": 1}, "gives no points"),
        ({"name": "a", "kind": "coverag", "field": "x", "points": 1}, 'did you mean "coverage"'),
    ],
)
def test_rule_is_refused_in_words(table, words):
    with pytest.raises(ValidationError, match=words.replace("?", r"\?")):
        Matching(rules=(table,))


def test_two_rules_of_one_name_are_refused():
    rule = {"name": "a", "kind": "same", "field": "x", "points": 1}

    with pytest.raises(ValidationError, match='two rules are called "a"'):
        Matching(rules=(rule, rule))


def test_look_line_is_a_share_of_the_highest_fit_that_the_rules_can_give():
    rules = (
        RuleSpec(name="site", kind="same", field="site", points=10, missed=-5),
        RuleSpec(name="near", kind="near", field="years", points=-4, missed=3),
        RuleSpec(name="campus", kind="same", field="campus", must=True),
    )

    matching = Matching(rules=rules)

    assert matching.highest_fit == 13
    assert matching.look_line() == 8  # 7.15, rounded up: a fit of 7 is under it
    assert matching.look_line(100) == 13
    assert Matching().look_line() == 0
