"""What a match may become after the answers of both sides."""

import pytest

from chiron.site.mentorships.rules import (
    NEXT_REPLIES,
    NEXT_STATES,
    MatchState,
    MatchStepNotAllowedError,
    Reply,
    require_reply,
    require_step,
    state_after,
)


def test_every_state_says_what_follows():
    assert set(NEXT_STATES) == set(MatchState)


def test_every_reply_says_what_follows():
    assert set(NEXT_REPLIES) == set(Reply)


@pytest.mark.parametrize(
    ("mentee", "mentor", "state"),
    [
        (Reply.WAITING, Reply.WAITING, MatchState.OFFERED),
        (Reply.YES, Reply.WAITING, MatchState.OFFERED),
        (Reply.WAITING, Reply.YES, MatchState.OFFERED),
        (Reply.YES, Reply.YES, MatchState.AGREED),
        (Reply.NO, Reply.YES, MatchState.DECLINED),
        (Reply.WAITING, Reply.NO, MatchState.DECLINED),
    ],
)
def test_match_follows_from_both_answers(mentee, mentor, state):
    assert state_after(mentee, mentor) is state


def test_nobody_answers_twice():
    with pytest.raises(MatchStepNotAllowedError):
        require_reply(Reply.YES, Reply.NO)


def test_declined_match_stays_declined():
    with pytest.raises(MatchStepNotAllowedError):
        require_step(MatchState.DECLINED, MatchState.AGREED)
