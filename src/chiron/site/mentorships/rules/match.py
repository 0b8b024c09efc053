"""Rules of a match: its states, what may follow what, how it ends and why, and the refusals that people read."""

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


class MatchStepNotAllowedError(RefusedError):
    """The match is not at a step that allows this."""


class PublishNotAllowedError(RefusedError):
    """The plan cannot be published as it stands."""


class UnpublishNotAllowedError(RefusedError):
    """The plan can no longer be taken back."""


def require_match_step(current: MatchState, proposed: MatchState) -> None:
    """Raise MatchStepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_MATCH_STATES[current]:
        raise MatchStepNotAllowedError(_("This match cannot be changed now. It stands at: %s.") % current.label)
