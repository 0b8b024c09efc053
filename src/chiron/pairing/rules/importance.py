"""What a mentee finds important: the same total of points, shared out again over the rules."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

USUAL = 3  # where a mentee has not said, or was not asked
HIGHEST = 5


def share_points(points: Sequence[int], importance: NDArray[np.int64]) -> NDArray[np.int32]:
    """Share the total of the positive points out again, in proportion to points times importance.

    Largest remainders (Hamilton's method) keep the total exact; equal remainders go to the earlier rule. So nobody
    gains points by calling everything important. Where everything is called unimportant, the points stay as they are.

    Args:
        points: one a rule, whole; rules with none or negative points stay as they are.
        importance: (n, rules), 0 to 5.

    Returns:
        int32 (n, rules); each row has the same sum as `points`.
    """
    start = np.array(points, dtype=np.int64)
    given = np.maximum(start, 0)
    total = given.sum()
    weight = given * importance
    whole = weight.sum(axis=1, keepdims=True)
    safe = np.maximum(whole, 1)
    floor, rest = np.divmod(total * weight, safe)
    left = total - floor.sum(axis=1, keepdims=True)
    order = np.argsort(-rest, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    shared = np.where(whole > 0, floor + (rank < left), given)
    return (shared + np.minimum(start, 0)).astype(np.int32)
