"""Panels, shared programmes, loads and chains: what judges catch, order of people, same bytes, independent models."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from chiron.pairing.model.problem import Cap, ProblemError
from chiron.pairing.shapes.chain import judge as judge_chain
from chiron.pairing.shapes.chain import solve as chain
from chiron.pairing.shapes.loads import judge as judge_loads
from chiron.pairing.shapes.loads import solve as loads
from chiron.pairing.shapes.model.answer import ShapeStep
from chiron.pairing.shapes.model.evidence import Case, Evidence
from chiron.pairing.shapes.model.judging import covers
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import ChainProblem, LoadsProblem, PanelProblem, SharedProblem
from chiron.pairing.shapes.panel import judge as judge_panel
from chiron.pairing.shapes.panel import solve as panel
from chiron.pairing.shapes.shared import judge as judge_shared
from chiron.pairing.shapes.shared import solve as shared
from pairing.shapes.chain.test_solve import random_chain
from pairing.shapes.typed_cases import random_loads, random_panel, random_shared

SHAPES = {
    "panel": (panel.solve, judge_panel.judge, random_panel),
    "shared": (shared.solve, judge_shared.judge, random_shared),
    "loads": (loads.solve, judge_loads.judge, random_loads),
    "chain": (chain.solve, judge_chain.judge, random_chain),
}


def solved(name, seeds):
    """Yield problems of a shape with their answers, only those where somebody is tied."""
    solve, _, make = SHAPES[name]
    for seed in seeds:
        problem = make(seed)
        answer = solve(problem, seed=seed)
        if len(answer.ties):
            yield problem, answer


@pytest.mark.parametrize("name", SHAPES)
def test_a_broken_plan_is_caught(name):
    judge = SHAPES[name][1]
    caught = 0
    for problem, answer in solved(name, range(60)):
        doubled = np.concatenate([answer.ties, answer.ties[:1]])
        moved = answer.ties.copy()
        moved[0, 1] = 99

        assert judge(problem, replace(answer, ties=answer.ties[1:])).violations
        assert judge(problem, replace(answer, ties=doubled)).violations
        assert judge(problem, replace(answer, ties=moved)).violations
        caught += 1
    assert caught > 20


@pytest.mark.parametrize("name", SHAPES)
def test_evidence_that_proves_nothing_is_caught(name):
    judge = SHAPES[name][1]
    loosened = 0
    for problem, answer in solved(name, range(40)):
        bare = [replace(step, evidence=None) for step in answer.steps]
        found = judge(problem, replace(answer, steps=tuple(bare)))

        needed = any(bound > step.bound for bound, step in zip(found.bounds, bare, strict=True))
        assert bool(found.violations) == needed
        assert found.proved_best == (not needed)
        loosened += needed
        too_high = [replace(answer.steps[0], value=answer.steps[0].value + 1, bound=answer.steps[0].bound + 1)]
        assert judge(problem, replace(answer, steps=(*too_high, *answer.steps[1:]))).violations
        assert judge(problem, replace(answer, steps=answer.steps[1:])).violations
    assert loosened > 5


@pytest.mark.parametrize("name", SHAPES)
def test_a_price_below_zero_or_of_nothing_is_no_evidence(name):
    judge = SHAPES[name][1]

    def twisted(step: ShapeStep, change) -> ShapeStep:
        cases = tuple(
            replace(case, prices=tuple(change(prices) for prices in case.prices)) for case in step.evidence.cases
        )
        return replace(step, evidence=replace(step.evidence, cases=cases))

    changed = 0
    for problem, answer in solved(name, range(40)):
        for change in (
            lambda prices: replace(prices, price=-prices.price),
            lambda prices: replace(prices, at=prices.at + 10_000, members=((0, 99),) * len(prices.members)),
            lambda prices: replace(prices, kind="nothing"),
        ):
            found = judge(problem, replace(answer, steps=tuple(twisted(step, change) for step in answer.steps)))
            bare = judge(problem, replace(answer, steps=tuple(replace(step, evidence=None) for step in answer.steps)))
            assert all(one >= other.value for one, other in zip(found.bounds, answer.steps, strict=True))
            assert all(one <= other for one, other in zip(found.bounds, bare.bounds, strict=True))
            changed += found.bounds == bare.bounds
    assert changed > 10


def test_cases_that_leave_something_out_are_no_evidence():
    assert covers([()], 3)
    assert covers([((1, True),), ((1, False),)], 3)
    assert covers([((1, True),), ((1, False), (0, True)), ((1, False), (0, False))], 3)
    assert not covers([((1, True),)], 3)
    assert not covers([((1, True),), ((0, False),)], 3)
    assert not covers([((7, True),), ((7, False),)], 3)
    assert not covers([], 3)


def shuffled_slots(slots: Slots, mentees, mentors) -> Slots:
    """Return the same places with people in another order; `mentees[new]` is the old position."""
    new_mentor = np.argsort(mentors)
    starts, partner, fit = [0], [], []
    for mentee in mentees:
        for kind in range(slots.kinds):
            row = int(mentee) * slots.kinds + kind
            own = range(int(slots.starts[row]), int(slots.starts[row + 1]))
            ties = sorted((int(new_mentor[slots.partner[at]]), int(slots.fit[at])) for at in own)
            partner += [mentor for mentor, _ in ties]
            fit += [worth for _, worth in ties]
            starts.append(len(partner))
    return Slots(
        mentees=tuple(slots.mentees[at] for at in mentees),
        mentors=tuple(slots.mentors[at] for at in mentors),
        labels=slots.labels,
        starts=np.array(starts),
        partner=np.array(partner, dtype=np.int32),
        fit=np.array(fit, dtype=np.int32),
        asked=slots.asked[mentees],
    )


def shuffled(problem, rng):
    mentees = rng.permutation(len(problem.slots.mentees))
    mentors = rng.permutation(len(problem.slots.mentors))
    new = np.argsort(mentors)
    caps = tuple(Cap(cap.name, cap.limit, tuple(sorted(int(new[at]) for at in cap.mentors))) for cap in problem.caps)
    slots = shuffled_slots(problem.slots, mentees, mentors)
    if isinstance(problem, LoadsProblem):
        return replace(problem, slots=slots, caps=caps, budget=problem.budget[mentors])
    if isinstance(problem, SharedProblem):
        places = problem.program_capacity[:, mentors]
        return replace(problem, slots=slots, caps=caps, capacity=problem.capacity[mentors], program_capacity=places)
    places = None if problem.slot_capacity is None else problem.slot_capacity[:, mentors]
    return replace(problem, slots=slots, caps=caps, capacity=problem.capacity[mentors], slot_capacity=places)


def named(slots, answer):
    return {(slots.mentees[i], slots.mentors[j], slots.labels[k]) for i, j, k in answer.ties}


@pytest.mark.parametrize("name", ["panel", "shared", "loads"])
def test_the_order_of_people_does_not_matter(name):
    solve, _, make = SHAPES[name]
    rng = np.random.default_rng(5)
    for seed in range(60):
        problem = make(seed)
        other = shuffled(problem, rng)

        assert named(problem.slots, solve(problem, seed=seed)) == named(other.slots, solve(other, seed=seed)), seed


def test_the_order_of_people_does_not_matter_in_a_chain():
    rng = np.random.default_rng(5)
    for seed in range(60):
        problem = random_chain(seed)
        order = rng.permutation(len(problem.people))
        new = np.argsort(order)
        rows = []
        for old in order:
            own = range(int(problem.starts[old]), int(problem.starts[old + 1]))
            rows.append(sorted((int(new[problem.partner[at]]), int(problem.fit[at])) for at in own))
        other = ChainProblem(
            people=tuple(problem.people[at] for at in order),
            seeking=problem.seeking[order],
            capacity=problem.capacity[order],
            starts=np.concatenate([[0], np.cumsum([len(row) for row in rows])]),
            partner=np.array([mentor for row in rows for mentor, _ in row], dtype=np.int32),
            fit=np.array([fit for row in rows for _, fit in row], dtype=np.int32),
            level=None if problem.level is None else problem.level[order],
            within_level=problem.within_level,
            needs_mentor=problem.needs_mentor,
            caps=tuple(
                Cap(cap.name, cap.limit, tuple(sorted(int(new[at]) for at in cap.mentors))) for cap in problem.caps
            ),
        )

        one, two = chain.solve(problem, seed=seed), chain.solve(other, seed=seed)

        assert {(problem.people[i], problem.people[j]) for i, j, _ in one.ties} == {
            (other.people[i], other.people[j]) for i, j, _ in two.ties
        }, seed


def flat(answer):
    evidence = [
        (
            case.decided,
            case.weights,
            [(one.kind, one.at.tobytes(), one.price.tobytes(), one.members) for one in case.prices],
        )
        for step in answer.steps
        if isinstance(step.evidence, Evidence)
        for case in step.evidence.cases
        if isinstance(case, Case)
    ]
    return answer.ties.tobytes(), answer.open.tobytes(), answer.method, answer.steps and evidence


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_question_gives_the_same_bytes(name):
    solve, _, make = SHAPES[name]
    for seed in range(20):
        assert flat(solve(make(seed), seed=3)) == flat(solve(make(seed), seed=3))


@pytest.mark.parametrize("name", SHAPES)
def test_a_stopped_search_gives_a_plan_without_violations_and_says_so(name):
    solve, judge, make = SHAPES[name]
    for stop_at in (1, 2, 3):
        for seed in range(25):
            problem = make(seed)
            calls = []

            def observer(phase, known, calls=calls, stop_at=stop_at):
                calls.append(phase)
                return len(calls) < stop_at

            answer = solve(problem, seed=seed, observer=observer)
            found = judge(problem, answer)

            assert found.violations == (), (seed, stop_at)
            assert answer.stopped is not None or len(calls) < stop_at
            assert not (answer.stopped and found.proved_best)


def medium_slots(rng, n, m, k):
    allowed = rng.random((n * k, m)) < 0.5
    rows, partner = np.nonzero(allowed)
    return Slots(
        mentees=tuple(f"mentee {at}" for at in range(n)),
        mentors=tuple(f"mentor {at}" for at in range(m)),
        labels=tuple(f"kind {at}" for at in range(k)),
        starts=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n * k))]),
        partner=partner.astype(np.int32),
        fit=rng.integers(0, 1000, len(rows)).astype(np.int32),
        asked=np.ones((n, k), dtype=bool),
    )


def best_by_milp(worth, rows):
    """Return the highest worth of 0-1 variables under rows (coefficients, limit), by SciPy."""
    table = np.array([coefficients for coefficients, _ in rows])
    limits = np.array([limit for _, limit in rows])
    found = milp(
        -worth.astype(float),
        constraints=LinearConstraint(table, -np.inf, limits),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(worth)),
        options={"mip_rel_gap": 0},
    )
    return round(-found.fun)


def rows_of(slots, capacity, units, differ):
    row = slots.rows()
    mentee, kind = np.divmod(row, slots.kinds)
    rows = [((row == at).astype(float), 1) for at in range(slots.asked.size)]
    rows += [(units[kind] * (slots.partner == at), capacity[at]) for at in range(len(slots.mentors))]
    if differ:
        key = mentee * len(slots.mentors) + slots.partner
        rows += [((key == one).astype(float), 1) for one in np.unique(key)]
    return rows


def test_medium_loads_and_panels_equal_an_independent_model():
    rng = np.random.default_rng(11)
    slots = medium_slots(rng, 20, 8, 2)
    units, budget = np.array([2, 1]), rng.integers(2, 8, 8)
    asked = LoadsProblem(slots, budget, units)
    seats = PanelProblem(slots, rng.integers(1, 5, 8), np.array([True, False]))

    load, board = loads.solve(asked, aim="total"), panel.solve(seats, aim="total")

    assert load.steps[0].value == best_by_milp(slots.fit, rows_of(slots, budget, units, differ=False))
    assert board.steps[0].value == best_by_milp(slots.fit, rows_of(slots, seats.capacity, np.ones(2), differ=True))
    assert judge_loads.judge(asked, load, aim="total").bounds[0] >= load.steps[0].value
    assert judge_panel.judge(seats, board, aim="total").proved_best


def test_a_medium_chain_equals_an_independent_model():
    rng = np.random.default_rng(12)
    n, level = 45, np.repeat([0, 1, 2], 15)
    allowed = (level[None, :] == level[:, None] + 1) & (rng.random((n, n)) < 0.6)
    mentee, mentor = np.nonzero(allowed)
    problem = ChainProblem(
        people=tuple(f"person {at}" for at in range(n)),
        seeking=level < 2,
        capacity=np.where(level == 2, rng.integers(0, 2, n), rng.integers(0, 4, n)),
        starts=np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]),
        partner=mentor.astype(np.int32),
        fit=rng.integers(0, 1000, len(mentor)).astype(np.int32),
        level=level,
        needs_mentor=True,
    )
    rows = [((mentee == at).astype(float), 1) for at in range(n)]
    rows += [((mentor == at).astype(float), problem.capacity[at]) for at in range(n)]
    for tie in np.flatnonzero(problem.seeking[mentor]):
        needs = -(mentee == mentor[tie]).astype(float)
        needs[tie] += 1
        rows.append((needs, 0))

    answer = chain.solve(problem, aim="total")

    assert answer.steps[0].value == best_by_milp(problem.fit, rows)
    assert judge_chain.judge(problem, answer, aim="total").violations == ()


def test_caps_that_overlap_are_refused_in_words():
    slots = medium_slots(np.random.default_rng(1), 3, 3, 1)

    with pytest.raises(ProblemError, match="'campus' overlaps another cap"):
        SharedProblem(
            slots,
            np.ones(3),
            np.ones((1, 3)),
            caps=(Cap("site", 1, (0, 1)), Cap("campus", 1, (1, 2))),
        )


def test_unknown_aims_are_errors():
    for name, (solve, judge, make) in SHAPES.items():
        problem = make(3)
        with pytest.raises(KeyError):
            solve(problem, aim="best")
        with pytest.raises(KeyError):
            judge(problem, solve(problem), aim=name)
