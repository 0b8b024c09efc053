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
    there: Sequence[int] | None = None,
) -> tuple[Ints, Ints]:
    """Return the least and the most members that join each group, so that sizes inside a part differ little.

    Where nobody is there yet, they differ by one at most. Members who are there stay: the smallest groups are filled
    first, and a group that is larger than the others must be gets nobody.

    Args:
        mentee_part: the part (campus, year, …) that each mentee belongs to, length n.
        mentor_part: the part of each mentor, length m.
        wanted: how many groups each mentee joins; left out: one.
        takes_part: mentors whose group anybody may join; left out: all. The others get 0 and 0.
        there: how many members each group has already; left out: none.

    Returns:
        least: int32 (m,), how many join each group at least.
        most: int32 (m,), the same or one more.
    """
    joins = [1] * len(mentee_part) if wanted is None else [int(count) for count in wanted]
    has_group = [True] * len(mentor_part) if takes_part is None else list(takes_part)
    present = [0] * len(mentor_part) if there is None else list(there)
    people: Counter[Hashable] = Counter()
    for part, count in zip(mentee_part, joins, strict=True):
        people[part] += count
    least, most = [0] * len(mentor_part), [0] * len(mentor_part)
    for part in dict.fromkeys(mentor_part):
        own = [at for at, one in enumerate(mentor_part) if one == part and has_group[at]]
        level, rest = _level([present[at] for at in own], people[part])
        for at in own:
            least[at] = max(0, level - present[at])
            most[at] = max(0, level + (rest > 0) - present[at])
    return np.array(least, dtype=np.int32), np.array(most, dtype=np.int32)


def _level(present: Sequence[int], joining: int) -> tuple[int, int]:
    """Return the size up to which people who join fill all groups, and how many are left above it."""
    if not present:
        return 0, 0
    sizes = sorted(present)
    level, rest = sizes[0], joining
    for filled, following in enumerate([*sizes[1:], None], start=1):
        step = rest // filled if following is None else min(rest // filled, following - level)
        level, rest = level + step, rest - step * filled
        if following is None or level < following:
            break
    return level, rest
