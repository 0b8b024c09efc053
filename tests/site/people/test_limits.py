"""How often somebody may try: over all processes, whatever they say about themselves, and never at another's cost."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.test import Client

from chiron.site.people.models import SignInMail, TryCount
from chiron.site.people.operations import count_try, forget_tries
from chiron.site.people.rules import DAY, Act, Whose
from factories import make_person
from race.racing import race

pytestmark = [pytest.mark.auth, pytest.mark.django_db]
CODE, CONFIRM, LOGIN, RESET = (
    "/account/login/code/", "/account/login/code/confirm/", "/account/login/", "/account/password/reset/",
)  # fmt: skip
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _can_mail(settings):
    settings.CHIRON_CAN_MAIL = True


@pytest.fixture
def ama():
    person = make_person("Ama", email="ama@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


def asked(email: str, times: int, *, address: str = CODE, **facts: str) -> list[int]:
    """Ask for codes from a new device each time, and return the statuses."""
    return [Client(**facts).post(address, {"email": email}).status_code for _ in range(times)]


def code_for(email: str) -> str:
    return re.search(r"\b[A-Z0-9]+-[A-Z0-9]+\b", SignInMail.objects.filter(to=email).latest("pk").body).group()


def sign_in_by_code(client: Client, email: str) -> int:
    """Sign in by a code and return the status of the page that only people see."""
    client.post(CODE, {"email": email})
    client.post(CONFIRM, {"code": code_for(email)})
    return client.get("/me/").status_code


@pytest.mark.parametrize("address", [CODE, RESET])
def test_asking_again_and_again_is_refused_with_a_page_that_says_when(ama, address):
    assert asked(ama.email, 3, address=address) == [302, 302, 302]

    answer = Client().post(address, {"email": ama.email})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "Try again in 15 minutes." in answer.content.decode()
    assert SignInMail.objects.count() == 3


@pytest.mark.parametrize("address", [CODE, RESET])
def test_known_and_unknown_addresses_are_limited_alike(ama, address):
    assert asked(ama.email, 5, address=address) == asked("nobody@example.org", 5, address=address)


def test_forged_client_address_does_not_reset_the_count(ama):
    statuses = [
        Client().post(CODE, {"email": ama.email}, headers={"X-Forwarded-For": f"203.0.113.{one}"}).status_code
        for one in range(6)
    ]

    assert statuses == [302, 302, 302, 429, 429, 429]


def test_neighbours_in_one_network_of_version_6_count_as_one(ama):
    assert [asked(ama.email, 1, REMOTE_ADDR=f"2001:db8:1:2::{one:x}")[0] for one in range(1, 6)] == [302] * 3 + [
        429
    ] * 2
    assert asked(ama.email, 1, REMOTE_ADDR="2001:db8:1:3::1") == [302]


def test_stranger_who_asks_for_my_codes_neither_locks_me_out_nor_floods_me(ama):
    mine = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in_by_code(mine, ama.email) == 200
    mine.post("/sign-out/")

    for place in range(40):
        asked(ama.email, 5, REMOTE_ADDR=f"198.51.100.{place}")

    assert SignInMail.objects.filter(to=ama.email).count() <= 11
    assert sign_in_by_code(mine, ama.email) == 200


def test_stranger_at_one_place_leaves_every_other_place_its_tries(ama):
    asked(ama.email, 50, REMOTE_ADDR="198.51.100.1")

    assert sign_in_by_code(Client(REMOTE_ADDR="192.0.2.7"), ama.email) == 200


def test_stranger_who_guesses_my_password_does_not_lock_me_out(ama):
    mine = Client()
    assert mine.post(LOGIN, {"login": ama.email, "password": PASSWORD}).status_code == 302
    mine.post("/sign-out/")

    guesses = [Client().post(LOGIN, {"login": ama.email, "password": f"guess {one}"}).status_code for one in range(7)]

    assert guesses == [200] * 4 + [429] * 3  # my own try from this place was the first of five
    assert mine.post(LOGIN, {"login": ama.email, "password": PASSWORD}).status_code == 302


def test_cookie_of_another_persons_device_does_not_help(ama):
    bea = make_person("Bea", email="bea@example.org")
    hers = Client()
    sign_in_by_code(hers, bea.email)
    hers.post("/sign-out/")

    assert [hers.post(CODE, {"email": ama.email}).status_code for _ in range(4)] == [302, 302, 302, 429]


def test_confirmation_mails_to_one_address_are_few_whoever_asks(ama):
    statuses = []
    for _ in range(5):
        client = Client()
        client.force_login(make_person(), backend="allauth.account.auth_backends.AuthenticationBackend")
        statuses.append(client.post("/me/address/", {"email": "victim@example.org"}).status_code)

    assert statuses == [302, 302, 302, 429, 429]
    assert SignInMail.objects.filter(to="victim@example.org").count() == 3


def test_code_is_tried_five_times_at_most(ama):
    client = Client()
    client.post(CODE, {"email": ama.email})
    for _ in range(5):
        client.post(CONFIRM, {"code": "AAA-AAA"})

    client.post(CONFIRM, {"code": code_for(ama.email)})

    assert client.get("/me/").status_code == 302


def test_limit_is_exact_and_ends(now):
    subjects = {Whose.PLACE: "192.0.2.1", Whose.PERSON: "7"}
    waits = [count_try(act=Act.SECOND_STEP, subjects=subjects, now=now) for _ in range(12)]

    assert [bool(wait) for wait in waits] == [False] * 10 + [True] * 2
    assert not count_try(act=Act.SECOND_STEP, subjects=subjects, now=now + waits[-1])
    forget_tries(now=now + 2 * DAY)
    assert not TryCount.objects.exists()


def test_table_of_tries_names_nobody(ama):
    asked(ama.email, 1)

    assert ama.email not in json.dumps(list(TryCount.objects.values("key", "tried_at")), default=str)
    assert "127.0.0.1" not in json.dumps(list(TryCount.objects.values("key")), default=str)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted(now):
    subjects = {Whose.PLACE: "192.0.2.1", Whose.PERSON: "7"}

    waits = race(*[lambda: count_try(act=Act.SECOND_STEP, subjects=subjects, now=now)] * 12)

    assert [one for one in waits if isinstance(one, Exception)] == []
    assert sorted(bool(wait) for wait in waits) == [False] * 10 + [True] * 2


@pytest.mark.django_db(transaction=True)
def test_tries_are_counted_over_processes(now):
    program = (
        "import django; django.setup()\n"
        "from datetime import datetime\n"
        "from chiron.site.people.operations import count_try\n"
        "from chiron.site.people.rules import Act, Whose\n"
        f"now = datetime.fromisoformat('{now.isoformat()}')\n"
        "who = {Whose.PLACE: '192.0.2.1', Whose.PERSON: '7'}\n"
        "print(sum(not count_try(act=Act.SECOND_STEP, subjects=who, now=now) for _ in range(7)))\n"
    )
    known = connection.settings_dict
    url = (
        f"sqlite:///{known['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgresql://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"
    )
    environment = {
        **os.environ, "CHIRON_DATABASE_URL": url, "CHIRON_SECRET_KEY": site_settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "chiron.site.settings",
    }  # fmt: skip

    allowed = [
        int(subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True).stdout)
        for _ in range(3)
    ]

    assert allowed == [7, 3, 0]
