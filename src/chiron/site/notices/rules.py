"""Where a notice stands, which step may come next, and the addresses that its text holds."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from chiron.site.shared.refusals import RefusedError

MOST_TRIES: Final = 6
SENDING_LEASE: Final = timedelta(minutes=5)
# It begins only where nothing of an address stands before, and gives nothing back: so it takes linear time.
_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]++(?:\.[\w-]++)+")
_AROUND: Final = "'_-.+"
"""What may stand around an address without belonging to it, as quotation marks do."""


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


def as_shown(key: int, edited_at: datetime | None) -> str:
    """Return a text that names a message and the last change of its words, such as "12" or "12.1795000000000001"."""
    return str(key) if edited_at is None else f"{key}.{round(edited_at.timestamp() * 1_000_000)}"


def require_step(current: NoticeState, proposed: NoticeState) -> None:
    """Raise StepNotAllowedError unless the proposed state may come next."""
    if proposed not in NEXT_STATES[current]:
        raise NoticeStepNotAllowedError(
            _("This message cannot be changed any more. It has left, or it was withdrawn.")
            if current in LEFT | {NoticeState.WITHDRAWN}
            else _("This message is not at that step. Open the outbox again to see where it stands.")
        )


def addresses_in(text: str) -> list[str]:
    """Return the e-mail addresses in a text, in small letters, as they stand and without marks around them."""
    found = [one.lower() for one in _ADDRESS.findall(text)]
    return list(dict.fromkeys(kept for one in found for kept in (one, one.strip(_AROUND))))
