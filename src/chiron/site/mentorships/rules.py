"""What a match may be and become: its states, the answers of both sides, the reasons for a no, and the refusals."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.site.shared.refusals import RefusedError

REASONS_TOLD = 4
"""How many reasons for a match a participant reads."""
EXAMPLES = 3
"""How many real messages a coordinator reads before publishing."""
MATCHES_A_PAGE = 25


class MatchState(TextChoices):
    """Where a match stands."""

    OFFERED = "offered", gettext_lazy("Waiting for answers")
    AGREED = "agreed", gettext_lazy("Both said yes")
    DECLINED = "declined", gettext_lazy("Declined")
    WITHDRAWN = "withdrawn", gettext_lazy("Taken back")


NEXT_STATES: Mapping[MatchState, frozenset[MatchState]] = {
    MatchState.OFFERED: frozenset({MatchState.AGREED, MatchState.DECLINED, MatchState.WITHDRAWN}),
    MatchState.AGREED: frozenset(),
    MatchState.DECLINED: frozenset(),
    MatchState.WITHDRAWN: frozenset(),
}


class Reply(TextChoices):
    """What one side has said to an offer."""

    WAITING = "waiting", gettext_lazy("No answer yet")
    YES = "yes", gettext_lazy("Yes")
    NO = "no", gettext_lazy("No")


NEXT_REPLIES: Mapping[Reply, frozenset[Reply]] = {
    Reply.WAITING: frozenset({Reply.YES, Reply.NO}),
    Reply.YES: frozenset(),
    Reply.NO: frozenset(),
}


class DeclineReason(TextChoices):
    """Why somebody says no; only coordinators read it."""

    TIME = "time", gettext_lazy("I do not have the time now")
    CONFLICT = "conflict", gettext_lazy("There is a conflict of interest")
    KNOWN = "known", gettext_lazy("We know each other already")
    NEEDS = "needs", gettext_lazy("This is not what I asked for or can offer")
    LEAVING = "leaving", gettext_lazy("I cannot take part any more")
    OTHER = "other", gettext_lazy("Another reason")


class Side(TextChoices):
    """Which of the two a participant is."""

    MENTEE = "mentee", gettext_lazy("Mentee")
    MENTOR = "mentor", gettext_lazy("Mentor")


class MatchStepNotAllowedError(RefusedError):
    """The match is not at a step that allows this."""


class PublishNotAllowedError(RefusedError):
    """The plan cannot be published as it stands."""


class UnpublishNotAllowedError(RefusedError):
    """The plan can no longer be taken back."""


def require_step(current: MatchState, proposed: MatchState) -> None:
    """Raise MatchStepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_STATES[current]:
        raise MatchStepNotAllowedError(_("This match can no longer be answered. It stands at: %s.") % current.label)


def require_reply(current: Reply, proposed: Reply) -> None:
    """Raise MatchStepNotAllowedError unless this side may still give the proposed answer."""
    if proposed not in NEXT_REPLIES[current]:
        raise MatchStepNotAllowedError(
            _("You have answered already. Write to the coordinator if something has changed.")
        )


def state_after(mentee: Reply, mentor: Reply) -> MatchState:
    """Return where a match stands after the answers of both sides."""
    if Reply.NO in (mentee, mentor):
        return MatchState.DECLINED
    return MatchState.AGREED if mentee == mentor == Reply.YES else MatchState.OFFERED


def mentee_subject() -> str:
    """Return the subject of the message to a mentee."""
    return _("We have found a mentor for you")


def mentor_subject(count: int) -> str:
    """Return the subject of the message to a mentor of so many mentees."""
    return _("We have a mentee for you") if count == 1 else _("We have %d mentees for you") % count


def mentee_body(*, name: str, program: str, mentor: str, reasons: list[str], link: str) -> str:
    """Return the message to a mentee: who, why, what to do. It holds no number about how well they fit."""
    return "\n\n".join(
        filter(
            None,
            [
                _("Dear %s,") % name,
                _("In %(program)s we suggest %(mentor)s as your mentor.") % {"program": program, "mentor": mentor},
                _why(reasons),
                _("Say yes or no here:") + f"\n{link}",
                _("Once you have both said yes, you will see each other's contact details."),
            ],
        )
    )


def mentor_body(*, name: str, program: str, mentees: list[tuple[str, list[str], str]]) -> str:
    """Return the message to a mentor; `mentees` has each name, the reasons and the link."""
    parts = [
        _("Dear %s,") % name,
        _("Thank you for being a mentor in %s.") % program
        + " "
        + (_("We suggest this mentee:") if len(mentees) == 1 else _("We suggest these mentees:")),
    ]
    for mentee, reasons, link in mentees:
        parts += ["\n".join(filter(None, [mentee, _why(reasons), _("Say yes or no here:") + f" {link}"]))]
    parts.append(_("Once you have both said yes, you will see each other's contact details."))
    return "\n\n".join(parts)


def agreed_body(*, name: str, other: str, email: str, link: str) -> str:
    """Return the message to one side once both have said yes."""
    return "\n\n".join(
        [
            _("Dear %s,") % name,
            _("You and %s have both said yes.") % other,
            _("Write to %(other)s: %(email)s") % {"other": other, "email": email},
            _("What happens next stands here:") + f"\n{link}",
        ]
    )


def _why(reasons: list[str]) -> str:
    return "\n".join([_("Why we think this fits:"), *(f"- {reason}" for reason in reasons)]) if reasons else ""
