"""From an empty folder: clone, `make demo`, sign in, review, change, compare, publish, accept as the mentee, stop."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.demo import ROOT, Demo, change_a_mentor, plain_environment, publish, start_demo

pytestmark = pytest.mark.browser
MOST_SECONDS = 240
"""To clone, to install from the cache and to fill the demo, beside other tests."""


@pytest.fixture
def clone(tmp_path) -> Path:
    """Clone the checkout into a folder with a space in its path."""
    folder = tmp_path / "my programme"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


@pytest.fixture
def fresh(clone, tmp_path) -> Iterator[Demo]:
    """Start the demo in the clone, as the README says."""
    words = ["make", "--silent", "demo", f"ARGS=--no-browser --port {9701 + os.getpid() % 200}"]
    demo = start_demo(words, folder=clone, environment=plain_environment(tmp_path), within=MOST_SECONDS)
    yield demo
    if demo.process.poll() is None:
        os.killpg(demo.process.pid, signal.SIGKILL)


def test_from_an_empty_folder_to_an_accepted_match(fresh, tmp_path, visit_of):
    visit = visit_of(fresh.url)

    visit.page.goto(fresh.link)
    visit.press("Sign in to the demo")
    assert "is ready" in visit.words
    visit.follow("Review plan")
    review = visit.page.url
    assert "mentees have a mentor. Nothing has been sent yet." in visit.words
    change_a_mentor(visit)
    visit.follow(re.compile("^Compare with"))
    assert re.search(r"\d+ of \d+ people change mentor", visit.words)
    visit.page.goto(review)
    assert publish(visit) > 100

    visit.look_as("mentee")
    visit.follow("Read and answer")
    visit.press("Yes, accept this match")
    assert "You said yes" in visit.words
    assert visit.faults == []

    os.killpg(fresh.process.pid, signal.SIGINT)
    fresh.process.wait(timeout=30)
    assert list((tmp_path / "scratch").glob("chiron-demo-*")) == []
