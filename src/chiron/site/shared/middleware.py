"""What happens around every request: proxies, headers, probes, bodies, a rush, HEAD, language, refusals, retries."""

import random
import time
from collections.abc import Callable
from functools import cache
from ipaddress import ip_address, ip_network
from typing import IO, Final
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chiron.site.shared.bodies import HEARD_OUT, MEBIBYTE, PAGE_BYTES, Room, most_bytes, room_on_disk
from chiron.site.shared.database import is_busy
from chiron.site.shared.process.hashing import TURNS, BusyError
from chiron.site.shared.refusals import RefusedError
from chiron.site.shared.views import (
    bad_request,
    busy_page,
    come_back_later,
    live,
    no_length,
    no_room,
    ready,
    refused,
    too_large,
    try_again,
)

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


PROBES: Final = {"/health/live": live, "/health/ready": ready}
LONGEST_LENGTH: Final = 18
FORWARDED: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")


def proxies(get_response: Respond) -> Respond:
    """Believe what a request says about its sender only where one of our own proxies says it.

    The sender is the last address in `X-Forwarded-For` that is none of our proxies: whatever stands before it, anybody
    can have written. Everything behind this asks `REMOTE_ADDR` alone.
    """
    trusted = tuple(ip_network(text, strict=False) for text in settings.CHIRON_PROXIES)

    def is_ours(text: str) -> bool:
        try:
            address = ip_address(text.strip())
        except ValueError:
            return False
        return any(address in network for network in trusted)

    def respond(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if is_ours(meta.get("REMOTE_ADDR", "")):
            for text in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if not is_ours(text):
                    meta["REMOTE_ADDR"] = _address(text) or meta["REMOTE_ADDR"]
                    break
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        for name in FORWARDED:
            if name != "HTTP_X_FORWARDED_PROTO":
                meta.pop(name, None)
        return get_response(request)

    return respond


def _address(text: str) -> str:
    """Return an address as it is written everywhere; empty where it is none."""
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""


def probes(get_response: Respond) -> Respond:
    """Answer a probe of health whatever host it names: whoever balances the load asks a server by its own address."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path)
        return get_response(request) if probe is None else probe(request)

    return respond


def bodies(get_response: Respond) -> Respond:
    """Refuse a body that its page does not take before anything of it is kept, and files when the disk is full."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Transfer-Encoding") and "CONTENT_LENGTH" not in request.META:
            return no_length(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal() and len(length) <= LONGEST_LENGTH):
            return bad_request(request, ValueError())
        size = int(length)
        most = most_bytes(request.path_info) if size > PAGE_BYTES else PAGE_BYTES
        if size > most:
            _hear_out(request, size)
            return too_large(request, most // MEBIBYTE)
        takes_files = request.content_type == "multipart/form-data" and most_bytes(request.path_info) > PAGE_BYTES
        if takes_files and room_on_disk()[0] is Room.NONE:
            return no_room(request)
        return get_response(request)

    return respond


def _hear_out(request: HttpRequest, size: int) -> None:
    """Read a refused body to its end and keep nothing, where a browser would otherwise not see the answer."""
    stream: IO[bytes] | None = request.META.get("wsgi.input")
    left = size if size <= HEARD_OUT else 0
    while stream and left > 0 and (part := stream.read(min(left, PAGE_BYTES))):
        left -= len(part)


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


@cache
def _zones() -> frozenset[str]:
    """Return the names of the time zones; to find them, hundreds of files are opened, so it is done once."""
    return frozenset(available_timezones())


def language_and_zone(get_response: Respond) -> Respond:
    """Show words and times as the signed-in person asked for them."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        person = request.user
        zone = getattr(person, "time_zone", "")
        language = getattr(person, "language", "")
        if language and translation.check_for_language(language):
            translation.activate(language)
        if zone in _zones():
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
        """Turn a refusal into a 409 page and a rush into a 503 page; leave every other fault to be seen as a fault."""
        if isinstance(exception, BusyError):
            words = _("Many people are signing in at this moment. Nothing was done with what you sent.")
            return come_back_later(request, words, seconds=exception.seconds, status=503)
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


def rush(get_response: Respond) -> Respond:
    """Turn away who would hash a password while too many do, before anything is asked of the session or the database.

    Most of a rush ends here, at the price of a page that is ready: what is left of the processor is for other pages.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and request.path in settings.HASHING_PATHS and TURNS.is_full():
            answer = HttpResponse(busy_page(), status=503)
            answer.headers["Retry-After"] = str(BusyError.seconds)
            return answer
        return get_response(request)

    return respond


def heads(get_response: Respond) -> Respond:
    """Answer HEAD with the headers of GET and no body, whatever the web server makes of a body."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
        return response

    return respond
