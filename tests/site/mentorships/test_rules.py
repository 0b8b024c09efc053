"""What an offer and a match may become, and what follows from the answers of all members."""

import pytest

from chiron.site.matching.rules import (
    NEXT_OFFER_STATES,
    NEXT_REPLIES,
    Answered,
    MatchShape,
    MemberPart,
    OfferState,
    OfferStepNotAllowedError,
    Reply,
    require_offer_step,
    require_reply,
    state_after,
    state_in_time,
)
from chiron.site.mentorships.rules import NEXT_MATCH_STATES, MatchState, MatchStepNotAllowedError, require_match_step

SAID = {"w": Reply.WAITING, "y": Reply.YES, "n": Reply.NO, "a": Reply.ASSIGNED}


def members(mentors: str, others: str, part: MemberPart = MemberPart.MENTEE) -> list[Answered]:
    """Return members by what they have said, one letter each: waiting, yes, no, assigned."""
    led = [Answered(MemberPart.MENTOR, SAID[letter]) for letter in mentors]
    return [*led, *(Answered(part, SAID[letter]) for letter in others)]


@pytest.mark.parametrize(
    ("table", "states"),
    [(NEXT_OFFER_STATES, OfferState), (NEXT_REPLIES, Reply), (NEXT_MATCH_STATES, MatchState)],
)
def test_every_state_says_what_follows(table, states):
    assert set(table) == set(states)


@pytest.mark.parametrize(
    ("mentor", "mentee", "state"),
    [
        ("w", "w", OfferState.OFFERED),
        ("w", "y", OfferState.OFFERED),
        ("y", "w", OfferState.OFFERED),
        ("y", "y", OfferState.AGREED),
        ("y", "n", OfferState.DECLINED),
        ("n", "w", OfferState.DECLINED),
        ("y", "a", OfferState.AGREED),
        ("w", "a", OfferState.OFFERED),
        ("a", "a", OfferState.AGREED),
    ],
)
def test_pair_follows_from_both_answers(mentor, mentee, state):
    assert state_after(members(mentor, mentee), shape=MatchShape.PAIR, least=None) is state


@pytest.mark.parametrize(
    ("mentors", "others", "least", "state"),
    [
        ("y", "yyw", None, OfferState.OFFERED),
        ("y", "yyn", None, OfferState.AGREED),
        ("y", "nnn", None, OfferState.DECLINED),
        ("w", "yyy", None, OfferState.OFFERED),
        ("n", "yyy", None, OfferState.DECLINED),
        ("yn", "yy", None, OfferState.AGREED),
        ("nn", "yy", None, OfferState.DECLINED),
        ("y", "yyww", 2, OfferState.AGREED),
        ("y", "ywww", 2, OfferState.OFFERED),
        ("y", "ynnn", 2, OfferState.DECLINED),
        ("a", "aaa", None, OfferState.AGREED),
    ],
)
def test_group_goes_on_without_those_who_say_no_and_begins_with_enough(mentors, others, least, state):
    assert state_after(members(mentors, others), shape=MatchShape.GROUP, least=least) is state


@pytest.mark.parametrize(
    ("others", "state"), [("yyy", OfferState.AGREED), ("yyn", OfferState.AGREED), ("ynn", OfferState.DECLINED)]
)
def test_circle_has_no_mentor_and_needs_two(others, state):
    circle = members("", others, MemberPart.PEER)

    assert state_after(circle, shape=MatchShape.CIRCLE, least=None) is state


def test_two_peers_are_a_pair_that_one_no_ends():
    peers = members("", "yn", MemberPart.PEER)

    assert state_after(peers, shape=MatchShape.PAIR, least=None) is OfferState.DECLINED


@pytest.mark.parametrize(
    ("mentors", "others", "shape", "state"),
    [
        ("y", "w", MatchShape.PAIR, OfferState.LAPSED),
        ("w", "y", MatchShape.PAIR, OfferState.LAPSED),
        ("y", "yw", MatchShape.GROUP, OfferState.AGREED),
        ("w", "yy", MatchShape.GROUP, OfferState.LAPSED),
        ("y", "ww", MatchShape.GROUP, OfferState.LAPSED),
    ],
)
def test_once_the_time_is_over_a_group_begins_without_the_silent_and_a_pair_lapses(mentors, others, shape, state):
    assert state_in_time(members(mentors, others), shape=shape, least=None) is state


def test_nobody_answers_twice():
    with pytest.raises(OfferStepNotAllowedError):
        require_reply(Reply.YES, Reply.NO)


def test_declined_offer_stays_declined():
    with pytest.raises(OfferStepNotAllowedError):
        require_offer_step(OfferState.DECLINED, OfferState.AGREED)


def test_match_that_has_ended_is_not_paused():
    with pytest.raises(MatchStepNotAllowedError):
        require_match_step(MatchState.CLOSED, MatchState.PAUSED)
