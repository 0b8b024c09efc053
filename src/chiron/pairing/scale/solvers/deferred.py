"""Stable plans by deferred acceptance (Gale and Shapley 1962; Roth 1984): mentees ask, mentors hold the best."""

import numpy as np

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.machine import kernel, signed
from chiron.pairing.scale.solvers.seats import empty_seats, sit
from chiron.pairing.scale.solvers.sparse import SparsePairs


@kernel
def deferred(pairs: SparsePairs, wish: Ints, order: Longs, hint: Longs) -> Longs:
    """Return the stable plan that is best for the mentees: the place of each mentee's pair (n,), −1 for none.

    A mentee asks the most wished mentor of those who would not refuse; of equals, the first in order.

    Args:
        pairs: who may be paired with whom.
        wish: int32 (p,), how much the mentee wishes each pair.
        order: int64 (p,), how much the mentor wishes each pair; different for all mentees of a mentor.
        hint: int64 (n,), the places held when an earlier search ended, −1 for none; only pairs that a mentee wishes
            less than all that were there may have come since, so the search goes on from there.
    """
    n, m = len(pairs.starts) - 1, len(pairs.capacity)
    seats = empty_seats(pairs.capacity, np.zeros(m, np.int64), np.zeros(n, np.int64), np.zeros(m, np.int64))
    count = 0
    for i in range(n):
        if hint[i] >= 0:
            seats.taken[i] = hint[i]
            sit(seats, pairs.partner[hint[i]], i, order[hint[i]])
        else:
            seats.queue[count] = i
            count += 1
    while count > 0:
        count -= 1
        i = seats.queue[count]
        while i >= 0:
            best = signed(-1)
            for at in range(pairs.starts[i], pairs.starts[i + 1]):
                j = pairs.partner[at]
                if best >= 0 and wish[at] <= wish[best]:
                    continue
                size = seats.begin[j + 1] - seats.begin[j]
                if seats.used[j] < size or (size > 0 and order[at] > seats.price[j]):
                    best = at
            seats.taken[i] = best
            if best < 0:
                break
            i = sit(seats, pairs.partner[best], i, order[best])
    return seats.taken
