"""The one way in which a mail leaves the site."""

import hashlib
import re
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

THIS_COMPUTER: Final = re.compile(r"\bhttps?://(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?(?![\w.-])")


def message_id(key: str) -> str:
    """Return the Message-ID of a mail: always the same for the same key, so that a repeat is recognised as one.

    Args:
        key: what the mail is, such as "notice-7".
    """
    digest = hashlib.sha256(f"{settings.CHIRON_SITE_URL} {key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.CHIRON_SITE_HOST}>"


def one_line(text: str) -> str:
    """Return a text without line breaks, so that no header can be smuggled in."""
    return " ".join(text.split())


class NoAddressError(OSError):
    """Raised when a mail would lead people to their own computer: the site does not know its address yet."""


def with_own_address(text: str) -> str:
    """Return a text whose links to "this computer" lead to the site, as whoever reads them elsewhere needs.

    A message may have been written before the site had an address.

    Raises:
        NoAddressError: the site has none yet.
    """
    led = THIS_COMPUTER.sub(settings.CHIRON_SITE_URL, text)
    if THIS_COMPUTER.search(led):
        raise NoAddressError("Set CHIRON_SITE_URL: a link in this mail leads nowhere.")
    return led


def send(*, key: str, to: str, subject: str, body: str) -> None:
    """Hand a mail to the mail server.

    Args:
        key: what the mail is; the same key gives the same Message-ID.
        to: one address.
        subject: one line.
        body: plain text.

    Raises:
        NoAddressError: it holds a link, and the site has no address that others reach.
        OSError: the mail server does not answer or refuses (`smtplib.SMTPException` is one).
    """
    EmailMessage(
        subject=one_line(subject),
        body=with_own_address(body),
        to=[one_line(to)],
        headers={"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"},
    ).send()
