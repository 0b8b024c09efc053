"""The steps that count people: how many mentees have a mentor, how many have two, and so on, tier by tier.

The k-th mentor of a mentee counts in one step, so a first mentor for somebody comes before a second for anybody.
"""

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs, Problem

MATCHED = "matched"
"""The step that counts the mentees who have a mentor."""


def counting_step(mentors: int) -> str:
    """Return the name of the step that counts the mentees who have so many mentors or more."""
    return MATCHED if mentors == 1 else f"with {mentors} mentors"


def mentors_counted(name: str) -> int:
    """Return how many mentors a step asks of a mentee to count, 0 for a step that counts no people."""
    if name == MATCHED:
        return 1
    words = name.split(" ")
    is_counting = len(words) == 3 and (words[0], words[2]) == ("with", "mentors") and words[1].isdecimal()  # noqa: PLR2004 -- with, a number, mentors
    return int(words[1]) if is_counting else 0


def most_mentors(problem: Problem) -> Longs:
    """Return how many mentors each mentee could have at most, with every mentor free: int64 (n,)."""
    return np.minimum(problem.wanted, np.diff(problem.starts))


def counting_steps(problem: Problem) -> list[tuple[str, int]]:
    """Return the steps (name, tier) that count people: the first mentors tier by tier, then the second ones."""
    most = most_mentors(problem)
    tiers = np.unique(problem.tier).tolist()
    steps = [(MATCHED, tier) for tier in tiers]
    for mentors in range(2, int(most.max(initial=1)) + 1):
        steps += [(counting_step(mentors), tier) for tier in tiers if (most[problem.tier == tier] >= mentors).any()]
    return steps


def step_of_each(problem: Problem) -> Longs:
    """Return the position among `counting_steps` in which the k-th mentor of each mentee counts.

    int64 (n, W), W the most mentors that anybody could have, at least 1; −1 where no step counts.
    """
    steps = counting_steps(problem)
    width = max((mentors_counted(name) for name, _ in steps), default=1)
    found = np.full((len(problem.mentees), width), -1, dtype=np.int64)
    for at, (name, tier) in enumerate(steps):
        found[problem.tier == tier, mentors_counted(name) - 1] = at
    return found


def people_counted(problem: Problem, pairs: NDArray[np.int32], name: str, tier: int | None) -> int:
    """Return how many mentees of a tier have as many mentors as a counting step asks, or more."""
    held = np.bincount(np.asarray(pairs)[:, 0], minlength=len(problem.mentees))
    return int(np.count_nonzero((held >= mentors_counted(name)) & (problem.tier == tier)))
