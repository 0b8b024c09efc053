"""Writes of programmes, cohorts and their staff."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from chiron.site.audit.operations import record
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import move_notices
from chiron.site.organizations.models import Organization
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort, Program, Staff
from chiron.site.programs.rules import (
    ACT_LEADS_TO,
    ACT_ON_ALL,
    CohortFile,
    CohortStage,
    OutboxAct,
    OutboxChangedError,
    StaffRole,
    require_settings,
    require_step,
)
from chiron.site.shared.forms import digest_of_keys


@transaction.atomic
def add_program(
    *,
    organization: Organization,
    name: str,
    slug: str,
    summary: str = "",
    audience: str = "",
    is_listed: bool = False,
    by: Person | None,
    now: datetime,
) -> Program:
    """Add a programme of an organisation."""
    program = Program.objects.create(
        organization=organization, name=name, slug=slug, summary=summary, audience=audience, is_listed=is_listed
    )
    record("program.added", subject=program, by=by, now=now, scope=f"program:{program.pk}", details={})
    return program


@transaction.atomic
def open_cohort(
    *,
    program: Program,
    name: str,
    matching: Mapping[str, Any],
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Person | None,
    now: datetime,
) -> Cohort:
    """Open a new run of a programme with its own copy of the rules; `matching` is a dumped blueprint table."""
    cohort = Cohort.objects.create(
        program=program, name=name, matching=dict(matching), starts_on=starts_on, ends_on=ends_on
    )
    record("cohort.opened", subject=cohort, by=by, now=now, scope=cohort.scope, details={})
    return cohort


@transaction.atomic
def give_place(*, cohort: Cohort, person: Person, role: StaffRole, by: Person | None, now: datetime) -> Staff:
    """Give a person a staff place in a cohort; giving it twice is the same as once."""
    staff, is_new = Staff.objects.get_or_create(cohort=cohort, person=person, role=role)
    if is_new:
        record(f"staff.{role.value}_added", subject=staff, by=by, now=now, scope=cohort.scope, details={})
    return staff


@transaction.atomic
def change_settings(
    *,
    cohort: Cohort,
    stage: CohortStage,
    small_group: int,
    look_line: int,
    may_have_minors: bool | None = None,
    publish_needs_second: bool | None = None,
    by: Person,
    now: datetime,
) -> Cohort:
    """Change a cohort's stage, the smallest group that reports show, and the line under which a pair needs a look.

    Whether minors may join and whether publishing needs a second person, too; None leaves that as it is.

    Raises:
        CohortStepError: the stage is not next to the present one.
        SettingError: a number lies outside its limits.
    """
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    require_step(CohortStage(cohort.stage), stage)
    require_settings(small_group=small_group, look_line=look_line)
    details: dict[str, int | str] = {
        "stage_was": cohort.stage,
        "stage": stage.value,
        "small_group_was": cohort.small_group,
        "small_group": small_group,
        "look_line_was": cohort.look_line,
        "look_line": look_line,
    }
    _stand_at(cohort, stage, now=now)
    cohort.small_group, cohort.look_line = small_group, look_line
    if may_have_minors is not None and may_have_minors != cohort.may_have_minors:
        cohort.may_have_minors = may_have_minors
        details["may_have_minors"] = int(may_have_minors)
    if publish_needs_second is not None and publish_needs_second != cohort.publish_needs_second:
        cohort.publish_needs_second = publish_needs_second
        details["publish_needs_second"] = int(publish_needs_second)
    cohort.save(
        update_fields=["stage", "finished_at", "small_group", "look_line", "may_have_minors", "publish_needs_second"]
    )
    record("cohort.settings_changed", subject=cohort, by=by, now=now, scope=cohort.scope, details=details)
    return cohort


@transaction.atomic
def move_to_stage(*, cohort: Cohort, stage: CohortStage, by: Person | None, now: datetime) -> Cohort:
    """Move a cohort to a stage next to its present one; moving to where it stands does nothing.

    Raises:
        CohortStepError: the stage is not next to the present one.
    """
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    require_step(CohortStage(cohort.stage), stage)
    if cohort.stage != stage:
        details = {"stage_was": cohort.stage, "stage": stage.value}
        _stand_at(cohort, stage, now=now)
        cohort.save(update_fields=["stage", "finished_at"])
        record("cohort.moved", subject=cohort, by=by, now=now, scope=cohort.scope, details=details)
    return cohort


def _stand_at(cohort: Cohort, stage: CohortStage, *, now: datetime) -> None:
    """Let a cohort stand at a stage; from the moment it is finished its rows are kept for some time, no longer."""
    if stage is not CohortStage.FINISHED:
        cohort.finished_at = None
    elif cohort.stage != stage:
        cohort.finished_at = now
    cohort.stage = stage


@transaction.atomic
def change_matching(*, cohort: Cohort, matching: Mapping[str, Any], by: Person, now: datetime) -> Cohort:
    """Keep a new version of a cohort's rules; the caller has checked the table against the blueprint's schema."""
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    cohort.matching = dict(matching)
    cohort.matching_version += 1
    cohort.save(update_fields=["matching", "matching_version"])
    details = {"version": cohort.matching_version}
    record("cohort.rules_changed", subject=cohort, by=by, now=now, scope=cohort.scope, details=details)
    return cohort


@transaction.atomic
def act_on_shown(*, notices: QuerySet[Notice], act: OutboxAct, seen: str, by: Person, now: datetime) -> int:
    """Do the same with all messages that an outbox shows and that it can be done with, or with none of them.

    Args:
        notices: those that are shown.
        act: what is done.
        seen: the digest of the keys of those that the button was about.
        by: the coordinator.
        now: the moment.

    Raises:
        OutboxChangedError: they are not those that the coordinator saw.
    """
    keys = list(notices.filter(state__in=sorted(ACT_ON_ALL[act])).values_list("pk", flat=True))
    if digest_of_keys(keys) != seen:
        raise OutboxChangedError
    return move_notices(notices=keys, to=ACT_LEADS_TO[act], by=by, now=now)


@transaction.atomic
def note_file_taken(*, cohort: Cohort, file: CohortFile, rows: int, by: Person, now: datetime) -> None:
    """Record that somebody took a file away from a cohort, and how many rows it had."""
    details: dict[str, int | str] = {"rows": rows}
    record(f"file.{file.value}_taken", subject=cohort, by=by, now=now, scope=cohort.scope, details=details)
