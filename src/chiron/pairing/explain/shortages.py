"""Too few places: who competes for which, and which few more mentors would help the most people.

Every figure is the size of a plan that was solved and proved. How many people a set of mentors can serve is a
submodular function of the set (the rank of a transversal matroid; Edmonds and Fulkerson 1965), so adding the most
helpful mentor again and again is near the best, and the gains left over bound what any other choice could reach
(Nemhauser, Wolsey and Fisher 1978).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

import numpy as np

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Ints, Longs, Problem, cap_parents
from chiron.pairing.solve import solve

Observer = Callable[[str, Answer | None], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Shortage:
    """Where a pool is short.

    Attributes:
        matched: the most pairs that any plan can make.
        wanted: how many the mentees want.
        short: int64, positions of the mentees who compete: those left over, and everybody whose place one of them
            could have instead. Whoever is not listed has a place that no change could give to them.
        scarce: int64, positions of the mentors whom those mentees could have; all their places are taken.
        left_over: int64, positions of the mentees who have fewer mentors than they want in one plan with the most.
    """

    matched: int
    wanted: int
    short: Longs
    scarce: Longs
    left_over: Longs


@dataclass(frozen=True, slots=True)
class Recruited:
    """One more mentor: who, how many more pairs that allows, and how far the choice so far is from the best.

    Attributes:
        mentor: position in the problem.
        gain: more pairs than before.
        matched: the most pairs with this mentor and those before.
        bound: what no other choice of as many mentors can exceed.
    """

    mentor: int
    gain: int
    matched: int
    bound: int


def shortage(problem: Problem, observer: Observer | None = None) -> Shortage:
    """Return where a pool is short of places."""
    problem = _without_minima(problem)
    pairs = most_pairs(problem, observer)
    rows, mentors = competing(problem, pairs, ())
    left = np.flatnonzero(np.bincount(pairs[:, 0], minlength=len(problem.mentees)) < problem.wanted)
    return Shortage(len(pairs), int(problem.wanted.sum()), short=rows, scarce=mentors, left_over=left)


def recruits(
    problem: Problem, candidates: Sequence[int], *, most: int, observer: Observer | None = None
) -> tuple[Recruited, ...]:
    """Return which of the candidates to recruit, the most helpful first, and no one who helps nobody.

    Args:
        problem: with the candidates among its mentors, each with the places that they would bring.
        candidates: positions of the mentors who are not there yet.
        most: how many to recruit at most.
        observer: told the phase; False ends the search with the recruits found so far.
    """
    pool = _Pool(_without_minima(problem), candidates)
    # Who helps most stands first; a hope is what a candidate is known to gain at most.
    hopes = [(-pool.hope(candidate), candidate) for candidate in sorted(set(candidates))]
    heapify(hopes)
    found: list[Recruited] = []
    looked_at: dict[int, int] = {}
    reached, ceilings = pool.base, [pool.wanted] * most
    while len(found) < most:
        ceilings = _lowered(ceilings, reached, [-gain for gain, _ in hopes])
        while hopes and looked_at.get(hopes[0][1]) != len(found) and hopes[0][0] < 0:
            if observer is not None and not observer("looking for mentors to recruit", None):
                hopes = []
                break
            # A gain only falls as others are chosen, so whoever still leads after a fresh look is the best.
            _, candidate = heappop(hopes)
            looked_at[candidate] = len(found)
            gain = pool.matched([*(one.mentor for one in found), candidate]) - reached
            heappush(hopes, (-gain, candidate))
        ceilings = _lowered(ceilings, reached, [-gain for gain, _ in hopes]) if hopes else ceilings
        if not hopes or not hopes[0][0]:
            break
        gain, candidate = -hopes[0][0], heappop(hopes)[1]
        reached += gain
        found.append(Recruited(mentor=candidate, gain=gain, matched=reached, bound=0))
    return tuple(replace(one, bound=ceiling) for one, ceiling in zip(found, ceilings, strict=False))


def _lowered(ceilings: Sequence[int], reached: int, hopes: Sequence[int]) -> list[int]:
    """Return for 1, 2, … recruits what none exceed: the present count and the largest hopes left, if that is less."""
    most = np.cumsum(sorted(hopes, reverse=True)[: len(ceilings)] + [0] * len(ceilings))
    return [min(ceiling, reached + int(more)) for ceiling, more in zip(ceilings, most, strict=False)]


class _Pool:
    """The part of a problem in which recruits can change anything."""

    def __init__(self, problem: Problem, candidates: Sequence[int]) -> None:
        """Find the most pairs without the candidates, and keep only who competes for their places."""
        self.capacity = problem.capacity.copy()
        self.capacity[np.asarray(candidates, dtype=np.int64)] = 0
        self.full = problem.capacity
        pairs = most_pairs(replace(problem, capacity=self.capacity, locked=_held(problem, self.capacity)))
        self.base, self.wanted = len(pairs), int(problem.wanted.sum())
        rows, _ = competing(problem, pairs, candidates)
        self.part, self.others = _among(problem, pairs, rows)
        self.capacity = self.capacity - self.others
        self.inside = self.base - int(self.others.sum())
        self.fans = np.bincount(self.part.partner, minlength=len(problem.mentors))

    def hope(self, candidate: int) -> int:
        """Return what a candidate can gain at most, from the numbers of places and of people alone."""
        return int(min(self.full[candidate], self.fans[candidate], self.wanted - self.base))

    def matched(self, chosen: Sequence[int]) -> int:
        """Return the most pairs of the whole problem with these candidates; solved and proved."""
        capacity = self.capacity.copy()
        capacity[chosen] = self.full[chosen]
        return self.base - self.inside + len(most_pairs(replace(self.part, capacity=capacity)))


def most_pairs(problem: Problem, observer: Observer | None = None) -> Ints:
    """Return a plan with the most pairs, int32 (k, 2), whatever they are worth."""
    every = replace(problem, fit=np.ones_like(problem.fit), tier=np.zeros_like(problem.tier), needs_everyone=False)
    return solve(every, aim="total", observer=observer).pairs


def competing(problem: Problem, pairs: Ints, candidates: Sequence[int]) -> tuple[Longs, Longs]:
    """Return the mentees and the mentors on the alternating paths from whoever is left over.

    Args:
        problem: the problem.
        pairs: int32 (k, 2), a plan with the most pairs.
        candidates: mentors who are not there yet, and through whom a path goes on.
    """
    innermost, above = cap_parents(problem.caps, len(problem.mentors))
    load = np.bincount(pairs[:, 1], minlength=len(problem.mentors))
    of_cap = [np.asarray(cap.mentors, dtype=np.int64) for cap in problem.caps]
    full = load >= problem.capacity
    full[np.asarray(candidates, dtype=np.int64)] = False
    full_cap = [int(load[members].sum()) >= cap.limit for cap, members in zip(problem.caps, of_cap, strict=True)]
    holders = _grouped(pairs)
    taken = np.bincount(pairs[:, 0], minlength=len(problem.mentees))
    waiting = np.flatnonzero(taken < problem.wanted).tolist()
    seen, asked = set(waiting), np.zeros(len(problem.mentors), dtype=np.bool_)
    freed = np.zeros(len(problem.mentors), dtype=np.bool_)
    while waiting:
        mentee = waiting.pop()
        row = problem.partner[int(problem.starts[mentee]) : int(problem.starts[mentee + 1])]
        for mentor in row[~asked[row]].tolist():
            asked[mentor] = True
            # Whoever holds a place at the first full level above the mentor could give it up.
            cap = -1 if full[mentor] else int(innermost[mentor])
            while cap >= 0 and not full_cap[cap]:
                cap = int(above[cap])
            members = of_cap[cap] if cap >= 0 else np.array([mentor] if full[mentor] else [], dtype=np.int64)
            for other in members[~freed[members]].tolist():
                freed[other] = True
                more = [holder for holder in holders.get(other, ()) if holder not in seen]
                seen.update(more)
                waiting.extend(more)
    scarce = asked.copy()
    scarce[np.asarray(candidates, dtype=np.int64)] = False
    return np.array(sorted(seen), dtype=np.int64), np.flatnonzero(scarce)


def _without_minima(problem: Problem) -> Problem:
    """Return a problem in which no mentor needs a least number of pairs: a recruit who is not there has none."""
    caps = tuple(replace(cap, least=0) for cap in problem.caps)
    return replace(problem, least=np.zeros_like(problem.least), caps=caps)


def _grouped(pairs: Ints) -> dict[int, list[int]]:
    """Return the mentees of each mentor."""
    found: dict[int, list[int]] = {}
    for mentee, mentor in pairs.tolist():
        found.setdefault(mentor, []).append(mentee)
    return found


def _held(problem: Problem, capacity: Ints) -> Ints:
    """Return the locked pairs with mentors who are there."""
    return problem.locked[capacity[problem.locked[:, 1]] > 0]


def _among(problem: Problem, pairs: Ints, rows: Longs) -> tuple[Problem, Ints]:
    """Return the problem of some mentees alone, and how many places the others hold of each mentor, int32 (m,)."""
    inside = np.isin(pairs[:, 0], rows)
    others = np.bincount(pairs[~inside, 1], minlength=len(problem.mentors)).astype(np.int32)
    lengths = np.diff(problem.starts)[rows]
    keep = np.zeros(len(problem.mentees), dtype=np.bool_)
    keep[rows] = True
    stays = np.repeat(keep, np.diff(problem.starts))
    new = np.cumsum(keep) - 1
    locked = problem.locked[keep[problem.locked[:, 0]]].copy()
    locked[:, 0] = new[locked[:, 0]]
    caps = tuple(
        replace(cap, limit=cap.limit - int(others[np.asarray(cap.mentors, dtype=np.int64)].sum()))
        for cap in problem.caps
    )
    part = Problem(
        mentees=tuple(problem.mentees[row] for row in rows.tolist()),
        mentors=problem.mentors,
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        partner=problem.partner[stays],
        fit=problem.fit[stays],
        capacity=problem.capacity,
        wanted=problem.wanted[rows],
        tier=problem.tier[rows],
        caps=caps,
        clashes=problem.clashes,
        locked=locked,
    )
    return part, others
