"""What least numbers of pairs lack when as many as possible are filled, and who is then left out: one flow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from chiron.pairing.model.problem import Longs


@dataclass(frozen=True, slots=True, eq=False)
class QuotaNetwork:
    """What is left to decide once the locked pairs stand.

    Nodes are the mentors (0 … m−1), then the caps (m … m+c−1), then the root (m+c).

    Attributes:
        allowed: bool (n, m), the pairs that may be made.
        first: bool (n,), mentees for whom a pair would be the first.
        wanted: int64 (n,), how many pairs each mentee may have.
        least: int64 (m+c,), how many pairs each mentor and cap must have.
        most: int64 (m+c,), how many it may have.
        parent: int64 (m+c,), the node above each.
    """

    allowed: NDArray[np.bool_]
    first: NDArray[np.bool_]
    wanted: Longs
    least: Longs
    most: Longs
    parent: Longs


def left_and_lacking(places: QuotaNetwork) -> tuple[list[int], list[int]]:
    """Return the mentees left out, and what least numbers lack, where they lack some.

    The plan lacks as few pairs of the least numbers as possible, and then leaves out as few mentees as possible.
    """
    n, nodes = len(places.wanted), len(places.parent)
    source, sink, many = n + nodes + 1, n + nodes, int(places.wanted.sum())
    flow = SimpleMinCostFlow()
    add = flow.add_arcs_with_capacity_and_unit_cost
    mentees, tails, heads = np.arange(n), n + np.arange(nodes), n + places.parent
    # A first mentor counts 1, and a pair that a least number asks for more than all of those.
    first = add(np.full(n, source), mentees, places.first.astype(np.int64), np.full(n, -1))
    add(np.full(n, source), mentees, places.wanted - places.first, np.zeros(n, dtype=np.int64))
    rows, columns = np.nonzero(places.allowed)
    add(rows, n + columns, np.ones(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64))
    filled = add(tails, heads, places.least, np.full(nodes, -(n + 1)))
    add(tails, heads, np.maximum(np.clip(places.most, 0, many) - places.least, 0), np.zeros(nodes, dtype=np.int64))
    flow.add_arc_with_capacity_and_unit_cost(source, sink, many, 0)
    flow.set_node_supply(source, many)
    flow.set_node_supply(sink, -many)
    flow.solve()
    left = np.flatnonzero((flow.flows(first) == 0) & places.first)
    short = places.least - flow.flows(filled)
    return left.tolist(), short[short > 0].tolist()
