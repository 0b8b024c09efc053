"""The judge of large pools: the compiled walk finds the same bounds as the plain rules, and believes nobody."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.scale.national import referee_all as judge
from chiron.pairing.scale.national.referee_all import referee_all
from chiron.pairing.scale.national.scan import compile_scan
from chiron.pairing.scale.national.solve import national_plan
from pairing.scale import people
from repeats import few_and_many

AIMS = ("total", "everyone", "stable")
KINDS = ("same", "overlap", "distance", "ladder", "ranked", "near")


@pytest.fixture
def walked(monkeypatch):
    """Walk small pools through the compiled rules, too."""
    monkeypatch.setattr(judge, "PLAIN", 0)


def planned(rng, aim):
    n, m = int(rng.integers(5, 60)), int(rng.integers(2, 30))
    scoring = people.scoring(rng, rng.permutation(KINDS)[:4].tolist(), n, m)
    apart = tuple(sorted(set(people.pairs(rng, 5, n, m))))
    scan = compile_scan(scoring, apart=apart)
    capacity = rng.integers(0, 3, m)
    return scoring, scan, apart, capacity, national_plan(scan, capacity=capacity, aim=aim, keep=3)


@few_and_many("cases", 8, 25)
@pytest.mark.parametrize("aim", AIMS)
def test_the_walk_gives_the_same_verdict_as_the_plain_rules(aim, cases, walked):
    rng = np.random.default_rng(17)
    for _ in range(cases):
        scoring, scan, apart, capacity, answer = planned(rng, aim)
        plain = referee_all(scoring, answer, capacity=capacity, forbidden=apart)

        found = referee_all(scoring, answer, capacity=capacity, forbidden=apart, program=scan.program)

        assert found.proved_best
        assert found == plain


@few_and_many("cases", 8, 25)
@pytest.mark.parametrize("aim", ["total", "everyone"])
def test_the_walk_finds_the_bound_of_any_prices(aim, cases, walked):
    rng = np.random.default_rng(23)
    for _ in range(cases):
        scoring, scan, apart, capacity, answer = planned(rng, aim)
        steps = [
            replace(
                step,
                certificate=replace(
                    step.certificate,
                    prices=rng.integers(0, 30, len(capacity)).astype(np.int64),
                    scale=int(rng.integers(1, 4)),
                ),
            )
            for step in answer.steps
            if step.name != "lowest fit"
        ]
        kept = [step for step in answer.steps if step.name == "lowest fit"]
        answer = replace(
            answer,
            steps=tuple(sorted([*steps, *kept], key=lambda step: [s.name for s in answer.steps].index(step.name))),
        )

        found = referee_all(scoring, answer, capacity=capacity, forbidden=apart, program=scan.program)

        assert found == referee_all(scoring, answer, capacity=capacity, forbidden=apart)


def test_a_plan_that_leaves_somebody_out_for_nothing_is_not_proved(walked):
    rng = np.random.default_rng(2)
    seen = 0
    for _ in range(30):
        scoring, scan, apart, capacity, answer = planned(rng, "total")
        idle = np.flatnonzero(answer.fits == 0)
        if not len(idle):
            continue
        seen += 1
        fewer = replace(answer, pairs=np.delete(answer.pairs, idle[0], axis=0), fits=np.delete(answer.fits, idle[0]))

        assert not referee_all(scoring, fewer, capacity=capacity, forbidden=apart, program=scan.program).proved_best
    assert seen


def test_compiled_rules_that_say_something_else_are_a_fault(monkeypatch):
    rng = np.random.default_rng(4)
    scoring, scan, apart, capacity, answer = planned(rng, "total")
    monkeypatch.setattr(judge, "PLAIN", scan.mentees * scan.mentors - 1)
    turned = scan.program.order.copy()
    turned[: scan.mentors] = turned[: scan.mentors][::-1]

    found = referee_all(
        scoring, answer, capacity=capacity, forbidden=apart, program=replace(scan.program, order=turned)
    )

    assert found.violations
    assert not found.proved_best


def test_a_pair_kept_apart_must_be_known_to_the_compiled_rules(walked):
    rng = np.random.default_rng(8)
    scoring, _, _, capacity, answer = planned(rng, "total")
    free = compile_scan(scoring)
    may = np.argwhere(free.whole(np.arange(free.mentees))[0])
    made = {tuple(pair) for pair in answer.pairs.tolist()}
    apart = next((int(i), int(j)) for i, j in may if (int(i), int(j)) not in made)

    found = referee_all(scoring, answer, capacity=capacity, forbidden=[apart], program=free.program)

    assert found.violations
