"""Each aim by auction against the flow solver, whose values brute force has confirmed, and before the referee."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import Cap, LocksError
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.scale import ScaleError
from chiron.pairing.solve import solve
from pairing.problems import make_problem, merit, random_problem

AIMS = ("total", "everyone", "worst-off", "stable")


def suited(seed, most=7):
    """Return a small random problem with what the auction can hold: tiers, locks, negative fits, empty rows, zeros."""
    problem = random_problem(seed, most=most)
    return replace(
        problem,
        caps=(),
        clashes=(),
        wanted=np.minimum(problem.wanted, 1),
        least=np.zeros(len(problem.mentors), dtype=np.int32),
        locked=problem.locked if seed % 3 == 0 else np.empty((0, 2), dtype=np.int32),
        needs_everyone=seed % 7 == 0,
    )


def solved(problem, aim, seed, method):
    """Return the answer, None where the locks are impossible."""
    try:
        return solve(problem, aim=aim, seed=seed, method=method)
    except LocksError:
        return None


@pytest.mark.parametrize("aim", AIMS)
def test_auction_reaches_what_the_other_methods_reach_and_the_referee_accepts_its_proof(aim):
    seen = 0
    for seed in range(450):
        problem = suited(seed)

        answer = solved(problem, aim, seed, "auction")

        other = solved(problem, aim, seed, "deferred" if aim == "stable" else "flow")
        if answer is None or other is None:
            assert answer is other
            continue
        judged = verdict(problem, answer)
        assert judged.violations == (), seed
        assert judged.proved_best, seed
        assert [(step.name, step.level, step.value) for step in answer.steps] == [
            (step.name, step.level, step.value) for step in other.steps
        ], seed
        if aim == "stable":
            assert answer.pairs.tolist() == other.pairs.tolist(), seed
        else:
            assert merit(problem, answer.pairs, aim) == merit(problem, other.pairs, aim), seed
        seen += 1
    assert seen > 350


def crowded(fits=4):
    rng = np.random.default_rng(5)
    table = rng.integers(0, fits, (260, 110)).tolist()
    tier = rng.integers(0, 2, 260)
    return make_problem(table, capacity=[2] * 110, tier=tier)


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("fits", [3, 400])
def test_auction_and_the_other_methods_agree_where_places_are_short(aim, fits):
    problem = crowded(fits if aim != "worst-off" else 3)

    answer = solve(problem, aim=aim, seed=3, method="auction")

    other = solve(problem, aim=aim, seed=3, method="deferred" if aim == "stable" else "flow")
    assert verdict(problem, answer).proved_best
    assert [(step.name, step.level, step.value) for step in answer.steps] == [
        (step.name, step.level, step.value) for step in other.steps
    ]


@pytest.mark.parametrize("aim", ["total", "everyone", "worst-off"])
def test_referee_refuses_broken_prices_and_worse_plans(aim):
    problem = crowded()
    answer = solve(problem, aim=aim, method="auction")
    step = next(one for one in answer.steps if one.certificate.prices.any())
    broken = replace(step, certificate=replace(step.certificate, prices=0 * step.certificate.prices))
    steps = tuple(broken if one is step else one for one in answer.steps)

    assert verdict(problem, answer).proved_best
    assert not verdict(problem, replace(answer, steps=steps)).proved_best
    assert not verdict(problem, replace(answer, pairs=answer.pairs[1:])).proved_best


@pytest.mark.parametrize("aim", AIMS)
def test_auction_does_not_depend_on_the_order_of_people(aim):
    problem = crowded()
    rng = np.random.default_rng(1)
    order_of_mentees, order_of_mentors = rng.permutation(260), rng.permutation(110)
    table = problem.fit.reshape(260, 110)[order_of_mentees][:, order_of_mentors].tolist()
    other = make_problem(
        table,
        capacity=[2] * 110,
        tier=problem.tier[order_of_mentees],
        mentees=[problem.mentees[i] for i in order_of_mentees],
        mentors=[problem.mentors[j] for j in order_of_mentors],
    )

    def named(problem):
        pairs = solve(problem, aim=aim, seed=4, method="auction").pairs.tolist()
        return {(problem.mentees[i], problem.mentors[j]) for i, j in pairs}

    assert named(other) == named(problem)


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_auction_stops_when_the_observer_says_so_and_its_bounds_stay_true(aim, calls):
    problem = crowded()
    heard = []

    answer = solve(
        problem, aim=aim, method="auction", observer=lambda phase, _: heard.append(phase) or len(heard) < calls
    )

    judged = verdict(problem, answer)
    assert violations(problem, answer.pairs) == []
    assert judged.proved_best == (answer.stopped is None)
    assert judged.bounds == tuple(step.bound for step in answer.steps)
    assert (answer.stopped is None) == (len(heard) < calls)


@pytest.mark.parametrize(
    ("problem", "aim", "word"),
    [
        (make_problem([[1, 2]], wanted=[2]), "total", "one mentor"),
        (make_problem([[1]], caps=[Cap("site", 1, (0,))]), "total", "caps"),
        (replace(make_problem([[1]]), least=np.ones(1, dtype=np.int32)), "total", "least"),
        (make_problem([[1]]), "profile", "aim"),
    ],
)
def test_auction_refuses_what_it_cannot_hold(problem, aim, word):
    with pytest.raises(ScaleError, match=word):
        solve(problem, aim=aim, method="auction")


def test_methods_know_no_default():
    with pytest.raises(KeyError):
        solve(make_problem([[1]]), method="best")
