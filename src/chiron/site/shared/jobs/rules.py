"""What jobs there are, in which lane each runs, and how long to wait after a failure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

Task = Callable[..., None]


class Lane(StrEnum):
    """Who waits for whom: a lane is never held up by another."""

    SIGN_IN = "sign-in"
    MAIL = "mail"
    LONG = "long"


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SET_ASIDE = "set aside"


NEXT_STATES: Final[Mapping[JobState, frozenset[JobState]]] = {
    JobState.WAITING: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.WAITING, JobState.SET_ASIDE, JobState.RUNNING}),
    JobState.DONE: frozenset(),
    JobState.SET_ASIDE: frozenset({JobState.WAITING}),
}
MOST_TRIES: Final = 6
LEASE: Final[Mapping[Lane, timedelta]] = {
    Lane.SIGN_IN: timedelta(seconds=60),
    Lane.MAIL: timedelta(seconds=60),
    Lane.LONG: timedelta(seconds=30),
}
LONGEST_RUN: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class JobKind:
    """One kind of job.

    Attributes:
        name: capability and task, such as "matching.answer_run".
        lane: where it waits.
        task: what does it; doing it twice is the same as once.
        every: how often it comes back by itself; None for jobs that are asked for.
    """

    name: str
    lane: Lane
    task: Task
    every: timedelta | None = None


KINDS: dict[str, JobKind] = {}


class UnknownJobError(LookupError):
    """Raised when no task has the name of a job."""


def job(name: str, *, lane: Lane = Lane.LONG, every: timedelta | None = None) -> Callable[[Task], Task]:
    """Make a function the task of the jobs with this name.

    The function takes the job's payload as keyword arguments and must be idempotent: it asks what still needs doing.

    Args:
        name: capability and task, such as "matching.answer_run".
        lane: where its jobs wait; long work runs in a process of its own.
        every: how often it comes back by itself, with an empty payload.
    """

    def learn(task: Task) -> Task:
        KINDS[name] = JobKind(name, lane, task, every)
        return task

    return learn


def kind_of(name: str) -> JobKind:
    """Return the kind of job with this name.

    Raises:
        UnknownJobError: no task has it.
    """
    if name not in KINDS:
        raise UnknownJobError(f'No task is called "{name}". Known: {", ".join(sorted(KINDS))}.')
    return KINDS[name]


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after this many failed tries: 10 s, 1 min, 6 min, 36 min, 3.6 h and so on."""
    return timedelta(seconds=10 * 6 ** (max(tries, 1) - 1))
