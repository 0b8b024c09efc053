"""What an address, a name and a sign-in link are."""

import hashlib
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from chiron.site.shared.refusals import RefusedError

LINK_BYTES: Final = 24  # 192 bits
# Who runs a site before they have said who they are; `.invalid` can never receive mail.
PLACEHOLDER_EMAIL: Final = "owner@site.invalid"


class LinkState(StrEnum):
    """What became of a sign-in link."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class LinkRefusedError(RefusedError):
    """Raised when a sign-in link no longer works.

    Attributes:
        state: why it does not.
    """

    def __init__(self, state: LinkState) -> None:
        """Say why in the words that the page shows."""
        super().__init__(link_refusal(state))
        self.state = state


class AddressTakenError(RefusedError):
    """Raised when somebody else has the address."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("Somebody here has this address already. Type another one."))


class AddressKnownError(RefusedError):
    """Raised when a person who has an address of their own wants to replace it without proof."""

    def __init__(self) -> None:
        """Say who can help."""
        super().__init__(_("Your address is known already. Ask the person who runs the site to change it."))


def link_refusal(state: LinkState) -> str:
    """Return why a link does not work, in words."""
    match state:
        case LinkState.USED:
            return _("This link was already used. Each link signs you in once.")
        case LinkState.EXPIRED:
            return _("This link has expired. Links work for a short time only.")
        case LinkState.UNKNOWN | LinkState.OPEN:
            return _("This link does not work. Check that you copied all of it.")


def link_state(*, expires_at: datetime, used_at: datetime | None, now: datetime) -> LinkState:
    """Return what became of a link at a moment."""
    if used_at is not None:
        return LinkState.USED
    return LinkState.EXPIRED if now >= expires_at else LinkState.OPEN


def token_hash(token: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def clean_email(text: str) -> str:
    """Return an e-mail address as it is kept: no spaces around it, one form of each letter, no capitals."""
    return unicodedata.normalize("NFKC", text).strip().lower()
