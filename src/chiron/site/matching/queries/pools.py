"""The people whom a run pairs: accepted, with a free place at this moment, and what is fixed about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.models import PlanConstraint, PlanPair
from chiron.site.matching.queries.offers import KeptPlaces, offered_before, places_kept_in
from chiron.site.matching.rules import ONE_POPULATION, PlanShape, named_places
from chiron.site.programs.models import Cohort

FACTS = (
    "cohort_id",
    "role",
    "stage",
    "answers",
    "capacity",
    "wanted",
    "taken",
    "over_because",
    "person__name",
    "person__email",
    "site__name",
)
"""What a run asks of an application; of tens of thousands, a day or a password read in vain takes seconds."""

COUNTED_BY_DATABASE = frozenset({PlanShape.PAIRS, PlanShape.GROUPS})
"""Shapes in which a free place is one of a number on the application; the others' rounds are small."""


@dataclass(frozen=True, slots=True)
class CohortPools:
    """Who can be paired in a cohort now, in a fixed order, and what is fixed about them.

    Attributes:
        mentees, mentors: accepted people with a free place: agreed matches and offers that wait keep theirs.
        everyone: all accepted people, because names that somebody wrote may mean one without a free place.
        holds: who is locked together or kept apart.
        bent: keys of mentees and mentors for whom a coordinator once bent a rule, with a reason.
        offered: keys of mentees and mentors who have been offered each other: they are together, one said no or
            nothing, or their match has ended.
        kept: what standing offers fill already.
    """

    mentees: Sequence[Application]
    mentors: Sequence[Application]
    holds: Sequence[PlanConstraint]
    bent: frozenset[tuple[int, int]] = frozenset()
    everyone: Sequence[Application] = ()
    offered: frozenset[tuple[int, int]] = frozenset()
    kept: KeptPlaces = field(default_factory=lambda: KeptPlaces({}, {}, {}))


def pools_of(cohort: Cohort) -> CohortPools:
    """Return who is free in a cohort by role, the earliest first, and who is locked, kept apart or was offered.

    Where all are peers, everybody stands among the mentees, each person once. A mentor without a free place is there
    where those whom they help count: in the size of a group, or under a limit of the rules.
    """
    accepted = list(
        Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED)
        .select_related("person", "site")
        .only(*FACTS)
        .order_by("pk")
    )
    offered = frozenset(offered_before(cohort))
    if shape_of(cohort) in ONE_POPULATION:
        once = {application.person_id: application for application in reversed(accepted)}
        accepted = sorted(once.values(), key=lambda application: application.pk)
        free = [application for application in accepted if application.has_free_place]
        return CohortPools(mentees=free, mentors=[], holds=list(holds_of(cohort)), everyone=accepted, offered=offered)
    kept, shape = places_kept_in(cohort), shape_of(cohort)
    counts_full = shape is PlanShape.GROUPS or bool(cohort.matching.get("caps"))
    return CohortPools(
        mentees=[one for one in accepted if one.role == Role.MENTEE and _asks(one, cohort, kept)],
        mentors=[
            one
            for one in accepted
            if one.role == Role.MENTOR and (one.has_free_place or (counts_full and one.pk in kept.helped))
        ],
        holds=list(holds_of(cohort)),
        bent=frozenset(
            PlanPair.objects.filter(plan__cohort=cohort, is_bent=True).values_list("mentee_id", "mentor_id")
        ),
        everyone=accepted,
        offered=offered,
        kept=kept,
    )


def numbers_free_in(cohort: Cohort) -> tuple[int, int]:
    """Return how many mentees and mentors of a cohort have a free place, as `pools_of` counts them; cheap at any size.

    Where all are peers, the first number is that of all people with a free place, and the second 0.
    """
    if shape_of(cohort) not in COUNTED_BY_DATABASE:
        pools = pools_of(cohort)
        return len(pools.mentees), sum(one.has_free_place for one in pools.mentors)
    found = Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED).aggregate(
        mentees=Count("pk", filter=Q(role=Role.MENTEE) & (Q(taken=0) | Q(taken__lt=F("wanted")))),
        mentors=Count("pk", filter=Q(role=Role.MENTOR) & (Q(taken=0) | Q(capacity=None) | Q(taken__lt=F("capacity")))),
    )
    return found["mentees"], found["mentors"]


def _asks(mentee: Application, cohort: Cohort, kept: KeptPlaces) -> bool:
    """Return whether a mentee has a place that nobody fills; places that have names are counted by them."""
    named = named_places(cohort.matching.get("shape", {}))
    return len(kept.places.get(mentee.pk, ())) < named if named else mentee.has_free_place


def shape_of(cohort: Cohort) -> PlanShape:
    """Return what the plans of a cohort are made of, as its rules say."""
    return PlanShape(cohort.matching.get("shape", {}).get("kind", PlanShape.PAIRS))


def holds_of(cohort: Cohort) -> QuerySet[PlanConstraint]:
    """Return who is locked together or kept apart in a cohort, the newest first, with their names."""
    return (
        PlanConstraint.objects.filter(cohort=cohort)
        .select_related("mentee__person", "mentor__person", "by")
        .order_by("-at", "-pk")
    )
