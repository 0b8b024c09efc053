"""Twenty canaries through every form, and through every kind of failure: no log line and no address holds one."""

import io
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils.log import AdminEmailHandler

from chiron.site.applications.models import Application
from chiron.site.people.models import Person, SignInMail
from site_addresses import PARTS, address_of
from world_factories import World, make_world

pytestmark = [pytest.mark.privacy, pytest.mark.django_db]
CANARIES = [f"zyzzyva{number:02}" for number in range(20)]
FORMS = sorted(PARTS)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WHO = ("visitor", "mentee", "coordinator")
BROKEN = [(Application, "capacity"), (Person, "name"), (SignInMail, "body")]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what the site logs, by its own settings but for the level: everything from warnings on."""
    written = io.StringIO()
    terminal = {**settings.LOGGING["handlers"]["terminal"], "stream": written}
    loggers = {name: {**facts, "level": "WARNING"} for name, facts in settings.LOGGING["loggers"].items()}
    logging.config.dictConfig({**settings.LOGGING, "handlers": {"terminal": terminal}, "loggers": loggers})
    yield written
    logging.config.dictConfig(settings.LOGGING)


@pytest.fixture(autouse=True)
def _can_mail(settings):
    settings.CHIRON_CAN_MAIL = True


@pytest.fixture
def world() -> World:
    return make_world()[0]


def typed(page: object, world: World, name: str) -> dict[str, object]:
    """Return what somebody types into every field of a page: a canary each, and what the address needs besides."""
    forms = [form for key in ("form", "verify_form") if (form := (getattr(page, "context", None) or {}).get(key))]
    names = {field.html_name for form in forms for field in form} | {
        "name",
        "email",
        "login",
        "password",
        "code",
        "reason",
    }
    said: dict[str, object] = {
        field: f"{CANARIES[place % 20]}@example.org" if field in {"email", "login"} else CANARIES[place % 20]
        for place, field in enumerate(sorted(names))
    }
    return {**said, "file": SimpleUploadedFile(f"{CANARIES[3]}.csv", CANARIES[4].encode()), **world.posts.get(name, {})}


def crawl(world: World) -> tuple[int, list[str], list[int]]:
    """Send canaries to every address as everybody; return how often, where one came back in an address, and statuses."""
    sent, leaks, statuses = 0, [], []
    for kind in WHO:
        for name in FORMS:
            client = Client(raise_request_exception=False)
            if kind in world.people:
                client.force_login(world.people[kind], backend=BACKEND)
            address = address_of(name, world, **{part: CANARIES[5] for part in PARTS[name] if part in {"token", "key"}})
            with transaction.atomic():
                page = client.get(
                    address, headers={"User-Agent": CANARIES[6], "Referer": f"https://{CANARIES[7]}.example/"}
                )
                answer = client.post(address, typed(page, world, name))
                transaction.set_rollback(True)
            sent += 1
            statuses.append(answer.status_code)
            leaks += [
                f"{name} as {kind}"
                for canary in CANARIES
                if canary in answer.headers.get("Location", "") and canary != CANARIES[5]
            ]
    return sent, leaks, statuses


def test_no_log_line_and_no_address_holds_what_was_typed(world, log):
    sent, leaks, _statuses = crawl(world)

    assert sent >= 300
    assert leaks == []
    assert [canary for canary in CANARIES if canary in log.getvalue()] == []
    assert log.getvalue()


@pytest.mark.parametrize(("model", "column"), BROKEN, ids=[model.__name__ for model, _column in BROKEN])
def test_failures_of_the_database_are_logged_without_what_was_typed(world, log, model, column):
    clients = [Client(raise_request_exception=False) for _ in range(2)]
    clients[1].force_login(world.people["coordinator"], backend=BACKEND)
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO gone")
        statuses = [status for client in clients for status in failing(client, world)]
        transaction.set_rollback(True)

    assert statuses.count(500) > 0
    assert "OperationalError" in log.getvalue() or "ProgrammingError" in log.getvalue()
    assert [canary for canary in CANARIES if canary in log.getvalue()] == []


def failing(client: Client, world: World) -> list[int]:
    """Send canaries to every form while the database refuses, and return the statuses."""
    statuses = []
    for name in FORMS:
        asking = Client(raise_request_exception=False)
        asking.cookies = client.cookies.copy()
        with transaction.atomic():
            statuses.append(asking.post(address_of(name, world), typed(None, world, name)).status_code)
            transaction.set_rollback(True)
    return statuses


def test_no_fault_is_mailed_to_anybody():
    handlers = [
        handler
        for logger in (logging.getLogger(name) for name in logging.root.manager.loggerDict)
        for handler in logger.handlers
    ]

    assert settings.ADMINS == []
    assert [handler for handler in handlers if isinstance(handler, AdminEmailHandler)] == []
