"""Stages and settings of a cohort, and the words of its history."""

import re
from pathlib import Path

import pytest

import chiron.site
from chiron.site.programs.rules import (
    EVENT_WORDS,
    NEXT_STAGES,
    CohortStage,
    CohortStepError,
    SettingError,
    event_words,
    require_settings,
    require_step,
)

SCOPED = re.compile(r'record\(\s*f?"([a-z_]+\.[a-z_]+)"')


def test_every_stage_has_its_next_stages():
    assert set(NEXT_STAGES) == set(CohortStage)


@pytest.mark.parametrize("current", CohortStage)
@pytest.mark.parametrize("proposed", CohortStage)
def test_a_cohort_goes_one_stage_at_a_time_or_stays(current: CohortStage, proposed: CohortStage):
    order = list(CohortStage)
    near = abs(order.index(current) - order.index(proposed)) <= 1

    if near:
        require_step(current, proposed)
    else:
        with pytest.raises(CohortStepError, match="Choose a stage next to the present one"):
            require_step(current, proposed)


@pytest.mark.parametrize(("small_group", "look_line"), [(4, 55), (101, 55), (10, -1), (10, 101)])
def test_settings_outside_their_limits_are_refused(small_group: int, look_line: int):
    with pytest.raises(SettingError):
        require_settings(small_group=small_group, look_line=look_line)


def test_settings_at_their_limits_are_allowed():
    require_settings(small_group=5, look_line=0)
    require_settings(small_group=100, look_line=100)


def test_every_event_of_a_cohort_has_words():
    files = Path(chiron.site.__file__).parent.glob("*/operations*/**/*.py")
    single = Path(chiron.site.__file__).parent.glob("*/operations.py")
    kinds = {kind for file in {*files, *single} for kind in SCOPED.findall(file.read_text(encoding="utf-8"))}
    elsewhere = {"organization", "site", "program", "person", "sign_in_link"}  # not in a cohort's history

    assert {kind for kind in kinds if kind.split(".")[0] not in elsewhere} - set(EVENT_WORDS) == set()


def test_an_event_without_words_is_called_by_its_kind():
    assert event_words("import.done") == "Imported a spreadsheet"
    assert event_words("goal_set.made_public") == "Goal set: made public"
