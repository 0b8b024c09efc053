"""What the best bundle of mentors of one mentee counts, where a mentee may have several: part of the referee's bound.

Only the referee uses this module; no solver does.
"""

from collections.abc import Mapping
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs

SAFE = 1 << 61
"""Numbers beyond this could overflow in a sum; a certificate that needs them proves nothing here."""
NEVER = -SAFE
"""The gain of a closed pair."""


def best_by_size(gains: Longs, counted: Longs) -> Longs:
    """Return what the best bundle of no pair, one pair, two pairs, … counts: int64, as many as there can be and one."""
    falling = np.sort(gains)[::-1][: len(counted)]
    is_open = falling > NEVER // 2
    sums = np.cumsum(np.where(is_open, falling + counted[: len(falling)], 0))
    return np.concatenate([[0], np.where(is_open, sums, NEVER)])


def best_without_clash(
    gain: Longs, partner: NDArray[np.int32], counted: list[int], clash: Mapping[int, set[int]]
) -> int:
    """Return what the best bundle of mentors of whom no two clash counts, by branch and bound.

    Args:
        gain: of each pair.
        partner: its mentor.
        counted: what the first, second, … mentor counts in addition.
        clash: the mentors with whom each mentor clashes.
    """
    order = [int(at) for at in np.argsort(-gain, kind="stable") if gain[at] > NEVER // 2]
    gains, mentors = [int(gain[at]) for at in order], [int(partner[at]) for at in order]
    best = 0
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    while waiting:
        at, reached, held = waiting.pop()
        best = max(best, reached)
        more = accumulate(map(sum, zip(gains[at:], counted[len(held) :], strict=False)), initial=0)
        if reached + max(more) <= best:
            continue
        waiting.append((at + 1, reached, held))
        if clash.get(mentors[at], set()).isdisjoint(held):
            waiting.append((at + 1, reached + gains[at] + counted[len(held)], (*held, mentors[at])))
    return best
