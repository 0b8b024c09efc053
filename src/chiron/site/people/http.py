"""The signed-in request, and how allauth signs people in here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from chiron.site.people.models import Person
from chiron.site.people.operations import write_sign_in_mail


class PersonRequest(HttpRequest):
    """A request whose person is known: every view but the public ones receives one."""

    user: Person


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """How allauth behaves here: nobody signs up by themself, and its mails leave through our queue."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth passes it
        """Return False: people join by applying, by import or by invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail and let a job send it, so that the answer takes as long for a stranger as for a member."""
        mail = self.render_mail(
            template_prefix,
            email,
            {"request": self.request, "email": email, "site_name": settings.CHIRON_NAME, **context},
        )
        write_sign_in_mail(to=email, subject=str(mail.subject), body=str(mail.body), now=timezone.now())

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is: the sender says which site it is."""
        return subject
