"""The tables of jobs."""

from chiron.site.shared.jobs.rules import LEASE, NEXT_STATES, JobState, Lane


def test_every_state_says_what_may_come_next():
    assert set(NEXT_STATES) == set(JobState)


def test_every_lane_has_a_lease():
    assert set(LEASE) == set(Lane)
