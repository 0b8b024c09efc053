from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from chiron.pairing.model.problem import ProblemError
from chiron.pairing.shapes.gatherings import circles
from chiron.pairing.shapes.gatherings.judge import verdict
from chiron.pairing.shapes.model.odd_sets import Branch, Leaf
from pairing.shapes.made_groups import best_by_trying, make_circles, random_circles, worths

AIMS = ("total", "everyone")


@pytest.mark.parametrize("aim", AIMS)
def test_solve_finds_and_proves_what_trying_every_plan_finds(aim):
    rng = np.random.default_rng(41)
    for _ in range(100):
        problem = random_circles(rng)

        answer = circles.solve(problem, aim=aim)

        assert [step.value for step in answer.steps] == best_by_trying(problem, aim)
        found = verdict(problem, answer)
        assert found.violations == ()
        assert found.bounds == tuple(step.bound for step in answer.steps)
        assert found.proved_best


def medium_circles(rng, people, least, most):
    answers = rng.integers(0, 4, (people, 5))
    fits = {
        (one, other): int((answers[one] == answers[other]).sum()) * 20 + int(rng.integers(0, 20))
        for one, other in combinations(range(people), 2)
    }
    return make_circles(people, fits, least, most)


def test_solve_finds_the_total_of_an_independent_model():
    """Binary variables: who sits at which table, and who of two people at the same table."""
    problem = medium_circles(np.random.default_rng(2), 9, 3, 3)
    people, tables = 9, 3
    pairs = list(combinations(range(people), 2))
    seats = people * tables
    count = seats + len(pairs) * tables
    rows, low, high = [], [], []

    def add(entries, least, most):
        row = np.zeros(count)
        for at, value in entries:
            row[at] += value
        rows.append(row)
        low.append(least)
        high.append(most)

    for person in range(people):
        add([(person * tables + table, 1) for table in range(tables)], 1, 1)
    for table in range(tables):
        add([(person * tables + table, 1) for person in range(people)], 3, 3)
        for at, pair in enumerate(pairs):
            for person in pair:
                add([(seats + at * tables + table, 1), (person * tables + table, -1)], -np.inf, 0)
    goal = np.zeros(count)
    goal[seats:] = -np.repeat(problem.fit, tables)
    model = milp(
        goal, constraints=LinearConstraint(np.array(rows), low, high), integrality=np.ones(count), bounds=Bounds(0, 1)
    )

    answer = circles.solve(problem)

    assert [step.value for step in answer.steps] == [9, round(-model.fun)]
    assert verdict(problem, answer).proved_best


def test_solve_proves_30_people_in_circles_of_3_or_4():
    problem = medium_circles(np.random.default_rng(3), 30, 3, 4)

    answer = circles.solve(problem)

    assert answer.steps[0].value == 30
    assert verdict(problem, answer).proved_best


def test_large_pool_has_everyone_in_and_a_bound_that_holds():
    problem = medium_circles(np.random.default_rng(4), 120, 4, 5)

    answer = circles.solve(problem)

    found = verdict(problem, answer)
    assert found.violations == ()
    assert found.bounds == tuple(step.bound for step in answer.steps)
    assert answer.steps[0].value == answer.steps[0].bound == 120
    assert answer.steps[1].value < answer.steps[1].bound < answer.steps[1].value * 5 // 4
    assert not answer.proved_best


def test_bound_of_large_pools_holds_for_small_ones():
    rng = np.random.default_rng(43)
    for _ in range(60):
        problem = random_circles(rng)
        answer = circles.solve(problem, aim="total")
        bare = replace(answer, steps=(replace(answer.steps[0], evidence=None),))

        assert verdict(problem, bare).bounds[0] >= answer.steps[0].value


def test_order_of_people_changes_nothing():
    rng = np.random.default_rng(47)
    for _ in range(15):
        problem = random_circles(rng)
        order = rng.permutation(len(problem.people))
        place = np.argsort(order)
        fits = {
            tuple(sorted(place[list(pair)].tolist())): int(fit)
            for pair, fit in zip(problem.pairs.tolist(), problem.fit, strict=True)
        }
        names = [problem.people[at] for at in order]
        other = make_circles(names, fits, problem.least, problem.most, only_listed=problem.only_listed)

        first, second = circles.solve(problem), circles.solve(other)

        assert {frozenset(problem.people[at] for at in group) for group in first.groups} == {
            frozenset(other.people[at] for at in group) for group in second.groups
        }


def test_same_input_and_seed_give_the_same_bytes():
    problem = medium_circles(np.random.default_rng(5), 40, 3, 4)

    first, second = circles.solve(problem, seed=3), circles.solve(problem, seed=3)

    assert first.ties.tobytes() == second.ties.tobytes()
    assert [(step.value, step.bound) for step in first.steps] == [(step.value, step.bound) for step in second.steps]


def test_five_people_make_no_circles_of_three_or_four_with_everyone_in():
    fits = dict.fromkeys(combinations(range(5), 2), 1)

    answer = circles.solve(make_circles(5, fits, 3, 4))

    assert [(step.value, step.bound) for step in answer.steps] == [(4, 4), (6, 6)]


@pytest.mark.parametrize("people", [0, 1])
def test_too_few_people_make_no_circle(people):
    answer = circles.solve(make_circles(people, {}, 2, 3))

    assert answer.groups == ()
    assert verdict(make_circles(people, {}, 2, 3), answer).proved_best


def test_stopping_gives_the_plan_so_far_with_bounds_that_hold():
    problem = medium_circles(np.random.default_rng(6), 14, 3, 4)
    best = circles.solve(problem)
    for calls in (1, 2, 10, 50, 73):
        told = []

        def observer(phase, answer, told=told, calls=calls):
            told.append(phase)
            return len(told) < calls

        answer = circles.solve(problem, observer=observer)

        found = verdict(problem, answer)
        assert found.violations == ()
        assert found.bounds[-1] >= best.steps[-1].value or answer.steps[0].value < best.steps[0].value
        assert answer.stopped is None or not found.proved_best


@pytest.mark.parametrize(("least", "most"), [(1, 3), (4, 3)])
def test_wrong_sizes_are_named(least, most):
    with pytest.raises(ProblemError, match=r"^least"):
        make_circles(4, {}, least, most)


def test_unknown_aim_is_an_error():
    with pytest.raises(KeyError):
        circles.solve(make_circles(3, {}, 2, 3), aim="best")


def test_judge_catches_broken_answers():
    problem = make_circles(6, {(0, 1): 5, (1, 2): 7, (0, 2): 1, (3, 4): 9}, 2, 3, only_listed=True)
    answer = circles.solve(problem)
    broken = {
        "may not be in one group": ((0, 1), (3, 5)),
        "is in 2 groups": ((0, 1), (1, 2)),
        "has 1 member,": ((0, 1), (3,)),
        "not in the pool": ((0, 9),),
        "ties are not those": ((0, 1),),
    }

    assert verdict(problem, answer).proved_best
    for words, groups in broken.items():
        found = verdict(problem, replace(answer, groups=groups))
        assert any(words in str(fault) for fault in found.violations), words
        assert not found.proved_best


def lowered(tree, rng):
    """Return the cases with prices that promise too much."""
    if isinstance(tree, Leaf):
        people = np.maximum(tree.people - rng.integers(0, 60_000, len(tree.people)), 0)
        return Leaf(people, tree.member + int(rng.integers(-9, 9)), tree.group + int(rng.integers(0, 9)))
    return Branch(tree.one, tree.other, lowered(tree.together, rng), lowered(tree.apart, rng))


def test_judge_never_proves_too_little_whatever_the_evidence():
    rng = np.random.default_rng(53)
    for _ in range(60):
        problem = random_circles(rng)
        answer = circles.solve(problem)
        step = answer.steps[1]
        evidence = replace(step.evidence, tree=lowered(step.evidence.tree, rng))
        boast = replace(answer, steps=(answer.steps[0], replace(step, evidence=evidence)))

        assert verdict(problem, boast).bounds[1] >= step.value


def test_worth_of_the_answer_is_that_of_its_groups():
    rng = np.random.default_rng(59)
    for _ in range(20):
        problem = random_circles(rng)
        answer = circles.solve(problem)

        assert sum(worths(problem)[group] for group in answer.groups) == answer.steps[1].value
