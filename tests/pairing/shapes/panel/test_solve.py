"""Panels against every plan, an independent model, and a judge that catches what is broken."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.shapes.panel.judge import judge
from chiron.pairing.shapes.panel.solve import PanelProblem, solve
from pairing.shapes.typed_cases import first_mentors, random_panel, slots_from_tables, some_served, typed_plans

SEEDS = range(120)


def best_of(problem, aim):
    mixed = len(set(problem.required.tolist())) > 1

    def merit(plan):
        total = sum(tie[3] for tie in plan)
        required = (sum(bool(problem.required[tie[2]]) for tie in plan),) if mixed else ()
        people = (first_mentors(problem.slots, plan), *required, len(plan))
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


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_no_plan_is_better_than_the_answer(aim, later):
    for seed in SEEDS[::2] if later else SEEDS:
        problem = random_panel(seed)
        if later:
            problem = replace(problem, slots=some_served(problem.slots, seed))

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)

        assert found.violations == (), seed
        assert tuple(step.value for step in answer.steps) == best_of(problem, aim), seed
        assert found.bounds == tuple(step.bound for step in answer.steps), seed
        assert found.proved_best, seed


def test_whoever_has_somebody_already_waits_for_whoever_has_nobody():
    fits = [[[None], [1]], [[9], [None]]]
    slots = slots_from_tables(fits, mentees=["Ana", "Bo"], mentors=["Dr Ek"], labels=["a", "b"])
    problem = PanelProblem(slots, np.array([1]), np.array([True, True]))

    first = solve(problem)
    later = replace(problem, slots=replace(slots, served=np.array([True, False])))
    answer = solve(later)

    assert [tie[0] for tie in first.ties.tolist()] == [0]
    assert [tie[0] for tie in answer.ties.tolist()] == [1]
    assert judge(later, answer).proved_best
    assert judge(later, first).violations or not judge(later, first).proved_best
