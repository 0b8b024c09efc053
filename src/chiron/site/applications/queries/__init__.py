"""Reads of applications and imports, scoped by who asks."""

from chiron.site.applications.queries.application import (
    applications_coordinated_by,
    applications_of,
    applications_screenable_by,
    applications_shown,
    counts_of,
    pool_of,
)

__all__ = [
    "applications_coordinated_by",
    "applications_of",
    "applications_screenable_by",
    "applications_shown",
    "counts_of",
    "pool_of",
]
