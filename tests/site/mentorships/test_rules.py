"""What a match may become after the answers of both sides."""

import pytest

from chiron.site.mentorships.rules import (
    NEXT_REPLIES,
    NEXT_STATES,
    MatchStepNotAllowedError,
    Reply,
    State,
    require_reply,
    require_step,
    state_after,
)


def test_every_state_says_what_follows():
    assert set(NEXT_STATES) == set(State)


def test_every_reply_says_what_follows():
    assert set(NEXT_REPLIES) == set(Reply)


@pytest.mark.parametrize(
    ("mentee", "mentor", "state"),
    [
        (Reply.WAITING, Reply.WAITING, State.OFFERED),
        (Reply.YES, Reply.WAITING, State.OFFERED),
        (Reply.WAITING, Reply.YES, State.OFFERED),
        (Reply.YES, Reply.YES, State.AGREED),
        (Reply.NO, Reply.YES, State.DECLINED),
        (Reply.WAITING, Reply.NO, State.DECLINED),
    ],
)
def test_match_follows_from_both_answers(mentee, mentor, state):
    assert state_after(mentee, mentor) is state


def test_nobody_answers_twice():
    with pytest.raises(MatchStepNotAllowedError):
        require_reply(Reply.YES, Reply.NO)


def test_declined_match_stays_declined():
    with pytest.raises(MatchStepNotAllowedError):
        require_step(State.DECLINED, State.AGREED)
