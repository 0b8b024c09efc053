"""Stable plans against every stable plan: best for who asks, worst for who is asked, and judged pair by pair."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.measures.stability import blocking_pairs, envious
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import AimError, Cap, LocksError
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.solve import solve
from pairing.problems import fit_of, make_problem, plans, random_problem

BEST = {"stable": "mentee", "stable-mentors": "mentor"}


def with_wishes(problem, seed):
    """Return the problem with wishes of its own for each side, sometimes."""
    rng = np.random.default_rng(seed)
    top = int(rng.choice([1, 4, 50]))
    wishes = {
        name: rng.integers(-top, top + 1, len(problem.partner))
        for name in ("mentee_fit", "mentor_fit")
        if rng.random() < 0.7
    }
    return replace(problem, **wishes)


def opposed(seed):
    """Return four mentees and four mentors with wishes of their own: often several plans are stable."""
    rng = np.random.default_rng(seed)
    problem = make_problem(rng.permutation(16).reshape(4, 4).tolist())
    return replace(problem, mentor_fit=rng.permutation(16))


def orders(problem, seed):
    """Return what each pair counts for either side, without ties: the rules of the aim, written down again."""
    mentee, mentor = lottery(problem.mentees, seed, "mentee"), lottery(problem.mentors, seed, "mentor")
    at = {pair: place for place, pair in enumerate(fit_of(problem))}
    wish = problem.fit if problem.mentee_fit is None else problem.mentee_fit
    liking = problem.fit if problem.mentor_fit is None else problem.mentor_fit
    left = {(i, j): (int(wish[at[i, j]]), -mentor[j]) for i, j in at}
    right = {(i, j): (-int(problem.tier[i]), int(liking[at[i, j]]), -mentee[i], -mentor[j]) for i, j in at}
    return left, right


def is_blocked(pair, plan, problem, left, right, locked):
    """Return True if a pair that is left out would be taken by both sides."""
    i, j = pair
    better = [held for held in plan if held[0] == i and (held in locked or left[held] > left[pair])]
    if len(better) >= problem.wanted[i]:
        return False
    sets = [((j,), int(problem.capacity[j])), *((cap.mentors, cap.limit) for cap in problem.caps if j in cap.mentors)]
    return all(
        sum(held[1] in members and (held in locked or right[held] > right[pair]) for held in plan) < limit
        for members, limit in sets
    )


def stable_plans(problem, seed):
    """Return every plan that no pair blocks."""
    left, right = orders(problem, seed)
    locked = {(int(i), int(j)) for i, j in problem.locked}
    return [
        set(plan)
        for plan in plans(problem)
        if not any(is_blocked(pair, plan, problem, left, right, locked) for pair in left if pair not in plan)
    ]


def chosen(problem, held, left, locked):
    """Return what each mentee would choose among these pairs."""
    found = set()
    for i in range(len(problem.mentees)):
        own = sorted(
            (pair for pair in held if pair[0] == i), key=lambda pair: (pair in locked, left[pair]), reverse=True
        )
        found.update(own[: int(problem.wanted[i])])
    return found


@pytest.mark.parametrize("first", range(0, 900, 300))
def test_stable_is_the_best_of_all_stable_plans_for_the_side_that_asks(first):
    several = 0
    for seed in range(first, first + 300):
        problem = with_wishes(random_problem(seed), seed) if seed % 10 else opposed(seed)
        left, _ = orders(problem, seed)
        locked = {(int(i), int(j)) for i, j in problem.locked}
        possible = stable_plans(problem, seed)
        several += len(possible) > 1

        answers = {aim: solve(problem, aim=aim, seed=seed) for aim in BEST}

        for aim, answer in answers.items():
            pairs = {(int(i), int(j)) for i, j in answer.pairs}
            assert pairs in possible, (seed, aim)
            for other in possible:
                best = pairs if BEST[aim] == "mentee" else other
                assert chosen(problem, pairs | other, left, locked) == best, (seed, aim)
            judged = verdict(problem, answer)
            assert judged.violations == (), (seed, aim)
            assert judged.proved_best, (seed, aim)
            assert [(step.name, step.value, step.bound) for step in answer.steps] == [("blocking pairs", 0, 0)]
    assert several > 5


def plainly_blocking(problem, plan):
    """Return the pairs that block a plan where equal wishes never do, by the definition."""
    left, right = orders(problem, 0)
    left = {pair: key[0] for pair, key in left.items()}
    right = {pair: key[:2] for pair, key in right.items()}
    locked = {(int(i), int(j)) for i, j in problem.locked}
    found = []
    for pair in set(left) - set(plan):
        ties = {held for held in plan if held[0] == pair[0] and left[held] == left[pair]}
        same = {held for held in plan if right[held] == right[pair]}
        i, j = pair
        own = [held for held in plan if held[0] == i and (held in locked | ties or left[held] > left[pair])]
        sets = [((j,), problem.capacity[j]), *((cap.mentors, cap.limit) for cap in problem.caps if j in cap.mentors)]
        room = all(
            sum(held[1] in members and (held in locked | same or right[held] > right[pair]) for held in plan) < limit
            for members, limit in sets
        )
        clash = any(
            (i, other) in plan for one, other in (*problem.clashes, *((b, a) for a, b in problem.clashes)) if one == j
        )
        if len(own) < problem.wanted[i] and room and not clash:
            found.append(pair)
    return found


def test_blocking_pairs_and_envy_are_counted_as_defined_for_any_plan():
    rng = np.random.default_rng(3)
    blocked = envied = 0
    for seed in range(400):
        problem = with_wishes(random_problem(seed, with_clashes=seed % 4 == 0), seed)
        possible = list(plans(problem))
        plan = possible[int(rng.integers(len(possible)))]
        pairs = np.array(sorted(plan), dtype=np.int32).reshape(-1, 2)
        left, _ = orders(problem, 0)
        locked = {(int(i), int(j)) for i, j in problem.locked}
        envy = {
            i
            for i, j in set(left) - set(plan)
            if sum(held[0] == i and (held in locked or left[held][0] >= left[i, j][0]) for held in plan)
            < problem.wanted[i]
            and any(held[1] == j and held not in locked and problem.tier[held[0]] > problem.tier[i] for held in plan)
            and not any((i, b) in plan for a, b in (*problem.clashes, *((b, a) for a, b in problem.clashes)) if a == j)
        }

        assert blocking_pairs(problem, pairs) == len(plainly_blocking(problem, plan)), seed
        assert envious(problem, pairs) == len(envy), seed
        blocked, envied = blocked + blocking_pairs(problem, pairs), envied + len(envy)
    assert blocked > 100
    assert envied > 5


def test_verdict_catches_a_stable_plan_in_which_two_have_changed_places():
    caught = 0
    for seed in range(200):
        problem = with_wishes(random_problem(seed), seed)
        answer = solve(problem, aim="stable", seed=seed)
        free = [pair for pair in answer.pairs.tolist() if pair not in problem.locked.tolist()]
        for drop in free[:1]:
            broken = replace(
                answer, pairs=np.array([p for p in answer.pairs.tolist() if p != drop], dtype=np.int32).reshape(-1, 2)
            )

            assert not verdict(problem, broken).proved_best, seed
            caught += 1
        forged = replace(answer, steps=(replace(answer.steps[0], bound=-1),))
        assert not verdict(problem, forged).proved_best
        assert not verdict(problem, replace(answer, steps=())).proved_best
    assert caught > 50


def market(n, m, seed, *, caps=()):
    rng = np.random.default_rng(seed)
    problem = make_problem(rng.integers(0, 12, (n, m)).tolist(), capacity=rng.integers(0, 4, m), caps=caps)
    return replace(problem, mentor_fit=rng.integers(0, 12, n * m))


@pytest.mark.parametrize("aim", BEST)
def test_stable_serves_larger_pools_with_and_without_caps(aim):
    for seed in range(6):
        caps = [Cap("A", 20, tuple(range(30))), Cap("B", 8, tuple(range(10)))] if seed % 2 else []
        problem = market(90, 70, seed, caps=caps)

        answer = solve(problem, aim=aim, seed=seed)

        assert violations(problem, answer.pairs) == []
        assert verdict(problem, answer).proved_best


def test_stable_puts_an_earlier_tier_before_any_wish_of_a_mentor():
    problem = replace(make_problem([[1], [9]], tier=[0, 1]), mentor_fit=np.array([1, 9]))

    assert solve(problem, aim="stable").pairs.tolist() == [[0, 0]]
    assert envious(problem, np.array([[1, 0]], dtype=np.int32)) == 1


def test_stable_says_what_it_cannot_do():
    with pytest.raises(AimError, match="clash"):
        solve(make_problem([[1, 1]], wanted=[2], clashes=[(0, 1)]), aim="stable")
    with pytest.raises(AimError, match="least"):
        solve(replace(make_problem([[1]]), least=np.array([1])), aim="stable")
    with pytest.raises(LocksError, match="locked"):
        solve(make_problem([[1], [1]], locked=[(0, 0), (1, 0)]), aim="stable")


@pytest.mark.parametrize("problem", [make_problem([]), make_problem([[None]]), make_problem([[3]], locked=[(0, 0)])])
@pytest.mark.parametrize("aim", BEST)
def test_stable_proves_problems_with_little_in_them(aim, problem):
    assert verdict(problem, solve(problem, aim=aim)).proved_best


def test_stable_stops_when_the_observer_says_so():
    problem = market(90, 70, 1)

    answer = solve(problem, aim="stable", observer=lambda *_: False)

    assert answer.stopped == "stopped by the observer"
    assert not verdict(problem, answer).proved_best
