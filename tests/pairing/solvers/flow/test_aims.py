"""Pools with more pairs than the solver looks at first, against an independent linear-programming model."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from chiron.pairing.model.problem import Cap
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from pairing.problems import make_problem

MENTEES, MENTORS = 280, 240


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


def best_by_linear_model(problem, worth, people=None, keep=None, *, floor=None):
    """Return the highest sum of worth under all limits, keeping the sum of one row of coefficients (row, value).

    Variables are the pairs, then for each mentee whether there is a first mentor, then whether there is a second.
    """
    row = np.repeat(np.arange(MENTEES), np.diff(problem.starts))
    places = np.arange(len(row))
    groups = [np.flatnonzero(np.isin(problem.partner, cap.mentors)) for cap in problem.caps]
    lines = [
        problem.partner,
        MENTORS + row,
        *(np.full(len(held), MENTORS + MENTEES + at) for at, held in enumerate(groups)),
    ]
    at = (np.concatenate(lines), np.concatenate([places, places, *groups]))
    columns = len(row) + 2 * MENTEES
    mentors_of = (
        np.concatenate([np.ones(len(row)), -np.ones(2 * MENTEES)]),
        (np.concatenate([row, np.tile(np.arange(MENTEES), 2)]), np.arange(columns)),
    )
    rows = [csr_array(mentors_of, shape=(MENTEES, columns))]
    if keep is not None:
        rows.append(csr_array(keep[0][None, :]))
    most = np.concatenate([np.ones(len(row)) if floor is None else problem.fit >= floor, np.ones(MENTEES)])
    found = linprog(
        -np.concatenate([worth, np.zeros(2 * MENTEES) if people is None else people]),
        A_ub=csr_array((np.ones(len(at[0])), at), shape=(MENTORS + MENTEES + len(groups), columns)),
        b_ub=[*problem.capacity, *problem.wanted, *(cap.limit for cap in problem.caps)],
        A_eq=vstack(rows),
        b_eq=np.append(np.zeros(MENTEES), [] if keep is None else [keep[1]]),
        bounds=np.stack([np.zeros(columns), np.append(most, problem.wanted > 1)], axis=1),
        method="highs-ds",
    )
    return round(-found.fun)


def people_first(problem):
    """Return falling weights of the four steps: first mentors of either tier, then second mentors of either tier."""
    return np.concatenate([4.0 - problem.tier, 2.0 - problem.tier])


@pytest.mark.parametrize(("seed", "top", "places", "share"), [(1, 100, 2, 1.0), (2, 12, 4, 0.9)])
def test_everyone_equals_an_independent_linear_model(seed, top, places, share):
    problem = pool(seed, top=top, places=places, share=share)
    nothing, people = np.zeros(len(problem.partner)), people_first(problem)

    answer = solve(problem)

    most = best_by_linear_model(problem, nothing, people)
    lowest = answer.steps[4].value
    kept = (np.concatenate([nothing, people]), most)
    total = best_by_linear_model(problem, problem.fit.astype(float), None, kept, floor=lowest)
    reached = [step.value for step in answer.steps]
    assert len(problem.partner) > 60_000
    assert sum(weight * value for weight, value in zip((4, 3, 2, 1), reached[:4], strict=True)) == most
    assert reached[4:] == [lowest, total]
    assert best_by_linear_model(problem, nothing, people, floor=lowest + 1) < most
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
    assert fits[0][0] == everyone.steps[4].value
