"""Plans as a whole: put away, taken out again, and a note for colleagues."""

from datetime import datetime

from django.db import transaction

from chiron.site.audit.operations import record
from chiron.site.matching.bridge.effects import is_proved_later, proof_of
from chiron.site.matching.models import Plan, PlanProof
from chiron.site.matching.rules import PlanState, require_plan_step
from chiron.site.people.models import Person
from chiron.site.programs.operations import forget_approval
from chiron.site.programs.rules import ApprovedAct
from chiron.site.shared.jobs.operations import add_job, require_lease


def keep_proof(*, plan: Plan) -> None:
    """Keep the proof of a large plan as it stands, so that whoever opens it need not wait for it."""
    digest, content = proof_of(plan)
    with transaction.atomic():
        require_lease()
        PlanProof.objects.update_or_create(plan=plan, defaults={"digest": digest, "content": content})


def ask_for_proof(*, plan: Plan, now: datetime) -> None:
    """Have a large plan proved by a job, once it has changed; a small one is proved when it is opened."""
    if is_proved_later(plan):
        add_job("matching.keep_proof", {"plan_id": plan.pk}, now=now)


@transaction.atomic
def put_plan_away(*, plan: Plan, by: Person, now: datetime) -> Plan:
    """Put a draft plan away, so that it no longer stands among those to choose from.

    Raises:
        PlanStepNotAllowedError: the plan is not a draft.
    """
    return _move(plan, PlanState.RETIRED, "plan.put_away", by=by, now=now)


@transaction.atomic
def take_plan_out(*, plan: Plan, by: Person, now: datetime) -> Plan:
    """Make a plan that was put away a draft again.

    Raises:
        PlanStepNotAllowedError: the plan was not put away.
    """
    return _move(plan, PlanState.DRAFT, "plan.taken_out", by=by, now=now)


@transaction.atomic
def mark_published(*, plan: Plan, by: Person, now: datetime) -> Plan:
    """Mark a plan as the published one; `mentorships` calls this in the transaction that makes the offers.

    Raises:
        PlanStepNotAllowedError: the plan is not a draft.
    """
    return _move(plan, PlanState.PUBLISHED, "plan.published", by=by, now=now)


@transaction.atomic
def mark_unpublished(*, plan: Plan, by: Person | None, now: datetime) -> Plan:
    """Make a published plan a draft again; `mentorships` calls this in the transaction that withdraws the offers.

    Raises:
        PlanStepNotAllowedError: the plan is not published.
    """
    return _move(plan, PlanState.DRAFT, "plan.unpublished", by=by, now=now)


@transaction.atomic
def note_plan(*, plan: Plan, note: str, by: Person, now: datetime) -> Plan:
    """Write a note beside a plan for the coordinators of its cohort."""
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=plan.pk)
    plan.note = note
    plan.save(update_fields=["note"])
    record("plan.noted", subject=plan, by=by, now=now, scope=plan.cohort.scope, details={})
    return plan


def _move(plan: Plan, following: PlanState, event: str, *, by: Person | None, now: datetime) -> Plan:
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=plan.pk)
    require_plan_step(PlanState(plan.state), following)
    plan.state = following
    plan.published_at = now if following is PlanState.PUBLISHED else None
    plan.save(update_fields=["state", "published_at"])
    forget_approval(act=ApprovedAct.PUBLISH, subject=plan)
    record(event, subject=plan, by=by, now=now, scope=plan.cohort.scope, details={})
    return plan
