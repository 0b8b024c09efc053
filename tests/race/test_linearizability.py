"""The checker of histories itself: right and wrong ones by hand."""

import pytest

from race.linearizability import MOST_ACTS, UNKNOWN, Act, is_linearizable, mentor_step


def judged(*acts, start=(1, 0)):
    """Return whether some acts on a mentor are explained by one order."""
    return is_linearizable(acts, start=start, step=mentor_step)


def test_two_who_want_the_last_place_get_one_yes_and_one_refusal():
    assert judged(Act("publish", 1, "ok", 0, 3), Act("publish", 1, "refused", 1, 2))


def test_two_yeses_for_one_place_have_no_order():
    assert not judged(Act("publish", 1, "ok", 0, 3), Act("publish", 1, "ok", 1, 2))


def test_full_while_a_place_was_free_has_no_order():
    assert not judged(Act("publish", 1, "refused", 0, 1))


def test_refusal_before_the_place_was_taken_has_no_order():
    assert not judged(Act("publish", 1, "refused", 0, 1), Act("publish", 1, "ok", 2, 3))


def test_lowering_below_what_is_taken_must_be_refused_or_confirmed():
    taken = Act("publish", 1, "ok", 0, 1)

    assert not judged(taken, Act("set", 0, "ok", 2, 3))
    assert judged(taken, Act("set", 0, "refused", 2, 3))
    assert judged(taken, Act("confirm", 0, "ok", 2, 3), Act("publish", 1, "refused", 4, 5))


def test_an_act_without_an_answer_may_have_happened_or_not():
    lost = Act("no", 1, UNKNOWN, 0, 1)

    assert judged(lost, Act("publish", 1, "ok", 5, 6), start=(1, 1))
    assert judged(lost, Act("publish", 1, "refused", 5, 6), start=(1, 1))
    assert not judged(lost, Act("publish", 2, "ok", 5, 6), start=(1, 1))


def test_forty_acts_are_judged_and_more_are_not():
    many = [Act("publish", 1, "ok" if at < 20 else "refused", 0, 1) for at in range(MOST_ACTS)]

    assert judged(*many, start=(20, 0))
    assert not judged(*many, start=(19, 0))
    with pytest.raises(ValueError, match="41 acts"):
        judged(*many, many[0])
