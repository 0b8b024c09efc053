"""Plans over all pairs from short lists: equal to the best plan over the whole table, and judged without the solver."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import Problem
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.national.referee_all import referee_all
from chiron.pairing.scale.national.solve import national_plan
from chiron.pairing.solve import solve
from pairing.scale.tables import Table, TableScoring, random_table

AIMS = ("total", "everyone", "stable")


def whole_problem(table, capacity):
    row, column = np.nonzero(table.may)
    return Problem(
        mentees=tuple(f"mentee {i}" for i in range(table.mentees)),
        mentors=tuple(f"mentor {j}" for j in range(table.mentors)),
        starts=np.concatenate([[0], np.cumsum(table.may.sum(axis=1))]),
        partner=column,
        fit=table.table[row, column],
        capacity=capacity,
        wanted=np.ones(table.mentees),
        tier=np.zeros(table.mentees),
    )


@pytest.mark.parametrize("aim", AIMS)
def test_national_plan_from_short_lists_equals_the_best_plan_over_all_pairs(aim):
    rng = np.random.default_rng(7)
    rounds = 0
    for _ in range(250):
        table = random_table(rng, int(rng.integers(1, 14)), int(rng.integers(1, 10)))
        capacity = rng.integers(0, 4, table.mentors)

        answer = national_plan(table, capacity=capacity, aim=aim, keep=int(rng.integers(1, 4)))

        judged = referee_all(TableScoring(table), answer, capacity=capacity)
        best = solve(whole_problem(table, capacity), aim=aim, method="deferred" if aim == "stable" else "flow")
        assert judged.violations == ()
        assert judged.proved_best
        assert [step.value for step in answer.steps] == [step.value for step in best.steps]
        rounds += answer.rounds
    assert rounds > 250


@pytest.mark.parametrize("aim", AIMS)
def test_national_plan_is_proved_where_places_are_short_and_fits_are_alike(aim):
    rng = np.random.default_rng(3)
    table = Table(rng.integers(0, 4, (300, 120)), rng.random((300, 120)) < 0.5)
    capacity = np.full(120, 2)

    answer = national_plan(table, capacity=capacity, aim=aim, keep=5)

    assert referee_all(TableScoring(table), answer, capacity=capacity).proved_best
    assert answer.scanned < 40 * 300


def test_referee_of_all_pairs_refuses_broken_plans_and_broken_proofs():
    rng = np.random.default_rng(5)
    table = Table(rng.integers(1, 100, (30, 12)), rng.random((30, 12)) < 0.6)
    capacity = np.full(12, 2)
    scoring = TableScoring(table)
    for aim in AIMS:
        answer = national_plan(table, capacity=capacity, aim=aim, keep=4)
        fewer = replace(answer, pairs=answer.pairs[1:], fits=answer.fits[1:])
        assert referee_all(scoring, answer, capacity=capacity).proved_best
        assert not referee_all(scoring, fewer, capacity=capacity).proved_best
        assert referee_all(scoring, replace(answer, fits=answer.fits + 1), capacity=capacity).violations
        assert referee_all(scoring, answer, capacity=capacity - 1).violations
        assert referee_all(scoring, answer, capacity=capacity, forbidden=[tuple(answer.pairs[0])]).violations
        if aim == "stable":
            continue
        step = answer.steps[-1]
        for prices in (step.certificate.prices // 2, 0 * step.certificate.prices, step.certificate.prices[1:]):
            broken = replace(step, certificate=replace(step.certificate, prices=prices))
            wrong = replace(answer, steps=(*answer.steps[:-1], broken))
            assert not referee_all(scoring, wrong, capacity=capacity).proved_best


def test_national_plan_knows_no_default_aim_and_no_missing_capacity():
    table = Table([[1]], [[True]])

    with pytest.raises(ScaleError, match="aim"):
        national_plan(table, capacity=np.ones(1), aim="best")
    with pytest.raises(ScaleError, match="capacity"):
        national_plan(table, capacity=np.ones(2))


def test_national_plan_of_nobody_is_proved():
    table = Table(np.zeros((0, 3)), np.zeros((0, 3)))

    for aim in AIMS:
        answer = national_plan(table, capacity=np.ones(3, dtype=int), aim=aim)

        assert referee_all(TableScoring(table), answer, capacity=np.ones(3, dtype=int)).proved_best
        assert len(answer.pairs) == 0
