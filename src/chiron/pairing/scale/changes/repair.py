"""Mid-year repair: what each broken pair buys, from breaking none that can stay to breaking whatever is best.

A pair that is kept counts its fit and, beside it, what breaking it costs; the highest total of that is found exactly
for every cost, so each point of the curve is the most that so few broken pairs can reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chiron.pairing.model.problem import TOP_FIT, Ints, Longs, Problem, ProblemError
from chiron.pairing.scale.solvers.auction import auction
from chiron.pairing.scale.solvers.run import AuctionRun
from chiron.pairing.scale.solvers.sparse import SparsePairs


@dataclass(frozen=True, slots=True, eq=False)
class RepairedLargePlan:
    """A repaired plan.

    Attributes:
        cost: what breaking a pair cost, in points.
        broken: how many of the pairs that could have stayed are gone.
        matched: how many mentees have a mentor.
        total: the sum of their fit.
        bound: no plan has a higher total less the cost of the pairs that it breaks; recomputed from prices alone.
        pairs: int32 (k, 2), sorted.
    """

    cost: int
    broken: int
    matched: int
    total: int
    bound: int
    pairs: Ints

    @property
    def proved_best(self) -> bool:
        """True if no plan has a higher total less what it breaks."""
        return self.total - self.cost * self.broken == self.bound


def repair_curve(
    problem: Problem, before: Ints, costs: Sequence[int], *, everyone: bool = False, seed: int = 0
) -> tuple[RepairedLargePlan, ...]:
    """Return the best plan for each cost of a broken pair, in the order of the costs.

    Args:
        problem: who is there now; whoever left is out of it, and locked pairs stay.
        before: int32 (k, 2), the pairs made so far, in the positions of the problem.
        costs: points for each pair broken, none below zero.
        everyone: True to match the most people before anything else counts.
        seed: decides between plans of equal worth.

    Raises:
        LocksError: no plan can hold every locked pair.
        ProblemError: a cost is below zero, or the numbers are too large for exact arithmetic.
        ScaleError: the problem has caps, least numbers, or a mentee who wants several mentors.
    """
    if min(costs, default=0) < 0:
        raise ProblemError("costs: a number is below zero")
    run = AuctionRun(problem, "total", seed, None)
    was = np.zeros(len(problem.partner), dtype=np.bool_)
    places = problem.positions(before)
    was[places[places >= 0]] = True
    kept = was[run.origin]
    return tuple(_repaired(run, kept, cost, everyone=everyone) for cost in costs)


def _repaired(run: AuctionRun, kept: np.ndarray, cost: int, *, everyone: bool) -> RepairedLargePlan:
    """Return the best plan for one cost."""
    net = run.net
    worth = net.fit.astype(np.int64) + cost * kept
    if np.abs(worth).max(initial=0) > TOP_FIT:
        raise ProblemError(f"costs: fit and cost together are beyond {TOP_FIT}")
    points = worth.astype(np.int32)
    priced = net._replace(fit=points, column_fit=points[net.place])
    span = int(worth.max(initial=0)) - min(0, int(worth.min(initial=0)))
    bonus = (span + 1) * (min(net.mentees, net.mentors) + 3) if everyone else 0
    bids = auction(priced, outside=np.full(net.mentees, -bonus, dtype=np.int64))
    run.keep(bids.taken)
    some = bids.taken[bids.taken >= 0]
    locked = int(run.problem.fit[run.problem.positions(run.problem.locked)].sum(dtype=np.int64))
    return RepairedLargePlan(
        cost=cost,
        broken=int(kept.sum() - kept[some].sum()),
        matched=len(run.pairs),
        total=int(net.fit[some].sum(dtype=np.int64)) + locked,
        bound=_bound(priced, bids.price, run.capacity, bonus) - bonus * len(some) + locked - cost * int(kept.sum()),
        pairs=run.pairs,
    )


def _bound(pairs: SparsePairs, price: Longs, capacity: Longs, bonus: int) -> int:
    """Return what no plan can exceed at these prices, when each pair counts a bonus beside its worth."""
    gain = pairs.fit + bonus - price[pairs.partner]
    best = np.zeros(pairs.mentees, dtype=np.int64)
    some = np.flatnonzero(np.diff(pairs.starts))
    if len(some):
        best[some] = np.maximum(np.maximum.reduceat(gain, pairs.starts[some]), 0)
    return int(best.sum()) + int((price * capacity).sum())
