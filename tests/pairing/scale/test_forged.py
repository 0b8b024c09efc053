"""Forged plans over all pairs: the judge calls none of them proved that is not the best."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.answer import Certificate, Step
from chiron.pairing.scale.national.answer import NationalAnswer
from chiron.pairing.scale.national.referee_all import referee_all
from pairing.scale.tables import Table, TableScoring

TABLE = Table(np.array([[5, 0], [0, 1]]), np.array([[True, False], [False, True]]))
"""Two mentees, two mentors; the second pair is worth less."""


def _certificate(**more):
    return replace(Certificate(np.zeros(2, dtype=np.int64), np.zeros(0, dtype=np.int64)), **more)


def _judged(pairs, fits, steps, *, table=TABLE):
    listed = tuple(Step(name, value, value, proof, 0 if name == "matched" else None) for name, value, proof in steps)
    aim = "everyone" if len(steps) > 1 else "total"
    answer = NationalAnswer(pairs, fits, listed, aim, method="forged", known=0, rounds=0, scanned=0)
    return referee_all(TableScoring(table), answer, capacity=np.ones(2, dtype=np.int64))


@pytest.mark.parametrize("pairs", [[0, 0], [[[0, 0]]], [[0.0, 0.0]]])
def test_pairs_that_are_no_table_are_a_fault(pairs):
    steps = [
        ("matched", 2, _certificate()),
        ("lowest fit", 5, _certificate(weights=(1,))),
        ("total", 5, _certificate()),
    ]
    found = _judged(np.array(pairs), np.array([5]), steps)
    assert found.violations
    assert not found.proved_best


def test_half_a_weight_proves_no_lowest_fit():
    table = Table(np.array([[1, 9]]), np.array([[True, True]]))
    half = _certificate(weights=(0.5,))
    steps = [("matched", 1, _certificate()), ("lowest fit", 1, half), ("total", 1, _certificate(weights=(20,)))]
    assert not _judged(np.array([[0, 0]]), np.array([1]), steps, table=table).proved_best


@pytest.mark.parametrize(
    "forged",
    [
        {"scale": 1 << 62},
        {"scale": 2.5},
        {"scale": 0},
        {"prices": np.full(2, 1 << 62, dtype=np.int64)},
        {"prices": np.full(2, -1, dtype=np.int64)},
        {"weights": (-1,)},
        {"weights": (1 << 63,)},
    ],
)
def test_no_number_in_a_certificate_makes_a_poor_plan_the_best(forged):
    steps = [("total", 5, _certificate(**forged))]
    assert not _judged(np.array([[0, 0]]), np.array([5]), steps).proved_best
    steps = [("matched", 1, _certificate(**forged)), ("lowest fit", 5, _certificate(**forged))]
    steps.append(("total", 5, _certificate(**forged)))
    assert not _judged(np.array([[0, 0]]), np.array([5]), steps).proved_best


def test_a_scale_does_not_halve_the_number_of_people():
    empty = np.empty((0, 2), dtype=np.int32), np.empty(0, dtype=np.int32)
    table = Table(np.array([[-6]]), np.array([[True]]))
    forged = replace(_certificate(scale=2), prices=np.zeros(1, dtype=np.int64))
    steps = [Step("matched", 0, 0, forged, 0), Step("total", 0, 0, replace(forged, scale=1))]
    answer = NationalAnswer(*empty, tuple(steps), "everyone", method="forged", known=0, rounds=0, scanned=0)
    assert not referee_all(TableScoring(table), answer, capacity=np.ones(1, dtype=np.int64)).proved_best
