"""Addresses of offers and matches as messages have them."""

from functools import cache

from django.conf import settings
from django.urls import reverse


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


@cache
def _around_key(name: str) -> tuple[str, str]:
    """Return what stands before and after the key in an address: thousands of messages hold one each."""
    before, _key, after = reverse(name, args=[0]).rpartition("0")
    return before, after
