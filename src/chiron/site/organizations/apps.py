"""The place of `organizations` in the list of installed apps."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.organizations"
    label = "organizations"
