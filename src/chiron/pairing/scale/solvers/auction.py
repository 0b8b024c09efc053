"""The highest total by auction: mentees bid for places, mentors with a dear empty place bid for mentees.

ε-scaling forward and reverse auction for the transportation problem (Bertsekas and Castañon 1989, 1992). Fits are
multiplied by two more than the number of mentors that could ever have a mentee. So after the last round, with ε = 1,
some rounding of the prices to whole points proves the plan best: the slack of a pair, at most 1, is lost in the
rounding unless a price falls on one residue, and there is a residue on which none falls.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np

from chiron.pairing.model.problem import Ints, Longs, ProblemError
from chiron.pairing.scale.kernels.machine import kernel, signed
from chiron.pairing.scale.solvers.seats import Seats, empty_seats, leave, sit
from chiron.pairing.scale.solvers.sparse import SparsePairs

NEVER = -(1 << 61)
"""Less than any fit: no way out for a mentee who must be matched, no lowest price for a mentor who must be full."""
LARGEST = 1 << 60
TOO_LARGE = "fit: the numbers are too large for exact arithmetic"
STEP = 10
"""By how much ε falls from round to round."""


@dataclass(frozen=True, slots=True, eq=False)
class Bids:
    """A plan of the highest total with the prices that prove it.

    Attributes:
        taken: int64 (n,), the place of each mentee's pair, −1 for none.
        price: int64 (m,), of one seat with each mentor; the lowest allowed where a seat is free.
        profit: int64 (n,), what is left to each mentee; what staying out is worth where there is no pair.
    """

    taken: Longs
    price: Longs
    profit: Longs


def auction(
    pairs: SparsePairs,
    *,
    outside: Longs | None = None,
    least: Longs | None = None,
    prices: Longs | None = None,
    near: int | None = None,
) -> Bids:
    """Return the plan with the highest total of fit, plus what staying out is worth for those who stay out.

    Args:
        pairs: who may be paired with whom, and the fit.
        outside: int64 (n,), what staying out is worth; NEVER for a mentee who must be matched; zeros by default.
        least: int64 (m,), the lowest price of a mentor's seat; NEVER for a mentor who must be full; zeros by default.
        prices: int64 (m,), a guess at the prices.
        near: how far off the guess may be, in points; the search begins there.

    Raises:
        ProblemError: the numbers are too large for exact arithmetic.
    """
    n, m = pairs.mentees, pairs.mentors
    outside = np.zeros(n, dtype=np.int64) if outside is None else outside
    least = np.zeros(m, dtype=np.int64) if least is None else least
    scale = min(n, int((pairs.capacity > 0).sum())) + 2
    limits = np.concatenate([outside[outside > NEVER], least[least > NEVER]])
    unit = _unit(pairs.fit, limits)
    unit32 = np.int32(unit)
    span = int(pairs.fit.max(initial=0)) - int(pairs.fit.min(initial=0))
    top = max(span, int(np.abs(limits).max(initial=0)), unit) // unit
    if 8 * top * scale > LARGEST:
        raise ProblemError(TOO_LARGE)
    guess = np.maximum(least, 0) if prices is None else np.maximum(prices, least)
    counted = pairs if unit == 1 else pairs._replace(fit=pairs.fit // unit32, column_fit=pairs.column_fit // unit32)
    taken, price, profit, fine = _solved(
        counted,
        np.where(outside == NEVER, NEVER, outside // unit * scale),
        np.where(least == NEVER, NEVER, least // unit * scale),
        guess // unit * scale,
        scale,
        max(1, (top if near is None else near // unit) * scale // STEP),
    )
    if not fine:
        raise ProblemError(TOO_LARGE)
    price *= unit
    return Bids(taken=taken, price=price, profit=np.where(profit == NEVER, NEVER, profit * unit))


def _unit(fit: Ints, limits: Longs) -> int:
    """Return the largest number of points of which every fit and limit is a multiple: coarse fits count in steps."""
    found = int(np.gcd.reduce(limits, initial=0))
    for first in range(0, len(fit), 1 << 16):
        if found == 1:
            break
        found = gcd(found, int(np.gcd.reduce(fit[first : first + (1 << 16)])))
    return max(1, found)


@kernel
def _forward(pairs: SparsePairs, state: Seats, count: int, scale: int, epsilon: int) -> None:
    """Let the waiting mentees bid until each has a seat or prefers to stay out; the last to come bids first."""
    starts, partner, fit, price = pairs.starts, pairs.partner, pairs.fit, state.price
    while count > 0:
        count -= 1
        i = state.queue[count]
        while i >= 0:
            best = second = state.outside[i]
            place = signed(-1)
            for at in range(starts[i], starts[i + 1]):
                gain = scale * fit[at] - price[partner[at]]
                if gain > second:
                    if gain > best:
                        second = best
                        best = gain
                        place = at
                    else:
                        second = gain
            state.taken[i] = place
            if place < 0:
                break
            j = partner[place]
            if second == NEVER:
                second = best
            i = sit(state, j, i, price[j] + best - second + epsilon)


@kernel
def _eager(pairs: SparsePairs, state: Seats, j: int, most: int, scale: int) -> int:
    """List the mentees who would pay a mentor most, at most so many, the least eager first; return how many."""
    value_of, slot_of = state.eager_value, state.eager_slot
    found = 0
    for slot in range(pairs.columns[j], pairs.columns[j + 1]):
        value = scale * pairs.column_fit[slot] - state.profit[pairs.row[slot]]
        if (found == most and value <= value_of[0]) or state.taken[pairs.row[slot]] == pairs.place[slot]:
            continue
        if found < most:
            at = found
            found += 1
            while at > 0 and value_of[at - 1] > value:
                value_of[at], slot_of[at] = value_of[at - 1], slot_of[at - 1]
                at -= 1
        else:
            at = 0
            while at < most - 1 and value_of[at + 1] < value:
                value_of[at], slot_of[at] = value_of[at + 1], slot_of[at + 1]
                at += 1
        value_of[at], slot_of[at] = value, slot
    return found


@kernel
def _lower(pairs: SparsePairs, state: Seats, count: int, scale: int, epsilon: int) -> None:
    """Let the mentors with a free seat above the lowest price take mentees, or lower the price, until there is none."""
    begin, used, price, least, queue = state.begin, state.used, state.price, state.least, state.queue
    while count > 0:
        count -= 1
        j = queue[count]
        state.is_open[j] = False
        free = begin[j + 1] - begin[j] - used[j]
        if free == 0 or price[j] <= least[j]:
            continue
        found = _eager(pairs, state, j, free + 1, scale)
        lowest = least[j]
        if found > free or (found > 0 and lowest == NEVER):
            lowest = max(lowest, state.eager_value[0] - epsilon)
        price[j] = lowest = min(price[j], lowest)
        for at in range(begin[j], begin[j] + used[j]):
            state.bid[at] = lowest
            state.profit[state.who[at]] = scale * pairs.fit[state.taken[state.who[at]]] - lowest
        for at in range(found - 1, found - 1 - min(found, free), -1):
            if state.eager_value[at] < lowest + epsilon:
                break
            slot = state.eager_slot[at]
            i = pairs.row[slot]
            if state.taken[i] >= 0:
                other = pairs.partner[state.taken[i]]
                leave(state, other, i)
                if price[other] > least[other] and not state.is_open[other]:
                    state.is_open[other] = True
                    queue[count] = other
                    count += 1
            state.taken[i] = pairs.place[slot]
            state.profit[i] = scale * pairs.column_fit[slot] - lowest
            state.bid[begin[j] + used[j]], state.who[begin[j] + used[j]] = lowest, i
            used[j] += 1


@kernel
def _keep(pairs: SparsePairs, state: Seats, scale: int, epsilon: int) -> int:
    """Keep the pairs that are good enough at the new ε; return how many mentees wait to bid."""
    count = 0
    state.used[:] = 0
    for i in range(len(pairs.starts) - 1):
        best = state.outside[i]
        for at in range(pairs.starts[i], pairs.starts[i + 1]):
            best = max(best, scale * pairs.fit[at] - state.price[pairs.partner[at]])
        place = state.taken[i]
        if place >= 0 and scale * pairs.fit[place] - state.price[pairs.partner[place]] >= best - epsilon:
            j = pairs.partner[place]
            seat = state.begin[j] + state.used[j]
            state.bid[seat], state.who[seat] = state.price[j], i
            state.used[j] += 1
        else:
            state.taken[i] = -1
            if best > state.outside[i]:
                state.queue[count] = i
                count += 1
    return count


@kernel
def _open(pairs: SparsePairs, state: Seats, scale: int) -> int:
    """Work out the profits, and queue the mentors with a free seat above the lowest price; return how many."""
    state.profit[:] = state.outside
    count = 0
    for j in range(len(state.price)):
        for at in range(state.begin[j], state.begin[j] + state.used[j]):
            # A mentor asks one price: whoever bid more gets the difference back.
            state.bid[at] = state.price[j]
            state.profit[state.who[at]] = scale * pairs.fit[state.taken[state.who[at]]] - state.price[j]
        is_free = state.begin[j] + state.used[j] < state.begin[j + 1]
        state.is_open[j] = is_free and state.price[j] > state.least[j]
        if state.is_open[j]:
            state.queue[count] = j
            count += 1
    return count


@kernel
def _shift(price: Longs, used: Longs, scale: int) -> int:
    """Return a shift under which no price of a mentor with mentees falls on a whole number of points, nor does 0."""
    hit = np.zeros(scale, np.bool_)
    hit[0] = True
    for j in range(len(price)):
        if used[j] > 0:
            hit[-price[j] % scale] = True
    shift = 0
    while hit[shift]:
        shift += 1
    return shift


@kernel
def _profits(pairs: SparsePairs, state: Seats, scale: int) -> Longs:
    """Return the profits in points, prices being in points already; give the closed mentors a price that bars them."""
    price, outside = state.price, state.outside
    profit = np.empty(len(outside), np.int64)
    for i in range(len(outside)):
        profit[i] = outside[i] // scale if outside[i] != NEVER else NEVER
        if state.taken[i] >= 0:
            profit[i] = pairs.fit[state.taken[i]] - price[pairs.partner[state.taken[i]]]
    # Whoever takes nobody costs nothing, so this price may be as high as need be.
    for j in range(len(price)):
        if pairs.capacity[j] == 0:
            for slot in range(pairs.columns[j], pairs.columns[j + 1]):
                price[j] = max(price[j], pairs.column_fit[slot] - profit[pairs.row[slot]])
    return profit


@kernel
def _solved(
    pairs: SparsePairs, outside: Longs, least: Longs, price: Longs, scale: int, epsilon: int
) -> tuple[Longs, Longs, Longs, bool]:
    """Return the places taken, the prices and profits in points, and whether all numbers stayed small enough."""
    m = len(least)
    for j in range(m):
        if pairs.capacity[j] == 0:
            price[j] = LARGEST
    state = empty_seats(pairs.capacity, price, outside, least)
    while True:
        _forward(pairs, state, _keep(pairs, state, scale, epsilon), scale, epsilon)
        _lower(pairs, state, _open(pairs, state, scale), scale, epsilon)
        if epsilon == 1:
            break
        epsilon = max(1, epsilon // STEP)
    fine = True
    shift = _shift(price, state.used, scale)
    for j in range(m):
        fine = fine and (abs(price[j]) < LARGEST or pairs.capacity[j] == 0)
        price[j] = (price[j] + shift) // scale if pairs.capacity[j] else 0
    return state.taken, price, _profits(pairs, state, scale), fine
