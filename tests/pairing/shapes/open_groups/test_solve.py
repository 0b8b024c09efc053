"""Groups that may stay closed, against trying every plan, and their judge against broken answers."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import ProblemError, QuotaError
from chiron.pairing.proof.referee import verdict as verdict_of_pairs
from chiron.pairing.shapes.open_groups import solve as open_groups
from chiron.pairing.shapes.open_groups.judge import verdict, violations
from chiron.pairing.shapes.open_groups.problem import OpenGroups, OpeningBranch, OpeningLeaf
from chiron.pairing.shapes.open_groups.solve import solve
from pairing.minima import best_filled, filled_plans, with_minima
from pairing.problems import make_problem, merit, random_problem


def random_groups(seed):
    """Return small groups that may stay closed, some of them beside least numbers, caps, locks and tiers."""
    rng = np.random.default_rng((seed, 3))
    problem = random_problem(seed)
    if seed % 3 == 0:
        problem = with_minima(problem, rng, share=0.2)
    problem = replace(problem, capacity=problem.capacity + 1, needs_everyone=seed % 5 == 0)
    sizes = zip(problem.capacity.tolist(), problem.least.tolist(), strict=True)
    opens = tuple(int(rng.integers(1, most + 1)) if not least and rng.random() < 0.8 else 0 for most, least in sizes)
    return OpenGroups(problem, opens)


def is_open_or_closed(groups, pairs):
    return all(not 0 < sum(j == at for _, j in pairs) < size for at, size in enumerate(groups.opens))


def test_the_best_choice_is_found_and_proved() -> None:
    possible = impossible = 0
    for seed in range(350):
        groups = random_groups(seed)
        found = [pairs for pairs in filled_plans(groups.problem) if is_open_or_closed(groups, pairs)]
        for aim in ("everyone", "total"):
            best = best_filled(groups.problem, aim, found)
            if best is None:
                impossible += 1
                with pytest.raises(QuotaError):
                    solve(groups, aim=aim, seed=seed)
                continue
            answer = solve(groups, aim=aim, seed=seed)
            judged = verdict(groups, answer)
            possible += 1
            assert merit(groups.problem, answer.answer.pairs, aim) == best, (seed, aim)
            assert not judged.violations
            assert judged.proved_best, (seed, aim)
            assert judged.bounds == tuple(step.bound for step in answer.steps)
            assert verdict_of_pairs(answer.problem, answer.answer).proved_best
    assert possible > 300
    assert impossible > 20


def crowded():
    """Return 24 mentees and 7 mentors whose groups open with 5 to 7 members."""
    rng = np.random.default_rng(11)
    fits = (rng.random((24, 1)) * 20 + rng.random((1, 7)) * 30 + rng.random((24, 7)) * 50).astype(int)
    return OpenGroups(make_problem(fits.tolist(), capacity=[7] * 7), (5,) * 7)


def test_a_search_cut_short_states_a_gap_that_the_judge_recomputes(monkeypatch) -> None:
    full = solve(crowded(), aim="everyone")
    monkeypatch.setattr(open_groups, "MOST_NODES", 0)

    short = solve(crowded(), aim="everyone")

    judged = verdict(crowded(), short)
    assert verdict(crowded(), full).proved_best
    assert not judged.violations
    assert judged.bounds == tuple(step.bound for step in short.steps)
    assert full.steps[0].value <= short.steps[0].bound
    for step in short.steps:
        assert step.value <= step.bound


def test_a_stopped_search_gives_a_plan_that_is_not_called_proved() -> None:
    answer = solve(crowded(), observer=lambda _phase, _plan: False)

    if answer.stopped is not None:
        assert not answer.proved_best
        assert not verdict(crowded(), answer).proved_best
    assert not violations(crowded(), answer.answer.pairs)


def test_judge_catches_a_group_that_is_too_small() -> None:
    groups = OpenGroups(make_problem([[5, 1], [5, 1], [5, 1]], capacity=[3, 3]), (2, 2))

    assert [*map(str, violations(groups, np.array([[0, 0], [1, 0], [2, 1]])))] == [
        "The group of mentor 1 has 1 member, and opens only with 2."
    ]


def test_judge_does_not_believe_a_worse_plan_or_a_tree_with_a_branch_left_out() -> None:
    groups = crowded()
    good = solve(groups, aim="total")
    step, people = good.steps
    worse_plan = solve(OpenGroups(groups.problem, (5,) * 6 + (7,)), aim="total").answer
    worse_plan = replace(worse_plan, pairs=worse_plan.pairs[:-5])
    leaf = step.evidence
    while isinstance(leaf, OpeningBranch):
        leaf = leaf.closed
    cheap = OpeningLeaf(leaf.mentee_prices - 1_000_000, leaf.cap_prices, leaf.weights, leaf.scale)
    free = OpeningLeaf(leaf.mentee_prices * 0, leaf.cap_prices, leaf.weights, leaf.scale)
    nobody = OpeningLeaf(leaf.mentee_prices * 0, leaf.cap_prices, leaf.weights, 0)
    locked_twice = OpeningBranch(0, OpeningBranch(0, leaf, leaf), leaf)

    for evidence in (cheap, free, nobody, locked_twice):
        broken = replace(good, steps=(replace(step, evidence=evidence), people))
        assert not verdict(groups, broken).proved_best
    shorter = replace(good, answer=worse_plan)
    assert not verdict(groups, shorter).proved_best


def test_order_of_people_does_not_matter() -> None:
    groups = crowded()
    problem, rng = groups.problem, np.random.default_rng(2)
    fits = problem.fit.reshape(24, 7)
    rows, columns = rng.permutation(24), rng.permutation(7)
    moved = make_problem(
        fits[rows][:, columns].tolist(),
        capacity=[7] * 7,
        mentees=[problem.mentees[at] for at in rows],
        mentors=[problem.mentors[at] for at in columns],
    )
    named = []
    for asked in (groups, OpenGroups(moved, (5,) * 7)):
        answer = solve(asked, seed=4).answer
        named.append({(asked.problem.mentees[i], asked.problem.mentors[j]) for i, j in answer.pairs.tolist()})

    assert named[0] == named[1]


def test_malformed_groups_and_other_aims_are_refused() -> None:
    problem = make_problem([[1, 2]], capacity=[2, 2])
    for opens in ((1,), (3, 0), (-1, 0)):
        with pytest.raises(ProblemError, match="opens"):
            OpenGroups(problem, opens)
    with pytest.raises(ProblemError, match="opens"):
        OpenGroups(replace(problem, least=np.array([1, 0], dtype=np.int32)), (1, 0))
    with pytest.raises(ProblemError, match="aim"):
        solve(OpenGroups(problem, (1, 1)), aim="worst-off")
