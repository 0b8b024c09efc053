"""What a pair counts in one step of an aim, and which pairs of a large network beat the present prices."""

from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.measures.top_k import at_least, cuts
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.solvers.flow.network import Network

BLOCK = 1 << 18
"""Pairs looked at together: small enough to stay in the processor's cache."""

NEVER = -(1 << 61)
"""Less than anything counts."""

FEW = 4
"""So few numbers are looked for one by one."""

WHOLE = 256
"""With so many mentors a row is long enough to be treated on its own."""

HALF = 1 << 29
"""With prices and bonuses below this, gains fit into 32 bits, which halves the time of a scan."""

RANK_BITS = 21
STRIDE = 7919
REACH = 1 << (62 - RANK_BITS)


@dataclass(frozen=True, slots=True, eq=False)
class PairObjective:
    """The objective: a pair counts `bonus` of its mentee, plus `extra` of its mentor, plus what its fit counts.

    Attributes:
        bonus: int64 (n,), what the last mentor that a mentee may have counts.
        steep: int64 (n, K), how much more than that the first, second, … mentor counts; falling, 0 for the last and
            for those whom a mentee may not have; None where all count alike.
        extra: int64 (m,).
        counts_fit: True if the fit itself is added.
        per_point: what a point of the fit counts.
        table: int64, what a fit counts, looked up at the fit (then never negative); it replaces the fit.
        floor: pairs with a lower fit are left out.
    """

    bonus: Longs
    extra: Longs
    counts_fit: bool = True
    per_point: int = 1
    steep: Longs | None = None
    table: Longs | None = None
    floor: int | None = None

    def of_fit(self, fit: np.ndarray) -> np.ndarray:
        """Return what each fit counts, NEVER below the floor."""
        if self.table is not None:
            points = self.table[fit]
        elif self.counts_fit:
            points = fit.astype(np.int64) * self.per_point
        else:
            points = np.zeros(len(fit), dtype=np.int64)
        if self.floor is not None:
            points = np.where(fit < self.floor, NEVER, points)
        return np.asarray(points)


def plain(net: Network) -> PairObjective:
    """Return the objective that is the fit alone."""
    return PairObjective(bonus=np.zeros(net.mentees, dtype=np.int64), extra=np.zeros(net.mentors, dtype=np.int64))


def with_levels(objective: PairObjective, net: Network, levels: Longs) -> PairObjective:
    """Return an objective in which each further free mentor of a mentee counts so much: int64 (n, K), falling."""
    last = np.maximum(net.wanted - 1, 0)[:, None]
    bonus = np.take_along_axis(levels, np.minimum(last, levels.shape[1] - 1), axis=1)[:, 0] * (net.wanted > 0)
    steep = np.where(np.arange(levels.shape[1]) < net.wanted[:, None], levels - bonus[:, None], 0)
    return replace(objective, bonus=bonus, steep=steep if steep.any() else None)


def counting(net: Network, weights: Longs, floor: int | None = None) -> PairObjective:
    """Return the objective that counts people, with a weight for each counting step."""
    return with_levels(replace(plain(net), counts_fit=False, floor=floor), net, net.by_level(weights))


def falling(net: Network) -> Longs:
    """Return weights of the counting steps that put each before all later ones: S for the first, 1 for the last.

    Larger weights are not needed: what can be counted together forms a polymatroid, and the plan that is best for
    falling weights is then best step by step (Edmonds 1970).
    """
    return np.arange(net.steps, 0, -1, dtype=np.int64)


def up_to(net: Network, last: int) -> Longs:
    """Return weights that count the counting steps up to this one, from 0, alike."""
    return np.asarray(np.arange(net.steps) <= last, dtype=np.int64)


def of_levels(objective: PairObjective, net: Network, plan: Longs) -> int:
    """Return what the mentees of a plan, given as places, count beyond the bonus of each pair."""
    if objective.steep is None:
        return 0
    row = np.searchsorted(net.starts, plan, side="right") - 1
    held = np.bincount(row, minlength=net.mentees)
    return int(objective.steep[np.arange(objective.steep.shape[1]) < held[:, None]].sum())


def _spans(net: Network, rows: Longs) -> list[Longs]:
    """Return the rows in runs of about BLOCK pairs each."""
    if not len(rows):
        return []
    ends = np.cumsum(net.starts[rows + 1] - net.starts[rows])
    cuts = np.flatnonzero(np.diff(ends // BLOCK)) + 1
    return np.split(rows, cuts)


def _pairs_of(net: Network, rows: Longs) -> tuple[Ints, Ints, Longs]:
    """Return mentor and fit of the pairs of these rows, row by row, and how many each row has."""
    begin, end = net.starts[rows], net.starts[rows + 1]
    if rows[-1] - rows[0] + 1 == len(rows):
        piece = slice(int(begin[0]), int(end[-1]))
        return net.partner[piece], net.fit[piece], end - begin
    pieces = [slice(*ends) for ends in zip(begin.tolist(), end.tolist(), strict=True)]
    partner = np.concatenate([net.partner[piece] for piece in pieces])
    return partner, np.concatenate([net.fit[piece] for piece in pieces]), end - begin


def _gain(objective: PairObjective, price: Longs, partner: Ints, fit: Ints, degree: Longs) -> np.ndarray:
    """Return what pairs count less the price of their mentors, without the bonus of their mentees."""
    is_small = np.abs(price).max(initial=0) < HALF and np.abs(objective.bonus).max(initial=0) < HALF
    if objective.table is not None or objective.per_point != 1 or not is_small:
        return np.asarray(objective.of_fit(fit) - price[partner])
    cost = _cost(price.astype(np.int32), partner, degree)
    gain = np.subtract(fit, cost, out=cost) if objective.counts_fit else np.negative(cost, out=cost)
    if objective.floor is not None:
        # Together with a bonus below HALF this stays below every profit.
        gain[fit < objective.floor] = -2 * HALF
    return gain


def _cost(price: Ints, partner: Ints, degree: Longs) -> Ints:
    """Return the price of the mentor of each pair; the rows of mentees who may have everyone are not looked up."""
    is_whole = degree == len(price)
    if len(price) < WHOLE or not is_whole.any():
        return price.take(partner, mode="clip")
    cost = np.empty(len(partner), dtype=np.int32)
    turns = np.flatnonzero(np.diff(is_whole)) + 1
    ends = np.cumsum(degree)
    begin = 0
    for row, end in zip([0, *turns.tolist()], [*ends[turns - 1].tolist(), len(partner)], strict=True):
        if is_whole[row]:
            cost[begin:end].reshape(-1, len(price))[:] = price
        else:
            price.take(partner[begin:end], mode="clip", out=cost[begin:end])
        begin = end
    return cost


def distinct(fit: Ints) -> Longs:
    """Return the distinct fits, ascending: int64."""
    if not len(fit):
        return np.empty(0, dtype=np.int64)
    low, high = int(fit.min()), int(fit.max())
    if high - low > 1 << 20:
        return np.unique(fit).astype(np.int64)
    occurs = np.zeros(high - low + 1, dtype=np.bool_)
    for first in range(0, len(fit), BLOCK):
        block, missing = fit[first : first + BLOCK], np.flatnonzero(~occurs)
        if len(missing) > FEW:
            occurs[block - low] = True
        else:
            occurs[missing] = [(block == low + each).any() for each in missing.tolist()]
    return np.flatnonzero(occurs) + low


def gains(net: Network, objective: PairObjective, price: Longs) -> Longs:
    """Return what every pair of the network counts after the price of its mentor: int64 (p,)."""
    gain = objective.of_fit(net.fit) + np.repeat(objective.bonus, np.diff(net.starts))
    return np.asarray(gain + (objective.extra - price[: net.mentors])[net.partner], dtype=np.int64)


def penalties(net: Network, objective: PairObjective) -> tuple[int, int]:
    """Return a first penalty for each pair that a least number lacks, and one that is surely enough; 0 without any.

    With enough of it, no chain of changes gains more than the pair that it takes from a least number. A chain passes
    each mentee, mentor and cap at most once, and one person at each of its ends comes in or goes out.
    """
    if not net.has_least:
        return 0, 0
    counted = np.zeros(1, dtype=np.int64)
    if objective.table is not None:
        counted = objective.table
    elif objective.counts_fit and len(net.fit):
        counted = np.array([net.fit.min(), net.fit.max()], dtype=np.int64)
    counted = counted * objective.per_point
    spread = int(counted.max(initial=0) - counted.min(initial=0))
    extra = int(np.abs(objective.extra).max(initial=0))
    steep = 0 if objective.steep is None else int(objective.steep.max(initial=0))
    most = int(objective.bonus.max(initial=0)) + steep + int(np.abs(counted).max(initial=0)) + 1
    enough = 2 * most + spread * (min(net.mentees, net.mentors) + 3) + 2 * extra * (net.root - net.mentors + 2)
    return min(2 * (spread + extra + most), enough), enough


def highest(net: Network, objective: PairObjective, price: Longs, rows: Longs) -> Longs:
    """Return the best gain of each of these rows, NEVER where a row has no pair: int64 (rows,)."""
    top = np.full(len(rows), NEVER, dtype=np.int64)
    done = 0
    price = price - objective.extra
    for span in _spans(net, rows):
        partner, fit, degree = _pairs_of(net, span)
        some = np.flatnonzero(degree)
        if len(some):
            begin = (np.cumsum(degree) - degree)[some]
            top[done + some] = np.maximum.reduceat(_gain(objective, price, partner, fit, degree), begin)
        done += len(span)
    return np.where(top == NEVER, NEVER, top + objective.bonus[rows])


def leaders(net: Network, objective: PairObjective, price: Longs, rows: Longs, least: Longs, most: int) -> Longs:
    """Return the places of up to `most` pairs in each row that gain more than the row's `least`: int64, ascending.

    Among equal gains the lottery decides, so the order of the input does not.
    """
    price = price - objective.extra
    found = []
    for span in _spans(net, rows):
        partner, fit, degree = _pairs_of(net, span)
        gain = _gain(objective, price, partner, fit, degree)
        more = np.clip(least[span] - objective.bonus[span] + 1, *_ends(gain)).astype(gain.dtype)
        over, line = at_least(gain, degree, np.maximum(more, cuts(gain, degree, most)))
        # Each mentee begins at another place of the lottery: otherwise ties send everybody to the same few mentors.
        turn = net.mentor_rank[partner[over]] + (net.mentee_rank[span] * STRIDE % net.mentors)[line]
        turn = np.where(turn >= net.mentors, turn - net.mentors, turn)
        key = np.clip(gain[over], -REACH, REACH).astype(np.int64) * (1 << RANK_BITS) - turn
        chosen = _highest_in_rows(key, line, len(span), most)
        line, over = line[chosen], over[chosen]
        found.append(net.starts[span][line] + over - (np.cumsum(degree) - degree)[line])
    return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)


def _ends(gain: np.ndarray) -> tuple[int, int]:
    """Return the least and the greatest number that an array of gains can hold."""
    kind = np.iinfo(gain.dtype)
    return int(kind.min), int(kind.max)


def _highest_in_rows(key: Longs, line: Longs, rows: int, most: int) -> Longs:
    """Return the indices of the up to `most` highest keys of each row; the keys stand row by row."""
    degree = np.bincount(line, minlength=rows)
    width, begin = int(degree.max(initial=0)), np.cumsum(degree) - degree
    if width <= most:
        return np.arange(len(key))
    if (degree == width).all():
        square = key.reshape(rows, width)
    else:
        square = np.full((rows, width), NEVER * 2, dtype=np.int64)
        square[line, np.arange(len(key)) - begin[line]] = key
    column = np.argpartition(square, width - most, axis=1)[:, width - most :]
    row, slot = np.nonzero(np.take_along_axis(square, column, axis=1) > NEVER)
    return np.asarray(begin[row] + column[row, slot], dtype=np.int64)
