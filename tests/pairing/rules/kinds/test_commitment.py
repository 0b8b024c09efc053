"""Tests of the kind commitment."""

import pytest

from pairing.rules.kinds.asking import ask, explain


def test_commitment_is_full_where_enough_is_offered():
    assert ask("commitment", 4, 6) == (1000, True, "4 wanted, 6 offered")
    assert ask("commitment", 4, 3) == (750, False, "4 wanted, 3 offered")
    assert ask("commitment", 4, 3, least=75).holds
    assert ask("commitment", 0, 0).share == 1000
    assert ask("commitment", 2, 0)[:2] == (0, False)


def test_commitment_takes_halves():
    assert ask("commitment", 1.5, 1) == (666, False, "1.5 wanted, 1 offered")


def test_commitment_is_unknown_without_a_time():
    assert ask("commitment", None, 3) == (-1, True, "one of the two has given no time")


def test_commitment_refuses_less_than_nothing():
    with pytest.raises(ValueError, match="a time cannot be -1"):
        ask("commitment", -1, 3)


def test_commitment_explains_itself():
    assert (
        explain("commitment", must=True) == "The mentor's skills must be at least 100 % of the mentee's goals wanted."
    )
    assert explain("commitment").endswith("less counts in part.")
