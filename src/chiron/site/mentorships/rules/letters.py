"""The words of the messages about offers and matches: plain text, without a number about how well people fit.

No message holds somebody else's address: it stands on the page of the match, for those who may read that page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.mentorships.rules.publishing import Words


class NewsKind(StrEnum):
    """What has become of an offer or a match that somebody has read of."""

    LEFT = "left"
    TAKEN_BACK = "taken_back"
    DECLINED = "declined"
    FEWER = "fewer"
    MORE = "more"
    LAPSED = "lapsed"
    ENDED = "ended"
    LEFT_OUT = "left_out"
    REMINDER = "reminder"


NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class ToldOffer:
    """One offer as the message to one of its members tells of it.

    Attributes:
        shape: of the offer.
        mentors, others: names of the other members, mentors first.
        reasons: what speaks for it.
        link: where to answer; empty where nobody is asked.
    """

    shape: MatchShape
    mentors: Sequence[str]
    others: Sequence[str]
    reasons: Sequence[str]
    link: str


def offer_subject(part: MemberPart, offers: Sequence[ToldOffer], words: Words = NO_WORDS) -> str:
    """Return the subject of the message to a member about all offers that it tells of, or the coordinator's."""
    if words.subject:
        return words.subject
    if part is MemberPart.MENTOR:
        count = sum(len(one.others) for one in offers)
        return ngettext("We have a mentee for you", "We have %d mentees for you", count) % ((count,) * (count != 1))
    if part is MemberPart.PEER:
        return _("We have found somebody for you")
    count = sum(len(one.mentors) for one in offers)
    return ngettext("We have found a mentor for you", "We have found %d mentors for you", count) % (
        (count,) * (count != 1)
    )


def offer_body(
    *,
    name: str,
    program: str,
    part: MemberPart,
    offers: Sequence[ToldOffer],
    day: str,
    with_contacts: bool,
    words: Words = NO_WORDS,
    contact: str = "",
) -> str:
    """Return the message to one member about their offers: who, why, what to do and until when.

    Args:
        name: whom it is to.
        program: the name of the programme.
        part: what they would be.
        offers: all of them.
        day: until when, in words; empty: no limit.
        with_contacts: whether they will read each other's contact details once everybody has said yes.
        words: what the coordinator wrote for it.
        contact: whom to ask.
    """
    asked = any(one.link for one in offers)
    return "\n\n".join(
        filter(
            None,
            [
                _("Dear %s,") % name,
                words.opening or _greeting(part, program, offers, asked=asked),
                *("\n".join(filter(None, [_who(part, one), _why(one.reasons), _answer(one)])) for one in offers),
                _("Answer by %s.") % day if asked and day else "",
                _("Once everybody has said yes, you will see each other's contact details.")
                if asked and with_contacts
                else "",
                *_ending(words, contact),
            ],
        )
    )


def agreed_body(*, name: str, others: str, link: str, with_contacts: bool) -> str:
    """Return the message to one member once a match begins; `with_contacts` as in `offer_body`."""
    return "\n\n".join(
        [
            _("Dear %s,") % name,
            _("It is settled: you and %s go ahead.") % others,
            (
                _("How to reach each other, and what happens next, stands here:")
                if with_contacts
                else _("What happens next stands here:")
            )
            + f"\n{link}",
        ]
    )


def news_subject(news: NewsKind) -> str:
    """Return the subject of a message about what has become of an offer or a match."""
    return {
        NewsKind.LEFT: _("Your match does not go ahead"),
        NewsKind.TAKEN_BACK: _("We have taken our suggestion back"),
        NewsKind.DECLINED: _("This match does not go ahead"),
        NewsKind.FEWER: _("Your group goes on with fewer people"),
        NewsKind.MORE: _("Somebody has joined your group"),
        NewsKind.LAPSED: _("The day to answer by has passed"),
        NewsKind.ENDED: _("Your match has ended"),
        NewsKind.LEFT_OUT: _("We have not found a match for you yet"),
        NewsKind.REMINDER: _("Say yes or no"),
    }[news]


def left_out_body(*, name: str, words: Words, contact: str) -> str:
    """Return the message to somebody whom a plan leaves out, with what the coordinator wrote for it."""
    if not words.opening:
        return "\n\n".join(
            [news_body(NewsKind.LEFT_OUT, name=name, others="", answered=False), *_ending(words, contact)]
        )
    return "\n\n".join([_("Dear %s,") % name, words.opening, *_ending(words, contact)])


def news_body(news: NewsKind, *, name: str, others: str, answered: bool, link: str = "", day: str = "") -> str:
    """Return the message to one member about what has become of an offer or a match.

    Args:
        news: what has happened.
        name: whom it is to.
        others: whom it is about, in words.
        answered: whether the reader had said yes.
        link: where to answer, for a reminder.
        day: until when, for a reminder.
    """
    nothing_about_you = _("It says nothing about you. We look for another match and will write to you.")
    text = {
        NewsKind.LEFT: [_("%s can no longer take part, so this does not go ahead.") % others, nothing_about_you],
        NewsKind.TAKEN_BACK: [
            _("We have taken our suggestion about %s back. There is nothing that you need to do.") % others,
            _("We will write to you about another one."),
        ],
        NewsKind.DECLINED: [_("The match with %s does not go ahead.") % others, nothing_about_you],
        NewsKind.FEWER: [_("%s will not be part of it. Everything else stays as it was.") % others],
        NewsKind.MORE: [_("%s has joined your group. Everything else stays as it was.") % others],
        NewsKind.LAPSED: [
            _("You said yes, and not everybody answered in time, so this does not go ahead.")
            if answered
            else _("We have not had your answer about %s, so we keep the place free no longer.") % others,
            nothing_about_you if answered else _("If you still want to take part, write to us."),
        ],
        NewsKind.ENDED: [
            _("Your match with %s has ended.") % others,
            _("Write to us if you would like another one, or if something is on your mind."),
        ],
        NewsKind.LEFT_OUT: [
            _("We have not found a match for you in this round. Your application stands."),
            _("We look again as soon as places are free, and write to you either way. You need not do anything."),
        ],
        NewsKind.REMINDER: [
            _("We suggested %s, and wait for your answer.") % others,
            _("Say yes or no here:") + f"\n{link}",
            _("Answer by %s.") % day if day else "",
        ],
    }[news]
    return "\n\n".join(filter(None, [_("Dear %s,") % name, *text]))


def day_words(moment: datetime) -> str:
    """Return the day of a moment for people, in the site's zone."""
    return date_format(localtime(moment), "j F Y")


def _ending(words: Words, contact: str) -> list[str]:
    return [*filter(None, [words.closing, _("Questions? Ask %s.") % contact if contact else ""])]


def _greeting(part: MemberPart, program: str, offers: Sequence[ToldOffer], *, asked: bool) -> str:
    if part is MemberPart.MENTOR:
        thanks = _("Thank you for being a mentor in %s.") % program
        count = sum(len(one.others) for one in offers)
        return f"{thanks} " + (
            ngettext("We suggest this mentee:", "We suggest these mentees:", count)
            if asked
            else ngettext("This is your mentee:", "These are your mentees:", count)
        )
    return (_("In %s we suggest:") if asked else _("In %s you are together with:")) % program


def _who(part: MemberPart, offer: ToldOffer) -> str:
    """Return the people of an offer but the reader, in words."""
    if part is MemberPart.MENTOR:
        together = [_("%s (mentor beside you)") % mentor for mentor in offer.mentors]
        return ", ".join([*offer.others, *together])
    mentors = [_("%s as your mentor") % mentor for mentor in offer.mentors]
    if not offer.others:
        return ", ".join(mentors)
    beside = ", ".join(offer.others)
    return "\n".join([*mentors, _("Together with: %s") % beside if mentors else beside])


def _answer(offer: ToldOffer) -> str:
    return _("Say yes or no here:") + f"\n{offer.link}" if offer.link else ""


def _why(reasons: Sequence[str]) -> str:
    return "\n".join([_("Why we think this fits:"), *(f"- {reason}" for reason in reasons)]) if reasons else ""
