"""What happens around every request: headers, language and time zone, refusals, and a busy database."""

import random
import time
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from chiron.site.shared.database import is_busy
from chiron.site.shared.refusals import RefusedError
from chiron.site.shared.views import refused, try_again

MOST_RETRIES: Final = 5
# A person waits for a page no longer than this; what is still busy then gets the page that says so.
RETRY_SECONDS: Final = 10.0
FIRST_PAUSE: Final = 0.02
Respond = Callable[[HttpRequest], HttpResponseBase]
# Nothing on our pages asks a device for anything.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip


def headers(get_response: Respond) -> Respond:
    """Give every answer its headers: nothing asked of the device, and nothing personal kept in a cache.

    An answer that says itself how long it may be kept (a static file) keeps its own word.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return respond


def language_and_zone(get_response: Respond) -> Respond:
    """Show words and times as the signed-in person asked for them."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        person = request.user
        zone = getattr(person, "time_zone", "")
        language = getattr(person, "language", "")
        if language and translation.check_for_language(language):
            translation.activate(language)
        if zone in available_timezones():
            with timezone.override(ZoneInfo(zone)):
                return get_response(request)
        return get_response(request)

    return respond


class refusals:  # noqa: N801 -- named like the functions beside it in the settings
    """Answers a refusal with a plain page that says what cannot be done and why."""

    def __init__(self, get_response: Respond) -> None:
        """Remember who answers next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Turn a refusal into a 409 page; leave every other fault to be seen as a fault."""
        return refused(request, exception) if isinstance(exception, RefusedError) else None


class retries:  # noqa: N801 -- named like the functions beside it in the settings
    """Does an act again when others were using the same rows, and says so in a page when that does not help.

    A page calls one operation, and an operation that found the database busy has written nothing; so doing the whole
    page again is the same as doing it once.
    """

    def __init__(self, get_response: Respond) -> None:
        """Remember who answers next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as usual."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Try at most five times more, with growing pauses of chance; leave every other fault to be seen."""
        match = request.resolver_match
        if match is None or not is_busy(exception):
            return None
        until = time.monotonic() + RETRY_SECONDS
        for attempt in range(MOST_RETRIES):
            time.sleep(random.uniform(0, FIRST_PAUSE * 2**attempt))  # noqa: S311 -- no secret  # nosec B311
            for _name, files in request.FILES.lists():
                for file in files:
                    file.seek(0)
            try:
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
            except RefusedError as refusal:
                return refused(request, refusal)
            except OperationalError as fault:
                if not is_busy(fault):
                    raise
            else:
                return answer
            if time.monotonic() > until:
                break
        return try_again(request)
