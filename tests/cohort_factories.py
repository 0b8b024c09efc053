"""Plain functions that make cohorts with made-up staff and applicants for tests."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from django.test import Client

from chiron.blueprints.schema.defaults import default_matching
from chiron.site.applications.models import Application
from chiron.site.applications.operations import accept_application, submit_application
from chiron.site.applications.rules import Role
from chiron.site.organizations.models import Organization
from chiron.site.organizations.operations import add_organization
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort, Program
from chiron.site.programs.operations import add_program, give_place, open_cohort
from chiron.site.programs.rules import StaffRole
from factories import NOW, make_person

NUMBERS = count(1)


def make_organization() -> Organization:
    """Make an organisation."""
    number = next(NUMBERS)
    return add_organization(name=f"Made-up Trust {number}", slug=f"trust-{number}", by=None, now=NOW)


def make_program(*, is_listed: bool = True, organization: Organization | None = None) -> Program:
    """Make a programme of an organisation."""
    number = next(NUMBERS)
    return add_program(
        organization=organization or make_organization(),
        name=f"Programme {number}",
        slug=f"programme-{number}",
        summary="Made up for a test.",
        audience="New consultants",
        is_listed=is_listed,
        by=None,
        now=NOW,
    )


def make_cohort(*, program: Program | None = None, matching: Mapping[str, Any] | None = None) -> Cohort:
    """Make a cohort with the built-in rules."""
    rules = default_matching().model_dump(mode="json") if matching is None else matching
    program = program or make_program()
    return open_cohort(program=program, name=f"Spring {next(NUMBERS)}", matching=rules, by=None, now=NOW)


def make_coordinator(cohort: Cohort) -> Person:
    """Make a person who coordinates a cohort."""
    person = make_person()
    give_place(cohort=cohort, person=person, role=StaffRole.COORDINATOR, by=None, now=NOW)
    return person


def make_leader(cohort: Cohort) -> Person:
    """Make a person who reads a cohort's totals."""
    person = make_person()
    give_place(cohort=cohort, person=person, role=StaffRole.LEADER, by=None, now=NOW)
    return person


def make_applicant(cohort: Cohort, role: Role = Role.MENTEE, *, name: str = "", **answers: Any) -> Application:
    """Make an application that waits for a decision."""
    return submit_application(cohort=cohort, person=make_person(name), role=role, answers=answers, by=None, now=NOW)


def make_member(cohort: Cohort, role: Role = Role.MENTEE, *, name: str = "") -> Application:
    """Make an accepted application."""
    return accept_application(application=make_applicant(cohort, role, name=name), by=make_person(), now=NOW)


def signed_in(client: Client, person: Person) -> Client:
    """Return the client, signed in as a person."""
    client.force_login(person)
    return client


def client_of(who: str, cohort: Cohort) -> Client:
    """Return a client signed in as somebody: coordinator, stranger (coordinates another cohort), leader, mentor, mentee."""
    client = Client()
    people = {
        "coordinator": lambda: make_coordinator(cohort),
        "stranger": lambda: make_coordinator(make_cohort()),
        "leader": lambda: make_leader(cohort),
        "mentor": lambda: make_member(cohort, Role.MENTOR).person,
        "mentee": lambda: make_member(cohort, Role.MENTEE).person,
    }
    if who in people:
        client.force_login(people[who]())
    return client
