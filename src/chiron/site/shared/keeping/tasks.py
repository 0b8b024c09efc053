"""The daily walk over all tables."""

from datetime import timedelta
from time import sleep
from typing import Final

from django.utils import timezone

from chiron.site.shared.jobs.operations import leave_if_stopping
from chiron.site.shared.jobs.rules import job
from chiron.site.shared.keeping.operations import walk

SECONDS_BETWEEN_BATCHES: Final = 0.03


@job("keeping.walk", every=timedelta(days=1))
def walk_daily() -> None:
    """Delete what has been kept long enough; there is nothing left to delete the second time."""
    walk(now=timezone.now(), between=_let_others_write)


def _let_others_write() -> None:
    leave_if_stopping()
    sleep(SECONDS_BETWEEN_BATCHES)
