"""Tests of supply: what a shortage is, and which recruits help most, against every choice tried."""

from dataclasses import replace
from itertools import combinations

import numpy as np

from chiron.pairing.explain.shortages import most_pairs, recruits, shortage
from chiron.pairing.model.problem import Cap
from pairing.problems import make_problem, nested_caps
from repeats import few_and_many


def random_problem(rng):
    mentees, mentors = int(rng.integers(1, 7)), int(rng.integers(1, 7))
    fits = [[int(rng.integers(0, 9)) if rng.random() < 0.45 else None for _ in range(mentors)] for _ in range(mentees)]
    return make_problem(
        fits,
        capacity=rng.integers(0, 3, mentors),
        wanted=rng.integers(1, 3, mentees) if rng.random() < 0.3 else None,
        tier=rng.integers(0, 2, mentees),
        caps=nested_caps(rng, mentors) if rng.random() < 0.5 else (),
    )


def most_with(problem, chosen, candidates):
    capacity = problem.capacity.copy()
    capacity[[one for one in candidates if one not in chosen]] = 0
    return len(most_pairs(replace(problem, capacity=capacity)))


@few_and_many("cases", 80, 400)
def test_recruits_gain_what_they_state_and_no_choice_exceeds_the_bound(cases):
    rng = np.random.default_rng(1)
    useful = proved = 0
    for _ in range(cases):
        problem = random_problem(rng)
        count = int(rng.integers(1, len(problem.mentors) + 1))
        candidates = rng.permutation(len(problem.mentors))[:count].tolist()

        found = recruits(problem, candidates, most=3)

        reached = most_with(problem, (), candidates)
        for size, one in enumerate(found, start=1):
            chosen = [each.mentor for each in found[:size]]
            best = max(most_with(problem, choice, candidates) for choice in combinations(candidates, size))
            assert one.matched == most_with(problem, chosen, candidates) == reached + one.gain
            assert one.gain > 0
            assert one.matched <= best <= one.bound
            reached = one.matched
            useful, proved = useful + 1, proved + (one.matched == one.bound)
        if len(found) < min(3, count):
            assert most_with(problem, candidates, candidates) == reached
        if found:
            assert found[0].matched == max(most_with(problem, (one,), candidates) for one in candidates)
    assert useful > cases // 2
    assert proved > 0.8 * useful


@few_and_many("cases", 80, 300)
def test_shortage_is_whoever_some_best_plan_leaves_out(cases):
    rng = np.random.default_rng(2)
    short = 0
    for _ in range(cases):
        problem = random_problem(rng)
        problem = replace(problem, wanted=np.ones_like(problem.wanted))

        found = shortage(problem)

        # Without a mentee of the list as many pairs can still be made; without any other, one fewer.
        for mentee in range(len(problem.mentees)):
            wanted = problem.wanted.copy()
            wanted[mentee] = 0
            is_spare = len(most_pairs(replace(problem, wanted=wanted))) == found.matched
            assert is_spare == (mentee in found.short.tolist())
        short += len(found.short) > 0
        if not problem.caps and len(found.short):
            # Too many people for the places that they can use: the proof that nobody can do better.
            places = int(problem.capacity[found.scarce].sum())
            assert len(found.short) - places == found.wanted - found.matched
    assert short > cases // 3


def test_recruit_under_a_full_cap_helps_nobody():
    cap = Cap("campus", 1, (0, 1))
    problem = make_problem([[5, 5], [5, 5]], capacity=[1, 1], caps=[cap])

    assert recruits(problem, [1], most=2) == ()


def test_locked_pairs_stay_while_recruits_are_looked_for():
    problem = make_problem([[5, None], [5, 4], [None, 4]], capacity=[1, 2], locked=[(1, 0)])

    found = recruits(problem, [1], most=1)

    assert [(one.mentor, one.gain, one.matched, one.bound) for one in found] == [(1, 1, 2, 2)]


def test_observer_ends_the_search_with_what_was_found():
    problem = make_problem([[5, 5, 5]] * 3, capacity=[1, 1, 1])
    asked = []

    def once(phase, _best):
        asked.append(phase)
        return len(asked) < 3

    assert len(recruits(problem, [0, 1, 2], most=3, observer=once)) < 3
