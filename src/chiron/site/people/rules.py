"""What an address, a name and a sign-in link are, and how often somebody may try to sign in."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from django.utils.translation import gettext as _

from chiron.site.shared.keeping.rules import Whom
from chiron.site.shared.refusals import RefusedError

LINK_BYTES: Final = 24  # 192 bits
# Who runs a site before they have said who they are; `.invalid` can never receive mail.
PLACEHOLDER_EMAIL: Final = "owner@site.invalid"
ADDRESS_CHANGE_LASTS: Final = timedelta(hours=24)
LONGEST_NAME: Final = 200
# Signs that turn the words after them around, so that a name could read as another one.
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Without a shape of their own, but some scripts need them between letters.
JOINERS: Final = frozenset("\u200c\u200d")


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


class AddressUnchangedError(RefusedError):
    """Raised when a person asks for the address that they have."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("This is your address already. Type another one."))


class NameRefusedError(RefusedError):
    """Raised when a name cannot be shown as it is."""


class Act(StrEnum):
    """What somebody may do only so often while they sign in, or change how they do."""

    ASK_CODE = "ask for a code"
    TYPE_CODE = "type a code"
    TYPE_PASSWORD = "type a password"  # noqa: S105 -- the name of an act
    RESET_PASSWORD = "ask for a new password"  # noqa: S105 -- the name of an act
    CHOOSE_PASSWORD = "choose a password"  # noqa: S105 -- the name of an act
    SECOND_STEP = "take the second step"
    PROVE_AGAIN = "prove who they are again"
    USE_LINK = "use a link"
    USE_PASSKEY = "use a passkey"
    CHANGE_ADDRESS = "ask for another address"


class Whose(StrEnum):
    """Whose tries are counted together.

    Who asks about an address from a device that has signed in with it is counted apart from everybody else who asks
    about it, so that nobody can use up the tries of the person whom the address belongs to.
    """

    PLACE = "place"  # one network address, or one network of version 6
    ADDRESS = "address"  # one e-mail address, from all devices that never signed in with it
    ADDRESS_AT_PLACE = "address at place"
    DEVICE = "device"  # one e-mail address, from one device that has signed in with it
    PERSON = "person"  # one account whose first step is done


@dataclass(frozen=True)
class TryLimit:
    """At most so many tries in any stretch of so much time."""

    tries: int
    within: timedelta


MINUTE, QUARTER, HOUR, DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
# A whole hospital may share one network address and start on one morning, so a place may do much.
FROM_ONE_PLACE: Final = (TryLimit(120, MINUTE),)
WRITES_A_MAIL: Final[Mapping[Whose, tuple[TryLimit, ...]]] = {
    Whose.PLACE: FROM_ONE_PLACE,
    Whose.ADDRESS_AT_PLACE: (TryLimit(3, QUARTER), TryLimit(10, DAY)),
    Whose.ADDRESS: (TryLimit(10, HOUR), TryLimit(30, DAY)),
    Whose.DEVICE: (TryLimit(5, QUARTER), TryLimit(20, DAY)),
}
LIMITS: Final[Mapping[Act, Mapping[Whose, tuple[TryLimit, ...]]]] = {
    Act.ASK_CODE: WRITES_A_MAIL,
    Act.RESET_PASSWORD: WRITES_A_MAIL,
    Act.TYPE_CODE: {Whose.PLACE: FROM_ONE_PLACE},
    Act.TYPE_PASSWORD: {
        Whose.PLACE: FROM_ONE_PLACE,
        Whose.ADDRESS_AT_PLACE: (TryLimit(5, QUARTER), TryLimit(20, DAY)),
        Whose.ADDRESS: (TryLimit(20, HOUR), TryLimit(60, DAY)),
        Whose.DEVICE: (TryLimit(10, QUARTER),),
    },
    Act.CHOOSE_PASSWORD: {Whose.PLACE: FROM_ONE_PLACE},
    Act.SECOND_STEP: {Whose.PLACE: FROM_ONE_PLACE, Whose.PERSON: (TryLimit(10, QUARTER),)},
    Act.PROVE_AGAIN: {Whose.PLACE: FROM_ONE_PLACE, Whose.PERSON: (TryLimit(10, QUARTER),)},
    Act.USE_LINK: {Whose.PLACE: FROM_ONE_PLACE},
    Act.USE_PASSKEY: {Whose.PLACE: FROM_ONE_PLACE},
    # The mail about another address goes to whom it may not belong: few to one address, whoever asks.
    Act.CHANGE_ADDRESS: {
        Whose.PLACE: FROM_ONE_PLACE,
        Whose.PERSON: (TryLimit(5, HOUR), TryLimit(10, DAY)),
        Whose.ADDRESS: (TryLimit(3, DAY),),
    },
}


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


def name_fault(text: str) -> str:
    """Return what is wrong with a name and what to type instead; empty where it can be kept.

    A page, an import and a program all ask this: nothing is left of the name, it is too long, or it holds a sign that
    controls a terminal or turns the words around it.
    """
    name = one_line(text)
    for sign in name:
        if sign in TURNING or unicodedata.category(sign) in {"Cc", "Cs"}:
            words = _("The name holds a sign that cannot be seen (U+%(code)s). Type the name again, letter by letter.")
            return words % {"code": f"{ord(sign):04X}"}
    if not any(map(str.isalnum, name)):
        return _("Type a name.")
    if len(name) > LONGEST_NAME:
        words = _("The name has %(letters)d letters. Shorten it to %(most)d.")
        return words % {"letters": len(name), "most": LONGEST_NAME}
    return ""


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, one space between words, composed letters.

    Raises:
        NameRefusedError: it cannot be kept; see `name_fault`.
    """
    if fault := name_fault(text):
        raise NameRefusedError(fault)
    return one_line(text)


def one_line(text: str) -> str:
    """Return a text on one line, with single spaces and one form of each letter.

    Marks that only format, such as a soft hyphen, are left out; those that turn words stay, for `name_fault` to see.
    """
    kept = (sign for sign in text if unicodedata.category(sign) != "Cf" or sign in JOINERS or sign in TURNING)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


@dataclass(frozen=True)
class MailText:
    """The subject and the body of a mail."""

    subject: str
    body: str


def proof_mail(*, site: str, link: str) -> MailText:
    """Return what is written to an address that nobody has proved: no name, and nothing that a stranger typed."""
    return MailText(
        _("Confirm this address for %(site)s") % {"site": site},
        _(
            "Hello\n\nSomebody who has an account at %(site)s wants to be written to at this address. If that is you, "
            "open this link on the device where you are signed in, within 24 hours:\n\n%(link)s\n\n"
            "If it is not you, you need do nothing: without the link, nothing changes.\n\n%(site)s"
        )
        % {"site": site, "link": link},
    )


def asked_mail(*, site: str, account: str, contact: str) -> MailText:
    """Return what the present address is told when another one is asked for."""
    return MailText(
        _("Another address was asked for at %(site)s") % {"site": site},
        _(
            "Hello\n\nSomebody who is signed in as you at %(site)s asked to be written to at another address. This "
            "address stays yours until the other one is confirmed.\n\nIf it was not you, choose “Keep my address” on "
            "this page, and write to %(contact)s:\n\n%(account)s\n\n%(site)s"
        )
        % {"site": site, "account": account, "contact": contact},
    )


def changed_mail(*, site: str, contact: str) -> MailText:
    """Return what both addresses are told once the new one counts."""
    return MailText(
        _("Your address at %(site)s has changed") % {"site": site},
        _(
            "Hello\n\nYour account at %(site)s has another address now. You sign in with the new one; every other "
            "device was signed out, and older links and codes no longer work.\n\n"
            "If it was not you, write to %(contact)s at once.\n\n%(site)s"
        )
        % {"site": site, "contact": contact},
    )


def wait_for(rates: Sequence[TryLimit], tries: Sequence[datetime], now: datetime) -> timedelta:
    """Return how long to wait before one more try fits all rates; zero where it fits now.

    Args:
        rates: at most so many tries in any stretch of so much time.
        tries: when the earlier tries were, in any order.
        now: the present moment.
    """
    waits = [timedelta()]
    for rate in rates:
        recent = sorted(one for one in tries if one > now - rate.within)
        if len(recent) >= rate.tries:
            waits.append(recent[-rate.tries] + rate.within - now)
    return max(waits)


def kept_tries(rates: Sequence[TryLimit], tries: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return those of some tries that any rate may still ask for, the latest last."""
    longest = max(rate.within for rate in rates)
    most = max(rate.tries for rate in rates)
    return sorted(one for one in tries if one > now - longest)[-most:]


class AddressedMail(Protocol):
    """A mail, as far as it says to whom."""

    to: str
    body: str


def mail_is_theirs(mail: AddressedMail, whom: Whom) -> bool:
    """Return whether a mail was written to a person, or names them."""
    return whom.is_named_in(f"{mail.to} {mail.body}")
