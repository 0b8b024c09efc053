"""Reasons at scale say what `explain` says, and each fix does what it says when the problem is solved again."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.explain.reasons import unmatched
from chiron.pairing.model.problem import Problem
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring, pose
from chiron.pairing.scale.national.why import Reasons
from chiron.pairing.solve import solve
from repeats import few_and_many

RULES = (
    Rule(name="same site", kind="same", mentee="site", mentor="site", points=0, must=True),
    Rule(name="a common language", kind="overlap", mentee="tongues", mentor="tongues", points=0, must=True),
    Rule(name="same field", kind="same", mentee="field", mentor="field", points=30),
)


def drawn(rng, count, side):
    return Pool(
        tuple(f"{side} {at}" for at in range(count)),
        {
            "site": [f"site {one}" for one in rng.integers(0, 3, count)],
            "tongues": [
                tuple(f"tongue {one}" for one in rng.integers(0, 3, int(rng.integers(1, 3)))) for _ in range(count)
            ],
            "field": [f"field {one}" for one in rng.integers(0, 2, count)],
        },
    )


def pool_of(rng):
    n, m = int(rng.integers(2, 14)), int(rng.integers(1, 6))
    mentees, mentors = drawn(rng, n, "mentee"), drawn(rng, m, "mentor")
    scoring = Scoring(RULES, mentees, mentors)
    apart = {(int(rng.integers(n)), int(rng.integers(m))) for _ in range(2)}
    problem = pose(scoring, capacity=rng.integers(0, 3, m), forbidden=sorted(apart))
    return scoring, problem, apart


def with_fix(problem, fix) -> Problem:
    """Return the problem with the steps of a fix made, by arrays alone."""
    capacity, mentors = problem.capacity.tolist(), len(problem.mentors)
    rows = [problem.partner[problem.starts[i] : problem.starts[i + 1]].tolist() for i in range(len(problem.mentees))]
    locked = []
    for step in fix.steps:
        mentor = mentors if step.mentor < 0 else step.mentor
        if step.code == "new_mentor":
            capacity.append(1)
        if step.code == "more_places":
            capacity[mentor] += step.by
        else:
            rows[step.mentee] = sorted({*rows[step.mentee], mentor})
        if step.code == "lock":
            locked.append((step.mentee, mentor))
    partner = [j for row in rows for j in row]
    return replace(
        problem,
        mentors=tuple(f"mentor {j}" for j in range(len(capacity))),
        starts=np.concatenate([[0], np.cumsum([len(row) for row in rows])]),
        partner=partner,
        fit=np.zeros(len(partner), dtype=np.int32),
        capacity=capacity,
        least=np.zeros(len(capacity), dtype=np.int32),
        locked=np.array(locked, dtype=np.int32).reshape(-1, 2),
    )


@few_and_many("cases", 40, 120)
@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_reasons_say_what_explain_says_and_each_fix_matches_one_more(aim, cases):
    rng = np.random.default_rng(21)
    seen = set()
    for _ in range(cases):
        scoring, problem, apart = pool_of(rng)
        answer = solve(problem, aim=aim)
        left = sorted(set(range(len(problem.mentees))) - set(answer.pairs[:, 0].tolist()))
        names = {"mentee_names": problem.mentees, "mentor_names": problem.mentors}

        reasons = Reasons(problem, scoring, answer, is_best=True)
        found = reasons.unmatched(left, **names, apart=apart)

        told = [unmatched(problem, scoring, answer, i, **names, apart=apart) for i in left]
        assert [(one.code, one.reason) for one in found] == [(one.code, one.reason) for one in told]
        assert all(one.fixes for one in found)
        if aim == "total":
            continue
        for mentee, why in zip(left, found, strict=True):
            for fix in why.fixes:
                seen.add(fix.kind)
                again = solve(with_fix(problem, fix), aim="everyone")
                assert len(again.pairs) == len(answer.pairs) + fix.gain
                assert fix.helps == (mentee,)
                assert mentee in again.pairs[:, 0]
    assert aim == "total" or seen >= {"place", "rule", "several", "apart"}


def test_a_fix_that_helps_nobody_is_not_offered():
    mentees, mentors = Pool(("e",), {"site": ["a"]}), Pool(("o", "p"), {"site": ["b", "b"]})
    scoring = Scoring(RULES[:1], mentees, mentors)
    problem = pose(scoring, capacity=[0, 0])
    reasons = Reasons(problem, scoring, solve(problem), is_best=True)

    (fix,) = reasons.unmatched([0], mentee_names=["e"], mentor_names=["o", "p"])[0].fixes
    bend, place, lock = fix.steps

    assert reasons.helps(0, fix)
    assert not reasons.helps(0, replace(fix, steps=(bend, lock)))
    assert not reasons.helps(0, replace(fix, steps=(place,)))
    assert not reasons.helps(0, replace(fix, gain=2))
    assert reasons.counting.matched == 0
