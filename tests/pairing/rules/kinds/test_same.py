"""Tests of the kind same."""

from pairing.rules.kinds.asking import ask, explain


def test_same_ignores_case_and_spaces():
    assert ask("same", "St  Mary", "st mary") == (1000, True, "both have st mary")
    assert ask("same", "Leeds", "York") == (0, False, "different: Leeds for the mentee, York for the mentor")


def test_same_takes_its_verb_from_the_rule():
    assert ask("same", "Leeds", "Leeds", words="work in").reason == "both work in Leeds"


def test_same_is_unknown_where_somebody_has_not_answered():
    assert ask("same", None, "Leeds") == (-1, True, "one of the two has not answered")
    assert ask("same", "Leeds", "", unknown="forbid") == (-1, False, "one of the two has not answered")


def test_same_explains_itself():
    assert explain("same") == "The mentee's goals wanted and the mentor's skills should be the same."
    assert explain("same", must=True, different=True).endswith("must not be the same.")
