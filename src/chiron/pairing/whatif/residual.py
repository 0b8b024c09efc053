"""A best plan as a flow that can be changed a little and made best again: one shortest path for one change.

The residual network of a plan is contracted to its mentors, its nested caps and one root: an arc from mentor a to
mentor b is the mentee of a who loses least by moving to b, and an unmatched mentee waits at the root. Prices of the
nodes keep every arc's cost from falling below 0, so that a changed plan is best again after one search (Dijkstra with
potentials, and the optimality conditions of Ahuja, Magnanti and Orlin 1993, chapter 9).
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs, Problem, cap_parents

FAR = 1 << 61
NEVER = -FAR
UNREACHED = FAR // 2
DONE = UNREACHED

Heads = slice | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Path:
    """A cheapest way found: its cost beside the prices, and its arcs (from node, mentee who moves or -1, to node).

    A path that begins with a mentee without a place starts with an arc from node -1; one that ends with a mentee
    giving up a place ends with an arc to node -1.
    """

    cost: int
    arcs: tuple[tuple[int, int, int], ...]


class Residual:
    """A plan that is best for the weights of its pairs, with prices that prove it; locked pairs are taken out.

    Nodes are mentors (0 to m - 1), caps (m to m + c - 1) and the root (m + c).
    """

    def __init__(self, problem: Problem, weight: Longs, pairs: NDArray[np.int32], price: Longs) -> None:
        """Take a plan apart; `settle` says whether it is best.

        Args:
            problem: what was asked.
            weight: int64 (p,), what each pair counts, NEVER where it is closed.
            pairs: int32 (k, 2), the plan with its locked pairs, all among the allowed pairs.
            price: int64 (m+c+1,), a guess at the prices, each with those of the nodes above.
        """
        self.problem, self.weight, self.price = problem, weight, price
        mentors, caps = len(problem.mentors), len(problem.caps)
        self.root = mentors + caps
        innermost, above = cap_parents(problem.caps, mentors)
        parent = np.concatenate([innermost, above])
        self.parent: Longs = np.where(parent < 0, self.root, parent + mentors)
        limits = [np.asarray(problem.capacity, dtype=np.int64), np.array([cap.limit for cap in problem.caps])]
        self.limit: Longs = np.concatenate(limits).astype(np.int64)
        # What a node must have; below zero where locked pairs are more than that.
        self.least: Longs = np.concatenate([problem.least, [cap.least for cap in problem.caps]]).astype(np.int64)
        self.load: Longs = np.zeros(self.root + 1, dtype=np.int64)
        self.held: list[list[int]] = [[] for _ in range(mentors)]
        self.holds: list[list[int]] = [[] for _ in problem.mentees]
        self.spare: Longs = problem.wanted.astype(np.int64)
        self.children: list[Longs] = [np.flatnonzero(self.parent == node) for node in range(mentors, self.root + 1)]
        locked = {(int(mentee), int(mentor)) for mentee, mentor in problem.locked}
        for mentee, mentor in locked:
            self.freeze(mentee, mentor)
        for mentee, mentor in np.asarray(pairs).tolist():
            if (mentee, mentor) not in locked:
                self._put(mentee, mentor)
                for node in self.up(mentor):
                    self.load[node] += 1

    @cached_property
    def partner(self) -> NDArray[np.intp]:
        """The mentors of the pairs as numpy looks them up soonest; made when first asked for, as it is large."""
        return self.problem.partner.astype(np.intp)

    def copied(self) -> "Residual":
        """Return a copy that can be changed without touching this one."""
        other = copy.copy(self)
        other.weight, other.price, other.limit = self.weight.copy(), self.price.copy(), self.limit.copy()
        other.least = self.least.copy()
        other.load, other.spare = self.load.copy(), self.spare.copy()
        other.held, other.holds = [list(one) for one in self.held], [list(one) for one in self.holds]
        return other

    def pairs(self) -> list[tuple[int, int]]:
        """Return the pairs that are not locked."""
        return [(mentee, mentor) for mentee, mentors in enumerate(self.holds) for mentor in mentors]

    def gains(self, mentee: int) -> tuple[Heads, Longs]:
        """Return the mentors whom a mentee may have (a slice if that is everyone), and what is left after prices."""
        first, last = int(self.problem.starts[mentee]), int(self.problem.starts[mentee + 1])
        heads: Heads = self.partner[first:last]
        if last - first == len(self.held):
            heads = slice(0, last - first)
        return heads, self.weight[first:last] - self.price[heads]

    def up(self, node: int) -> list[int]:
        """Return a node and those above it, without the root."""
        found = []
        while node != self.root:
            found.append(node)
            node = int(self.parent[node])
        return found

    def place(self, mentee: int, mentor: int) -> int:
        """Return where a pair stands in the problem's lists, -1 where it is not allowed."""
        return self.problem.place(mentee, mentor)

    def freeze(self, mentee: int, mentor: int, *, is_loaded: bool = False) -> None:
        """Take a locked pair out of the network, with the places that it fills (and its load, where it has one)."""
        for node in self.up(mentor):
            self.limit[node] -= 1
            self.least[node] -= 1
            self.load[node] -= is_loaded
        self.spare[mentee] -= 1
        self.weight[self.place(mentee, mentor)] = NEVER

    def reserve(self, mentor: int) -> None:
        """Give a locked pair's places and load back to the network, while its mentee is still away."""
        for node in reversed(self.up(mentor)):
            if not self.load[node] and self.least[node] < 0:
                # An empty node may cost less than the one above it, which a loaded one may not.
                self.price[node] = max(self.price[node], self.price[self.parent[node]])
            self.limit[node] += 1
            self.least[node] += 1
            self.load[node] += 1

    def thaw(self, mentee: int, mentor: int, weight: int) -> None:
        """Put a locked pair back into the network and the plan, free to go."""
        self.reserve(mentor)
        self.spare[mentee] += 1
        self.weight[self.place(mentee, mentor)] = weight
        self._put(mentee, mentor)

    def is_out_of_bounds(self) -> bool:
        """Return True if the locked pairs or the plan do not fit into the places, or lack of a least number."""
        load = self.load[:-1]
        return bool((load > self.limit).any() or (load < self.least).any() or (self.spare < 0).any())

    def can_give(self, nodes: Longs | NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return which of these nodes have more pairs than they must have."""
        return np.asarray(self.load[nodes] > np.maximum(self.least[nodes], 0))

    def settle(self) -> bool:
        """Raise the prices until they prove the plan best; False if they cannot, because it is not."""
        rows = np.arange(len(self.holds))
        profit = np.full(len(rows), FAR, dtype=np.int64)
        for _ in range(self.root + 3):
            now = self.profits()
            if (now < 0).any():
                return False
            rows = np.flatnonzero((now < profit) & (np.diff(self.problem.starts) > 0))
            profit = now
            before = self.price.copy()
            self._raise(rows, profit)
            if not self._settle_tree():
                return False
            if (self.price == before).all():
                return True
        return False

    def profits(self) -> Longs:
        """Return what each mentee has left of the worst pair held, 0 where a place is missing: int64 (n,)."""
        mentee = np.repeat(np.arange(len(self.holds)), [len(one) for one in self.holds])
        mentor = np.array([mentor for one in self.holds for mentor in one], dtype=np.int64)
        profit = np.where(self.spare > 0, 0, FAR)
        if len(mentee):
            places = self.problem.positions(np.stack([mentee, mentor], axis=1).astype(np.int32))
            np.minimum.at(profit, mentee, self.weight[places] - self.price[mentor])
        return profit

    def _raise(self, rows: Longs, profit: Longs) -> None:
        """Raise the price of each mentor to what these mentees would gain there."""
        starts = self.problem.starts
        for span in np.array_split(rows, max(1, len(rows) // 256)):
            if not len(span):
                continue
            first, last = int(span[0]), int(span[-1]) + 1
            at = np.arange(starts[first], starts[last])
            if last - first != len(span):
                at = np.concatenate([np.arange(starts[row], starts[row + 1]) for row in span.tolist()])
            gain = self.weight[at] - np.repeat(profit[span], starts[span + 1] - starts[span])
            partner = self.problem.partner[at]
            over = np.flatnonzero(gain > self.price[partner])
            if len(over) and (many := self.holds_many(span)):
                taken = {self.place(mentee, mentor) for mentee in many for mentor in self.holds[mentee]}
                over = over[~np.isin(at[over], list(taken))]
            np.maximum.at(self.price, partner[over], gain[over])

    def holds_many(self, rows: Longs) -> list[int]:
        """Return those of these mentees who may have several mentors."""
        return [row for row in rows.tolist() if self.problem.wanted[row] > 1]

    def _settle_tree(self) -> bool:
        """Raise prices along the tree: none below the node above it, and no node with room above its parent."""
        price, loose = self.price, self.load[:-1] < self.limit
        # A node that has no more than it must may be cheaper than the one above it.
        held = (self.least > 0) & (self.load[:-1] <= self.least)
        order = sorted(range(self.root), key=lambda node: len(self.up(node))) if self.problem.caps else range(self.root)
        if not self.problem.caps:
            if (price[:-1][loose] > 0).any():
                return False
            np.maximum(price[:-1], 0, out=price[:-1], where=~held)
            return True
        for node in reversed(order):
            if loose[node]:
                price[self.parent[node]] = max(price[self.parent[node]], price[node])
        if price[self.root] > 0:
            return False
        for node in order:
            if not held[node]:
                price[node] = max(price[node], price[self.parent[node]])
        return True

    def from_mentee(self, mentee: int, *, to: int) -> Path | None:
        """Return the cheapest way for a mentee without a place to get one while a node gives one up."""
        return self._search(mentee=mentee, targets={to: 0})

    def to_mentee(self, node: int, mentee: int) -> Path | None:
        """Return the cheapest way for a node with one too many to end with a mentee giving up a place."""
        targets = {mentor: self._own(mentee, mentor) for mentor in self.holds[mentee]}
        if self.spare[mentee] > 0:
            targets[self.root] = 0
        return self._search(node=node, targets=targets, last=mentee)

    def between(self, node: int, *, to: int, most: int = FAR) -> Path | None:
        """Return the cheapest way from a node with one too many to a node with one too few, if nearer than `most`."""
        return self._search(node=node, targets={to: 0}, most=most) if most > 0 else None

    def _own(self, mentee: int, mentor: int) -> int:
        """Return what a mentee has left of a pair held after its price."""
        return int(self.weight[self.place(mentee, mentor)] - self.price[mentor])

    def _search(
        self, *, targets: dict[int, int], node: int = -1, mentee: int = -1, last: int = -1, most: int = FAR
    ) -> Path | None:
        """Search from a node or a mentee to the cheapest target, and lower the prices by what was walked.

        `targets` maps nodes to what the last arc, with the mentee `last`, costs in addition.
        """
        search = _ShortestPaths(self)
        base = 0
        if mentee >= 0:
            base = search.begin_with(mentee)
        else:
            search.begin(node)
        least = min(targets.values(), default=0)
        best, end = most, -1
        while True:
            at = search.nearest()
            if at < 0 or search.dist[at] >= best:
                break
            if at in targets and search.dist[at] + targets[at] - least < best:
                best, end = int(search.dist[at]) + targets[at] - least, at
            search.expand(at)
        if end < 0:
            if most < FAR:
                self._lower(search.dist, most)
            return None
        arcs = search.arcs_to(end)
        if last >= 0:
            arcs.append((end, last if end != self.root else -1, -1))
        # The true cost follows from the prices at both ends, before they are lowered.
        begin = -base if mentee >= 0 else int(self.price[node])
        cost = best + least + begin if last >= 0 else best + begin - int(self.price[end])
        self._lower(search.dist, best)
        return Path(cost, tuple(arcs))

    def _lower(self, dist: Longs, most: int) -> None:
        """Lower the prices by the distances walked, so that no arc costs less than 0, and the root nothing."""
        self.price = self.price - np.minimum(dist, most)
        self.price -= self.price[self.root]

    def move_along(self, path: Path) -> None:
        """Change the plan along a path."""
        for tail, mentee, head in path.arcs:
            if mentee < 0:
                if head >= 0 and tail != self.root and self.parent[tail] == head:
                    self.load[tail] += 1
                elif head >= 0:
                    self.load[head] -= 1
                continue
            if 0 <= tail < self.root:
                self.held[tail].remove(mentee)
                self.holds[mentee].remove(tail)
                self.spare[mentee] += 1
            if 0 <= head < self.root:
                self._put(mentee, head)

    def _put(self, mentee: int, mentor: int) -> None:
        """Add a pair to the plan; the loads are the caller's."""
        self.held[mentor].append(mentee)
        self.holds[mentee].append(mentor)
        self.spare[mentee] -= 1

    def drop(self, mentee: int, mentor: int) -> None:
        """Take a pair out of the plan; the mentor's node then has one too few until a path mends it."""
        self.held[mentor].remove(mentee)
        self.holds[mentee].remove(mentor)
        self.spare[mentee] += 1


class _ShortestPaths:
    """Distances from a start over the residual network, each node with the arc by which it was reached."""

    def __init__(self, net: Residual) -> None:
        self.net = net
        self.dist: Longs = np.full(net.root + 1, UNREACHED, dtype=np.int64)
        self.left: Longs = self.dist.copy()
        self.came: Longs = np.full(net.root + 1, -1, dtype=np.int64)
        self.by: Longs = np.full(net.root + 1, -1, dtype=np.int64)
        self.start = -1

    def nearest(self) -> int:
        """Return the nearest node that is not done, -1 if none can be reached."""
        at = int(self.left.argmin())
        return at if self.left[at] < UNREACHED else -1

    def begin(self, node: int) -> None:
        """Start with a node."""
        self.dist[node] = self.left[node] = 0

    def begin_with(self, mentee: int) -> int:
        """Start with a mentee who may go to any mentor or to the root; return the most that gains after prices."""
        net = self.net
        self.start = mentee
        heads, gain = net.gains(mentee)
        base = max(0, int(gain.max(initial=0)))
        cost = base - gain
        self._keep_off(mentee, heads, cost)
        self._reach(-1, mentee, heads, cost)
        self._reach_one(-1, mentee, net.root, base)
        return base

    def expand(self, node: int) -> None:
        """Reach what can be reached from a node."""
        net = self.net
        base = int(self.dist[node])
        self.left[node] = DONE
        if node != net.root and net.load[node] < net.limit[node]:
            above = int(net.parent[node])
            self._reach_one(node, -1, above, base + int(net.price[above] - net.price[node]))
        if node >= len(net.held):
            children = net.children[node - len(net.held)]
            children = children[net.can_give(children)]
            self._reach(node, -1, children, base + net.price[children] - net.price[node])
        if node == net.root:
            self._expand_waiting(base)
        elif node < len(net.held):
            for mentee in net.held[node]:
                self._expand_mentee(node, mentee, base)

    def _expand_mentee(self, node: int, mentee: int, base: int) -> None:
        """Reach the mentors to whom a mentee of this mentor could move, and the root."""
        net = self.net
        heads, gain = net.gains(mentee)
        own = int(gain[node] if isinstance(heads, slice) else gain[np.searchsorted(heads, node)])
        cost = base + own - gain
        if len(net.holds[mentee]) > 1:
            self._keep_off(mentee, heads, cost)
        self._reach(node, mentee, heads, cost)
        self._reach_one(node, mentee, net.root, base + own)

    def _expand_waiting(self, base: int) -> None:
        """Reach the mentors whom mentees with a place missing could have."""
        net = self.net
        for mentee in np.flatnonzero(net.spare > 0).tolist():
            if mentee == self.start:
                # This mentee is on the way already; a way that comes back here is never cheaper.
                continue
            heads, gain = net.gains(mentee)
            cost = base - gain
            self._keep_off(mentee, heads, cost)
            self._reach(net.root, mentee, heads, cost)

    def _keep_off(self, mentee: int, heads: Heads, cost: Longs) -> None:
        """Put the mentors whom a mentee already has out of reach."""
        holds = self.net.holds[mentee]
        if holds:
            cost[holds if isinstance(heads, slice) else np.searchsorted(heads, holds)] = FAR

    def _reach(self, node: int, mentee: int, heads: Heads, cost: Longs) -> None:
        """Note the nodes that are nearer this way."""
        nearer = (cost < self.dist[heads]).nonzero()[0]
        if not len(nearer):
            return
        cost = cost[nearer]
        nodes = nearer if isinstance(heads, slice) else heads[nearer]
        self.dist[nodes] = cost
        self.left[nodes] = cost
        self.came[nodes] = node
        self.by[nodes] = mentee

    def _reach_one(self, node: int, mentee: int, head: int, cost: int) -> None:
        """Note one node if it is nearer this way."""
        if cost < self.dist[head]:
            self.dist[head] = self.left[head] = cost
            self.came[head], self.by[head] = node, mentee

    def arcs_to(self, node: int) -> list[tuple[int, int, int]]:
        """Return the arcs from the start to a node, in order."""
        arcs: list[tuple[int, int, int]] = []
        while node >= 0 and (self.came[node] >= 0 or self.by[node] >= 0):
            arcs.append((int(self.came[node]), int(self.by[node]), node))
            node = int(self.came[node])
        return arcs[::-1]


def lowest_prices(problem: Problem, size: int) -> Longs:
    """Return prices of nodes (m+c+1,) to begin from: below 0 by `size` for each least number on the way up."""
    innermost, above = cap_parents(problem.caps, len(problem.mentors))
    of_caps = np.zeros(len(problem.caps) + 1, dtype=np.int64)
    for at in sorted(range(len(problem.caps)), key=lambda place: (-len(problem.caps[place].mentors), place)):
        of_caps[at] = of_caps[above[at]] - size * (problem.caps[at].least > 0)
    return np.concatenate([of_caps[innermost] - size * (problem.least > 0), of_caps])


def guessed_prices(problem: Problem, prices: Longs, cap_prices: Longs, scale: int) -> Longs:
    """Return the prices of nodes (m+c+1,), each with those above it, from a certificate's own prices."""
    mentors = len(problem.mentors)
    price = np.zeros(mentors + len(problem.caps) + 1, dtype=np.int64)
    if len(prices) != mentors or len(cap_prices) != len(problem.caps):
        return price
    price[:mentors] = prices
    sets: Sequence[frozenset[int]] = [frozenset(cap.mentors) for cap in problem.caps]
    for at, cap in enumerate(problem.caps):
        price[list(cap.mentors)] += cap_prices[at]
        price[mentors + at] = sum(
            int(cap_prices[other])
            for other, members in enumerate(sets)
            if other == at or sets[at] < members or (sets[at] == members and other < at)
        )
    return price * scale
