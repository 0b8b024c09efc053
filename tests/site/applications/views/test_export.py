"""What is exported comes in again without loss: export, import into an empty site, export again, identical."""

import io
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client

from chiron.blueprints.schema.defaults import default_matching
from chiron.blueprints.schema.fields import FieldSpec, standard_fields
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.vocabulary.world import health_fields, ladder
from chiron.sheets.cells.weeks import HALF_HOURS
from chiron.site.applications.models import Application, Import
from chiron.site.applications.operations import decline_application, withdraw_application
from chiron.site.applications.rules import Role
from chiron.site.applications.rules.naming import ALSO_CALLED, MEANS_NOBODY
from chiron.site.organizations.models import Site
from chiron.site.organizations.operations import add_site
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from cohort_factories import client_of, make_applicant, make_cohort, make_member
from factories import NOW, make_person
from site_import_pages import do_it, map_columns, upload

pytestmark = pytest.mark.django_db
WORDS = ("Research", "Exams, and revision", "A / B", "=1+1", "Écoute", "Leadership (ward, clinic)", "@x", "St. X")
ANSWERS: Mapping[str, Callable[[Random], Any]] = {
    "languages": lambda dice: dice.sample(["English", "Spanish", "Welsh"], dice.randint(1, 2)),
    "time_zone": lambda _: "America/New_York",
    "list": lambda dice: dice.sample(WORDS, dice.randint(1, 3)),
    "number": lambda dice: dice.randint(0, 5),
    "flag": lambda dice: dice.random() < 0.5,
    "stage": lambda dice: dice.choice(ladder().steps),
    "field": lambda dice: dice.choice([*sorted(health_fields())[:40], "Bee keeping"]),
    "hours": lambda dice: 0b111 << dice.randrange(300) | 1 << dice.randrange(HALF_HOURS),
    "place": lambda dice: [round(dice.uniform(-89, 89), 5), round(dice.uniform(-179, 179), 5)],
    "ranking": lambda dice: dice.sample(["Bo Li", "Hughes, Sian", "M-17", "Zoë Quist"], dice.randint(1, 3)),
    "text": lambda _: "Two lines\nand a comma, “quotes” and =SUM(1)",
}


def answer_to(dice: Random, name: str, spec: FieldSpec) -> Any:
    """Return an answer such as an application keeps."""
    if name in ANSWERS or (spec.type in ANSWERS and not spec.keeps_apart):
        return ANSWERS[name if name in ANSWERS else spec.type](dice)
    return dice.choice(["Plain", "With, comma", "00417"])


def rules() -> dict[str, Any]:
    """Return rules that ask for everything, but for who somebody is."""
    fields = {name: spec for name, spec in standard_fields().items() if not spec.sensitive}
    return Matching(fields=fields, rules=default_matching().rules).model_dump(mode="json")


def fill(cohort: Cohort, *, people: int = 12) -> None:
    """Fill a cohort with people of whom everything there is was asked."""
    dice = Random(7)
    site = add_site(organization=cohort.program.organization, name="St Mary's, East", place=None, by=None, now=NOW)
    for number in range(people):
        for role in Role:
            fields = {name: spec for name, spec in standard_fields().items() if spec.asked_of(role.value)}
            asked = [name for name in fields if name not in {"name", "first_name", "last_name", "preferred_name", "email",
                                                             "places", "wanted", "site", "id"}]  # fmt: skip
            one = make_member(
                cohort, role, name=f"Person {'abcdefghijklmn'[number]}x {role.value.capitalize()} (made up)"
            )
            one.answers = {name: answer_to(dice, name, fields[name]) for name in dice.sample(asked, 14)}
            one.capacity = number if role is Role.MENTOR else None
            one.wanted = 1 + number % 3 if role is Role.MENTEE else 1
            one.site = site if number % 2 else None
            one.save()
    last = Application.objects.filter(cohort=cohort, role=Role.MENTEE).last()
    last.answers |= {"not_with": "my boss", MEANS_NOBODY: {"not_with": "my boss"}, "id": "00417"}
    last.save()
    first = Application.objects.filter(cohort=cohort, role=Role.MENTOR).first()
    first.answers |= {ALSO_CALLED: ["Elizabeth Müller"]}
    first.save()
    Person.objects.filter(pk=first.person_id).update(name="Liz Müller")
    make_applicant(cohort, Role.MENTEE, name="Waiting Roe")
    decline_application(application=make_applicant(cohort, Role.MENTEE, name="Declined Roe"), by=make_person(), now=NOW)
    withdraw_application(application=make_member(cohort, Role.MENTOR, name="Withdrawn Roe"), by=make_person(), now=NOW)


def content() -> list[Any]:
    """Return everything that an export has to keep, of everybody who applied."""
    hidden = {name for name, spec in standard_fields().items() if spec.sensitive}
    rows = Application.objects.select_related("person", "site").order_by("role", "pk")
    return [
        (one.role, one.person.email, one.person.name, one.capacity, one.wanted, one.stage,
         one.site.name if one.site else None,
         {name: value for name, value in one.answers.items() if name not in {*hidden, "site"}})
        for one in rows
    ]  # fmt: skip


def empty_site() -> None:
    Application.objects.all().delete()
    Import.objects.all().delete()
    Site.objects.all().delete()
    Person.objects.filter(staff_places=None).delete()


def cells(answer: HttpResponse) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def exported(client: Client, cohort: Cohort, kind: str) -> dict[Role, bytes]:
    """Return the files of a cohort's people by role."""
    if kind == "xlsx":
        book = client.get(f"/c/{cohort.pk}/export/people.xlsx").content
        return dict.fromkeys(Role, book)
    return {role: client.get(f"/c/{cohort.pk}/export/people-{role.value}.csv").content for role in Role}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_export_import_into_an_empty_site_and_export_again_is_identical(kind: str):
    cohort = make_cohort(matching=rules())
    client = client_of("coordinator", cohort)
    fill(cohort)
    before = content()
    first = exported(client, cohort, kind)
    empty_site()

    for role in (Role.MENTOR, Role.MENTEE):
        imported = upload(client, cohort, first[role], role=role.value, name=f"people.{kind}")
        assert map_columns(client, imported).status_code == 302
        page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/")
        assert page.context["problems"] == ()
        assert do_it(client, imported).status_code == 302

    assert content() == before
    assert exported(client, cohort, kind) == first


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_export_changes_nothing_where_it_came_from(kind: str):
    cohort = make_cohort(matching=rules())
    client = client_of("coordinator", cohort)
    fill(cohort, people=4)

    for role, file in exported(client, cohort, kind).items():
        imported = upload(client, cohort, file, role=role.value, name=f"people.{kind}")
        map_columns(client, imported)
        counts = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context["counts"]
        assert (counts["new"], counts["changed"], counts["fixing"]) == (0, 0, 0)


def test_no_file_says_who_somebody_is_or_holds_a_formula():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    one = make_member(cohort, Role.MENTEE, name="Ama Boateng")
    one.answers = {"gender": "Zzyzx", "goals": ["=1+1"]}
    one.save()

    book = client.get(f"/c/{cohort.pk}/export/people.xlsx")
    text = client.get(f"/c/{cohort.pk}/export/people-mentee.csv").content.decode()

    assert "Zzyzx" not in text
    assert "Zzyzx" not in str(cells(book))
    assert "'=1+1" in text
    assert all(
        not str(cell).startswith("=") or sheet == "Mentees"
        for sheet, rows in cells(book).items()
        for row in rows
        for cell in row
    )


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("leader", 404), ("mentor", 404), ("nobody", 302)])
def test_exports_are_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    client = client_of(who, cohort)

    pages = ["", "people.xlsx", "people-mentor.csv", "people-mentee.csv"]

    assert {client.get(f"/c/{cohort.pk}/export/{page}").status_code for page in pages} == {status}


def test_another_role_has_no_file():
    cohort = make_cohort()

    assert client_of("coordinator", cohort).get(f"/c/{cohort.pk}/export/people-leader.csv").status_code == 404
