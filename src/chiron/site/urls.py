"""Every address of the site: each capability's own addresses, the accounts of allauth, and the site's plain pages."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from chiron.site.people.urls import account_urls

# Latest stage first: where two capabilities claim an address (the front page), the later one wins.
CAPABILITIES = (
    "api",
    "home",
    "outcomes",
    "recognition",
    "mentorships",
    "matching",
    "applications",
    "learning",
    "programs",
    "organizations",
    "notices",
    "people",
    "audit",
    "shared",
)


def capability_urls() -> list[URLResolver]:
    """Return the addresses of every capability that has any; those without a `urls` module have no pages."""
    names = [f"chiron.site.{name}.urls" for name in CAPABILITIES]
    return [path("", include(import_module(name))) for name in names if find_spec(name)]


urlpatterns: list[URLPattern | URLResolver] = [
    *capability_urls(),
    path("account/", include(account_urls)),
]
handler400 = "chiron.site.shared.views.bad_request"
handler403 = "chiron.site.shared.views.forbidden"
handler404 = "chiron.site.shared.views.not_found"
handler500 = "chiron.site.shared.views.server_error"
