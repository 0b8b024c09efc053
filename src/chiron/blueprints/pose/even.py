"""Even groups where not everybody can be in: the largest sizes, one apart at most, that some plan fills."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from chiron.pairing.model.problem import Problem
from chiron.pairing.solve import fills_least


def evened(problem: Problem, parts: Sequence[Hashable | None], *, fewest: int, is_later: bool = False) -> Problem:
    """Return the problem with the sizes of groups that can be filled, inside each part one apart at most.

    Sizes that share everybody out stay as they are where some plan fills them. Otherwise part by part the largest size
    is taken that leaves the parts before it filled; where none can be filled the problem stays as it is.

    Args:
        problem: `least` and `capacity` share everybody out evenly.
        parts: the part of each mentor, None for mentors without a group.
        fewest: fewest members of a group.
        is_later: there are groups already, so that only the largest sizes stay where they cannot all be filled.
    """
    if fills_least(problem):
        return problem
    if is_later:
        return replace(problem, least=np.zeros_like(problem.least))
    even = replace(problem, least=np.where([part is None for part in parts], problem.least, 0))
    for part in dict.fromkeys(part for part in parts if part is not None):
        own = np.array([one == part for one in parts])
        tried = (_with_size(even, problem, own, size) for size in range(int(problem.least[own].max()), fewest - 1, -1))
        found = next((one for one in tried if fills_least(one)), None)
        if found is None:
            return problem
        even = found
    return even


def _with_size(even: Problem, problem: Problem, own: np.ndarray, size: int) -> Problem:
    """Return the problem in which these mentors have groups of this size, or one more where they take so many."""
    return replace(
        even,
        least=np.where(own, size, even.least).astype(np.int32),
        capacity=np.where(own, np.minimum(problem.capacity, size + 1), even.capacity).astype(np.int32),
    )
