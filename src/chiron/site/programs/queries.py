"""Reads of programmes and cohorts, scoped by who asks; what is not theirs is not found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.apps import apps
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from chiron.blueprints.schema.matching import Matching
from chiron.sheets.files.page import Page
from chiron.site.audit.models import Event
from chiron.site.audit.queries import events_in_scope
from chiron.site.notices.models import Notice
from chiron.site.notices.rules import as_shown
from chiron.site.organizations.models import Organization
from chiron.site.people.models import Person
from chiron.site.programs.models import Approval, Cohort, Program, Staff
from chiron.site.programs.rules import (
    ACT_ON_ALL,
    EVENT_PAGES,
    PREFIX_OF_MATCHES,
    ActPossible,
    ApprovedAct,
    CohortStage,
    OutboxAct,
    OutboxAsked,
    StaffRole,
    event_words,
)
from chiron.site.shared.forms import digest_of_keys


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened in a cohort: when, who did it, what, about whom, and the name of its page's address."""

    at: datetime
    who: str
    words: str
    about: str
    subject_id: int | None
    page: str


def cohorts_coordinated_by(person: Person) -> QuerySet[Cohort]:
    """Return the cohorts that a person coordinates, the newest first, with programme and organisation."""
    places = Staff.objects.filter(person_id=person.pk, role=StaffRole.COORDINATOR).values("cohort")
    return Cohort.objects.filter(pk__in=places).select_related("program__organization").order_by("-pk")


def cohorts_reported_to(person: Person) -> QuerySet[Cohort]:
    """Return the cohorts whose report a person may read: as leader or as coordinator, the newest first."""
    places = Staff.objects.filter(person_id=person.pk).values("cohort")
    return Cohort.objects.filter(pk__in=places).select_related("program__organization").order_by("-pk")


def staff_of(cohort: Cohort) -> QuerySet[Staff]:
    """Return who runs a cohort, coordinators first."""
    return Staff.objects.filter(cohort=cohort).select_related("person").order_by("role", "person__name", "pk")


def people_with_addresses(cohort: Cohort, addresses: Collection[str]) -> list[Person]:
    """Return who takes part in a cohort and has one of some addresses, by name; its coordinators give out their own."""
    coordinators = Staff.objects.filter(cohort=cohort, role=StaffRole.COORDINATOR).values("person")
    there = Person.objects.filter(applications__cohort=cohort, email__in=list(addresses))
    return list(there.exclude(pk__in=coordinators).order_by("name", "pk").distinct())


def matching_of(cohort: Cohort) -> Matching:
    """Return a cohort's copy of its rules, checked again as it is read."""
    return Matching.model_validate(cohort.matching)


def approval_asked(cohort: Cohort, act: ApprovedAct, subject: int) -> Approval | None:
    """Return what a coordinator has asked another one to do about a subject, by its key; None where nobody has.

    Nobody has to ask where the cohort, as it was fetched, needs no second person.
    """
    if not cohort.publish_needs_second:
        return None
    return Approval.objects.filter(cohort=cohort, act=act, subject=subject).select_related("asked_by").first()


def may_act(cohort: Cohort, act: ApprovedAct, subject: int, *, seen: str, by: Person) -> bool:
    """Return whether a coordinator may do something now, or has to ask another one: see `Cohort.publish_needs_second`.

    Args:
        cohort: theirs; whether it needs a second person is read anew.
        act: what.
        subject: the key of what it is about.
        seen: the digest of what they have read.
        by: the coordinator.
    """
    if not Cohort.objects.filter(pk=cohort.pk, publish_needs_second=True).exists():
        return True
    return Approval.objects.filter(cohort=cohort, act=act, subject=subject, seen=seen).exclude(asked_by=by).exists()


def coordinators_of(cohort: Cohort) -> int:
    """Return how many people coordinate a cohort."""
    return Staff.objects.filter(cohort=cohort, role=StaffRole.COORDINATOR, person__is_active=True).count()


def programs_listed() -> QuerySet[Program]:
    """Return the programmes that the public may see, with their cohorts, by name."""
    newest = Prefetch("cohorts", queryset=Cohort.objects.order_by("-pk"), to_attr="newest_cohorts")
    return (
        Program.objects.filter(is_listed=True)
        .select_related("organization")
        .prefetch_related(newest)
        .order_by("name", "pk")
    )


def newest_cohort(program: Program) -> Cohort | None:
    """Return the newest cohort of a programme, which is the one that the public may join; None where there is none."""
    return Cohort.objects.filter(program=program).order_by("-pk").first()


def programs_shown(*, is_open: bool, organization: str) -> QuerySet[Program]:
    """Return the listed programmes that a finder shows: those open to join, or of one organisation (its slug)."""
    programs = programs_listed()
    if is_open:
        programs = programs.filter(pk__in=Cohort.objects.filter(stage=CohortStage.APPLYING).values("program"))
    return programs.filter(organization__slug=organization) if organization else programs


def organizations_listed() -> QuerySet[Organization]:
    """Return the organisations with a listed programme, by name."""
    listed = Program.objects.filter(is_listed=True).values("organization")
    return Organization.objects.filter(pk__in=listed).order_by("name", "pk")


def notices_coordinated_by(person: Person) -> QuerySet[Notice]:
    """Return the messages of the cohorts that a person coordinates, the newest first."""
    cohorts = Staff.objects.filter(person_id=person.pk, role=StaffRole.COORDINATOR).values_list("cohort_id", flat=True)
    scopes = [f"cohort:{cohort_id}" for cohort_id in cohorts]
    return Notice.objects.filter(scope__in=scopes).select_related("to", "edited_by").order_by("-pk")


def notices_shown(notices: QuerySet[Notice], asked: OutboxAsked) -> QuerySet[Notice]:
    """Return those of some messages that an outbox shows; words are looked for in name, address and subject."""
    if asked.state:
        notices = notices.filter(state=asked.state)
    for word in asked.words.split():
        notices = notices.filter(
            Q(to__name__icontains=word) | Q(to__email__icontains=word) | Q(subject__icontains=word)
        )
    return notices


def notices_acted_on(notices: QuerySet[Notice], act: OutboxAct, *, cohort: Cohort) -> QuerySet[Notice]:
    """Return those of some messages that an act on all of them is about.

    Where the cohort needs a second person, what was changed by hand leaves one by one only.
    """
    found = notices.filter(state__in=sorted(ACT_ON_ALL[act]))
    if act is OutboxAct.RELEASE and cohort.publish_needs_second:
        return found.exclude(kind__startswith=PREFIX_OF_MATCHES, edited_at__isnull=False)
    return found


def acts_possible(notices: QuerySet[Notice], *, cohort: Cohort, can_mail: bool) -> dict[OutboxAct, ActPossible]:
    """Return with which of some messages each act can be done; one query an act.

    Args:
        notices: those that are shown.
        cohort: theirs.
        can_mail: whether the site sends them itself; then nobody says that they were sent by hand.
    """
    acts = [act for act in OutboxAct if act is not OutboxAct.SENT or not can_mail]
    shown = {
        act: [
            as_shown(key, at)
            for key, at in notices_acted_on(notices, act, cohort=cohort).order_by().values_list("pk", "edited_at")
        ]
        for act in acts
    }
    return {act: ActPossible(len(found), digest_of_keys(found)) for act, found in shown.items()}


def messages_page(cohort: Cohort) -> Page:
    """Return every message of a cohort as a sheet, in the order they were written; moments are in UTC."""
    notices = Notice.objects.filter(scope=cohort.scope).select_related("to").order_by("pk")
    headings = (_("To"), _("E-mail"), _("Subject"), _("Message"), _("State"), _("Written at"), _("Sent at"))
    rows = tuple(
        (one.to.name, one.to.email, one.subject, one.body, one.state, _moment(one.written_at), _moment(one.sent_at))
        for one in notices
    )
    return Page(name="Messages", headings=headings, rows=rows, filtered=True)


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(sep=" ", timespec="seconds")


def history_of(cohort: Cohort) -> QuerySet[Event]:
    """Return what happened in a cohort, the newest first."""
    return events_in_scope(cohort.scope)


def history_rows(events: Sequence[Event]) -> list[HistoryRow]:
    """Return events with the names of who did them and whom they are about: one query for each kind of subject."""
    actors = Person.objects.in_bulk({event.by_id for event in events if event.by_id is not None})
    types = {event.subject_type for event in events if event.subject_type}
    names = {kind: _subject_names(kind, [one for one in events if one.subject_type == kind]) for kind in types}
    return [
        HistoryRow(
            at=event.at,
            who=str(actors[event.by_id]) if event.by_id in actors else "",
            words=event_words(event.kind),
            about=names.get(event.subject_type, {}).get(event.subject_id or 0, ""),
            subject_id=event.subject_id,
            page=EVENT_PAGES.get(event.kind, ""),
        )
        for event in events
    ]


def _subject_names(subject_type: str, events: Sequence[Event]) -> Mapping[int, str]:
    """Return the names of the subjects of some events: of the person they belong to, or their own."""
    model = apps.get_model(subject_type)
    fields = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 -- public in Django
    label = next((name for name in ("person__name", "name", "file_name") if name.split("__")[0] in fields), None)
    if label is None:
        return {}
    ids = {event.subject_id for event in events}
    return dict(model._default_manager.filter(pk__in=ids).values_list("pk", label))  # noqa: SLF001 -- public in Django


def runs_something(person: Person) -> bool:
    """Return whether a person coordinates a cohort or runs the site."""
    places = Staff.objects.filter(person_id=person.pk, role=StaffRole.COORDINATOR)
    return person.is_staff or places.exists()
