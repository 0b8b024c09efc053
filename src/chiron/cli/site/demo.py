"""A programme of made-up people for `chiron demo`, filled in through the operations that people use."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from chiron.blueprints.invent.people import invent
from chiron.blueprints.schema.defaults import default_matching
from chiron.blueprints.schema.person import Participant
from chiron.site.applications.models import Application
from chiron.site.applications.operations.application import accept_applications, submit_application
from chiron.site.applications.operations.imports import keep_upload
from chiron.site.applications.rules import Role
from chiron.site.matching.models import Offer, Plan
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.queries.numbers import numbers_of
from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.operations import accept_offer, decline_offer, publish_plan
from chiron.site.organizations.models import Organization, Site
from chiron.site.organizations.operations import add_organization, add_site
from chiron.site.people.models import Person
from chiron.site.people.operations import add_person
from chiron.site.programs.models import Cohort, Program
from chiron.site.programs.operations import add_program, give_place, move_to_stage, open_cohort
from chiron.site.programs.rules import CohortStage, StaffRole
from chiron.site.shared.jobs.operations import run_waiting_jobs

HOSPITALS = ("Riverside General", "St Brigid's Hospital", "Harbour Children's Hospital", "Northmoor Infirmary")
SEED = 7
MENTORS, MENTEES = 60, 120
PUBLISHED_MENTORS, PUBLISHED_MENTEES = 18, 30
APPLYING_MENTORS, APPLYING_MENTEES, IMPORT_FROM = 16, 20, 90
COORDINATOR = "coordinator@demo.example"
REACH_KM = 60


@dataclass(frozen=True, slots=True)
class House:
    """What every cohort of the demo shares: its programme, its sites, its staff and its made-up people."""

    program: Program
    sites: Mapping[str, Site]
    coordinator: Person
    leader: Person
    mentors: Sequence[tuple[Participant, Person]]
    mentees: Sequence[tuple[Participant, Person]]


def fill(*, stage: str, now: datetime, say: Callable[[str, str], None]) -> str:
    """Fill an empty site, and return the e-mail address of the coordinator whom the link signs in.

    Args:
        stage: where the programme stands that is shown first: applying, matching, running or finished.
        now: the present moment; every date is relative to it.
        say: told each line that the terminal shows, as label and text.
    """
    fillers = {"applying": _fill_applying, "running": _fill_running, "matching": _fill_matching}
    first = "running" if stage == "finished" else stage
    with transaction.atomic():
        house = _house(now)
    # The newest cohort is the one that is shown first.
    for name in [*(name for name in fillers if name != first), first]:
        fillers[name](house, now)
    plan = Plan.objects.filter(cohort__stage=CohortStage.MATCHING).order_by("pk").last()
    say("Made-up people", f"{MENTORS} mentors, {MENTEES} mentees, {len(HOSPITALS)} hospitals, {len(fillers)} stages")
    if plan is not None:
        numbers = numbers_of([plan])[plan.pk]
        proof = "proved best" if plan.run.answer["proved_best"] else "best found"
        say("Best plan", f"{numbers.matched} of {numbers.mentees} matched, {proof}")
    return COORDINATOR


def demo_matching() -> dict[str, Any]:
    """Return the built-in rules, with two more that must hold: a common language, and a place within reach."""
    matching = default_matching().model_dump(mode="json", exclude_defaults=True)
    matching["rules"] += [
        {"name": "A common language", "kind": "overlap", "field": "languages", "must": True},
        {
            "name": "Within reach",
            "kind": "distance",
            "field": "place",
            "must": True,
            "options": {"km": REACH_KM, "remote_column": "remote"},
        },
    ]
    return matching


def _house(now: datetime) -> House:
    """Add the organisation, its sites, its staff and every made-up person."""
    coordinator = add_person(email=COORDINATOR, name="Robin Achterberg", by=None, now=now, is_staff=True)
    leader = add_person(email="leader@demo.example", name="Wanjiru Castellane", by=coordinator, now=now)
    organization: Organization = add_organization(name="Demo Trust", slug="demo-trust", by=coordinator, now=now)
    mentors, mentees = invent(mentors=MENTORS, mentees=MENTEES, seed=SEED, organizations=HOSPITALS)
    places = {person.answers["organization"]: person.answers["place"] for person in (*mentees, *mentors)}
    sites = {
        name: add_site(organization=organization, name=name, place=places.get(name), by=coordinator, now=now)
        for name in HOSPITALS
    }
    program = add_program(
        organization=organization,
        name="First years on the ward",
        slug="first-years",
        summary="Made up for this demo. A year of mentoring for people who are new in their profession.",
        audience="Nurses, doctors, midwives and allied health professionals in their first years",
        is_listed=True,
        by=coordinator,
        now=now,
    )
    return House(
        program=program,
        sites=sites,
        coordinator=coordinator,
        leader=leader,
        mentors=[(person, _person(person, coordinator, now)) for person in mentors],
        mentees=[(person, _person(person, coordinator, now)) for person in mentees],
    )


def _person(made_up: Participant, by: Person, now: datetime) -> Person:
    return add_person(email=made_up.answers["email"], name=made_up.name, by=by, now=now)


def _fill_applying(house: House, now: datetime) -> None:
    """Open a cohort in which people still apply, and an uploaded sheet waits."""
    with transaction.atomic():
        cohort = _cohort(house, "Next year", now, in_days=150)
        _accept(house, _apply(house, cohort, house.mentors[:APPLYING_MENTORS], Role.MENTOR, now), now)
        _apply(house, cohort, house.mentees[:APPLYING_MENTEES], Role.MENTEE, now)
        keep_upload(
            cohort=cohort,
            role=Role.MENTEE,
            file_name="mentees who answered the form.csv",
            content=_sheet([person for person, _ in house.mentees[IMPORT_FROM:]]),
            by=house.coordinator,
            now=now - timedelta(hours=2),
        )


def _fill_matching(house: House, now: datetime) -> None:
    """Fill a cohort with everybody, and work out two plans: the highest total first, then nobody left out."""
    with transaction.atomic():
        cohort = _cohort(house, "This year", now, in_days=30)
        everyone = _apply(house, cohort, house.mentors, Role.MENTOR, now)
        everyone += _apply(house, cohort, house.mentees, Role.MENTEE, now)
        _accept(house, everyone, now)
        cohort = move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=house.coordinator, now=now)
    for aim, ago in (("total", 90), ("everyone", 20)):
        _plan(house, cohort, aim, now - timedelta(minutes=ago))


def _fill_running(house: House, now: datetime) -> None:
    """Fill a cohort, publish its plan, and let some people answer."""
    then = now - timedelta(days=6)
    with transaction.atomic():
        cohort = _cohort(house, "Spring group", then, in_days=0)
        people = _apply(house, cohort, house.mentors[:PUBLISHED_MENTORS], Role.MENTOR, then)
        people += _apply(house, cohort, house.mentees[:PUBLISHED_MENTEES], Role.MENTEE, then)
        _accept(house, people, then)
        cohort = move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=house.coordinator, now=then)
    plan = _plan(house, cohort, "everyone", then)
    with transaction.atomic():
        publish_plan(
            plan=plan,
            held_back=(),
            send_after=None,
            link_to=_offer_link,
            by=house.coordinator,
            now=now - timedelta(days=4),
        )
        offers = Offer.objects.filter(cohort=cohort).order_by("pk")
        for number, offer in enumerate(offers[1:]):
            _answer(offer, number, now - timedelta(days=3) + timedelta(hours=number))


def _answer(offer: Offer, number: int, moment: datetime) -> None:
    """Let an offer be answered by both, by one side, with a no, or not yet, in turn."""
    members = {one.part: one for one in offer.members.select_related("application__person")}
    mentee, mentor = members["mentee"], members["mentor"]
    if number % 3 == 0:
        accept_offer(member=mentee, link_to=_match_link, by=mentee.application.person, now=moment)
    if number % 3 != 2:  # noqa: PLR2004 -- every third waits for both
        accept_offer(member=mentor, link_to=_match_link, by=mentor.application.person, now=moment)
    elif number == 5:  # noqa: PLR2004 -- one no is enough to be seen
        decline_offer(member=mentor, reason=DeclineReason.TIME, by=mentor.application.person, now=moment)


def _cohort(house: House, name: str, now: datetime, *, in_days: int) -> Cohort:
    starts = (now + timedelta(days=in_days)).date()
    cohort = open_cohort(
        program=house.program,
        name=name,
        matching=demo_matching(),
        starts_on=starts,
        ends_on=starts + timedelta(days=365),
        by=house.coordinator,
        now=now,
    )
    give_place(cohort=cohort, person=house.coordinator, role=StaffRole.COORDINATOR, by=house.coordinator, now=now)
    give_place(cohort=cohort, person=house.leader, role=StaffRole.LEADER, by=house.coordinator, now=now)
    return cohort


def _apply(
    house: House, cohort: Cohort, people: Sequence[tuple[Participant, Person]], role: Role, now: datetime
) -> list[Application]:
    return [
        submit_application(
            cohort=cohort,
            person=person,
            role=role,
            answers={name: value for name, value in {**made_up.answers, "id": made_up.id}.items() if value is not None},
            capacity=made_up.capacity,
            site=house.sites[made_up.answers["organization"]],
            by=person,
            now=now - timedelta(days=10),
        )
        for made_up, person in people
    ]


def _accept(house: House, applications: Sequence[Application], now: datetime) -> None:
    accept_applications(applications=applications, by=house.coordinator, now=now - timedelta(days=2))


def _plan(house: House, cohort: Cohort, aim: str, now: datetime) -> Plan:
    run = ask_for_run(cohort=cohort, aim=aim, by=house.coordinator, now=now)
    run_waiting_jobs(now=now)
    return Plan.objects.get(run=run)


def _offer_link(offer_id: int) -> str:
    return f"{settings.CHIRON_SITE_URL}{reverse('mentorships:offer', args=[offer_id])}"


def _match_link(match_id: int) -> str:
    return f"{settings.CHIRON_SITE_URL}{reverse('mentorships:match', args=[match_id])}"


def _sheet(people: Sequence[Participant]) -> bytes:
    """Return a spreadsheet as somebody's form gave it: a few columns, one of them unused, one cell to fix."""
    text = StringIO()
    writer = csv.writer(text)
    headings = ["Timestamp", "Full name", "E-mail", "What would you like help with?", "Grade", "Specialty", "Languages"]
    writer.writerow(headings)
    for number, person in enumerate(people):
        email = "not yet" if number == 4 else person.answers["email"]  # noqa: PLR2004 -- one cell needs fixing
        goals, languages = "; ".join(person.answers["goals"]), ", ".join(person.answers["languages"])
        stage, field = person.answers["stage"], person.answers["field"]
        writer.writerow([f"{number + 1} May, 10:{number:02}", person.name, email, goals, stage, field, languages])
    return text.getvalue().encode()
