"""Tests of the kind asked."""

import pytest

from pairing.rules.kinds.asking import ask, explain

RUNGS = {"experience_column": "experience", "values_column": "values"}


def mentee(wish, own=None, experience=None, values=None):
    return (wish, own, experience, values)


mentor = mentee


def test_asked_is_full_where_the_wish_is_met():
    assert ask("asked", mentee(("nurse",)), mentor("Nurse")) == (1000, True, "asked for nurse: met")
    assert ask("asked", mentee(("Welsh", "Irish")), mentor(("irish",))).reason == (
        "asked for Welsh and Irish; the mentor says irish"
    )


def test_asked_counts_only_where_the_mentee_asked():
    for wish in (None, (), False, ("No preference",)):
        assert ask("asked", mentee(wish, "nurse"), mentor("nurse")) == (
            -1,
            True,
            "the mentee has not asked for anything",
        )


def test_asked_for_the_same_as_me_means_the_own_description():
    for wish in (True, "same as me", ("yes",)):
        assert ask("asked", mentee(wish, ("first in family",)), mentor("first in family")).share == 1000
        assert ask("asked", mentee(wish, None), mentor("first in family")).share == -1


def test_asked_steps_down_to_similar_difficulties_then_to_shared_values():
    wish = mentee(("nurse",), None, ("visa", "night shifts"), ("rural care",))

    assert ask("asked", wish, mentor("doctor", None, ("visa",), ("rural care",)), **RUNGS) == (
        600,
        True,
        "asked for nurse; instead, another background but similar difficulties met: visa",
    )
    assert ask("asked", wish, mentor("doctor", None, (), ("rural care",)), **RUNGS) == (
        300,
        True,
        "asked for nurse; instead, shared goals and values: rural care",
    )
    assert ask("asked", wish, mentor("doctor", None, (), ()), **RUNGS) == (
        0,
        False,
        "asked for nurse; the mentor says doctor",
    )


def test_asked_stays_open_where_the_mentor_has_not_said():
    wish = mentee(("nurse",), None, ("visa",), ("rural care",))
    silent = mentor(None, None, ("visa",), ("rural care",))

    assert ask("asked", mentee(("nurse",)), mentor(None)) == (-1, True, "asked for nurse; the mentor has not said")
    assert ask("asked", wish, silent, **RUNGS) == (-1, True, "asked for nurse; the mentor has not said")


@pytest.mark.parametrize("ticked", [True, "TRUE", "true", "Yes", ("yes",), "Y", "1", "\u2713", "Checked"])
def test_asked_takes_a_ticked_box_in_any_spelling_for_the_own_description(ticked):
    assert ask("asked", mentee(ticked, "female"), mentor("Female")) == (1000, True, "asked for female: met")
    assert ask("asked", mentee(ticked, "female"), mentor("male")).share == 0


@pytest.mark.parametrize("empty", [False, "FALSE", "false", "No", ("no",), "N", "0", "Unchecked"])
def test_asked_takes_an_empty_box_in_any_spelling_for_no_wish(empty):
    assert ask("asked", mentee(empty, "female"), mentor("male")).share == -1


def test_asked_takes_a_word_by_which_a_mentor_is_described_as_it_stands():
    assert ask("asked", mentee("1", "0"), mentor("1")) == (1000, True, "asked for 1: met")
    assert ask("asked", mentee("0", "1"), mentor("0")) == (1000, True, "asked for 0: met")


def test_asked_explains_itself():
    assert explain("asked", options=RUNGS) == (
        "Only where the mentee asked (goals wanted), the mentor's skills should be what was asked for; "
        "where that is not so, somebody who met similar difficulties, then shared goals and values count in part."
    )
