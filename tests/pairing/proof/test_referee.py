"""The referee believes nobody: broken plans, forged certificates, wrong values, and prices of any kind."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiron.pairing.model.answer import Answer, Certificate, Step
from chiron.pairing.model.problem import Cap
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.solve import solve
from pairing.problems import make_problem, merit, plans, problems, random_problem

AIMS = ("everyone", "total", "worst-off", "profile", "rank")
PROBLEM = make_problem(
    [[5, 2, None], [7, 3, 1], [1, 1, 4]],
    wanted=[1, 2, 1],
    capacity=[1, 2, 1],
    caps=[Cap("North site", 2, (0, 1))],
    clashes=[(0, 2)],
    locked=[(2, 2)],
    mentees=["Asa", "Bo", "Cy"],
    mentors=["Dr K", "Dr L", "Dr M"],
)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(2, 2)], []),
        ([(0, 0), (2, 2)], []),
        ([(0, 2), (2, 2)], ["Asa and Dr M may not be paired.", "Dr M has 2 mentees, and takes 1."]),
        ([(5, 0), (2, 2)], ["Pair (5, 0) names somebody who is not there."]),
        ([(0, -1), (2, 2)], ["Pair (0, -1) names somebody who is not there."]),
        ([(0, 0), (0, 1), (2, 2)], ["Asa has 2 mentors, and may have 1."]),
        ([(1, 1), (1, 1), (2, 2)], ["Bo and Dr L are paired 2 times."]),
        ([(0, 0), (1, 0), (2, 2)], ["Dr K has 2 mentees, and takes 1."]),
        ([(0, 0), (1, 1), (2, 2)], []),
        ([(0, 1), (1, 0), (1, 1), (2, 2)], ["North site: 3 pairs, and at most 2 are allowed."]),
        (
            [(1, 0), (1, 2), (2, 2)],
            ["Dr M has 2 mentees, and takes 1.", "Bo has both Dr K and Dr M, who clash."],
        ),
        ([(0, 0)], ["The locked pair Cy and Dr M is missing."]),
    ],
)
def test_violations_name_every_broken_rule_in_words(pairs, said):
    assert [*map(str, violations(PROBLEM, np.array(pairs, dtype=np.int32).reshape(-1, 2)))] == said


def test_verdict_proves_nothing_about_a_plan_with_a_fault():
    answer = solve(make_problem([[1, 2]]))
    broken = replace(answer, pairs=np.array([[0, 0], [0, 1]], dtype=np.int32))

    judged = verdict(make_problem([[1, 2]]), broken)

    assert [*map(str, judged.violations)] == ["mentee 0 has 2 mentors, and may have 1."]
    assert not judged.proved_best


def bytes_of(answer: Answer) -> list:
    return [(step.name, step.level, step.value) for step in answer.steps]


@settings(max_examples=150, deadline=None)
@given(problem=problems(), data=st.data())
def test_verdict_never_calls_a_worse_plan_best(problem, data):
    aim = data.draw(st.sampled_from(AIMS))
    answer = solve(problem, aim=aim)
    possible = list(plans(problem))
    plan = data.draw(st.sampled_from(possible))
    pairs = np.array(sorted(plan), dtype=np.int32).reshape(-1, 2)
    if merit(problem, plan, aim) == merit(problem, answer.pairs, aim):
        return

    for forged in (
        replace(answer, pairs=pairs),
        replace(answer, pairs=pairs, steps=()),
        replace(answer, pairs=pairs, steps=tuple(replace(step, bound=step.value) for step in answer.steps)),
        replace(answer, pairs=pairs, steps=answer.steps[:-1]),
        replace(answer, pairs=pairs, steps=answer.steps[-1:]),
        replace(answer, pairs=pairs, steps=tuple(step for step in answer.steps if step.name != "people above")),
    ):
        assert not verdict(problem, forged).proved_best, bytes_of(forged)


@settings(max_examples=300, deadline=None)
@given(problem=problems(), data=st.data())
def test_bounds_hold_for_every_plan_whatever_the_prices(problem, data):
    aim = data.draw(st.sampled_from(AIMS))
    answer = solve(problem, aim=aim)
    best = solve(problem, aim=aim).steps
    size = data.draw(st.sampled_from([1, 5, 200]))
    draw_many = lambda count: [data.draw(st.integers(0, size)) for _ in range(count)]  # noqa: E731
    forged = []
    for at, step in enumerate(answer.steps):
        certificate = Certificate(
            prices=np.array(draw_many(len(problem.mentors)), dtype=np.int64),
            cap_prices=np.array(draw_many(len(problem.caps)), dtype=np.int64),
            weights=tuple(draw_many(at)),
            scale=data.draw(st.integers(1, 3)),
        )
        forged.append(replace(step, certificate=certificate))

    bounds = verdict(problem, replace(answer, steps=tuple(forged))).bounds

    assert all(bound >= step.value for bound, step in zip(bounds, best, strict=True))


@pytest.mark.parametrize("aim", AIMS)
def test_verdict_rejects_each_forgery_of_a_certificate(aim):
    caught = 0
    for seed in range(60):
        problem = random_problem(seed)
        answer = solve(problem, aim=aim)
        for change in (
            lambda c: replace(c, prices=c.prices - 1),
            lambda c: replace(c, prices=c.prices[:-1]),
            lambda c: replace(c, prices=c.prices + 1),
            lambda c: replace(c, prices=c.prices.astype(np.float64)),
            lambda c: replace(c, weights=(-1,)),
            lambda c: replace(c, scale=0),
            lambda c: replace(c, scale=-1),
            lambda c: replace(c, prices=np.full_like(c.prices, 1 << 60)),
            lambda c: replace(c, cap_prices=np.append(c.cap_prices, 0)),
        ):
            step = answer.steps[0]
            forged = replace(step, certificate=change(step.certificate))

            judged = verdict(problem, replace(answer, steps=(forged, *answer.steps[1:])))

            assert all(bound >= one.value for bound, one in zip(judged.bounds, answer.steps, strict=True))
            caught += not judged.proved_best
    assert caught > 100


@pytest.mark.parametrize("aim", AIMS)
@pytest.mark.parametrize("name", ["value", "bound"])
@pytest.mark.parametrize("by", [-1, 1])
def test_verdict_rejects_a_wrong_value_or_bound(aim, name, by):
    problem = random_problem(3, most=4)
    answer = solve(problem, aim=aim)
    for at, step in enumerate(answer.steps):
        forged = (*answer.steps[:at], replace(step, **{name: getattr(step, name) + by}), *answer.steps[at + 1 :])

        assert not verdict(problem, replace(answer, steps=forged)).proved_best


def test_verdict_does_not_call_a_stopped_answer_proved():
    problem = make_problem([[1, 2]])

    assert not verdict(problem, replace(solve(problem), stopped="stopped by the observer")).proved_best


def test_verdict_judges_a_plan_made_by_hand():
    problem = make_problem([[9, 1], [8, 1]])
    nothing = Certificate(prices=np.array([7, 0]), cap_prices=np.zeros(0, dtype=np.int64))
    free = Certificate(prices=np.array([0, 0]), cap_prices=np.zeros(0, dtype=np.int64))
    pairs = np.array([[0, 0], [1, 1]], dtype=np.int32)

    judged = verdict(
        problem, Answer(pairs, (Step("total", 10, 10, nothing), Step("matched", 2, 2, free, 0)), "total", "by hand", 0)
    )

    assert judged.bounds == (10, 2)
    assert judged.proved_best
