"""Addresses of offers and matches as messages have them; and what a page with a button for two people showed."""

from functools import cache

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def offer_link(offer_id: int) -> str:
    """Return the address where an offer is answered; 0 stands for one that is not there yet."""
    if not offer_id:
        return f"{settings.CHIRON_SITE_URL}{reverse('mentorships:matches')}"
    before, after = _around_key("mentorships:offer")
    return f"{settings.CHIRON_SITE_URL}{before}{offer_id}{after}"


def match_link(match_id: int) -> str:
    """Return the address of a match."""
    before, after = _around_key("mentorships:match")
    return f"{settings.CHIRON_SITE_URL}{before}{match_id}{after}"


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


@cache
def _around_key(name: str) -> tuple[str, str]:
    """Return what stands before and after the key in an address: thousands of messages hold one each."""
    before, _key, after = reverse(name, args=[0]).rpartition("0")
    return before, after
