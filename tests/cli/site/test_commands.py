"""`chiron init`, `serve`, `link` and `doctor` as a person types them, in processes of their own."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import ENVIRONMENT, chiron

LINK = re.compile(r"^\s*(http://127\.0\.0\.1:\d+)/enter/[\w-]{32}/$", re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> str:
    """Return the folder of a fresh site, with a space in its path."""
    path = str(tmp_path_factory.mktemp("our programme") / "site")
    done = chiron("init", path)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"Next:  chiron serve {path}" in done.stderr
    return path


@pytest.fixture
def served(folder) -> Iterator[tuple[subprocess.Popen, str]]:
    """Serve the site, and give its process and the link on its standard output."""
    words = [sys.executable, "-m", "chiron", "serve", folder, "--no-browser", "--port", "8870"]
    with subprocess.Popen(
        words, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process, process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def page(address: str) -> str:
    """Return a page of the running site."""
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_serve_prints_one_link_and_an_empty_site_is_never_a_bare_sign_in_page(served, folder):
    process, printed = served

    assert LINK.match(printed)
    assert "Sign in" in page(printed.strip())
    assert process.poll() is None
    base = LINK.match(printed)[1]
    assert chiron("link", folder, "nobody@example.org").returncode == 2
    other = chiron("link", folder, "owner@site.invalid")
    assert LINK.match(other.stdout)[1] == base


@pytest.fixture
def site(fresh_site, tmp_path) -> Path:
    """Return the folder of a fresh site that a test may change."""
    return Path(shutil.copytree(fresh_site, tmp_path / "site"))


def test_owner_of_an_empty_site_may_begin_at_once(site):
    assert chiron("link", str(site), "you@example.org").returncode == 0

    with sqlite3.connect(site / "chiron.sqlite3") as database:
        places = database.execute(
            "SELECT staff.role, person.email, cohort.stage FROM programs_staff staff"
            " JOIN people_person person ON person.id = staff.person_id"
            " JOIN programs_cohort cohort ON cohort.id = staff.cohort_id"
        ).fetchall()

    assert places == [("coordinator", "you@example.org", "applying")]


def test_serve_refuses_other_computers_without_a_proxy(folder):
    done = chiron("serve", folder, "--host", "0.0.0.0")

    assert (done.returncode, done.stdout) == (2, "")
    assert "CHIRON_TLS_PROXY=1" in done.stderr


def test_serve_without_a_site_says_how_to_make_one(tmp_path):
    done = chiron("serve", str(tmp_path))

    assert done.returncode == 2
    assert "chiron init" in done.stderr


def test_erase_says_what_would_go_then_takes_it_away_but_never_the_last_who_runs_the_site(folder):
    chiron("link", folder, "owner@site.invalid")  # makes the owner, unless an earlier test has
    alone = chiron("erase", folder, "owner@site.invalid", "--yes")
    assert (alone.returncode, "Nobody else runs the site" in alone.stderr) == (2, True)
    assert chiron("erase", folder, "nobody@example.org").returncode == 2

    looked = chiron("erase", folder, "owner@site.invalid")
    assert (looked.returncode, looked.stdout) == (0, "")
    assert "people.person                1" in looked.stderr
    assert chiron("link", folder, "owner@site.invalid").returncode == 0


def test_unlock_says_whom_it_is_about_then_removes_a_lost_second_step(folder):
    chiron("link", folder, "owner@site.invalid")  # makes the owner, unless an earlier test has
    assert chiron("unlock", folder, "nobody@example.org").returncode == 2

    looked = chiron("unlock", folder, "owner@site.invalid")
    done = chiron("unlock", folder, "owner@site.invalid", "--yes")

    assert (looked.returncode, done.returncode) == (0, 0)
    assert "They have 0 second steps" in looked.stderr
    assert "signed them out everywhere" in done.stderr


def test_doctor_finds_a_fresh_site_well_and_names_nobody(folder):
    done = chiron("doctor", folder, "--json")

    checks = {check["check"]: check["mark"] for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0
    assert (checks.pop("Mail"), checks.pop("Seals")) == ("note", "note")
    assert set(checks.values()) == {"ok"}
    assert "@" not in done.stdout


def test_doctor_says_how_to_seal_the_history_and_its_line_mends_it(site, tmp_path):
    settings = site / "settings.env"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("CHIRON_SEAL_KEYS")))

    red = chiron("doctor", str(site))
    assert red.returncode == 3
    [fix] = [line for line in red.stdout.splitlines() if "start the site again: CHIRON_SEAL_KEYS" in line]
    settings.write_text(
        f"{settings.read_text()}\n{fix.partition('again: ')[2]}\nCHIRON_ANCHOR=file:{tmp_path}/anchor.txt\n"
    )

    mended = chiron("doctor", str(site))
    assert mended.returncode == 0
    assert "✓ Seals" in mended.stdout


def test_doctor_sees_what_the_auditor_was_told_of_and_is_gone(folder, tmp_path):
    mails = tmp_path / "mails.txt"
    mails.write_text(f"Subject: Seal 7\n\n7 2026-03-02T09:00:00+00:00 {'a' * 64}\n")

    red = chiron("doctor", folder, "--anchor", str(mails))

    assert red.returncode == 3
    assert "Seal 7 is missing; the anchor tells of it." in red.stdout
    assert chiron("doctor", folder, "--anchor", str(tmp_path / "none")).returncode == 2


def test_doctor_leaves_with_3_and_a_fix_where_something_is_red(site):
    settings = site / "settings.env"
    settings.write_text(
        settings.read_text() + "\nCHIRON_EMAIL_URL=smtp://127.0.0.1:9\nCHIRON_SITE_URL=https://mentoring.example.org\n"
    )

    done = chiron("doctor", str(site))

    assert done.returncode == 3
    assert "✗ Mail" in done.stdout
    assert "    Check address, name and password in CHIRON_EMAIL_URL." in done.stdout
    assert done.stdout.rstrip().endswith("1 to fix.")
