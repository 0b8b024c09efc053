"""Forged evidence for plans that are not the best: no judge of a shape may call one of them proved."""

import numpy as np
import pytest

from chiron.pairing.measures.certificate import no_certificate
from chiron.pairing.model.answer import Answer, Step
from chiron.pairing.model.problem import Problem
from chiron.pairing.shapes.chain import judge as judge_chain
from chiron.pairing.shapes.gatherings import judge as judge_groups
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.answer import ShapeVerdict as Verdict
from chiron.pairing.shapes.model.evidence import Case, Evidence
from chiron.pairing.shapes.model.evidence import Prices as LimitPrices
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers
from chiron.pairing.shapes.model.odd_sets import Cases, Leaf, OddSetPrices, Shares
from chiron.pairing.shapes.model.typed_problems import ChainProblem
from chiron.pairing.shapes.open_groups import judge as judge_open_groups
from chiron.pairing.shapes.open_groups.problem import OpenGroups, OpenGroupsAnswer, OpeningLeaf
from chiron.pairing.shapes.peers import judge as judge_peers

NOBODY = np.empty((0, 3), dtype=np.int32)


def _empty(shape: str, *steps: tuple[str, object], waits: tuple[tuple[int, int], ...] = ()) -> ShapeAnswer:
    """Return the plan with nobody in it, every step said to be proved at 0."""
    return ShapeAnswer(
        shape=shape,
        ties=NOBODY,
        labels=("",),
        steps=tuple(ShapeStep(name, 0, 0, evidence) for name, evidence in steps),
        method="forged",
        seed=0,
        open=np.array(waits, dtype=np.int32).reshape(-1, 2),
    )


def _chain_verdict(evidence: Evidence, *, needs_mentor: bool = False) -> Verdict:
    """Judge an empty plan where person 2 may have person 1 (100 points), and person 1 may have person 0 (−5)."""
    problem = ChainProblem(
        people=("root", "middle", "young"),
        seeking=np.array([False, True, True]),
        capacity=np.full(3, 16),
        starts=np.array([0, 0, 1, 2]),
        partner=np.array([0, 1]),
        fit=np.array([-5, 100]),
        needs_mentor=needs_mentor,
    )
    empty = _empty("chain", ("total", evidence), ("matched", None), waits=((1, 0), (2, 0)))
    return judge_chain.judge(problem, empty, aim="total")


def _priced(kind: str, at: list[int], price: list[int]) -> Evidence:
    prices = LimitPrices(kind, np.array(at, dtype=np.int64), np.array(price, dtype=np.int64))
    return Evidence(1, (Case((), (prices,)),))


@pytest.mark.parametrize("scale", [1 << 62, 1 << 63, 1 << 80])
def test_a_scale_that_overflows_proves_no_chain(scale: int) -> None:
    found = _chain_verdict(Evidence(scale, (Case((), ()),)))
    assert found.bounds[0] >= 95
    assert not found.proved_best


@pytest.mark.parametrize("needs_mentor", [False, True])
def test_prices_whose_product_with_a_capacity_overflows_prove_no_chain(*, needs_mentor: bool) -> None:
    found = _chain_verdict(_priced("person", [1], [1 << 60]), needs_mentor=needs_mentor)
    assert found.bounds[0] >= 95
    assert not found.proved_best


def _peers_verdict(*steps: tuple[str, object]) -> Verdict:
    """Judge an empty plan of four people with a perfect pairing, all pairs worth 4."""
    pairs = np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
    return judge_peers.verdict(Peers(tuple("abcd"), pairs, np.full(6, 4)), _empty("peers", *steps))


def _peer_prices(price: int = 0, *, scale: int = 1, bonus: int = 0, floor: int | None = None) -> OddSetPrices:
    return OddSetPrices(np.full(4, price, dtype=np.int64), scale=scale, bonus=bonus, floor=floor)


def test_a_bonus_below_zero_proves_nothing_about_the_number_of_peers() -> None:
    found = _peers_verdict(("matched", _peer_prices(scale=2, bonus=-2)), ("total", _peer_prices(floor=99)))
    assert not found.proved_best


@pytest.mark.parametrize(("price", "scale"), [(0, 1 << 62), (0, 1 << 64), (1 << 62, 1), (0, -1)])
def test_numbers_that_overflow_prove_nothing_about_peers(price: int, scale: int) -> None:
    found = _peers_verdict(("total", _peer_prices(price, scale=scale)), ("matched", None))
    assert found.bounds[0] >= 8
    assert not found.proved_best


@pytest.mark.parametrize(
    "evidence",
    [
        Shares((), scale=-1),
        Shares((), scale=0),
        Shares((), scale=1 << 62),
        Shares(((0, 0, np.full(4, 1 << 62, dtype=np.int64)),), scale=1),
        Cases(Leaf(np.zeros(4, dtype=np.int64)), scale=1 << 62),
        Cases(Leaf(np.full(4, 1 << 62, dtype=np.int64)), scale=1),
        Cases(Leaf(np.zeros(4, dtype=np.int64)), scale=0),
    ],
)
def test_numbers_that_overflow_prove_nothing_about_circles(evidence: object) -> None:
    pairs = np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
    circles = Circles(tuple("abcd"), pairs, np.full(6, 4), least=2, most=2)
    assert not judge_groups.verdict(circles, _empty("circles", ("total", evidence))).proved_best


def _open_verdict(levels: list[int | None], prices: list[list[float]]) -> Verdict:
    """Judge an empty plan of one mentee who could be served by one mentor, at a loss of one point."""
    problem = Problem(
        mentees=("mentee",),
        mentors=("mentor",),
        starts=np.array([0, 1]),
        partner=np.array([0]),
        fit=np.array([-1]),
        capacity=np.array([1]),
        wanted=np.array([1]),
        tier=np.array([0]),
    )
    leaves = [OpeningLeaf(np.array(own), np.zeros(0), (0,) * at, 1) for at, own in enumerate(prices)]
    names = ["matched"] * len(levels) + ["total"]
    plan = Answer(
        pairs=NOBODY[:, :2],
        steps=tuple(_step(problem, name, level) for name, level in zip(names, [*levels, None], strict=True)),
        aim="everyone",
        method="forged",
        seed=0,
    )
    answer = OpenGroupsAnswer(
        opened=(),
        problem=problem,
        answer=plan,
        steps=tuple(ShapeStep(name, 0, 0, leaf) for name, leaf in zip(names, leaves, strict=True)),
    )
    return judge_open_groups.verdict(OpenGroups(problem, (0,)), answer)


def _step(problem: Problem, name: str, level: int | None) -> Step:
    return Step(name=name, value=0, bound=0, certificate=no_certificate(problem), level=level)


@pytest.mark.parametrize("level", [7, None])
def test_a_step_about_nobody_does_not_stand_for_the_most_people(level: int | None) -> None:
    assert not _open_verdict([level], [[0], [0]]).proved_best
