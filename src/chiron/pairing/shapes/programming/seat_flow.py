"""Typed places as a network: mentee → slot → mentor → caps, with prices read from what is left of the flow.

A pair of mentee and mentor who could meet in several slots passes a node of its own with room for one; where slots
have places of their own, a place (slot, mentor) does. The first place of a mentee counts apart from the others, which
keeps the network exact because what it counts only falls (Ahuja, Magnanti and Orlin 1993, chapter 14).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Longs, ProblemError, cap_parents
from chiron.pairing.shapes.model.evidence import Prices
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.programming.typed_program import TypedLimits, ranks

FEW = 60_000
"""With so few ties all of them are candidates."""
FIRST = 24
MORE = 12


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """What each tie counts, int64 (p,), and what each mentee's first tie counts besides; None where none is marked."""

    coefficients: Longs
    mark: Longs | None


@dataclass(frozen=True, slots=True, eq=False)
class _Nodes:
    """The nodes of the network over the candidates: where each kind begins, and which pairs have a node."""

    mentee: int
    row: int
    pair: int
    place: int
    mentor: int
    cap: int
    sink: int
    pairs: Longs


class SeatFlow:
    """A network of typed places that grows by the ties that turn out to matter."""

    def __init__(self, slots: Slots, limits: TypedLimits, seed: int) -> None:
        """Choose the first candidates: all ties if they are few, else the best of each place."""
        self.slots, self.limits = slots, limits
        self.row = slots.rows()
        self.mentee, self.kind = np.divmod(self.row, max(1, slots.kinds))
        self.mentor = slots.partner.astype(np.int64)
        self.key = self.mentee * max(1, len(slots.mentors)) + self.mentor
        self.rank = ranks(slots, seed)
        self.mentee_rank = lottery(slots.mentees, seed, "mentee")
        self.mentor_rank = lottery(slots.mentors, seed, "mentor")
        self.parent, self.above = cap_parents(limits.caps, len(slots.mentors))
        self.known = np.ones(len(self.row), dtype=np.bool_)
        if len(self.row) > FEW:
            self.known[:] = False
            self.known[self._leaders(slots.fit.astype(np.int64), np.arange(len(self.row)), FIRST)] = True

    def _leaders(self, gain: Longs, among: Longs, most: int) -> Longs:
        """Return the up to `most` ties of each place with the highest gain, ties by a lottery that turns."""
        mentors = max(1, len(self.slots.mentors))
        turn = (self.mentor_rank[self.mentor[among]] + self.mentee_rank[self.mentee[among]] * 7919) % mentors
        order = np.lexsort((turn, -gain[among], self.row[among]))
        row = self.row[among][order]
        begin = np.flatnonzero(np.diff(row, prepend=-1))
        nth = np.arange(len(order)) - np.repeat(begin, np.diff([*begin, len(order)]))
        return np.asarray(among[order[nth < most]])

    def best(self, objective: Objective) -> tuple[Longs, tuple[Prices, ...]]:
        """Return the ties of a plan of the highest value, ascending, and the prices that prove it.

        Raises:
            ProblemError: the numbers are too large for exact arithmetic.
        """
        while True:
            ties = np.flatnonzero(self.known)
            ties = ties[np.argsort(self.rank[ties])]
            network = _Network(self, ties, objective)
            taken = network.solve()
            prices, missing = self._priced(network, objective)
            if not len(missing):
                return np.sort(ties[taken]), prices
            self.known[missing] = True

    def _priced(self, network: "_Network", objective: Objective) -> tuple[tuple[Prices, ...], Longs]:
        """Return the prices of the limits, and ties that gain more than all candidates of their place."""
        nodes, price = network.nodes, network.potentials()
        mentors, caps = len(self.slots.mentors), len(self.limits.caps)
        cap, sink = np.zeros(caps + 1, dtype=np.int64), int(price[nodes.sink])
        own_cap = np.zeros(caps, dtype=np.int64)
        for one in sorted(range(caps), key=lambda one: -len(self.limits.caps[one].mentors)):
            over = cap[self.above[one]]
            cap[one] = max(int(price[nodes.cap + one]) - sink, int(over))
            own_cap[one] = cap[one] - over
        seat = np.maximum(price[nodes.mentor : nodes.mentor + mentors] - sink, cap[self.parent])
        cost = seat[self.mentor]
        found = [("mentor", np.arange(mentors), seat - cap[self.parent]), ("cap", np.arange(caps), own_cap)]
        if self.limits.place is not None:
            base = np.tile(seat, self.slots.kinds)
            place = np.maximum(price[nodes.place : nodes.place + len(base)] - sink, base)
            found.append(("place", np.arange(len(base)), place - base))
            cost = place[self.kind * mentors + self.mentor]
        if len(nodes.pairs):
            base = seat[nodes.pairs % mentors]
            pair = np.maximum(price[nodes.pair : nodes.pair + len(base)] - sink, base)
            found.append(("pair", nodes.pairs, pair - base))
            at = np.minimum(np.searchsorted(nodes.pairs, self.key), len(base) - 1)
            cost = np.where(nodes.pairs[at] == self.key, pair[at], cost)
        gain = objective.coefficients - cost
        if objective.mark is not None:
            mark = np.clip(price[nodes.mentee : nodes.mentee + len(self.slots.mentees)] - sink, 0, objective.mark)
            found.append(("mark", np.arange(len(mark)), mark))
            gain += mark[self.mentee]
        prices = tuple(Prices(kind, at[own > 0], own[own > 0]) for kind, at, own in found if (own > 0).any())
        return prices, self._missing(gain)

    def _missing(self, gain: Longs) -> Longs:
        profit = np.zeros(len(self.slots.starts), dtype=np.int64)
        own = np.flatnonzero(self.known)
        np.maximum.at(profit, self.row[own], gain[own])
        over = np.flatnonzero(~self.known & (gain > profit[self.row]))
        return self._leaders(gain, over, MORE) if len(over) else over


class _Network:
    """The arcs over the candidates, for one objective."""

    def __init__(self, flow: SeatFlow, ties: Longs, objective: Objective) -> None:
        slots, limits = flow.slots, flow.limits
        people, mentors, caps, rows = len(slots.mentees), len(slots.mentors), len(limits.caps), slots.asked.size
        key = flow.key[ties]
        pairs = np.empty(0, dtype=np.int64)
        if limits.differ:
            keys, count = np.unique(key, return_counts=True)
            pairs = keys[count > 1]
        sizes = [1, people, rows, len(pairs), limits.place.size if limits.place is not None else 0, mentors, caps, 1]
        starts = np.cumsum([0, *sizes])
        mentee, row, pair, place, mentor, cap, sink = (int(one) for one in starts[1:8])
        self.nodes = _Nodes(mentee, row, pair, place, mentor, cap, sink, pairs)
        self.size, self.flow, self.ties = int(starts[-1]), flow, ties
        seats = self._seats(key)
        self.tail, self.head, self.room, self.gain = self._arcs(seats, objective)
        self.used = np.zeros(len(self.tail), dtype=np.int64)

    def _seats(self, key: Longs) -> Longs:
        """Return the node to which each candidate leads."""
        flow, nodes = self.flow, self.nodes
        mentor = flow.mentor[self.ties]
        seats = nodes.mentor + mentor
        if flow.limits.place is not None:
            return np.asarray(nodes.place + flow.kind[self.ties] * len(flow.slots.mentors) + mentor)
        if len(nodes.pairs):
            at = np.minimum(np.searchsorted(nodes.pairs, key), len(nodes.pairs) - 1)
            seats = np.where(nodes.pairs[at] == key, nodes.pair + at, seats)
        return np.asarray(seats)

    def _arcs(self, seats: Longs, objective: Objective) -> tuple[Longs, Longs, Longs, Longs]:
        """Return tail, head, room and gain of each arc, the candidates first."""
        flow, nodes = self.flow, self.nodes
        slots, limits = flow.slots, flow.limits
        asked = np.flatnonzero(slots.asked.reshape(-1))
        people, mentors = np.arange(len(slots.mentees)), np.arange(len(slots.mentors))
        up = np.where(flow.parent < 0, nodes.sink, nodes.cap + flow.parent)
        over = np.where(flow.above < 0, nodes.sink, nodes.cap + flow.above)
        limit = np.array([cap.limit for cap in limits.caps], dtype=np.int64)
        arcs: list[tuple[Longs, Longs, Longs | int, Longs | int]] = [
            (nodes.row + flow.row[self.ties], seats, 1, objective.coefficients[self.ties])
        ]
        if objective.mark is None:
            arcs.append((np.zeros_like(asked), nodes.row + asked, 1, 0))
        else:
            arcs += [
                (np.zeros_like(people), nodes.mentee + people, 1, objective.mark),
                (np.zeros_like(people), nodes.mentee + people, max(0, slots.kinds - 1), 0),
                (nodes.mentee + asked // slots.kinds, nodes.row + asked, 1, 0),
            ]
        if limits.place is not None:
            place = np.arange(limits.place.size)
            head = nodes.mentor + place % max(1, len(mentors))
            arcs.append((nodes.place + place, head, limits.place.reshape(-1).astype(np.int64), 0))
        arcs += [
            (nodes.pair + np.arange(len(nodes.pairs)), nodes.mentor + nodes.pairs % max(1, len(mentors)), 1, 0),
            (nodes.mentor + mentors, up, limits.capacity.astype(np.int64), 0),
            (nodes.cap + np.arange(len(limit)), over, limit, 0),
            # Always open, so that every network has a flow and the source is worth as much as the sink.
            (np.array([0]), np.array([nodes.sink]), len(asked) + 2, 0),
        ]
        return _joined(arcs)

    def solve(self) -> NDArray[np.bool_]:
        """Return which candidates a plan of the highest value takes.

        Raises:
            ProblemError: the numbers are too large for exact arithmetic.
        """
        order = self._order()
        place = np.empty(self.size, dtype=np.int64)
        place[order] = np.arange(self.size)
        arcs = np.lexsort((self.gain, place[self.head], place[self.tail]))
        solver = SimpleMinCostFlow()
        many = int(self.flow.slots.asked.sum()) + 1
        room = np.minimum(self.room, many + 1)
        added = solver.add_arcs_with_capacity_and_unit_cost(
            place[self.tail[arcs]], place[self.head[arcs]], room[arcs], -self.gain[arcs]
        )
        supply = np.zeros(self.size, dtype=np.int64)
        supply[place[0]], supply[place[self.nodes.sink]] = many, -many
        solver.set_nodes_supplies(np.arange(self.size), supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise ProblemError(f"fit: the numbers are too large for exact arithmetic ({status})")
        self.used[arcs] = solver.flows(added)
        self.room = room
        return np.asarray(self.used[: len(self.ties)] > 0)

    def _order(self) -> Longs:
        """Return the nodes in the order of the lottery, which the order of the input cannot change."""
        flow, nodes, slots = self.flow, self.nodes, self.flow.slots
        kinds, mentors = max(1, slots.kinds), max(1, len(slots.mentors))
        row = np.arange(slots.asked.size)
        pair_order = np.lexsort((flow.mentor_rank[nodes.pairs % mentors], flow.mentee_rank[nodes.pairs // mentors]))
        parts = [
            np.array([0]),
            nodes.mentee + np.argsort(flow.mentee_rank),
            nodes.row + np.lexsort((row % kinds, flow.mentee_rank[row // kinds])),
            nodes.pair + pair_order,
        ]
        if flow.limits.place is not None:
            place = np.arange(flow.limits.place.size)
            parts.append(nodes.place + np.lexsort((flow.mentor_rank[place % mentors], place // mentors)))
        parts += [nodes.mentor + np.argsort(flow.mentor_rank), np.arange(nodes.cap, nodes.sink + 1)]
        return np.concatenate(parts).astype(np.int64)

    def potentials(self) -> Longs:
        """Return the longest way to each node in what is left of the flow (Bellman and Ford): int64 (nodes,)."""
        ahead, back = self.used < self.room, self.used > 0
        tail = np.concatenate([self.tail[ahead], self.head[back]])
        head = np.concatenate([self.head[ahead], self.tail[back]])
        gain = np.concatenate([self.gain[ahead], -self.gain[back]])
        price = np.zeros(self.size, dtype=np.int64)
        for _ in range(self.size + 2):
            before = price.copy()
            np.maximum.at(price, head, price[tail] + gain)
            if (price == before).all():
                return price
        raise AssertionError("the flow solver returned a flow that is not optimal")


def _joined(arcs: Sequence[tuple[Longs, Longs, Longs | int, Longs | int]]) -> tuple[Longs, Longs, Longs, Longs]:
    """Return the columns of the arcs, one below the other."""
    tails, heads, rooms, gains = [], [], [], []
    for tail, head, room, gain in arcs:
        tails.append(np.asarray(tail, dtype=np.int64))
        heads.append(np.asarray(head, dtype=np.int64))
        rooms.append(np.broadcast_to(np.asarray(room, dtype=np.int64), len(tail)))
        gains.append(np.broadcast_to(np.asarray(gain, dtype=np.int64), len(tail)))
    return np.concatenate(tails), np.concatenate(heads), np.concatenate(rooms), np.concatenate(gains)
