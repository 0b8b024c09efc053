from itertools import combinations

import numpy as np
import pytest

from chiron.pairing.shapes.advice.repair import repair_circles, repair_peers
from chiron.pairing.shapes.gatherings import circles
from chiron.pairing.shapes.gatherings.judge import verdict as verdict_of_groups
from chiron.pairing.shapes.peers import solve as peers
from chiron.pairing.shapes.peers.judge import verdict
from pairing.shapes.made_groups import make_circles
from pairing.shapes.made_peers import every_plan, make_peers, random_peers


def best_repair(problem, ties, gone, cost):
    """Return the best (fit + cost of each pair kept) of any plan of those who stay."""
    old = {tuple(tie[:2]) for tie in ties.tolist()}
    stay = [at for at in range(len(problem.people)) if at not in gone]
    fits = {
        tuple(pair): int(fit) + cost * (tuple(pair) in old)
        for pair, fit in zip(problem.pairs.tolist(), problem.fit, strict=True)
        if set(pair) <= set(stay)
    }
    return max(sum(plan) for plan in every_plan(make_peers(len(problem.people), fits)))


@pytest.mark.parametrize("cost", [0, 3, 50])
def test_repair_of_peers_is_the_best_with_a_cost_for_each_broken_pair(cost):
    rng = np.random.default_rng(71 + cost)
    for _ in range(80):
        problem = random_peers(rng)
        before = peers.solve(problem, aim="total")
        gone = rng.permutation(len(problem.people))[: int(rng.integers(1, 3))].tolist()

        found = repair_peers(problem, before.ties, gone, cost=cost, aim="total")

        assert found.answer.steps[0].value == best_repair(problem, before.ties, gone, cost)
        assert found.total + cost * found.kept == found.answer.steps[0].value
        assert verdict(found.problem, found.answer).proved_best
        assert not {problem.people[at] for at in gone} & set(found.problem.people)


def test_without_a_cost_given_pairs_are_only_broken_to_pair_more():
    problem = make_peers(5, {(0, 1): 1, (1, 2): 90, (2, 3): 2, (0, 4): 80, (1, 4): 3})
    ties = np.array([[0, 1, 0], [2, 3, 0]], dtype=np.int32)

    stay = repair_peers(problem, ties, [4])
    widow = repair_peers(problem, ties, [3])

    assert (stay.kept, stay.broken, stay.total) == (2, 0, 3)
    assert (widow.kept, widow.broken) == (0, 1)
    assert widow.answer.steps[0].value == 4


def test_higher_costs_never_break_more():
    rng = np.random.default_rng(73)
    for _ in range(20):
        problem = random_peers(rng, fewest=8, most=8)
        before = peers.solve(problem, aim="total")

        broken = [repair_peers(problem, before.ties, [0], cost=cost, aim="total").broken for cost in (0, 5, 500)]

        assert broken == sorted(broken, reverse=True)


def test_repair_of_circles_keeps_people_together():
    rng = np.random.default_rng(79)
    fits = {pair: int(rng.integers(0, 20)) for pair in combinations(range(12), 2) if rng.random() < 0.7}
    problem = make_circles(12, fits, 3, 4)
    before = circles.solve(problem)

    found = repair_circles(problem, before.ties, [before.groups[0][0]])

    assert verdict_of_groups(found.problem, found.answer).proved_best
    assert len(found.problem.people) == 11
    assert found.broken == 0
    assert found.answer.steps[0].value == 11
