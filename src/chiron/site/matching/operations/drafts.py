"""Rows of a plan: written from a draft of the bridge, copied word for word, and put back the same.

No other module writes them: whoever does has to give the plan another revision.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import Any

from chiron.site.matching.bridge.answering import Draft, DraftLeftOut, DraftPair
from chiron.site.matching.bridge.effects import Redraft
from chiron.site.matching.bridge.hand import Reseating
from chiron.site.matching.models import Plan, PlanConstraint, PlanPair, PlanUnmatched
from chiron.site.matching.rules import Origin
from chiron.site.matching.rules.columns import new_revision

Rows = dict[str, list[dict[str, Any]]]


def keep_draft(*, plan: Plan, draft: Draft) -> None:
    """Write the pairs of a draft and whom it leaves out as rows of a new plan."""
    PlanPair.objects.bulk_create([_pair(plan, pair) for pair in draft.pairs], batch_size=500)
    PlanUnmatched.objects.bulk_create(_left_out(plan, draft.left_out), batch_size=500)


def replace_pairs(*, plan: Plan, changed: Redraft, chosen: tuple[int, int], reason: str) -> None:
    """Write the rows in which a plan changes, and afresh whom it leaves out.

    Args:
        plan: the plan, locked by the caller.
        changed: the pairs that go and come, and who is left out.
        chosen: keys of mentee and mentor whom the coordinator put together; this pair is marked as changed by hand.
        reason: why.
    """
    _draw_revision(plan)
    for mentee, mentor in changed.gone:
        PlanPair.objects.filter(plan=plan, mentee=mentee, mentor=mentor).delete()
    mentees = {pair.mentee for pair in changed.come}
    used = set(PlanPair.objects.filter(plan=plan, mentee__in=mentees).values_list("mentee", "place"))
    for pair in changed.come:
        row = _pair(plan, pair)
        row.place = next(place for place in count(1) if (pair.mentee, place) not in used)
        used.add((pair.mentee, row.place))
        if (pair.mentee, pair.mentor) == chosen:
            row.origin, row.reason = Origin.HAND, reason
        row.save(force_insert=True)
    PlanUnmatched.objects.filter(plan=plan).delete()
    PlanUnmatched.objects.bulk_create(_left_out(plan, changed.left_out), batch_size=500)


def reseat(*, plan: Plan, changed: Reseating, reason: str) -> None:
    """Write the rows in which a plan of a larger shape changes, and who is left out or no longer is.

    Args:
        plan: the plan, locked by the caller.
        changed: the rows that go and come.
        reason: why.
    """
    _draw_revision(plan)
    for mentee, mentor in changed.gone:
        PlanPair.objects.filter(plan=plan, mentee=mentee, mentor=mentor).delete()
    mentees = {pair.mentee for pair in changed.come}
    used = set(PlanPair.objects.filter(plan=plan, mentee__in=mentees).values_list("mentee", "place"))
    rows = []
    for pair in changed.come:
        row = _pair(plan, pair)
        row.place = next(place for place in count(1) if (pair.mentee, place) not in used)
        used.add((pair.mentee, row.place))
        if (pair.mentee, pair.mentor) in changed.chosen:
            row.origin, row.reason = Origin.HAND, reason
        rows.append(row)
    PlanPair.objects.bulk_create(rows)
    for application, label in changed.no_longer:
        PlanUnmatched.objects.filter(plan=plan, application=application, label=label).delete()
    PlanUnmatched.objects.bulk_create(_left_out(plan, changed.left_out))


def copy_rows(*, plan: Plan, mentees: Collection[int]) -> Rows:
    """Return, ready for JSON, the plan's pairs of some mentees, everybody it leaves out, and the holds on them."""
    holds = PlanConstraint.objects.filter(cohort=plan.cohort_id, mentee__in=mentees).order_by("pk").values()
    return {
        "pairs": [dict(row) for row in PlanPair.objects.filter(plan=plan, mentee__in=mentees).order_by("pk").values()],
        "unmatched": [dict(row) for row in PlanUnmatched.objects.filter(plan=plan).order_by("pk").values()],
        "holds": [{**hold, "at": hold["at"].isoformat()} for hold in holds],
    }


def put_back(*, plan: Plan, mentees: Collection[int], rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Make a plan's pairs of some mentees, whom it leaves out and the holds on them what they were, keys and all."""
    _draw_revision(plan)
    PlanPair.objects.filter(plan=plan, mentee__in=mentees).delete()
    PlanUnmatched.objects.filter(plan=plan).delete()
    PlanConstraint.objects.filter(cohort=plan.cohort_id, mentee__in=mentees).delete()
    PlanPair.objects.bulk_create([PlanPair(**row) for row in rows["pairs"]])
    PlanUnmatched.objects.bulk_create([PlanUnmatched(**row) for row in rows["unmatched"]])
    PlanConstraint.objects.bulk_create([PlanConstraint(**row) for row in rows["holds"]])


def _draw_revision(plan: Plan) -> None:
    """Give a plan another revision: what was kept of the former one is asked for no more."""
    plan.revision = new_revision()
    plan.save(update_fields=["revision"])


def _pair(plan: Plan, pair: DraftPair) -> PlanPair:
    return PlanPair(
        plan=plan,
        mentee_id=pair.mentee,
        mentor_id=pair.mentor,
        place=pair.place,
        label=pair.label,
        takes=pair.takes,
        fit=pair.fit,
        parts=list(pair.parts),
        standing=pair.standing,
        only_option=pair.only_option,
        bent=list(pair.bent),
        is_bent=bool(pair.bent),
    )


def _left_out(plan: Plan, people: Sequence[DraftLeftOut]) -> list[PlanUnmatched]:
    return [
        PlanUnmatched(
            plan=plan,
            application_id=person.application,
            label=person.label,
            code=person.code,
            why=person.why,
            fixes=list(person.fixes),
        )
        for person in people
    ]
