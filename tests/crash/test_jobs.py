"""Real workers, killed and frozen: the work is done once all the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import add_job
from chiron.site.shared.jobs.rules import MOST_TRIES, JobState
from crash.crash_jobs import tasks

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait until something is so, and fail in words when it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"waited too long until {what}"
        time.sleep(0.05)


def database_url() -> str:
    """Return the address of the test database."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    return f"postgresql://{settings['USER']}@{settings['HOST']}/{settings['NAME']}"


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Callable[[], subprocess.Popen]]:
    """Return a function that starts a worker in a process group of its own; all are ended afterwards."""
    workers: list[subprocess.Popen] = []
    environment = {
        **os.environ,
        "CRASH_DIR": str(tmp_path),
        "CHIRON_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "crash.crash_settings",
        "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT / 'src'}",
    }

    def start() -> subprocess.Popen:
        words = [sys.executable, "-m", "django", "work"]
        workers.append(subprocess.Popen(words, env=environment, start_new_session=True, stderr=subprocess.DEVNULL))
        return workers[-1]

    yield start
    for worker in workers:
        for name in (signal.SIGCONT, signal.SIGKILL):
            try:
                os.killpg(worker.pid, name)
            except ProcessLookupError:
                continue
        worker.wait()


@pytest.fixture
def started(tmp_path, start_worker) -> subprocess.Popen:
    """Return a worker that is in the middle of a job."""
    assert tasks.wait
    add_job("crash.wait", {"number": 7}, now=timezone.now())
    worker = start_worker()
    until(lambda: list(tmp_path.glob("started-*")), "the job has started")
    return worker


def let_lease_run_out() -> None:
    """Do to the lease what half a minute of silence does."""
    Job.objects.filter(name="crash.wait").update(leased_until=timezone.now() - timedelta(seconds=1))


def job_is_done() -> bool:
    return Job.objects.get(name="crash.wait").state == JobState.DONE


def test_killed_workers_job_is_done_once_by_another(tmp_path, started, start_worker):
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    assert Job.objects.get(name="crash.wait").state == JobState.RUNNING
    let_lease_run_out()
    (tmp_path / "go").touch()

    start_worker()
    until(job_is_done, "the second worker has done the job")

    assert (tmp_path / "effects").read_text() == "7\n"
    assert Job.objects.get(name="crash.wait").epoch == 2


def test_frozen_workers_last_write_is_fenced(tmp_path, started, start_worker):
    os.killpg(started.pid, signal.SIGSTOP)
    let_lease_run_out()
    (tmp_path / "go").touch()
    start_worker()
    until(job_is_done, "the second worker has done the job")

    os.killpg(started.pid, signal.SIGCONT)
    started.terminate()
    started.wait(timeout=PATIENCE)

    assert (tmp_path / "effects").read_text() == "7\n"
    assert (Job.objects.get(name="crash.wait").epoch, job_is_done()) == (2, True)


def test_worker_told_to_end_gives_its_job_back(started):
    started.terminate()
    started.wait(timeout=PATIENCE)

    given_back = Job.objects.get(name="crash.wait")
    assert (given_back.state, given_back.leased_until, given_back.tries) == (JobState.WAITING, None, 0)


@pytest.mark.nightly  # each end leaves no try behind, as the test above shows in every run
def test_worker_that_is_told_to_end_often_never_uses_up_the_tries_of_a_job(tmp_path, start_worker):
    add_job("crash.wait", {"number": 7}, now=timezone.now())
    for epoch in range(1, MOST_TRIES + 2):
        worker = start_worker()
        until(lambda often=epoch: len(list(tmp_path.glob("started-*"))) == often, "the job has started")
        worker.terminate()
        worker.wait(timeout=PATIENCE)
    (tmp_path / "go").touch()
    start_worker()
    until(job_is_done, "the last worker has done the job")

    assert ((tmp_path / "effects").read_text(), Job.objects.get(name="crash.wait").tries) == ("7\n", 1)


def test_start_of_a_worker_revives_nothing_that_was_set_aside(tmp_path, start_worker):
    aside = add_job("crash.wait", {"number": 7}, now=timezone.now())
    Job.objects.filter(pk=aside.pk).update(state=JobState.SET_ASIDE, tries=MOST_TRIES, ended_at=timezone.now())
    (tmp_path / "go").touch()
    other = add_job("crash.wait", {"number": 8}, now=timezone.now())

    start_worker()
    until(lambda: Job.objects.get(pk=other.pk).state == JobState.DONE, "the other job is done")

    assert Job.objects.get(pk=aside.pk).state == JobState.SET_ASIDE
    assert (tmp_path / "effects").read_text() == "8\n"
