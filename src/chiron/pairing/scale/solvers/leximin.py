"""The worst-off person first, then the next: leximin by levels of fit, each level by one auction.

After each level only the optimal face is kept: pairs that a best plan may contain, mentees and places that every best
plan fills (complementary slackness; Schrijver 2003, section 5.5). Those mentees then have no way to stay out, and those
mentors no lowest price, so each level is an auction about one person more or less, however many levels came before.
"""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs
from chiron.pairing.scale.solvers.auction import NEVER, auction
from chiron.pairing.scale.solvers.run import AuctionRun
from chiron.pairing.scale.solvers.sparse import chosen

SURE = 1 << 40
"""More than any level."""


class OptimalFace:
    """What all plans share that keep the values so far.

    Attributes:
        open: bool (p,), the pairs that such a plan may contain.
        served: bool (n,), the mentees who are matched in all of them.
        full: bool (m,), the mentors who are full in all of them.
    """

    def __init__(self, run: AuctionRun) -> None:
        """Begin with nothing proved."""
        self.net = run.net
        self.open = np.ones(len(run.net.partner), dtype=np.bool_)
        self.served = np.zeros(run.net.mentees, dtype=np.bool_)
        self.full = np.zeros(run.net.mentors, dtype=np.bool_)

    def keep(self, counts: NDArray[np.int64], price: Longs) -> None:
        """Close what no plan contains that is best for this worth (p,) at these prices (m,) among the open pairs."""
        net = self.net
        gain = np.where(self.open, counts - price[net.partner], NEVER)
        top = np.full(net.mentees, NEVER, dtype=np.int64)
        some = np.flatnonzero(np.diff(net.starts))
        if len(some):
            top[some] = np.maximum.reduceat(gain, net.starts[some])
        least = np.where(self.served, top, np.maximum(top, 0))
        self.open &= gain >= np.repeat(least, np.diff(net.starts))
        self.served |= least > 0
        self.full |= price != 0


def worst_off(run: AuctionRun) -> None:
    """Raise the fits of the free pairs, the lowest first, and prove each level; the total then follows."""
    net, face = run.net, OptimalFace(run)
    for last in range(len(run.tiers)):
        price = run.steps[last].certificate.prices[np.argsort(run.mentor_rank)]
        counts = np.repeat((run.tier <= last).astype(np.int64), np.diff(net.starts))
        face.keep(counts, np.where(run.capacity > 0, price, 0))
    reached = level = -SURE
    while len(left := _fits_above(run, level)):
        run.enter("looking for the best for the worst-off")
        level = int(left.min())
        # A plan with a pair between two levels that occur is worse already.
        face.open &= (net.fit <= reached) | (net.fit >= level)
        counts = (net.fit > level).astype(np.int64)
        price = _fewest_at(run, face, level)
        if (run.net.fit[run.plan[run.plan >= 0]] == level).any():
            run.prove("people above", level, run.certificate(price, 1 + int(np.abs(price).sum()), face=True))
            face.keep(counts, price)
            reached = level
    run.prove("total", None, run.certificate(np.zeros(net.mentors, dtype=np.int64), 0))


def _fits_above(run: AuctionRun, level: int) -> NDArray[np.int32]:
    """Return the fits of the free pairs of the plan above a level."""
    fits = run.net.fit[run.plan[run.plan >= 0]]
    return fits[fits > level]


def _fewest_at(run: AuctionRun, face: OptimalFace, level: int) -> Longs:
    """Find the plan on the face with the fewest pairs at or below a level; keep it and return its prices."""
    part = chosen(run.net, face.open)
    is_above = (part.pairs.fit > level).astype(np.int32)
    pairs = part.pairs._replace(fit=is_above, column_fit=is_above[part.pairs.place])
    outside = np.where(face.served, NEVER, 0)
    least = np.where(face.full & (run.capacity > 0), NEVER, 0)
    bids = auction(pairs, outside=outside, least=least)
    run.keep(part.places(bids.taken))
    return bids.price
