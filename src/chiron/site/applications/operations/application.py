"""Writes of applications: screening and withdrawing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.queries.application import decision_group, decisions_told
from chiron.site.applications.rules.application import (
    DECIDED,
    OUT,
    WAITING,
    Role,
    Stage,
    decision_text,
    require_capacity,
    require_step,
    require_undoable,
    usual_places,
)
from chiron.site.audit.operations import record, record_each
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import NoticeText, withdraw_unsent, write_notices
from chiron.site.notices.rules import NoticeState
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
def accept_application(*, application: Application, by: Person, now: datetime, tell: bool = False) -> Application:
    """Admit an applicant to the cohort's matching pool; a mentor who did not say takes as many as the rules say.

    Args:
        application: theirs.
        by: who decides.
        now: the moment.
        tell: write them a message, as a draft; they read of the decision once it has left.

    Raises:
        StepNotAllowedError: the application is not waiting for screening.
    """
    return _step(application, Stage.ACCEPTED, of=WAITING, by=by, now=now, tell=tell)


@transaction.atomic
def decline_application(*, application: Application, by: Person, now: datetime, tell: bool = False) -> Application:
    """Keep an applicant out of the cohort's matching pool; `tell` as in `accept_application`.

    Raises:
        StepNotAllowedError: the application is not waiting for screening.
    """
    return _step(application, Stage.DECLINED, of=WAITING, by=by, now=now, tell=tell)


@transaction.atomic
def undo_decisions(*, applications: Sequence[Application], by: Person, now: datetime) -> int:
    """Let applications that were accepted or declined wait again, and return how many; all of them, or none.

    The messages about the decisions are withdrawn.

    Raises:
        StepNotAllowedError: one of them was not decided about.
        UndoDecisionError: one of the messages has left, or somebody has an offer or a match.
    """
    keys = [application.pk for application in applications]
    locked = list(
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort")
        .filter(pk__in=keys)
        .order_by("pk")
    )
    told = decisions_told(locked)
    for application in locked:
        require_step(Stage(application.stage), Stage.SUBMITTED, of=DECIDED)
        require_undoable(is_told=application.pk in told, taken=application.taken)
    Application.objects.filter(pk__in=keys).update(stage=Stage.SUBMITTED, decided_at=None, decided_by=None)
    unsent = Notice.objects.filter(group__in=[decision_group(application) for application in locked])
    withdraw_unsent(notices=list(unsent), by=by, now=now)
    for scope in sorted({_scope(application) for application in locked}):
        theirs = [application for application in locked if _scope(application) == scope]
        record_each("application.decision_undone", subjects=theirs, by=by, now=now, scope=scope)
    return len(locked)


@transaction.atomic
def take_back_in(*, application: Application, by: Person, now: datetime, tell: bool = True) -> Application:
    """Accept somebody who was declined or withdrawn after all: a new act, with a message of its own.

    Args:
        application: theirs.
        by: who does it.
        now: the moment.
        tell: write them a message, as a draft.

    Raises:
        StepNotAllowedError: the application was neither declined nor withdrawn.
    """
    return _step(application, Stage.ACCEPTED, of=OUT, by=by, now=now, tell=tell)


@transaction.atomic
def tell_taken_back(*, application: Application, goes_on: bool, by: Person, now: datetime) -> bool:
    """Write a draft to somebody who was taken back in without one, where they need it; return whether they do.

    Args:
        application: theirs.
        goes_on: what ran before goes on: then they only read that they are accepted, if that message never left.
        by: who took them back.
        now: the moment.
    """
    told = Notice.objects.filter(group=decision_group(application), kind="application.accepted")
    if goes_on and (not told.exists() or told.exclude(state=NoticeState.WITHDRAWN).exists()):
        return False
    text = _told(application, Stage.ACCEPTED, is_new=not goes_on)
    write_notices([text], scope=_scope(application), group="decisions", by=by, now=now)
    return True


@transaction.atomic
def withdraw_application(*, application: Application, by: Person, now: datetime) -> Application:
    """Take an application out of the cohort, whatever it was waiting for.

    Raises:
        StepNotAllowedError: the application was declined or withdrawn before.
    """
    return _step(application, Stage.WITHDRAWN, by=by, now=now)


@transaction.atomic
def accept_applications(*, applications: Sequence[Application], by: Person, now: datetime, tell: bool = False) -> int:
    """Admit several applicants at once and return how many; all of them, or none. `tell` as in `accept_application`.

    Raises:
        StepNotAllowedError: one of them is not waiting for screening.
    """
    keys = [application.pk for application in applications]
    locked = list(
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort__program", "person")
        .filter(pk__in=keys)
        .order_by("pk")
    )
    for application in locked:
        require_step(Stage(application.stage), Stage.ACCEPTED, of=WAITING)
    Application.objects.filter(pk__in=keys).update(stage=Stage.ACCEPTED, decided_at=now, decided_by=by)
    open_places = Application.objects.filter(pk__in=keys, role=Role.MENTOR, capacity=None)
    for cohort in Cohort.objects.filter(pk__in=open_places.values("cohort")):
        open_places.filter(cohort=cohort).update(capacity=usual_places(cohort.matching))
    for scope in sorted({_scope(application) for application in locked}):
        theirs = [application for application in locked if _scope(application) == scope]
        if tell:
            write_notices(
                [_told(one, Stage.ACCEPTED) for one in theirs], scope=scope, group="decisions", by=by, now=now
            )
        record_each("application.accepted", subjects=theirs, by=by, now=now, scope=scope)
    return len(locked)


def _step(
    application: Application,
    stage: Stage,
    *,
    of: Collection[Stage] = tuple(Stage),
    by: Person,
    now: datetime,
    tell: bool = False,
) -> Application:
    """Move a locked application from one of some stages to another, and record who decided."""
    application = (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort__program", "person")
        .get(pk=application.pk)
    )
    before = Stage(application.stage)
    require_step(before, stage, of=of)
    knows = before is Stage.WITHDRAWN or bool(decisions_told([application]))
    application.stage = stage
    application.withdrawn_at = now if stage is Stage.WITHDRAWN else None
    if stage in DECIDED:
        application.decided_at, application.decided_by = now, by
    if stage is Stage.ACCEPTED and application.role == Role.MENTOR and application.capacity is None:
        application.capacity = usual_places(application.cohort.matching)
    application.save(update_fields=["stage", "withdrawn_at", "decided_at", "decided_by", "capacity"])
    if tell or stage is Stage.WITHDRAWN:
        _forget_unsent(application, by=by, now=now)
    if tell:
        text = _told(application, stage, is_new=knows)
        write_notices([text], scope=_scope(application), group="decisions", by=by, now=now)
    record(f"application.{stage.value}", subject=application, by=by, now=now, scope=_scope(application))
    return application


def _forget_unsent(application: Application, *, by: Person, now: datetime) -> None:
    """Withdraw what an earlier decision has left in the outbox: nobody reads two decisions at once."""
    unsent = Notice.objects.filter(group=decision_group(application))
    withdraw_unsent(notices=list(unsent), by=by, now=now)


def _told(application: Application, stage: Stage, *, is_new: bool = False) -> NoticeText:
    """Return what somebody is told of a decision."""
    subject, body = decision_text(
        stage, name=application.person.name, program=application.cohort.program.name, is_new=is_new
    )
    return NoticeText(
        application.person, f"application.{stage.value}", subject, body, group=decision_group(application)
    )


def _scope(application: Application) -> str:
    return f"cohort:{application.cohort_id}"
