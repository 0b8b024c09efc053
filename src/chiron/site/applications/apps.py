"""The place of `applications` in the list of installed apps."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.applications"
    label = "applications"
