"""The best plan for one objective: flow over few candidates, then rounds of pricing until every pair is proved."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from chiron.pairing.model.problem import Longs, ProblemError
from chiron.pairing.solvers.flow.network import Network
from chiron.pairing.solvers.flow.objective import NEVER, PairObjective, highest, leaders, of_levels, penalties, plain
from chiron.pairing.solvers.flow.prices import prices

FIRST = 24
"""Candidates of each mentee at the start."""
MORE = 12
"""Pairs added for a mentee whose best pair was not among the candidates."""
PATIENCE = 40
"""Rounds after which solving again is quicker than asking whether an old plan is still best."""
PENALTY_GROWTH = 4
SMALL = 60_000
"""With so few pairs all of them are candidates."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """A plan that is best by an objective, with prices of nodes (m+c+1,), those above included, and profits (n,).

    `plan` holds places in the network, int64, ascending. `had` is how many mentors each mentee had by fixed pairs when
    this was proved, int64 (n,). `is_short` is True if no plan fills every least number; then
    this plan lacks as few pairs as possible, and its prices prove that.
    """

    objective: PairObjective
    plan: Longs
    price: Longs
    profit: Longs
    had: Longs
    is_short: bool = False


class Candidates:
    """The pairs of a network that the solver looks at; it grows where prices show that a pair was missing."""

    def __init__(self, net: Network) -> None:
        """Begin without any candidate."""
        self.net = net
        self.known = np.zeros(len(net.partner), dtype=np.bool_)
        self.key = self.place = self.row = self.column = np.empty(0, dtype=np.int64)
        self.fit, self.by_column, self.by_place = net.fit[:0], self.key, self.key

    def begin(self) -> None:
        """Add the first candidates: all pairs of a small network, else the best of each mentee."""
        net = self.net
        if len(net.partner) <= SMALL:
            self.add(np.arange(len(net.partner)))
            return
        nothing, least = np.zeros(net.mentors, dtype=np.int64), np.full(net.mentees, -(1 << 60))
        self.add(leaders(net, plain(net), nothing, np.arange(net.mentees), least, FIRST))

    def add(self, places: Longs) -> None:
        """Add pairs by their places, and keep all in the order of the lottery."""
        net = self.net
        place = places[~self.known[places]]
        self.known[place] = True
        row = np.searchsorted(net.starts, place, side="right") - 1
        column = net.partner[place].astype(np.int64)
        key = net.mentee_rank[row] * net.mentors + net.mentor_rank[column]
        order = np.argsort(key)
        at = np.searchsorted(self.key, key[order])
        self.key = np.insert(self.key, at, key[order])
        self.place = np.insert(self.place, at, place[order])
        self.row = np.insert(self.row, at, row[order])
        self.column = np.insert(self.column, at, column[order])
        self.fit = net.fit[self.place]
        self.by_column = np.argsort(self.column, kind="stable")
        self.by_place = np.argsort(self.place)

    def holds(self, places: Longs) -> np.ndarray:
        """Return which candidates (bool) are among these places."""
        found = np.zeros(len(self.place), dtype=np.bool_)
        if len(found):
            at = np.searchsorted(self.place, places, sorter=self.by_place)
            at = self.by_place[np.minimum(at, len(found) - 1)]
            found[at[self.place[at] == places]] = True
        return found

    def weights(self, objective: PairObjective) -> Longs:
        """Return what each candidate counts."""
        return np.asarray(
            objective.of_fit(self.fit) + objective.bonus[self.row] + objective.extra[self.column], dtype=np.int64
        )


def flow(
    net: Network, row: Longs, column: Longs, weight: Longs, *, steep: Longs | None = None, penalty: int = 0
) -> np.ndarray:
    """Return which pairs (bool) a plan of the highest total weight takes, by minimum-cost flow.

    Each pair that a least number lacks costs `penalty`; `steep` is as in `PairObjective`.

    Raises:
        ProblemError: the numbers are too large for exact 64-bit arithmetic.
    """
    taken = np.zeros(len(row), dtype=np.bool_)
    most = weight if steep is None else weight + steep[row, 0]
    useful = np.flatnonzero((most > 0) | (weight > NEVER // 2) & net.is_needed()[column] if penalty else most > 0)
    if not len(useful):
        return taken
    mentees = net.mentees
    rank = np.concatenate([net.mentor_rank, np.arange(net.mentors, net.root + 1)]) + mentees
    mentee, sink = net.mentee_rank, int(rank[-1])
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        mentee[row[useful]], rank[column[useful]], np.ones(len(useful), dtype=np.int64), -weight[useful]
    )
    # Staying unmatched is an arc of its own, so that every problem has a feasible flow.
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[mentee] = net.wanted
    supply[sink] = -int(net.wanted.sum())
    _add_places_left(solver, net, sink, steep)
    solver.add_arcs_with_capacity_and_unit_cost(
        rank[:-1], rank[net.parent], net.limit - net.least, np.zeros(len(net.limit), dtype=np.int64)
    )
    needed = np.flatnonzero(net.least)
    solver.add_arcs_with_capacity_and_unit_cost(
        rank[needed], rank[net.parent[needed]], net.least[needed], np.full(len(needed), -penalty)
    )
    solver.set_nodes_supplies(np.arange(sink + 1), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ProblemError(f"fit: the numbers are too large for exact arithmetic ({status})")
    taken[useful] = solver.flows(arcs) > 0
    return taken


def _add_places_left(solver: SimpleMinCostFlow, net: Network, sink: int, steep: Longs | None) -> None:
    """Add the arcs of places that mentees leave empty: the last costs least, the first what `steep` says."""
    # In the order of the lottery, so that the order of the input decides nothing.
    node, mentee = np.arange(net.mentees), np.argsort(net.mentee_rank)
    steep = np.zeros((net.mentees, 1), dtype=np.int64) if steep is None else steep[mentee]
    cheap = net.wanted[mentee] - (steep > 0).sum(axis=1)
    solver.add_arcs_with_capacity_and_unit_cost(node, np.full(len(node), sink), cheap, np.zeros_like(cheap))
    node, place = np.nonzero(steep > 0)
    solver.add_arcs_with_capacity_and_unit_cost(node, np.full(len(node), sink), np.ones_like(node), steep[node, place])


def best_known(candidates: Candidates, objective: PairObjective, penalty: int = 0) -> Longs:
    """Return the places of a plan that is best by an objective among the candidates alone, ascending."""
    counted = candidates.weights(objective)
    taken = flow(candidates.net, candidates.row, candidates.column, counted, steep=objective.steep, penalty=penalty)
    return np.sort(candidates.place[taken])


def best(candidates: Candidates, objective: PairObjective, plan: Longs | None, tell: Callable[[Longs], None]) -> Proof:
    """Return a plan that is best by an objective over all pairs, with its proof.

    Least numbers are filled by a penalty for each pair that they lack. It begins small, which keeps the solver quick,
    and grows while a pair is lacking, to where more of it could change nothing.

    Args:
        candidates: grows by the pairs that turn out to matter.
        objective: what a pair counts.
        plan: places of a plan that may be best already, or None.
        tell: called with the plan after each round; may raise to stop.
    """
    net = candidates.net
    penalty, enough = penalties(net, objective)
    while True:
        proof = None if plan is None else _prices(candidates, objective, plan, PATIENCE, penalty)
        if plan is None or proof is None:
            plan = best_known(candidates, objective, penalty)
            proof = _prices(candidates, objective, plan, net.root + 3, penalty)
            if proof is None:
                raise AssertionError("the flow solver returned a flow that is not optimal")
        price, profit = proof
        lack = lacking(candidates, objective, price[: net.mentors], profit)
        missing = missed(candidates, objective, price[: net.mentors], profit, lack)
        if len(missing):
            tell(plan)
            candidates.add(missing)
            continue
        is_short = bool(net.has_least and net.shortage(plan).any())
        if not is_short or penalty == enough:
            return Proof(objective=objective, plan=plan, price=price, profit=profit, had=net.had, is_short=is_short)
        penalty, plan = min(PENALTY_GROWTH * penalty, enough), None


def reach(candidates: Candidates, objective: PairObjective, target: int, tell: Callable[[Longs], None]) -> Longs | None:
    """Return the places of a plan that reaches the most that the objective could be, or None where none does.

    That is often plain long before the best plan is known: raising each mentee's profit to the best pair that the
    candidates lack makes the prices a proof over all pairs, and its bound may lie below the target already.
    """
    net = candidates.net
    _, penalty = penalties(net, objective)
    while True:
        plan = best_known(candidates, objective, penalty)
        reached = int(candidates.weights(objective)[candidates.holds(plan)].sum()) + of_levels(objective, net, plan)
        shortage = int(net.shortage(plan).sum()) if penalty else 0
        if reached == target and not shortage:
            return plan
        reached -= shortage * penalty
        proof = _prices(candidates, objective, plan, net.root + 3, penalty)
        if proof is None:
            raise AssertionError("the flow solver returned a flow that is not optimal")
        price, profit = proof[0][: net.mentors], proof[1]
        lack = lacking(candidates, objective, price, profit)
        if reached + int((lack * net.wanted).sum()) < target:
            return None
        missing = missed(candidates, objective, price, profit, lack)
        if not len(missing):
            return None
        tell(plan)
        candidates.add(missing)


def _prices(
    candidates: Candidates, objective: PairObjective, plan: Longs, rounds: int, penalty: int
) -> tuple[Longs, Longs] | None:
    """Return the prices and profits that prove a plan best among the candidates, None if it is not."""
    known = candidates
    counted, taken = known.weights(objective), known.holds(plan)
    return prices(
        known.net,
        known.row,
        known.column,
        counted,
        taken,
        known.by_column,
        steep=objective.steep,
        rounds=rounds,
        penalty=penalty,
    )


def lacking(candidates: Candidates, objective: PairObjective, price: Longs, profit: Longs) -> Longs:
    """Return by how much each mentee's best pair gains more than the mentee's profit: int64 (n,), 0 where it does not.

    Where a mentee holds several pairs, those count too, so a mentee may seem to lack what is held already.
    """
    net = candidates.net
    rows = np.arange(net.mentees)
    if objective.table is None and not objective.counts_fit and not objective.extra.any():
        # Only a least number makes a price negative, and then a pair may gain more than its bonus.
        rows = np.flatnonzero(objective.bonus - min(0, int(price.min(initial=0))) > profit)
    lack = np.zeros(net.mentees, dtype=np.int64)
    lack[rows] = np.maximum(highest(net, objective, price, rows) - profit[rows], 0)
    return lack


def missed(candidates: Candidates, objective: PairObjective, price: Longs, profit: Longs, lack: Longs) -> Longs:
    """Return the places of pairs that gain more than their mentee's profit, a few for each mentee who lacks some."""
    net = candidates.net
    # A mentee's own pairs may gain more than the last of them, so they are asked for too and then left out.
    found = leaders(net, objective, price, np.flatnonzero(lack), profit, MORE + int(net.wanted.max(initial=1)))
    return found[~candidates.known[found]]
