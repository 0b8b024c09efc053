"""The place of `api` in the list of installed apps."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.api"
    label = "api"
