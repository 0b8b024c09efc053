"""An import offers to take back in who was withdrawn, and warns of fewer places than are taken."""

import pytest

from chiron.site.applications.models import Application
from chiron.site.applications.operations import decline_application, take_places, withdraw_application
from chiron.site.applications.rules import Role
from chiron.site.audit.models import Event
from cohort_factories import client_of, make_applicant, make_cohort
from factories import NOW, make_person
from site_import_pages import bring_in, map_columns, upload

pytestmark = pytest.mark.django_db
MENTEES = (
    "Full name,Email,What would you like help with?\n"
    "Ama Boateng,ama@hospital.test,Research\nJo Park,jo@hospital.test,Leadership\n"
)
MENTORS = "Full name,Email,Places\nMira Okafor,mira@hospital.test,{places}\n"


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def client(cohort):
    return client_of("coordinator", cohort)


def check_page(client, cohort, sheet: str, role: str = "mentee") -> str:
    """Upload a sheet and choose its columns; return the address of the page that checks it."""
    imported = upload(client, cohort, sheet, role=role)
    map_columns(client, imported)
    return f"/c/{cohort.pk}/import/{imported.pk}/check/"


def application_of(email: str) -> Application:
    return Application.objects.get(person__email=email)


def press(client, address: str, query: str = ""):
    """Press the button of a check page as it is shown."""
    page = client.get(address + query)
    sent = dict(page.context["counts"]) | ({"back": "1"} if page.context["back"] else {})
    return client.post(address, sent)


def test_without_a_choice_somebody_withdrawn_stays_so(client, cohort):
    bring_in(client, cohort, MENTEES)
    withdraw_application(application=application_of("ama@hospital.test"), by=make_person(), now=NOW)
    address = check_page(client, cohort, MENTEES.replace("Leadership", "Exams"))
    page = " ".join(client.get(address).content.decode().split())

    press(client, address)

    assert "1 person of this sheet was withdrawn from the cohort, and stays so." in page
    assert "Take them back in" in page
    assert application_of("ama@hospital.test").stage == "withdrawn"
    assert application_of("jo@hospital.test").answers["goals"] == ["Exams"]


def test_by_choice_they_are_accepted_again_and_undo_takes_that_back(client, cohort):
    bring_in(client, cohort, MENTEES)
    withdraw_application(application=application_of("ama@hospital.test"), by=make_person(), now=NOW)
    address = check_page(client, cohort, MENTEES)

    done = press(client, address, "?back=1")

    back = application_of("ama@hospital.test")
    assert done.status_code == 302
    assert (back.stage, back.withdrawn_at) == ("accepted", None)
    assert Event.objects.filter(kind="import.done").last().details["changed"] == 1
    client.post(address.replace("check", "undo"))
    assert application_of("ama@hospital.test").stage == "withdrawn"


def test_a_choice_that_was_made_on_another_page_is_refused(client, cohort):
    bring_in(client, cohort, MENTEES)
    withdraw_application(application=application_of("ama@hospital.test"), by=make_person(), now=NOW)
    address = check_page(client, cohort, MENTEES)
    counts = client.get(address).context["counts"]

    answer = client.post(address, {**counts, "back": "1"})

    assert answer.status_code == 409
    assert application_of("ama@hospital.test").stage == "withdrawn"


def test_nobody_who_was_declined_comes_back_that_way(client, cohort):
    applicant = make_applicant(cohort)
    decline_application(application=applicant, by=make_person(), now=NOW)
    sheet = f"Full name,Email\nSomebody,{applicant.person.email}\n"
    address = check_page(client, cohort, sheet)

    page = client.get(address + "?back=1")

    assert (page.context["withdrawn"], page.context["back"]) == (0, 0)
    assert page.context["counts"]["left"] == 1


def test_a_sheet_with_fewer_places_than_are_taken_warns_and_asks_why(client, cohort):
    bring_in(client, cohort, MENTORS.format(places=3), role="mentor")
    mira = Application.objects.get(role=Role.MENTOR)
    take_places({mira.pk: 2})
    address = check_page(client, cohort, MENTORS.format(places=1), role="mentor")
    page = client.get(address)

    refused = press(client, address)
    done = client.post(address, {**page.context["counts"], "over_because": "Agreed with her"})

    words = " ".join(page.content.decode().split())
    assert "This sheet gives fewer places than matches and offers have taken:" in words
    assert "Mira Okafor: 2 taken" in words
    assert (refused.status_code, done.status_code) == (409, 302)
    mira.refresh_from_db()
    assert (mira.capacity, mira.taken, mira.over_because) == (1, 2, "Agreed with her")


def test_a_sheet_with_as_many_places_as_are_taken_asks_nothing(client, cohort):
    bring_in(client, cohort, MENTORS.format(places=3), role="mentor")
    take_places({Application.objects.get(role=Role.MENTOR).pk: 2})

    page = client.get(check_page(client, cohort, MENTORS.format(places=2), role="mentor"))

    assert page.context["over"] == []
