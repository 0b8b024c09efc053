"""Who runs a programme takes a second step and is signed out when nothing is done; nobody stays in for ever."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chiron.site.people.operations import make_sign_in_link, remove_second_step
from chiron.site.programs.operations import give_place
from chiron.site.programs.rules import StaffRole
from cohort_factories import make_cohort, make_coordinator, make_leader, make_member
from factories import NOW, make_person

pytestmark = [pytest.mark.auth, pytest.mark.django_db]
WAYS = "/account/2fa/"


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def coordinator(cohort):
    return make_coordinator(cohort)


@pytest.fixture
def clock(monkeypatch):
    """Return a function that lets time pass."""
    passed = timedelta()
    real = timezone.now

    def wait(more: timedelta) -> None:
        nonlocal passed
        passed += more

    monkeypatch.setattr(timezone, "now", lambda: real() + passed)
    return wait


def enter(person) -> Client:
    """Sign somebody in as they do, by a link."""
    client = Client()
    client.post(f"/enter/{make_sign_in_link(person=person, by=None, now=timezone.now())}/")
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_coordinator_is_signed_out_after_half_an_hour_without_a_request(coordinator, clock):
    client = enter(coordinator)
    for _ in range(3):
        clock(timedelta(minutes=29))
        assert is_in(client)

    clock(timedelta(minutes=32))
    answer = client.get("/me/", follow=True)

    assert answer.redirect_chain[0][0].endswith("?next=/me/")
    assert "nothing was done for half an hour" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("make", [make_leader, lambda cohort: make_member(cohort).person])
def test_who_runs_nothing_stays_signed_in_until_twelve_hours(cohort, clock, make):
    client = enter(make(cohort))
    clock(timedelta(hours=11))
    assert is_in(client)

    clock(timedelta(hours=1, minutes=2))

    assert not is_in(client)


def test_a_busy_sign_in_ends_after_twelve_hours_too(coordinator, clock):
    client = enter(coordinator)
    hours = [clock(timedelta(minutes=25)) or is_in(client) for _ in range(30)]

    assert hours == [True] * 28 + [False] * 2


def test_reading_writes_the_moment_once_a_minute_at_most(coordinator, clock, django_assert_num_queries):
    client = enter(coordinator)
    client.get("/help/")
    before = Session.objects.get().session_data
    client.get("/help/")
    assert Session.objects.get().session_data == before

    clock(timedelta(seconds=61))
    client.get("/help/")

    assert Session.objects.get().session_data != before


def test_who_runs_a_programme_goes_nowhere_without_a_second_step(coordinator, cohort, settings):
    settings.CHIRON_STAFF_SECOND_STEP = True
    client = enter(coordinator)
    closed = ["/", f"/c/{cohort.pk}/people/", f"/c/{cohort.pk}/outbox/", "/matches/"]

    assert {client.get(address).headers.get("Location") for address in closed} == {WAYS}
    assert client.post(reverse("programs:settings", args=[cohort.pk]), {}).headers["Location"] == WAYS
    assert "Add a passkey" in client.get("/", follow=True).content.decode()
    assert is_in(client)
    Authenticator.objects.create(user=coordinator, type="webauthn", data={})
    assert client.get("/").status_code == 200


def test_others_need_none_and_a_recovery_code_alone_is_none(coordinator, cohort, settings):
    settings.CHIRON_STAFF_SECOND_STEP = True
    for person in (make_leader(cohort), make_member(cohort).person):
        assert enter(person).get("/").status_code == 200
    Authenticator.objects.create(user=coordinator, type="recovery_codes", data={})

    client = Client()
    client.force_login(coordinator)

    assert client.get("/").headers["Location"] == WAYS


def test_whoever_begins_to_run_a_programme_needs_it_with_the_next_request(cohort, settings):
    settings.CHIRON_STAFF_SECOND_STEP = True
    person = make_person()
    client = enter(person)
    assert client.get("/").status_code == 200

    give_place(cohort=cohort, person=person, role=StaffRole.COORDINATOR, by=None, now=NOW)

    assert client.get("/").headers["Location"] == WAYS


def test_a_lost_second_step_is_removed_with_every_sign_in(coordinator):
    client, other = enter(coordinator), enter(make_person())
    Authenticator.objects.create(user=coordinator, type="webauthn", data={})
    Authenticator.objects.create(user=coordinator, type="recovery_codes", data={})

    assert remove_second_step(person=coordinator, by=None, now=NOW) == 2

    assert (is_in(client), is_in(other)) == (False, True)
    assert is_in(enter(coordinator))


@pytest.mark.parametrize(
    ("url", "said", "on"),
    [("https://mentoring.example.org", "", True), ("http://127.0.0.1:8765", "", False),
     ("https://mentoring.example.org", "0", False), ("http://127.0.0.1:8765", "1", True)],
)  # fmt: skip
def test_it_is_on_where_a_site_is_real_and_the_operator_has_the_word(url, said, on):

    asked = "from chiron.site import settings; print(settings.CHIRON_STAFF_SECOND_STEP)"
    env = os.environ | {"CHIRON_SITE_URL": url, "CHIRON_STAFF_SECOND_STEP": said, "PYTHONPATH": "src"}
    done = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == str(on)
