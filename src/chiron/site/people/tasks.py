"""Sending the mails that people wait for while they sign in, and forgetting who tried."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from chiron.site.people.operations import forget_tries, mark_sign_in_mail_sent
from chiron.site.people.queries import sign_in_mails_waiting
from chiron.site.shared.jobs.rules import Lane, job
from chiron.site.shared.mail import send


@job("people.send_sign_in_mail", lane=Lane.SIGN_IN)
def send_sign_in_mail(mail_id: int) -> None:
    """Send a sign-in mail that has not left; with no mail server, forget its text."""
    for mail in sign_in_mails_waiting().filter(pk=mail_id):
        # A mail that a stranger asked for is written like a member's, so that nobody can tell them apart, to nobody.
        if settings.CHIRON_CAN_MAIL and mail.to:
            send(key=f"sign-in-{mail.pk}", to=mail.to, subject=mail.subject, body=mail.body)
        mark_sign_in_mail_sent(mail=mail, now=timezone.now())


@job("people.forget_tries", lane=Lane.MAIL, every=timedelta(hours=1))
def forget_old_tries() -> None:
    """Forget the tries for which no limit asks any more."""
    forget_tries(now=timezone.now())
