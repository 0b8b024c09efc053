"""Writes of applications and imports."""

from chiron.site.applications.operations.application import (
    accept_application,
    accept_applications,
    change_capacity,
    decline_application,
    submit_application,
    withdraw_application,
)

__all__ = [
    "accept_application",
    "accept_applications",
    "change_capacity",
    "decline_application",
    "submit_application",
    "withdraw_application",
]
