"""The daily look for people who have taken part in nothing for a year."""

from datetime import timedelta
from time import sleep

from django.utils import timezone

from chiron.site.home.operations import forget_idle_people
from chiron.site.shared.jobs.operations import leave_if_stopping
from chiron.site.shared.jobs.rules import job
from chiron.site.shared.keeping.tasks import SECONDS_BETWEEN_BATCHES


@job("home.forget_idle_people", every=timedelta(days=1))
def forget_daily() -> None:
    """Erase their accounts; there is nobody left the second time."""
    forget_idle_people(now=timezone.now(), between=_let_others_write)


def _let_others_write() -> None:
    leave_if_stopping()
    sleep(SECONDS_BETWEEN_BATCHES)
