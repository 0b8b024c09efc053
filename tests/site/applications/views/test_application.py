"""The pages of a cohort's people: what they show, and to whom."""

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from cohort_factories import client_of, make_applicant, make_cohort, make_coordinator, make_member, signed_in

pytestmark = pytest.mark.django_db
NOT_THEIRS = [("stranger", 404), ("leader", 404), ("mentor", 404), ("mentee", 404), ("nobody", 302)]


@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), *NOT_THEIRS])
def test_people_are_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    application = make_applicant(cohort)
    client = client_of(who, cohort)

    assert client.get(f"/c/{cohort.pk}/people/").status_code == status
    assert client.get(f"/c/{cohort.pk}/people/{application.pk}/").status_code == status


@pytest.mark.parametrize(("who", "status"), [("coordinator", 302), *NOT_THEIRS])
@pytest.mark.parametrize(
    ("page", "stage"),
    [
        ("applications:accept", "accepted"),
        ("applications:decline", "declined"),
        ("mentorships:withdraw", "withdrawn"),
    ],
)
def test_decisions_are_for_coordinators_only(who: str, status: int, page: str, stage: str):
    cohort = make_cohort()
    application = make_applicant(cohort)

    answer = client_of(who, cohort).post(reverse(page, args=[cohort.pk, application.pk]))

    application.refresh_from_db()
    assert answer.status_code == status
    assert application.stage == (stage if who == "coordinator" else "submitted")


@pytest.mark.parametrize(("who", "status"), [("coordinator", 302), *NOT_THEIRS])
def test_accepting_what_is_shown_is_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    application = make_applicant(cohort)

    answer = client_of(who, cohort).post(f"/c/{cohort.pk}/people/accept/", {"application": [application.pk]})

    application.refresh_from_db()
    assert answer.status_code == status
    assert application.stage == ("accepted" if who == "coordinator" else "submitted")


def test_a_person_of_another_cohort_is_not_found():
    cohort, other = make_cohort(), make_cohort()
    application = make_applicant(other)
    client = client_of("coordinator", cohort)

    assert client.get(f"/c/{cohort.pk}/people/{application.pk}/").status_code == 404
    assert client.post(f"/c/{cohort.pk}/people/{application.pk}/accept/").status_code == 404
    client.post(f"/c/{cohort.pk}/people/accept/", {"application": [application.pk]})
    application.refresh_from_db()
    assert application.stage == "submitted"


def test_own_application_is_shown_without_buttons_and_cannot_be_decided():
    cohort = make_cohort()
    coordinator = make_coordinator(cohort)
    application = make_applicant(cohort)
    Application.objects.filter(pk=application.pk).update(person=coordinator)
    client = signed_in(Client(), coordinator)

    text = client.get(f"/c/{cohort.pk}/people/{application.pk}/").content.decode()

    assert "Another coordinator decides about it." in text
    assert "/accept/" not in text
    assert client.post(f"/c/{cohort.pk}/people/{application.pk}/accept/").status_code == 404
    assert client.get(f"/c/{cohort.pk}/people/").context["waiting"] == []


def test_filters_are_links_that_keep_each_other():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_applicant(cohort, Role.MENTOR, name="Jo Park (made up)")
    make_member(cohort, Role.MENTEE, name="Ama Boateng (made up)")

    everybody = client.get(f"/c/{cohort.pk}/people/")
    mentors = client.get(f"/c/{cohort.pk}/people/?role=mentor&stage=submitted")
    found = client.get(f"/c/{cohort.pk}/people/?q=ama+boa")
    nonsense = client.get(f"/c/{cohort.pk}/people/?role=king&stage=dreaming&page=99")

    assert [str(one.person) for one in everybody.context["rows"]] == ["Ama Boateng (made up)", "Jo Park (made up)"]
    assert [str(one.person) for one in mentors.context["rows"]] == ["Jo Park (made up)"]
    assert [(link.label, link.number, link.url) for link in mentors.context["role_links"]] == [
        ("Everybody", 1, "?stage=submitted"),
        ("Mentors", 1, "?role=mentor&stage=submitted"),
        ("Mentees", 0, "?role=mentee&stage=submitted"),
    ]
    assert [str(one.person) for one in found.context["rows"]] == ["Ama Boateng (made up)"]
    assert len(nonsense.context["rows"]) == 2


def test_the_button_says_how_many_and_accepts_just_those():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    shown = [make_applicant(cohort, Role.MENTOR) for _ in range(2)]
    other = make_applicant(cohort, Role.MENTEE)

    page = client.get(f"/c/{cohort.pk}/people/?role=mentor")
    answer = client.post(f"/c/{cohort.pk}/people/accept/", {"application": page.context["waiting"]}, follow=True)

    other.refresh_from_db()
    assert "Accept 2 people" in page.content.decode()
    assert "2 people are in the matching pool." in answer.content.decode()
    assert {Application.objects.get(pk=one.pk).stage for one in shown} == {Stage.ACCEPTED.value}
    assert other.stage == "submitted"


def test_a_second_decision_is_refused_in_words():
    cohort = make_cohort()
    application = make_member(cohort)

    answer = client_of("coordinator", cohort).post(f"/c/{cohort.pk}/people/{application.pk}/accept/")

    assert answer.status_code == 409
    assert "This application is now “Accepted”" in answer.content.decode()


def test_one_person_shows_answers_but_not_what_somebody_is():
    cohort = make_cohort()
    application = make_applicant(cohort, goals=["Research", "Exams"], gender="woman", background=["first generation"])

    text = client_of("coordinator", cohort).get(f"/c/{cohort.pk}/people/{application.pk}/").content.decode()

    assert "Research, Exams" in text
    assert "Not provided" in text
    assert "woman" not in text
    assert "first generation" not in text


def test_places_are_saved_or_explained():
    cohort = make_cohort()
    application = make_member(cohort, Role.MENTOR)
    client = client_of("coordinator", cohort)
    address = f"/c/{cohort.pk}/people/{application.pk}/"

    wrong = client.post(address, {"capacity": "one or two"}).content.decode()
    right = client.post(address, {"capacity": "3"})

    application.refresh_from_db()
    assert wrong.count("Type a whole number of places, such as 2, or leave it empty.") == 2
    assert 'value="one or two"' in wrong
    assert right.status_code == 302
    assert application.capacity == 3


def test_an_empty_list_says_why_and_offers_one_action():
    cohort = make_cohort()

    text = client_of("coordinator", cohort).get(f"/c/{cohort.pk}/people/").content.decode()

    assert "Nobody is here yet" in text
    assert "Import people from a spreadsheet" in text


def test_the_list_costs_the_same_for_one_row_and_for_three(django_assert_max_num_queries):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort)
    client.get(f"/c/{cohort.pk}/people/")
    with django_assert_max_num_queries(100) as one:
        client.get(f"/c/{cohort.pk}/people/")
    make_member(cohort)
    make_applicant(cohort, Role.MENTOR)
    with django_assert_max_num_queries(100) as three:
        client.get(f"/c/{cohort.pk}/people/")

    assert len(three) == len(one)


@pytest.mark.parametrize("words", ["O'Neill", "oneill", "O\u2019NEILL", "sean o\u00b4neill", "Seán"])
def test_search_finds_a_name_whatever_its_apostrophes_and_accents(words: str):
    cohort = make_cohort()
    make_member(cohort, Role.MENTOR, name="Seán O\u2019Neill")
    make_member(cohort, Role.MENTOR, name="Zoë Quist")
    client = client_of("coordinator", cohort)

    page = client.get(f"/c/{cohort.pk}/people/", {"q": words}).content.decode()

    assert "O\u2019Neill" in page
    assert "Quist" not in page
