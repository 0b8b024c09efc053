"""The heaviest matching among weighted pairs of one population: a flow on the double cover, then blossoms.

Everybody stands on both sides of a mentee–mentor problem; half of that problem's best plan is the best fractional
matching, and half the sum of both prices of a person is the person's price (Balinski 1965). All that is left are odd
cycles, so few searches are needed. They look at the pairs that are nearly tight; then every pair is checked against
the prices, and pairs that the prices do not cover are added until none is left.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import TOP_FIT, Longs, Problem
from chiron.pairing.shapes.peers.blossom import NOBODY, WeightedMatching
from chiron.pairing.solve import solve

EACH = 10
"""Pairs for each person that the first search looks at."""

KeepGoing = Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Heaviest:
    """A matching with prices that bound every matching.

    Attributes:
        mate: int64 (n,), the partner of each person, −1 for none.
        price: int64 (n,), twice the price of each person, none negative.
        odd_sets: twice the price of each odd set, and its members, ascending.
        is_finished: False if the search was stopped; then prices are valid, and the matching may not be the heaviest.
    """

    mate: Longs
    price: Longs
    odd_sets: tuple[tuple[int, tuple[int, ...]], ...]
    is_finished: bool

    @property
    def pairs(self) -> Longs:
        """Return the pairs, the smaller position first, ascending: int64 (k, 2)."""
        one = np.flatnonzero(self.mate > np.arange(len(self.mate)))
        return np.stack([one, self.mate[one]], axis=1)

    @property
    def count(self) -> int:
        """Return the number of pairs."""
        return int((self.mate >= 0).sum()) // 2

    @property
    def bound(self) -> int:
        """Return the whole weight that no matching exceeds."""
        return (
            int(self.price.sum()) + sum(set_price * (len(members) // 2) for set_price, members in self.odd_sets)
        ) // 2


def heaviest(people: int, pairs: Longs, weight: Longs, keep_going: KeepGoing | None = None) -> Heaviest:
    """Return the heaviest matching with its prices.

    Args:
        people: how many there are.
        pairs: int64 (p, 2), the smaller position first, ascending.
        weight: int64 (p,), whole; pairs with a negative weight are never made.
        keep_going: asked now and then; False stops the search.
    """
    useful = weight >= 0
    pairs, weight = pairs[useful], weight[useful]
    if not len(pairs):
        alone = np.full(people, NOBODY, dtype=np.int64)
        return Heaviest(alone, np.zeros(people, dtype=np.int64), (), is_finished=True)
    price, mate = _fractional(people, pairs, weight)
    chosen = _nearly_tight(people, pairs, price[pairs].sum(axis=1) - 2 * weight)
    while True:
        net = WeightedMatching(_neighbours(people, pairs[chosen], weight[chosen]), price.tolist(), mate.tolist())
        is_finished = net.grow(keep_going)
        found = np.array(net.price, dtype=np.int64)
        odd_sets = tuple(net.odd_sets())
        lack = _lack(people, pairs, weight, found, odd_sets)
        missing = np.flatnonzero(lack > 0)
        if not len(missing):
            return Heaviest(np.array(net.mate, dtype=np.int64), found, odd_sets, is_finished)
        if not is_finished:
            # Whoever lacks most pays for it: that keeps the bound valid.
            np.maximum.at(found, pairs[missing, 0], found[pairs[missing, 0]] + lack[missing])
            return Heaviest(np.array(net.mate, dtype=np.int64), found, odd_sets, is_finished)
        missing = missing[np.argsort(-lack[missing], kind="stable")[: EACH * people]]
        chosen = np.union1d(chosen, missing)


def _fractional(people: int, pairs: Longs, weight: Longs) -> tuple[Longs, Longs]:
    """Return twice the prices of the best fractional matching, and a matching of tight pairs."""
    if int(weight.max()) > TOP_FIT:
        # Too large for the flow: equal prices that cover every pair, and nobody paired yet.
        return np.full(people, weight.max(), dtype=np.int64), np.full(people, NOBODY, dtype=np.int64)
    row = np.concatenate([pairs[:, 0], pairs[:, 1]])
    column = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.argsort(row * people + column)
    row, column, fit = row[order], column[order], np.concatenate([weight, weight])[order]
    ids = tuple(map(str, range(people)))
    ones = np.ones(people, dtype=np.int32)
    degree = np.bincount(row, minlength=people)
    starts = np.concatenate([[0], np.cumsum(degree)])
    double = Problem(
        mentees=ids, mentors=ids, starts=starts, partner=column.astype(np.int32), fit=fit.astype(np.int32),
        capacity=ones, wanted=ones, tier=np.zeros_like(ones),
    )  # fmt: skip
    answer = solve(double, aim="total")
    right = answer.step("total").certificate.prices
    left = np.zeros(people, dtype=np.int64)
    some = np.flatnonzero(degree)
    left[some] = np.maximum(np.maximum.reduceat(fit - right[column], starts[some]), 0)
    return left + right, _untangled(people, answer.pairs)


def _untangled(people: int, arcs: NDArray[np.int32]) -> Longs:
    """Return a matching along the ways and rings of half pairs: on an odd ring one person stays alone."""
    after = np.full(people, NOBODY, dtype=np.int64)
    before = np.full(people, NOBODY, dtype=np.int64)
    after[arcs[:, 0]], before[arcs[:, 1]] = arcs[:, 1], arcs[:, 0]
    following, preceding = after.tolist(), before.tolist()
    mate, seen = [NOBODY] * people, [False] * people
    # Ways begin with somebody whom no arc reaches; what is left after them are rings.
    for first in [*(person for person in range(people) if preceding[person] == NOBODY), *range(people)]:
        way, person = [], first
        while person != NOBODY and not seen[person]:
            seen[person] = True
            way.append(person)
            person = following[person]
        for one, other in zip(way[::2], way[1::2], strict=False):
            mate[one], mate[other] = other, one
    return np.array(mate, dtype=np.int64)


def _nearly_tight(people: int, pairs: Longs, slack: Longs) -> Longs:
    """Return the places of the pairs with the least slack, EACH for every person on average."""
    if len(pairs) <= EACH * people:
        return np.arange(len(pairs))
    # Among equal ones the nearer positions come first, so that nobody gets all of them.
    key = slack * people + (pairs[:, 1] - pairs[:, 0])
    return np.sort(np.argpartition(key, EACH * people)[: EACH * people])


def _neighbours(people: int, pairs: Longs, weight: Longs) -> list[list[tuple[int, int]]]:
    """Return for each person the others with twice the weight."""
    neighbours: list[list[tuple[int, int]]] = [[] for _ in range(people)]
    for (one, other), doubled in zip(pairs.tolist(), (2 * weight).tolist(), strict=True):
        neighbours[one].append((other, doubled))
        neighbours[other].append((one, doubled))
    return neighbours


def _lack(
    people: int, pairs: Longs, weight: Longs, price: Longs, odd_sets: tuple[tuple[int, tuple[int, ...]], ...]
) -> Longs:
    """Return by how much the prices fail to cover each pair, doubled; 0 or less where they do."""
    lack = 2 * weight - price[pairs].sum(axis=1)
    short = np.flatnonzero(lack > 0)
    inside = np.zeros(people, dtype=np.bool_)
    for set_price, members in odd_sets:
        inside[list(members)] = True
        lack[short] -= set_price * (inside[pairs[short, 0]] & inside[pairs[short, 1]])
        inside[list(members)] = False
    return np.asarray(lack)
