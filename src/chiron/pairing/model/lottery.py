"""The order in which people are looked at: drawn from the seed and their identifiers, never from the input's order."""

import hashlib
from collections.abc import Sequence

import numpy as np

from chiron.pairing.model.problem import Longs


def lottery(ids: Sequence[str], seed: int, side: str) -> Longs:
    """Return each identifier's place in an order drawn from the seed and the identifiers alone: int64 (n,)."""
    drawn = [hashlib.blake2b(f"{seed}\0{side}\0{one}".encode(), digest_size=16).digest() for one in ids]
    order = sorted(range(len(ids)), key=drawn.__getitem__)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[order] = np.arange(len(ids))
    return rank
