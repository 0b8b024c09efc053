"""The place of `notices` in the list of installed apps."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.notices"
    label = "notices"
