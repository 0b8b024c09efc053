"""The worker: takes jobs lane by lane, beats while they run, and outlives any fault of theirs."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from chiron.site.shared.jobs.models import Job
from chiron.site.shared.jobs.operations import (
    HandedBackError,
    Lease,
    add_jobs_due,
    beat,
    fail_job,
    finish_job,
    hand_back_job,
    perform,
    take_job,
)
from chiron.site.shared.jobs.queries import jobs_ready
from chiron.site.shared.jobs.rules import LEASE, LONGEST_RUN, Lane

logger = logging.getLogger("chiron.jobs")
PAUSE = {Lane.SIGN_IN: 0.3, Lane.MAIL: 1.0, Lane.LONG: 0.4}
SCHEDULE_PAUSE = 15.0


class LongJobFailedError(Exception):
    """Raised when the process of a long job ended without finishing it."""


class Worker:
    """Does jobs until it is told to stop; one thread a lane, so that no lane waits for another."""

    def __init__(self) -> None:
        """Make a worker that has not started."""
        self.stopping = threading.Event()

    def run(self, *, is_orphan: Callable[[], bool]) -> None:
        """Work until `stop` is called, the process that started this one is gone, or a lane has broken."""
        threads = [threading.Thread(target=self.keep_lane, args=(lane,), name=lane.value) for lane in Lane]
        threads.append(threading.Thread(target=self.keep_schedules, name="schedules"))
        for thread in threads:
            thread.start()
        while not self.stopping.wait(1.0):
            if is_orphan() or not all(thread.is_alive() for thread in threads):
                self.stop()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Take no more jobs; short work ends at its next step, and long work is stopped: both are handed back."""
        self.stopping.set()

    def keep_lane(self, lane: Lane) -> None:
        """Take and do the jobs of one lane, one after another."""
        with ThreadPoolExecutor(1, thread_name_prefix=lane.value) as hands:
            while not self.stopping.is_set():
                taken = hands.submit(take_next, lane)
                fault = taken.exception()
                if isinstance(fault, DatabaseError):
                    logger.warning("The database did not answer: %s", type(fault).__name__)
                    self.stopping.wait(5.0)
                elif fault is not None:
                    raise fault
                elif (job := taken.result()) is not None:
                    self.do(job, hands)
                else:
                    self.stopping.wait(PAUSE[lane])

    def do(self, job: Job, hands: ThreadPoolExecutor) -> None:
        """Do one job, beating while it runs, and keep how it ended."""
        lease, lane = Lease(job.pk, job.epoch), Lane(job.lane)
        how = self.perform_apart if lane is Lane.LONG else self.perform_here
        future: Future[None] = hands.submit(how, lease)
        while not wait([future], timeout=LEASE[lane].total_seconds() / 3).done:
            if not beat(lease, now=timezone.now()):
                logger.warning("Job %s was taken by another worker", job.pk)
        fault = future.exception()
        if fault is None:
            finish_job(lease, now=timezone.now())
        elif isinstance(fault, HandedBackError):
            hand_back_job(lease, now=timezone.now())
        else:
            logger.error("Job %s (%s) failed: %s", job.pk, job.name, type(fault).__name__)
            fail_job(lease, fault=fault.args[0] if isinstance(fault, LongJobFailedError) else type(fault).__name__,
                     now=timezone.now())  # fmt: skip
        connection.close()

    def perform_here(self, lease: Lease) -> None:
        """Do a short job in this process."""
        try:
            perform(lease, is_stopping=self.stopping.is_set)
        finally:
            close_old_connections()

    def perform_apart(self, lease: Lease) -> None:
        """Do a long job in a process of its own, so that its memory and its faults stay there.

        Raises:
            LongJobFailedError: the process failed, was killed or took too long.
            HandedBackError: this worker was told to stop.
        """
        words = [sys.executable, "-m", "django", "run_job", str(lease.job_id), str(lease.epoch)]
        deadline = timezone.now() + LONGEST_RUN
        with subprocess.Popen(words, stdin=subprocess.DEVNULL) as process:  # noqa: S603 -- our own words
            while process.poll() is None:
                if self.stopping.wait(0.1) or timezone.now() > deadline:
                    process.kill()
                    process.wait()
        if process.returncode and self.stopping.is_set():
            raise HandedBackError
        if process.returncode:
            raise LongJobFailedError(f"ended with code {process.returncode}")

    def keep_schedules(self) -> None:
        """Add the jobs that come back by themselves."""
        while not self.stopping.is_set():
            add_jobs_due(now=timezone.now())
            connection.close()
            self.stopping.wait(SCHEDULE_PAUSE)


def take_next(lane: Lane) -> Job | None:
    """Take the next job of a lane; looking costs a plain read, which never waits for a writer."""
    close_old_connections()
    now = timezone.now()
    return take_job(lane, now=now) if jobs_ready(lane, now=now).exists() else None


def orphan_watch(parent: int) -> Callable[[], bool]:
    """Return a function that says whether the process that started this one is gone; 0 means nobody did."""
    return lambda: parent > 0 and os.getppid() != parent
