"""Forged answers: plans that are not the best, with whatever could lead the referee astray."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.answer import Answer, Certificate, Step
from chiron.pairing.model.problem import Problem
from chiron.pairing.proof.referee import verdict


def _problem() -> Problem:
    """Return two mentees with two mentors; the second pair is worth less."""
    return Problem(
        mentees=("a", "b"),
        mentors=("x", "y"),
        starts=np.array([0, 1, 2]),
        partner=np.array([0, 1]),
        fit=np.array([5, 1]),
        capacity=np.array([1, 1]),
        wanted=np.array([1, 1]),
        tier=np.array([0, 0]),
    )


def _certificate(**more: object) -> Certificate:
    blank = Certificate(prices=np.zeros(2, dtype=np.int64), cap_prices=np.zeros(0, dtype=np.int64))
    return replace(blank, **more)


def _answer(pairs: object, *steps: tuple[str, int, Certificate], aim: str = "everyone") -> Answer:
    listed = tuple(Step(name, value, value, proof, 0 if name == "matched" else None) for name, value, proof in steps)
    return Answer(pairs=np.array(pairs, dtype=np.int32), steps=listed, aim=aim, method="forged", seed=0)


@pytest.mark.parametrize("pairs", [[[[0, 0]]], [0, 0], [[0.0, 0.0]], [[0, 0, 0]]])
def test_pairs_that_are_no_table_are_a_fault(pairs: object) -> None:
    steps = (
        ("matched", 2, _certificate()),
        ("lowest fit", 5, _certificate(weights=(1,))),
        ("total", 5, _certificate()),
    )
    answer = replace(_answer([[0, 0]], *steps), pairs=np.array(pairs))
    found = verdict(_problem(), answer)
    assert found.violations
    assert not found.proved_best


@pytest.mark.parametrize("aim", ["", "most people", "Everyone"])
def test_an_aim_that_does_not_exist_is_never_proved(aim: str) -> None:
    answer = _answer([[0, 0], [1, 1]], ("matched", 2, _certificate()), ("total", 6, _certificate()), aim=aim)
    assert not verdict(_problem(), answer).proved_best


@pytest.mark.parametrize(
    "forged",
    [
        {"scale": 1 << 62},
        {"scale": 1 << 64},
        {"scale": 2.5},
        {"scale": 0},
        {"scale": -1},
        {"weights": (0.5,)},
        {"weights": (float("nan"),)},
        {"weights": (1 << 63,)},
        {"weights": (-1,)},
        {"prices": np.full(2, 1 << 61, dtype=np.int64)},
        {"prices": np.full(2, 1 << 62, dtype=np.int64)},
        {"prices": np.full(2, -(1 << 63), dtype=np.int64)},
        {"prices": np.full(2, -1, dtype=np.int64)},
        {"prices": np.full(2, 0.5)},
        {"face": True},
        {"groups": (1 << 62, -(1 << 62))},
    ],
)
@pytest.mark.parametrize("plan", [[], [[1, 1]], [[0, 0]]])
def test_no_number_in_a_certificate_makes_a_poor_plan_the_best(
    plan: list[list[int]], forged: dict[str, object]
) -> None:
    pairs = np.array(plan, dtype=np.int32).reshape(-1, 2)
    total = sum({0: 5, 1: 1}[mentee] for mentee, _ in plan)
    alone = replace(_answer([], ("total", total, _certificate(**forged)), aim="total"), pairs=pairs)
    assert not verdict(_problem(), alone).proved_best
    steps = [("matched", len(plan), _certificate(**forged)), ("total", total, _certificate(**forged))]
    if plan:
        steps.insert(1, ("lowest fit", total, _certificate(**forged)))
    assert not verdict(_problem(), replace(_answer([], *steps), pairs=pairs)).proved_best
