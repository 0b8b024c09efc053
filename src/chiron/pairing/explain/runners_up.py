"""The best other mentors of each mentee of a plan, by fit alone, for all of them at once."""

import numpy as np

from chiron.pairing.measures.top_k import at_least, cuts
from chiron.pairing.model.problem import Ints, Longs, Problem

BLOCK = 1 << 18
"""Pairs looked at together: they stay in the processor's cache."""


def runners_up(problem: Problem, pairs: Ints, most: int) -> tuple[Longs, Longs]:
    """Return where the best pairs stand that a mentee could have instead, the best first; ties by mentor.

    Args:
        problem: who may be paired.
        pairs: int32 (k, 2), the plan, by mentee; each pair is allowed.
        most: how many others of each mentee.

    Returns:
        The mentees who have a pair, int64 (r,) ascending, and places in the problem's lists, int64 (r, most), −1
        where a mentee has no more.
    """
    mentees, held = np.unique(pairs[:, 0].astype(np.int64), return_counts=True)
    taken = np.sort(problem.positions(pairs))
    others = np.full((len(mentees), most), -1, dtype=np.int64)
    ends = np.cumsum(problem.starts[mentees + 1] - problem.starts[mentees])
    runs = np.flatnonzero((np.diff(ends // BLOCK) > 0) | (np.diff(mentees) > 1)) + 1
    for first, last in zip([0, *runs.tolist()], [*runs.tolist(), len(mentees)], strict=True):
        if first == last:
            continue
        begin, end = int(problem.starts[mentees[first]]), int(problem.starts[mentees[last - 1] + 1])
        degree = np.diff(problem.starts[mentees[first] : mentees[last - 1] + 2])
        fit = problem.fit[begin:end]
        found, line = at_least(fit, degree, cuts(fit, degree, most + int(held[first:last].max())))
        place = found + begin
        at = np.searchsorted(taken, place)
        is_other = taken[np.minimum(at, len(taken) - 1)] != place
        place, line = place[is_other], line[is_other]
        order = np.lexsort((place, -problem.fit[place].astype(np.int64), line))
        place, line = place[order], line[order]
        nth = np.arange(len(line)) - np.searchsorted(line, line)
        is_kept = nth < most
        others[first + line[is_kept], nth[is_kept]] = place[is_kept]
    return mentees, others
