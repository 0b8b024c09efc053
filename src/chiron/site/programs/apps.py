"""The place of `programs` in the list of installed apps."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.programs"
    label = "programs"
