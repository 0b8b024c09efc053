"""The order of those who wait, and who takes a free place: compared with trying every plan."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import Cap, QuotaError
from chiron.pairing.proof.referee import faults
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import Change
from chiron.pairing.whatif.replan import Replanner
from chiron.pairing.whatif.waitlist import backfill, waitlist
from pairing.minima import best_filled, filled_plans, with_minima
from pairing.problems import make_problem, merit, random_problem


def named(problem):
    return {"mentee_names": problem.mentees, "mentor_names": problem.mentors}


def test_line_is_by_tier_then_gain_and_ends_with_those_who_may_have_nobody() -> None:
    fits = [[90, None], [10, 20], [None, None], [50, 5], [50, 3]]
    problem = make_problem(fits, capacity=[1, 0], tier=[1, 0, 0, 1, 2], mentees=["Ama", "Bo", "Cy", "Di", "Ed"])
    answer = replace(solve(problem), pairs=np.array([[0, 0]], dtype=np.int32))

    line = waitlist(problem, answer, mentee_names=problem.mentees, mentor_names=["Jo", "Sid"])

    assert [(one.mentee, one.mentor, one.fit) for one in line] == [(1, 1, 20), (3, 0, 50), (4, 0, 50), (2, -1, 0)]
    assert line[0].reason == "First in line: Bo would gain 20 with Sid."
    assert line[1].reason == "Di would gain 50 with Jo, and Bo is served in an earlier tier."
    assert line[3].reason == "No mentor is allowed for Cy."


def test_equal_gains_are_drawn_by_lot_whatever_the_order_of_people() -> None:
    problem = make_problem([[7]] * 6, mentees=[f"e{at}" for at in range(6)])
    turned = make_problem([[7]] * 6, mentees=[f"e{at}" for at in reversed(range(6))])
    lines = []
    for asked in (problem, turned):
        line = waitlist(asked, solve(asked, seed=9), **named(asked))
        lines.append([asked.mentees[one.mentee] for one in line])

    assert lines[0] == lines[1]
    assert len(lines[0]) == 5
    assert "the lot decided" in line[-1].reason


def test_the_first_in_line_takes_a_place_that_somebody_leaves() -> None:
    problem = make_problem([[90], [40], [60]], mentees=["Ama", "Bo", "Cy"], mentors=["Jo"])
    found = backfill(problem, solve(problem), 0, leaves=0, **named(problem))

    assert found.mentee == 2
    assert found.reason == "First in line: Cy would gain 60 with Jo."
    assert found.kept.pairs.tolist() == [[2, 0]]


def test_others_may_move_where_that_is_better() -> None:
    # Ama has Jo (10) and would rather have Sid (90); Bo, who waits, may only have Jo.
    problem = make_problem([[10, 90], [50, None], [None, 95]], mentees=["Ama", "Bo", "Cy"], mentors=["Jo", "Sid"])
    answer = replace(solve(problem), pairs=np.array([[0, 0], [2, 1]], dtype=np.int32))

    found = backfill(problem, answer, 1, leaves=2, **named(problem))

    assert found.mentee == -1
    assert found.reason == "The place with Sid stays free: nobody who waits may have this mentor."
    assert found.kept.pairs.tolist() == [[0, 0]]
    assert found.moved.pairs.tolist() == [[0, 1], [1, 0]]
    assert found.moved.after.matched == 2


def test_a_place_that_a_cap_does_not_allow_stays_free() -> None:
    problem = make_problem([[9], [8]], caps=(Cap("Site", 1, (0,)),))
    found = backfill(problem, solve(problem), 0, **named(problem))

    assert found.mentee == -1
    assert found.reason.startswith("The place with mentor 0 stays free: a cap allows no more pairs")


def test_a_reserve_is_given_out_through_a_change_of_the_cap() -> None:
    problem = make_problem([[9], [8]], capacity=[2], caps=(Cap("Site", 1, (0,)),))

    effect = Replanner(problem, solve(problem)).effect(Change("cap", -1, -1, other=0, amount=1))

    assert effect.pairs.tolist() == [[0, 0], [1, 0]]


def test_unknown_pairs_are_refused() -> None:
    problem = make_problem([[9], [8]])
    with pytest.raises(KeyError):
        backfill(problem, solve(problem), 0, leaves=1, **named(problem))


def test_both_plans_are_the_best_of_all_plans() -> None:
    checked = moved = 0
    for seed in range(300):
        rng = np.random.default_rng((seed, 5))
        problem = with_minima(random_problem(seed), rng, share=0.2)
        aim = ("everyone", "total")[seed % 2]
        try:
            answer = solve(problem, aim=aim, seed=seed)
        except QuotaError:
            continue
        if not len(answer.pairs):
            continue
        leaves, mentor = answer.pairs[int(rng.integers(len(answer.pairs)))].tolist()
        found = backfill(problem, answer, mentor, leaves=leaves if seed % 3 else None, **named(problem))
        wanted, capacity, rest = problem.wanted.copy(), problem.capacity.copy(), answer.pairs.tolist()
        locked = problem.locked.tolist()
        if seed % 3:
            wanted[leaves] -= 1
            rest.remove([leaves, mentor])
            locked = [pair for pair in locked if pair != [leaves, mentor]]
        else:
            capacity[mentor] += 1
        freed = replace(
            problem, wanted=wanted, capacity=capacity, locked=np.array(locked, dtype=np.int32).reshape(-1, 2)
        )
        held = replace(freed, locked=np.array(rest, dtype=np.int32).reshape(-1, 2))
        for asked, outcome in ((held, found.kept), (freed, found.moved)):
            best = best_filled(asked, aim, filled_plans(asked))
            assert (outcome is None) == (best is None), seed
            if outcome is not None:
                assert not faults(asked, outcome.pairs)
                assert merit(asked, outcome.pairs, aim) == best, (seed, aim)
                checked += 1
        if found.kept is not None:
            assert not any(move.from_mentor >= 0 for move in found.kept.moves)
            line = waitlist(held, replace(answer, pairs=held.locked), mentor=mentor, **named(problem))
            if found.mentee >= 0 and line and found.mentee in [one.mentee for one in line]:
                first = line[0]
                assert problem.tier[first.mentee] <= problem.tier[found.mentee]
        moved += found.moved is not None and any(move.from_mentor >= 0 for move in found.moved.moves)
    assert checked > 200
    assert moved > 5
