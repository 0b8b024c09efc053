"""Choices that are given, not read from the fits: every plan tried, and forged proofs caught."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.choices import ranks, ranks_of
from chiron.pairing.model.problem import AimError
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.solve import solve
from pairing.problems import best_merit, make_problem, merit, plans, random_problem, rank_of

AIMS = ("profile", "rank")


def ranked(seed):
    """Return a small problem whose choices have nothing to do with its fits."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    return replace(problem, rank=rng.integers(1, rng.integers(2, 6), len(problem.partner)))


@pytest.mark.parametrize("first", [0, 200])
def test_plans_by_given_choices_equal_the_best_of_all_plans_and_are_proved(first):
    for seed in range(first, first + 200):
        problem = ranked(seed)
        for aim in AIMS:
            answer = solve(problem, aim=aim, seed=seed)
            judged = verdict(problem, answer)

            assert merit(problem, answer.pairs, aim) == best_merit(problem, aim), (seed, aim)
            assert judged.violations == (), (seed, aim)
            assert judged.proved_best, (seed, aim)


@pytest.mark.parametrize("aim", AIMS)
def test_verdict_never_calls_a_plan_with_worse_choices_best(aim):
    caught = 0
    for seed in range(150):
        problem = ranked(seed)
        answer = solve(problem, aim=aim, seed=seed)
        best = merit(problem, answer.pairs, aim)
        for plan in list(plans(problem))[:12]:
            if merit(problem, plan, aim) == best:
                continue
            pairs = np.array(sorted(plan), dtype=np.int32).reshape(-1, 2)
            for steps in (answer.steps, tuple(replace(step, bound=step.value) for step in answer.steps)):
                assert not verdict(problem, replace(answer, pairs=pairs, steps=steps)).proved_best, seed
                caught += 1
    assert caught > 300


def test_choices_are_the_place_of_the_fit_among_the_mentees_own():
    for seed in range(200):
        problem = random_problem(seed)
        if seed % 5 == 0:
            problem = replace(problem, fit=problem.fit * 100_000)
        answer = solve(problem, seed=seed)

        found = rank_of(problem)
        assert ranks(problem).tolist() == list(found.values())
        assert ranks_of(problem, answer.pairs).tolist() == [found[int(i), int(j)] for i, j in answer.pairs]


def test_profile_gives_up_total_rank_for_first_choices_and_rank_does_not():
    problem = replace(make_problem([[0, 0, None], [0, None, 0], [None, 0, 0]]), rank=np.array([1, 3, 2, 1, 1, 3]))

    profile, rank = solve(problem, aim="profile"), solve(problem, aim="rank")

    assert [step.value for step in profile.steps if step.name == "choices up to"] == [3]
    assert rank.steps[1].value == -3


@pytest.mark.parametrize("aim", AIMS)
def test_larger_pools_are_proved(aim):
    rng = np.random.default_rng(4)
    problem = make_problem(rng.integers(0, 9, (200, 120)).tolist(), capacity=[2] * 120)

    answer = solve(problem, aim=aim)

    assert violations(problem, answer.pairs) == []
    assert verdict(problem, answer).proved_best


@pytest.mark.parametrize("aim", AIMS)
def test_mentors_who_clash_for_one_mentee_are_refused_in_words(aim):
    with pytest.raises(AimError, match="clash"):
        solve(make_problem([[1, 1]], wanted=[2], clashes=[(0, 1)]), aim=aim)
