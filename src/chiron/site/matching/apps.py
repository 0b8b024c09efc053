"""The place of `matching` in the list of installed apps."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.matching"
    label = "matching"
