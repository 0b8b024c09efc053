"""Tests of the kind different."""

from pairing.rules.kinds.asking import ask, explain


def test_different_is_met_by_two_different_answers():
    assert ask("different", "Leeds", "York")[:2] == (1000, True)
    assert ask("different", "Leeds", "leeds") == (0, False, "both have leeds")


def test_different_is_unknown_where_somebody_has_not_answered():
    assert ask("different", "Leeds", None)[:2] == (-1, True)


def test_different_explains_itself():
    assert explain("different", must=True) == "The mentee's goals wanted and the mentor's skills must differ."
