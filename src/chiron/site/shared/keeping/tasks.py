"""The daily walk over all tables."""

from datetime import timedelta

from django.utils import timezone

from chiron.site.shared.jobs.rules import job
from chiron.site.shared.keeping.operations import walk


@job("keeping.walk", every=timedelta(days=1))
def walk_daily() -> None:
    """Delete what has been kept long enough; there is nothing left to delete the second time."""
    walk(now=timezone.now())
