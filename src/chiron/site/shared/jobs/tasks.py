"""Keeping the table of jobs short."""

from datetime import timedelta

from django.utils import timezone

from chiron.site.shared.jobs.operations import forget_old_jobs
from chiron.site.shared.jobs.rules import Lane, job


@job("jobs.forget_old", lane=Lane.MAIL, every=timedelta(days=1))
def forget_old() -> None:
    """Delete the jobs that were done long ago; there is nothing left to delete the second time."""
    forget_old_jobs(now=timezone.now())
