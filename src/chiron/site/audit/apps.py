"""The place of `audit` in the list of installed apps."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The Django app of this capability."""

    name = "chiron.site.audit"
    label = "audit"
