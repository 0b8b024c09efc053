"""Sending what is due."""

from datetime import timedelta

from django.utils import timezone

from chiron.site.notices.operations import send_due_notices
from chiron.site.shared.jobs.rules import Lane, job


@job("notices.send_due", lane=Lane.MAIL, every=timedelta(minutes=5))
def send_due() -> None:
    """Send the messages that are due; those that left are not due again."""
    send_due_notices(now=timezone.now())
