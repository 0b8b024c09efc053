"""Whole-number prices of places, recomputed from a plan: the proof that the plan is best.

OR-Tools gives the flow but no potentials. The smallest prices that agree with the flow follow from the optimality
conditions as longest paths over mentors and caps (Ahuja, Magnanti and Orlin 1993, chapter 9; Bellman and Ford).
"""

import numpy as np

from chiron.pairing.model.problem import Longs
from chiron.pairing.solvers.flow.network import Network

ENDLESS = 1 << 61


class _Tree:
    """The nested caps, and which of their nodes are full, or have no more than their least.

    A node without room to give may be cheaper than the one above it, by the penalty at most (`below`); where it
    lacks a pair it is (`lift`).
    """

    def __init__(self, net: Network, columns: Longs, penalty: int) -> None:
        self.net = net
        load = net.loads(columns)[:-1]
        self.loose = load < net.limit
        self.loose_mentors = np.flatnonzero(self.loose[: net.mentors])
        self.below: Longs = np.where((load <= net.least) & (net.least > 0), penalty, 0)
        self.lift: Longs = np.where(load < net.least, penalty, 0)

    def settle(self, price: Longs) -> bool:
        """Raise prices until each node costs what the one above it asks for; False if the root had to rise."""
        net, lift = self.net, self.lift
        some = self.loose_mentors
        np.maximum.at(price, net.parent[some], price[some] + lift[some])
        for node in reversed(net.down):
            if self.loose[node]:
                price[net.parent[node]] = max(price[net.parent[node]], price[node] + lift[node])
        if price[net.root] > 0:
            return False
        self.hang(price)
        return True

    def hang(self, price: Longs) -> None:
        """Raise each node to what the one above it asks for."""
        net, mentors = self.net, self.net.mentors
        for node in net.down:
            price[node] = max(price[node], price[net.parent[node]] - self.below[node])
        np.maximum(price[:mentors], price[net.parent[:mentors]] - self.below[:mentors], out=price[:mentors])

    def sink(self, price: Longs) -> None:
        """Lower prices until no loose node is dearer than the one above it, and none above is too dear."""
        net, mentors = self.net, self.net.mentors
        np.minimum.at(price, net.parent[:mentors], price[:mentors] + self.below[:mentors])
        for node in reversed(net.down):
            price[net.parent[node]] = min(price[net.parent[node]], price[node] + self.below[node])
        for node in net.down:
            if self.loose[node]:
                price[node] = min(price[node], price[net.parent[node]] - self.lift[node])
        some = self.loose_mentors
        price[some] = np.minimum(price[some], price[net.parent[some]] - self.lift[some])


def prices(  # noqa: PLR0913 -- the plan is several arrays side by side
    net: Network,
    row: Longs,
    column: Longs,
    weight: Longs,
    taken: np.ndarray,
    by_column: Longs,
    *,
    steep: Longs | None = None,
    rounds: int = 1 << 30,
    penalty: int = 0,
) -> tuple[Longs, Longs] | None:
    """Return the smallest prices of the nodes (m+c+1,) and the profits of the mentees (n,) that prove a plan best.

    The price of a node includes those of all nodes above it. None if the plan is not best among these pairs, or if
    that takes more rounds to see.

    Args:
        net: the network.
        row: mentee of each pair considered, int64 (a,).
        column: mentor of each.
        weight: what each counts.
        taken: bool (a,), the plan.
        by_column: an order of the pairs in which those of a mentor stand together.
        steep: as in `PairObjective`.
        rounds: of relaxation at most.
        penalty: what each pair costs that a least number lacks.
    """
    tree = _Tree(net, column[taken], penalty)
    own_row, own_column, own_weight = row[taken], column[taken], weight[taken]
    lowest, start = _profits_between(net, np.bincount(own_row, minlength=net.mentees), steep)
    rest = by_column[~taken[by_column]]
    rest_row, rest_weight = row[rest], weight[rest]
    begin = np.flatnonzero(np.diff(column[rest], prepend=-1))
    heads = column[rest][begin]
    price = np.zeros(net.root + 1, dtype=np.int64)
    if penalty:
        price[:-1] = -ENDLESS
        tree.hang(price)
    for _ in range(min(rounds, net.root + 3)):
        profit = start.copy()
        left = own_weight - price[own_column]
        np.minimum.at(profit, own_row, left)
        if (profit < lowest).any():
            return None
        before = price.copy()
        if len(heads):
            need = np.maximum.reduceat(rest_weight - profit[rest_row], begin)
            price[heads] = np.maximum(price[heads], need)
        if not tree.settle(price):
            return None
        if (price == before).all():
            if penalty:
                price = _near_zero(tree, price, (row, column, weight), taken, lowest)
                profit = start.copy()
                np.minimum.at(profit, own_row, own_weight - price[own_column])
            return price, profit
    return None


def _profits_between(net: Network, held: Longs, steep: Longs | None) -> tuple[Longs, Longs]:
    """Return between which profits each mentee may be who holds so many pairs: the last counts, and the next does not.

    int64 (n,), twice: what the last pair held counts beyond its bonus, below zero; what the next one would count.
    """
    if steep is None:
        return np.zeros(net.mentees, dtype=np.int64), np.where(held >= net.wanted, ENDLESS, 0)
    row, width = np.arange(net.mentees), steep.shape[1]
    last = np.where(held > 0, -steep[row, np.clip(held - 1, 0, width - 1)], -ENDLESS)
    next_one = np.where(held >= net.wanted, ENDLESS, -steep[row, np.minimum(held, width - 1)])
    return last, next_one


def _near_zero(
    tree: _Tree, cheapest: Longs, pairs: tuple[Longs, Longs, Longs], taken: np.ndarray, lowest: Longs
) -> Longs:
    """Return the highest prices that prove the plan and are not above 0, or not above the lowest that prove it.

    The lowest prices of all go as far below 0 as the penalty lets them, and then everybody not looked at seems cheap.
    """
    row, column, weight = pairs
    price = np.maximum(cheapest, 0)
    own_row, own_column, own_weight = row[taken], column[taken], weight[taken]
    rest_row, rest_column, rest_weight = row[~taken], column[~taken], weight[~taken]
    while True:
        profit = lowest.copy()
        np.maximum.at(profit, rest_row, rest_weight - price[rest_column])
        before = price.copy()
        np.minimum.at(price, own_column, own_weight - profit[own_row])
        tree.sink(price)
        if (price == before).all():
            return price
