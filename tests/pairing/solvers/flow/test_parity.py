"""Groups near each other: every plan tried on tiny problems, bounds that hold, forged proofs caught."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from chiron.pairing.measures.evenness import excess_of as excess_reached
from chiron.pairing.measures.evenness import groups_of, sums
from chiron.pairing.model.problem import AimError, Cap, Parity
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from pairing.problems import fit_of, make_problem, merit, plans, random_problem


def grouped(seed):
    """Return a small problem with two or three groups, and mentees of none."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    group = rng.integers(-1, rng.integers(1, 4), len(problem.mentees))
    return replace(problem, parity=Parity(group=group.astype(np.int32), within=int(rng.choice([0, 1, 3, 20]))))


def excess_of(problem, plan):
    """Return by how many whole points the means are too far apart, with fractions."""
    fits, means = fit_of(problem), []
    for group in sorted(set(problem.parity.group.tolist()) - {-1}):
        members = [i for i, own in enumerate(problem.parity.group) if own == group and problem.wanted[i] > 0]
        if members:
            means.append(Fraction(sum(fits[pair] for pair in plan if pair[0] in members), len(members)))
    gap = max((abs(one - other) for one, other in combinations(means, 2)), default=Fraction(0))
    return max(0, -((problem.parity.within - gap) // 1))


def judged_by(problem, plan):
    *before, total = merit(problem, plan, "everyone")
    return (*before, -excess_of(problem, plan), total)


@pytest.mark.parametrize("first", [0, 150])
def test_parity_equals_the_best_of_all_plans_and_its_bound_holds(first):
    proved = uneven = 0
    for seed in range(first, first + 150):
        problem = grouped(seed)
        best = max(judged_by(problem, plan) for plan in plans(problem))

        answer = solve(problem, aim="parity", seed=seed)
        judged = verdict(problem, answer)

        assert judged_by(problem, [(int(i), int(j)) for i, j in answer.pairs]) == best, seed
        assert judged.violations == ()
        assert judged.bounds == tuple(step.bound for step in answer.steps), seed
        assert judged.bounds[-1] >= best[-1], seed
        proved += judged.proved_best
        uneven += best[-2] < 0
    assert proved > 90
    assert uneven > 5


def test_excess_is_counted_without_a_division():
    rng = np.random.default_rng(2)
    for seed in range(200):
        problem = grouped(seed)
        every = list(plans(problem))
        plan = every[int(rng.integers(len(every)))]
        groups = groups_of(problem)

        reached = sums(problem, groups, np.array(sorted(plan), dtype=np.int32).reshape(-1, 2))

        assert excess_reached(groups, reached) == excess_of(problem, plan), seed


def test_bounds_hold_for_every_plan_whatever_the_weights_of_the_groups():
    rng = np.random.default_rng(1)
    tighter = 0
    for seed in range(100):
        problem = grouped(seed)
        answer = solve(problem, aim="parity", seed=seed)
        step = answer.steps[-1]
        weights = tuple(int(one) for one in rng.integers(-2000, 2000, len(groups_of(problem).size)))
        certificate = replace(step.certificate, groups=weights, scale=int(rng.choice([1, 1024])))
        judged = verdict(problem, replace(answer, steps=(*answer.steps[:-1], replace(step, certificate=certificate))))

        assert judged.bounds[-1] >= step.value, seed
        tighter += judged.bounds[-1] == step.value
    assert tighter > 1


def test_verdict_never_calls_a_worse_plan_best():
    caught = 0
    for seed in range(60):
        problem = grouped(seed)
        answer = solve(problem, aim="parity", seed=seed)
        best = judged_by(problem, [(int(i), int(j)) for i, j in answer.pairs])
        for plan in list(plans(problem))[:15]:
            if judged_by(problem, plan) == best:
                continue
            pairs = np.array(sorted(plan), dtype=np.int32).reshape(-1, 2)
            for steps in (answer.steps, tuple(replace(step, bound=step.value) for step in answer.steps)):
                assert not verdict(problem, replace(answer, pairs=pairs, steps=steps)).proved_best, seed
                caught += 1
    assert caught > 100


def larger(within):
    rng = np.random.default_rng(9)
    group = rng.integers(0, 4, 300)
    table = rng.integers(0, 60, (300, 150)) + 6 * group[:, None]
    problem = make_problem(table.tolist(), capacity=[2] * 150)
    return replace(problem, parity=Parity(group=group.astype(np.int32), within=within))


def test_parity_brings_groups_together_in_a_larger_pool_and_states_the_gap():
    problem = larger(8)
    free = solve(problem, aim="everyone")
    groups = groups_of(problem)

    answer = solve(problem, aim="parity")

    judged = verdict(problem, answer)
    assert excess_reached(groups, sums(problem, groups, free.pairs)) > 5
    assert excess_reached(groups, sums(problem, groups, answer.pairs)) == 0
    assert judged.violations == ()
    assert judged.bounds == tuple(step.bound for step in answer.steps)
    assert answer.steps[-1].value <= judged.bounds[-1] < free.steps[-1].value
    assert judged.bounds[-1] - answer.steps[-1].value <= 40


def test_parity_keeps_caps_and_locks_in_a_larger_pool():
    problem = larger(8)
    locked = [[mentee, int(problem.partner[problem.starts[mentee]])] for mentee in (0, 5)]
    problem = replace(problem, caps=(Cap("A", 80, tuple(range(60))), Cap("B", 20, tuple(range(12)))), locked=locked)

    answer = solve(problem, aim="parity")

    judged = verdict(problem, answer)
    excess = excess_reached(groups_of(problem), sums(problem, groups_of(problem), answer.pairs))
    assert judged.violations == ()
    assert answer.steps[-2].value == -excess >= -1
    assert judged.bounds == tuple(step.bound for step in answer.steps)


def test_parity_that_costs_nothing_is_proved():
    answer = solve(larger(100), aim="parity")

    assert verdict(larger(100), answer).proved_best
    assert answer.steps[-1].value == solve(larger(100)).steps[-1].value


def test_parity_says_what_it_needs():
    with pytest.raises(AimError, match="needs groups"):
        solve(make_problem([[1]]), aim="parity")
    problem = replace(make_problem([[1]]), least=np.array([1]), parity=Parity(np.zeros(1, dtype=np.int32), 1))
    with pytest.raises(AimError, match="least"):
        solve(problem, aim="parity")
