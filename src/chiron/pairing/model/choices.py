"""Which choice of the mentee each pair is: the given one, or the place of its fit among those of the mentee's pairs."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs, Problem

CELLS = 1 << 22
"""Cells of the table of fits that occur, a row a mentee, that are looked at together."""


def ranks(problem: Problem) -> Ints:
    """Return which choice of its mentee each pair is, 1 for the first: int32 (p,)."""
    if problem.rank is not None:
        return problem.rank
    found = np.empty(len(problem.fit), dtype=np.int32)
    for first, last, fit, above in _tables(problem):
        begin, end = int(problem.starts[first]), int(problem.starts[last])
        row = np.repeat(np.arange(last - first), np.diff(problem.starts[first : last + 1]))
        found[begin:end] = above[row, fit[begin:end]]
    return found


def ranks_of(problem: Problem, pairs: NDArray[np.int32]) -> Longs:
    """Return which choice of its mentee each pair of a plan is: int64 (k,); the pairs are sorted and allowed."""
    places = problem.positions(pairs)
    if problem.rank is not None:
        return problem.rank[places].astype(np.int64)
    found = np.empty(len(places), dtype=np.int64)
    row = np.asarray(pairs)[:, 0].astype(np.int64)
    for first, last, fit, above in _tables(problem):
        own = slice(*np.searchsorted(row, [first, last]).tolist())
        found[own] = above[row[own] - first, fit[places[own]]]
    return found


def _tables(problem: Problem) -> Iterator[tuple[int, int, Ints | Longs, NDArray[np.int32]]]:
    """Yield runs of mentees: first, last + 1, all fits counted from 0, and for each fit its place in each row."""
    fit: Ints | Longs = problem.fit
    low, high = int(fit.min(initial=0)), int(fit.max(initial=0))
    if high - low > 1 << 14:
        levels, fit = np.unique(fit, return_inverse=True)
        low, high = 0, len(levels) - 1
    elif low:
        fit = fit - np.int32(low)
    height = max(1, CELLS // (high - low + 1))
    mentees = len(problem.mentees)
    for first in range(0, mentees, height):
        last = min(first + height, mentees)
        begin, end = int(problem.starts[first]), int(problem.starts[last])
        occurs = np.zeros((last - first, high - low + 1), dtype=np.bool_)
        occurs[np.repeat(np.arange(last - first), np.diff(problem.starts[first : last + 1])), fit[begin:end]] = True
        yield first, last, fit, np.cumsum(occurs[:, ::-1], axis=1, dtype=np.int32)[:, ::-1]
