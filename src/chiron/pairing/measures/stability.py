"""Blocking pairs and justified envy of any plan, recomputed pair by pair from the problem alone.

A pair that a plan leaves out blocks it if the mentee has room for one more mentor or holds one less wished for, and the
mentor (and every cap over the mentor) has room for one more or holds somebody who comes later there: of a later tier,
or of the same tier and less wished for by the mentor. Equal wishes never block, and nobody gives up a locked pair. For
a cap this reads the mentors' wishes against each other in points, so that stable plans exist under nested caps too:
both sides are then ordered matroids (Fleiner 2003). Referee and figures use this module, and no solver searches by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs, Problem

BLOCK = 1 << 18
"""Pairs looked at together, so that they stay in the processor's cache."""
ROOM = -(1 << 62)
"""The line of somebody with room: every wish is above it."""
CLOSED = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What a pair must exceed to block a plan.

    Attributes:
        mentee: int64 (n,), the least wished mentor that each mentee could give up; ROOM, or CLOSED for none.
        mentor: int64 (m,), the same for the mentor's side, caps included, in the order of `shift`.
        shift: int64 (n,), taken off the mentor's wish, so that an earlier tier always comes first.
        latest: int64 (m,), the latest tier that each mentor holds and could give up, -1 for none.
        tier: int64 (n,), the place of each mentee's tier, from 0.
    """

    mentee: Longs
    mentor: Longs
    shift: Longs
    latest: Longs
    tier: Longs


def lines(problem: Problem, pairs: NDArray[np.int32]) -> Lines:
    """Return what pairs must exceed to block a plan that breaks no rule."""
    held = problem.positions(pairs)
    row, column = np.asarray(pairs)[:, 0].astype(np.int64), np.asarray(pairs)[:, 1].astype(np.int64)
    is_free = ~np.isin(held, problem.positions(problem.locked))
    tier = np.unique(problem.tier, return_inverse=True)[1].astype(np.int64)
    by_mentor = mentor_wishes(problem)
    shift = tier * (int(by_mentor.max(initial=0)) - int(by_mentor.min(initial=0)) + 1)
    wish = mentee_wishes(problem)[held].astype(np.int64)
    order = by_mentor[held].astype(np.int64) - shift[row]
    mentee = _line(row, wish, is_free, problem.wanted.astype(np.int64))
    mentor = _line(column, order, is_free, problem.capacity.astype(np.int64))
    for cap in problem.caps:
        members = np.asarray(cap.mentors, dtype=np.int64)
        inside = np.isin(column, members)
        line = _line(np.zeros(int(inside.sum()), dtype=np.int64), order[inside], is_free[inside], np.array([cap.limit]))
        mentor[members] = np.maximum(mentor[members], line[0])
    latest = np.full(len(problem.mentors), -1, dtype=np.int64)
    np.maximum.at(latest, column[is_free], tier[row[is_free]])
    return Lines(mentee=mentee, mentor=mentor, shift=shift, latest=latest, tier=tier)


def mentee_wishes(problem: Problem) -> NDArray[np.int32]:
    """Return how much the mentee wishes each pair: int32 (p,)."""
    return problem.fit if problem.mentee_fit is None else problem.mentee_fit


def mentor_wishes(problem: Problem) -> NDArray[np.int32]:
    """Return how much the mentor wishes each pair: int32 (p,)."""
    return problem.fit if problem.mentor_fit is None else problem.mentor_fit


def _line(owner: Longs, fit: Longs, is_free: NDArray[np.bool_], limit: Longs) -> Longs:
    """Return the least fit that each owner with no room holds and could give up."""
    line = np.full(len(limit), CLOSED, dtype=np.int64)
    np.minimum.at(line, owner[is_free], fit[is_free])
    line[np.bincount(owner, minlength=len(limit)) < limit] = ROOM
    return line


def blocking_pairs(problem: Problem, pairs: NDArray[np.int32]) -> int:
    """Return how many allowed pairs block a plan that breaks no rule."""
    found, everyone = lines(problem, pairs), np.arange(len(problem.mentees))
    count = 0
    for first, last, begin, end in spans(problem.starts):
        row = np.repeat(everyone[first:last], np.diff(problem.starts[first : last + 1]))
        count += int(np.count_nonzero(_blocks(problem, found, slice(begin, end), row)))
    # A held pair may be above both lines, and one that clashes with a held mentor is not to be had: neither blocks.
    out = _barred(problem, pairs)
    return count - int(np.count_nonzero(_blocks(problem, found, out, row_of(problem, out))))


def _blocks(problem: Problem, found: Lines, places: slice | Longs, row: Longs) -> NDArray[np.bool_]:
    """Return which pairs at these places are above both lines; `row` holds their mentees."""
    line = found.mentor[problem.partner[places]]
    if found.shift.any():
        line = line + found.shift[row]
    return np.asarray((mentee_wishes(problem)[places] > found.mentee[row]) & (mentor_wishes(problem)[places] > line))


def _barred(problem: Problem, pairs: NDArray[np.int32]) -> Longs:
    """Return where the pairs stand that are held, or that clash with a pair that the same mentee holds."""
    barred = [problem.positions(pairs)]
    if problem.wanted.max(initial=0) > 1:
        for one, other in (*problem.clashes, *((other, one) for one, other in problem.clashes)):
            rows = np.asarray(pairs)[np.asarray(pairs)[:, 1] == one, 0]
            barred.append(problem.positions(np.stack([rows, np.full(len(rows), other)], axis=1)))
    places = np.unique(np.concatenate(barred))
    return places[places >= 0]


def envious(problem: Problem, pairs: NDArray[np.int32]) -> int:
    """Return how many mentees envy with reason: they would rather have a mentor who took somebody of a later tier."""
    found = lines(problem, pairs)
    if not found.tier.any():
        return 0
    out = np.zeros(len(problem.partner), dtype=np.bool_)
    out[_barred(problem, pairs)] = True
    count = 0
    for first, last, begin, end in spans(problem.starts):
        degree = np.diff(problem.starts[first : last + 1])
        row = np.repeat(np.arange(first, last), degree)
        envied = mentee_wishes(problem)[begin:end] > found.mentee[row]
        envied &= (found.latest[problem.partner[begin:end]] > found.tier[row]) & ~out[begin:end]
        count += len(np.unique(row[envied]))
    return count


def row_of(problem: Problem, places: Longs) -> Longs:
    """Return the mentees of the pairs at these places: int64."""
    return np.asarray(np.searchsorted(problem.starts, places, side="right") - 1, dtype=np.int64)


def spans(starts: Longs) -> Iterator[tuple[int, int, int, int]]:
    """Yield runs of mentees with about BLOCK pairs each: first, last + 1, and where their pairs begin and end."""
    cuts = [0, *(np.flatnonzero(np.diff(starts[1:] // BLOCK)) + 1).tolist(), len(starts) - 1]
    for first, last in pairwise(cuts):
        if last > first:
            yield first, last, int(starts[first]), int(starts[last])
