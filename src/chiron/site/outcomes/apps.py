"""The place of `outcomes` in the list of installed apps."""

from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.outcomes"
    label = "outcomes"
