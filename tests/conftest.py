"""Fixtures that many tests share: a clock, people by role, a running site, a real browser."""

import fcntl
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
from pytest_django import DjangoDbBlocker

from chiron.site.applications.queries.imports import forget_tables
from chiron.site.audit.rules import ALLOW_CHANGES, REFUSE_CHANGES
from chiron.site.matching.bridge.effects import forget_plans
from chiron.site.matching.bridge.hand import forget_questions
from chiron.site.matching.queries.fairness import forget_figures
from chiron.site.matching.queries.inputs import forget_inputs
from chiron.site.people.models import Person
from chiron.site.shared.process.hashing import PatientHasher
from commands import chiron
from factories import NOW

CHROMIUM = Path("/usr/bin/chromium")
IN_CI = bool(os.environ.get("CI"))
NIGHTLY = bool(os.environ.get("CHIRON_NIGHTLY"))

# How long one generated case takes depends on who else uses the machine, so that time is no fault. At night each test of
# generated cases (`hypothesis` marks them) has many more.
settings.register_profile("chiron", deadline=None, max_examples=300 if NIGHTLY else 40)
settings.load_profile("chiron")


def pytest_collection_finish() -> None:
    """Leave what was collected out of the search for garbage, which else walks through it thousands of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


# Whatever needs the demo, servers or the compiled kernels, in this order.
FIRST = (
    "tests/journeys/", "tests/pairing/scale/", "tests/blueprints/all_pairs/", "tests/cli/matching/test_bulk_match.py",
    "tests/sheets/test_bulk_match.py", "tests/blueprints/test_rules_reference.py",
    "tests/site/matching/operations/test_large_runs.py", "tests/fleet/", "tests/crash/",
)  # fmt: skip


def place_of(item: pytest.Item) -> int:
    """Return where a test stands among the groups that come first."""
    return next((at for at, path in enumerate(FIRST) if item.nodeid.startswith(path)), len(FIRST))


def asks_a_database(item: pytest.Item) -> bool:
    """Return whether a test shows something of the database: browsers show the same pages over either."""
    uses = {"django_db_setup", "_django_db_helper", "db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(uses or item.get_closest_marker("django_db")) and not item.get_closest_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here or is not asked for, and begin with what takes long.

    What cannot run says why; in CI it fails by itself instead. What takes long stands together, before all that is in a
    random order: one worker starts the demo, one compiles the kernels, and what others steal at the end is short.
    """
    items.sort(key=place_of)
    on_postgres = os.environ.get("CHIRON_DATABASE_URL", "").startswith("postgres")
    elsewhere = []
    for item in items:
        if item.get_closest_marker("nightly") and not NIGHTLY:
            elsewhere.append(item)
            continue
        if on_postgres and IN_CI and not asks_a_database(item):
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


@pytest.fixture(scope="session")
def fresh_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a site as `chiron init` makes it, once for all workers: who changes it works on a copy."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    folder = shared / "fresh site"
    with (shared / "fresh site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            made = chiron("init", str(folder))
            assert made.returncode == 0, made.stderr
    return folder


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


EMPTIED: list[DjangoDbBlocker] = []
"""What lets at a database whose events could be deleted while it was emptied after a test."""


@pytest.fixture(autouse=True)
def _events_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the test database be emptied after a test with real transactions, although events are never deleted."""
    marker = request.node.get_closest_marker("django_db")
    emptied = bool(marker and marker.kwargs.get("transaction"))
    if not emptied and not {"transactional_db", "running_site"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    run_sql(ALLOW_CHANGES[connection.vendor])
    EMPTIED.append(request.getfixturevalue("django_db_blocker"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Refuse changes of events again once the database is emptied; after the last test there is none any more."""
    try:
        return (yield)
    finally:
        while EMPTIED:
            blocker = EMPTIED.pop()
            if nextitem is not None:
                with blocker.unblock():
                    run_sql(REFUSE_CHANGES[connection.vendor])


@pytest.fixture(scope="session", autouse=True)
def _hashes_take_no_time() -> Iterator[None]:
    """Hash passwords in few rounds: forms that are sent hundreds of times would else spend a third of a second each."""
    PatientHasher.iterations = 1_000
    yield
    del PatientHasher.iterations


@pytest.fixture(scope="session", autouse=True)
def _emptied_row_by_row(django_db_blocker: DjangoDbBlocker) -> None:
    """Empty PostgreSQL by deleting the few rows of a test: to truncate makes a new file of every table and index."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            quote = connection.ops.quote_name
            connection.ops.sql_flush = lambda _style, tables, **_: [f"DELETE FROM {quote(table)}" for table in tables]


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
