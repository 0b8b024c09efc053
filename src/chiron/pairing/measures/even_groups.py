"""Everybody in, in groups as even as they can be: the least and the most members of each mentor's group."""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np

from chiron.pairing.model.problem import Ints


def balanced_sizes(
    mentee_part: Sequence[Hashable],
    mentor_part: Sequence[Hashable],
    *,
    wanted: Sequence[int] | Ints | None = None,
    takes_part: Sequence[bool] | None = None,
) -> tuple[Ints, Ints]:
    """Return the least and the most members of each group, so that sizes inside a part differ by one at most.

    Args:
        mentee_part: the part (campus, year, …) that each mentee belongs to, length n.
        mentor_part: the part of each mentor, length m.
        wanted: how many groups each mentee joins; left out: one.
        takes_part: mentors who have a group at all; left out: all. The others get 0 and 0.

    Returns:
        least: int32 (m,), the places that the part's mentees fill over its mentors, rounded down.
        most: int32 (m,), the same rounded up.
    """
    joins = [1] * len(mentee_part) if wanted is None else [int(count) for count in wanted]
    has_group = [True] * len(mentor_part) if takes_part is None else list(takes_part)
    people: Counter[Hashable] = Counter()
    for part, count in zip(mentee_part, joins, strict=True):
        people[part] += count
    groups = Counter(part for part, takes in zip(mentor_part, has_group, strict=True) if takes)
    least = [people[part] // groups[part] if takes else 0 for part, takes in zip(mentor_part, has_group, strict=True)]
    most = [
        -(-people[part] // groups[part]) if takes else 0 for part, takes in zip(mentor_part, has_group, strict=True)
    ]
    return np.array(least, dtype=np.int32), np.array(most, dtype=np.int32)
