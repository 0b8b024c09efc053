"""Plans and their pairs: whose they are, which need a look, and what was changed by hand."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.matching.models import Plan, PlanChange, PlanConstraint, PlanPair, PlanUnmatched
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.matching.queries.numbers import PLANS_KEPT, PlanNumbers, numbers_of, revisions_of
from chiron.site.matching.rules import Hold, Origin, PlanShape, PlanState, UnitTie
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import cohorts_coordinated_by
from chiron.site.shared.process.kept_values import KeptValues


class PlanFilter(StrEnum):
    """Which part of a plan its page lists."""

    LOOK = "look"
    ALL = "all"
    LEFT_OUT = "left-out"
    LOCKED = "locked"
    APART = "apart"

    @classmethod
    def of(cls, asked: str) -> "PlanFilter":
        """Return what an address asks for; the pairs that need a look for anything else."""
        return cls(asked) if asked in {each.value for each in cls} else cls.LOOK

    def words_in(self, shape: PlanShape) -> str:
        """Return what people call it in a plan of a shape."""
        is_pairs = shape is PlanShape.PAIRS
        return {
            "look": _("Pairs that need a look") if is_pairs else _("Need a look"),
            "all": _("All pairs") if is_pairs else _("All"),
            "left-out": _("Not matched"),
            "locked": _("Locked"),
            "apart": _("Kept apart"),
        }[self.value]


def plans_reviewable_by(person: Person) -> QuerySet[Plan]:
    """Return the plans that a person may review: those of the cohorts that they coordinate."""
    plans = Plan.objects.filter(cohort__in=cohorts_coordinated_by(person))
    return plans.select_related("cohort__program__organization", "run")


def plans_drafted() -> QuerySet[Plan]:
    """Return every plan that can still be changed."""
    return Plan.objects.filter(state=PlanState.DRAFT).select_related("cohort", "run")


def plans_of(cohort: Cohort) -> QuerySet[Plan]:
    """Return the plans of a cohort, the newest first."""
    return Plan.objects.filter(cohort=cohort).select_related("run").order_by("-pk")


def plan_before(plan: Plan) -> Plan | None:
    """Return the plan beside which this one is shown: the one it was worked out from, else the one made before it."""
    plans = Plan.objects.filter(cohort=plan.cohort_id).select_related("cohort", "run")
    if plan.run.based_on_id is not None:
        return plans.get(pk=plan.run.based_on_id)
    return plans.filter(pk__lt=plan.pk).order_by("-pk").first()


def has_published_plan(cohort: Cohort) -> bool:
    """Return whether a plan of a cohort is published."""
    return Plan.objects.filter(cohort=cohort, state=PlanState.PUBLISHED).exists()


def newest_published(plans: Iterable[Plan]) -> Plan | None:
    """Return of some plans the one that was published last, if there is one."""
    published = [plan for plan in plans if plan.state == PlanState.PUBLISHED]
    return max(published, key=lambda plan: (plan.published_at, plan.pk), default=None)


def look_line_of(plan: Plan) -> int:
    """Return the lowest fit at which a pair needs no look: the cohort's share of what the plan's rules can give."""
    return facts_of(plan).matching.look_line(plan.cohort.look_line)


def needs_look(plan: Plan) -> Q:
    """Return what makes a pair of a plan need a look."""
    return Q(fit__lt=look_line_of(plan)) | Q(is_bent=True) | Q(origin=Origin.HAND.value) | ~Q(only_option="")


def pairs_of(plan: Plan) -> QuerySet[PlanPair]:
    """Return the pairs of a plan, the lowest fit first, with both people and whether they are locked or kept apart."""
    return (
        PlanPair.objects.filter(plan=plan)
        .select_related("mentee__person", "mentor__person")
        .defer("mentee__answers", "mentor__answers")
        .annotate(
            is_locked=Exists(_holds_on_pair(plan, Hold.LOCK)),
            is_apart=Exists(_holds_on_pair(plan, Hold.APART)),
        )
        .order_by("fit", "pk")
    )


def is_locked(pair: PlanPair) -> bool:
    """Return whether a pair that `pairs_of` gave is locked."""
    return bool(pair.is_locked)  # type: ignore[attr-defined]  # annotated there


def tie_of(pair: PlanPair) -> UnitTie:
    """Return a pair as `rules.units_of` takes it; its people must have been fetched with it."""
    return UnitTie(pair.pk, pair.mentee_id, pair.mentor_id, pair.mentee.person_id, pair.mentor.person_id, pair.label)


_looks: KeptValues[int] = KeptValues(PLANS_KEPT)


def number_to_look_at(plan: Plan, *, revision: Hashable) -> int:
    """Return how many pairs of a plan need a look: counted once for each state of its pairs, and of what needs one."""
    return _looks.get((revision, look_line_of(plan)), pairs_to_look_at(plan).order_by().count)


def pair_counts_of(plan: Plan) -> dict[str, int]:
    """Return how many mentees a plan matches (`matched`), and how many of its pairs need a look (`to_look_at`)."""
    revisions = revisions_of([plan])
    return {
        "matched": numbers_of([plan], revisions=revisions)[plan.pk].matched,
        "to_look_at": number_to_look_at(plan, revision=revisions.get(plan.pk)),
    }


def pairs_to_look_at(plan: Plan) -> QuerySet[PlanPair]:
    """Return the pairs of a plan that need a look, the lowest fit first."""
    return pairs_of(plan).filter(needs_look(plan))


def pairs_shown(plan: Plan, shown: PlanFilter) -> QuerySet[PlanPair]:
    """Return the pairs of a plan that a filter shows, the lowest fit first."""
    if shown is PlanFilter.LOOK:
        return pairs_to_look_at(plan)
    pairs = pairs_of(plan)
    return pairs.filter(Exists(_holds_on_pair(plan, Hold.LOCK))) if shown is PlanFilter.LOCKED else pairs


def counts_in(
    plan: Plan, numbers: PlanNumbers, holds: Sequence[PlanConstraint], *, revision: Hashable
) -> Mapping[PlanFilter, int]:
    """Return how many rows each filter of a plan shows.

    Args:
        plan: the plan.
        numbers: its numbers.
        holds: those of its cohort.
        revision: that of the plan.
    """
    locked = PlanPair.objects.filter(plan=plan, mentee=OuterRef("mentee"), mentor=OuterRef("mentor"))
    locks = PlanConstraint.objects.filter(cohort=plan.cohort_id, kind=Hold.LOCK)
    return {
        PlanFilter.LOOK: number_to_look_at(plan, revision=revision),
        PlanFilter.ALL: numbers.pairs,
        PlanFilter.LEFT_OUT: numbers.mentees - numbers.matched,
        PlanFilter.LOCKED: locks.filter(Exists(locked)).count() if any(one.kind == Hold.LOCK for one in holds) else 0,
        PlanFilter.APART: sum(hold.kind == Hold.APART for hold in holds),
    }


def people_in(plan: Plan) -> QuerySet[Application]:
    """Return the applications of a plan's cohort, with their people."""
    return Application.objects.filter(cohort=plan.cohort_id).select_related("person")


def left_out_of(plan: Plan) -> QuerySet[PlanUnmatched]:
    """Return who has no mentor in a plan, by name."""
    return (
        PlanUnmatched.objects.filter(plan=plan)
        .select_related("application__person")
        .order_by("application__person__name", "pk")
    )


def changes_of(plan: Plan) -> QuerySet[PlanChange]:
    """Return the changes of a plan by hand, the newest first, taken back ones too."""
    return PlanChange.objects.filter(plan=plan).select_related("by").defer("before", "after").order_by("-pk")


def last_change_of(plan: Plan) -> PlanChange | None:
    """Return the last change of a plan that still stands: the one that undo takes back."""
    return changes_of(plan).filter(undone_at=None).first()


def holds_after(plan: Plan, holds: Sequence[PlanConstraint]) -> list[PlanConstraint]:
    """Return which holds of a cohort a plan does not know of yet: the next one will."""
    known = facts_of(plan).held
    return [
        hold
        for hold in holds
        if hold.at > plan.run.asked_at and (hold.kind, str(hold.mentee_id), str(hold.mentor_id)) not in known
    ]


def _holds_on_pair(plan: Plan, kind: Hold) -> QuerySet[PlanConstraint]:
    return PlanConstraint.objects.filter(
        cohort=plan.cohort_id, kind=kind, mentee=OuterRef("mentee"), mentor=OuterRef("mentor")
    )
