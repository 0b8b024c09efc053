"""Tests of the kind hours."""

import pytest

from pairing.rules.kinds.asking import ask, explain


@pytest.mark.parametrize(
    ("halves", "share", "holds", "reason"),
    [
        (0, 0, False, "no hour of the week in common"),
        (1, 125, False, "half an hour of the week in common"),
        (2, 250, True, "1 hour of the week in common"),
        (3, 375, True, "1½ hours of the week in common"),
        (8, 1000, True, "4 hours of the week in common"),
        (12, 1000, True, "6 hours of the week in common"),
    ],
)
def test_hours_count_common_half_hours(halves, share, holds, reason):
    evening = (1 << halves) - 1

    assert ask("hours", evening | 1 << 300, evening | 1 << 335) == (share, holds, reason)


def test_hours_needed_and_enough_are_options():
    two = 0b1111 << 100

    assert ask("hours", two, two, least=3)[:2] == (500, False)
    assert ask("hours", two, two, full=2)[:2] == (1000, True)


def test_hours_of_a_whole_week_are_counted():
    week = (1 << 336) - 1

    assert ask("hours", week, week, full=168) == (1000, True, "168 hours of the week in common")


def test_hours_are_unknown_where_not_given_but_none_free_is_an_answer():
    assert ask("hours", None, 1) == (-1, True, "one of the two has not given free hours")
    assert ask("hours", 0, 1)[:2] == (0, False)


def test_hours_refuse_what_is_no_week():
    with pytest.raises(ValueError, match="is not a week of 336 half hours"):
        ask("hours", 1 << 336, 1)


def test_hours_explain_themselves():
    assert explain("hours", must=True) == "Both must have at least 1 hour of the week in common (goals wanted)."
    assert explain("hours").endswith("; 4 common hours count in full.")
