"""Reads of jobs."""

from datetime import datetime

from django.db.models import Q, QuerySet

from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.rules import JobState, Lane


def jobs_ready(lane: Lane, *, now: datetime) -> QuerySet[Job]:
    """Return the jobs of a lane that a worker may take, the longest due first.

    A job whose worker let its lease run out is among them: that worker crashed or froze.
    """
    due = Q(state=JobState.WAITING, run_after__lte=now) | Q(state=JobState.RUNNING, leased_until__lte=now)
    return Job.objects.filter(due, lane=lane).order_by("run_after", "pk")


def jobs_set_aside() -> QuerySet[Job]:
    """Return the jobs that failed too often, which a person must look at."""
    return Job.objects.filter(state=JobState.SET_ASIDE).order_by("-ended_at")


def jobs_late(*, since: datetime) -> QuerySet[Job]:
    """Return the jobs that should have started before a moment and have not."""
    return Job.objects.filter(state=JobState.WAITING, run_after__lt=since)
