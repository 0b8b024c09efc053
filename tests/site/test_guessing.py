"""Guessing ids gives nothing, not even time (S3); a form changes only what it shows (S4); headers stand everywhere (S18)."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.forms import BaseForm
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chiron.site.matching.operations import drafts
from site_addresses import (
    IS_ALSO,
    OURS,
    PARTS,
    TABLE,
    WITH_KEYS,
    address_of,
    everything,
    fields_at,
    missing_headers,
    query_of,
)
from world_factories import World, make_world

pytestmark = [pytest.mark.perms, pytest.mark.django_db]
NUMBERS = re.compile(r"\d+")
EXTRA = (
    "is_staff", "is_active", "is_superuser", "password", "role", "stage", "state", "person", "person_id", "cohort",
    "cohort_id", "decided_by", "published_at", "taken", "kind", "by", "now", "scope", "pk", "id",
)  # fmt: skip
TAKEN = {"matching:note": {"note"}, "programs:release_shown": {"state"}}
"""Names that addresses ask for whose forms stand on other pages."""
SENDS = [name for name in OURS if "post" in TABLE[name] and {"coordinator", "mentee"} & set(TABLE[name]["post"])]


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker) -> Iterator[tuple[World, World]]:
    """Fill two cohorts once; the end takes back everything."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def client_of(world: World, name: str) -> Client:
    """Return whoever may send to an address, signed in."""
    kind = next(
        kind
        for kind in ("coordinator", "mentee")
        if IS_ALSO[kind] & set(TABLE[name].get("post", TABLE[name].get("get")))
    )
    client = Client(raise_request_exception=False)
    client.force_login(world.people[kind], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("name", WITH_KEYS)
def test_a_key_of_others_asks_the_database_what_a_missing_one_asks(name, worlds):
    """The same questions take the same time: a clock on a busy machine would say less."""
    world, other = worlds
    method = "get" if "get" in TABLE[name] else "post"
    client = client_of(world, name)
    for part in (part for part in PARTS[name] if part.endswith("_id")):
        asked = []
        for key in ({**other.keys, **other.special.get(name, {})}[part], 999_999_999):
            address = address_of(name, world, **{part: key}) + query_of(name)
            with transaction.atomic(), CaptureQueriesContext(connection) as queries:
                getattr(client, method)(address, world.posts.get(name) or {})
                transaction.set_rollback(True)
            asked.append([NUMBERS.sub("0", query["sql"]) for query in queries])
        assert asked[0] == asked[1], part


def asked_for(client: Client, world: World, name: str) -> set[str]:
    """Return the names that the form of an address asks for: changing these is what it is for."""
    page = client.get(address_of(name, world) + query_of(name))
    forms = [value for layer in page.context or () for value in layer.flatten().values() if isinstance(value, BaseForm)]
    return (
        {field.html_name for form in forms for field in form} | set(world.posts.get(name, {})) | TAKEN.get(name, set())
    )


def sent_with(client: Client, world: World, name: str, extra: dict[str, object]) -> dict[str, str]:
    """Send a form as it stands with something more; return a digest of every table afterwards, and take it back."""
    address = address_of(name, world) + query_of(name)
    valid = {**fields_at(client, address), **world.posts.get(name, {})}
    with transaction.atomic():
        client.post(address, {**extra, **valid})
        found = everything()
        transaction.set_rollback(True)
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="keys of rows that are taken back are used again there alone")
@pytest.mark.parametrize("name", SENDS)
def test_a_form_changes_only_what_it_shows(name, worlds, monkeypatch):
    world = worlds[0]
    client = client_of(world, name)
    names = {field.name for model in apps.get_models() for field in model._meta.concrete_fields} | set(EXTRA)
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(drafts, "new_revision", lambda: "drawn at each write")

    plain = sent_with(client, world, name, {})
    more = sent_with(client, world, name, dict.fromkeys(sorted(names - asked_for(client, world, name)), "1"))

    assert [table for table in plain if plain[table] != more[table]] == []


@override_settings(SECURE_HSTS_SECONDS=63_072_000, SECURE_SSL_REDIRECT=False)
@pytest.mark.parametrize(
    ("address", "status"),
    [("/help/", 200), ("/nowhere/", 404), ("/theme/", 405), ("/c/1/", 302), ("/static/chiron/nothing.css", 404)],
)
def test_every_answer_over_https_asks_for_https_ever_after(address, status, worlds):
    answer = Client().get(address, secure=True)

    assert answer.status_code == status
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert missing_headers(answer) == []


@override_settings(SECURE_HSTS_SECONDS=63_072_000, SECURE_SSL_REDIRECT=False)
def test_static_files_have_the_headers_too(worlds):
    page = Client().get("/help/", secure=True).content.decode()
    files = re.findall(rf'(?:href|src)="({re.escape(settings.STATIC_URL)}[^"]+)"', page)
    wrong = {}
    for file in files:
        answer = Client().get(file, secure=True)
        b"".join(answer.streaming_content)
        gone = [name for name in missing_headers(answer) if name != "Cache-Control"]  # a file may be kept for ever
        gone += [] if "Strict-Transport-Security" in answer.headers else ["Strict-Transport-Security"]
        if answer.status_code != 200 or gone:
            wrong[file] = (answer.status_code, gone)

    assert len(files) > 1
    assert wrong == {}
