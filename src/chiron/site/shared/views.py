"""The site's plain pages: refusals, errors, the choice of look, health, and the three pages of every footer."""

import sys
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chiron.site.shared.bodies import room_on_disk
from chiron.site.shared.database import is_busy
from chiron.site.shared.process.hashing import BusyError
from chiron.site.shared.process.health import is_draining, waiting_migrations
from chiron.site.shared.refusals import RefusedError
from chiron.site.shared.themes import keep_theme


def refused(request: HttpRequest, refusal: RefusedError) -> HttpResponse:
    """Say what cannot be done, and offer the way back."""
    return render(request, "shared/refused.html", {"message": refusal.message, "back": way_back(request)}, status=409)


def way_back(request: HttpRequest) -> str:
    """Return the address of the page the person came from, where it is ours; otherwise the front page."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if came_from and ours else "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer a request that cannot be understood."""
    return render(request, "shared/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer a request that is not allowed at all."""
    return render(request, "shared/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer a form that was open too long, or that came from another site."""
    return render(request, "shared/403.html", {"stale": True, "back": way_back(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Answer a request for what does not exist, or does not exist for this person: the page is the same."""
    return render(request, "shared/404.html", status=404)


def try_again(request: HttpRequest) -> HttpResponse:
    """Say that others were using the same rows, with a page that asks neither the session nor the database anything."""
    page = {"site_name": settings.CHIRON_NAME, "back": request.path if request.method == "GET" else way_back(request)}
    response = render(None, "shared/503.html", page, status=503)
    response.headers["Retry-After"] = "5"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours, with a page that asks neither the session nor the database anything."""
    if is_busy(sys.exc_info()[1]):
        return try_again(request)
    return render(None, "shared/500.html", {"site_name": settings.CHIRON_NAME}, status=500)


def too_large(request: HttpRequest, most: int) -> HttpResponse:  # noqa: ARG001 -- nobody is asked who sends so much
    """Answer a body that is larger than its page takes, in MiB, with a page that asks neither session nor database."""
    return render(None, "shared/413.html", {"site_name": settings.CHIRON_NAME, "most": most}, status=413)


def no_length(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- as above
    """Answer a body that does not say how large it is."""
    return render(None, "shared/411.html", {"site_name": settings.CHIRON_NAME}, status=411)


def no_room(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- as above
    """Answer files that come when the disk is full: everything can still be read."""
    return render(None, "shared/507.html", {"site_name": settings.CHIRON_NAME}, status=507)


@cache
def busy_page() -> str:
    """Return the page that says how long to wait while many sign in: the same for everybody, made once."""
    facts = {"site_name": settings.CHIRON_NAME, "seconds": BusyError.seconds}
    return render_to_string("shared/busy.html", facts)


def come_back_later(request: HttpRequest, message: str, *, seconds: int, status: int) -> HttpResponse:
    """Say that something cannot be done now, and when it can.

    Args:
        request: what was asked.
        message: one or two sentences: why not now, and what became of what was sent.
        seconds: after how long it is worth trying again.
        status: 429 where somebody was too fast, 503 where we are too busy.
    """
    facts = {"message": message, "seconds": seconds, "minutes": -(-seconds // 60), "back": way_back(request)}
    response = render(request, "shared/come_back_later.html", facts, status=status)
    response.headers["Retry-After"] = str(seconds)
    return response


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the look that this device asked for, and show the same page in it."""
    response = redirect(way_back(request))
    keep_theme(response, request.POST.get("theme", ""))
    return response


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """Say whether the database answers and has every table; 503 when not, and while the server is about to stop.

    What is left on the disk is told too, so that a monitor warns before uploads are refused.
    """
    if is_draining():
        return JsonResponse({"status": "stopping"}, status=503)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waiting = waiting_migrations()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if waiting:
        return JsonResponse({"status": "waiting for migrations"}, status=503)
    return JsonResponse({"status": "ok", "disk": room_on_disk()[0].value})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the site is, and whom to tell when it is not."""
    return plain_page(request, "shared/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept about people, why, and who sees it."""
    return plain_page(request, "shared/privacy.html")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Say where help is."""
    return plain_page(request, "shared/help.html")


def plain_page(request: HttpRequest, template: str) -> HttpResponse:
    """Answer with a page that holds nothing personal."""
    extra: dict[str, Any] = {"contact": settings.CHIRON_CONTACT or _("the person who invited you")}
    return render(request, template, extra)
