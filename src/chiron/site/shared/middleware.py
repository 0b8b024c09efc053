"""What happens around every request: headers, language and time zone, and refusals."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from chiron.site.shared.refusals import RefusedError
from chiron.site.shared.views import refused

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
