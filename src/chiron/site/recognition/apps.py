"""The place of `recognition` in the list of installed apps."""

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.recognition"
    label = "recognition"
