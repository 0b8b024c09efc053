"""Reads of applications and imports, scoped by who asks; and the row that pages name in their types."""

from chiron.site.applications.queries.application import (
    applications_coordinated_by,
    applications_of,
    applications_screenable_by,
    applications_shown,
    counts_of,
    pool_of,
)
from chiron.site.programs.models import Cohort

__all__ = [
    "Cohort",
    "applications_coordinated_by",
    "applications_of",
    "applications_screenable_by",
    "applications_shown",
    "counts_of",
    "pool_of",
]
