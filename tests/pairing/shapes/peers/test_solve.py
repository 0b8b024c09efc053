from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from chiron.pairing.model.problem import ProblemError
from chiron.pairing.shapes.peers import solve as peers
from chiron.pairing.shapes.peers.judge import verdict
from pairing.shapes.made_peers import (
    best_by_trying,
    make_peers,
    pairs_by_name,
    random_peers,
    shuffled_peers,
)
from repeats import few_and_many

AIMS = ("total", "everyone")


@few_and_many("cases", 250, 1000)
@pytest.mark.parametrize("aim", AIMS)
def test_solve_finds_and_proves_what_trying_every_plan_finds(aim, cases):
    rng = np.random.default_rng(17)
    for _ in range(cases):
        problem = random_peers(rng)

        answer = peers.solve(problem, aim=aim)

        assert [step.value for step in answer.steps] == best_by_trying(problem, aim)
        found = verdict(problem, answer)
        assert found.violations == ()
        assert found.bounds == tuple(step.bound for step in answer.steps)
        assert found.proved_best
        assert answer.proved_best


def medium_peers(rng, people, top):
    """People on a line of answers, so that many are three of a kind and odd cycles abound."""
    answers = rng.integers(0, 3, (people, 5))
    fits = {
        (one, other): int((answers[one] == answers[other]).sum()) * top + int(rng.integers(0, top))
        for one in range(people)
        for other in range(one + 1, people)
        if rng.random() < 0.3
    }
    return make_peers(people, fits)


@pytest.mark.parametrize("top", [1, 20])
def test_solve_finds_the_total_of_an_independent_model(top):
    rng = np.random.default_rng(top)
    for people in (25, 40, 61):
        problem = medium_peers(rng, people, top)
        incidence = csr_array(
            (np.ones(2 * len(problem.fit)), (problem.pairs.T.ravel(), np.tile(np.arange(len(problem.fit)), 2))),
            shape=(people, len(problem.fit)),
        )
        model = milp(
            -problem.fit.astype(float),
            constraints=LinearConstraint(incidence, ub=1),
            integrality=np.ones(len(problem.fit)),
            bounds=Bounds(0, 1),
        )

        answer = peers.solve(problem, aim="total")

        assert answer.steps[0].value == round(-model.fun)
        assert verdict(problem, answer).proved_best


@pytest.mark.parametrize("aim", AIMS)
def test_solve_proves_a_pool_of_300(aim):
    problem = medium_peers(np.random.default_rng(5), 300, 7)

    answer = peers.solve(problem, aim=aim)

    assert verdict(problem, answer).proved_best


@pytest.mark.parametrize("aim", AIMS)
def test_order_of_people_changes_nothing(aim):
    rng = np.random.default_rng(3)
    for _ in range(60):
        problem = random_peers(rng)
        other = shuffled_peers(problem, rng)

        assert pairs_by_name(problem, peers.solve(problem, aim=aim, seed=4)) == pairs_by_name(
            other, peers.solve(other, aim=aim, seed=4)
        )


def test_same_input_and_seed_give_the_same_bytes():
    problem = medium_peers(np.random.default_rng(8), 60, 3)

    first, second = peers.solve(problem, seed=2), peers.solve(problem, seed=2)

    assert first.ties.tobytes() == second.ties.tobytes()
    for one, other in zip(first.steps, second.steps, strict=True):
        assert one.evidence.people.tobytes() == other.evidence.people.tobytes()
        assert one.evidence.sets == other.evidence.sets


def test_three_alike_need_the_price_of_an_odd_set():
    problem = make_peers(3, {(0, 1): 10, (0, 2): 10, (1, 2): 10})

    answer = peers.solve(problem, aim="total")

    assert answer.steps[0].value == 10
    assert answer.steps[0].evidence.sets == ((20, (0, 1, 2)),)
    assert answer.proved_best


def test_nobody_allowed_leaves_everybody_alone():
    answer = peers.solve(make_peers(3, {}))

    assert answer.ties.shape == (0, 3)
    assert [(step.name, step.value, step.bound) for step in answer.steps] == [("matched", 0, 0), ("total", 0, 0)]


def test_nobody_is_in_the_pool():
    problem = make_peers(0, {})

    assert verdict(problem, peers.solve(problem)).proved_best


def test_large_fits_stay_exact():
    top = 1 << 30
    problem = make_peers(4, {(0, 1): top, (0, 2): top - 1, (1, 2): -top, (2, 3): -top})

    answer = peers.solve(problem)

    assert [step.value for step in answer.steps] == [4, -top, 0]
    assert verdict(problem, answer).proved_best


def test_unknown_aim_is_an_error():
    with pytest.raises(KeyError):
        peers.solve(make_peers(2, {(0, 1): 1}), aim="best")


@pytest.mark.parametrize(
    ("pairs", "fit", "word"),
    [
        ([[1, 0]], [1], "pairs"),
        ([[0, 1], [0, 1]], [1, 1], "pairs"),
        ([[0, 3]], [1], "pairs"),
        ([[0, 1]], [1, 2], "fit"),
        ([[0, 1]], [(1 << 30) + 1], "fit"),
    ],
)
def test_a_wrong_array_is_named(pairs, fit, word):
    with pytest.raises(ProblemError, match=f"^{word}"):
        peers.Peers(("a", "b", "c"), np.array(pairs), np.array(fit))


def test_stopping_gives_the_plan_so_far_with_bounds_that_hold():
    problem = medium_peers(np.random.default_rng(11), 80, 20)
    best = peers.solve(problem)
    for calls in range(1, 12):
        told = []

        def observer(phase, answer, told=told, calls=calls):
            told.append((phase, answer))
            return len(told) < calls

        answer = peers.solve(problem, observer=observer)

        found = verdict(problem, answer)
        assert found.violations == ()
        assert all(bound >= step.value for bound, step in zip(found.bounds, answer.steps, strict=True))
        assert found.bounds == tuple(step.bound for step in answer.steps)
        if answer.stopped is not None:
            assert len(told) == calls
            assert not found.proved_best
            assert found.bounds[0] >= best.steps[0].value


def test_judge_catches_broken_answers():
    problem = make_peers(5, {(0, 1): 5, (1, 2): 7, (2, 3): 4, (3, 4): 9})
    answer = peers.solve(problem)
    broken = {
        "may not be paired": [[0, 3, 0]],
        "has 2 partners": [[0, 1, 0], [1, 2, 0]],
        "who is not there": [[0, 9, 0]],
    }

    assert verdict(problem, answer).proved_best
    for words, ties in broken.items():
        found = verdict(problem, replace(answer, ties=np.array(ties, dtype=np.int32)))
        assert any(words in str(fault) for fault in found.violations)
        assert not found.proved_best


def test_judge_catches_a_value_that_the_plan_does_not_reach():
    problem = make_peers(2, {(0, 1): 5})
    answer = peers.solve(problem, aim="total")
    boast = replace(answer, steps=(replace(answer.steps[0], value=6, bound=6), answer.steps[1]))

    assert verdict(problem, boast).violations != ()


def test_judge_never_proves_a_worse_plan_whatever_the_evidence():
    rng = np.random.default_rng(23)
    caught = 0
    for _ in range(400):
        problem = random_peers(rng)
        answer = peers.solve(problem, aim="total")
        if not len(answer.ties) or answer.steps[0].value == 0:
            continue
        evidence = answer.steps[0].evidence
        lowered = replace(
            evidence,
            people=evidence.people - rng.integers(0, 3, len(problem.people)),
            sets=tuple((price + int(rng.integers(-2, 3)), members) for price, members in evidence.sets),
            bonus=int(rng.integers(0, 2)) * 5,
            floor=int(rng.integers(-3, 5)),
        )
        worse = answer.ties[1:]
        value = sum(int(problem.fit[(problem.pairs == tie[:2]).all(axis=1)][0]) for tie in worse)
        if value == answer.steps[0].value:
            continue
        step = replace(answer.steps[0], value=value, bound=value, evidence=lowered)
        people = replace(answer.steps[1], value=2 * len(worse), bound=2 * len(worse))
        found = verdict(problem, replace(answer, ties=worse, steps=(step, people)))
        assert found.violations == ()
        assert found.bounds[0] >= answer.steps[0].value
        assert not found.proved_best
        caught += 1
    assert caught > 200
