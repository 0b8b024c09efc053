"""Signing in and one's own data, as a browser sees them."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from chiron.site.people.models import Person, SignInLink, SignInMail
from chiron.site.people.operations import make_sign_in_link
from chiron.site.people.rules import PLACEHOLDER_EMAIL
from chiron.site.shared.jobs.models import Job
from factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def can_mail(settings):
    settings.CHIRON_CAN_MAIL = True


@pytest.fixture
def link():
    return f"/enter/{make_sign_in_link(person=make_person('Ama Boateng'), by=None, now=timezone.now())}/"


def test_mail_scanner_does_not_use_a_link_up(client, link):
    for method in ("get", "head", "get"):
        assert getattr(Client(), method)(link).status_code == 200

    assert client.post(link).status_code == 302
    assert "Ama Boateng" in client.get("/me/").content.decode()


def test_second_press_says_already_used_and_offers_a_way_on(client, link):
    client.post(link)

    answer = Client().post(link)

    assert answer.status_code == 410
    assert "already used" in answer.content.decode()
    assert "chiron link" in answer.content.decode()


def test_enter_needs_the_forms_token(link):
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_sign_out_ends_the_session(client, link):
    client.post(link)

    client.post("/sign-out/")

    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize("address", ["/me/", "/me/my-data.json"])
def test_visitor_is_sent_to_sign_in(client, address):
    answer = client.get(address)

    assert answer.headers["Location"] == f"/account/login/code/?next={address}"


def test_my_data_can_be_corrected(signed_in):
    client = signed_in(make_person("Ama"))

    answer = client.post("/me/", {"name": "Ama B", "language": "en-gb", "time_zone": "Asia/Tokyo"}, follow=True)

    assert "Your details are saved." in answer.content.decode()
    assert "Ama B" in answer.content.decode()
    assert "Your details are saved." not in client.get("/me/").content.decode()


def test_my_data_says_what_is_wrong_and_keeps_what_was_typed(signed_in):
    client = signed_in(make_person("Ama"))

    page = client.post("/me/", {"name": " ", "language": "en-gb", "time_zone": "Asia/Tokyo"}).content.decode()

    assert re.search(r"<title>\s*Error:\s+My data", page)
    assert page.count("Enter your name as others should see it.") == 2
    assert 'href="#id_name"' in page
    assert '<option value="Asia/Tokyo" selected>' in page
    assert "required" not in page.replace("field_required", "")


def test_my_data_file_is_a_download_of_ones_own_data(signed_in):
    person = make_person("Ama")

    answer = signed_in(person).get("/me/my-data.json")

    assert json.loads(answer.content)["email"] == person.email
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_code_by_mail_signs_in(client, can_mail):
    person = make_person()

    client.post("/account/login/code/", {"email": person.email.upper()})
    mail = SignInMail.objects.get()
    code = next(word for word in mail.body.split() if "-" in word and word.isupper())
    answer = client.post("/account/login/code/confirm/", {"code": code.lower()})

    assert (answer.status_code, mail.to) == (302, person.email)
    assert client.get("/me/").status_code == 200
    assert Job.objects.get().name == "people.send_sign_in_mail"


def test_wrong_code_does_not_sign_in(client, can_mail):
    client.post("/account/login/code/", {"email": make_person().email})

    client.post("/account/login/code/confirm/", {"code": "AAA-AAA"})

    assert client.get("/me/").status_code == 302


def test_stranger_gets_the_same_answer_as_a_member_and_no_mail(can_mail, settings):
    answers = []
    for email in (make_person().email, "nobody@example.org"):
        client = Client()
        first = client.post("/account/login/code/", {"email": email})
        second = client.get(first.headers["Location"])
        page = second.content.decode().replace(email, "").replace(client.cookies[settings.CSRF_COOKIE_NAME].value, "")
        answers.append((first.status_code, first.headers["Location"], second.status_code, len(page)))

    assert answers[0] == answers[1]
    assert SignInMail.objects.exclude(to="").count() == 1


def test_nobody_can_sign_up_alone(client):
    client.post("/account/signup/", {"email": "new@example.org"})

    assert not Person.objects.exists()


def test_empty_site_names_the_next_step(client):
    for address in ("/", "/account/login/code/", "/account/login/"):
        page = client.get(address, follow=True).content.decode()
        assert "chiron link" in page, address


def test_owner_of_a_fresh_site_says_who_they_are(signed_in):
    client = signed_in(make_person("Site owner", email=PLACEHOLDER_EMAIL))
    said = {"name": "Ama", "email": "ama@example.org", "language": "en-gb", "time_zone": "Europe/London"}

    assert "Enter your e-mail address." in client.post("/me/", {**said, "email": ""}).content.decode()
    client.post("/me/", said)

    assert Person.objects.get().email == "ama@example.org"
    assert 'name="email"' not in client.get("/me/").content.decode()


def test_nobody_changes_their_address_without_proof(signed_in):
    person = make_person("Ama")

    signed_in(person).post(
        "/me/", {"name": "Ama", "email": "eve@example.org", "language": "en-gb", "time_zone": "Europe/London"}
    )

    assert Person.objects.get().email == person.email


def test_password_signs_in_and_proves_again_who_one_is(client):
    person = make_person()
    person.set_password("correct horse battery")
    person.save()

    assert client.post("/account/login/", {"login": person.email, "password": "wrong"}).status_code == 200
    assert client.get("/me/").status_code == 302
    client.post("/account/login/", {"login": person.email.upper(), "password": "correct horse battery"})
    assert client.get("/me/").status_code == 200
    assert client.get("/account/2fa/webauthn/add/").status_code == 302
    client.post("/account/reauthenticate/", {"password": "wrong"})
    assert client.get("/account/2fa/webauthn/add/").status_code == 302
    client.post("/account/reauthenticate/", {"password": "correct horse battery"})
    assert client.get("/account/2fa/webauthn/add/").status_code == 200
