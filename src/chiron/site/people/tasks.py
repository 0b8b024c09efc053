"""Sending the mails that people wait for while they sign in."""

from django.conf import settings
from django.utils import timezone

from chiron.site.people.operations import mark_sign_in_mail_sent
from chiron.site.people.queries import sign_in_mails_waiting
from chiron.site.shared.jobs.rules import Lane, job
from chiron.site.shared.mail import send


@job("people.send_sign_in_mail", lane=Lane.SIGN_IN)
def send_sign_in_mail(mail_id: int) -> None:
    """Send a sign-in mail that has not left; with no mail server, forget its text."""
    for mail in sign_in_mails_waiting().filter(pk=mail_id):
        if settings.CHIRON_CAN_MAIL:
            send(key=f"sign-in-{mail.pk}", to=mail.to, subject=mail.subject, body=mail.body)
        mark_sign_in_mail_sent(mail=mail, now=timezone.now())
