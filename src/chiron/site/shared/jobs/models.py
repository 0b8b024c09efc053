"""The row of a job: the truth about work to do later."""

from django.db import models
from django.db.models import CheckConstraint, Q

from chiron.site.shared.jobs.rules import JobState, Lane
from chiron.site.shared.keeping.rules import Kept, Until, keep


class Job(models.Model):
    """Work to do later, written in the transaction of its reason.

    Owner: the site. Purpose: to do work after the page has answered. Kept 30 days after it is done. Its payload holds
    keys and codes, never personal data.
    """

    kept = Kept(
        owner="site",
        purpose="to do work after the page has answered",
        keep=Until(30, "ended_at", only={"state": JobState.DONE.value}),
        erase=(keep("it holds keys and codes only"),),
    )

    name = models.CharField(max_length=80)
    lane = models.CharField(max_length=20, choices=[(lane.value, lane.value) for lane in Lane])
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 -- null: no two keys are compared
    state = models.CharField(max_length=20, choices=[(state.value, state.value) for state in JobState])
    added_at = models.DateTimeField()
    run_after = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "lane", "run_after"], name="job_next_of_a_lane")]
        constraints = [
            CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | Q(leased_until__isnull=False), name="job_runs_under_a_lease"
            )
        ]

    def __str__(self) -> str:
        """Return the name and the number of the job."""
        return f"{self.name} {self.pk}"


class Schedule(models.Model):
    """A job that comes back: its name and when it is due next. No cron is needed."""

    kept = Kept(
        owner="site",
        purpose="to know when a job is due again",
        keep="as long as the site",
        erase=(keep("it holds nothing about people"),),
    )

    name = models.CharField(max_length=80, unique=True)
    every_seconds = models.PositiveIntegerField()
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the name of the job that comes back."""
        return self.name
