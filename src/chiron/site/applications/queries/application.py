"""Reads of applications, scoped by who asks; what is not theirs is not found."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db.models import Count, QuerySet

from chiron.sheets.names.words import folded
from chiron.site.applications.models import Application
from chiron.site.applications.rules.application import DECIDED, ApplicationFilter, Role, Stage
from chiron.site.notices.models import Notice
from chiron.site.notices.rules import LEFT, NoticeState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort, Staff
from chiron.site.programs.rules import StaffRole

MOST_DECIDED = 200
"""More people than a list shows, so more than one press accepts."""


def applications_coordinated_by(person: Person) -> QuerySet[Application]:
    """Return every application to the cohorts that a person coordinates, by name."""
    cohorts = Staff.objects.filter(person_id=person.pk, role=StaffRole.COORDINATOR).values("cohort")
    return (
        Application.objects.filter(cohort__in=cohorts)
        .select_related("person", "cohort", "site")
        .order_by("person__name", "pk")
    )


def applications_screenable_by(person: Person) -> QuerySet[Application]:
    """Return the applications of the cohorts that a person coordinates, the longest waiting first.

    Nobody screens their own application, so a coordinator's own are not among them.
    """
    return applications_coordinated_by(person).exclude(person_id=person.pk).order_by("submitted_at", "pk")


def applications_of(person: Person) -> QuerySet[Application]:
    """Return a person's own applications, the newest first, with cohort and programme."""
    return (
        Application.objects.filter(person_id=person.pk)
        .select_related("cohort__program__organization", "site")
        .order_by("-pk")
    )


def decision_group(application: Application) -> str:
    """Return the name under which the messages about the decisions on an application stand."""
    return f"decision:{application.pk}"


def decisions_told(applications: Sequence[Application]) -> set[int]:
    """Return the keys of those applications of whose last decision a message has left; one query.

    Where no mail goes, a message has left once it is released: then the coordinator hands it over.
    """
    return _by_message(applications, list(LEFT) if settings.CHIRON_CAN_MAIL else [*LEFT, NoticeState.READY])


def decisions_undoable_by(person: Person, cohort: Cohort, keys: Sequence[int]) -> list[int]:
    """Return the keys of those whom a person has just accepted together, while all of that can be undone; else none."""
    if not keys:
        return []
    rows = list(
        applications_screenable_by(person).filter(cohort=cohort, pk__in=keys, stage=Stage.ACCEPTED, taken=0)[
            :MOST_DECIDED
        ]
    )
    return [] if decisions_told(rows) else [one.pk for one in rows]


def decisions_untold(applications: Sequence[Application]) -> set[int]:
    """Return the keys of those applications whose decision waits in the outbox: their people do not know it yet."""
    waiting = [NoticeState.DRAFT, NoticeState.HELD]
    return _by_message(applications, [*waiting, NoticeState.READY] if settings.CHIRON_CAN_MAIL else waiting)


def _by_message(applications: Sequence[Application], states: Sequence[str]) -> set[int]:
    groups = {decision_group(application): application for application in applications if application.stage in DECIDED}
    found = Notice.objects.filter(group__in=list(groups), state__in=states).values_list("group", "written_at")
    return {groups[group].pk for group, written_at in found if written_at == groups[group].decided_at}


def pool_of(cohort: Cohort, role: Role) -> QuerySet[Application]:
    """Return the matching pool of a cohort: its accepted applications in a role, in the order they came."""
    return (
        Application.objects.filter(cohort=cohort, role=role, stage=Stage.ACCEPTED)
        .select_related("person", "site")
        .order_by("pk")
    )


def applications_shown(applications: QuerySet[Application], shown: ApplicationFilter) -> QuerySet[Application]:
    """Return those of some applications that a list shows; words are looked for in name and e-mail address."""
    if shown.role is not None:
        applications = applications.filter(role=shown.role)
    if shown.stage is not None:
        applications = applications.filter(stage=shown.stage)
    return applications.filter(pk__in=keys_called(applications, shown.words)) if shown.words.split() else applications


def keys_called(applications: QuerySet[Application], words: str) -> list[int]:
    """Return the keys of those applications whose name and e-mail address hold all of some words.

    Accents and apostrophes count for nothing, and no database says so in the same way as another.
    """
    sought = [folded(word) for word in words.split()]
    named = applications.order_by().values_list("pk", "person__name", "person__email")
    return [pk for pk, name, email in named if all(word in folded(f"{name} {email}") for word in sought)]


def counts_of(cohort: Cohort) -> Mapping[tuple[Role, Stage], int]:
    """Return how many applications of a cohort there are by role and stage; one query."""
    counted = Application.objects.filter(cohort=cohort).values_list("role", "stage").annotate(number=Count("pk"))
    return {(Role(role), Stage(stage)): number for role, stage, number in counted}
