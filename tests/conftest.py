"""Fixtures that many tests share: a clock, people by role, a running site, a real browser."""

import gc
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.test.testcases import LiveServerThread
from hypothesis import settings

from chiron.site.applications.queries.imports import forget_tables
from chiron.site.audit.rules import ALLOW_CHANGES, REFUSE_CHANGES
from chiron.site.matching.bridge.effects import forget_plans
from chiron.site.matching.bridge.hand import forget_questions
from chiron.site.matching.queries.fairness import forget_figures
from chiron.site.matching.queries.inputs import forget_inputs
from chiron.site.people.models import Person
from factories import NOW

CHROMIUM = Path("/usr/bin/chromium")
IN_CI = bool(os.environ.get("CI"))
NIGHTLY = bool(os.environ.get("CHIRON_NIGHTLY"))

# How long one generated case takes depends on who else uses the machine, so that time is no fault.
settings.register_profile("chiron", deadline=None)
settings.load_profile("chiron")


def pytest_collection_finish() -> None:
    """Leave what was collected out of the search for garbage, which else walks through it thousands of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what cannot run here and why; in CI a test that cannot run fails by itself instead."""
    on_postgres = os.environ.get("CHIRON_DATABASE_URL", "").startswith("postgres")
    elsewhere = []
    for item in items:
        if item.get_closest_marker("nightly") and not NIGHTLY:
            elsewhere.append(item)
            continue
        if item.get_closest_marker("browser") and not CHROMIUM.exists() and not IN_CI:
            item.add_marker(pytest.mark.skip(reason=f"needs a browser at {CHROMIUM}"))
        if item.get_closest_marker("postgres") and not on_postgres:
            if IN_CI:  # CI runs everything a second time on PostgreSQL
                elsewhere.append(item)
            else:
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: set CHIRON_DATABASE_URL"))
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture
def now() -> datetime:
    """Return the moment at which tests happen."""
    return NOW


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> None:
    """Forget what a process keeps about runs and plans: the next test's have the same keys."""
    for forget in (forget_inputs, forget_figures, forget_plans, forget_questions, forget_tables):
        forget()


def run_sql(statements: tuple[str, ...]) -> None:
    """Run statements on the test database."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def _events_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the test database be emptied after a test with real transactions, although events are never deleted."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None and not {"db", "transactional_db", "running_site"} & set(request.fixturenames):
        yield
        return
    emptied = bool(marker and marker.kwargs.get("transaction"))
    emptied = emptied or bool({"transactional_db", "running_site"} & set(request.fixturenames))
    request.getfixturevalue("transactional_db" if emptied else "db")
    run_sql(REFUSE_CHANGES[connection.vendor])
    yield
    if emptied:
        run_sql(ALLOW_CHANGES[connection.vendor])


@dataclass(frozen=True)
class RunningSite:
    """The running site: its address, which is also its text."""

    url: str

    def __str__(self) -> str:
        return self.url


@pytest.fixture
def running_site(transactional_db: None) -> Iterator[RunningSite]:
    """Run the site as it is served for real, static files included, on a port of its own."""
    thread = LiveServerThread("127.0.0.1", lambda _media: WSGIHandler())
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield RunningSite(f"http://127.0.0.1:{thread.port}")
    thread.terminate()


@pytest.fixture(scope="session")
def chromium() -> Iterator["object"]:
    """Start a browser once for all tests; each test opens a context of its own."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- slow, and only browser tests need it

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs a loop in the thread of the tests
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser(chromium, running_site: RunningSite):
    """Return a fresh browser context on the running site: `page = browser.new_page(); page.goto("/")`."""
    context = chromium.new_context(base_url=running_site.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def signed_in(client: Client):
    """Return a function that signs a person in and returns the client: `signed_in(person).get("/me/")`."""

    def sign_in(person: Person) -> Client:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def seal_keys(settings) -> None:
    """Give the site a key that seals its history, and no place outside that is told of the seals."""
    settings.CHIRON_SEAL_KEYS = {"tests": b"made up, and at least 32 characters long"}


class Mailbox:
    """A mail server's memory: every mail it took, and whether it takes any."""

    def __init__(self) -> None:
        self.mails = []
        self.refuses = False

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ARG002, N802 -- aiosmtpd calls it
        """Take a mail, or refuse it."""
        if self.refuses:
            return "451 Not now"
        self.mails.append(envelope)
        return "250 OK"


def free_port() -> int:
    """Return a port of this computer that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail_server(settings) -> Iterator[Mailbox]:
    """Run a real mail server on this computer, and let the site send through it."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.CHIRON_CAN_MAIL = True
    settings.CHIRON_SITE_URL = "https://mentoring.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield mailbox
    controller.stop()
