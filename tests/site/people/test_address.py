"""Another address: the old one counts until the new one is confirmed, both are told, and everything old then dies."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from chiron.site.people.models import AddressChange, Person, SignInMail
from chiron.site.people.operations import add_person, change_address, make_sign_in_link
from chiron.site.people.queries import own_data_of, state_of_link
from chiron.site.people.rules import AddressTakenError, LinkRefusedError, LinkState
from factories import make_person

pytestmark = [pytest.mark.auth, pytest.mark.django_db]
OLD, NEW = "ama@example.org", "ama.new@example.org"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _can_mail(settings):
    settings.CHIRON_CAN_MAIL = True
    settings.CHIRON_SITE_URL = "https://mentoring.example.org"


@pytest.fixture
def ama():
    return make_person("Ama Boateng", email=OLD)


@pytest.fixture
def client(ama):
    return signed_in_as(ama)


def signed_in_as(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def link_in(to: str) -> str:
    """Return the path of the link in the last mail to an address."""
    body = SignInMail.objects.filter(to=to).latest("pk").body
    return re.search(r"https://mentoring\.example\.org(/me/address/[\w-]{20,}/)", body).group(1)


def test_old_address_stays_until_the_new_one_is_confirmed(client, ama):
    client.post("/me/address/", {"email": f" {NEW.upper()} "})

    ama.refresh_from_db()
    assert ama.email == OLD
    assert {mail.to for mail in SignInMail.objects.all()} == {OLD, NEW}
    assert client.get(link_in(NEW)).status_code == 200
    assert client.head(link_in(NEW)).status_code == 200
    ama.refresh_from_db()
    assert ama.email == OLD

    client.post(link_in(NEW))

    ama.refresh_from_db()
    assert ama.email == NEW
    assert [mail.to for mail in SignInMail.objects.order_by("pk")][2:] == [OLD, NEW]
    assert "has changed" in SignInMail.objects.filter(to=OLD).latest("pk").subject


def test_mail_to_an_address_that_nobody_proved_holds_no_name(client):
    client.post("/me/", {"name": "Win a prize at evil.example", "language": "en-gb", "time_zone": "UTC"})
    client.post("/me/address/", {"email": NEW})

    mail = SignInMail.objects.get(to=NEW)
    assert "prize" not in mail.subject + mail.body
    assert OLD not in mail.subject + mail.body


def test_every_other_sign_in_ends_with_the_change_and_this_one_stays(client, ama):
    others = [signed_in_as(ama), signed_in_as(ama)]
    client.post("/me/address/", {"email": NEW})
    assert [other.get("/me/").status_code for other in others] == [200, 200]

    client.post(link_in(NEW))

    assert [other.get("/me/").status_code for other in others] == [302, 302]
    assert client.get("/me/").status_code == 200


def test_links_codes_and_password_links_of_the_old_address_die(client, ama):
    token = make_sign_in_link(person=ama, by=None, now=timezone.now())
    waiting = Client()
    waiting.post("/account/login/code/", {"email": OLD})
    code = re.search(r"\b[A-Z0-9]+-[A-Z0-9]+\b", SignInMail.objects.latest("pk").body).group()
    Client().post("/account/password/reset/", {"email": OLD})
    reset = re.search(r"https?://[^/]+(/account/\S+)", SignInMail.objects.latest("pk").body).group(1)
    assert "token_fail" not in str(Client().get(reset, follow=True).context)
    client.post("/me/address/", {"email": NEW})

    client.post(link_in(NEW))

    assert state_of_link(token, now=timezone.now()) is LinkState.EXPIRED
    waiting.post("/account/login/code/confirm/", {"code": code})
    assert waiting.get("/me/").status_code == 302
    assert Client().get(reset, follow=True).context["token_fail"] is True
    assert not SignInMail.objects.filter(to=OLD, sent_at=None, body__contains=code).exists()


def test_code_to_the_new_address_signs_in_afterwards(client):
    client.post("/me/address/", {"email": NEW})
    client.post(link_in(NEW))
    asking = Client()
    asking.post("/account/login/code/", {"email": NEW})
    code = re.search(r"\b[A-Z0-9]+-[A-Z0-9]+\b", SignInMail.objects.filter(to=NEW).latest("pk").body).group()

    asking.post("/account/login/code/confirm/", {"code": code})

    assert asking.get("/me/").status_code == 200


def test_link_works_for_nobody_else_and_only_once(client, ama):
    client.post("/me/address/", {"email": NEW})
    link = link_in(NEW)

    assert Client().post(link).status_code == 302  # asked to sign in first
    assert signed_in_as(make_person()).post(link).status_code == 410
    ama.refresh_from_db()
    assert ama.email == OLD
    assert client.post(link).status_code == 302
    assert client.post(link).status_code == 410


def test_link_expires_and_is_replaced_by_a_newer_one(client, ama):
    client.post("/me/address/", {"email": NEW})
    first = link_in(NEW)
    client.post("/me/address/", {"email": "third@example.org"})
    assert client.post(first).status_code == 410

    change = AddressChange.objects.get(closed_at=None)
    with pytest.raises(LinkRefusedError):
        change_address(change=change, by=ama, now=change.expires_at + timedelta(seconds=1))
    ama.refresh_from_db()
    assert ama.email == OLD


def test_address_can_be_kept(client, ama):
    client.post("/me/address/", {"email": NEW})
    link = link_in(NEW)
    assert "Keep my address" in client.get("/me/address/").content.decode()

    client.post("/me/address/keep/")

    assert client.post(link).status_code == 410
    assert "Keep my address" not in client.get("/me/address/").content.decode()


def test_address_of_somebody_else_looks_the_same_and_is_not_written_to(client, ama):
    make_person("Bea", email="bea@example.org")
    pages = []
    for email in ("bea@example.org", "free@example.org"):
        answer = client.post("/me/address/", {"email": email}, follow=True)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        pages.append((answer.status_code, text.replace(email, "")))

    assert pages[0] == pages[1]
    assert not SignInMail.objects.filter(to="bea@example.org").exists()


def test_address_that_somebody_takes_meanwhile_is_refused(client, ama, now):
    client.post("/me/address/", {"email": NEW})
    add_person(email=NEW, name="Bea", by=None, now=now)

    assert client.post(link_in(NEW)).status_code == 409
    ama.refresh_from_db()
    assert ama.email == OLD
    with pytest.raises(AddressTakenError):
        change_address(change=AddressChange.objects.get(), by=ama, now=timezone.now())


def test_own_address_is_refused(client):
    assert client.post("/me/address/", {"email": OLD}).status_code == 409
    assert not SignInMail.objects.exists()


def test_where_no_mail_goes_no_address_is_asked_for(client, settings):
    settings.CHIRON_CAN_MAIL = False

    assert client.post("/me/address/", {"email": NEW}).status_code == 302
    assert "cannot send e-mail yet" in client.get("/me/address/").content.decode()
    assert not AddressChange.objects.exists()


def test_pages_of_allauth_that_would_change_addresses_are_not_there(client, ama):
    for answer in (client.get("/account/email/"), client.post("/account/email/", {"action_add": "", "email": NEW})):
        assert answer.status_code == 404
    ama.refresh_from_db()
    assert ama.email == OLD


def test_another_password_ends_every_other_sign_in(client, ama):
    other = signed_in_as(ama)

    client.post("/account/password/set/", {"password1": "correct horse battery", "password2": "correct horse battery"})

    assert other.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_deactivated_person_is_out_with_the_next_request(client, ama):
    ama.is_active = False
    ama.save()

    assert client.get("/me/").status_code == 302


def test_database_refuses_an_empty_address(now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="", name="Ama", joined_at=now)


def test_own_data_holds_the_addresses_that_were_asked_for(client, ama):
    client.post("/me/address/", {"email": NEW})

    assert [change["email"] for change in own_data_of(ama)["address_changes"]] == [NEW]
