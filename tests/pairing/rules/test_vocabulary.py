"""Tests of the vocabulary of rules: every kind is complete, and a wrong rule is named."""

import pytest

from chiron.pairing.rules.kind import Kind, Rule, RuleError
from chiron.pairing.rules.vocabulary import KINDS, check_rules, options_of


def test_kinds_are_listed_under_their_names():
    assert list(KINDS) == [
        "same", "different", "overlap", "coverage", "ladder", "related", "distance",
        "hours", "ranked", "near", "text", "asked", "commitment", "score", "apart",
    ]  # fmt: skip
    assert all(kind.name == name for name, kind in KINDS.items())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_kind_has_a_sentence_for_people_and_known_option_types(kind: Kind):
    assert kind.text.endswith(".")
    assert kind.options["unknown"] == "pass"
    assert {type(value) for value in kind.options.values()} <= {bool, int, str, tuple, dict}


def rule(kind="overlap", **fields):
    return Rule("R", kind, "a", "b", **fields)


def test_options_of_fills_in_what_a_rule_does_not_say():
    assert options_of(rule(options={"least": 2})) == {"unknown": "pass", "least": 2, "full": 1, "words": "have"}
    assert options_of(rule("ladder", options={"ladder": ["A", "B"]}))["ladder"] == ("A", "B")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (rule("likeness"), "Rule “R”: there is no kind “likeness”. Use one of: same, different"),
        (rule(options={"many": 3}), "Rule “R”: the kind overlap has no option “many”. Use one of: unknown, least"),
        (rule(options={"least": "2"}), "Rule “R”: option “least” must be a whole number, not '2'"),
        (rule(options={"least": True}), "Rule “R”: option “least” must be a whole number, not True"),
        (rule(options={"words": 2}), "option “words” must be a text"),
        (rule("ladder", options={"ladder": [1]}), "option “ladder” must be a list of texts"),
        (rule("related", options={"related": 1}), "option “related” must be a table"),
        (rule("asked", options={"may_be_must": 1}), "option “may_be_must” must be true or false"),
        (rule(options={"unknown": "maybe"}), "option “unknown” must be “pass” or “forbid”"),
        (rule("hours", different=True), "“different” makes no sense for the kind hours"),
        (rule("asked", must=True), "a wish of the kind asked gives points and forbids nobody"),
        (rule(options={"full": 0}), "option full must be between 1 and 1000"),
        (rule("coverage", options={"least": 0}), "option least must be between 1 and 100"),
        (rule("coverage", options={"full": -1}), "option full must be 0"),
        (rule("ladder"), "option ladder must list the stages"),
        (rule("ladder", options={"ladder": ["A", "a"]}), "option ladder must list the stages"),
        (rule("ladder", options={"ladder": ["A"], "least": 3, "most": 2}), "option most must be at least as large"),
        (rule("ladder", options={"ladder": ["A"], "prefer": "me"}), "option prefer must be"),
        (rule("related", options={"least": 0}), "option least must be between 1 and 1000"),
        (rule("related", options={"related": {"a": {"b": 1.5}}}), "option related must hold whole numbers"),
        (rule("distance", options={"km": 0}), "option km must be between 1 and 5000"),
        (rule("distance", options={"remote_share": 0}), "option remote_share must be between 1 and 1000"),
        (rule("hours", options={"full": 169}), "option full must be between 1 and 168 hours"),
        (rule("ranked", options={"by": "me"}), "option by must be"),
        (rule("ranked", options={"choices": -1}), "option choices must be between 0"),
        (rule("near", options={"full": 10}), "option full must be 0 or more, and most must be more than full"),
        (rule("text", options={"full": 0}), "option full must be between 1 and 100"),
        (rule("text", options={"least": 101}), "option least must be between 0 and 100"),
        (rule("asked", options={"values_share": 700}), "option experience_share must be under 1000"),
        (rule("score", options={"of": "me"}), "option of must be"),
        (rule("score", options={"least": 10}), "option full must be more than least"),
        (rule("commitment", options={"least": 0}), "option least must be between 1 and 100"),
    ],
)
def test_options_of_names_the_rule_and_what_is_wrong(wrong, message):
    with pytest.raises(RuleError) as fault:
        options_of(wrong)

    assert message in str(fault.value)


def test_asked_may_be_a_must_where_the_programme_says_so():
    assert options_of(rule("asked", must=True, options={"may_be_must": True}))["may_be_must"] is True


def test_check_rules_refuses_one_name_for_two_rules():
    with pytest.raises(RuleError, match="Two rules are called “R”"):
        check_rules([rule(), rule("same")])
