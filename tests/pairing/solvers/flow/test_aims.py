"""Pools with more pairs than the solver looks at first, against an independent linear-programming model."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from chiron.pairing.model.problem import Cap
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from pairing.problems import make_problem

MENTEES, MENTORS = 280, 240
MANY = 1_000  # more than there are pairs, so that one pair of the first tier counts for more than all of the second


def pool(seed, *, top, places, share=1.0):
    """Return a pool with nested caps, two tiers and popular mentors; `share` of the pairs is allowed."""
    rng = np.random.default_rng(seed)
    fit = np.clip(top * (0.6 + rng.normal(0, 0.1, (1, MENTORS)) + rng.normal(0, 0.15, (MENTEES, MENTORS))), 0, top)
    allowed = rng.random((MENTEES, MENTORS)) < share
    table = [
        [int(one) if is_allowed else None for one, is_allowed in zip(*row, strict=True)]
        for row in zip(fit, allowed, strict=True)
    ]
    sites = [Cap(f"site {at}", int(rng.integers(20, 50)), tuple(range(at * 30, at * 30 + 30))) for at in range(8)]
    return make_problem(
        table,
        capacity=rng.integers(0, places + 1, MENTORS),
        tier=rng.integers(0, 2, MENTEES),
        wanted=rng.integers(1, 3, MENTEES),
        caps=[Cap("programme", 300, tuple(range(MENTORS))), *sites],
    )


def best_by_linear_model(problem, worth, keep=None, *, floor=None):
    """Return the highest sum of worth under all limits, keeping the sum of one row of coefficients (row, value)."""
    row = np.repeat(np.arange(MENTEES), np.diff(problem.starts))
    places = np.arange(len(row))
    groups = [np.flatnonzero(np.isin(problem.partner, cap.mentors)) for cap in problem.caps]
    lines = [
        problem.partner,
        MENTORS + row,
        *(np.full(len(held), MENTORS + MENTEES + at) for at, held in enumerate(groups)),
    ]
    at = (np.concatenate(lines), np.concatenate([places, places, *groups]))
    found = linprog(
        -worth,
        A_ub=csr_array((np.ones(len(at[0])), at), shape=(MENTORS + MENTEES + len(groups), len(row))),
        b_ub=[*problem.capacity, *problem.wanted, *(cap.limit for cap in problem.caps)],
        A_eq=None if keep is None else csr_array(keep[0][None, :]),
        b_eq=None if keep is None else [keep[1]],
        bounds=np.stack([np.zeros(len(row)), np.ones(len(row)) if floor is None else problem.fit >= floor], axis=1),
        method="highs-ds",
    )
    return round(-found.fun)


@pytest.mark.parametrize(("seed", "top", "places", "share"), [(1, 100, 2, 1.0), (2, 12, 4, 0.9)])
def test_everyone_equals_an_independent_linear_model(seed, top, places, share):
    problem = pool(seed, top=top, places=places, share=share)
    row = np.repeat(np.arange(MENTEES), np.diff(problem.starts))
    people = np.where(problem.tier[row] == 0, MANY, 1).astype(float)

    answer = solve(problem)

    most = best_by_linear_model(problem, people)
    lowest = answer.steps[2].value
    total = best_by_linear_model(problem, problem.fit.astype(float), (people, most), floor=lowest)
    assert len(problem.partner) > 60_000
    assert [step.value for step in answer.steps] == [*divmod(most, MANY), lowest, total]
    assert best_by_linear_model(problem, people, floor=lowest + 1) < most
    assert verdict(problem, answer).proved_best


def test_total_equals_an_independent_linear_model():
    problem = pool(3, top=1000, places=3)

    answer = solve(problem, aim="total")

    assert answer.steps[0].value == best_by_linear_model(problem, problem.fit.astype(float))
    assert verdict(problem, answer).proved_best


@pytest.mark.parametrize("top", [20, 100])
def test_worst_off_is_proved_on_a_pool_with_caps_tiers_and_several_wishes(top):
    problem = pool(4, top=top, places=2)

    worst_off, everyone = solve(problem, aim="worst-off"), solve(problem)

    fits = [np.sort(problem.fit[problem.positions(answer.pairs)]).tolist() for answer in (worst_off, everyone)]
    assert verdict(problem, worst_off).proved_best
    assert fits[0] >= fits[1]
    assert fits[0][0] == everyone.steps[2].value
