"""Tests of the kind near."""

from pairing.rules.kinds.asking import ask, explain


def test_near_falls_from_full_to_none():
    assert ask("near", 30, 30) == (1000, True, "both 30")
    assert ask("near", 30, 35) == (500, True, "30 for the mentee, 35 for the mentor")
    assert ask("near", 40, 30)[:2] == (1, True)
    assert ask("near", 41, 30)[:2] == (0, False)


def test_near_may_be_full_within_a_difference():
    assert ask("near", 30, 33, full=3, most=5)[0] == 1000
    assert ask("near", 30, 34, full=3, most=5)[0] == 500


def test_near_takes_parts_of_numbers():
    assert ask("near", 0.5, 1, most=1) == (500, True, "0.5 for the mentee, 1 for the mentor")


def test_near_is_unknown_without_a_number_but_zero_is_one():
    assert ask("near", None, 3) == (-1, True, "one of the two has not answered")
    assert ask("near", 0, 0).share == 1000


def test_near_explains_itself():
    assert explain("near", must=True).endswith("must be at most 10 apart.")
    assert explain("near", must=True, different=True).endswith("must be more than 10 apart.")
    assert "should be far apart" in explain("near", different=True)
