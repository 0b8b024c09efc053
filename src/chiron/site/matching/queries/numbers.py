"""The numbers of one plan and of several side by side."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, Sum

from chiron.site.matching.models import Plan, PlanPair, PlanUnmatched
from chiron.site.matching.rules import ONE_POPULATION, TOP_CHOICES
from chiron.site.shared.process.kept_values import KeptValues

PLANS_KEPT = 256


@dataclass(frozen=True, slots=True)
class PlanNumbers:
    """What a plan reaches.

    Attributes:
        mentees: how many want a mentor; where all are peers, how many people there are.
        matched: how many have one.
        top: how many have one of their three first choices, or one of the three mentors who fit them best.
        choosers: how many made choices of their own; 0: nobody did, so the best fits count.
        lowest: the lowest fit of a pair; None without pairs.
        total: the sum of all fits.
        pairs: how many pairs there are.
    """

    mentees: int
    matched: int
    top: int
    lowest: int | None
    total: int
    pairs: int
    choosers: int = 0

    @property
    def top_percent(self) -> int:
        """The share with one of their top three, of those who chose or of all mentees; whole percent, halves up."""
        whole = self.choosers or self.mentees
        return (200 * self.top + whole) // (2 * whole) if whole else 0

    @property
    def mean_fit(self) -> int | None:
        """The mean fit of a pair in whole points, halves up; None without pairs."""
        return (2 * self.total + self.pairs) // (2 * self.pairs) if self.pairs else None


_kept: KeptValues[PlanNumbers] = KeptValues(PLANS_KEPT)


def revisions_of(plans: Sequence[Plan]) -> Mapping[int, Hashable]:
    """Return by plan what names the state of its rows: in each database, whenever one of them was written, another."""
    rows = Plan.objects.filter(pk__in=[plan.pk for plan in plans]).values_list("pk", "run_id", "revision")
    return {key: (connection.settings_dict["NAME"], key, run, revision) for key, run, revision in rows.order_by("pk")}


def numbers_of(plans: Sequence[Plan], *, revisions: Mapping[int, Hashable] | None = None) -> Mapping[int, PlanNumbers]:
    """Return the numbers of plans by their key: counted once for each state of their rows.

    Args:
        plans: the plans.
        revisions: their revisions, where they were read a moment ago.
    """
    known = revisions_of(plans) if revisions is None else revisions
    counted = _counted([plan for plan in plans if known.get(plan.pk) not in _kept])

    def numbers(plan: Plan) -> PlanNumbers:
        return counted[plan.pk] if plan.pk in counted else _counted([plan])[plan.pk]

    return {plan.pk: _kept.get(known.get(plan.pk), partial(numbers, plan)) for plan in plans}


def _counted(plans: Sequence[Plan]) -> Mapping[int, PlanNumbers]:
    """Return the numbers of plans by their key, in two queries, and one more for each plan of peers."""
    if not plans:
        return {}
    keys = [plan.pk for plan in plans]
    made = {
        row["plan"]: row
        for row in PlanPair.objects.filter(plan__in=keys)
        .values("plan")
        .annotate(
            pairs=Count("pk"),
            matched=Count("mentee", distinct=True),
            top=Count("mentee", filter=Q(standing__range=(1, TOP_CHOICES)), distinct=True),
            lowest=Min("fit"),
            total=Sum("fit"),
        )
        .order_by("plan")
    }
    out = {
        row["plan"]: row["people"]
        for row in PlanUnmatched.objects.filter(plan__in=keys, label="")
        .values("plan")
        .annotate(people=Count("pk"))
        .order_by("plan")
    }
    # Whoever has somebody by an earlier plan, and only places open in this one.
    paired = PlanPair.objects.filter(plan=OuterRef("plan"), mentee=OuterRef("application"))
    earlier = {
        row["plan"]: row["people"]
        for row in PlanUnmatched.objects.filter(plan__in=keys)
        .exclude(label="")
        .exclude(Exists(paired))
        .values("plan")
        .annotate(people=Count("application", distinct=True))
        .order_by("plan")
    }
    numbers = {}
    for plan in plans:
        key = plan.pk
        row = made.get(key)
        if row is None:
            have = earlier.get(key, 0)
            numbers[key] = PlanNumbers(out.get(key, 0) + have, have, 0, None, 0, 0)
            continue
        matched = _peers_tied(plan) if plan.shape in ONE_POPULATION else row["matched"] + earlier.get(key, 0)
        numbers[key] = PlanNumbers(
            mentees=matched + out.get(key, 0),
            matched=matched,
            top=row["top"],
            lowest=row["lowest"],
            total=row["total"],
            pairs=row["pairs"],
            choosers=plan.choosers,
        )
    return numbers


def _peers_tied(plan: Plan) -> int:
    """Return how many people a plan of peers ties to somebody."""
    ties = PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor")
    return len({person for tie in ties for person in tie})
