"""What cannot be kept is a row to fix: named by row and column, with what to type; the others come in."""

import pytest

from chiron.site.applications.models import Application, ImportedChange
from chiron.site.applications.rules import Role
from chiron.site.people.models import Person
from cohort_factories import client_of, make_cohort, make_member
from sheets import awkward
from site_import_pages import address_of, bring_in, do_it, map_columns, upload

pytestmark = pytest.mark.django_db
LONG = "n" * 201
FAR = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.test"


@pytest.mark.parametrize(
    ("role", "line", "column", "words"),
    [
        ("mentor", "Mo Two,mo@hospital.test,1000", "Places", "Type a whole number of places from 0 to 999."),
        ("mentor", "Mo Two,mo@hospital.test,9999999", "Places", "Type a whole number of places from 0 to 999."),
        ("mentee", "Mo Two,mo@hospital.test,0", "Mentors wanted", "Type a whole number from 1 to 999, or leave it empty."),
        ("mentee", "Mo Two,mo@hospital.test,40000", "Mentors wanted", "Type a whole number from 1 to 999, or leave"),
        ("mentee", f"{LONG},mo@hospital.test,1", "Name", "The name has 201 letters. Shorten it to 200."),
        ("mentee", "Mo \u202eowT,mo@hospital.test,1", "Name", "a sign that cannot be seen (U+202E)"),
        ("mentee", f"Mo Two,{FAR},1", "Email", "letters. Type one of at most 254."),
        ("mentee", "Mo Two,m\u00f6@hospital.test,1", "Email", "receives no mail. Type an address such as ama@example.org"),
        ("mentee", "Mo Two,\uff51@hospital.test,1\nBob Roe,q@hospital.test,1", "Email", "address"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_kept_is_a_row_to_fix(role: str, line: str, column: str, words: str):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    number = "Places" if role == "mentor" else "Mentors wanted"
    text = f"Name,Email,{number}\nAma Boateng,ama@hospital.test,1\n{line}\n"

    imported = upload(client, cohort, text, role=role)
    map_columns(client, imported, column_name="0")
    problems = client.get(address_of(imported, "check/")).context["problems"]
    answer = do_it(client, imported)

    assert [(one.row >= 3, one.column) for one in problems] == [(True, column)]
    assert words in problems[0].text
    assert answer.status_code == 302
    assert "ama@hospital.test" in Application.objects.values_list("person__email", flat=True)


@pytest.mark.parametrize("escape", ["_x0000_", "_xD800_", "_xFFFF_", "_x0007_"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_escape_that_is_no_letter_is_a_row_to_fix(escape: str, at: int):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    cells = ["Mo Two", "mo@hospital.test", "Research"]
    cells[at] = f"{cells[at][:1]}{escape}{cells[at][1:]}"
    fill = awkward.rows(["Name", "Email", "Goals"], ["Ama Boateng", "ama@hospital.test", "Exams"], cells)

    imported = upload(client, cohort, awkward.workbook(("Mentees", fill)), name="mentees.xlsx")
    map_columns(client, imported)
    problems = client.get(address_of(imported, "check/")).context["problems"]
    answer = do_it(client, imported)

    assert {(one.row, one.column) for one in problems} == {(3, ("Name", "Email", "Goals")[at])}
    assert answer.status_code == 302
    assert list(Application.objects.values_list("person__email", flat=True)) == ["ama@hospital.test"]


def test_addresses_that_are_one_after_normalising_never_come_in_twice():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort, Role.MENTOR)
    text = "Name,Email\nAnn Lee,q5@hospital.test\nBob Roe,\uff515@hospital.test\nCai Poe,Q5@HOSPITAL.test\n"

    imported = bring_in(client, cohort, text)

    assert imported.counts["fixing"] >= 2
    assert Person.objects.filter(email="q5@hospital.test").count() <= 1


def test_a_row_far_down_the_sheet_comes_in():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    text = "Name,Email\nAnn Lee,ann@hospital.test\n" + "\n" * 40_000 + "Bob Roe,bob@hospital.test\n"

    bring_in(client, cohort, text)

    assert list(ImportedChange.objects.order_by("row").values_list("row", flat=True)) == [2, 40_003]


def test_an_answer_for_everybody_is_judged_as_a_cell_is():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, "Name,Email\nAma Boateng,ama@hospital.test\n", role="mentor")

    page = map_columns(client, imported, fill_places="1000")

    assert page.status_code == 200
    assert "Type a whole number of places from 0 to 999." in page.content.decode()


@pytest.mark.parametrize("number", ["1000", "-1"])
def test_the_page_of_a_person_says_the_same(number: str):
    cohort = make_cohort()
    mentor = make_member(cohort, Role.MENTOR)

    page = client_of("coordinator", cohort).post(f"/c/{cohort.pk}/people/{mentor.pk}/", {"capacity": number})

    assert "Type a whole number of places from 0 to 999." in page.content.decode()
