"""Tests of the kind asked."""

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
    assert ask("asked", mentee(("nurse",)), mentor(None)) == (-1, True, "asked for nurse; the mentor has not said")


def test_asked_explains_itself():
    assert explain("asked", options=RUNGS) == (
        "Only where the mentee asked (goals wanted), the mentor's skills should be what was asked for; "
        "where that is not so, somebody who met similar difficulties, then shared goals and values count in part."
    )
