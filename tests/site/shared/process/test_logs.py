"""A log line says what went wrong and where, and nothing that anybody typed."""

import io
import logging
import logging.config
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import resolve

from chiron.site.people.models import Person
from factories import NOW, make_person

pytestmark = pytest.mark.privacy
CANARY = "zyzzyva"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what the site logs, by its own settings."""
    written = io.StringIO()
    terminal = {**settings.LOGGING["handlers"]["terminal"], "stream": written}
    logging.config.dictConfig({**settings.LOGGING, "handlers": {"terminal": terminal}})
    yield written
    logging.config.dictConfig(settings.LOGGING)


@pytest.mark.django_db
def test_refusal_of_the_database_is_logged_without_the_row(log):
    make_person(email=f"{CANARY}@example.org")
    request = RequestFactory().get(f"/enter/{CANARY}/")
    request.resolver_match = resolve(request.path)
    try:
        with transaction.atomic():
            Person.objects.create(email=f"{CANARY}@example.org", name=CANARY, joined_at=NOW)
    except IntegrityError as fault:
        text = str(fault)
        logging.getLogger("django.request").exception(
            "Internal Server Error: %s", request.path, extra={"request": request}
        )

    written = log.getvalue()
    assert "email" in text
    assert CANARY not in written
    assert "Internal Server Error: %s GET enter/<str:token>/" in written
    assert "django.db.utils.IntegrityError" in written
    assert "test_logs.py" in written


@pytest.mark.parametrize("name", ["waitress", "django.security.DisallowedHost", "allauth.account", "granian"])
def test_words_of_others_are_not_filled_in(log, name):
    logging.getLogger(name).error("Said %s", CANARY)
    logging.getLogger(name).error(f"Exception while serving /enter/{CANARY}/")  # noqa: G004 -- as waitress does

    assert CANARY not in log.getvalue()
    assert log.getvalue().count("test_logs") == 1
    assert "Said %s" in log.getvalue()


def test_our_own_words_are_filled_in_with_their_codes(log):
    logging.getLogger("chiron.jobs").error("Job %s (%s) failed: %s", 7, "people.forget_tries", "OSError")

    assert "Job 7 (people.forget_tries) failed: OSError" in log.getvalue()


def test_fault_behind_a_fault_is_told_too(log):
    try:
        try:
            int(CANARY)
        except ValueError as fault:
            raise LookupError(CANARY) from fault
    except LookupError:
        logging.getLogger("chiron.test").exception("Failed")

    assert CANARY not in log.getvalue()
    assert "builtins.LookupError" in log.getvalue()
    assert "builtins.ValueError" in log.getvalue()


@pytest.mark.parametrize("crash", ["raise ValueError('{}')", "threading.Thread(target=lambda: int('{}')).start()"])
def test_crash_of_a_process_is_logged_without_its_text(crash):
    program = (
        "import threading, django; django.setup()\n"
        "from chiron.site.shared.process.logs import log_crashes; log_crashes()\n" + crash.format(CANARY)
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={"DJANGO_SETTINGS_MODULE": "chiron.site.settings", "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip

    assert CANARY not in ended.stdout + ended.stderr
    assert "ValueError" in ended.stderr
