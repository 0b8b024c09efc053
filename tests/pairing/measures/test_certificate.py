"""Values and trivial bounds."""

import numpy as np
import pytest
from hypothesis import given, settings

from chiron.pairing.measures.certificate import loose_bound, loose_step, steps_of, value
from chiron.pairing.model.counts import counting_steps, people_counted
from chiron.pairing.solve import solve
from pairing.problems import make_problem, plans, problems

PROBLEM = make_problem([[5, 2], [7, None], [1, 1]], tier=[1, 0, 1], locked=[(2, 1)])
PLAN = solve(PROBLEM).pairs


def test_steps_follow_from_the_aim_and_the_plan():
    assert PLAN.tolist() == [[1, 0], [2, 1]]
    assert steps_of(PROBLEM, PLAN, "total") == [("total", None), ("matched", 0), ("matched", 1)]
    assert steps_of(PROBLEM, PLAN, "everyone") == [
        ("matched", 0),
        ("matched", 1),
        ("lowest fit", None),
        ("total", None),
    ]
    assert steps_of(PROBLEM, PLAN, "worst-off") == [
        ("matched", 0),
        ("matched", 1),
        ("people above", 7),
        ("total", None),
    ]


def test_value_counts_locked_pairs_except_in_the_lowest_fit():
    assert value(PROBLEM, PLAN, "matched", 1) == 1
    assert value(PROBLEM, PLAN, "lowest fit", None) == 7
    assert value(PROBLEM, PLAN, "people above", 0) == 2
    assert value(PROBLEM, PLAN, "total", None) == 8
    with pytest.raises(KeyError):
        value(PROBLEM, PLAN, "best", None)


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_loose_bound_is_never_below_a_plan(problem):
    for plan in plans(problem):
        total = sum(int(problem.fit[at]) for at in problem.positions(list(plan)))
        assert loose_bound(problem, "total", None) >= total
        for name, tier in counting_steps(problem):
            pairs = np.array(plan, dtype=np.int32).reshape(-1, 2)
            assert loose_bound(problem, name, tier) >= people_counted(problem, pairs, name, tier)


def test_loose_step_states_value_and_bound():
    step = loose_step(PROBLEM, PLAN, "total", None)

    assert (step.value, step.bound) == (8, 13)
    assert not step.proved_best
