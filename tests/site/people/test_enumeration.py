"""Nobody learns who has an account: the same bytes, and the same time, whatever the state of an account."""

import re
import statistics
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from chiron.site.people.models import Person, SignInMail
from factories import make_person

pytestmark = [pytest.mark.auth, pytest.mark.django_db]
TRIES = 200
LARGEST_GAP, LARGEST_SHARE = 0.005, 0.03  # seconds, or part of the time
CODE, RESET, LOGIN = "/account/login/code/", "/account/password/reset/", "/account/login/"


class QuickHasher(PBKDF2PasswordHasher):
    """As Django's, with fewer rounds, so that 400 checks take seconds; the rounds are the same for everybody."""

    iterations = 20_000


@pytest.fixture(autouse=True)
def _site(settings):
    settings.CHIRON_CAN_MAIL = True
    settings.PASSWORD_HASHERS = [f"{__name__}.QuickHasher"]


def member() -> Person:
    person = make_person()
    person.set_password("correct horse battery")
    person.save()
    return person


def without_password() -> Person:
    return make_person()


def deactivated() -> Person:
    person = member()
    person.is_active = False
    person.save()
    return person


STATES = {"member": member, "no password": without_password, "deactivated": deactivated}


def fields(address: str, email: str) -> dict[str, str]:
    """Return what a form is sent: an address that is as long for everybody."""
    return {"login": email, "password": "wrong guess"} if address == LOGIN else {"email": email}


def answered(client: Client, address: str, email: str) -> tuple[object, ...]:
    """Return all that an answer and the page after it say, but for the address itself and the form's tokens."""
    answer = client.post(address, fields(address, email))
    page = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(email, "")
    return answer.status_code, answer.headers.get("Location"), page.status_code, text


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
@pytest.mark.parametrize("address", [CODE, RESET, LOGIN])
def test_answers_are_the_same_bytes(address, state: Callable[[], Person]):
    person = state()

    assert answered(Client(), address, person.email) == answered(Client(), address, "nobody0@example.org")


@pytest.mark.parametrize("address", [CODE, *(pytest.param(one, marks=pytest.mark.nightly) for one in (RESET, LOGIN))])
def test_answers_take_the_same_time(address):
    emails = {"here": [member().email for _ in range(TRIES)], "not": [f"nobody{n}@example.org" for n in range(TRIES)]}
    times: dict[str, list[float]] = {"here": [], "not": []}
    for number in range(TRIES):
        for kind in ("here", "not") if number % 2 else ("not", "here"):
            client = Client(REMOTE_ADDR=f"10.{kind == 'here':d}.{number // 250}.{number % 250}")
            client.get(address)
            started = time.perf_counter()
            client.post(address, fields(address, emails[kind][number]))
            times[kind].append(time.perf_counter() - started)

    here, there = (statistics.median(times[kind]) for kind in ("here", "not"))
    assert abs(here - there) <= max(LARGEST_GAP, LARGEST_SHARE * min(here, there)), (here, there)


def test_mail_to_a_stranger_is_written_and_goes_to_nobody():
    Client().post(CODE, {"email": "nobody@example.org"})
    Client().post(RESET, {"email": "nobody@example.org"})

    assert [mail.to for mail in SignInMail.objects.all()] == ["", ""]
