"""Writes of applications: screening and withdrawing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.rules.application import (
    DECIDED,
    Role,
    Stage,
    require_capacity,
    require_step,
    usual_places,
)
from chiron.site.audit.operations import record, record_each
from chiron.site.organizations.models import Site
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


@transaction.atomic
def submit_application(
    *,
    cohort: Cohort,
    person: Person,
    role: Role,
    answers: Mapping[str, Any],
    capacity: int | None = None,
    site: Site | None = None,
    by: Person | None,
    now: datetime,
) -> Application:
    """Keep a new application that waits for screening; `answers` are typed values by field, in JSON form.

    Raises:
        CapacityError: the capacity lies outside its limits.
    """
    require_capacity(capacity)
    application = Application.objects.create(
        cohort=cohort,
        person=person,
        role=role,
        stage=Stage.SUBMITTED,
        answers=dict(answers),
        capacity=capacity,
        site=site,
        created_at=now,
        submitted_at=now,
    )
    record("application.submitted", subject=application, by=by, now=now, scope=cohort.scope)
    return application


@transaction.atomic
def accept_application(*, application: Application, by: Person, now: datetime) -> Application:
    """Admit an applicant to the cohort's matching pool; a mentor who did not say takes as many as the rules say.

    Raises:
        StepNotAllowedError: the application is not waiting for screening.
    """
    return _step(application, Stage.ACCEPTED, by=by, now=now)


@transaction.atomic
def decline_application(*, application: Application, by: Person, now: datetime) -> Application:
    """Keep an applicant out of the cohort's matching pool.

    Raises:
        StepNotAllowedError: the application is not waiting for screening.
    """
    return _step(application, Stage.DECLINED, by=by, now=now)


@transaction.atomic
def withdraw_application(*, application: Application, by: Person, now: datetime) -> Application:
    """Take an application out of the cohort, whatever it was waiting for.

    Raises:
        StepNotAllowedError: the application was declined or withdrawn before.
    """
    return _step(application, Stage.WITHDRAWN, by=by, now=now)


@transaction.atomic
def accept_applications(*, applications: Sequence[Application], by: Person, now: datetime) -> int:
    """Admit several applicants at once and return how many; all of them, or none.

    Raises:
        StepNotAllowedError: one of them is not waiting for screening.
    """
    keys = [application.pk for application in applications]
    locked = list(Application.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    for application in locked:
        require_step(Stage(application.stage), Stage.ACCEPTED)
    Application.objects.filter(pk__in=keys).update(stage=Stage.ACCEPTED, decided_at=now, decided_by=by)
    open_places = Application.objects.filter(pk__in=keys, role=Role.MENTOR, capacity=None)
    for cohort in Cohort.objects.filter(pk__in=open_places.values("cohort")):
        open_places.filter(cohort=cohort).update(capacity=usual_places(cohort.matching))
    for scope in sorted({_scope(application) for application in locked}):
        theirs = [application for application in locked if _scope(application) == scope]
        record_each("application.accepted", subjects=theirs, by=by, now=now, scope=scope)
    return len(locked)


def _step(application: Application, stage: Stage, *, by: Person, now: datetime) -> Application:
    """Move a locked application to a stage and record who decided."""
    application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort", "person")
        .get(pk=application.pk)
    )
    require_step(Stage(application.stage), stage)
    application.stage = stage
    if stage in DECIDED:
        application.decided_at, application.decided_by = now, by
    if stage is Stage.ACCEPTED and application.role == Role.MENTOR and application.capacity is None:
        application.capacity = usual_places(application.cohort.matching)
    application.save(update_fields=["stage", "decided_at", "decided_by", "capacity"])
    record(f"application.{stage.value}", subject=application, by=by, now=now, scope=_scope(application))
    return application


def _scope(application: Application) -> str:
    return f"cohort:{application.cohort_id}"
