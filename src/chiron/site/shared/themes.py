"""Light, dark, or as the device says: a cookie that the server reads, so that no page flashes."""

from datetime import timedelta
from typing import Final, Literal, get_args

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Theme = Literal["system", "light", "dark"]
COOKIE: Final = "theme"


def theme_of(request: HttpRequest) -> str:
    """Return the look that this device asked for; "system" when it asked for none or for nonsense."""
    wanted = request.COOKIES.get(COOKIE, "system")
    return wanted if wanted in get_args(Theme) else "system"


def keep_theme(response: HttpResponseBase, theme: str) -> None:
    """Keep the look on this device for a year; an unknown one is forgotten."""
    if theme not in get_args(Theme) or theme == "system":
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    response.set_cookie(
        COOKIE, theme, max_age=timedelta(days=365), secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
    )
