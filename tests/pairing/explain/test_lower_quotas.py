"""Least numbers of pairs: every aim against trying every plan, the referee, what-if, stopping, and what is impossible."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import chiron.pairing.solvers.flow.best as best_module
from chiron.pairing.explain.conflict import Demands, conflict
from chiron.pairing.model.problem import Cap, LocksError, ProblemError, QuotaError
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring, pose
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import Change, ChangeError, apply_change
from chiron.pairing.whatif.replan import Replanner
from pairing.minima import best_filled, filled_plans, fills, random_minima
from pairing.problems import make_problem, merit
from repeats import few_and_many

AIMS = ("everyone", "total", "worst-off")


def check_against_every_plan(problem, seed):
    """Compare each aim with trying every plan; return how many answers have a price below zero, None if impossible."""
    found = filled_plans(problem)
    below = 0
    for aim in AIMS:
        best = best_filled(problem, aim, found)
        if best is None:
            with pytest.raises(QuotaError):
                solve(problem, aim=aim, seed=seed)
            continue
        answer = solve(problem, aim=aim, seed=seed)
        judged = verdict(problem, answer)
        assert fills(problem, answer.pairs.tolist())
        assert merit(problem, answer.pairs, aim) == best, (seed, aim)
        assert not judged.violations
        assert judged.proved_best, (seed, aim)
        below += any((step.certificate.prices < 0).any() for step in answer.steps)
    return below if found else None


def check_many(seeds, *, with_clashes=False):
    """Check problems of these seeds; return how many were possible, impossible, and priced below zero."""
    possible = impossible = below = 0
    for seed in seeds:
        problem = random_minima(seed, with_clashes=with_clashes)
        if seed % 5 == 0:
            problem = replace(problem, needs_everyone=True)
        if problem.has_least:
            priced = check_against_every_plan(problem, seed)
            possible, impossible = possible + (priced is not None), impossible + (priced is None)
            below += priced or 0
    return possible, impossible, below


@few_and_many("cases", 400, 1_500)
def test_every_aim_finds_and_proves_the_best_of_all_plans_that_fill_the_least_numbers(cases) -> None:
    possible, impossible, below = check_many(range(cases))

    assert possible > cases // 5
    assert impossible > cases // 5
    assert below > cases // 10


def test_candidates_grow_until_the_best_filled_plan_is_proved(monkeypatch) -> None:
    monkeypatch.setattr(best_module, "SMALL", 0)
    monkeypatch.setattr(best_module, "FIRST", 1)
    monkeypatch.setattr(best_module, "MORE", 1)

    possible, impossible, below = check_many(range(2_000, 2_500))

    assert min(possible, impossible, below) > 50


def test_clashing_mentors_and_least_numbers_together() -> None:
    possible, impossible, _ = check_many(range(100), with_clashes=True)

    assert min(possible, impossible) > 12


def changes_of(problem, rng):
    """Return some changes of every kind that needs no second mentee."""
    mentees, mentors = len(problem.mentees), len(problem.mentors)
    found = [Change("capacity", -1, int(rng.integers(mentors)), amount=int(rng.choice([-1, 1])))]
    if problem.caps:
        found.append(Change("cap", -1, -1, other=int(rng.integers(len(problem.caps))), amount=int(rng.choice([-1, 1]))))
    for kind in ("assign", "forbid"):
        found += [Change(kind, int(rng.integers(mentees)), int(rng.integers(mentors))) for _ in range(2)]
    return [*found, *(Change("free", mentee, mentor) for mentee, mentor in problem.locked.tolist())]


@few_and_many("cases", 200, 600)
def test_what_if_gives_the_best_filled_plan_or_says_that_there_is_none(cases) -> None:
    possible = impossible = 0
    for seed in range(cases):
        problem, rng = random_minima(seed), np.random.default_rng(seed)
        aim = AIMS[seed % 2]
        if not problem.has_least or not filled_plans(problem):
            continue
        planner = Replanner(problem, solve(problem, aim=aim, seed=seed))
        assert (planner.net is None) == (problem.wanted.max(initial=0) > 1)
        for change in changes_of(problem, rng):
            effect = planner.effect(change)
            try:
                changed = apply_change(problem, change)
                best = solve(changed, aim=aim, seed=seed)
            except (ChangeError, QuotaError, LocksError):
                assert not effect.possible
                assert str(effect.why_not).endswith(".")
                impossible += 1
                continue
            assert effect.possible
            assert not violations(changed, effect.pairs)
            assert merit(changed, effect.pairs, aim) == merit(changed, best.pairs, aim)
            possible += 1
    assert min(possible, impossible) > cases // 5


def test_referee_names_whoever_has_too_few() -> None:
    problem = replace(
        make_problem([[5, 1], [5, 1]], capacity=[2, 2], caps=(Cap("Surgery", 2, (1,), least=2),)),
        least=np.array([0, 1], dtype=np.int32),
    )

    assert [*map(str, violations(problem, np.array([[0, 0], [1, 0]])))] == [
        "Surgery: 0 pairs, and at least 2 are needed.",
        "mentor 1 has 0 mentees, and needs at least 1.",
    ]
    assert violations(problem, np.array([[0, 1], [1, 1]])) == []


def test_referee_does_not_believe_a_price_below_zero_where_nothing_must_be_filled() -> None:
    problem = make_problem([[5, 4], [5, 1]])
    answer = solve(problem, aim="total")
    step, people = answer.steps
    poor = np.array([[0, 0], [1, 1]], dtype=np.int32)
    claimed = replace(step.certificate, prices=np.array([-5, -5], dtype=np.int64))
    broken = replace(answer, pairs=poor, steps=(replace(step, value=6, bound=6, certificate=claimed), people))

    judged = verdict(problem, broken)

    assert not judged.proved_best
    assert judged.bounds[0] >= 9


@pytest.mark.parametrize("seed", range(30))
def test_a_plan_that_breaks_a_least_number_is_never_proved(seed) -> None:
    problem = replace(random_minima(seed), least=np.zeros(len(random_minima(seed).mentors), dtype=np.int32))
    problem = replace(problem, caps=tuple(replace(cap, least=0) for cap in problem.caps))
    answer = solve(problem, aim="total")
    taken = np.bincount(answer.pairs[:, 1], minlength=len(problem.mentors))
    raised = np.minimum(taken + 1, problem.capacity).astype(np.int32)
    if (raised == taken).all():
        raised = raised + np.int32(1)
    strict = replace(problem, least=raised, capacity=np.maximum(problem.capacity, raised))

    judged = verdict(strict, answer)

    assert judged.violations
    assert not judged.proved_best


def test_least_above_the_capacity_is_refused() -> None:
    with pytest.raises(ProblemError, match="least"):
        replace(make_problem([[1]]), least=np.array([2], dtype=np.int32))
    with pytest.raises(ProblemError, match="Surgery"):
        make_problem([[1]], caps=(Cap("Surgery", 1, (0,), least=2),))


def test_a_stopped_search_has_filled_the_least_numbers_already() -> None:
    rng = np.random.default_rng(5)
    problem = make_problem(rng.integers(0, 100, (30, 12)).tolist(), capacity=[4] * 12)
    problem = replace(problem, least=np.full(12, 2, dtype=np.int32))

    answer = solve(problem, observer=lambda _phase, _plan: False)

    assert answer.stopped is not None
    assert not violations(problem, answer.pairs)


def test_the_order_of_people_does_not_matter() -> None:
    rng = np.random.default_rng(7)
    fits = rng.integers(0, 4, (20, 6))
    least, capacity = np.array([3, 0, 2, 4, 0, 1]), np.array([4, 5, 3, 5, 3, 2])
    problem = replace(make_problem(fits.tolist(), capacity=capacity), least=least.astype(np.int32))
    rows, columns = rng.permutation(20), rng.permutation(6)
    moved = replace(
        make_problem(
            fits[rows][:, columns].tolist(),
            capacity=capacity[columns],
            mentees=[problem.mentees[at] for at in rows],
            mentors=[problem.mentors[at] for at in columns],
        ),
        least=least[columns].astype(np.int32),
    )
    for aim in AIMS:
        named = [
            {(asked.mentees[i], asked.mentors[j]) for i, j in solve(asked, aim=aim, seed=3).pairs.tolist()}
            for asked in (problem, moved)
        ]
        assert named[0] == named[1]


# What cannot be: the smallest set of demands.

SITE = Rule(name="same site", kind="same", mentee="site", mentor="site", must=True)
NAMES = ("Ama", "Lena", "Sam", "Kim"), ("Jo", "Sid", "Max")


def scoring_of(sites, mentor_sites, rules=(SITE,)):
    mentees = Pool(tuple(f"e{at}" for at in range(len(sites))), {"site": sites})
    mentors = Pool(tuple(f"o{at}" for at in range(len(mentor_sites))), {"site": mentor_sites})
    return Scoring(rules, mentees, mentors)


def told(demands):
    n, m = len(demands.scoring.mentees.ids), len(demands.scoring.mentors.ids)
    return tuple(map(str, conflict(demands, mentee_names=NAMES[0][:n], mentor_names=NAMES[1][:m])))


def test_conflict_names_the_mentor_and_the_rule() -> None:
    demands = Demands(scoring_of(["x", "x", "y"], ["x", "y"]), [3, 3], [1, 1, 1], least=[0, 2])

    assert told(demands) == (
        "Sid must have at least 2 mentees.",
        "That is 1 more than can be paired there.",
        "The rule “same site” must hold.",
    )


def test_conflict_of_too_few_people_names_only_least_numbers() -> None:
    demands = Demands(scoring_of(["x"] * 3, ["x"] * 3), [4] * 3, [1] * 3, least=[2, 2, 0])

    assert told(demands) == (
        "Jo must have at least 2 mentees.",
        "Sid must have at least 2 mentees.",
        "Together that is 1 more than can be paired there.",
    )


def test_conflict_names_the_cap_that_must_have_more() -> None:
    caps = (Cap("Surgery", 5, (1, 2), least=2), Cap("Programme", 3, (0, 1, 2)))
    demands = Demands(scoring_of(["x"] * 4, ["x"] * 3), [4] * 3, [1] * 4, caps=caps, least=[2, 0, 0])

    assert told(demands) == (
        "Jo must have at least 2 mentees.",
        "“Surgery” must have at least 2 pairs.",
        "Together that is 1 more than can be paired there.",
        "“Programme” allows at most 3 pairs.",
    )


def test_conflict_of_everyone_with_a_least_number_names_both() -> None:
    # One place in all: Sid must have somebody, and only Lena may; then Ama has nobody.
    caps = (Cap("Programme", 1, (0, 1)),)
    demands = Demands(scoring_of(["x", "y"], ["x", "y"]), [1, 1], [1, 0], caps=caps, least=[0, 1], everyone=True)

    found = told(demands)

    assert found[0].startswith("Sid must have at least 1 mentee.") or "Ama" in found[0]
    assert any("Sid must" in line for line in found)


def demands_of(seed):
    """Return small random demands with least numbers."""
    rng = np.random.default_rng((seed, 2))
    n, m = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    scoring = scoring_of(rng.choice(["x", "y"], n).tolist(), rng.choice(["x", "y"], m).tolist())
    capacity = rng.integers(0, 4, m)
    caps = ()
    if rng.random() < 0.5:
        limit = int(rng.integers(0, 5))
        caps = (Cap("all", limit, tuple(range(m)), least=int(rng.integers(0, limit + 1))),)
    least = [int(rng.integers(0, most + 1)) for most in capacity]
    return Demands(scoring, capacity.tolist(), rng.integers(1, 3, n).tolist(), caps=caps, least=least)


def possible(demands, caps, least, *, has_rule, has_places):
    """Return whether these demands alone can be met, by asking the solver."""
    m = len(demands.capacity)
    scoring = demands.scoring if has_rule else Scoring((), demands.scoring.mentees, demands.scoring.mentors)
    capacity = demands.capacity if has_places else [9] * m
    problem = pose(scoring, capacity=capacity, wanted=demands.wanted, caps=caps, least=least)
    try:
        solve(problem, aim="total")
    except QuotaError:
        return False
    return True


def test_conflict_is_there_exactly_where_no_plan_is_and_is_smallest() -> None:
    there = 0
    for seed in range(250):
        demands = demands_of(seed)
        found = told(demands)
        full = possible(demands, demands.caps, demands.least, has_rule=True, has_places=True)
        assert bool(found) is not full, seed
        if not found:
            continue
        there += 1
        size = len(found) - 1  # one line says by how much
        parts = [("least", at) for at, least in enumerate(demands.least) if least]
        parts += [("cap least", at) for at, cap in enumerate(demands.caps) if cap.least]
        parts += [("cap", at) for at in range(len(demands.caps))] + [("rule", 0), ("places", 0)]
        for kept in combinations(parts, size - 1):
            caps = tuple(
                replace(
                    cap,
                    least=cap.least if ("cap least", at) in kept else 0,
                    limit=cap.limit if ("cap", at) in kept else 99,
                )
                for at, cap in enumerate(demands.caps)
            )
            least = [number if ("least", at) in kept else 0 for at, number in enumerate(demands.least)]
            has_rule, has_places = ("rule", 0) in kept, ("places", 0) in kept
            assert possible(demands, caps, least, has_rule=has_rule, has_places=has_places), (seed, kept, found)
    assert there > 80
