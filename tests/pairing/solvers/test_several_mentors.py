"""Several mentors for one mentee under every aim, against every plan: a first for all comes before a second for any."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.measures.stability import blocking_pairs
from chiron.pairing.model.problem import Parity, QuotaError
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from pairing.minima import filled_plans, with_minima
from pairing.problems import make_problem, merit, people, plans, random_problem
from pairing.solvers.flow.test_parity import judged_by
from repeats import first_of

FLOWS = ("everyone", "worst-off", "total", "profile", "rank")
MOST_PAIRS = 10


def several(seed, *, with_clashes=False):
    """Return a small problem whose mentees may have 1 to 3 mentors, locked pairs included; None if it is too large."""
    rng = np.random.default_rng((seed, 7))
    problem = random_problem(seed, with_clashes=with_clashes, most=3 if with_clashes else 4)
    if len(problem.partner) > MOST_PAIRS:
        return None
    locked = np.bincount(problem.locked[:, 0], minlength=len(problem.mentees))
    wanted = np.maximum(rng.integers(1, 4, len(problem.mentees)), locked).astype(np.int32)
    problem = replace(problem, wanted=wanted, needs_everyone=bool(rng.random() < 0.2))
    return with_minima(problem, rng) if rng.random() < 0.4 else problem


def many(seeds, **options):
    return ((seed, problem) for seed in seeds if (problem := several(seed, **options)) is not None)


@first_of("first", range(0, 400, 100), daily=1)
def test_every_aim_of_flows_finds_and_proves_the_best_of_all_plans(first):
    checked = 0
    for seed, problem in many(range(first, first + 100)):
        possible = filled_plans(problem)
        for aim in FLOWS:
            if not possible:
                with pytest.raises(QuotaError):
                    solve(problem, aim=aim, seed=seed)
                continue
            answer = solve(problem, aim=aim, seed=seed)
            judged = verdict(problem, answer)

            assert merit(problem, answer.pairs, aim) == max(merit(problem, plan, aim) for plan in possible), (seed, aim)
            assert judged.violations == (), (seed, aim)
            assert judged.proved_best, (seed, aim)
            assert judged.bounds == tuple(step.value for step in answer.steps), (seed, aim)
            checked += 1
    assert checked > 300


@pytest.mark.parametrize("first", [0, 60])
def test_parity_counts_people_first_and_its_bounds_hold(first):
    proved = checked = 0
    for seed, problem in many(range(first, first + 60)):
        if problem.has_least:
            continue
        rng = np.random.default_rng(seed)
        group = rng.integers(0, 2, len(problem.mentees)).astype(np.int32)
        problem = replace(problem, parity=Parity(group=group, within=int(rng.choice([0, 3, 20]))))  # noqa: PLW2901 -- with groups

        answer = solve(problem, aim="parity", seed=seed)
        judged = verdict(problem, answer)

        best = max(judged_by(problem, plan) for plan in plans(problem))
        assert judged_by(problem, [(int(i), int(j)) for i, j in answer.pairs]) == best, seed
        assert judged.violations == (), seed
        assert judged.bounds == tuple(step.bound for step in answer.steps), seed
        assert judged.bounds[-1] >= best[-1], seed
        proved += judged.proved_best
        checked += 1
    assert checked > 25
    assert proved > checked // 2


def test_mentors_who_clash_count_people_first_and_their_bounds_hold():
    proved = checked = 0
    for seed, problem in many(range(40), with_clashes=True):
        possible = filled_plans(problem)
        for aim in ("everyone", "worst-off", "total"):
            if not possible:
                continue
            answer = solve(problem, aim=aim, seed=seed, method="clashes")
            judged = verdict(problem, answer)

            assert merit(problem, answer.pairs, aim) == max(merit(problem, plan, aim) for plan in possible), (seed, aim)
            assert judged.violations == (), (seed, aim)
            assert judged.bounds == tuple(step.bound for step in answer.steps), (seed, aim)
            assert all(step.bound >= step.value for step in answer.steps), (seed, aim)
            proved += judged.proved_best
            checked += 1
    assert checked > 50
    assert proved > checked * 9 // 10


@pytest.mark.parametrize("aim", ["stable", "stable-mentors"])
def test_stable_plans_of_several_mentors_are_stable_and_leave_nobody_out_if_one_can(aim):
    left = 0
    for seed, problem in many(range(150)):
        if problem.has_least:
            continue
        every = [np.array(plan, dtype=np.int32).reshape(-1, 2) for plan in plans(problem)]
        most = max(people(problem, pairs)[0] for pairs in every if blocking_pairs(problem, pairs) == 0)

        answer = solve(replace(problem, needs_everyone=True), aim=aim, seed=seed)

        assert verdict(problem, answer).proved_best, seed
        if not problem.tier.any() and most == len(problem.mentees):
            assert people(problem, answer.pairs)[0] == most, seed
        left += most < len(problem.mentees)
    assert left > 5


def test_verdict_never_calls_best_a_plan_that_counts_pairs_instead_of_people():
    # Ann may have both mentors, or one of them may go to Bob: two pairs either way, and two people in one of them.
    problem = make_problem([[50, 50], [0, 0]], wanted=[2, 1])
    best = solve(problem)
    both_for_one = np.array([[0, 0], [0, 1]], dtype=np.int32)

    assert sorted(best.pairs[:, 0].tolist()) == [0, 1]
    assert [(step.name, step.value) for step in best.steps][:2] == [("matched", 2), ("with 2 mentors", 0)]
    assert verdict(problem, best).proved_best
    assert not verdict(problem, replace(best, pairs=both_for_one)).proved_best
    claimed = tuple(
        replace(step, value=value, bound=value) for step, value in zip(best.steps, (1, 1, 50, 100), strict=True)
    )
    assert not verdict(problem, replace(best, pairs=both_for_one, steps=claimed)).proved_best
