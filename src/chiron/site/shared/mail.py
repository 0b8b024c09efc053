"""The one way in which a mail leaves the site."""

import hashlib

from django.conf import settings
from django.core.mail import EmailMessage


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


def send(*, key: str, to: str, subject: str, body: str) -> None:
    """Hand a mail to the mail server.

    Args:
        key: what the mail is; the same key gives the same Message-ID.
        to: one address.
        subject: one line.
        body: plain text.

    Raises:
        OSError: the mail server does not answer or refuses (`smtplib.SMTPException` is one).
    """
    EmailMessage(
        subject=one_line(subject),
        body=body,
        to=[one_line(to)],
        headers={"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"},
    ).send()
