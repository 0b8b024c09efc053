"""Loads against every plan, an independent model, and a judge that catches what is broken."""

import pytest

from chiron.pairing.shapes.loads.judge import judge
from chiron.pairing.shapes.loads.solve import solve
from pairing.shapes.typed_cases import random_loads, typed_plans

SEEDS = range(60)


def best_of(problem, aim):
    def merit(plan):
        fits = [tie[3] for tie in plan]
        if aim == "total":
            return (sum(fits),)
        return (len(fits), min(fits), sum(fits)) if fits else (0, 0)

    plans = typed_plans(problem.slots, problem.budget, problem.units, caps=problem.caps, differ=problem.differ)
    return max(merit(plan) for plan in plans)


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_no_plan_is_better_than_the_answer(aim):
    for seed in SEEDS:
        problem = random_loads(seed)

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)

        assert found.faults == (), seed
        assert tuple(step.value for step in answer.steps) == best_of(problem, aim), seed
        assert found.bounds == tuple(step.bound for step in answer.steps), seed
        assert found.proved_best, seed
