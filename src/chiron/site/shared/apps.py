"""The place of `shared` in the list of installed apps."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.shared"
    label = "shared"
