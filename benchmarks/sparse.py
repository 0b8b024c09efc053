"""Measures the auction, OR-Tools' minimum-cost flow and SciPy's LAPJVsp on the same sparse pairs, in CPU seconds.

The pairs are the 40 best mentors of each mentee among half as many mentors, from points that hang together; places are
ample (3 each) or as many as mentees (2 each), fits fine (0 to 10,000) or coarse (steps of 2,000).
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np

from chiron.pairing.model.answer import Aim
from chiron.pairing.model.problem import Problem
from chiron.pairing.scale.solvers.auction import auction
from chiron.pairing.scale.solvers.sparse import sparse
from chiron.pairing.solve import solve

KEPT = 40
TOP = 10_000
BANDS = 18
Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]


def made(mentees: int, seed: int = 0) -> Pairs:
    """Return the best 40 mentors of each mentee: starts, partner, fit."""
    rng = np.random.default_rng(seed)
    mentors = mentees // 2
    wants = rng.normal(size=(mentees, 6)).astype(np.float32)
    offers = rng.normal(size=(mentors, 6)).astype(np.float32)
    offers /= np.linalg.norm(offers, axis=1, keepdims=True)
    liked = 0.15 * rng.normal(size=mentors).astype(np.float32)
    partner = np.empty((mentees, KEPT), dtype=np.int32)
    points = np.empty((mentees, KEPT), dtype=np.float32)
    for first in range(0, mentees, 2000):
        rows = slice(first, first + 2000)
        table = wants[rows] @ offers.T + liked
        table += 0.5 * rng.normal(size=table.shape).astype(np.float32)
        best = np.sort(np.argpartition(-table, KEPT, axis=1)[:, :KEPT], axis=1)
        partner[rows], points[rows] = best, np.take_along_axis(table, best, axis=1)
    low, high = points.min(), points.max()
    fit = ((points - low) / (high - low) * TOP).astype(np.int32)
    return np.arange(mentees + 1, dtype=np.int64) * KEPT, partner.ravel(), fit.ravel()


def posed(pairs: Pairs, capacity: int) -> Problem:
    """Return the pairs as a problem."""
    starts, partner, fit = pairs
    mentees = len(starts) - 1
    return Problem(
        mentees=tuple(f"e{at}" for at in range(mentees)),
        mentors=tuple(f"o{at}" for at in range(mentees // 2)),
        starts=starts,
        partner=partner,
        fit=fit,
        capacity=np.full(mentees // 2, capacity),
        wanted=np.ones(mentees),
        tier=np.zeros(mentees),
    )


def by_auction(pairs: Pairs, capacity: int) -> int:
    """Return the highest total by auction, prices and all."""
    starts, partner, fit = pairs
    net = sparse(starts, partner, fit, np.full((len(starts) - 1) // 2, capacity))
    bids = auction(net)
    total = int(fit[bids.taken[bids.taken >= 0]].sum(dtype=np.int64))
    if total != int(bids.profit.sum() + (bids.price * net.capacity).sum()):
        sys.exit("The auction did not prove its plan.")
    return total


def by_flow(pairs: Pairs, capacity: int) -> int:
    """Return the highest total by OR-Tools."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    starts, partner, fit = pairs
    mentees = len(starts) - 1
    mentors, sink = mentees // 2, mentees + mentees // 2
    row = np.repeat(np.arange(mentees), np.diff(starts))
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(row, mentees + partner, np.ones(len(row), dtype=np.int64), -fit)
    everybody, nothing = np.arange(mentees), np.zeros(mentees, dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(everybody, np.full(mentees, sink), nothing + 1, nothing)
    places = np.full(mentors, capacity)
    flow.add_arcs_with_capacity_and_unit_cost(mentees + np.arange(mentors), np.full(mentors, sink), places, 0 * places)
    supply = np.ones(sink + 1, dtype=np.int64)
    supply[mentees:] = 0
    supply[sink] = -mentees
    flow.set_nodes_supplies(np.arange(sink + 1), supply)
    if flow.solve() != flow.OPTIMAL:
        sys.exit("OR-Tools found no plan.")
    return -flow.optimal_cost()


def by_matching(pairs: Pairs, capacity: int) -> int:
    """Return the highest total by SciPy: a column for each place, and one for staying out for each mentee."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    starts, partner, fit = pairs
    mentees = len(starts) - 1
    mentors = mentees // 2
    row = np.repeat(np.arange(mentees), np.diff(starts))
    rows = np.concatenate([np.repeat(row, capacity), np.arange(mentees)])
    columns = (partner[:, None] * capacity + np.arange(capacity)).ravel()
    columns = np.concatenate([columns, mentors * capacity + np.arange(mentees)])
    # Explicit zeros would be dropped, so every fit is one higher.
    worth = np.concatenate([np.repeat(fit + 1.0, capacity), np.ones(mentees)])
    table = csr_array((worth, (rows, columns)), shape=(mentees, mentors * capacity + mentees))
    left, right = min_weight_full_bipartite_matching(table, maximize=True)
    return round(float(np.asarray(table[left, right]).sum())) - mentees


METHODS: dict[str, Callable[[Pairs, int], int]] = {
    "auction": by_auction,
    "OR-Tools SimpleMinCostFlow": by_flow,
    "SciPy LAPJVsp": by_matching,
}


AIMS: tuple[Aim, ...] = ("total", "everyone", "worst-off", "stable")


def rows_of(size: int, capacity: int, pairs: Pairs, methods: list[str]) -> None:
    """Print one row for each method on one instance, fine and coarse, then one for each aim."""
    starts, partner, fit = pairs
    for name, points in (("fine", fit), ("coarse", fit // 2000 * 2000)):
        for method in methods:
            began = time.process_time()
            total = METHODS[method]((starts, partner, points), capacity)
            seconds = time.process_time() - began
            print(f"| {size:,} | {capacity} | {name} | {method} | {seconds:.2f} | {total} |", flush=True)
    bands = np.searchsorted(np.quantile(fit, np.linspace(0, 1, BANDS + 1)[1:-1]), fit).astype(np.int32)
    for aim in AIMS:
        problem = posed((starts, partner, bands if aim == "worst-off" else fit), capacity)
        began = time.process_time()
        answer = solve(problem, aim=aim, method="auction")
        seconds = time.process_time() - began
        value = answer.steps[-1].value
        print(f"| {size:,} | {capacity} | aim {aim} | auction, with its proof | {seconds:.2f} | {value} |", flush=True)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 30_000, 100_000])
    parser.add_argument("--peers-up-to", type=int, default=30_000, help="largest size for the other programs")
    arguments = parser.parse_args()
    # Whatever has to be compiled is compiled here, and not counted.
    small = made(200)
    by_auction(small, 2)
    for aim in AIMS:
        solve(posed(small, 2), aim=aim, method="auction")
    print("| Mentees | Places each | Fits | Method | CPU seconds | Total |\n|---|---|---|---|---|---|")
    for size in arguments.sizes:
        methods = [name for name in METHODS if name == "auction" or size <= arguments.peers_up_to]
        pairs = made(size)
        for capacity in (3, 2):
            rows_of(size, capacity, pairs, methods)


if __name__ == "__main__":
    main()
