"""Rules of offers: what each member of one may answer, what follows from the answers, and when an offer is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.site.shared.refusals import RefusedError

ANSWER_DAYS = 14
"""How many days people have to answer where nobody says."""
LAST_DAY = timedelta(days=1)
MOST_REMINDERS = 2
"""One half-way to the day to answer by, one on the last day."""


class OfferState(TextChoices):
    """Where an offer stands."""

    OFFERED = "offered", gettext_lazy("Waiting for answers")
    AGREED = "agreed", gettext_lazy("Agreed")
    DECLINED = "declined", gettext_lazy("Declined")
    LAPSED = "lapsed", gettext_lazy("Not answered in time")
    TAKEN_BACK = "taken_back", gettext_lazy("Taken back")
    OVER = "over", gettext_lazy("Match has ended")


NEXT_OFFER_STATES: Mapping[OfferState, frozenset[OfferState]] = {
    OfferState.OFFERED: frozenset({OfferState.AGREED, OfferState.DECLINED, OfferState.LAPSED, OfferState.TAKEN_BACK}),
    OfferState.AGREED: frozenset({OfferState.OVER, OfferState.OFFERED, OfferState.TAKEN_BACK}),
    OfferState.DECLINED: frozenset({OfferState.OFFERED}),
    OfferState.LAPSED: frozenset(),
    OfferState.TAKEN_BACK: frozenset({OfferState.OFFERED}),
    OfferState.OVER: frozenset({OfferState.AGREED}),
}
"""Back to "offered" only by somebody who takes an answer back; from "over" only where the match is opened again, and
from "taken back" only where somebody who had left comes back before anybody was told."""

STANDING = frozenset({OfferState.OFFERED, OfferState.AGREED})
"""States in which an offer takes places."""
ANSWERABLE = STANDING
"""States in which a member who has not answered still may: a group that has begun waits for its last members."""


class Reply(TextChoices):
    """What one member has said to an offer."""

    WAITING = "waiting", gettext_lazy("No answer yet")
    YES = "yes", gettext_lazy("Yes")
    NO = "no", gettext_lazy("No")
    ASSIGNED = "assigned", gettext_lazy("Not asked")


NEXT_REPLIES: Mapping[Reply, frozenset[Reply]] = {
    Reply.WAITING: frozenset({Reply.YES, Reply.NO}),
    Reply.YES: frozenset({Reply.WAITING}),
    Reply.NO: frozenset({Reply.WAITING}),
    Reply.ASSIGNED: frozenset(),
}
"""Back to "waiting" only by taking the answer back, before the other side was told of it."""

SETTLED = frozenset({Reply.YES, Reply.ASSIGNED})


class MemberPart(TextChoices):
    """What somebody is in an offer or a match."""

    MENTEE = "mentee", gettext_lazy("Mentee")
    MENTOR = "mentor", gettext_lazy("Mentor")
    PEER = "peer", gettext_lazy("Peer")


class MatchShape(TextChoices):
    """How many people of which kind an offer or a match puts together."""

    PAIR = "pair", gettext_lazy("Pair")
    GROUP = "group", gettext_lazy("Group")
    CIRCLE = "circle", gettext_lazy("Circle")
    TEAM = "team", gettext_lazy("Team")
    PANEL = "panel", gettext_lazy("Panel")
    CHAIN = "chain", gettext_lazy("Chain")


class Agreement(TextChoices):
    """Who is asked before a match begins; the names are those of a blueprint's `[matching.offers]`."""

    ALL = "all", gettext_lazy("Everybody is asked")
    MENTOR = "mentor", gettext_lazy("Mentors are asked")
    NOBODY = "nobody", gettext_lazy("Nobody is asked")


class DeclineReason(TextChoices):
    """Why somebody says no; only coordinators read it."""

    TIME = "time", gettext_lazy("I do not have the time now")
    CONFLICT = "conflict", gettext_lazy("There is a conflict of interest")
    KNOWN = "known", gettext_lazy("We know each other already")
    NEEDS = "needs", gettext_lazy("This is not what I asked for or can offer")
    LEAVING = "leaving", gettext_lazy("I cannot take part any more")
    OTHER = "other", gettext_lazy("Another reason")


class TakenBackBecause(TextChoices):
    """Why an offer was taken back; what its people read depends on it."""

    UNPUBLISHED = "unpublished", gettext_lazy("The plan was un-published")
    LEFT = "left", gettext_lazy("Somebody has left the programme")
    COORDINATOR = "coordinator", gettext_lazy("Taken back by the coordinator")


@dataclass(frozen=True, slots=True)
class Answered:
    """One member as far as agreeing goes: their part and what they have said."""

    part: MemberPart
    reply: Reply


class OfferStepNotAllowedError(RefusedError):
    """The offer is not at a step that allows this."""


def publication_group(key: int) -> str:
    """Return the name under which the messages of a publication stand, by its key."""
    return f"publication:{key}"


def people_key(keys: Iterable[int]) -> str:
    """Return one text for some people by the keys of their applications, in whatever order they are given."""
    return sha256(" ".join(str(key) for key in sorted(keys)).encode()).hexdigest()


def require_offer_step(current: OfferState, proposed: OfferState) -> None:
    """Raise OfferStepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_OFFER_STATES[current]:
        raise OfferStepNotAllowedError(_("This offer can no longer be changed. It stands at: %s.") % current.label)


def require_answerable(state: OfferState) -> None:
    """Raise OfferStepNotAllowedError unless somebody may still answer the offer."""
    if state not in ANSWERABLE:
        raise OfferStepNotAllowedError(_("This offer can no longer be answered. It stands at: %s.") % state.label)


def can_follow(state: OfferState, mentor_said: Reply, *, was_followed: bool) -> bool:
    """Return whether the mentor of an offer of a pair may be offered to somebody else in its place.

    Args:
        state: where the offer stands.
        mentor_said: what its mentor has answered.
        was_followed: whether that was done already.
    """
    came_to_nothing = state in {OfferState.OFFERED, OfferState.DECLINED, OfferState.LAPSED}
    return came_to_nothing and mentor_said is not Reply.NO and not was_followed


def require_reply(current: Reply, proposed: Reply) -> None:
    """Raise OfferStepNotAllowedError unless this member may still give the proposed answer."""
    if proposed not in NEXT_REPLIES[current]:
        raise OfferStepNotAllowedError(
            _("You have answered already. Write to the coordinator if something has changed.")
        )


def first_reply(part: MemberPart, agreement: Agreement) -> Reply:
    """Return what stands for a member when the offer is made: waiting, or not asked at all."""
    asked = agreement is Agreement.ALL or (agreement is Agreement.MENTOR and part is MemberPart.MENTOR)
    return Reply.WAITING if asked else Reply.ASSIGNED


def state_after(members: Sequence[Answered], *, shape: MatchShape, least: int | None) -> OfferState:
    """Return where an offer stands after the answers of all its members.

    A no ends a pair; somebody who says no to anything larger leaves it, and the others go on. It begins once every
    mentor who is left has said yes, and `least` of the others have; it is declined once that cannot happen any more.

    Args:
        members: everybody with their answers.
        shape: of the offer.
        least: how many beside the mentors begin it; None: all who have not said no.
    """
    left = [one for one in members if one.reply is not Reply.NO]
    mentors = [one.reply for one in left if one.part is MemberPart.MENTOR]
    others = [one.reply for one in left if one.part is not MemberPart.MENTOR]
    had_mentors = any(one.part is MemberPart.MENTOR for one in members)
    without_mentor = 1 if had_mentors else 2
    fewest = len(members) - had_mentors if shape is MatchShape.PAIR else max(least or 0, without_mentor)
    if (had_mentors and not mentors) or len(others) < fewest:
        return OfferState.DECLINED
    enough = len(others) if least is None or shape is MatchShape.PAIR else least
    ready = all(reply in SETTLED for reply in mentors) and sum(reply in SETTLED for reply in others) >= enough
    return OfferState.AGREED if ready else OfferState.OFFERED


def state_in_time(members: Sequence[Answered], *, shape: MatchShape, least: int | None) -> OfferState:
    """Return where an offer stands once its time is over: who has not answered is out, as after a no."""
    silent_out = [Answered(one.part, Reply.NO if one.reply is Reply.WAITING else one.reply) for one in members]
    following = state_after(silent_out, shape=shape, least=least)
    return following if following is OfferState.AGREED else OfferState.LAPSED
