"""Rules of a match: its states, what may follow what, how it ends and why, and the refusals that people read."""

from collections.abc import Mapping, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.shared.refusals import RefusedError

REASONS_TOLD = 4
"""How many reasons for a match a participant reads."""
EXAMPLES = 3
"""How many real messages a coordinator reads before publishing."""
MATCHES_A_PAGE = 25
MOST_NAMED = 20
"""So many of those who are held back are named on the page before publishing; of the others, how many they are."""
REOPEN_DAYS = 14
"""For how many days a coordinator can open a closed match again."""


class MatchState(TextChoices):
    """Where a match stands."""

    FORMING = "forming", gettext_lazy("Forming")
    ACTIVE = "active", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    UNLED = "unled", gettext_lazy("Without a mentor for now")
    CLOSING = "closing", gettext_lazy("Ending")
    CLOSED = "closed", gettext_lazy("Ended")


NEXT_MATCH_STATES: Mapping[MatchState, frozenset[MatchState]] = {
    MatchState.FORMING: frozenset({MatchState.ACTIVE, MatchState.CLOSED}),
    MatchState.ACTIVE: frozenset({MatchState.PAUSED, MatchState.UNLED, MatchState.CLOSING, MatchState.CLOSED}),
    MatchState.PAUSED: frozenset({MatchState.ACTIVE, MatchState.CLOSING, MatchState.CLOSED}),
    MatchState.UNLED: frozenset({MatchState.ACTIVE, MatchState.CLOSING, MatchState.CLOSED}),
    MatchState.CLOSING: frozenset({MatchState.ACTIVE, MatchState.CLOSED}),
    MatchState.CLOSED: frozenset({MatchState.ACTIVE}),
}
RUNNING = frozenset(MatchState) - {MatchState.CLOSED}
"""States of a match that has not ended."""


class ClosedKind(TextChoices):
    """How a match ended."""

    COMPLETED = "completed", gettext_lazy("Reached its end")
    EARLY = "early", gettext_lazy("Ended early")


class EndReason(TextChoices):
    """Why somebody leaves a match, or why it ends early; only coordinators read it."""

    CONTACT = "contact", gettext_lazy("They did not get in touch with each other")
    NEEDS = "needs", gettext_lazy("It does not fit what one of them needs or can offer")
    TIME = "time", gettext_lazy("One of them has no time any more")
    LEFT = "left", gettext_lazy("One of them has left the programme")
    CONFLICT = "conflict", gettext_lazy("There is a conflict of interest")
    MISTAKE = "mistake", gettext_lazy("The match was a mistake")
    OTHER = "other", gettext_lazy("Another reason")


LEAVE_REASONS: Mapping[EndReason, str] = {
    EndReason.TIME: gettext_noop("I have no time any more"),
    EndReason.NEEDS: gettext_noop("It is not what I need or can offer"),
    EndReason.CONTACT: gettext_noop("We do not get in touch with each other"),
    EndReason.CONFLICT: gettext_noop("There is a conflict of interest"),
    EndReason.OTHER: gettext_noop("Another reason"),
}
"""What somebody may say who leaves a match, in their own words; only coordinators read it."""


class MatchStepNotAllowedError(RefusedError):
    """The match is not at a step that allows this."""


def ends_without(shape: MatchShape, part: MemberPart, parts: Sequence[MemberPart]) -> bool:
    """Return whether a match ends when one of its people leaves it; otherwise the others go on.

    A pair ends. A group goes on while somebody is left who is helped, also without its mentor for now; peers, who help
    each other, need to be two.

    Args:
        shape: of the match.
        part: of the one who leaves.
        parts: of everybody who is in it, the one who leaves among them.
    """
    if shape is MatchShape.PAIR:
        return True
    others = sum(one is not MemberPart.MENTOR for one in parts) - (part is not MemberPart.MENTOR)
    return others < (1 if MemberPart.MENTOR in parts else 2)


def require_match_step(current: MatchState, proposed: MatchState) -> None:
    """Raise MatchStepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_MATCH_STATES[current]:
        raise MatchStepNotAllowedError(_("This match cannot be changed now. It stands at: %s.") % current.label)
