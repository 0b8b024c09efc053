"""Plans proved best over all pairs of a scan, though only some forty pairs of each mentee are ever looked at.

Each mentee's list comes with a limit on all pairs that are not on it. A plan over the lists is best over all pairs if
no such pair could beat the mentee's profit at the prices found; the mentees of whom that is not yet sure are scanned
again at those prices, their lists grow, and the plan is found anew: column generation, with a proof at its end.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.certificate import StoppedError
from chiron.pairing.model.answer import Certificate, Step
from chiron.pairing.model.problem import Longs
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.kernels.machine import kernel
from chiron.pairing.scale.national.answer import NationalAnswer
from chiron.pairing.scale.national.pool import FAR, NEVER, CandidatePairs, Lister
from chiron.pairing.scale.solvers.auction import Bids, auction
from chiron.pairing.scale.solvers.deferred import deferred
from chiron.pairing.scale.solvers.matching import most_people
from chiron.pairing.scale.solvers.sparse import SparsePairs, above, as_good, chosen, most_beaten, sparse


@dataclass(frozen=True, slots=True)
class BestSoFar:
    """The best plan so far in three numbers: mentees matched, lowest fit (0 without pairs), sum of all fits."""

    matched: int
    lowest: int
    total: int


Watch = Callable[[str, BestSoFar | None], bool]
"""Told what happens, in words, and the best plan so far, if there is one; False stops the search."""
STEPS = {"total": ("total", "matched"), "everyone": ("matched", "lowest fit", "total"), "stable": ("blocking pairs",)}
STOPPED = "stopped by the observer"
METHOD = "auction over all pairs"
KEEP = 40
"""Pairs of a mentee that are listed at first."""
LOWEST = -(1 << 40)
"""Below every fit."""


def national_plan(
    scan: Lister,
    *,
    capacity: NDArray[np.integer],
    aim: str = "total",
    keep: int = KEEP,
    watch: Watch | None = None,
) -> NationalAnswer:
    """Return the best plan over all pairs of a scan, each step proved over all pairs.

    Where the search is stopped, the best plan so far is the answer, with nothing proved of it but what is plain.

    Args:
        scan: lists each mentee's best pairs at any prices.
        capacity: int (m,), how many mentees each mentor takes.
        aim: "total" (nobody is matched at a loss; of the best plans one with the most people), "everyone" (most people,
            then the highest lowest fit, then the highest total) or "stable" (nobody would rather have each other; of
            such plans the best for the mentees).
        keep: how many pairs of a mentee are listed at first; decides the time, never how good the result is.
        watch: told what happens, in words; returning False stops the search.

    Raises:
        ScaleError: the aim is not one of these, or the capacities do not fit the mentors.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    if aim not in AIMS:
        raise ScaleError(f"A plan over all pairs cannot have the aim {aim}. Choose another aim.")
    if np.shape(capacity) != (scan.mentors,) or (np.asarray(capacity) < 0).any():
        raise ScaleError(f"There must be a capacity for each of the {scan.mentors} mentors, and none below zero.")
    watch = watch or _nobody
    goes_on = watch(f"scanning {scan.mentees} mentees and {scan.mentors} mentors", None)
    run = _National(CandidatePairs(scan, capacity, keep), watch)
    if not goes_on:
        return run.stopped(aim)
    try:
        AIMS[aim](run)
    except StoppedError:
        return run.stopped(aim)
    return run.answer(aim)


def _nobody(_phase: str, _reached: BestSoFar | None) -> bool:
    """Tell nobody, and go on."""
    return True


@kernel
def greedy(net: SparsePairs) -> Longs:
    """Return a plan at once, as the place of each mentee's pair (n,), −1 for none: each takes the best that is free."""
    places = np.full(len(net.starts) - 1, -1, np.int64)
    free = net.capacity.copy()
    for i in range(len(places)):
        for at in range(net.starts[i], net.starts[i + 1]):
            if free[net.partner[at]] > 0 and (places[i] < 0 or net.fit[at] > net.fit[places[i]]):
                places[i] = at
        if places[i] >= 0:
            free[net.partner[places[i]]] -= 1
    return places


class _National:
    """What the steps share: the known pairs, the plan so far, the steps proved over all pairs."""

    def __init__(self, pool: CandidatePairs, watch: Watch) -> None:
        self.pool, self.watch = pool, watch
        self.net: SparsePairs = pool.sparse()
        self.column: Longs = np.full(pool.scan.mentees, -1, dtype=np.int64)
        self.fit: Longs = np.zeros(pool.scan.mentees, dtype=np.int64)
        self.steps: list[Step] = []
        self.rounds = 0

    @property
    def matched(self) -> int:
        """Return how many mentees the plan matches."""
        return int((self.column >= 0).sum())

    def tell(self, phase: str) -> None:
        """Tell the observer what happens, and the best plan so far.

        Raises:
            StoppedError: the observer said stop.
        """
        some = self.column >= 0
        fits = self.fit[some]
        reached = BestSoFar(len(fits), int(fits.min()), int(fits.sum())) if len(fits) else None
        if not self.watch(phase, reached):
            raise StoppedError

    def forget(self) -> None:
        """Let go of the network until `renew`."""
        nobody = np.empty(0, dtype=np.int32)
        self.net = sparse(np.zeros(1, dtype=np.int64), nobody, nobody, np.empty(0, dtype=np.int64))

    def renew(self) -> None:
        """Take the pairs that were listed since into the network."""
        self.net = self.pool.sparse()

    def keep(self, places: Longs) -> None:
        """Make this the plan: the place of each mentee's pair in the network, −1 for none."""
        self.rounds += 1
        some = places >= 0
        self.column[:] = -1
        self.column[some] = self.net.partner[places[some]]
        self.fit[some] = self.net.fit[places[some]]

    def hint(self) -> Longs:
        """Return where the pairs of the plan stand in the network, −1 for none."""
        return _places_in(self.net, self.column)

    @property
    def total(self) -> int:
        """The sum of the fits."""
        return int(self.fit[self.column >= 0].sum())

    def prove(self, name: str, value: int, bound: int, price: Longs, weights: tuple[int, ...] = ()) -> None:
        """Add a step of which every unknown pair was ruled out; `bound` follows from the prices, not from the value."""
        nothing = np.zeros(0, dtype=np.int64)
        closed = np.where(self.pool.capacity > 0, price, FAR)
        certificate = Certificate(prices=closed, cap_prices=nothing, weights=weights)
        level = 0 if name == "matched" else None
        self.steps.append(Step(name=name, value=value, bound=bound, certificate=certificate, level=level))

    def stopped(self, aim: str) -> NationalAnswer:
        """Return the best plan so far, or where there is none a quick one, with prices of nothing as its proof."""
        if not self.matched:
            self.renew()
            self.keep(greedy(self.net))
        reached = {"matched": self.matched, "lowest fit": int(self.fit[self.column >= 0].min(initial=1 << 40))}
        names = STEPS[aim] if self.matched or aim != "everyone" else ("matched", "total")
        self.steps = []
        for name in names:
            value = reached.get(name, self.total if name == "total" else 0)
            self.prove(name, value, value, np.zeros(self.pool.scan.mentors, dtype=np.int64))
        return replace(self.answer(aim), stopped=STOPPED)

    def answer(self, aim: str) -> NationalAnswer:
        """Return the plan."""
        row = np.flatnonzero(self.column >= 0)
        pairs = np.stack([row, self.column[row]], axis=1).astype(np.int32)
        fits = self.fit[row].astype(np.int32)
        for array in (pairs, fits):
            array.flags.writeable = False
        pool = self.pool
        return NationalAnswer(
            pairs, fits, tuple(self.steps), aim, METHOD, len(pool.partner), self.rounds, pool.scanned,
            pool.starts, pool.partner, pool.fit,
        )  # fmt: skip


def _total(run: _National) -> None:
    """Find and prove the highest total."""
    bids = _highest(run, 1, np.zeros(run.net.mentees, dtype=np.int64), None)
    run.prove("total", run.total, _dual(run, bids), bids.price)
    equal, reached = _most_of_the_best(run, bids)
    # Beside a point of the total one person counts as much, and a place with whoever is reached costs one more.
    run.prove("matched", run.matched, _cut(run, equal, reached), bids.price + reached, (1,))


def _dual(run: _National, bids: Bids) -> int:
    """Return what no plan can exceed at these prices: all profits, and what all places cost."""
    cost = np.where(run.pool.capacity > 0, bids.price, 0) * run.pool.capacity
    return int(bids.profit.sum()) + int(cost.sum())


def _cut(run: _National, pairs: SparsePairs, reached: NDArray[np.bool_]) -> int:
    """Return how many people no plan of these pairs can exceed: whoever can go elsewhere, and the places reached."""
    outside = np.zeros(pairs.mentees, dtype=np.bool_)
    outside[np.repeat(np.arange(pairs.mentees), np.diff(pairs.starts))[~reached[pairs.partner]]] = True
    return int(outside.sum()) + int(run.pool.capacity[reached].sum())


def _most_of_the_best(run: _National, bids: Bids) -> tuple[SparsePairs, NDArray[np.bool_]]:
    """Match the most people among all plans of the highest total; return the pairs and the mentors that prove it.

    Such plans are made of pairs as good for their mentee as any at the prices found, and hold everybody whose profit
    is above 0. So alternating paths among these pairs lead from one to another, and a cut proves the last.
    """
    while True:
        run.tell("looking for more people at the same total")
        net = run.net
        equal = chosen(net, as_good(net, bids.price, bids.profit))
        nobody = np.zeros(net.mentees, dtype=np.int64)
        places, _, reached = most_people(equal.pairs, LOWEST, nobody, 1, _places_in(equal.pairs, run.column))
        run.keep(equal.places(places))
        leads = ~reached[0][equal.pairs.partner]
        stuck = np.ones(net.mentees, dtype=np.bool_)
        stuck[np.repeat(np.arange(net.mentees), np.diff(equal.pairs.starts))[leads]] = False
        rows = np.flatnonzero(stuck & (run.pool.limits(bids.price) >= bids.profit))
        if not len(rows):
            return equal.pairs, np.asarray(reached[0])
        run.tell(f"looking for other mentors for {len(rows)} mentees")
        found = run.pool.list_outside(rows, np.asarray(reached[0]), bids.price)
        best = np.full(len(rows), NEVER, dtype=np.int64)
        some = np.flatnonzero(np.diff(found.starts))
        if len(some):
            profit = found.fit - bids.price[found.partner]
            profit[reached[0][found.partner] | (run.pool.capacity[found.partner] < 1)] = NEVER
            best[some] = np.maximum.reduceat(profit, found.starts[some])
        run.renew()
        if not (best >= bids.profit[rows]).any():
            return equal.pairs, np.asarray(reached[0])


def _places_in(net: SparsePairs, column: Longs) -> Longs:
    """Return where the pairs of a plan stand among some pairs, −1 for none."""
    places = np.full(len(column), -1, dtype=np.int64)
    row = np.repeat(np.arange(len(column)), np.diff(net.starts))
    held = np.flatnonzero(net.partner == column[row])
    places[row[held]] = held
    return places


def _everyone(run: _National) -> None:
    """Find and prove the most people, then the highest lowest fit, then the highest total."""
    price = _most(run)
    people = run.matched
    run.prove("matched", people, _cut(run, run.net, price), price.astype(np.int64))
    floor = LOWEST
    if people:
        floor, price = _raise_lowest(run)
        # If as many cannot be matched with better pairs only, nobody's lowest fit is higher.
        fewer = _cut(run, above(run.net, floor + 1).pairs, price) < people
        bound = floor if fewer else int(run.net.fit.max(initial=0))
        run.prove("lowest fit", floor, bound, price.astype(np.int64), (1,))
    span = int(run.net.fit.max(initial=0)) - min(0, int(run.net.fit.min(initial=0)))
    bonus, enough = 2 * span + 1, span * (min(run.net.mentees, run.net.mentors) + 3)
    while True:
        bids = _highest(run, floor, np.full(run.net.mentees, -bonus, dtype=np.int64), people)
        if run.matched == people:
            break
        if bonus > enough:
            raise AssertionError("somebody was lost on the way to the highest total")
        bonus *= 4
    most = _dual(run, bids) + bonus * (run.net.mentees - people)
    run.prove("total", run.total, most, bids.price, (bonus,))


def _stable(run: _National) -> None:
    """Let the mentees ask; whoever has asked everybody on the list is listed more, until nobody needs more."""
    places = np.full(run.net.mentees, -1, dtype=np.int64)
    while True:
        run.tell("letting people choose")
        row = np.repeat(np.arange(run.net.mentees), np.diff(run.net.starts))
        order = run.net.fit.astype(np.int64) * run.net.mentees - row
        places = deferred(run.net, run.net.fit, order, places)
        run.keep(places)
        # Whoever holds a pair holds one at least as good as any that is not known: the list begins with the best.
        short = np.flatnonzero((places < 0) & (run.pool.plain_limit > NEVER))
        if not len(short):
            break
        run.tell(f"listing more mentors for {len(short)} mentees")
        run.pool.list_next(short)
        run.renew()
        places = run.hint()
    run.prove("blocking pairs", 0, 0, np.zeros(run.net.mentors, dtype=np.int64))


AIMS = {"total": _total, "everyone": _everyone, "stable": _stable}


def _highest(run: _National, floor: int, outside: Longs, people: int | None) -> Bids:
    """Find the highest total over all pairs from a fit on, plus what staying out is worth; keep the plan.

    Where `people` is given and fewer are matched, the search ends early: staying out is worth too much.
    """
    price: Longs | None = None
    near: int | None = None
    while True:
        useful = above(run.net, floor)
        bids = auction(useful.pairs, outside=outside, prices=price, near=near)
        run.keep(useful.places(bids.taken))
        if people is not None and run.matched < people:
            return bids
        limits = run.pool.limits(bids.price)
        unsure = np.flatnonzero((limits > bids.profit) & (run.pool.plain_limit >= floor))
        gap = int((limits - bids.profit)[unsure].sum())
        run.tell(f"{len(unsure)} mentees not yet proved, at most {gap} points to gain")
        if not len(unsure):
            return bids
        price = bids.price
        # The network of this round goes before the next one is made: at national size two do not fit into 1 GiB.
        del useful
        run.forget()
        run.pool.list_at(unsure, price)
        run.renew()
        # How far off the prices may be: by how many points some known pair beats its mentee's profit.
        near = max(1, most_beaten(run.net, floor, bids.price, bids.profit))


def _most(run: _National) -> NDArray[np.bool_]:
    """Match the most people over all pairs; return the mentors that prove it."""
    nobody = np.zeros(run.net.mentees, dtype=np.int64)
    while True:
        run.tell("looking for who can be matched")
        places, _, reached = most_people(run.net, LOWEST, nobody, 1, run.hint())
        run.keep(places)
        if not _found_outside(run, reached[0], LOWEST):
            return np.asarray(reached[0])


def _raise_lowest(run: _National) -> tuple[int, NDArray[np.bool_]]:
    """Raise the lowest fit over all pairs without losing anybody; return it and the mentors that prove it."""
    nobody, people = np.zeros(run.net.mentees, dtype=np.int64), run.matched
    low = int(run.fit[run.column >= 0].min())
    while True:
        run.tell("looking for the highest lowest fit")
        levels = np.unique(run.net.fit[run.net.fit > low]).astype(np.int64)
        first, last = 0, len(levels)
        hint = run.hint()
        while first < last:
            middle = (first + last) // 2
            places, counts, _ = most_people(run.net, int(levels[middle]), nobody, 1, hint)
            if counts[0] == people:
                run.keep(places)
                hint, first = places, middle + 1
            else:
                last = middle
        low = int(run.fit[run.column >= 0].min())
        reached = most_people(run.net, low + 1, nobody, 1, hint)[2][0]
        if not _found_outside(run, reached, low + 1):
            return low, reached


def _found_outside(run: _National, reached: NDArray[np.bool_], floor: int) -> bool:
    """Look for unknown pairs that lead from those who cannot be matched to a mentor outside; True if there were any.

    Mentees of whom every known pair of this fit leads to a mentor reached count as unmatched in the proof; so none of
    their unknown pairs may lead elsewhere.
    """
    net, pool = run.net, run.pool
    leads = (net.fit >= floor) & ~reached[net.partner]
    stuck = np.ones(net.mentees, dtype=np.bool_)
    stuck[np.repeat(np.arange(net.mentees), np.diff(net.starts))[leads]] = False
    rows = np.flatnonzero(stuck & (pool.plain_limit >= floor))
    if not len(rows):
        return False
    run.tell(f"looking for other mentors for {len(rows)} mentees")
    before = len(pool.partner)
    pool.list_outside(rows, reached)
    if len(pool.partner) == before:
        return False
    run.renew()
    net = run.net
    row = np.repeat(np.arange(net.mentees), np.diff(net.starts))
    leads = (net.fit >= floor) & ~reached[net.partner] & stuck[row]
    return bool(leads.any())
