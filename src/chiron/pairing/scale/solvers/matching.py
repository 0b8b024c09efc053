"""The most people who can be matched, tier by tier, and which mentors prove that there cannot be more.

Layers of shortest alternating paths (Hopcroft and Karp 1973), mentors having several places. When no path is left, the
mentors that unmatched mentees can reach are all full, and everybody there has nowhere else to go (Kőnig 1931).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.machine import kernel, signed
from chiron.pairing.scale.solvers.sparse import SparsePairs

FAR = 1 << 30


class _AugmentingSearch(NamedTuple):
    """What the search remembers: seats and who sits there, layers, and where each person's search goes on."""

    begin: Longs
    used: Longs
    who: Ints
    taken: Longs
    layer: Longs
    mentor_layer: Longs
    at: Longs
    seat: Longs
    queue: Ints


@kernel
def most_people(
    pairs: SparsePairs, floor: int, tier: Longs, tiers: int, hint: Longs
) -> tuple[Longs, Longs, NDArray[np.bool_]]:
    """Match the most people with pairs of at least a fit, an earlier tier before any later one.

    Args:
        pairs: who may be paired with whom.
        floor: pairs with a lower fit are left out.
        tier: int64 (n,), 0 for the first tier; −1 for mentees who take no part.
        tiers: how many tiers there are.
        hint: int64 (n,), places to try first, −1 for none.

    Returns:
        The place of each mentee's pair (n,), −1 for none; how many of each tier are matched (tiers,); and for each
        tier the mentors that unmatched mentees up to that tier can reach, bool (tiers, m).
    """
    n, m = len(tier), len(pairs.capacity)
    begin = np.zeros(m + 1, np.int64)
    for j in range(m):
        begin[j + 1] = begin[j] + pairs.capacity[j]
    state = _AugmentingSearch(
        begin,
        np.zeros(m, np.int64),
        np.zeros(begin[m], np.int32),
        np.full(n, -1, np.int64),
        np.zeros(n, np.int64),
        np.zeros(m, np.int64),
        np.zeros(n, np.int64),
        np.zeros(m, np.int64),
        np.empty(n, np.int32),
    )
    counts = np.zeros(tiers, np.int64)
    reached = np.zeros((tiers, m), np.bool_)
    for last in range(tiers):
        _begin(pairs, state, floor, tier, last, hint)
        while _layers(pairs, state, floor, tier, last):
            for i in range(n):
                if state.taken[i] < 0 and 0 <= tier[i] <= last:
                    _augment(pairs, state, floor, i)
        for j in range(m):
            reached[last, j] = state.mentor_layer[j] < FAR
    for i in range(n):
        if state.taken[i] >= 0:
            counts[tier[i]] += 1
    return state.taken, counts, reached


@kernel
def _take(pairs: SparsePairs, state: _AugmentingSearch, i: int, place: int) -> bool:
    """Give a mentee a free seat with a mentor, if there is one."""
    j = pairs.partner[place]
    if state.begin[j] + state.used[j] == state.begin[j + 1]:
        return False
    state.who[state.begin[j] + state.used[j]] = i
    state.used[j] += 1
    state.taken[i] = place
    return True


@kernel
def _begin(pairs: SparsePairs, state: _AugmentingSearch, floor: int, tier: Longs, last: int, hint: Longs) -> None:
    """Let each mentee of a tier take the pair hinted at; the others then take the first mentor with a free seat."""
    for i in range(len(tier)):
        if tier[i] == last and hint[i] >= 0 and pairs.fit[hint[i]] >= floor:
            _take(pairs, state, i, hint[i])
    for i in range(len(tier)):
        if tier[i] == last and state.taken[i] < 0:
            for place in range(pairs.starts[i], pairs.starts[i + 1]):
                if pairs.fit[place] >= floor and _take(pairs, state, i, place):
                    break


@kernel
def _layers(pairs: SparsePairs, state: _AugmentingSearch, floor: int, tier: Longs, last: int) -> bool:
    """Number the layers around the unmatched mentees up to a tier; True if a free seat was reached."""
    layer, mentor_layer, queue = state.layer, state.mentor_layer, state.queue
    layer[:] = FAR
    mentor_layer[:] = FAR
    state.at[:] = pairs.starts[:-1]
    state.seat[:] = state.begin[:-1]
    done = count = 0
    for i in range(len(tier)):
        if state.taken[i] < 0 and 0 <= tier[i] <= last:
            layer[i] = 0
            queue[count] = i
            count += 1
    limit = signed(FAR)
    while done < count and layer[queue[done]] < limit:
        i = queue[done]
        done += 1
        for place in range(pairs.starts[i], pairs.starts[i + 1]):
            j = pairs.partner[place]
            if pairs.fit[place] < floor or mentor_layer[j] < FAR:
                continue
            mentor_layer[j] = layer[i]
            if state.begin[j] + state.used[j] < state.begin[j + 1]:
                limit = signed(layer[i] + 1)
                continue
            for seat in range(state.begin[j], state.begin[j + 1]):
                other = state.who[seat]
                if layer[other] == FAR:
                    layer[other] = layer[i] + 1
                    queue[count] = other
                    count += 1
    return limit < FAR


@kernel
def _augment(pairs: SparsePairs, state: _AugmentingSearch, floor: int, start: int) -> None:
    """Match one more mentee along a path through the layers, if there is one."""
    stack = state.queue
    stack[0] = start
    depth = 1
    while depth > 0:
        i = stack[depth - 1]
        place = state.at[i]
        if place == pairs.starts[i + 1]:
            depth -= 1
            if depth > 0:
                state.seat[pairs.partner[state.at[stack[depth - 1]]]] += 1
            continue
        j = pairs.partner[place]
        if pairs.fit[place] < floor or state.mentor_layer[j] != state.layer[i]:
            state.at[i] += 1
            continue
        if state.begin[j] + state.used[j] < state.begin[j + 1]:
            _shift_along(pairs, state, depth)
            return
        while state.seat[j] < state.begin[j + 1] and state.layer[state.who[state.seat[j]]] != state.layer[i] + 1:
            state.seat[j] += 1
        if state.seat[j] == state.begin[j + 1]:
            state.at[i] += 1
            continue
        stack[depth] = state.who[state.seat[j]]
        depth += 1


@kernel
def _shift_along(pairs: SparsePairs, state: _AugmentingSearch, depth: int) -> None:
    """Seat everybody on the path one mentor further on; the last mentor has a free seat."""
    for step in range(depth - 1, -1, -1):
        i = state.queue[step]
        place = state.at[i]
        j = pairs.partner[place]
        if step == depth - 1:
            state.who[state.begin[j] + state.used[j]] = i
            state.used[j] += 1
        else:
            state.who[state.seat[j]] = i
            state.seat[j] += 1
        state.taken[i] = place
