"""A link pressed twice at the same moment signs in once."""

import time

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from chiron.site.audit.models import Event
from chiron.site.people.models import SignInLink
from chiron.site.people.operations import make_sign_in_link, use_sign_in_link
from chiron.site.people.rules import LinkRefusedError, token_hash
from factories import make_person
from race.racing import faults, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def token() -> str:
    return make_sign_in_link(person=make_person(), by=None, now=timezone.now())


def test_link_is_used_once(token):
    outcomes = race(*[lambda: use_sign_in_link(token=token, now=timezone.now())] * 4)

    assert [type(one) for one in faults(outcomes)] == [LinkRefusedError] * 3
    assert Event.objects.filter(kind="sign_in_link.used").count() == 1


def test_link_pressed_in_two_windows_signs_one_of_them_in(token):
    clients = [Client(), Client()]

    answers = race(*(lambda client=client: client.post(f"/enter/{token}/").status_code for client in clients))

    assert sorted(answers) == [302, 410]
    assert sorted(client.get("/me/").status_code for client in clients) == [200, 302]


@pytest.mark.postgres
def test_without_a_lock_a_link_would_sign_in_twice(token):
    @transaction.atomic
    def use_without_lock() -> bool:
        """Look, then act: what `use_sign_in_link` would be without its lock."""
        link = SignInLink.objects.get(token_hash=token_hash(token))
        if link.used_at is not None:
            return False
        time.sleep(0.3)
        link.used_at = timezone.now()
        link.save()
        return True

    assert race(use_without_lock, use_without_lock) == [True, True]
