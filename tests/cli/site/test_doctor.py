"""The doctor tells the truth: each red line is provoked, and goes away when what it says is done."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from chiron.cli.site import doctor
from chiron.site.shared import bodies
from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import add_job
from chiron.site.shared.jobs.rules import JobState
from commands import chiron
from fleet.servers import free_port


def red_lines(folder: Path) -> dict[str, dict[str, str]]:
    """Return what the doctor finds red in a site, by name; its exit code agrees."""
    done = chiron("doctor", str(folder), "--json")
    checks = json.loads(done.stdout)["checks"]
    red = {check["check"]: check for check in checks if check["mark"] == "fix"}
    assert done.returncode == (3 if red else 0)
    return red


@pytest.fixture(scope="module")
def fresh(fresh_site, tmp_path_factory) -> Path:
    """Return the folder of a site with everything in order."""
    folder = Path(shutil.copytree(fresh_site, tmp_path_factory.mktemp("fresh") / "site"))
    assert red_lines(folder) == {}
    return folder


@pytest.fixture
def site(fresh, tmp_path) -> Path:
    """Return a copy of that site."""
    return Path(shutil.copytree(fresh, tmp_path / "site"))


@pytest.fixture(scope="module")
def mail_port() -> Iterator[int]:
    """Run a mail server, and return its port."""

    class Taken:
        async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ARG002, N802 -- aiosmtpd calls it
            return "250 OK"

    controller = Controller(Taken(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


def setting(name: str, value: str | None) -> Callable[[Path], None]:
    """Return what writes a setting into a site, or takes it out."""

    def write(folder: Path) -> None:
        path = folder / "settings.env"
        kept = [line for line in path.read_text().splitlines() if not line.startswith(f"{name}=")]
        path.write_text("\n".join([*kept, *([f"{name}={value}"] if value is not None else [])]) + "\n")

    return write


SETTINGS = {
    "no key": ("Secret key", "CHIRON_SECRET_KEY", None, "not set"),
    "a short key": ("Secret key", "CHIRON_SECRET_KEY", "secret", "weak"),
    "a key of one letter": ("Secret key", "CHIRON_SECRET_KEY", "a" * 64, "weak"),
    "the demo": ("Demo", "CHIRON_DEMO", "1", "on:"),
    "a zone that is none": ("Settings", "CHIRON_TIME_ZONE", "Mars/Olympus", "CHIRON_TIME_ZONE is 'Mars/Olympus'"),
    "no number": ("Settings", "CHIRON_PROCESSES", "two", "CHIRON_PROCESSES is 'two'"),
    "no kind of database": ("Settings", "CHIRON_DATABASE_URL", "mysql://x/y", "Use sqlite:/// or postgresql://"),
    "a database that is away": ("Database", "CHIRON_DATABASE_URL", "postgresql://a@127.0.0.1:9/b", "does not answer"),
    "a file that cannot be": ("Database", "CHIRON_DATABASE_URL", "sqlite:////nowhere/at/all", "does not answer"),
    "a mail server that is away": ("Mail", "CHIRON_EMAIL_URL", "smtp://127.0.0.1:9", "does not take mail"),
}
MENDS = {
    "CHIRON_DEMO": None,
    "CHIRON_TIME_ZONE": "Europe/London",  # the example that the line gives
    "CHIRON_PROCESSES": "2",
    "CHIRON_DATABASE_URL": None,
    "CHIRON_EMAIL_URL": None,
}


@pytest.mark.parametrize("case", SETTINGS)
def test_setting_that_is_wrong_is_red_and_its_line_says_what_to_write(site, case):
    name, variable, value, words = SETTINGS[case]
    setting(variable, value)(site)

    found = red_lines(site)[name]
    assert words in found["detail"]
    assert variable in found["detail"] + found["fix"]
    new_key = re.search(r"CHIRON_SECRET_KEY=(\S+)", found["fix"])
    setting(variable, new_key[1] if new_key else MENDS[variable])(site)

    assert red_lines(site) == {}


def test_setting_that_makes_no_sense_ends_every_command_in_words(site):
    setting("CHIRON_TIME_ZONE", "Mars/Olympus")(site)

    done = chiron("link", str(site), "you@example.org")

    assert (done.returncode, done.stdout) == (2, "")
    assert "Write a place, for example Europe/London." in done.stderr


@pytest.mark.parametrize("value", [None, "http://127.0.0.1:8765", "http://localhost"])
def test_mail_without_an_address_for_its_links_is_red(site, mail_port, value):
    setting("CHIRON_EMAIL_URL", f"smtp://127.0.0.1:{mail_port}")(site)
    setting("CHIRON_SITE_URL", value)(site)

    found = red_lines(site)
    assert set(found) == {"Address"}
    assert "their own computer" in found["Address"]["detail"]
    setting("CHIRON_SITE_URL", re.search(r"CHIRON_SITE_URL=(\S+)", found["Address"]["fix"])[1])(site)

    assert red_lines(site) == {}


def scribble(path: Path, *, at: int) -> None:
    """Write nonsense into a file."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xde\xad\xbe\xef" * 256)


@pytest.mark.parametrize("at", [0, 8192, 40_960])
def test_damaged_file_is_called_damaged_and_a_backup_in_its_place_mends_it(site, fresh, at):
    scribble(site / "chiron.sqlite3", at=at)

    found = red_lines(site)["Database"]
    assert (found["detail"], "the last backup" in found["fix"]) == ("is damaged", True)
    for path in site.glob("chiron.sqlite3*"):
        path.unlink()
    shutil.copy(fresh / "chiron.sqlite3", site)

    assert red_lines(site) == {}


def test_index_that_lost_a_row_is_damage_too(site):
    with sqlite3.connect(site / "chiron.sqlite3") as database:
        database.execute("CREATE TABLE spare (a INTEGER)")
        database.execute("INSERT INTO spare VALUES (1), (2), (3)")
        database.execute("CREATE INDEX spare_a ON spare (a)")
        root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'spare'").fetchone()[0]
        database.execute("PRAGMA writable_schema = ON")
        database.execute("CREATE TABLE other (a INTEGER)")
        database.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = 'spare'", [root])
        other = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'other'").fetchone()[0]
        database.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = 'spare'", [other])
        database.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = 'other'", [root])

    assert red_lines(site)["Database"]["detail"] == "is damaged"


def test_tables_of_an_older_version_are_red_until_the_site_has_started(site):
    with sqlite3.connect(site / "chiron.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.execute("DROP TABLE django_session")

    found = red_lines(site)["Tables"]
    assert found["detail"] == "1 changes wait"
    assert "Start the site" in found["fix"]
    assert chiron("link", str(site), "you@example.org").returncode == 0  # starts it, as serve does

    assert red_lines(site) == {}


def test_history_that_somebody_rewrote_is_red_until_the_backup_is_back(site, fresh):
    assert chiron("link", str(site), "you@example.org").returncode == 0
    backup = site.parent / "backup.sqlite3"
    with sqlite3.connect(site / "chiron.sqlite3") as database, sqlite3.connect(backup) as copy:
        database.backup(copy)
    with sqlite3.connect(site / "chiron.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE audit_event SET kind = 'person.invented' WHERE number = 1")

    assert "History" in red_lines(site)
    shutil.copy(backup, site / "chiron.sqlite3")
    for path in (site / "chiron.sqlite3-wal", site / "chiron.sqlite3-shm"):
        path.unlink(missing_ok=True)

    assert "History" not in red_lines(site)


def test_full_disk_and_wrong_clock_are_red(monkeypatch, tmp_path):
    monkeypatch.setenv("CHIRON_DIR", str(tmp_path))
    assert doctor.room().mark in {doctor.Mark.GREEN, doctor.Mark.YELLOW}
    assert doctor.time_zones().mark is doctor.Mark.GREEN

    monkeypatch.setattr(bodies, "LITTLE_ROOM", 1.0)
    assert doctor.room().mark is doctor.Mark.YELLOW
    monkeypatch.setattr(bodies, "NO_ROOM", 1.0)  # no disk has so much room
    assert doctor.room().mark is doctor.Mark.RED
    monkeypatch.setattr(doctor, "BUILT", datetime.now(UTC) + timedelta(days=400))
    assert doctor.time_zones().mark is doctor.Mark.RED


@pytest.mark.django_db
def test_jobs_that_failed_too_often_are_red_until_they_are_gone(now):
    assert doctor.jobs().mark is doctor.Mark.GREEN
    job = add_job("matching.answer_run", {"run_id": 1}, now=now)

    Job.objects.filter(pk=job.pk).update(state=JobState.SET_ASIDE)

    assert doctor.jobs().mark is doctor.Mark.RED
    Job.objects.all().delete()
    assert doctor.jobs().mark is doctor.Mark.GREEN
