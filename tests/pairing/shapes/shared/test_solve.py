"""Shared programmes against every plan, and a judge that catches what is broken."""

import numpy as np
import pytest

from chiron.pairing.shapes.shared.judge import judge
from chiron.pairing.shapes.shared.solve import solve
from pairing.shapes.typed_cases import random_shared, typed_plans

SEEDS = range(120)


def best_of(problem, aim):
    def merit(plan):
        fits = [tie[3] for tie in plan]
        if aim == "total":
            return (sum(fits), len(fits))
        return (len(fits), min(fits), sum(fits)) if fits else (0, 0)

    plans = typed_plans(
        problem.slots,
        problem.capacity,
        np.ones(problem.slots.kinds),
        place=problem.program_capacity,
        caps=problem.caps,
        of_kind=problem.program_limit,
        differ=problem.differ,
    )
    return max(merit(plan) for plan in plans)


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_no_plan_is_better_than_the_answer(aim):
    for seed in SEEDS:
        problem = random_shared(seed)

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)

        assert found.violations == (), seed
        assert tuple(step.value for step in answer.steps) == best_of(problem, aim), seed
        assert found.bounds == tuple(step.bound for step in answer.steps), seed
        assert found.proved_best, seed
