"""The place of `learning` in the list of installed apps."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.learning"
    label = "learning"
