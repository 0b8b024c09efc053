"""Addresses of offers and matches as messages have them; and what a page with a button for two people showed."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def offer_link(offer_id: int) -> str:
    """Return the address where an offer is answered; 0 stands for one that is not there yet."""
    path = reverse("mentorships:offer", args=[offer_id]) if offer_id else reverse("mentorships:matches")
    return f"{settings.CHIRON_SITE_URL}{path}"


def match_link(match_id: int) -> str:
    """Return the address of a match."""
    return f"{settings.CHIRON_SITE_URL}{reverse('mentorships:match', args=[match_id])}"


def is_read_anew(request: HttpRequest, *, is_mine: bool) -> bool:
    """Return whether a page asked another coordinator for what its reader may do by now; then say so.

    Nothing is done at a button that said "ask": somebody else has asked for it since.

    Args:
        request: what was pressed; `asks` stands in it where the button asked another coordinator.
        is_mine: whether who pressed it may do it now.
    """
    if not (is_mine and "asks" in request.POST):
        return False
    messages.warning(request, _("You may do this yourself by now, so nothing was asked. Read it again, then press."))
    return True
