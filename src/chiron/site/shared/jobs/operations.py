"""Writes about jobs: adding one, taking it under a lease, beating, ending it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from chiron.site.shared.jobs.models import Job, Schedule
from chiron.site.shared.jobs.queries import jobs_ready
from chiron.site.shared.jobs.rules import KINDS, LEASE, MOST_TRIES, JobState, Lane, kind_of, pause_after


class LeaseLostError(Exception):
    """Raised when a worker wants to write for a job that another worker has taken since."""


class HandedBackError(Exception):
    """Raised when a task leaves its job to another worker, because its own has been told to stop."""


@dataclass(frozen=True)
class Lease:
    """The right to end one job: it is worth nothing once the job's epoch has moved on.

    Attributes:
        job_id: the job.
        epoch: its epoch when it was taken.
    """

    job_id: int
    epoch: int


LEASE_IN_HAND: ContextVar[Lease | None] = ContextVar("lease_in_hand", default=None)
IS_STOPPING: ContextVar[Callable[[], bool]] = ContextVar("is_stopping", default=lambda: False)


def add_job(
    name: str, payload: Mapping[str, int | str], *, now: datetime, run_after: datetime | None = None, key: str = ""
) -> Job:
    """Add work to do later, in the transaction of its reason: an act that is undone leaves no job.

    Args:
        name: what to do, such as "matching.answer_run".
        payload: keys and codes, never personal data.
        now: when it is added.
        run_after: not before this moment; at once by default.
        key: a job with this key is added once only; the first one is returned.

    Raises:
        UnknownJobError: no task has the name.
    """
    facts = {
        "name": name,
        "lane": kind_of(name).lane,
        "payload": dict(payload),
        "state": JobState.WAITING,
        "added_at": now,
        "run_after": run_after or now,
    }
    if not key:
        return Job.objects.create(**facts)
    return Job.objects.get_or_create(key=key, defaults=facts)[0]


@transaction.atomic
def take_job(lane: Lane, *, now: datetime) -> Job | None:
    """Take the next job of a lane under a lease, and raise its epoch; None when nothing is due."""
    ready = jobs_ready(lane, now=now)
    if connection.features.has_select_for_update_skip_locked:
        ready = ready.select_for_update(skip_locked=True)
    job = ready.first()
    if job is None:
        return None
    job.state, job.leased_until = JobState.RUNNING, now + LEASE[lane]
    job.tries, job.epoch = job.tries + 1, job.epoch + 1
    job.save(update_fields=["state", "leased_until", "tries", "epoch"])
    return job


def beat(lease: Lease, *, now: datetime) -> bool:
    """Lengthen a lease; return False when the job is no longer this worker's."""
    job = Job.objects.filter(pk=lease.job_id, epoch=lease.epoch, state=JobState.RUNNING)
    lane = job.values_list("lane", flat=True).first()
    return lane is not None and job.update(leased_until=now + LEASE[Lane(lane)]) == 1


def finish_job(lease: Lease, *, now: datetime) -> bool:
    """Say that a job is done; return False, and change nothing, when it is no longer this worker's."""
    job = Job.objects.filter(pk=lease.job_id, epoch=lease.epoch, state=JobState.RUNNING)
    return job.update(state=JobState.DONE, leased_until=None, ended_at=now, fault="") == 1


@transaction.atomic
def fail_job(lease: Lease, *, fault: str, now: datetime) -> bool:
    """Let a failed job wait, longer each time, or set it aside after too many tries.

    Args:
        lease: the right to the job; False is returned when it is worth nothing any more.
        fault: the kind of the fault, without any text that a person wrote.
        now: when.
    """
    job = Job.objects.select_for_update().filter(pk=lease.job_id, epoch=lease.epoch, state=JobState.RUNNING).first()
    if job is None:
        return False
    job.fault, job.leased_until = fault[:200], None
    if job.tries >= MOST_TRIES:
        job.state, job.ended_at = JobState.SET_ASIDE, now
    else:
        job.state, job.run_after = JobState.WAITING, now + pause_after(job.tries)
    job.save(update_fields=["fault", "leased_until", "state", "ended_at", "run_after"])
    return True


def hand_back_job(lease: Lease, *, now: datetime) -> bool:
    """Let another worker do a job that this one was told to leave; no fault of the job, and no try."""
    job = Job.objects.filter(pk=lease.job_id, epoch=lease.epoch, state=JobState.RUNNING)
    return job.update(state=JobState.WAITING, leased_until=None, run_after=now, tries=F("tries") - 1) == 1


def retry_jobs_set_aside(*, now: datetime) -> int:
    """Let every job that was set aside try again, because a person asked for it; return how many."""
    return Job.objects.filter(state=JobState.SET_ASIDE).update(
        state=JobState.WAITING, tries=0, run_after=now, ended_at=None
    )


@contextmanager
def holding(lease: Lease, *, is_stopping: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Do a task with a lease in hand, so that its writes can be fenced and it hears when its worker is to stop."""
    token, stopping = LEASE_IN_HAND.set(lease), IS_STOPPING.set(is_stopping)
    try:
        yield
    finally:
        LEASE_IN_HAND.reset(token)
        IS_STOPPING.reset(stopping)


def leave_if_stopping() -> None:
    """Let a task end between two of its steps, when its worker has been told to stop; outside any job it does nothing.

    Raises:
        HandedBackError: another worker will do the rest.
    """
    if IS_STOPPING.get()():
        raise HandedBackError


def require_lease() -> None:
    """Fence a task's write: call it first inside the transaction that keeps the task's result.

    The row of the job stays locked until that transaction ends, so a worker that froze and woke up changes nothing.
    Outside any job it does nothing.

    Raises:
        LeaseLostError: another worker has taken the job since.
    """
    lease = LEASE_IN_HAND.get()
    if lease is None:
        return
    job = Job.objects.select_for_update().filter(pk=lease.job_id, epoch=lease.epoch, state=JobState.RUNNING)
    if not job.exists():
        raise LeaseLostError(f"Job {lease.job_id} was taken by another worker.")


def perform(lease: Lease, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Do the task of a job, with its lease in hand; its fault is the caller's to see."""
    job = Job.objects.get(pk=lease.job_id)
    with holding(lease, is_stopping=is_stopping):
        kind_of(job.name).task(**job.payload)


def run_waiting_jobs(*, now: datetime) -> int:
    """Do everything that is due at a moment, here and now, and return how many jobs that was.

    For tests and for filling a demo: a fault is raised, not kept for another try.
    """
    count = 0
    for lane in Lane:
        while (job := take_job(lane, now=now)) is not None:
            lease = Lease(job.pk, job.epoch)
            perform(lease)
            finish_job(lease, now=now)
            count += 1
    return count


def add_jobs_due(*, now: datetime) -> int:
    """Add a job for each schedule that is due, and return how many; the first time, each is due at once."""
    names = [kind.name for kind in KINDS.values() if kind.every is not None]
    later = set(Schedule.objects.filter(name__in=names, due_at__gt=now).values_list("name", flat=True))
    return sum(add_job_due(name, now=now) for name in names if name not in later)


@transaction.atomic
def add_job_due(name: str, *, now: datetime) -> bool:
    """Add the job of one schedule if it is due, and say when it is due again; two workers add it once."""
    every = kind_of(name).every
    if every is None:
        return False
    Schedule.objects.get_or_create(name=name, defaults={"every_seconds": int(every.total_seconds()), "due_at": now})
    schedule = Schedule.objects.select_for_update().get(name=name)
    if schedule.due_at > now:
        return False
    add_job(name, {}, now=now, key=f"{name} {schedule.due_at.isoformat()}")
    schedule.every_seconds, schedule.due_at = int(every.total_seconds()), now + every
    schedule.save(update_fields=["every_seconds", "due_at"])
    return True
