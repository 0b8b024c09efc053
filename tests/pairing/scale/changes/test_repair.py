"""Repaired plans against every plan of small pools, and the shape of the curve."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import ProblemError
from chiron.pairing.proof.referee import violations
from chiron.pairing.scale.changes.repair import repair_curve
from chiron.pairing.solve import solve
from pairing.problems import fit_of, make_problem, plans, random_problem


def merit(plan, point, fits, held, everyone):
    """Return what a plan is worth at the cost of a point of the curve; greater is better."""
    total = sum(fits[pair] for pair in plan) - point.cost * len(held - set(plan))
    return (len(plan), total) if everyone else (total,)


@pytest.mark.parametrize("everyone", [False, True])
def test_each_point_of_the_curve_is_the_best_of_all_plans(everyone):
    for seed in range(250):
        problem = random_problem(seed, most=5)
        problem = replace(
            problem,
            caps=(),
            clashes=(),
            wanted=np.minimum(problem.wanted, 1),
            locked=np.empty((0, 2)),
            least=0 * problem.least,
        )
        fits, possible = fit_of(problem), list(plans(problem))
        before = np.array(possible[seed % len(possible)], dtype=np.int32).reshape(-1, 2)
        held = {tuple(pair) for pair in before.tolist()}

        for point in repair_curve(problem, before, [0, 2, 50], everyone=everyone):
            pairs = [tuple(pair) for pair in point.pairs.tolist()]
            assert violations(problem, point.pairs) == []
            assert point.proved_best
            assert (point.matched, point.total, point.broken) == (
                len(pairs),
                sum(fits[pair] for pair in pairs),
                len(held - set(pairs)),
            )
            assert merit(pairs, point, fits, held, everyone) == max(
                merit(plan, point, fits, held, everyone) for plan in possible
            )


def test_a_higher_cost_breaks_fewer_pairs_for_a_lower_total():
    rng = np.random.default_rng(4)
    table = rng.integers(0, 100, (200, 80)).tolist()
    before = solve(make_problem(table, capacity=[3] * 80), aim="total").pairs
    later = make_problem([row if i % 20 else [None] * 80 for i, row in enumerate(table)], capacity=[2] * 80)
    first = {tuple(pair) for pair in before.tolist()}

    curve = repair_curve(later, before, [0, 5, 20, 1000])

    assert [point.broken for point in curve] == sorted((point.broken for point in curve), reverse=True)
    assert [point.total for point in curve] == sorted((point.total for point in curve), reverse=True)
    assert curve[0].total == solve(later, aim="total").steps[0].value
    assert curve[-1].broken < curve[0].broken
    assert all(point.proved_best for point in curve)
    assert curve[-1].broken == len(
        {pair for pair in first if pair[0] % 20} - {tuple(pair) for pair in curve[-1].pairs.tolist()}
    )


def test_locked_pairs_stay_and_costs_below_zero_are_refused():
    problem = make_problem([[9, 1], [8, 7]], capacity=[1, 1], locked=[(0, 1)])

    (point,) = repair_curve(problem, np.array([[0, 0]]), [3])

    assert point.pairs.tolist() == [[0, 1], [1, 0]]
    assert point.total == 9
    with pytest.raises(ProblemError, match="below zero"):
        repair_curve(problem, np.array([[0, 0]]), [-1])
