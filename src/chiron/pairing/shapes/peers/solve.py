"""Peers: one population in which each person has at most one partner, solved exactly with a proof.

The steps of an aim are heaviest matchings (see `heaviest`): of pairs that count one each for the most people and for
the lowest fit, and of pairs that count their fit for the total. People are first put into an order drawn from the
seed and their identifiers, so the order in which they stand changes nothing.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Longs, ProblemError
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.gathering_problems import Peers
from chiron.pairing.shapes.model.odd_sets import OddSetPrices
from chiron.pairing.shapes.peers.heaviest import Heaviest, heaviest

__all__ = ["Peers", "ShapeAim", "ShapeObserver", "solve"]

METHOD = "blossom"
LARGEST = 1 << 58
"""Sums of prices stay below this, so that 64 bits hold them."""
ALONE = -(1 << 31)
"""Below every fit: somebody who may be paired with nobody."""

ShapeAim = Literal["everyone", "total"]
ShapeObserver = Callable[[str, ShapeAnswer | None], bool]
"""Told the phase in words and the best plan so far, if there is one; False stops the search."""


class _StoppedError(Exception):
    """The observer asked to stop; `found` is the plan so far and may be improved no further."""


def solve(
    problem: Peers, *, aim: ShapeAim = "everyone", seed: int = 0, observer: ShapeObserver | None = None
) -> ShapeAnswer:
    """Return the best pairs of peers, each step with a bound that `judge_peers` recomputes.

    Args:
        problem: who may be paired with whom, and what each pair is worth.
        aim: "everyone" (most people, then the highest lowest fit, then the highest total) or "total" (nobody is
            paired at a loss).
        seed: decides between plans of equal worth, together with the identifiers.
        observer: told each phase and the best plan so far; where it returns False the best plan so far is the
            answer, with bounds that hold, and says so in `stopped`.

    Raises:
        KeyError: no aim has this name.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    run = _PeerRun(problem, seed, observer)
    steps = AIMS[aim]
    try:
        steps(run)
    except _StoppedError:
        return run.answer("stopped by the observer", aim)
    return run.answer(None, aim)


class _PeerRun:
    """One call: the people in the order of the lottery, the best plan so far, and the steps that are proved."""

    def __init__(self, problem: Peers, seed: int, observer: ShapeObserver | None) -> None:
        """Put the people in the order of the lottery."""
        self.problem, self.seed, self.observer = problem, seed, observer
        self.people = len(problem.people)
        self.rank = lottery(problem.people, seed, "person")
        ranked = np.sort(self.rank[problem.pairs], axis=1)
        order = np.lexsort((ranked[:, 1], ranked[:, 0]))
        self.pairs: Longs = ranked[order]
        self.fit: Longs = problem.fit[order].astype(np.int64)
        # Whoever was at rank r stands at person[r].
        self.person = np.argsort(self.rank)
        self.plan: Longs = np.empty((0, 2), dtype=np.int64)
        self.steps: list[ShapeStep] = []
        self.phase, self.is_stopped = "", False
        most = (self.people + 2) * (4 * int(np.abs(self.fit).max(initial=0)) + 3) * (self.people + 2)
        if most > LARGEST:
            raise ProblemError("fit: the numbers are too large for exact arithmetic")

    def enter(self, phase: str) -> None:
        """Begin a phase and tell the observer.

        Raises:
            _StoppedError: the observer said stop.
        """
        self.phase = phase
        if not self.keep_going():
            raise _StoppedError

    def keep_going(self) -> bool:
        """Tell the observer where things stand; False if it says stop."""
        if self.observer is not None and not self.is_stopped:
            known = self.answer("not finished", None) if len(self.plan) else None
            self.is_stopped = not self.observer(self.phase, known)
        return not self.is_stopped

    def heaviest(self, weight: Longs, floor: int | None = None) -> Heaviest:
        """Return the heaviest matching among the pairs from a fit on."""
        chosen = np.ones(len(self.fit), dtype=np.bool_) if floor is None else self.fit >= floor
        return heaviest(self.people, self.pairs[chosen], weight[chosen], self.keep_going)

    def fits(self, pairs: Longs) -> Longs:
        """Return the fits of pairs that are allowed."""
        key = self.pairs[:, 0] * self.people + self.pairs[:, 1]
        return np.asarray(self.fit[np.searchsorted(key, pairs[:, 0] * self.people + pairs[:, 1])])

    def prices(self, found: Heaviest, bonus: int = 0, floor: int | None = None) -> OddSetPrices:
        """Return the evidence of a matching in the order of the problem."""
        sets = sorted((tuple(sorted(self.person[list(each)].tolist())), price) for price, each in found.odd_sets)
        return OddSetPrices(
            people=found.price[self.rank],
            sets=tuple((price, members) for members, price in sets),
            scale=2,
            bonus=2 * bonus,
            floor=floor,
        )

    def prove(self, name: str, bound: int, evidence: OddSetPrices | None) -> None:
        """Add a step with the value of the plan."""
        values = _values(len(self.plan), self.fits(self.plan))
        self.steps.append(ShapeStep(name, values[name], bound, evidence))

    def trivial_bound(self, name: str) -> int:
        """Return a bound that needs no evidence: everybody gets the best of the allowed pairs."""
        best = self.best()
        if name == "matched":
            return 2 * (int((best > ALONE).sum()) // 2)
        if name == "lowest fit":
            return int(best.max())
        return int(np.maximum(best, 0).sum()) // 2

    def best(self) -> Longs:
        """Return the fit of each person's best pair, ALONE where there is none."""
        best = np.full(self.people, ALONE, dtype=np.int64)
        for side in (0, 1):
            np.maximum.at(best, self.pairs[:, side], self.fit)
        return best

    def problem_pairs(self) -> Longs:
        """Return the plan in positions of the problem, sorted."""
        found = np.sort(self.person[self.plan], axis=1).reshape(-1, 2)
        return np.asarray(found[np.lexsort((found[:, 1], found[:, 0]))])

    def answer(self, stopped: str | None, aim: ShapeAim | None) -> ShapeAnswer:
        """Return the plan with the steps that are proved, then trivial bounds for the rest of the aim."""
        pairs = self.problem_pairs()
        values = _values(len(pairs), self.fits(self.plan))
        steps = []
        for step in self.steps:
            if step.value != values.get(step.name):
                break
            steps.append(step)
        left = expected_steps(aim, len(pairs))[len(steps) :]
        steps.extend(ShapeStep(name, values[name], self.trivial_bound(name)) for name in left)
        ties = np.concatenate([pairs, np.zeros((len(pairs), 1), dtype=np.int64)], axis=1).astype(np.int32)
        ties.flags.writeable = False
        return ShapeAnswer(
            shape="peers", ties=ties, labels=("",), steps=tuple(steps), method=METHOD, seed=self.seed, stopped=stopped
        )


def expected_steps(aim: ShapeAim | None, pairs: int) -> list[str]:
    """Return the steps of an aim, in order, for a plan with so many pairs; no aim yet, no steps."""
    if aim is None:
        return []
    if aim == "total":
        return ["total", "matched"]
    return ["matched", "lowest fit", "total"] if pairs else ["matched", "total"]


def _values(count: int, fits: Longs) -> dict[str, int]:
    """Return what a plan reaches in each step; "matched" counts people."""
    values = {"matched": 2 * count, "total": int(fits.sum())}
    return values | {"lowest fit": int(fits.min())} if count else values


def _total(run: _PeerRun) -> None:
    """Find the highest total, then the most people with a partner; somebody alone counts 0.

    Two plans of one total differ by ways and rings, each of which pairs one couple more or fewer at most, so that a
    point must count for more than a couple.
    """
    run.enter("looking for the highest total")
    found = run.heaviest(run.fit)
    run.plan = found.pairs
    run.prove("total", found.bound, run.prices(found))
    _end_if_stopped(run, found)
    run.enter("looking for who can be paired at this total")
    found = run.heaviest(2 * run.fit + 1)
    run.plan = found.pairs
    total = int(run.fits(run.plan).sum())
    run.prove("matched", 2 * (found.bound - 2 * total), run.prices(found))
    _end_if_stopped(run, found)


def _everyone(run: _PeerRun) -> None:
    """Find the most pairs, then the highest lowest fit, then the highest total."""
    run.enter("looking for who can be paired")
    found = run.heaviest(np.ones_like(run.fit))
    run.plan = found.pairs
    run.prove("matched", 2 * found.bound, run.prices(found))
    _end_if_stopped(run, found)
    count, floor = found.count, None
    if count:
        floor = _raise_lowest(run, count)
    run.enter("looking for the highest total")
    _highest_total(run, count, floor)


AIMS: dict[str, Callable[[_PeerRun], None]] = {"total": _total, "everyone": _everyone}


def _end_if_stopped(run: _PeerRun, found: Heaviest) -> None:
    if not found.is_finished or run.is_stopped:
        raise _StoppedError


def _raise_lowest(run: _PeerRun, count: int) -> int:
    """Raise the lowest fit as high as so many pairs allow, and prove that no more is possible."""
    ones = np.ones_like(run.fit)
    levels = np.unique(run.fit)
    low, high = int(np.searchsorted(levels, run.fits(run.plan).min())), len(levels) - 1
    high = min(high, _ceiling(run, levels, count))
    while low < high:
        run.enter("looking for the highest lowest fit")
        middle = (low + high + 1) // 2
        found = run.heaviest(ones, int(levels[middle]))
        _end_if_stopped(run, found)
        if found.count < count:
            high = middle - 1
        else:
            run.plan = found.pairs
            low = int(np.searchsorted(levels, run.fits(run.plan).min()))
    floor = int(levels[low])
    above = int(levels[low + 1]) if low + 1 < len(levels) else None
    if above is not None:
        refutation = run.heaviest(ones, above)
        _end_if_stopped(run, refutation)
        run.prove("lowest fit", floor, run.prices(refutation, floor=above))
    else:
        run.prove("lowest fit", floor, None)
    return floor


def _ceiling(run: _PeerRun, levels: Longs, count: int) -> int:
    """Return the place of a level that the lowest fit cannot exceed: so many people have no better pair."""
    return int(np.searchsorted(levels, np.sort(run.best())[-2 * count]))


def _highest_total(run: _PeerRun, count: int, floor: int | None) -> None:
    """Find the highest total that keeps the number of pairs and the lowest fit.

    A pair counts for more than any change of the others can gain. Some bonus is surely enough; a far smaller one
    usually is, and keeps the numbers small.
    """
    lowest = int(run.fit.min(initial=0)) if floor is None else floor
    spread = int(run.fit.max(initial=0)) - lowest
    enough = spread * (run.people // 2 + 1) + abs(lowest) + 1
    bonus = min(2 * spread + max(0, -lowest) + 1, enough)
    while True:
        found = run.heaviest(run.fit + bonus, floor)
        if found.count == count:
            run.plan = found.pairs
            run.prove("total", found.bound - bonus * count, run.prices(found, bonus, floor))
            _end_if_stopped(run, found)
            return
        _end_if_stopped(run, found)
        if bonus >= enough:
            raise AssertionError("the number of pairs was lost")
        bonus = min(4 * bonus, enough)
