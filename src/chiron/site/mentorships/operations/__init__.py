"""Writes of mentorships: publish a plan, take it back, say yes or no, begin, leave and end a match."""

from chiron.site.mentorships.operations.matches import begin_matches, end_match, leave_match
from chiron.site.mentorships.operations.next_offer import offer_to_next
from chiron.site.mentorships.operations.offers import accept_offer, decline_offer, take_answer_back, take_offers_back
from chiron.site.mentorships.operations.publishing import (
    ask_for_publishing,
    ask_for_rest,
    offer_rest,
    prepare_publishing,
    publish_plan,
    stop_publishing,
)
from chiron.site.mentorships.operations.running import bring_matches_in
from chiron.site.mentorships.operations.unpublishing import ask_to_unpublish, unpublish_plan
from chiron.site.mentorships.operations.withdrawing import take_participant_back, withdraw_participant

__all__ = [
    "accept_offer",
    "ask_for_publishing",
    "ask_for_rest",
    "ask_to_unpublish",
    "begin_matches",
    "bring_matches_in",
    "decline_offer",
    "end_match",
    "leave_match",
    "offer_rest",
    "offer_to_next",
    "prepare_publishing",
    "publish_plan",
    "stop_publishing",
    "take_answer_back",
    "take_offers_back",
    "take_participant_back",
    "unpublish_plan",
    "withdraw_participant",
]
