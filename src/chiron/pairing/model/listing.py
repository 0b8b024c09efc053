"""The allowed pairs of two pools and what each is worth, as compressed rows, filled in block by block."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs

CHUNK = 1 << 17
"""Pairs that are looked at together: they stay in the processor's cache."""


class Scored(Protocol):
    """What says of a block of mentees and all mentors who may be paired, and what each pair is worth."""

    def allowed_block(self, first: int, last: int) -> NDArray[np.bool_]:
        """Flag the pairs that may be made, (rows, m)."""

    def fit_block(self, first: int, last: int) -> Ints:
        """Give what each pair is worth, int32 (rows, m)."""


def list_pairs(scored: Scored, mentees: int, mentors: int, apart: Longs) -> tuple[Longs, Ints, Ints]:
    """Return the allowed pairs as `starts`, `partner` and `fit` of a problem.

    The pairs are counted first, so that the lists are made once in the size that they need: a list that grows holds
    everything twice.

    Args:
        scored: the rules over the people.
        mentees: how many there are.
        mentors: how many there are.
        apart: int64 (k, 2), pairs that may not be made, by mentee.
    """
    height = max(1, CHUNK // max(1, mentors))
    blocks = [(first, min(first + height, mentees)) for first in range(0, mentees, height)]
    counts = np.zeros(mentees, dtype=np.int64)
    kept = []
    for first, last in blocks:
        allowed = scored.allowed_block(first, last)
        here = apart[np.searchsorted(apart[:, 0], first) : np.searchsorted(apart[:, 0], last)]
        allowed[here[:, 0] - first, here[:, 1]] = False
        counts[first:last] = np.count_nonzero(allowed, axis=1)
        kept.append(None if (counts[first:last] == mentors).all() else np.packbits(allowed, axis=None))
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    partner, fit = np.empty(int(starts[-1]), dtype=np.int32), np.empty(int(starts[-1]), dtype=np.int32)
    everyone = np.broadcast_to(np.arange(mentors, dtype=np.int32), (height, mentors))
    for (first, last), bits in zip(blocks, kept, strict=True):
        piece = slice(int(starts[first]), int(starts[last]))
        if piece.start == piece.stop:
            continue
        points, names = scored.fit_block(first, last), everyone[: last - first]
        if bits is None:
            fit[piece], partner[piece].reshape(points.shape)[:] = points.reshape(-1), names
        else:
            allowed = np.unpackbits(bits, count=points.size).view(np.bool_).reshape(points.shape)
            fit[piece], partner[piece] = points[allowed], names[allowed]
    return starts, partner, fit
