"""Clashing mentors: plans against every plan, and bounds that are never too low."""

import pytest

from chiron.pairing.model.problem import LocksError
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from pairing.problems import make_problem, merit, plans, random_problem


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_clashes_equal_the_best_of_all_plans(first):
    for seed in range(first, first + 50):
        problem = random_problem(seed, most=3, with_clashes=True)
        possible = list(plans(problem))
        for aim in ("everyone", "total", "worst-off"):
            answer = solve(problem, aim=aim, seed=seed)
            judged = verdict(problem, answer)

            assert merit(problem, answer.pairs, aim) == max(merit(problem, plan, aim) for plan in possible), (seed, aim)
            assert judged.violations == (), (seed, aim)
            assert judged.bounds == tuple(step.bound for step in answer.steps), (seed, aim)
            assert all(step.bound >= step.value for step in answer.steps), (seed, aim)


def test_clashes_keep_two_clashing_mentors_apart():
    problem = make_problem([[5, 4, 1]], wanted=[2], clashes=[(0, 1)])

    answer = solve(problem, aim="total")

    assert answer.pairs.tolist() == [[0, 0], [0, 2]]
    assert verdict(problem, answer).proved_best


def test_clashes_stop_when_the_observer_says_so():
    problem = make_problem([[5, 4, 1]], wanted=[2], clashes=[(0, 1)])
    heard = []

    answer = solve(problem, observer=lambda phase, _: heard.append(phase) or len(heard) < 3)

    assert answer.stopped == "stopped by the observer"
    assert verdict(problem, answer).violations == ()


@pytest.mark.parametrize(("locked", "wanted"), [([(0, 0), (0, 1)], 2), ([(0, 0), (0, 2)], 1)])
def test_clashes_say_which_locks_are_impossible(locked, wanted):
    problem = make_problem([[5, 4, 1], [1, 1, 1]], wanted=[wanted, 2], clashes=[(0, 1)], locked=locked)

    with pytest.raises(LocksError, match="locked"):
        solve(problem)
