"""Changes of a plan by hand: another mentor, a lock, two people kept apart; and the one press that takes it back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.audit.operations import record
from chiron.site.matching.bridge.effects import OpenPlan, Preview, open_plan, preview_mentor, redraft
from chiron.site.matching.bridge.swaps import preview_swap
from chiron.site.matching.models import Plan, PlanChange, PlanConstraint, PlanPair
from chiron.site.matching.operations.drafts import Rows, copy_rows, put_back, replace_pairs
from chiron.site.matching.operations.plans import ask_for_proof
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.matching.rules import (
    ChangeNotPossibleError,
    Hold,
    NothingToUndoError,
    PlanState,
    PreviewIsOldError,
    require_draft,
)
from chiron.site.people.models import Person


def change_mentor(
    *,
    plan: Plan,
    mentee: Application,
    mentor: Application,
    seen: str,
    reason: str,
    lock: bool,
    by: Person,
    now: datetime,
) -> PlanChange:
    """Give a mentee another mentor, and let everybody else move as the preview said.

    The effect is worked out before the transaction begins, and kept only if the plan is still what it was.

    Args:
        plan: a draft plan.
        mentee: the mentee's application.
        mentor: the other mentor's application.
        seen: the digest of the preview that the coordinator saw.
        reason: why, in the coordinator's words.
        lock: keep these two together when the plan is worked out again.
        by: the coordinator.
        now: the moment.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
        ChangeNotPossibleError: no plan can hold this pair, the mentee's pair is locked, or somebody is not in the plan.
        PreviewIsOldError: the plan has changed since the preview was shown.
    """
    plan = Plan.objects.select_related("cohort", "run").get(pk=plan.pk)
    require_draft(PlanState(plan.state), plan.name)
    for present in _mentors_of(plan, mentee):
        _require_not_locked(plan, mentee, present)
    _require_known(plan, mentee, mentor)
    opened = open_plan(plan, changing=mentee.pk)
    preview = preview_mentor(opened, mentee=mentee.pk, mentor=mentor.pk)
    words = _("%(mentee)s now has %(mentor)s.") % {"mentee": mentee.person, "mentor": mentor.person}
    return _save(
        plan, opened, preview, mentee, mentor, seen=seen, words=words, reason=reason, lock=lock, by=by, now=now
    )


def swap_pairs(
    *, pair: PlanPair, other: PlanPair, seen: str, reason: str, lock: bool, by: Person, now: datetime
) -> PlanChange:
    """Let two mentees of a plan give each other their mentors, as the preview said, while everybody else stays.

    The mentee of `pair` counts as the one who was given another mentor by hand.

    Args:
        pair: a pair of a draft plan.
        other: another pair of the same plan.
        seen: the digest of the preview that the coordinator saw.
        reason: why, in the coordinator's words.
        lock: keep the mentee of `pair` and the new mentor together when the plan is worked out again.
        by: the coordinator.
        now: the moment.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
        ChangeNotPossibleError: a hard rule forbids it, a pair is locked, or somebody is not in the plan.
        PreviewIsOldError: the plan has changed since the preview was shown.
    """
    plan = Plan.objects.select_related("cohort", "run").get(pk=pair.plan_id)
    require_draft(PlanState(plan.state), plan.name)
    for each in (pair, other):
        _require_not_locked(plan, each.mentee, each.mentor_id)
        _require_known(plan, each.mentee, each.mentor)
    opened = open_plan(plan, changing=pair.mentee_id, together_with=other.mentee_id)
    keys = [(each.mentee_id, each.mentor_id) for each in (pair, other)]
    if not set(keys) <= opened.fits.keys():
        raise PreviewIsOldError(_("The plan has changed since you looked. Read the effect again before you save it."))
    preview = preview_swap(opened, own=keys[0], other=keys[1])
    words = _("%(one)s and %(other)s have swapped mentors: %(one)s now has %(mentor)s.") % {
        "one": pair.mentee.person,
        "other": other.mentee.person,
        "mentor": other.mentor.person,
    }
    return _save(
        plan,
        opened,
        preview,
        pair.mentee,
        other.mentor,
        seen=seen,
        words=words,
        reason=reason,
        lock=lock,
        by=by,
        now=now,
    )


def _save(  # noqa: PLR0913 -- what was shown, what is said of it, and by whom
    plan: Plan,
    opened: OpenPlan,
    preview: Preview,
    mentee: Application,
    mentor: Application,
    *,
    seen: str,
    words: str,
    reason: str,
    lock: bool,
    by: Person,
    now: datetime,
) -> PlanChange:
    """Write what a preview says, if it is possible, was seen, and the plan is still what it was."""
    if not preview.is_possible:
        raise ChangeNotPossibleError(preview.why_not)
    if preview.seen != seen:
        raise PreviewIsOldError(_("The plan has changed since you looked. Read the effect again before you save it."))
    changed = redraft(opened, preview=preview, mentee=mentee.pk)
    touched = {key[0] for key in changed.gone} | {pair.mentee for pair in changed.come}
    with transaction.atomic():
        plan = lock_draft(plan)
        there = set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"))
        if there != set(opened.fits):
            raise PreviewIsOldError(_("Somebody else has just changed this plan. Look at the effect again."))
        before = copy_rows(plan=plan, mentees=touched)
        replace_pairs(plan=plan, changed=changed, chosen=(mentee.pk, mentor.pk), reason=reason)
        if lock:
            _hold(plan, mentee, mentor, Hold.LOCK, reason=reason, by=by, now=now)
        change = keep_change(plan, touched, before, words=words, reason=reason, by=by, now=now)
        details: dict[str, int | str] = {"mentee": mentee.pk, "mentor": mentor.pk, "moved": len(touched) - 1}
        record("plan.mentor_changed", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)
    return change


@transaction.atomic
def hold_pair(
    *, plan: Plan, mentee: Application, mentor: Application, kind: Hold, reason: str, by: Person, now: datetime
) -> PlanChange:
    """Lock two people together, or keep them apart, whenever the plan is worked out again.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
    """
    plan = lock_draft(plan)
    before = copy_rows(plan=plan, mentees={mentee.pk})
    _hold(plan, mentee, mentor, kind, reason=reason, by=by, now=now)
    names = {"mentee": mentee.person, "mentor": mentor.person}
    words = (
        _("%(mentee)s and %(mentor)s are locked together.") % names
        if kind is Hold.LOCK
        else _("%(mentee)s and %(mentor)s are kept apart.") % names
    )
    change = keep_change(plan, {mentee.pk}, before, words=words, reason=reason, by=by, now=now)
    details: dict[str, int | str] = {"mentee": mentee.pk, "mentor": mentor.pk}
    record(f"plan.pair_{_EVENTS[kind]}", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)
    return change


@transaction.atomic
def free_pair(*, plan: Plan, mentee: Application, mentor: Application, by: Person, now: datetime) -> PlanChange:
    """Take a lock or a "keep apart" away; freeing two people who are free already changes nothing else.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
    """
    plan = lock_draft(plan)
    before = copy_rows(plan=plan, mentees={mentee.pk})
    PlanConstraint.objects.filter(cohort=plan.cohort_id, mentee=mentee, mentor=mentor).delete()
    words = _("%(mentee)s and %(mentor)s are free again.") % {"mentee": mentee.person, "mentor": mentor.person}
    change = keep_change(plan, {mentee.pk}, before, words=words, reason="", by=by, now=now)
    details: dict[str, int | str] = {"mentee": mentee.pk, "mentor": mentor.pk}
    record("plan.pair_freed", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)
    return change


@transaction.atomic
def undo_change(*, change: PlanChange, by: Person, now: datetime) -> PlanChange:
    """Take back the last change of a plan: every row it touched is again what it was, keys and all.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
        NothingToUndoError: the change was taken back before, or another one was made after it.
    """
    plan = lock_draft(change.plan)
    last = PlanChange.objects.filter(plan=plan, undone_at=None).order_by("-pk").first()
    if last is None or last.pk != change.pk:
        raise NothingToUndoError(_("Only the last change can be taken back. Open History to see which one that is."))
    mentees = {row["mentee_id"] for rows in (last.before, last.after) for row in (*rows["pairs"], *rows["holds"])}
    put_back(plan=plan, mentees=mentees, rows=last.before)
    last.undone_at = now
    last.save(update_fields=["undone_at"])
    ask_for_proof(plan=plan, now=now)
    record("plan.change_undone", subject=plan, by=by, now=now, scope=plan.cohort.scope, details={"change": last.pk})
    return last


_EVENTS = {Hold.LOCK: "locked", Hold.APART: "kept_apart"}


def lock_draft(plan: Plan) -> Plan:
    """Return the plan's row under a lock, after checking that it is a draft."""
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=plan.pk)
    require_draft(PlanState(plan.state), plan.name)
    return plan


def _require_not_locked(plan: Plan, mentee: Application, mentor: int) -> None:
    """Refuse a change of a pair that a coordinator locked."""
    if PlanConstraint.objects.filter(cohort=plan.cohort_id, mentee=mentee, mentor=mentor, kind=Hold.LOCK).exists():
        raise ChangeNotPossibleError(
            _("%(name)s is locked to the present mentor. Free the pair first.") % {"name": mentee.person}
        )


def _require_known(plan: Plan, mentee: Application, mentor: Application) -> None:
    """Refuse people whom the run did not have on these sides: they came later, or were withdrawn."""
    facts = facts_of(plan)
    for person, there in ((mentee, facts.mentees), (mentor, facts.mentors)):
        if str(person.pk) not in there:
            raise ChangeNotPossibleError(
                _("%s was not in the matching pool when this plan was made. Work the plan out again first.")
                % person.person
            )


def _mentors_of(plan: Plan, mentee: Application) -> list[int]:
    return list(PlanPair.objects.filter(plan=plan, mentee=mentee).values_list("mentor_id", flat=True))


def _hold(
    plan: Plan, mentee: Application, mentor: Application, kind: Hold, *, reason: str, by: Person, now: datetime
) -> None:
    PlanConstraint.objects.update_or_create(
        cohort=plan.cohort,
        mentee=mentee,
        mentor=mentor,
        defaults={"kind": kind, "reason": reason, "by": by, "at": now},
    )


def keep_change(
    plan: Plan, mentees: Collection[int], before: Rows, *, words: str, reason: str, by: Person, now: datetime
) -> PlanChange:
    """Keep a change of a plan with the rows of some mentees as they were before and are now."""
    ask_for_proof(plan=plan, now=now)
    return PlanChange.objects.create(
        plan=plan,
        words=words,
        reason=reason,
        before=before,
        after=copy_rows(plan=plan, mentees=mentees),
        by=by,
        at=now,
    )
