"""What sign-ins of those who run a programme need: they end when nothing is done, and take a second step."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from chiron.site.people.http import SEEN_KEY, SINCE_KEY
from chiron.site.people.models import Person
from chiron.site.people.queries import has_second_step
from chiron.site.programs.queries import runs_something

Respond = Callable[[HttpRequest], HttpResponseBase]
SECONDS_BETWEEN_NOTES: Final = 60
# Where somebody may go who has yet to set their second step up: their own account, and what every footer leads to.
OPEN_WITHOUT: Final = ("/account/", "/me/", "/sign-out/", "/theme/", "/help/", "/privacy/", "/accessibility/")


def session_limits(get_response: Respond) -> Respond:
    """End a sign-in after 12 hours, and that of somebody who runs a programme after half an hour without a request."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        since = request.session.get(SINCE_KEY) if isinstance(request.user, Person) else None
        if since is None or not isinstance(request.user, Person):
            return get_response(request)
        now = int(timezone.now().timestamp())
        quiet = now - request.session.get(SEEN_KEY, since)
        if now - since > settings.SESSION_COOKIE_AGE:
            return _signed_out(request, _("You were signed out, as everybody is after 12 hours."))
        if quiet > settings.STAFF_IDLE_SECONDS and runs_something(request.user):
            return _signed_out(request, _("You were signed out, because nothing was done for half an hour."))
        if quiet >= SECONDS_BETWEEN_NOTES:
            request.session[SEEN_KEY] = now
        return get_response(request)

    return respond


def second_step(get_response: Respond) -> Respond:
    """Send those who run a programme and have no second step to the page where they set one up, first of all."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        is_asked = settings.CHIRON_STAFF_SECOND_STEP and not request.path.startswith(OPEN_WITHOUT)
        if not is_asked or not isinstance(request.user, Person):
            return get_response(request)
        if not runs_something(request.user) or has_second_step(request.user):
            return get_response(request)
        words = _("You run a programme, so you need a second step to sign in. Add a passkey here; then you can go on.")
        messages.warning(request, words)
        return redirect("mfa_index")

    return respond


def _signed_out(request: HttpRequest, words: str) -> HttpResponseBase:
    """Sign somebody out, say why, and let them sign in again on the way to where they were."""
    logout(request)
    messages.info(request, words)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", settings.LOGIN_URL)
