"""Addresses of offers and matches as messages have them."""

from django.conf import settings
from django.urls import reverse


def offer_link(offer_id: int) -> str:
    """Return the address where an offer is answered; 0 stands for one that is not there yet."""
    path = reverse("mentorships:offer", args=[offer_id]) if offer_id else reverse("mentorships:matches")
    return f"{settings.CHIRON_SITE_URL}{path}"


def match_link(match_id: int) -> str:
    """Return the address of a match."""
    return f"{settings.CHIRON_SITE_URL}{reverse('mentorships:match', args=[match_id])}"
