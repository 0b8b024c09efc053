"""Rules of matching: which state may follow which, and what plans are called."""

from typing import get_args

import pytest

from chiron.pairing.model.answer import Aim
from chiron.site.matching.rules import (
    CHOSEN_AIMS,
    NEXT_PLAN_STATES,
    NEXT_RUN_STATES,
    PlanIsPublishedError,
    PlanState,
    RunState,
    RunStepNotAllowedError,
    aim_words,
    phase_words,
    plan_name,
    require_draft,
    require_run_step,
    signed_points,
)


def test_every_run_state_says_what_follows():
    assert set(NEXT_RUN_STATES) == set(RunState)


def test_every_plan_state_says_what_follows():
    assert set(NEXT_PLAN_STATES) == set(PlanState)


def test_finished_run_cannot_be_stopped():
    with pytest.raises(RunStepNotAllowedError):
        require_run_step(RunState.DONE, RunState.STOPPING)


@pytest.mark.parametrize("state", [PlanState.PUBLISHED, PlanState.RETIRED])
def test_only_a_draft_is_changed(state):
    with pytest.raises(PlanIsPublishedError):
        require_draft(state, "Plan A")


@pytest.mark.parametrize(("number", "name"), [(0, "Plan A"), (25, "Plan Z"), (26, "Plan AA"), (53, "Plan BB")])
def test_plan_name_counts_in_letters(number, name):
    assert plan_name(number) == name


@pytest.mark.parametrize(("points", "words"), [(7, "+7"), (-7, "\N{MINUS SIGN}7"), (0, "0")])
def test_signed_points_carry_their_sign(points, words):
    assert signed_points(points) == words


def test_every_aim_says_what_it_gives_up():
    assert set(aim_words()) == set(get_args(Aim))
    assert set(CHOSEN_AIMS) < set(aim_words())
    assert all(words.gives_up for words in aim_words().values())


def test_every_phase_has_words():
    assert all(phase_words(phase) for phase in ("", "reading", "scoring", "solving", "judging", "writing"))
