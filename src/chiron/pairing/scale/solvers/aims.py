"""The aims for tens of thousands: chains of steps, each solved by auction or alternating paths and proved by prices."""

import numpy as np

from chiron.pairing.measures.certificate import StoppedError, no_certificate, plainly_most_people
from chiron.pairing.model.answer import Aim, Answer, Certificate
from chiron.pairing.model.problem import Longs, Problem, ProblemError
from chiron.pairing.scale import ScaleError
from chiron.pairing.scale.solvers.auction import auction
from chiron.pairing.scale.solvers.deferred import deferred
from chiron.pairing.scale.solvers.leximin import worst_off
from chiron.pairing.scale.solvers.matching import most_people
from chiron.pairing.scale.solvers.run import AuctionRun, Observer
from chiron.pairing.scale.solvers.sparse import SparsePairs, above

LOWEST = -(1 << 40)
"""Below every fit."""


def solve(problem: Problem, *, aim: Aim, seed: int, observer: Observer | None, start: Answer | None) -> Answer:  # noqa: ARG001 -- every solver takes a start
    """Return the best plan under the aim, each step with its proof.

    Raises:
        LocksError: no plan can hold every locked pair.
        ProblemError: the numbers are too large for exact arithmetic.
        ScaleError: the problem has caps, least numbers, several mentors for one mentee, or another aim.
    """
    if aim not in AIMS:
        raise ScaleError(f"The method auction does not know the aim {aim}. Use another method.")
    run = AuctionRun(problem, aim, seed, observer)
    try:
        AIMS[aim](run)
    except StoppedError:
        return run.stopped()
    return run.answer()


def total(run: AuctionRun) -> None:
    """Find the highest total, then the most people among the plans that reach it.

    Leaving a mentee out counts 0, unless everybody is needed; then the most people come first.
    """
    if run.problem.needs_everyone:
        match_most(run)
        highest_total(run, LOWEST)
        return
    run.enter("looking for the highest total")
    useful = above(run.net, 1)
    bids = auction(useful.pairs)
    run.keep(useful.places(bids.taken))
    run.prove("total", None, run.certificate(bids.price, int(run.problem.fit.max(initial=0))))
    match_most_at_total(run, bids.price)


def match_most_at_total(run: AuctionRun, price: Longs) -> None:
    """Match the most people, an earlier tier first, among the plans of the total reached at these prices.

    A change that gains no point brings one person in and leaves one out at most, so one point must count for more
    than the first tier alone.
    """
    run.enter("looking for who can be matched at this total")
    tiers = len(run.tiers)
    if plain := plainly_most_people(run.problem, run.pairs):
        run.steps.extend(plain)
        return
    run.keep(_people_after_points(run, price, tiers + 1, tiers - run.tier)[0])
    top = 2 * int(run.problem.fit.max(initial=0)) + 1
    for last, tier in enumerate(run.tiers):
        _, proof = _people_after_points(run, price, 2, (run.tier <= last).astype(np.int64))
        run.prove("matched", tier, run.certificate(proof, top, (2, *(1,) * last)))


def _people_after_points(run: AuctionRun, price: Longs, per_point: int, people: Longs) -> tuple[Longs, Longs]:
    """Return the best plan, and the prices that prove it, where a point counts so much and each mentee in addition.

    Raises:
        ProblemError: the numbers are too large for exact arithmetic.
    """
    # A pair below 0 costs more than a person counts.
    useful = above(run.net, 0)
    if per_point * int(useful.pairs.fit.max(initial=0)) > np.iinfo(np.int32).max:
        raise ProblemError("fit: the numbers are too large for exact arithmetic")
    factor = np.int32(per_point)
    pairs = useful.pairs._replace(fit=useful.pairs.fit * factor, column_fit=useful.pairs.column_fit * factor)
    bids = auction(pairs, outside=-people, prices=price * per_point, near=per_point + 1)
    return useful.places(bids.taken), bids.price


def everyone(run: AuctionRun) -> None:
    """Find the most people tier by tier, then the highest lowest fit, then the highest total."""
    match_most(run)
    highest_total(run, raise_lowest(run) if (run.plan >= 0).any() else LOWEST)


def worst(run: AuctionRun) -> None:
    """Find the most people tier by tier, then the best for the worst-off, person by person."""
    match_most(run)
    worst_off(run)


def stable(run: AuctionRun) -> None:
    """Let the mentees ask, the earlier tiers first in every mentor's eyes, then the better fits."""
    run.enter("letting people choose")
    problem, net = run.problem, run.net
    by_mentee = problem.fit if problem.mentee_fit is None else problem.mentee_fit
    by_mentor = problem.fit if problem.mentor_fit is None else problem.mentor_fit
    wish, order = by_mentee[run.origin], by_mentor[run.origin].astype(np.int64)
    row = np.repeat(np.arange(net.mentees), np.diff(net.starts))
    if len(order):
        order -= run.tier[row] * (int(by_mentor.max()) - int(by_mentor.min()) + 1)
    run.keep(deferred(net, wish, order * net.mentees - row, np.full(net.mentees, -1, dtype=np.int64)))
    run.prove("blocking pairs", None, no_certificate(problem))


AIMS = {"total": total, "everyone": everyone, "worst-off": worst, "stable": stable}


def match_most(run: AuctionRun) -> None:
    """Match the most people, an earlier tier before any later one, and prove each tier."""
    run.enter("looking for who can be matched")
    plan, _, reached = most_people(run.net, LOWEST, run.tier, len(run.tiers), run.plan)
    run.keep(plan)
    for last, tier in enumerate(run.tiers):
        run.prove("matched", tier, run.certificate(reached[last].astype(np.int64), 1, (1,) * last))


def raise_lowest(run: AuctionRun) -> int:
    """Find and prove the highest lowest fit among the free pairs at the counts reached; return it."""
    net, tiers = run.net, len(run.tiers)
    wanted = _counts(run, run.plan)
    levels = np.unique(net.fit).astype(np.int64)
    low = int(np.searchsorted(levels, net.fit[run.plan[run.plan >= 0]].min()))
    high = probe = int(np.searchsorted(levels, _ceiling(net, int(wanted.sum()))))
    refuted: tuple[int, Longs, np.ndarray] | None = None
    while low < high:
        run.enter("looking for the highest lowest fit")
        plan, counts, reached = most_people(net, int(levels[probe]), run.tier, tiers, run.plan)
        if (counts == wanted).all():
            run.keep(plan)
            low = int(np.searchsorted(levels, net.fit[plan[plan >= 0]].min()))
        else:
            high, refuted = probe - 1, (probe, counts, reached)
        probe = (low + high + 1) // 2
    run.prove("lowest fit", None, _refutation(run, wanted, levels, low + 1, refuted))
    return int(levels[low])


def _refutation(
    run: AuctionRun, wanted: Longs, levels: Longs, above: int, known: tuple[int, Longs, np.ndarray] | None
) -> Certificate:
    """Return the certificate that the counts cannot all be reached with pairs from a level on."""
    if above >= len(levels):
        return run.certificate(np.zeros(run.net.mentors, dtype=np.int64), len(wanted), (1,) * len(wanted))
    if known is None or known[0] != above:
        known = (above, *most_people(run.net, int(levels[above]), run.tier, len(run.tiers), run.plan)[1:])
    short = int(np.flatnonzero(known[1] < wanted)[0])
    return run.certificate(known[2][short].astype(np.int64), 1, (1,) * (short + 1))


def _counts(run: AuctionRun, plan: Longs) -> Longs:
    """Return how many free pairs of a plan each tier has: int64 (tiers,)."""
    return np.bincount(run.tier[plan >= 0], minlength=len(run.tiers))


def _ceiling(net: SparsePairs, people: int) -> int:
    """Return a level that the lowest fit of so many people cannot exceed, from each mentee's best pair alone."""
    some = np.flatnonzero(np.diff(net.starts))
    top = np.sort(np.maximum.reduceat(net.fit, net.starts[some]))
    return int(top[len(top) - people])


def highest_total(run: AuctionRun, floor: int) -> None:
    """Find and prove the highest total that keeps the counts of the tiers, without pairs below a fit.

    A person counts for more than any chain of changes can gain. A chain passes each mentor at most once, so some
    bonus is surely enough; a far smaller one usually is, and keeps the prices low and the auction quick.
    """
    run.enter("looking for the highest total")
    net, wanted = run.net, _counts(run, run.plan)
    useful = above(net, floor)
    low, high = int(net.fit.min(initial=0)), int(net.fit.max(initial=0))
    enough = (high - low) * (min(net.mentees, net.mentors) + 3)
    bonus = 2 * (high - low) + 1
    tiers = len(run.tiers)
    while True:
        bids = auction(useful.pairs, outside=-bonus * (tiers - run.tier))
        plan = useful.places(bids.taken)
        if (_counts(run, plan) == wanted).all():
            break
        if bonus > enough:
            raise AssertionError("the counts of the tiers were lost")
        bonus *= 4
    run.keep(plan)
    weights = tuple(bonus * at for at in range(tiers, 0, -1))
    top = int(run.problem.fit.max(initial=0)) + bonus * tiers
    run.prove("total", None, run.certificate(bids.price, top, weights))
