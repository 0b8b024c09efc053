"""The people whom a run pairs: the accepted applications of a cohort, and what is fixed about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.models import PlanConstraint, PlanPair
from chiron.site.matching.rules import ONE_POPULATION, PlanShape
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class CohortPools:
    """Everybody who can be paired in a cohort, in a fixed order, and the holds on them.

    `bent` are the keys of mentees and mentors for whom a coordinator once bent a rule, with a reason.
    """

    mentees: Sequence[Application]
    mentors: Sequence[Application]
    holds: Sequence[PlanConstraint]
    bent: frozenset[tuple[int, int]] = frozenset()


def pools_of(cohort: Cohort) -> CohortPools:
    """Return the accepted people of a cohort by role, the earliest first, and who is locked or kept apart.

    Where all are peers, everybody stands among the mentees, each person once.
    """
    accepted = list(
        Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED).select_related("person", "site").order_by("pk")
    )
    if shape_of(cohort) in ONE_POPULATION:
        once = {application.person_id: application for application in reversed(accepted)}
        accepted = sorted(once.values(), key=lambda application: application.pk)
        return CohortPools(mentees=accepted, mentors=[], holds=list(holds_of(cohort)))
    return CohortPools(
        mentees=[application for application in accepted if application.role == Role.MENTEE],
        mentors=[application for application in accepted if application.role == Role.MENTOR],
        holds=list(holds_of(cohort)),
        bent=frozenset(
            PlanPair.objects.filter(plan__cohort=cohort, is_bent=True).values_list("mentee_id", "mentor_id")
        ),
    )


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
