"""Changes by hand in plans of the larger shapes: a place gets somebody else, two change places, a place stays empty."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.blueprints.hand.shape_in_hand import SeatChange
from chiron.site.applications.models import Application
from chiron.site.audit.operations import record
from chiron.site.matching.bridge.hand import act_words, open_seats, preview_seat, reseating
from chiron.site.matching.models import Plan, PlanChange, PlanConstraint, PlanPair
from chiron.site.matching.operations.changes import keep_change, lock_draft
from chiron.site.matching.operations.drafts import copy_rows, reseat
from chiron.site.matching.rules import (
    ChangeNotPossibleError,
    Hold,
    PlanShape,
    PlanState,
    PreviewIsOldError,
    require_draft,
)
from chiron.site.people.models import Person


def change_seat(  # noqa: PLR0913 -- each is one thing that a coordinator says
    *,
    plan: Plan,
    person: Application,
    place: str,
    act: SeatChange,
    seen: str,
    reason: str,
    lock: bool,
    by: Person,
    now: datetime,
) -> PlanChange:
    """Change one place of a plan of a larger shape, and let everybody else move as the preview said.

    The effect is worked out and judged before the transaction begins, and kept only if the plan is still what it was.

    Args:
        plan: a draft plan.
        person: whose place it is.
        place: which of their places, where they have several.
        act: the change.
        seen: the digest of the preview that the coordinator saw.
        reason: why, in the coordinator's words.
        lock: keep this person with those whom they get now when the plan is worked out again.
        by: the coordinator.
        now: the moment.

    Raises:
        PlanIsPublishedError: the plan is not a draft.
        ChangeNotPossibleError: no plan near this one holds the change, or the place is locked.
        PreviewIsOldError: the plan has changed since the preview was shown.
    """
    plan = Plan.objects.select_related("cohort", "run").get(pk=plan.pk)
    require_draft(PlanState(plan.state), plan.name)
    _require_free(plan, person, place)
    key = str(person.pk)
    opened = open_seats(plan, changing=key)
    preview = preview_seat(opened, key, place, act)
    if not preview.is_possible:
        raise ChangeNotPossibleError(preview.words)
    if preview.seen != seen:
        raise PreviewIsOldError(_("The plan has changed since you looked. Read the effect again before you save it."))
    changed = reseating(opened, preview, key)
    touched = {key[0] for key in changed.gone} | {pair.mentee for pair in changed.come} | {person.pk}
    there = {opened.asked.keys(tie.helped, tie.helper) for tie in opened.hand.ties}
    with transaction.atomic():
        plan = lock_draft(plan)
        if there != set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor")):
            raise PreviewIsOldError(_("Somebody else has just changed this plan. Look at the effect again."))
        before = copy_rows(plan=plan, mentees=touched)
        reseat(plan=plan, changed=changed, reason=reason)
        if lock:
            for mentee, mentor in sorted(changed.chosen):
                PlanConstraint.objects.update_or_create(
                    cohort=plan.cohort,
                    mentee_id=mentee,
                    mentor_id=mentor,
                    defaults={"kind": Hold.LOCK, "reason": reason, "by": by, "at": now},
                )
        words = _("%(name)s: %(change)s.") % {"name": person.person, "change": act_words(opened, act)}
        change = keep_change(plan, touched, before, words=words, reason=reason, by=by, now=now)
        details: dict[str, int | str] = {"person": person.pk, "act": act.kind, "moved": len(preview.moves)}
        record("plan.seat_changed", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)
    return change


def _require_free(plan: Plan, person: Application, place: str) -> None:
    """Refuse to change a place of somebody who is locked in it."""
    pairs = PlanPair.objects.filter(plan=plan, mentee=person) | PlanPair.objects.filter(plan=plan, mentor=person)
    here = {(pair.mentee_id, pair.mentor_id) for pair in pairs if not place or pair.label == place}
    locks = PlanConstraint.objects.filter(cohort=plan.cohort_id, kind=Hold.LOCK).values_list("mentee", "mentor")
    # Whoever also helps others keeps them: only the own place changes.
    own = {pair for pair in here if pair[0] == person.pk} if plan.shape == PlanShape.CHAIN else here
    if own & set(locks):
        raise ChangeNotPossibleError(_("%(name)s is locked here. Free them first.") % {"name": person.person})
