"""Panels against every plan, an independent model, and a judge that catches what is broken."""

import numpy as np
import pytest

from chiron.pairing.shapes.panel.judge import judge
from chiron.pairing.shapes.panel.solve import solve
from pairing.shapes.typed_cases import random_panel, typed_plans

SEEDS = range(120)


def best_of(problem, aim):
    mixed = len(set(problem.required.tolist())) > 1

    def merit(plan):
        total = sum(tie[3] for tie in plan)
        required = (sum(bool(problem.required[tie[2]]) for tie in plan),) if mixed else ()
        people = (len({tie[0] for tie in plan}), *required, len(plan))
        return (total, *people) if aim == "total" else (*people, total)

    plans = typed_plans(
        problem.slots,
        problem.capacity,
        np.ones(problem.slots.kinds),
        place=problem.slot_capacity,
        caps=problem.caps,
        differ=True,
    )
    return max(merit(plan) for plan in plans)


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_no_plan_is_better_than_the_answer(aim):
    for seed in SEEDS:
        problem = random_panel(seed)

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)

        assert found.violations == (), seed
        assert tuple(step.value for step in answer.steps) == best_of(problem, aim), seed
        assert found.bounds == tuple(step.bound for step in answer.steps), seed
        assert found.proved_best, seed
