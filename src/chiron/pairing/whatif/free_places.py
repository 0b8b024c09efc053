"""Where one more person could still be matched: which mentors and caps a new pair could pass through to a free place.

A mentor has room if a place is free, or if somebody there could move to a mentor who has room (an alternating path of
the residual network). Such a path is the proof of a fix: along it one more person is matched and nobody is lost.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.whatif.residual import Residual

BLOCK = 1 << 18
"""Pairs counted together, so that no large list is copied."""


MOST_HELD = 20
"""Least numbers that are tried for a way; each costs one look at all pairs."""


class FreePlaces:
    """The free places of a plan, and the ways to them.

    Attributes:
        net: the plan taken apart.
        reached: bool (m + c + 1,), True where one more pair would find its way to a free place; the root always.
        fitting: int64 (m,), how many mentees each mentor could have by the rules.
        mentor_loose: bool (m,), True where a place is left of the mentor's own.
        mentor_helped: bool (m,), True where one more place at the mentor would let one more pair through.
        mentor_capped: bool (m,), True where some cap above the mentor is full.
        by_less: what would be reached if a node had to have one pair less, by node; only nodes that open a way so.
    """

    def __init__(self, problem: Problem, answer: Answer) -> None:
        """Follow all ways back from the root; the plan may be any that breaks no rule."""
        nothing = np.zeros(len(problem.mentors) + len(problem.caps) + 1, dtype=np.int64)
        self.problem = problem
        self.net = Residual(problem, np.zeros(len(problem.partner), dtype=np.int64), answer.pairs, nothing)
        self.matched = frozenset(answer.pairs[:, 0].tolist())
        self.used = np.bincount(answer.pairs[:, 1], minlength=len(problem.mentors))
        self.fitting = np.zeros(len(problem.mentors), dtype=np.int64)
        for first in range(0, len(problem.partner), BLOCK):
            self.fitting += np.bincount(problem.partner[first : first + BLOCK], minlength=len(problem.mentors))
        self.reached = np.zeros(self.net.root + 1, dtype=np.bool_)
        self.reached[self.net.root] = True
        self._follow()
        mentors = len(problem.mentors)
        loose = self.net.load[:-1] < self.net.limit
        self.mentor_loose = loose[:mentors]
        self.mentor_helped = self.reached[self.net.parent[:mentors]]
        capped = np.zeros(self.net.root + 1, dtype=np.bool_)
        for node in sorted(range(mentors, self.net.root), key=lambda at: len(self.net.up(at))):
            capped[node] = not loose[node] or capped[self.net.parent[node]]
        self.mentor_capped = capped[self.net.parent[:mentors]]
        self.by_less = dict(self._reached_by_less()) if problem.has_least else {}

    def _reached_by_less(self) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Yield the nodes that could give a pair away if they had to have one less, and what would be reached then."""
        net, reached = self.net, self.reached
        closed = (net.least > 0) & (net.load[:-1] <= net.least) & reached[:-1] & ~reached[net.parent]
        for node in np.flatnonzero(closed)[:MOST_HELD].tolist():
            net.least[node] -= 1
            self.reached = reached.copy()
            self._follow()
            yield node, self.reached
            net.least[node] += 1
        self.reached = reached

    def is_loose(self, node: int) -> bool:
        """Return True if a mentor or a cap has a place left of its own."""
        return bool(self.net.load[node] < self.net.limit[node])

    def would_help(self, node: int) -> bool:
        """Return True if one more place at this mentor or cap would let one more pair through."""
        return bool(self.reached[self.net.parent[node]])

    def full_caps(self, mentor: int) -> list[int]:
        """Return the nodes of the caps above a mentor that are full, the innermost first."""
        return [node for node in self.net.up(mentor)[1:] if not self.is_loose(node)]

    def in_the_way(self, mentor: int) -> list[int]:
        """Return the full nodes that keep one more pair with a mentor from a free place, the mentor's own first."""
        found = []
        for node in self.net.up(mentor):
            if self.reached[node]:
                break
            if not self.is_loose(node):
                found.append(node)
        return found

    def partners(self, mentee: int) -> NDArray[np.int32]:
        """Return the mentors whom a mentee may have, int32 (k,)."""
        first, last = int(self.problem.starts[mentee]), int(self.problem.starts[mentee + 1])
        return self.problem.partner[first:last]

    def fits(self, mentee: int) -> Longs:
        """Return the fit of each mentor whom a mentee may have, int64 (k,)."""
        first, last = int(self.problem.starts[mentee]), int(self.problem.starts[mentee + 1])
        return self.problem.fit[first:last].astype(np.int64)

    def fitting_mentees(self, mentor: int) -> list[int]:
        """Return the mentees whom a mentor could have by the rules, ascending."""
        places = np.flatnonzero(self.problem.partner == mentor)
        return [int(row) for row in np.searchsorted(self.problem.starts, places, side="right") - 1]

    def _follow(self) -> None:
        """Mark what can be reached from the root against the direction of the arcs, until nothing is new."""
        net, reached = self.net, self.reached
        loose = net.load[:-1] < net.limit
        mentors = len(net.held)
        while True:
            before = int(reached.sum())
            for node in sorted(range(net.root), key=lambda at: len(net.up(at))) if mentors < net.root else []:
                reached[node] |= loose[node] and reached[net.parent[node]]
            reached[:mentors] |= loose[:mentors] & reached[net.parent[:mentors]]
            for at, children in enumerate(net.children):
                reached[mentors + at] |= bool((reached[children] & net.can_give(children)).any())
            self._follow_mentees()
            if int(reached.sum()) == before:
                return

    def _follow_mentees(self) -> None:
        """Mark the mentors of whom a mentee could move to a mentor who is marked."""
        net, problem = self.net, self.problem
        marked = self.reached[: len(net.held)]
        if marked.all():
            return
        some = np.flatnonzero(np.diff(problem.starts) > 0)
        can_move = np.zeros(len(net.holds), dtype=np.bool_)
        if len(some):
            can_move[some] = np.logical_or.reduceat(marked[problem.partner], problem.starts[some])
        for mentee in np.flatnonzero(can_move).tolist():
            holds = net.holds[mentee]
            if len(holds) > 1 and (problem.clashes or not marked[np.setdiff1d(self.partners(mentee), holds)].any()):
                # With clashes a move may not be allowed, and a way that is not sure proves nothing.
                continue
            marked[holds] = True


@lru_cache(maxsize=1)
def free_places_of(problem: Problem, answer: Answer) -> FreePlaces:
    """Return the free places of a plan; the last one is kept, because a plan is explained person by person."""
    return FreePlaces(problem, answer)
