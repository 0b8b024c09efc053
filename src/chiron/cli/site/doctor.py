"""What a site needs, checked one by one: a mark, a name, a detail, and for what is red its fix."""

import os
import secrets
import smtplib
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import DatabaseError, OperationalError, connection

from chiron.cli.site.folder import SEAL_KEY_BYTES
from chiron.site.shared.bodies import Room, room_in

OLDEST_PYTHON: Final = (3, 11)
SAFE_LENGTH, SAFE_LETTERS = 50, 5
RESTORE: Final = "Stop the site, and put the last backup of the file in its place."
BUILT: Final = datetime(2026, 1, 1, tzinfo=UTC)
WAITED_LONG: Final = timedelta(minutes=15)
WALKED_LATE: Final = timedelta(days=2)


class Mark(StrEnum):
    """How a check ended."""

    GREEN = "ok"
    YELLOW = "note"
    RED = "fix"


SIGNS: Final = {Mark.GREEN: ("✓", "32"), Mark.YELLOW: ("!", "33"), Mark.RED: ("✗", "31")}


@dataclass(frozen=True)
class HealthFinding:
    """One line of the doctor.

    Attributes:
        mark: how the check ended.
        name: what was checked.
        detail: what was found, without personal data.
        fix: what to do, where something is to be done.
    """

    mark: Mark
    name: str
    detail: str
    fix: str = ""

    def as_text(self, *, color: bool) -> str:
        """Return the line for a terminal, with the fix indented under it."""
        sign, code = SIGNS[self.mark]
        shown = f"\x1b[{code}m{sign}\x1b[0m" if color else sign
        fix = f"\n    {self.fix}" if self.fix else ""
        return f"{shown} {self.name:<12} {self.detail}{fix}"

    def as_json(self) -> dict[str, str]:
        """Return the line for a program."""
        return {"check": self.name, "mark": self.mark.value, "detail": self.detail, "fix": self.fix}


def examine(anchor: Path | None = None) -> tuple[HealthFinding, ...]:
    """Return every finding, in the order they are shown; a database that is not there ends the list early.

    Args:
        anchor: a text file that tells of seals, such as the saved mails of an auditor.
    """
    findings = [python(), room()]
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        return (*findings, HealthFinding(Mark.RED, "Settings", str(fault), "Correct settings.env."))
    findings += [secret(), demo(), time_zones(), mail(), address(), solver()]
    try:
        findings += [*(check() for check in NEED_DATABASE), history(anchor)]
    except DatabaseError as fault:
        findings.append(_no_database(fault))
    return tuple(findings)


def _no_database(fault: DatabaseError) -> HealthFinding:
    """Return why nothing more can be asked of the database."""
    # Whatever is wrong with a file except that it cannot be opened or is locked is wrong inside it.
    if connection.vendor == "sqlite" and not isinstance(fault, OperationalError):
        return HealthFinding(Mark.RED, "Database", "is damaged", RESTORE)
    fix = "Check CHIRON_DATABASE_URL in settings.env, and that the database runs."
    return HealthFinding(Mark.RED, "Database", f"does not answer ({type(fault).__name__})", fix)


def python() -> HealthFinding:
    """Check the version of Python."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        return HealthFinding(Mark.GREEN, "Python", found)
    return HealthFinding(
        Mark.RED, "Python", found, "Install Python 3.11 or newer."
    )  # pragma: no cover -- would not have started


def room() -> HealthFinding:
    """Check the room left on the disk that holds the site."""
    folder = Path(os.environ.get("CHIRON_DIR", "."))
    found, gibibytes = room_in(folder)
    free = f"{gibibytes:.1f} GiB free"
    if found is Room.NONE:
        return HealthFinding(Mark.RED, "Disk", free, "Make room: under 5 %, uploads and imports are refused.")
    if found is Room.LITTLE:
        return HealthFinding(Mark.YELLOW, "Disk", free, "Make room soon: under 15 % is left.")
    return HealthFinding(Mark.GREEN, "Disk", free)


def secret() -> HealthFinding:
    """Check that the key that keeps sign-ins safe is set, and that nobody can guess it."""
    key = os.environ.get("CHIRON_SECRET_KEY", "")
    if not key:
        words = "not set: everybody is signed out whenever the site stops"
        return HealthFinding(Mark.RED, "Secret key", words, f"Add to settings.env: {_new_key()}")
    if len(key) < SAFE_LENGTH or len(set(key)) < SAFE_LETTERS or key.startswith("django-insecure-"):
        words = "weak: somebody could guess it, and sign in as anybody"
        return HealthFinding(Mark.RED, "Secret key", words, f"Write instead, in settings.env: {_new_key()}")
    return HealthFinding(Mark.GREEN, "Secret key", "set, and too long to guess")


def _new_key() -> str:
    return f"CHIRON_SECRET_KEY={secrets.token_urlsafe(64)}"


def demo() -> HealthFinding:
    """Check that the switches of a demo are off, by which anybody becomes anybody."""
    if settings.CHIRON_DEMO:
        words = "on: everybody can look at the site as somebody else, and no mail leaves"
        return HealthFinding(Mark.RED, "Demo", words, "Take CHIRON_DEMO out of settings.env and of the environment.")
    return HealthFinding(Mark.GREEN, "Demo", "off")


def time_zones() -> HealthFinding:
    """Check the clock against what is certain."""
    if datetime.now(UTC) < BUILT:
        return HealthFinding(Mark.RED, "Clock", "is years behind", "Set the clock of this computer.")
    return HealthFinding(Mark.GREEN, "Clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, shown in {settings.TIME_ZONE}")


def mail() -> HealthFinding:
    """Check that the mail server answers, where one is named; a site works without."""
    if not settings.CHIRON_CAN_MAIL:
        fix = "Set CHIRON_EMAIL_URL in settings.env when you want messages to leave by themselves."
        return HealthFinding(Mark.YELLOW, "Mail", "not set up; messages wait in the outbox", fix)
    try:
        with get_connection():
            return HealthFinding(Mark.GREEN, "Mail", "the server answers")
    except (OSError, smtplib.SMTPException) as fault:
        fix = "Check address, name and password in CHIRON_EMAIL_URL."
        return HealthFinding(Mark.RED, "Mail", f"the server does not take mail ({type(fault).__name__})", fix)


def address() -> HealthFinding:
    """Check that mails can lead to the site: they carry its address."""
    named = os.environ.get("CHIRON_SITE_URL", "").strip()
    inside = (urlsplit(settings.CHIRON_SITE_URL).hostname or "") in {"127.0.0.1", "localhost", "::1"}
    if not settings.CHIRON_CAN_MAIL:
        return HealthFinding(Mark.GREEN, "Address", named or "this computer")
    if not named or inside:
        words = f"mails would lead people to {settings.CHIRON_SITE_URL}, which is their own computer"
        fix = "Set in settings.env the address that people type: CHIRON_SITE_URL=https://mentoring.example.org"
        return HealthFinding(Mark.RED, "Address", words, fix)
    return HealthFinding(Mark.GREEN, "Address", settings.CHIRON_SITE_URL)


def solver() -> HealthFinding:
    """Check that the solver finds and proves the best plan of a small case that is known."""
    from chiron.cli.site.known_case import fault_in_known_case

    fault = fault_in_known_case()
    if fault:
        return HealthFinding(
            Mark.RED, "Solver", fault, "Install Chiron again: a part of the solver is missing or broken."
        )
    return HealthFinding(Mark.GREEN, "Solver", "finds and proves the best plan of a known case")


def database() -> HealthFinding:
    """Check that the database answers and is whole."""
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT 1")
            return HealthFinding(Mark.GREEN, "Database", connection.display_name)
        # The long check: the quick one does not compare tables with their indexes.
        cursor.execute("PRAGMA integrity_check(1)")
        answer = str(cursor.fetchone()[0])
    if answer == "ok":
        return HealthFinding(Mark.GREEN, "Database", f"SQLite {sqlite3.sqlite_version}, whole")
    return HealthFinding(Mark.RED, "Database", "is damaged", RESTORE)


def migrations() -> HealthFinding:
    """Check that the database has every table of this version."""
    from chiron.site.shared.process.health import waiting_migrations

    waiting = len(waiting_migrations())
    if waiting:
        return HealthFinding(Mark.RED, "Tables", f"{waiting} changes wait", "Start the site: chiron serve makes them.")
    return HealthFinding(Mark.GREEN, "Tables", "as this version needs them")


def database_clock() -> HealthFinding:
    """Check that database and computer agree on the time."""
    if connection.vendor == "sqlite":
        return HealthFinding(Mark.GREEN, "Two clocks", "the database uses this computer's clock")
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")
        apart = abs((cursor.fetchone()[0] - datetime.now(UTC)).total_seconds())
    if apart > 5:  # noqa: PLR2004 -- seconds
        fix = "Let both computers take their time from the network."
        return HealthFinding(Mark.RED, "Two clocks", f"database and computer are {apart:.0f} s apart", fix)
    return HealthFinding(Mark.GREEN, "Two clocks", "database and computer agree")


def jobs() -> HealthFinding:
    """Check that jobs are being done."""
    from chiron.site.shared.jobs.queries import jobs_late, jobs_set_aside

    aside, late = jobs_set_aside().count(), jobs_late(since=datetime.now(UTC) - WAITED_LONG).count()
    if aside:
        last = jobs_set_aside()[0]
        detail = f"{aside} failed too often; the last: {last.name} ({last.fault})"
        return HealthFinding(
            Mark.RED, "Jobs", detail, "Mend what they say, then let them try again: chiron doctor DIR --retry-jobs"
        )
    if late:
        return HealthFinding(
            Mark.YELLOW, "Jobs", f"{late} wait for more than 15 minutes", "Start the site: its worker does them."
        )
    return HealthFinding(Mark.GREEN, "Jobs", "none waits for long")


def history(anchor: Path | None = None) -> HealthFinding:
    """Check that nobody rewrote the history.

    Args:
        anchor: a text file that tells of seals, such as saved mails; None: the anchor of the settings.
    """
    from chiron.site.audit.queries import anchored, verify_chain

    faults = verify_chain(told=anchored(anchor) if anchor else None)
    if faults:
        fix = "Somebody changed the database by hand. Keep a copy, and compare it with a backup."
        return HealthFinding(Mark.RED, "History", f"{len(faults)} breaks in the chain; the first: {faults[0]}", fix)
    return HealthFinding(Mark.GREEN, "History", "whole")


def seals() -> HealthFinding:
    """Check that the history is sealed, and that somebody outside is told of the seals."""
    from chiron.site.audit.queries import anchor_file

    if not settings.CHIRON_SEAL_KEYS:
        fresh = f"CHIRON_SEAL_KEYS=first:{secrets.token_urlsafe(SEAL_KEY_BYTES)}"
        fix = f"Add to settings.env, and start the site again: {fresh}"
        return HealthFinding(Mark.RED, "Seals", "no key: the history could be rewritten unseen", fix)
    file = anchor_file()
    if file is None and not settings.CHIRON_CAN_MAIL:
        fix = "Set CHIRON_EMAIL_URL, or let CHIRON_ANCHOR name a file on another disk."
        return HealthFinding(Mark.RED, "Seals", "the auditor cannot be told of them: no mail leaves", fix)
    if file is not None and not file.parent.is_dir():
        fix = "Make the folder, or correct CHIRON_ANCHOR in settings.env."
        return HealthFinding(Mark.RED, "Seals", "the folder that CHIRON_ANCHOR names is not there", fix)
    if file is not None and file.parent == settings.CHIRON_DIR:
        fix = "Let CHIRON_ANCHOR in settings.env name a file on another disk, or mailto: and an auditor."
        return HealthFinding(Mark.YELLOW, "Seals", "kept, but told to nobody outside this folder", fix)
    return HealthFinding(Mark.GREEN, "Seals", "kept, and told to the outside")


def retention() -> HealthFinding:
    """Check that what has been kept for long enough goes."""
    from chiron.site.shared.keeping.queries import last_receipt, rows_overdue

    if migrations().mark is Mark.RED:
        return HealthFinding(Mark.YELLOW, "Retention", "not looked at: the tables are those of another version")
    overdue = rows_overdue(before=datetime.now(UTC) - WALKED_LATE)
    if overdue:
        rows = ", ".join(f"{label} {count}" for label, count in sorted(overdue.items()))
        fix = "Start the site: its worker takes them. If it runs, look at Jobs above: keeping.walk does this each day."
        return HealthFinding(Mark.RED, "Retention", f"kept for longer than declared: {rows}", fix)
    receipt = last_receipt()
    if receipt is None:
        return HealthFinding(Mark.GREEN, "Retention", "nothing is kept for longer than declared; nothing had to go yet")
    gone = f"{sum(receipt.tables.values())} rows went on {receipt.at:%d %B %Y} (receipt {receipt.pk})"
    return HealthFinding(Mark.GREEN, "Retention", f"nothing is kept for longer than declared; {gone}")


NEED_DATABASE: Final[tuple[Callable[[], HealthFinding], ...]] = (
    database,
    migrations,
    database_clock,
    jobs,
    retention,
    seals,
)
