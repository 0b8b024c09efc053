"""Where a notice stands, and which step may come next."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from chiron.site.shared.refusals import RefusedError

MOST_TRIES: Final = 6
SENDING_LEASE: Final = timedelta(minutes=5)


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    WITHDRAWN = "withdrawn"


NEXT_STATES: Final[Mapping[NoticeState, frozenset[NoticeState]]] = {
    NoticeState.DRAFT: frozenset({NoticeState.READY, NoticeState.HELD, NoticeState.WITHDRAWN}),
    NoticeState.READY: frozenset({NoticeState.SENDING, NoticeState.HELD, NoticeState.WITHDRAWN, NoticeState.SENT}),
    NoticeState.SENDING: frozenset({NoticeState.SENT, NoticeState.READY, NoticeState.HELD}),
    NoticeState.SENT: frozenset(),
    NoticeState.HELD: frozenset({NoticeState.READY, NoticeState.WITHDRAWN}),
    NoticeState.WITHDRAWN: frozenset(),
}
# From "ready" to "sent" at once: somebody has sent it by hand, where the site has no mail server.
# A notice in one of these has left, or may have: it cannot be called back.
LEFT: Final = frozenset({NoticeState.SENDING, NoticeState.SENT})


class NoticeStepNotAllowedError(RefusedError):
    """Raised when a notice cannot go from where it stands to where it should."""


class AlreadyLeftError(RefusedError):
    """Raised when messages cannot be withdrawn because one of them has left."""


def require_step(current: NoticeState, proposed: NoticeState) -> None:
    """Raise StepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_STATES[current]:
        raise NoticeStepNotAllowedError(
            _("This message cannot be changed any more. It has left, or it was withdrawn.")
            if current in LEFT | {NoticeState.WITHDRAWN}
            else _("This message is not at that step. Open the outbox again to see where it stands.")
        )
