"""Writes of programmes, cohorts and their staff."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import move_notices, release_notice
from chiron.site.notices.rules import as_shown
from chiron.site.organizations.models import Organization
from chiron.site.people.models import Person
from chiron.site.programs.models import Approval, Cohort, Program, Staff
from chiron.site.programs.queries import coordinators_of, notices_acted_on
from chiron.site.programs.rules import (
    ACT_LEADS_TO,
    ACTS_ASKED,
    PREFIX_OF_MATCHES,
    ApprovalNeededError,
    ApprovedAct,
    CohortFile,
    CohortStage,
    OutboxAct,
    OutboxChangedError,
    SettingError,
    StaffRole,
    require_settings,
    require_step,
)
from chiron.site.shared.forms import digest_of_keys, keys_in

COORDINATORS_FOR_TWO = 2
"""So many must be there before publishing may need a second person."""


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
        SettingError: a number lies outside its limits, or a second person is needed where there is none.
        ApprovalNeededError: no other coordinator has asked that one person publishes from now on.
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
        if publish_needs_second and coordinators_of(cohort) < COORDINATORS_FOR_TWO:
            raise SettingError(_("A second person needs a second coordinator, and this cohort has one."))
        if not publish_needs_second:
            use_approval(cohort=cohort, act=ApprovedAct.ONE_PERSON, subject=cohort, seen="", by=by, now=now)
        cohort.publish_needs_second = publish_needs_second
        details["publish_needs_second"] = int(publish_needs_second)
    cohort.save(
        update_fields=["stage", "finished_at", "small_group", "look_line", "may_have_minors", "publish_needs_second"]
    )
    record("cohort.settings_changed", subject=cohort, by=by, now=now, scope=cohort.scope, details=details)
    return cohort


@transaction.atomic
def ask_for_approval(
    *,
    cohort: Cohort,
    act: ApprovedAct,
    subject: Model,
    seen: str,
    what: Sequence[object] = (),
    by: Person,
    now: datetime,
) -> Approval:
    """Ask another coordinator to do something that needs a second person; what was asked before about it is dropped.

    Args:
        cohort: theirs.
        act: what.
        subject: what it is about.
        seen: the digest of what the one who asks has read; anything else than that needs asking anew.
        what: keys and days from which the page of the other one is made.
        by: the coordinator.
        now: the moment.
    """
    Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    kept = {"seen": seen, "what": list(what), "asked_by": by, "asked_at": now}
    approval, _is_new = Approval.objects.update_or_create(cohort=cohort, act=act, subject=subject.pk, defaults=kept)
    record(ACTS_ASKED[act], subject=subject, by=by, now=now, scope=cohort.scope)
    return approval


@transaction.atomic
def use_approval(*, cohort: Cohort, act: ApprovedAct, subject: Model, seen: str, by: Person, now: datetime) -> None:
    """Say that what another coordinator asked for is done; part of doing it, where the cohort needs a second person.

    Raises:
        ApprovalNeededError: nobody else has asked for just this.
    """
    # One row, read once and under a lock: what counts as asked for is what is used up.
    rows = Approval.objects.select_for_update(no_key=True)
    approval = rows.filter(cohort=cohort, act=act, subject=subject.pk).first()
    is_asked = approval is not None and approval.seen == seen and approval.asked_by_id != by.pk
    if not is_asked and Cohort.objects.filter(pk=cohort.pk, publish_needs_second=True).exists():
        raise ApprovalNeededError
    if approval is None:
        return
    approval.delete()
    if approval.asked_by_id == by.pk:
        return  # asked for while that was needed
    details: dict[str, int | str] = {"act": act.value, "asked_by": approval.asked_by_id}
    record("approval.used", subject=subject, by=by, now=now, scope=cohort.scope, details=details)


@transaction.atomic
def keep_second_person(*, cohort: Cohort, by: Person, now: datetime) -> None:
    """Drop what was asked for: publishing needs a second person, as before."""
    asked = Approval.objects.filter(cohort=cohort, act=ApprovedAct.ONE_PERSON)
    if asked.delete()[0]:
        record("cohort.one_person_refused", subject=cohort, by=by, now=now, scope=cohort.scope)


def forget_approval(*, act: ApprovedAct, subject: Model) -> None:
    """Ask nobody any longer to do something, as it is done, or is another thing by now."""
    Approval.objects.filter(act=act, subject=subject.pk).delete()


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
def act_on_shown(
    *, cohort: Cohort, notices: QuerySet[Notice], act: OutboxAct, seen: str, by: Person, now: datetime
) -> int:
    """Do the same with all messages that an outbox shows and that it can be done with, or with none of them.

    Args:
        cohort: theirs.
        notices: those that are shown.
        act: what is done.
        seen: the digest of those that the button was about, as they were shown.
        by: the coordinator.
        now: the moment.

    Raises:
        OutboxChangedError: they are not those that the coordinator saw.
    """
    found = notices_acted_on(notices, act, cohort=cohort)
    rows = list(found.select_for_update(of=("self",), no_key=True).values_list("pk", "edited_at"))
    if digest_of_keys(as_shown(key, at) for key, at in rows) != seen:
        raise OutboxChangedError
    return move_notices(notices=[key for key, _at in rows], to=ACT_LEADS_TO[act], by=by, now=now)


@transaction.atomic
def act_on_ticked(
    *, cohort: Cohort, notices: QuerySet[Notice], ticked: Collection[str], act: OutboxAct, by: Person, now: datetime
) -> int:
    """Do the same with some messages of an outbox, or with none of them.

    Args:
        cohort: theirs.
        notices: those that the coordinator may act on.
        ticked: which of them, as the page showed them: see `Notice.as_shown`.
        act: what is done.
        by: the coordinator.
        now: the moment.

    Raises:
        OutboxChangedError: the words of one have changed since.
        ApprovalNeededError: the coordinator has changed the words of one, and another one has to release it.
    """
    keys = keys_in([one.partition(".")[0] for one in ticked])
    found = list(notices.filter(pk__in=keys).select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not {one.as_shown for one in found} <= set(ticked):
        raise OutboxChangedError
    if act is OutboxAct.RELEASE:
        _require_words_read(cohort, found, by=by)
    return move_notices(notices=[one.pk for one in found], to=ACT_LEADS_TO[act], by=by, now=now)


@transaction.atomic
def release_shown(*, cohort: Cohort, notice: Notice, seen: str, by: Person, now: datetime) -> Notice:
    """Let one message leave with the words that a page showed; see `act_on_ticked`.

    Raises:
        OutboxChangedError: its words have changed since.
        ApprovalNeededError: the coordinator has changed them, and another one has to release it.
        NoticeStepNotAllowedError: it has left or was withdrawn.
    """
    notice = Notice.objects.select_for_update(of=("self",), no_key=True).select_related("to").get(pk=notice.pk)
    if notice.as_shown != seen:
        raise OutboxChangedError
    _require_words_read(cohort, [notice], by=by)
    return release_notice(notice=notice, by=by, now=now)


def _require_words_read(cohort: Cohort, notices: Sequence[Notice], *, by: Person) -> None:
    """Raise ApprovalNeededError where nobody but the one who changed a message about matches has read its words."""
    if not Cohort.objects.filter(pk=cohort.pk, publish_needs_second=True).exists():
        return
    for one in notices:
        if one.kind.startswith(PREFIX_OF_MATCHES) and one.edited_at is not None and one.edited_by_id == by.pk:
            raise ApprovalNeededError(
                _("You changed the message to %s. Another coordinator reads your words and releases it.") % one.to
            )


@transaction.atomic
def note_file_taken(*, cohort: Cohort, file: CohortFile, rows: int, by: Person, now: datetime) -> None:
    """Record that somebody took a file away from a cohort, and how many rows it had."""
    details: dict[str, int | str] = {"rows": rows}
    record(f"file.{file.value}_taken", subject=cohort, by=by, now=now, scope=cohort.scope, details=details)
