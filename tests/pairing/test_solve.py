"""Plans against every plan: small problems with everything in them, and what the front door promises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiron.pairing.model.problem import LocksError
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.solve import SOLVERS, solve, solver
from pairing.problems import best_merit, is_possible, make_problem, merit, plans, problems, random_problem
from repeats import first_of

AIMS = ("everyone", "total", "worst-off", "profile", "rank")


@first_of("first", range(0, 2000, 250), daily=3)
def test_solve_equals_the_best_of_all_plans(first):
    for seed in range(first, first + 250):
        problem = random_problem(seed)
        possible = list(plans(problem))
        for aim in AIMS if seed % 4 == 0 else AIMS[:3]:
            answer = solve(problem, aim=aim, seed=seed)
            judged = verdict(problem, answer)

            assert merit(problem, answer.pairs, aim) == max(merit(problem, plan, aim) for plan in possible), (seed, aim)
            assert judged.violations == (), (seed, aim)
            assert judged.proved_best, (seed, aim)
            assert judged.bounds == tuple(step.value for step in answer.steps), (seed, aim)


@first_of("first", range(10_000, 20_000, 500), daily=3)
def test_solve_never_breaks_a_hard_rule_a_cap_or_a_lock(first):
    for seed in range(first, first + 500):
        problem = random_problem(seed, most=6)

        pairs = solve(problem, aim=AIMS[seed % len(AIMS)], seed=seed).pairs

        held = {(int(i), int(j)) for i, j in pairs}
        assert violations(problem, pairs) == [], seed
        assert is_possible(problem, held), seed
        assert (problem.positions(pairs) >= 0).all(), seed
        assert {(int(i), int(j)) for i, j in problem.locked} <= held, seed


def shuffled(problem, order_of_mentees, order_of_mentors):
    """Return the same problem with its people in another order."""
    mentee_at, mentor_at = np.argsort(order_of_mentees), np.argsort(order_of_mentors)
    table = [[None] * len(problem.mentors) for _ in problem.mentees]
    for i in range(len(problem.mentees)):
        for at in range(int(problem.starts[i]), int(problem.starts[i + 1])):
            table[mentee_at[i]][mentor_at[problem.partner[at]]] = int(problem.fit[at])
    return make_problem(
        table,
        capacity=problem.capacity[order_of_mentors],
        wanted=problem.wanted[order_of_mentees],
        tier=problem.tier[order_of_mentees],
        caps=[replace(cap, mentors=tuple(int(mentor_at[j]) for j in cap.mentors)) for cap in problem.caps],
        clashes=[(int(mentor_at[a]), int(mentor_at[b])) for a, b in problem.clashes],
        locked=[(int(mentee_at[i]), int(mentor_at[j])) for i, j in problem.locked],
        mentees=[problem.mentees[i] for i in order_of_mentees],
        mentors=[problem.mentors[j] for j in order_of_mentors],
    )


def named(problem, pairs):
    """Return the pairs by identifier."""
    return {(problem.mentees[i], problem.mentors[j]) for i, j in pairs}


@pytest.mark.parametrize("aim", [*AIMS, "stable", "stable-mentors"])
@settings(max_examples=40, deadline=None)
@given(problem=problems(most=6), data=st.data())
def test_solve_does_not_depend_on_the_order_of_people(aim, problem, data):
    order_of_mentees = np.array(data.draw(st.permutations(range(len(problem.mentees)))), dtype=int)
    order_of_mentors = np.array(data.draw(st.permutations(range(len(problem.mentors)))), dtype=int)
    other = shuffled(problem, order_of_mentees, order_of_mentors)

    assert named(other, solve(other, aim=aim, seed=7).pairs) == named(problem, solve(problem, aim=aim, seed=7).pairs)


def tied(n, m):
    """Return a pool with more pairs than the solver looks at first, and only a few different fits."""
    rng = np.random.default_rng(5)
    return make_problem(rng.integers(0, 4, (n, m)).tolist(), capacity=[2] * m)


def test_solve_does_not_depend_on_the_order_of_people_in_a_large_tied_pool():
    problem = tied(400, 200)
    rng = np.random.default_rng(1)
    other = shuffled(problem, rng.permutation(400), rng.permutation(200))

    assert named(other, solve(other).pairs) == named(problem, solve(problem).pairs)


@pytest.mark.parametrize("aim", [*AIMS, "stable", "stable-mentors"])
def test_solve_gives_the_same_bytes_again_and_another_seed_decides_ties_otherwise(aim):
    problem = tied(300, 250)

    one, again, other = (solve(problem, aim=aim, seed=seed) for seed in (3, 3, 4))

    assert one.pairs.tobytes() == again.pairs.tobytes()
    assert [step.certificate.prices.tobytes() for step in one.steps] == [
        step.certificate.prices.tobytes() for step in again.steps
    ]
    assert one.pairs.tobytes() != other.pairs.tobytes()
    assert [step.value for step in one.steps] == [step.value for step in other.steps]


def test_solve_sorts_and_freezes_its_pairs():
    pairs = solve(tied(30, 20)).pairs

    assert pairs.tolist() == sorted(pairs.tolist())
    assert not pairs.flags.writeable
    assert pairs.dtype == np.int32


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("calls", [1, 2, 3, 5])
def test_solve_stops_when_the_observer_says_so_and_its_bounds_stay_true(aim, calls):
    problem = tied(350, 300)
    best = solve(problem, aim=aim)
    heard = []

    answer = solve(problem, aim=aim, observer=lambda phase, _: heard.append(phase) or len(heard) < calls)

    judged = verdict(problem, answer)
    assert violations(problem, answer.pairs) == []
    if len(heard) >= calls:
        assert answer.stopped == "stopped by the observer"
        assert not judged.proved_best
    assert all(step.bound >= step.value for step in answer.steps)
    assert answer.steps[0].bound >= best.steps[0].value
    assert judged.bounds == tuple(step.bound for step in answer.steps)


def test_solve_tells_the_observer_phases_in_words_and_plans_without_fault():
    problem = tied(350, 300)
    heard = []

    solve(problem, observer=lambda phase, plan: heard.append((phase, plan)) or True)

    assert heard[0][0] == "looking for who can be matched"
    assert "looking for the highest total" in {phase for phase, _ in heard}
    assert all(violations(problem, plan.pairs) == [] for _, plan in heard if plan is not None)


@pytest.mark.parametrize("aim", AIMS)
def test_solve_may_start_from_an_earlier_answer_to_another_problem(aim):
    before = solve(tied(300, 250), aim=aim)
    problem = tied(310, 250)

    answer = solve(problem, aim=aim, start=before)

    assert [step.value for step in answer.steps] == [step.value for step in solve(problem, aim=aim).steps]


def test_solve_says_which_locks_are_impossible():
    problem = make_problem([[1], [1]], locked=[(0, 0), (1, 0)])

    with pytest.raises(LocksError, match="locked"):
        solve(problem)


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize(
    "problem",
    [
        make_problem([]),
        make_problem([[None, None], [None, None]]),
        make_problem([[3, 4]], capacity=[0, 0]),
        make_problem([[3, 4]], wanted=[0]),
        make_problem([[-3, -4]]),
        make_problem([[3, 4]], locked=[(0, 0)]),
    ],
)
def test_solve_proves_problems_with_little_in_them(aim, problem):
    answer = solve(problem, aim=aim)

    assert verdict(problem, answer).proved_best


def test_total_leaves_a_mentee_out_rather_than_match_at_a_loss_and_everyone_does_not():
    problem = make_problem([[-3]])

    assert solve(problem, aim="total").pairs.tolist() == []
    assert solve(problem, aim="everyone").pairs.tolist() == [[0, 0]]


def test_total_that_needs_everyone_matches_the_most_people_first_and_proves_it():
    for seed in range(30_000, 30_300):
        problem = replace(random_problem(seed, with_clashes=seed % 10 == 0), needs_everyone=True)

        answer = solve(problem, aim="total", seed=seed)

        assert merit(problem, answer.pairs, "total") == best_merit(problem, "total"), seed
        assert verdict(problem, answer).violations == (), seed
        assert verdict(problem, answer).proved_best or seed % 10 == 0, seed


def test_everyone_serves_an_earlier_tier_first():
    problem = make_problem([[9], [1]], tier=[2, 1])

    assert solve(problem).pairs.tolist() == [[1, 0]]


def test_solvers_know_no_default():
    assert set(SOLVERS) == {"flow", "clashes", "deferred", "auction"}
    with pytest.raises(KeyError):
        solver("best")
