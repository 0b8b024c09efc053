"""Jobs: written with their reason, done once, fenced, tried again."""

from datetime import timedelta

import pytest
from django.db import transaction

from chiron.site.shared.jobs.models import Job, Schedule
from chiron.site.shared.jobs.operations import (
    HandedBackError,
    Lease,
    LeaseLostError,
    add_job,
    add_jobs_due,
    beat,
    fail_job,
    finish_job,
    hand_back_job,
    holding,
    leave_if_stopping,
    perform,
    require_lease,
    retry_jobs_set_aside,
    run_waiting_jobs,
    take_job,
)
from chiron.site.shared.jobs.queries import jobs_late, jobs_set_aside
from chiron.site.shared.jobs.rules import KINDS, LEASE, MOST_TRIES, JobState, Lane, UnknownJobError, job, pause_after

pytestmark = pytest.mark.django_db
DONE: list[int] = []


def append_number(number: int) -> None:
    """Do a job's one effect."""
    DONE.append(number)


@pytest.fixture(autouse=True)
def _test_jobs():
    job("tests.count", lane=Lane.MAIL)(append_number)
    job("tests.daily", lane=Lane.MAIL, every=timedelta(days=1))(lambda: DONE.append(0))
    DONE.clear()
    yield
    del KINDS["tests.count"], KINDS["tests.daily"]


def test_add_job_with_unknown_name_fails_at_the_call(now):
    with pytest.raises(UnknownJobError, match=r"tests\.typo"):
        add_job("tests.typo", {}, now=now)


def test_add_job_in_an_act_that_is_undone_leaves_no_job(now):
    with transaction.atomic():
        add_job("tests.count", {"number": 1}, now=now)
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_add_job_with_the_same_key_adds_once(now):
    first = add_job("tests.count", {"number": 1}, now=now, key="one")

    assert add_job("tests.count", {"number": 2}, now=now, key="one") == first


def test_run_waiting_jobs_does_each_once(now):
    add_job("tests.count", {"number": 1}, now=now)
    add_job("tests.count", {"number": 2}, now=now, run_after=now + timedelta(hours=1))

    assert [run_waiting_jobs(now=now), run_waiting_jobs(now=now)] == [1, 0]
    assert DONE == [1]


def test_take_job_leaves_nothing_for_a_second_worker(now):
    added = add_job("tests.count", {"number": 1}, now=now)

    taken = take_job(Lane.MAIL, now=now)

    assert taken == added
    assert take_job(Lane.MAIL, now=now) is None
    assert take_job(Lane.LONG, now=now) is None


def test_killed_workers_job_is_taken_again_when_its_lease_runs_out(now):
    add_job("tests.count", {"number": 1}, now=now)
    take_job(Lane.MAIL, now=now)

    again = take_job(Lane.MAIL, now=now + LEASE[Lane.MAIL])

    assert again is not None
    assert (again.epoch, again.tries) == (2, 2)


def test_frozen_workers_last_write_is_fenced(now):
    add_job("tests.count", {"number": 1}, now=now)
    frozen = take_job(Lane.MAIL, now=now)
    later = now + LEASE[Lane.MAIL]
    second = take_job(Lane.MAIL, now=later)
    old, new = Lease(frozen.pk, frozen.epoch), Lease(second.pk, second.epoch)

    assert not beat(old, now=later)
    assert not finish_job(old, now=later)
    assert not fail_job(old, fault="Woke up", now=later)
    with holding(old), pytest.raises(LeaseLostError), transaction.atomic():
        require_lease()

    assert beat(new, now=later)
    with holding(new), transaction.atomic():
        require_lease()
    assert finish_job(new, now=later)
    assert Job.objects.get().state == JobState.DONE


def test_require_lease_does_nothing_outside_a_job(now):
    with transaction.atomic():
        require_lease()


def test_beat_keeps_a_job_from_other_workers(now):
    add_job("tests.count", {"number": 1}, now=now)
    taken = take_job(Lane.MAIL, now=now)
    almost = now + LEASE[Lane.MAIL] - timedelta(seconds=1)

    assert beat(Lease(taken.pk, taken.epoch), now=almost)
    assert take_job(Lane.MAIL, now=now + LEASE[Lane.MAIL]) is None


def test_failed_job_waits_longer_each_time_then_is_set_aside(now):
    added = add_job("tests.count", {"number": 1}, now=now)
    moment, pauses = now, []
    for _ in range(MOST_TRIES):
        taken = take_job(Lane.MAIL, now=moment)
        assert fail_job(Lease(taken.pk, taken.epoch), fault="OSError", now=moment)
        added.refresh_from_db()
        pauses.append(added.run_after - moment)
        moment = added.run_after

    assert pauses[:-1] == [pause_after(tries) for tries in range(1, MOST_TRIES)]
    assert sorted(set(pauses[:-1])) == pauses[:-1]
    assert list(jobs_set_aside()) == [added]
    assert take_job(Lane.MAIL, now=moment + timedelta(days=9)) is None

    assert [retry_jobs_set_aside(now=moment), retry_jobs_set_aside(now=moment)] == [1, 0]
    assert take_job(Lane.MAIL, now=moment) == added


def test_job_that_is_handed_back_waits_at_once_and_has_used_no_try(now):
    added = add_job("tests.count", {"number": 1}, now=now)
    taken = take_job(Lane.MAIL, now=now)

    assert hand_back_job(Lease(taken.pk, taken.epoch), now=now)
    assert not hand_back_job(Lease(taken.pk, taken.epoch), now=now)

    added.refresh_from_db()
    assert (added.state, added.tries, added.leased_until) == (JobState.WAITING, 0, None)
    again = take_job(Lane.MAIL, now=now)
    assert not hand_back_job(Lease(again.pk, again.epoch - 1), now=now)


def test_task_leaves_between_two_steps_when_its_worker_stops(now):
    added = add_job("tests.count", {"number": 1}, now=now)
    steps = []

    def walk(number: int) -> None:
        for step in range(3):
            leave_if_stopping()
            steps.append(step)

    job("tests.count", lane=Lane.MAIL)(walk)
    with pytest.raises(HandedBackError):
        perform(Lease(added.pk, 0), is_stopping=lambda: len(steps) == 2)
    assert steps == [0, 1]

    perform(Lease(added.pk, 0))
    assert steps == [0, 1, 0, 1, 2]


def test_perform_shows_the_fault_of_a_task(now):
    job("tests.count", lane=Lane.MAIL)(lambda number: 1 // number)
    added = add_job("tests.count", {"number": 0}, now=now)

    with pytest.raises(ZeroDivisionError):
        perform(Lease(added.pk, 0))


def test_add_jobs_due_adds_a_coming_back_job_once_for_each_time(now):
    add_jobs_due(now=now)
    assert add_jobs_due(now=now) == 0

    assert add_jobs_due(now=now + timedelta(days=30)) == Schedule.objects.count()
    assert Job.objects.filter(name="tests.daily").count() == 2


def test_jobs_that_should_have_started_are_late(now):
    add_job("tests.count", {"number": 1}, now=now)
    run_waiting_jobs(now=now)
    waiting = add_job("tests.count", {"number": 2}, now=now)

    assert list(jobs_late(since=now + timedelta(days=31))) == [waiting]
