"""Writes of applications and imports."""

from chiron.site.applications.operations.application import (
    accept_application,
    accept_applications,
    decline_application,
    submit_application,
    take_back_in,
    tell_taken_back,
    undo_decisions,
    withdraw_application,
)
from chiron.site.applications.operations.places import change_capacity, give_places_back, take_places

__all__ = [
    "accept_application",
    "accept_applications",
    "change_capacity",
    "decline_application",
    "give_places_back",
    "submit_application",
    "take_back_in",
    "take_places",
    "tell_taken_back",
    "undo_decisions",
    "withdraw_application",
]
