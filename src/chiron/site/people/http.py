"""The signed-in request, how allauth signs people in here, and how often somebody may try."""

import ipaddress
import math
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chiron.site.people.models import Person
from chiron.site.people.operations import count_try, write_sign_in_mail
from chiron.site.people.rules import Act, Whose, clean_email
from chiron.site.shared.views import come_back_later

View = Callable[..., HttpResponse]
DEVICE_LASTS: Final = 365 * 24 * 60 * 60
DEVICE_SALT: Final = "chiron.people.device"
SINCE_KEY: Final = "signed_in_at"
SEEN_KEY: Final = "seen_at"
NETWORK_BITS: Final = 64  # what one household or office has of version 6


class PersonRequest(HttpRequest):
    """A request whose person is known: every view but the public ones receives one."""

    user: Person


def place_of(request: HttpRequest) -> str:
    """Return the network address that a request came from: what the web server says, never what the sender says.

    The server before us puts the client's own address there, and only for a proxy that the settings name.
    """
    said: str = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, NETWORK_BITS), strict=False).network_address)
    return said


def knows_device(request: HttpRequest, email: str) -> bool:
    """Return whether the device that asks has signed in with this address within a year."""
    try:
        known = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=DEVICE_SALT, max_age=DEVICE_LASTS
        )
    except signing.BadSignature:
        return False
    return bool(known == email)


def remember_device(response: HttpResponse, person: Person) -> HttpResponse:
    """Let a device that has just signed in be known from now on, so that strangers cannot use up its tries."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(person.email, salt=DEVICE_SALT),
        max_age=DEVICE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def subjects_of(request: HttpRequest) -> Mapping[Whose, str]:
    """Return whom a try counts for: the place, the address typed, the device that knows it, the person signing in."""
    place = place_of(request)
    subjects = {Whose.PLACE: place}
    email = clean_email(request.POST.get("email", "") or request.POST.get("login", ""))
    if email and knows_device(request, email):
        subjects[Whose.DEVICE] = email
    elif email:
        subjects |= {Whose.ADDRESS: email, Whose.ADDRESS_AT_PLACE: f"{email} {place}"}
    person = request.user if request.user.is_authenticated else getattr(unstash_login(request, peek=True), "user", None)
    if person is not None:
        subjects[Whose.PERSON] = str(person.pk)
    return subjects


def limited(act: Act) -> Callable[[View], View]:
    """Let a view be asked to do something only so often; whoever is too fast is told how long to wait."""

    def limit(view: View) -> View:
        @wraps(view)
        def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                wait = count_try(act=act, subjects=subjects_of(request), now=timezone.now())
                if wait:
                    return come_back_later(
                        request,
                        _("That was tried too often in a short time. Nothing was done with this try."),
                        seconds=math.ceil(wait.total_seconds()),
                        status=429,
                    )
            return view(request, *args, **kwargs)

        return respond

    return limit


def needs_mail(view: View) -> View:
    """Keep a form that ends in a mail from being sent where no mail goes; its page says what to do instead."""

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not settings.CHIRON_CAN_MAIL:
            return redirect(request.path)
        return view(request, *args, **kwargs)

    return respond


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """How allauth behaves here: nobody signs up by themself, and its mails leave through our queue."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth passes it
        """Return False: people join by applying, by import or by invitation."""
        return False

    def clean_email(self, email: str) -> str:
        """Return an address as it is kept."""
        return clean_email(email)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the network address that a request came from."""
        return place_of(request)

    def pre_login(self, request: HttpRequest, user: Person, **facts: Any) -> HttpResponse | None:
        """Refuse a code that was sent to an address which is no longer the person's."""
        email = facts.get("email")
        if email and clean_email(email) != user.email:
            messages.error(request, _("This code was sent to an address that is not in use any more. Ask for another."))
            return redirect("account_request_login_code")
        answer: HttpResponse | None = super().pre_login(request, user, **facts)
        return answer

    def post_login(self, request: HttpRequest, user: Person, **facts: Any) -> HttpResponse:
        """Remember the device of whoever has just signed in, and since when they are: see `programs.http`."""
        request.session[SINCE_KEY] = request.session[SEEN_KEY] = int(timezone.now().timestamp())
        return remember_device(super().post_login(request, user, **facts), user)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, str]]:
        """Return the ways to prove again who one is, the one that is asked for first in front."""
        words = {
            "reauthenticate": _("With my password"),
            "mfa_reauthenticate:webauthn": _("With my passkey"),
            "mfa_reauthenticate": _("With a recovery code"),
        }
        known = {way["id"]: way for way in super().get_reauthentication_methods(user)}
        return [{**known[way], "description": description} for way, description in words.items() if way in known]

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Return whether a password is the person's; allauth would ask a table of addresses that stays empty."""
        return user.check_password(password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail and let a job send it, so that the answer takes as long for a stranger as for a member.

        What would go to an address that nobody here has is written too, and to nobody: a mail would let anybody write
        to anybody.
        """
        is_to_stranger = template_prefix == "account/email/unknown_account"
        mail = self.render_mail(
            template_prefix,
            email,
            {"request": self.request, "email": email, "site_name": settings.CHIRON_NAME, **context},
        )
        write_sign_in_mail(
            to="" if is_to_stranger else email, subject=str(mail.subject), body=str(mail.body), now=timezone.now()
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the full address of the page that takes a new password: always the site's own, whatever was asked."""
        path: str = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.CHIRON_SITE_URL + path.replace("UID-KEY", quote(key))

    def format_email_subject(self, subject: str) -> str:
        """Return the subject as it is: the sender says which site it is."""
        return subject
