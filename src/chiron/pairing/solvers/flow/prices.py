"""Whole-number prices of places, recomputed from a plan: the proof that the plan is best.

OR-Tools gives the flow but no potentials. The smallest prices that agree with the flow follow from the optimality
conditions as longest paths over mentors and caps (Ahuja, Magnanti and Orlin 1993, chapter 9; Bellman and Ford).
"""

import numpy as np

from chiron.pairing.problem import Longs
from chiron.pairing.solvers.flow.network import Network

ENDLESS = 1 << 61


class _Tree:
    """The nested caps, and which of their nodes are full."""

    def __init__(self, net: Network, columns: Longs) -> None:
        self.net = net
        load = np.zeros(net.root + 1, dtype=np.int64)
        load[: net.mentors] = np.bincount(columns, minlength=net.mentors)
        above = net.parent[: net.mentors]
        np.add.at(load, above, load[: net.mentors])
        for node in reversed(net.down):
            load[net.parent[node]] += load[node]
        self.loose = load[:-1] < net.limit
        self.loose_mentors = np.flatnonzero(self.loose[: net.mentors])

    def settle(self, price: Longs) -> bool:
        """Raise prices until no node is cheaper than the one above it; False if the root had to rise."""
        net = self.net
        np.maximum.at(price, net.parent[self.loose_mentors], price[self.loose_mentors])
        for node in reversed(net.down):
            if self.loose[node]:
                price[net.parent[node]] = max(price[net.parent[node]], price[node])
        if price[net.root] > 0:
            return False
        for node in net.down:
            price[node] = max(price[node], price[net.parent[node]])
        price[: net.mentors] = np.maximum(price[: net.mentors], price[net.parent[: net.mentors]])
        return True


def prices(
    net: Network,
    row: Longs,
    column: Longs,
    worth: Longs,
    taken: np.ndarray,
    by_column: Longs,
    *,
    rounds: int = 1 << 30,
) -> tuple[Longs, Longs] | None:
    """Return the smallest prices of the nodes (m+c+1,) and the profits of the mentees (n,) that prove a plan best.

    The price of a node includes those of all nodes above it. None if the plan is not best among these pairs, or if
    that takes more rounds to see.

    Args:
        net: the network.
        row: mentee of each pair considered, int64 (a,).
        column: mentor of each.
        worth: what each counts.
        taken: bool (a,), the plan.
        by_column: an order of the pairs in which those of a mentor stand together.
        rounds: of relaxation at most.
    """
    tree = _Tree(net, column[taken])
    own_row, own_column, own_worth = row[taken], column[taken], worth[taken]
    full = np.bincount(own_row, minlength=net.mentees) >= net.wanted
    rest = by_column[~taken[by_column]]
    rest_row, rest_worth = row[rest], worth[rest]
    begin = np.flatnonzero(np.diff(column[rest], prepend=-1))
    heads = column[rest][begin]
    price = np.zeros(net.root + 1, dtype=np.int64)
    start = np.where(full, ENDLESS, 0)
    for _ in range(min(rounds, net.root + 3)):
        profit = start.copy()
        left = own_worth - price[own_column]
        np.minimum.at(profit, own_row, left)
        if (profit < 0).any():
            return None
        before = price.copy()
        if len(heads):
            need = np.maximum.reduceat(rest_worth - profit[rest_row], begin)
            price[heads] = np.maximum(price[heads], need)
        if not tree.settle(price):
            return None
        if (price == before).all():
            return price, profit
    return None
