"""People and the links that sign them in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chiron.site.audit.models import Event
from chiron.site.people.models import Person, SignInLink, SignInMail
from chiron.site.people.operations import (
    add_person,
    correct_person,
    give_first_email,
    make_sign_in_link,
    mark_sign_in_mail_sent,
    use_sign_in_link,
    write_sign_in_mail,
)
from chiron.site.people.queries import own_data_of, person_by_email, state_of_link
from chiron.site.people.rules import (
    PLACEHOLDER_EMAIL,
    AddressKnownError,
    AddressTakenError,
    LinkRefusedError,
    LinkState,
)
from factories import make_person

pytestmark = pytest.mark.django_db


def test_add_person_keeps_one_form_of_an_address(now):
    person = add_person(email="  Ama@Example.ORG ", name=" Ama ", by=None, now=now)

    assert (person.email, person.name) == ("ama@example.org", "Ama")
    assert add_person(email="AMA@example.org", name="Somebody else", by=None, now=now) == person
    assert person_by_email("Ama@example.org") == person
    assert not person.has_usable_password()


def test_database_refuses_an_address_with_capitals(now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="Ama@example.org", name="Ama", joined_at=now)


def test_correct_person_changes_what_the_person_says(now):
    person = make_person()

    correct_person(person=person, name="Ama", language="en-gb", time_zone="Asia/Tokyo", by=person, now=now)

    person.refresh_from_db()
    assert (person.name, person.time_zone) == ("Ama", "Asia/Tokyo")


def test_link_signs_in_once(now):
    person = make_person()
    token = make_sign_in_link(person=person, by=None, now=now)

    assert use_sign_in_link(token=token, now=now) == person
    with pytest.raises(LinkRefusedError, match="already used"):
        use_sign_in_link(token=token, now=now)


def test_link_expires_after_15_minutes(now):
    token = make_sign_in_link(person=make_person(), by=None, now=now)

    assert state_of_link(token, now=now + timedelta(minutes=14, seconds=59)) is LinkState.OPEN
    with pytest.raises(LinkRefusedError, match="expired"):
        use_sign_in_link(token=token, now=now + timedelta(minutes=15))


def test_newer_link_replaces_an_older_one(now):
    person = make_person()
    older = make_sign_in_link(person=person, by=None, now=now)
    newer = make_sign_in_link(person=person, by=None, now=now)

    assert state_of_link(older, now=now) is LinkState.EXPIRED
    assert use_sign_in_link(token=newer, now=now) == person


def test_unknown_link_and_inactive_person_are_refused_alike(now):
    person = make_person()
    token = make_sign_in_link(person=person, by=None, now=now)
    Person.objects.filter(pk=person.pk).update(is_active=False)

    refusals = []
    for secret in (token, "nonsense"):
        with pytest.raises(LinkRefusedError) as refusal:
            use_sign_in_link(token=secret, now=now)
        refusals.append(refusal.value.message)

    assert refusals[0] == refusals[1]


def test_only_a_hash_of_a_link_is_kept(now):
    token = make_sign_in_link(person=make_person(), by=None, now=now)

    assert token not in str(list(SignInLink.objects.values_list()))
    assert token not in str(list(Event.objects.values_list()))


def test_text_of_a_sign_in_mail_is_erased_once_it_left(now):
    mail = write_sign_in_mail(to="ama@example.org", subject="Code", body="ABC-123", now=now)

    mark_sign_in_mail_sent(mail=mail, now=now)

    assert SignInMail.objects.get().body == ""


def test_own_data_of_names_what_is_kept(now):
    person = make_person("Ama")
    make_sign_in_link(person=person, by=None, now=now)

    data = own_data_of(person)

    assert (data["name"], data["email"], len(data["sign_in_links"])) == ("Ama", person.email, 1)


def test_owner_of_a_fresh_site_gives_their_own_address_once(now):
    owner, other = make_person(email=PLACEHOLDER_EMAIL), make_person()

    with pytest.raises(AddressTakenError):
        give_first_email(person=owner, email=other.email, by=owner, now=now)
    give_first_email(person=owner, email="Owner@Example.org", by=owner, now=now)

    owner.refresh_from_db()
    assert owner.email == "owner@example.org"
    with pytest.raises(AddressKnownError):
        give_first_email(person=owner, email="another@example.org", by=owner, now=now)
