"""How answers are read: each text once, corrected for all its rows; sheets to choose from; sites in one spelling."""

import pytest
from django.test import Client

from chiron.site.applications.models import Application, Import
from chiron.site.applications.rules import Role
from chiron.site.organizations.models import Site
from chiron.site.organizations.operations import add_site
from chiron.site.programs.models import Cohort
from cohort_factories import client_of, make_cohort, make_member
from factories import NOW
from sheets import awkward
from site_import_pages import address_of, bring_in, columns_of, do_it, map_columns, upload

pytestmark = pytest.mark.django_db
SHOWS = ("fixing", "new", "guesses", "names", "")
MENTORS = (
    "Name,Email,Hospital,Remote,Places\n"
    "Ama Boateng,ama@hospital.test,St Mary's,Maybe,2\n"
    "Bo Li,bo@hospital.test,ST. MARYS,Maybe,1\n"
    "Cai Poe,cai@hospital.test,St Mary\u2019s Hospital,yes,1\n"
    "Dee Roe,dee@hospital.test,Ward 1,no,1\n"
    "Eli Sow,eli@hospital.test,Ward 2,no,1\n"
)


def mapped(
    text: str | bytes = MENTORS, *, role: str = "mentor", name: str = "people.csv"
) -> tuple[Client, Cohort, Import]:
    """Return a coordinator, their cohort, and an import of which the columns are chosen."""
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, text, role=role, name=name)
    map_columns(client, imported)
    return client, cohort, imported


def values(client: Client, imported: Import, field: str) -> dict[str, object]:
    page = client.get(address_of(imported, f"values/?field={field}"))
    return {one.cell: one for one in page.context["column"].values}


@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_hospital_name_email_and_places_are_always_offered_and_guessed(role: str):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    text = "Full name,Work e-mail,Hospital,How many mentees?\nAma Boateng,ama@hospital.test,St Mary's,2\nBo Li,bo@hospital.test,King's,1\n"

    imported = upload(client, cohort, text, role=role)
    columns = columns_of(client, imported)
    page = client.get(address_of(imported, "columns/"))

    assert (columns["column_name"], columns["column_email"], columns["column_site"]) == ("0", "1", "2")
    labels = [row.label for row in page.context["form"].main_rows]
    assert {"Name", "E-mail", "Hospital or site", "Places" if role == "mentor" else "Mentors wanted"} <= set(labels)
    assert role == "mentee" or columns["column_places"] == "3"


def test_each_answer_stands_once_with_how_many_rows_hold_it():
    client, _, imported = mapped()

    found = values(client, imported, "remote")

    assert (found["Maybe"].is_problem, next(iter(found))) == (True, "Maybe")
    assert {cell: one.rows for cell, one in found.items()} == {"Maybe": 2, "no": 2, "yes": 1}
    assert dict(found["Maybe"].offers) == {"yes": "Online or in person", "no": "In person"}


def test_an_answer_is_corrected_once_for_all_its_rows_and_remembered():
    client, cohort, imported = mapped()
    key = values(client, imported, "remote")["Maybe"].key

    answer = client.post(address_of(imported, "values/"), {"field": "remote", f"as_{key}": "yes", "check": "on"})
    counts = client.get(address_of(imported, "check/")).context["counts"]
    do_it(client, imported)

    assert answer.headers["Location"] == address_of(imported, "check/")
    assert (counts["new"], counts["fixing"]) == (5, 0)
    remote = dict(Application.objects.values_list("person__email", "answers__remote"))
    assert [remote[f"{name}@hospital.test"] for name in ("ama", "bo", "dee")] == [True, True, False]
    again = upload(client, cohort, MENTORS, role="mentor")
    map_columns(client, again)
    assert client.get(address_of(again, "check/")).context["counts"]["same"] == 5


def test_a_correction_is_taken_back():
    client, _, imported = mapped()
    key = values(client, imported, "remote")["Maybe"].key
    for text in ("yes", ""):
        client.post(address_of(imported, "values/"), {"field": "remote", f"as_{key}": text})

    imported.refresh_from_db()

    assert imported.corrections == {}


def test_a_correction_that_cannot_be_read_is_refused_with_what_to_type():
    client, _, imported = mapped()
    key = values(client, imported, "places")["2"].key

    page = client.post(address_of(imported, "values/"), {"field": "places", f"as_{key}": "2000"})

    imported.refresh_from_db()
    assert page.status_code == 200
    assert page.content.decode().count("Type a whole number of places from 0 to 999.") == 2
    assert imported.corrections == {}


def test_did_you_mean_is_a_button():
    mentees = (
        "Name,Email,Goals,Choices\nAma Boateng,ama@hospital.test,Exams,Bo Lii\nCai Poe,cai@hospital.test,Exams,Bo Li\n"
    )
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort, Role.MENTOR, name="Bo Li")
    imported = upload(client, cohort, mentees)
    map_columns(client, imported)
    page = client.get(address_of(imported, "check/?show=names"))
    [unknown] = page.context["unknown"]

    assert "Read it as “Bo Li”" in page.content.decode()
    client.post(address_of(imported, "name/"), {"heading": unknown.heading, f"as_{unknown.key}": unknown.meant})

    assert client.get(address_of(imported, "check/")).context["unknown"] == []


def test_a_name_that_is_the_same_for_everybody_has_no_button():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort, Role.MENTOR, name="Bo Li")
    imported = upload(client, cohort, "Name,Email\nAma Boateng,ama@hospital.test\n")
    map_columns(client, imported, fill_choices="Bo Lii")

    [unknown] = client.get(address_of(imported, "check/?show=names")).context["unknown"]

    assert (unknown.heading, unknown.meant) == ("", "")


def test_spellings_of_a_site_become_one_by_choice_and_numbered_ones_never():
    client, cohort, imported = mapped(MENTORS.replace("Maybe", "yes"))
    page = client.get(address_of(imported, "values/?field=site"))

    [group] = page.context["spellings"]
    client.post(address_of(imported, "spelling/"), {"name": "St Mary's"})
    do_it(client, imported)

    assert {name for name, _ in group.names} == {"St Mary's", "ST. MARYS", "St Mary\u2019s Hospital"}
    assert set(Site.objects.values_list("name", flat=True)) == {"St Mary's", "Ward 1", "Ward 2"}
    assert Application.objects.filter(cohort=cohort, site__name="St Mary's").count() == 3


def test_without_a_choice_every_spelling_stays_a_site_of_its_own():
    client, cohort, imported = mapped(MENTORS.replace("Maybe", "yes"))

    do_it(client, imported)

    assert Site.objects.filter(organization=cohort.program.organization).count() == 5


def test_undo_takes_the_sites_out_again_but_for_those_that_somebody_else_uses():
    client, cohort, imported = mapped()
    do_it(client, imported)
    other = make_member(cohort, Role.MENTOR)
    Application.objects.filter(pk=other.pk).update(site=Site.objects.get(name="Ward 1"))

    client.post(address_of(imported, "undo/"))

    assert list(Site.objects.values_list("name", flat=True)) == ["Ward 1"]


def test_place_takes_the_place_of_a_site():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    add_site(organization=cohort.program.organization, name="King's", place=(51.5, -0.1), by=None, now=NOW)
    text = "Name,Email,Postcode\nAma Boateng,ama@hospital.test,KING'S\nBo Li,bo@hospital.test,02139\n"

    bring_in(client, cohort, text, column_place="2")

    places = dict(Application.objects.values_list("person__email", "answers__place"))
    assert places["ama@hospital.test"] == [51.5, -0.1]
    assert places["bo@hospital.test"] == pytest.approx([42.36, -71.1], abs=0.1)


def test_the_sheet_that_is_read_is_named_and_can_be_changed():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    book = awkward.workbook(
        ("Mentees", awkward.rows(["Name", "Email"], ["Ama Boateng", "ama@hospital.test"])),
        ("Last year", awkward.rows(["Name", "Email"], ["Bo Li", "bo@hospital.test"], ["Cai Poe", "cai@hospital.test"])),
        ("Notes", awkward.rows(["Nothing to see"])),
    )
    imported = upload(client, cohort, book, name="people.xlsx")
    map_columns(client, imported)

    first = client.get(address_of(imported, "columns/")).content.decode()
    client.post(address_of(imported, "sheet/"), {"sheet": "Last year"})
    second = client.get(address_of(imported, "columns/")).content.decode()
    client.post(address_of(imported, "sheet/"), {"sheet": "Notes"})
    third = client.get(address_of(imported, "columns/")).content.decode()
    map_columns(client, imported)
    do_it(client, imported)

    assert "Read from the sheet “Mentees”." in first
    assert "Read from the sheet “Last year”." in second
    assert "Read from the sheet “Last year”." in third
    assert Application.objects.count() == 2


def test_nothing_of_who_somebody_is_stands_among_the_answers():
    text = "Name,Email,Gender,Goals\nAma Boateng,ama@hospital.test,Zzyzx,Exams\nBo Li,bo@hospital.test,Zzyzx,Exams\n"
    client, _, imported = mapped(text, role="mentee")

    page = client.get(address_of(imported, "values/")).content.decode()

    assert "Zzyzx" not in page
    assert "Exams" in page


LONG = "What would you like help with in the coming year, in your own words or from the list below, please? "


def test_pages_of_5_000_rows_stay_small():
    rows = "".join(
        f"Person {number} of the made-up people,person{number}@hospital.test,"
        f"{'bad' if number % 2 else 1},Topic {number % 700} and more words,{'ST3' if number % 3 else f'Stage {number}'},Nobody {number}\n"
        for number in range(5_000)
    )
    cohort = make_cohort()
    make_member(cohort, Role.MENTOR)
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, f"Name,Email,Mentors wanted,{LONG},Career stage,Choices\n{rows}")
    map_columns(client, imported, column_wanted="2")

    addresses = [f"{page}?show={show}" for page in ("check/", "values/") for show in SHOWS]
    answers = {address: client.get(address_of(imported, address)) for address in addresses}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert {address: size for address, answer in answers.items() if (size := len(answer.content)) > 60_000} == {}
