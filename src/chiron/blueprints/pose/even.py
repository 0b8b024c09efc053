"""Even groups where not everybody can be in: the largest sizes, one apart at most, that some plan fills."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from chiron.pairing.model.problem import Problem
from chiron.pairing.solve import fills_least


def evened(problem: Problem, parts: Sequence[Hashable | None], *, fewest: int) -> Problem:
    """Return the problem with the sizes of groups that can be filled, inside each part one apart at most.

    Sizes that share everybody out stay as they are where some plan fills them. Otherwise part by part the largest size
    is taken that leaves the parts before it filled; where none can be filled the problem stays as it is.

    Args:
        problem: `least` and `capacity` share everybody out evenly.
        parts: the part of each mentor, None for mentors without a group.
        fewest: fewest members of a group.
    """
    if fills_least(problem):
        return problem
    even = replace(problem, least=np.where([part is None for part in parts], problem.least, 0))
    for part in dict.fromkeys(part for part in parts if part is not None):
        own = np.array([one == part for one in parts])
        tried = (_with_size(even, problem, own, size) for size in range(int(problem.least[own].max()), fewest - 1, -1))
        found = next((one for one in tried if fills_least(one)), None)
        if found is None:
            return problem
        even = found
    return even


def evened_beside(
    problem: Problem, parts: Sequence[Hashable | None], *, there: Sequence[int], room: Sequence[int]
) -> Problem:
    """Return the problem with the sizes of groups that those who join can fill beside the members who are there.

    Sizes that share everybody out stay where all of them can be filled. Otherwise, where somebody may not join the
    smallest group, all groups may become larger by as little as lets as many in as would come in without any limit.

    Args:
        problem: `least` and `capacity` share those who join out evenly.
        parts: the part of each mentor, None for mentors whose group nobody may join.
        there: how many members each group has already.
        room: how many more each mentor takes at most.
    """
    goal = _placed(problem, np.asarray(room))
    if fills_least(problem) and _placed(problem, problem.capacity) == goal:
        return problem
    size = np.asarray(there) + problem.capacity
    grows: dict[Hashable, int] = {}
    for part in dict.fromkeys(one for one in parts if one is not None):
        own = [at for at, one in enumerate(parts) if one == part]
        joined = [int(size[at]) for at in own if problem.capacity[at]]
        grows[part] = max(joined) if joined else min(int(size[at]) for at in own)
    level = np.array([0 if part is None else grows[part] for part in parts])
    eased = replace(problem, least=np.zeros_like(problem.least))
    for extra in range(len(problem.mentees) + 1):
        capacity = np.clip(level + extra - np.asarray(there), 0, np.asarray(room)).astype(np.int32)
        if _placed(problem, capacity) == goal:
            return replace(eased, capacity=capacity)
    return replace(eased, capacity=np.asarray(room, dtype=np.int32))


def _placed(problem: Problem, capacity: Sequence[int] | np.ndarray) -> int:
    """Return how many mentees can be in a group at once, with so many places of each mentor."""
    taken: list[list[int]] = [[] for _ in problem.mentors]

    def seat(mentee: int, seen: set[int]) -> bool:
        for mentor in problem.partner[problem.starts[mentee] : problem.starts[mentee + 1]].tolist():
            if mentor in seen:
                continue
            seen.add(mentor)
            own = taken[mentor]
            if len(own) < capacity[mentor]:
                own.append(mentee)
                return True
            for at, other in enumerate(own):
                if seat(other, seen):
                    own[at] = mentee
                    return True
        return False

    return sum(seat(mentee, set()) for mentee in range(len(problem.mentees)))


def _with_size(even: Problem, problem: Problem, own: np.ndarray, size: int) -> Problem:
    """Return the problem in which these mentors have groups of this size, or one more where they take so many."""
    return replace(
        even,
        least=np.where(own, size, even.least).astype(np.int32),
        capacity=np.where(own, np.minimum(problem.capacity, size + 1), even.capacity).astype(np.int32),
    )
