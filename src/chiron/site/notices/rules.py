"""Where a notice stands, and which step may come next."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from chiron.site.shared.refusals import RefusedError

MOST_TRIES: Final = 6
SENDING_LEASE: Final = timedelta(minutes=5)


class State(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    WITHDRAWN = "withdrawn"


NEXT_STATES: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.READY, State.HELD, State.WITHDRAWN}),
    State.READY: frozenset({State.SENDING, State.HELD, State.WITHDRAWN}),
    State.SENDING: frozenset({State.SENT, State.READY, State.HELD}),
    State.SENT: frozenset(),
    State.HELD: frozenset({State.READY, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}
# A notice in one of these has left, or may have: it cannot be called back.
LEFT: Final = frozenset({State.SENDING, State.SENT})


class StepNotAllowedError(RefusedError):
    """Raised when a notice cannot go from where it stands to where it should."""


class AlreadyLeftError(RefusedError):
    """Raised when messages cannot be withdrawn because one of them has left."""


def require_step(current: State, proposed: State) -> None:
    """Raise StepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_STATES[current]:
        raise StepNotAllowedError(
            _("This message cannot be changed any more. It has left, or it was withdrawn.")
            if current in LEFT | {State.WITHDRAWN}
            else _("This message is not at that step. Open the outbox again to see where it stands.")
        )
