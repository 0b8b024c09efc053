"""The aims as chains of steps, each solved and proved before the next."""

from dataclasses import replace

import numpy as np

from chiron.pairing.measures.certificate import StoppedError, plainly_most_people
from chiron.pairing.model.answer import Aim, Answer, Certificate
from chiron.pairing.model.counts import counting_steps
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.solvers.flow.best import Proof
from chiron.pairing.solvers.flow.leximin import worst_off
from chiron.pairing.solvers.flow.objective import (
    PairObjective,
    counting,
    distinct,
    falling,
    highest,
    plain,
    up_to,
    with_levels,
)
from chiron.pairing.solvers.flow.parity import even_out, refuse
from chiron.pairing.solvers.flow.profile import least_rank, most_first_choices
from chiron.pairing.solvers.flow.run import FlowRun, Observer


def solve(problem: Problem, *, aim: Aim, seed: int, observer: Observer | None, start: Answer | None) -> Answer:
    """Return the best plan under the aim, each step with its proof.

    Raises:
        LocksError: no plan can hold every locked pair.
        QuotaError: no plan gives every mentor and cap the least number of pairs.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    run = FlowRun(problem, aim, seed, observer, start)
    run.fill()
    try:
        AIMS[aim](run)
    except StoppedError:
        return run.stopped()
    return run.answer()


def total(run: FlowRun) -> None:
    """Find the highest total, then the most people among the plans that reach it.

    Leaving a mentee out counts 0, unless everybody is needed; then the most people come first.
    """
    if run.problem.needs_everyone:
        match_most(run)
        run.enter("looking for the highest total")
        run.prove("total", None, highest_total(run, None))
        return
    run.enter("looking for the highest total")
    proof = run.best(plain(run.net), None)
    run.keep(proof.plan)
    run.prove("total", None, run.certificate(proof.price))
    match_most_at_total(run)


def match_most_at_total(run: FlowRun) -> None:
    """Match the most people, step by step, among the plans of the total reached.

    A change that gains no more is a cycle of the flow. It takes a mentor from one mentee and gives one to another at
    most, so one point must count for more than the first step alone.
    """
    run.enter("looking for who can be matched at this total")
    if plain := plainly_most_people(run.problem, run.pairs):
        run.steps.extend(plain)
        return
    net = run.net
    weights = falling(net)
    run.keep(run.best(_people_after_points(run, weights, net.steps + 1), run.plan).plan)
    for last, (name, tier) in enumerate(counting_steps(run.problem)):
        proof = run.best(_people_after_points(run, up_to(net, last), 2), run.plan)
        run.prove(name, tier, run.certificate(proof.price, (2, *(1,) * last)))


def _people_after_points(run: FlowRun, weights: Longs, per_point: int) -> PairObjective:
    """Return the objective in which a point counts so much, and each counting step its weight."""
    return with_levels(replace(plain(run.net), per_point=per_point), run.net, run.net.by_level(weights))


def everyone(run: FlowRun) -> None:
    """Find the most people tier by tier, then the highest lowest fit, then the highest total."""
    match_most(run)
    floor = None
    if len(run.plan):
        floor = raise_lowest(run)
    run.enter("looking for the highest total")
    run.prove("total", None, highest_total(run, floor))


def worst(run: FlowRun) -> None:
    """Find the most people tier by tier, then the best for the worst-off, person by person."""
    worst_off(run, match_most(run))


def profile(run: FlowRun) -> None:
    """Find the most people tier by tier, then the most first choices, then the most second choices, and so on."""
    most_first_choices(run, match_most(run))


def rank(run: FlowRun) -> None:
    """Find the most people tier by tier, then the smallest sum of choices."""
    least_rank(run, match_most(run))


def parity(run: FlowRun) -> None:
    """Find the most people, the highest lowest fit, then the highest total with the groups near each other."""
    refuse(run)
    match_most(run)
    floor = raise_lowest(run) if len(run.plan) else None
    even_out(run, floor, run.net.counts(run.plan))


AIMS = {"total": total, "everyone": everyone, "worst-off": worst, "profile": profile, "rank": rank, "parity": parity}


def match_most(run: FlowRun) -> list[Proof]:
    """Match the most people, first mentors before second ones, in each an earlier tier first; return each proof.

    What can be counted together forms a polymatroid, so a plan that is best for falling weights is best step by step
    (Edmonds 1970), and each step is proved with weight 1 for itself and for the steps before it.
    """
    run.enter("looking for who can be matched")
    proof = run.best(counting(run.net, falling(run.net)), None)
    run.keep(proof.plan)
    proofs = []
    for last, (name, tier) in enumerate(counting_steps(run.problem)):
        proofs.append(run.best(counting(run.net, up_to(run.net, last)), run.plan))
        run.prove(name, tier, run.certificate(proofs[-1].price, (1,) * last))
    return proofs


def raise_lowest(run: FlowRun) -> int:
    """Find and prove the highest lowest fit among the free pairs at the counts reached; return it."""
    net, wanted = run.net, run.net.counts(run.plan)
    levels = distinct(net.fit)
    low = int(np.searchsorted(levels, net.fit[run.plan].min()))
    high = probe = int(np.searchsorted(levels, _ceiling(run, wanted)))
    target = int((wanted * falling(net)).sum())
    while low < high:
        run.enter("looking for the highest lowest fit")
        plan = run.reach(counting(net, falling(net), int(levels[probe])), target)
        if plan is None:
            high = probe - 1
        else:
            run.keep(plan)
            low = int(np.searchsorted(levels, net.fit[plan].min()))
        probe = (low + high + 1) // 2
    run.prove("lowest fit", None, _refutation(run, wanted, levels, low + 1))
    return int(levels[low])


def _refutation(run: FlowRun, wanted: Longs, levels: Longs, above: int) -> Certificate:
    """Return the certificate that the counts cannot all be reached with pairs from a level on."""
    if above >= len(levels):
        return run.certificate(np.zeros(run.net.root + 1, dtype=np.int64), (1,) * len(wanted))
    floor = int(levels[above])
    if run.net.has_least:
        nobody = np.zeros(run.net.steps, dtype=np.int64)
        proof = run.best(counting(run.net, nobody, floor), None, may_be_short=True)
        if proof.is_short:
            # The least numbers alone are out of reach from this level on.
            return run.certificate(proof.price)
    plan = run.best(counting(run.net, falling(run.net), floor), None).plan
    short = int(np.flatnonzero(run.net.counts(plan) < wanted)[0])
    proof = run.best(counting(run.net, up_to(run.net, short), floor), plan)
    return run.certificate(proof.price, (1,) * (short + 1))


def _ceiling(run: FlowRun, wanted: Longs) -> int:
    """Return a level that the lowest fit cannot exceed, from each mentee's best pair alone."""
    net = run.net
    top = highest(net, plain(net), np.zeros(net.mentors, dtype=np.int64), np.arange(net.mentees))
    ceiling = int(top.max())
    for last, needed in enumerate(np.cumsum(wanted).tolist()):
        places = net.by_level(up_to(net, last)).sum(axis=1)
        rows = np.flatnonzero((places > 0) & (top > -(1 << 60)))
        order = rows[np.argsort(-top[rows], kind="stable")]
        reach = np.cumsum(places[order])
        if needed:
            ceiling = min(ceiling, int(top[order[np.searchsorted(reach, needed)]]))
    return ceiling


def highest_total(run: FlowRun, floor: int | None) -> Certificate:
    """Find the highest total that keeps what each step counts and the lowest fit; return its certificate.

    A person counts for more than any chain of changes can gain. A chain passes each mentor at most once, so some
    bonus is surely enough; a far smaller one usually is, and keeps the numbers small and the solver quick.
    """
    net, wanted = run.net, run.net.counts(run.plan)
    low, high = int(net.fit.min(initial=0)), int(net.fit.max(initial=0))
    enough = (high - low) * (min(net.mentees, net.mentors) + 3)
    bonus = 2 * (high - low) + 1
    while True:
        objective = with_levels(replace(plain(net), floor=floor), net, net.by_level(bonus * falling(net)))
        proof = run.best(objective, None)
        if (net.counts(proof.plan) == wanted).all():
            run.keep(proof.plan)
            return run.certificate(proof.price, tuple((bonus * falling(net)).tolist()))
        if bonus > enough:
            raise AssertionError("the counts of people were lost")
        bonus *= 4
