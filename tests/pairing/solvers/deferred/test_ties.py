"""Stable plans that leave nobody out, against every stable plan: equal wishes may be put in any order."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.measures.stability import blocking_pairs
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve
from chiron.pairing.solvers.deferred import ties
from chiron.pairing.solvers.deferred.ties import everyone_stable, has_equal_wishes
from pairing.problems import make_problem, nested_caps, plans

AIMS = ("stable", "stable-mentors")


def coarse(seed):
    """Return a small problem that needs everyone, with few different wishes, some with caps, tiers or two wanted."""
    rng = np.random.default_rng(seed)
    mentees = int(rng.integers(2, 5))
    mentors = int(rng.integers(mentees, 5))
    table = [[int(rng.integers(3)) if rng.random() < 0.6 else None for _ in range(mentors)] for _ in range(mentees)]
    problem = make_problem(
        table,
        capacity=rng.integers(1, 3, mentors),
        caps=nested_caps(rng, mentors) if rng.random() < 0.3 else (),
        tier=rng.integers(0, 2, mentees) if rng.random() < 0.3 else None,
        wanted=rng.integers(1, 3, mentees) if rng.random() < 0.3 else None,
    )
    wishes = rng.integers(0, 2, len(problem.partner)) if rng.random() < 0.7 else None
    return replace(problem, needs_everyone=True, mentor_fit=wishes)


def people(pairs):
    return len(set(np.asarray(pairs)[:, 0].tolist()))


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_stable_leaves_nobody_out_wherever_some_stable_plan_does(first):
    reordered = impossible = 0
    for seed in range(first, first + 100):
        problem = coarse(seed)
        every = (np.array(plan, dtype=np.int32).reshape(-1, 2) for plan in plans(problem))
        stable = [pairs for pairs in every if blocking_pairs(problem, pairs) == 0]
        is_possible = any(people(pairs) == len(problem.mentees) for pairs in stable)
        for aim in AIMS:
            answer = solve(problem, aim=aim, seed=seed)
            judged = verdict(problem, answer)

            assert judged.violations == (), (seed, aim)
            assert judged.proved_best, (seed, aim)
            assert (people(answer.pairs) == len(problem.mentees)) == is_possible, (seed, aim)
            reordered += answer.method != "deferred"
            impossible += not is_possible
            if not is_possible:
                assert everyone_stable(problem, seed, mentees_first=aim == "stable").is_decided, (seed, aim)
    assert min(reordered, impossible) > 5


def test_wishes_that_all_differ_leave_no_choice_of_who_is_matched():
    problem = make_problem([[3, 1], [4, None]], capacity=[1, 1])

    assert not has_equal_wishes(problem)
    assert has_equal_wishes(make_problem([[3, 3]]))
    assert has_equal_wishes(make_problem([[3], [3]]))
    known = everyone_stable(problem, 0, mentees_first=True)
    assert known.pairs is None
    assert known.is_decided


def test_a_pool_too_large_to_look_through_is_not_decided(monkeypatch):
    monkeypatch.setattr(ties, "MOST_PAIRS", 2)

    known = everyone_stable(make_problem([[1, 1], [1, None]]), 7, mentees_first=True)

    assert known.pairs is None
    assert not known.is_decided


def test_order_of_people_does_not_matter_among_equal_wishes():
    rng = np.random.default_rng(5)
    for seed in range(20):
        table = [[int(rng.integers(2)) if rng.random() < 0.5 else None for _ in range(5)] for _ in range(5)]
        rows, columns = rng.permutation(5), rng.permutation(5)
        names, others = [f"mentee {at}" for at in range(5)], [f"mentor {at}" for at in range(5)]
        problem = replace(make_problem(table), needs_everyone=True)
        moved = replace(
            make_problem(
                [[table[i][j] for j in columns] for i in rows],
                mentees=[names[i] for i in rows],
                mentors=[others[j] for j in columns],
            ),
            needs_everyone=True,
        )

        one, other = (
            {(which.mentees[i], which.mentors[j]) for i, j in solve(which, aim="stable", seed=seed).pairs}
            for which in (problem, moved)
        )

        assert one == other, seed
