"""The place of `people` in the list of installed apps."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.people"
    label = "people"
