"""Plans proved best over all pairs of a scan, though only some forty pairs of each mentee are ever looked at.

Each mentee's list comes with a limit on all pairs that are not on it. A plan over the lists is best over all pairs if
no such pair could beat the mentee's profit at the prices found; the mentees of whom that is not yet sure are scanned
again at those prices, their lists grow, and the plan is found anew: column generation, with a proof at its end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Certificate, Step
from chiron.pairing.model.problem import Ints, Longs, ProblemError
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.national.pool import FAR, NEVER, CandidatePairs, Lister
from chiron.pairing.scale.solvers.auction import Bids, auction
from chiron.pairing.scale.solvers.deferred import deferred
from chiron.pairing.scale.solvers.matching import most_people
from chiron.pairing.scale.solvers.sparse import SparsePairs, above, sparse

Told = Callable[[str], None]
METHOD = "auction over all pairs"
LOWEST = -(1 << 40)
"""Below every fit."""


@dataclass(frozen=True, slots=True, eq=False)
class NationalAnswer:
    """A plan over two pools whose pairs are too many to write down.

    Attributes:
        pairs: int32 (k, 2): mentee, mentor; sorted.
        fits: int32 (k,), their fit.
        steps: in the order of the aim, each bound over all pairs.
        aim: "total", "everyone" or "stable".
        method: its name.
        known: how many pairs were looked at in the end.
        starts, partner, fit: these pairs as compressed rows; for explanations, no judge believes them.
        rounds: how often a plan was found.
        scanned: how many rows were scanned, counted over all scans.
    """

    pairs: Ints
    fits: Ints
    steps: tuple[Step, ...]
    aim: str
    method: str
    known: int
    rounds: int
    scanned: int
    starts: Longs = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    partner: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    fit: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int32))

    @property
    def proved_best(self) -> bool:
        """True if every step is proved over all pairs."""
        return all(step.proved_best for step in self.steps)


def national_plan(
    scan: Lister,
    *,
    capacity: NDArray[np.integer],
    aim: str = "total",
    keep: int = 40,
    tell: Told | None = None,
) -> NationalAnswer:
    """Return the best plan over all pairs of a scan, each step proved over all pairs.

    Args:
        scan: lists each mentee's best pairs at any prices.
        capacity: int (m,), how many mentees each mentor takes.
        aim: "total" (the highest total, then the most people; nobody is matched at a loss), "everyone" (most people,
            then the highest lowest fit, then the highest total) or "stable" (nobody would rather have each other; of
            such plans the best for the mentees).
        keep: how many pairs of a mentee are listed at first; decides the time, never the result's worth.
        tell: told what happens, in words.

    Raises:
        ScaleError: the aim is not one of these, or the capacities do not fit the mentors.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    if aim not in AIMS:
        raise ScaleError(f"A plan over all pairs cannot have the aim {aim}. Choose another aim.")
    if np.shape(capacity) != (scan.mentors,) or (np.asarray(capacity) < 0).any():
        raise ScaleError(f"There must be a capacity for each of the {scan.mentors} mentors, and none below zero.")
    tell = tell or _nobody
    tell(f"scanning {scan.mentees} mentees and {scan.mentors} mentors")
    run = _National(CandidatePairs(scan, capacity, keep), tell)
    AIMS[aim](run)
    return run.answer(aim)


def _nobody(_: str) -> None:
    """Tell nobody."""


class _National:
    """What the steps share: the known pairs, the plan so far, the steps proved over all pairs."""

    def __init__(self, pool: CandidatePairs, tell: Told) -> None:
        self.pool, self.tell = pool, tell
        self.net: SparsePairs = pool.sparse()
        self.column: Longs = np.full(pool.scan.mentees, -1, dtype=np.int64)
        self.fit: Longs = np.zeros(pool.scan.mentees, dtype=np.int64)
        self.steps: list[Step] = []
        self.rounds = 0

    @property
    def matched(self) -> int:
        """Return how many mentees the plan matches."""
        return int((self.column >= 0).sum())

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
        places = np.full(len(self.column), -1, dtype=np.int64)
        row = np.repeat(np.arange(len(self.column)), np.diff(self.net.starts))
        held = np.flatnonzero(self.net.partner == self.column[row])
        places[row[held]] = held
        return places

    def prove(self, name: str, value: int, price: Longs, weights: tuple[int, ...] = ()) -> None:
        """Add a step of which every unknown pair was ruled out."""
        nothing = np.zeros(0, dtype=np.int64)
        closed = np.where(self.pool.capacity > 0, price, FAR)
        certificate = Certificate(prices=closed, cap_prices=nothing, weights=weights)
        level = 0 if name == "matched" else None
        self.steps.append(Step(name=name, value=value, bound=value, certificate=certificate, level=level))

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
    """Find and prove the highest total, then the most people among the plans that reach it."""
    bids = _highest(run, 1, np.zeros(run.net.mentees, dtype=np.int64), None)
    run.prove("total", int(run.fit[run.column >= 0].sum()), bids.price)
    _most_at_total(run, bids.price)


def _most_at_total(run: _National, price: Longs) -> None:
    """Match the most people among the plans of the total reached at these prices, and prove it.

    A change that gains no point brings one person in and leaves one out at most, so that a point counts 2 and a
    person 1.
    """
    net, has_places = run.net, run.pool.capacity > 0
    able = np.unique(np.repeat(np.arange(net.mentees), np.diff(net.starts))[has_places[net.partner]])
    if run.matched == len(able):
        run.prove("matched", run.matched, np.zeros(net.mentors, dtype=np.int64))
    elif run.matched == int(run.pool.capacity.sum()):
        run.prove("matched", run.matched, np.ones(net.mentors, dtype=np.int64))
    else:
        outside = np.full(net.mentees, -1, dtype=np.int64)
        bids = _highest(run, 0, outside, None, per_point=2, price=2 * price)
        run.prove("matched", run.matched, bids.price, (2,))


def _everyone(run: _National) -> None:
    """Find and prove the most people, then the highest lowest fit, then the highest total."""
    price = _most(run)
    people = run.matched
    run.prove("matched", people, price.astype(np.int64))
    floor = LOWEST
    if people:
        floor, price = _raise_lowest(run)
        run.prove("lowest fit", floor, price.astype(np.int64), (1,))
    span = int(run.net.fit.max(initial=0)) - min(0, int(run.net.fit.min(initial=0)))
    bonus, enough = 2 * span + 1, span * (min(run.net.mentees, run.net.mentors) + 3)
    while True:
        bids = _highest(run, floor, np.full(run.net.mentees, -bonus, dtype=np.int64), people)
        if run.matched == people:
            break
        if bonus > enough:
            raise AssertionError("somebody was lost on the way to the highest total")
        bonus *= 4
    run.prove("total", int(run.fit[run.column >= 0].sum()), bids.price, (bonus,))


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
    run.prove("blocking pairs", 0, np.zeros(run.net.mentors, dtype=np.int64))


AIMS = {"total": _total, "everyone": _everyone, "stable": _stable}


def _highest(
    run: _National,
    floor: int,
    outside: Longs,
    people: int | None,
    *,
    per_point: int = 1,
    price: Longs | None = None,
) -> Bids:
    """Find the highest total over all pairs from a fit on, plus what staying out is worth; keep the plan.

    Args:
        run: the known pairs and the plan.
        floor: the lowest fit of a pair.
        outside: int64 (n,), what staying out is worth.
        people: where it is given and fewer are matched, the search ends early: staying out is worth too much.
        per_point: what a point of fit counts, in the units of `outside` and of the prices.
        price: a guess at the prices, off by little.

    Raises:
        ProblemError: the numbers are too large for exact arithmetic.
    """
    near: int | None = None if price is None else per_point + 1
    while True:
        useful = above(run.net, floor)
        bids = auction(_scaled(useful.pairs, per_point), outside=outside, prices=price, near=near)
        run.keep(useful.places(bids.taken))
        if people is not None and run.matched < people:
            return bids
        limits = run.pool.limits(bids.price, per_point)
        unsure = np.flatnonzero((limits > bids.profit) & (run.pool.plain_limit >= floor))
        gap = int((limits - bids.profit)[unsure].sum())
        run.tell(f"{len(unsure)} mentees not yet proved, at most {gap} points to gain")
        if not len(unsure):
            return bids
        price = bids.price
        # The network of this round goes before the next one is made: at national size two do not fit into 1 GiB.
        del useful
        run.forget()
        run.pool.list_at(unsure, price // per_point)
        run.renew()
        near = _beaten_by(run, floor, bids, per_point)


def _scaled(pairs: SparsePairs, per_point: int) -> SparsePairs:
    """Return the pairs with a fit in the units of the prices.

    Raises:
        ProblemError: that is too large for 32 bits.
    """
    if per_point == 1:
        return pairs
    if per_point * int(pairs.fit.max(initial=0)) > np.iinfo(np.int32).max:
        raise ProblemError("fit: the numbers are too large for exact arithmetic")
    factor = np.int32(per_point)
    return pairs._replace(fit=pairs.fit * factor, column_fit=pairs.column_fit * factor)


def _beaten_by(run: _National, floor: int, bids: Bids, per_point: int) -> int:
    """Return by how much some known pair beats its mentee's profit: how far off the prices may be."""
    net = run.net
    gain = np.where(net.fit >= floor, per_point * net.fit.astype(np.int64) - bids.price[net.partner], NEVER)
    gain -= np.repeat(bids.profit, np.diff(net.starts))
    return max(1, int(gain.max(initial=0)))


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
