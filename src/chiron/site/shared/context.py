"""What every template may ask for, whatever its page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from chiron.site.shared.navigation import navigation_of
from chiron.site.shared.themes import theme_of


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the facts that the frame of every page needs.

    `navigation` is worked out only when a template reads it, so an answer without a frame asks the database nothing.
    """
    return {
        "page": {
            "site_name": settings.CHIRON_NAME,
            "theme": theme_of(request),
            "is_demo": settings.CHIRON_DEMO,
            "can_mail": settings.CHIRON_CAN_MAIL,
            "contact": settings.CHIRON_CONTACT,
        },
        "navigation": SimpleLazyObject(lambda: navigation_of(request)),
    }
