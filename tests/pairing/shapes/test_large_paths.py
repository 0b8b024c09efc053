"""The ways of large programmes, forced upon tiny ones: few candidates, pricing, a few levels; never a false proof."""

import pytest

from chiron.pairing.shapes.chain import judge as judge_chain
from chiron.pairing.shapes.chain import solve as chain
from chiron.pairing.shapes.loads import judge as judge_loads
from chiron.pairing.shapes.loads import solve as loads
from chiron.pairing.shapes.panel import judge as judge_panel
from chiron.pairing.shapes.panel import solve as panel
from chiron.pairing.shapes.programming import relaxation, search, seat_flow
from pairing.shapes.chain import test_solve as test_chain
from pairing.shapes.chain.test_solve import random_chain
from pairing.shapes.loads import test_solve as test_loads
from pairing.shapes.panel import test_solve as test_panel
from pairing.shapes.typed_cases import random_loads, random_panel


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_a_panel_from_one_candidate_a_slot_is_still_the_best(monkeypatch, aim):
    for name, value in (("FEW", 0), ("FIRST", 1), ("MORE", 1)):
        monkeypatch.setattr(seat_flow, name, value)
    for seed in range(45):
        problem = random_panel(seed)

        answer = panel.solve(problem, aim=aim, seed=seed)

        assert tuple(step.value for step in answer.steps) == test_panel.best_of(problem, aim), seed
        assert judge_panel.judge(problem, answer, aim=aim).proved_best, seed


def as_if_large(monkeypatch):
    for name, value in (("FEW", 0), ("FIRST", 1)):
        monkeypatch.setattr(relaxation, name, value)
        monkeypatch.setattr(search, name, value)
    monkeypatch.setattr(relaxation, "MORE", 1)


@pytest.mark.parametrize("aim", ["everyone", "total"])
@pytest.mark.parametrize(
    ("solve", "judge", "make", "best_of"),
    [
        (loads.solve, judge_loads.judge, random_loads, test_loads.best_of),
        (chain.solve, judge_chain.judge, random_chain, test_chain.best_of),
    ],
    ids=["loads", "chain"],
)
def test_bounds_hold_where_only_likely_ties_are_searched(monkeypatch, aim, solve, judge, make, best_of):
    as_if_large(monkeypatch)
    best = 0
    for seed in range(45):
        problem = make(seed)

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)
        merit = best_of(problem, aim)

        assert found.violations == (), seed
        values = tuple(step.value for step in answer.steps)
        assert values <= merit, seed
        assert found.bounds[0] >= merit[0], seed
        assert not found.proved_best or values == merit, seed
        best += values == merit
    assert best > 38
