"""Runs of the engine: whose they are, and which wait."""

from django.db.models import QuerySet

from chiron.site.matching.models import MatchRun
from chiron.site.matching.rules import OPEN_RUN_STATES, RunState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import cohorts_coordinated_by


def runs_watchable_by(person: Person) -> QuerySet[MatchRun]:
    """Return the runs that a person may watch and stop: those of the cohorts that they coordinate."""
    runs = MatchRun.objects.filter(cohort__in=cohorts_coordinated_by(person))
    return runs.select_related("cohort__program", "asked_by", "based_on")


def runs_waiting() -> QuerySet[MatchRun]:
    """Return the runs that a worker may begin, or begin again after another worker died."""
    return MatchRun.objects.filter(state__in=OPEN_RUN_STATES).select_related("cohort")


def run_open_in(cohort: Cohort) -> MatchRun | None:
    """Return the run of a cohort that has not finished, if there is one."""
    return MatchRun.objects.filter(cohort=cohort, state__in=OPEN_RUN_STATES).first()


def last_failed_run_of(cohort: Cohort) -> MatchRun | None:
    """Return the newest run of a cohort if it failed."""
    newest = MatchRun.objects.filter(cohort=cohort).order_by("-pk").first()
    return newest if newest is not None and newest.state == RunState.FAILED else None
