"""Loads against every plan, an independent model, and a judge that catches what is broken."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.shapes.loads.judge import judge
from chiron.pairing.shapes.loads.solve import solve
from chiron.pairing.shapes.model.typed_problems import LoadsProblem
from pairing.shapes.typed_cases import first_mentors, random_loads, slots_from_tables, some_served, typed_plans

SEEDS = range(60)


def best_of(problem, aim):
    def merit(plan):
        fits = [tie[3] for tie in plan]
        if aim == "total":
            return (sum(fits), len(fits))
        return (len(fits), min(fits), sum(fits)) if fits else (0, 0)

    plans = typed_plans(problem.slots, problem.budget, problem.units, caps=problem.caps, differ=problem.differ)
    return max(merit(plan) for plan in plans)


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_no_plan_is_better_than_the_answer(aim):
    for seed in SEEDS:
        problem = random_loads(seed)

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)

        assert found.violations == (), seed
        assert tuple(step.value for step in answer.steps) == best_of(problem, aim), seed
        assert found.bounds == tuple(step.bound for step in answer.steps), seed
        assert found.proved_best, seed


def test_people_come_before_places_where_that_is_asked():
    for seed in SEEDS:
        problem = replace(random_loads(seed), people_first=True)
        problem = problem if seed % 2 else replace(problem, slots=some_served(problem.slots, seed))
        plans = typed_plans(problem.slots, problem.budget, problem.units, caps=problem.caps, differ=problem.differ)
        best = max((first_mentors(problem.slots, plan), len(plan), sum(tie[3] for tie in plan)) for plan in plans)

        answer = solve(problem, seed=seed)
        found = judge(problem, answer)

        assert found.violations == (), seed
        assert [step.name for step in answer.steps] == ["mentees", "slots", "total"]
        assert tuple(step.value for step in answer.steps) == best, seed
        assert found.proved_best, seed


def test_two_people_are_served_before_three_places_of_one():
    fits = [[[9], [None]], [[9], [None]], [[9], [None]], [[None], [1]]]
    slots = slots_from_tables(fits, mentees=["Ana", "Bo"], mentors=["Dr Ek"], labels=["a", "b", "c", "research"])
    problem = LoadsProblem(slots, np.array([3]), np.array([1, 1, 1, 2]))

    most_places, most_people = solve(problem), solve(replace(problem, people_first=True))

    assert [tie[0] for tie in most_places.ties.tolist()] == [0, 0, 0]
    assert [tie[0] for tie in most_people.ties.tolist()] == [0, 1]
