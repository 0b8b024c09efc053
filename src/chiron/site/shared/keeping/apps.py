"""The place of `keeping` in the list of installed apps."""

from django.apps import AppConfig


class KeepingConfig(AppConfig):
    """The Django app of what is kept."""

    name = "chiron.site.shared.keeping"
    label = "keeping"
