"""The place of `home` in the list of installed apps."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.home"
    label = "home"
