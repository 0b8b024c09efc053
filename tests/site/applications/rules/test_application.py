"""The stages of an application, and the limits of a capacity."""

import pytest

from chiron.site.applications.rules.application import (
    NEXT_STAGES,
    SIDES,
    CapacityError,
    Role,
    Stage,
    StepNotAllowedError,
    require_capacity,
    require_step,
)


def test_every_stage_has_its_next_stages():
    assert set(NEXT_STAGES) == set(Stage)
    assert set(SIDES) == set(Role)


@pytest.mark.parametrize("current", Stage)
@pytest.mark.parametrize("proposed", Stage)
def test_only_steps_of_the_table_are_allowed(current: Stage, proposed: Stage):
    if proposed in NEXT_STAGES[current]:
        require_step(current, proposed)
    else:
        with pytest.raises(StepNotAllowedError, match="cannot become"):
            require_step(current, proposed)


@pytest.mark.parametrize("capacity", [None, 0, 1, 999])
def test_a_capacity_may_be_unknown_or_up_to_999(capacity: int | None):
    require_capacity(capacity)


@pytest.mark.parametrize("capacity", [-1, 1000])
def test_other_capacities_are_refused(capacity: int):
    with pytest.raises(CapacityError, match="whole number of places"):
        require_capacity(capacity)
