"""A fix that the engine proved, done: more places with a mentor, and the plan worked out again to see the effect."""

from datetime import datetime

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.rules.application import usual_places
from chiron.site.matching.models import MatchRun, Plan
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.rules import PlanState, require_draft
from chiron.site.people.models import Person


@transaction.atomic
def add_places(*, plan: Plan, mentor: Application, number: int, by: Person, now: datetime) -> MatchRun:
    """Give a mentor more places than now, and ask for the plan that uses them.

    Args:
        plan: the draft beside which the new plan will stand.
        mentor: an accepted mentor of its cohort.
        number: how many more.
        by: the coordinator.
        now: the moment.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
        CapacityError: the mentor would have more places than anybody may.
        RunIsOpenError: another run of the cohort has not finished.
    """
    require_draft(PlanState(plan.state), plan.name)
    mentor = Application.objects.select_for_update(of=("self",), no_key=True).get(pk=mentor.pk)
    present = mentor.capacity if mentor.capacity is not None else usual_places(plan.cohort.matching) or mentor.taken
    change_capacity(application=mentor, capacity=present + number, over_because=mentor.over_because, by=by, now=now)
    return ask_for_run(cohort=plan.cohort, aim=plan.run.aim, based_on=plan, by=by, now=now)
