"""One call of the auction: its pairs in the order of the lottery, its plan so far, and the person who watches."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.measures.certificate import LooseBounds, StoppedError, sorted_pairs, stopped_answer, value
from chiron.pairing.model.answer import Aim, Answer, Certificate, Step
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, LocksError, Longs, Problem
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.solvers.auction import Bids
from chiron.pairing.scale.solvers.sparse import SparsePairs, reordered, sparse

Observer = Callable[[str, Answer | None], bool]
METHOD = "auction"


def refuse(problem: Problem) -> None:
    """Refuse what an auction of places cannot hold.

    Raises:
        ScaleError: the problem has caps, least numbers, or a mentee who wants several mentors.
    """
    if problem.caps:
        raise ScaleError("The method auction knows no caps over several mentors. Use the method flow.")
    if problem.has_least:
        raise ScaleError("The method auction knows no least number of mentees. Use the method flow.")
    if problem.wanted.max(initial=1) > 1:
        raise ScaleError("The method auction gives a mentee one mentor at most. Use the method flow.")


class AuctionRun:
    """What the steps of an aim share: the pairs that are free, the plan so far, the proved steps.

    Inside, people are numbered by the lottery, so that the order of the input decides nothing.
    """

    def __init__(self, problem: Problem, aim: Aim, seed: int, observer: Observer | None) -> None:
        """Take the locked pairs out and number the people by the lottery.

        Raises:
            LocksError: the locked pairs exceed a capacity or what a mentee may have.
            ScaleError: see `refuse`.
        """
        refuse(problem)
        self.problem, self.aim, self.seed, self.observer = problem, aim, seed, observer
        self.mentee_rank = lottery(problem.mentees, seed, "mentee")
        self.mentor_rank = lottery(problem.mentors, seed, "mentor")
        mentees, mentors = len(problem.mentees), len(problem.mentors)
        wanted = problem.wanted - np.bincount(problem.locked[:, 0], minlength=mentees)
        capacity = problem.capacity - np.bincount(problem.locked[:, 1], minlength=mentors)
        if min(wanted.min(initial=0), capacity.min(initial=0)) < 0:
            raise LocksError("locked: the locked pairs exceed a capacity or what a mentee may have")
        keep = np.repeat(wanted > 0, np.diff(problem.starts)) & (capacity > 0)[problem.partner]
        keep[problem.positions(problem.locked)] = False
        starts, partner, fit, self.origin = reordered(
            problem.starts, problem.partner, problem.fit, keep, self.mentee_rank, self.mentor_rank
        )
        self.capacity = np.empty(mentors, dtype=np.int64)
        self.capacity[self.mentor_rank] = capacity
        self.net: SparsePairs = sparse(starts, partner, fit, self.capacity)
        tiers, tier = np.unique(problem.tier, return_inverse=True)
        self.tiers: list[int] = tiers.tolist()
        self.tier = np.empty(mentees, dtype=np.int64)
        self.tier[self.mentee_rank] = tier
        self.plan: Longs = np.full(mentees, -1, dtype=np.int64)
        self.pairs: Ints = sorted_pairs(problem.locked)
        self.steps: list[Step] = []
        self.loose: LooseBounds = {}

    def keep(self, plan: Longs) -> None:
        """Make this the plan so far: the place of each mentee's pair, −1 for none."""
        self.plan = plan
        places = self.origin[plan[plan >= 0]]
        row = np.searchsorted(self.problem.starts, places, side="right") - 1
        free = np.stack([row, self.problem.partner[places]], axis=1).astype(np.int32)
        self.pairs = sorted_pairs(np.concatenate([free, self.problem.locked]))

    def enter(self, phase: str) -> None:
        """Begin a phase and tell the observer.

        Raises:
            StoppedError: the observer said stop.
        """
        if self.observer is None:
            return
        known = self.stopped() if len(self.pairs) else None
        if not self.observer(phase, known):
            raise StoppedError

    def certificate(self, price: Longs, top: int, weights: tuple[int, ...] = (), *, face: bool = False) -> Certificate:
        """Return prices by lottery as a certificate; who can take nobody costs `top`, more than any pair is worth."""
        barred = np.where(self.capacity > 0, price, top)
        return Certificate(
            prices=barred[self.mentor_rank], cap_prices=np.zeros(0, dtype=np.int64), weights=weights, face=face
        )

    def prove(self, name: str, level: int | None, certificate: Certificate) -> None:
        """Add a step whose value is its bound."""
        reached = value(self.problem, self.pairs, name, level)
        self.steps.append(Step(name=name, value=reached, bound=reached, certificate=certificate, level=level))

    def answer(self) -> Answer:
        """Return the proved answer."""
        return Answer(pairs=self.pairs, steps=tuple(self.steps), aim=self.aim, method=METHOD, seed=self.seed)

    def stopped(self) -> Answer:
        """Return the plan so far with what is proved of it."""
        return stopped_answer(
            self.problem, self.pairs, steps=self.steps, aim=self.aim, method=METHOD, seed=self.seed, known=self.loose
        )


def reaching(pairs: SparsePairs, bids: Bids) -> NDArray[np.bool_]:
    """Return which pairs a best plan may contain: those as good for their mentee as any, bool (p,)."""
    gain = pairs.fit - bids.price[pairs.partner]
    return np.asarray(gain >= np.repeat(bids.profit, np.diff(pairs.starts)))
