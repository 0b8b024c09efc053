"""Why people have nobody, and what would change it, for thousands of people in a plan of a hundred thousand.

The sentences are those of `explain`. What differs is how the free places and the ways to them are found, and how each
fix is tried: a second plan that counts people alone makes its steps, mends itself by one path for each, and takes them
back. At this size nobody can tell whom the aim would give a further place, so such a fix locks its pair.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.explain.fixes import Fix, FixStep
from chiron.pairing.explain.reasons import Unmatched, unmatched_in
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Longs, Problem
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.scale.changes.live import Live
from chiron.pairing.scale.kernels.machine import kernel
from chiron.pairing.scale.solvers.run import refuse
from chiron.pairing.scale.solvers.sparse import SparsePairs, sparse
from chiron.pairing.whatif.change import ChangeError
from chiron.pairing.whatif.free_places import FreePlaces


class NationalFreePlaces(FreePlaces):
    """The free places of a plan without caps, and the ways to them, in one pass over the pairs."""

    def __init__(self, problem: Problem, answer: Answer, pairs: SparsePairs) -> None:
        """Follow all ways back from the free places.

        Args:
            problem: what was asked; without caps, and with one mentor for each mentee at most.
            answer: a plan that breaks no rule.
            pairs: the pairs of the problem in both directions.
        """
        self.problem = problem
        self.matched = frozenset(answer.pairs[:, 0].tolist())
        self.used = np.bincount(answer.pairs[:, 1], minlength=len(problem.mentors))
        self.fitting = np.bincount(problem.partner, minlength=len(problem.mentors))
        self.mentor_loose = self.used < problem.capacity
        self.mentor_helped = np.ones(len(problem.mentors), dtype=np.bool_)
        self.mentor_capped = np.zeros(len(problem.mentors), dtype=np.bool_)
        self.by_less = {}
        has = np.full(len(problem.mentees), -1, dtype=np.int64)
        has[answer.pairs[:, 0]] = answer.pairs[:, 1]
        has[problem.locked[:, 0]] = -1
        self.reached = _reached(pairs, has, self.mentor_loose)

    def is_loose(self, node: int) -> bool:
        """Return True if a mentor has a place left."""
        return bool(self.mentor_loose[node])

    def would_help(self, node: int) -> bool:
        """Return True if one more place at this mentor would let one more pair through."""
        return bool(self.mentor_helped[node])

    def in_the_way(self, mentor: int) -> list[int]:
        """Return the mentor where one more pair there finds no free place."""
        return [] if self.reached[mentor] else [mentor]

    def full_caps(self, mentor: int) -> list[int]:  # noqa: ARG002 -- there are no caps
        """Return no cap."""
        return []


@kernel
def _reached(pairs: SparsePairs, has: Longs, loose: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the mentors with room, and those of whom somebody could move to a mentor who is marked."""
    reached = loose.copy()
    waiting = np.empty(len(loose), np.int64)
    count = 0
    for j in range(len(loose)):
        if loose[j]:
            waiting[count] = j
            count += 1
    while count > 0:
        count -= 1
        j = waiting[count]
        for slot in range(pairs.columns[j], pairs.columns[j + 1]):
            other = has[pairs.row[slot]]
            if other >= 0 and not reached[other]:
                reached[other] = True
                waiting[count] = other
                count += 1
    return reached


class Reasons:
    """Why the people of one plan have nobody: what all of them share is worked out once."""

    def __init__(self, problem: Problem, scoring: Scoring, answer: Answer, *, is_best: bool) -> None:
        """Take the plan apart.

        Args:
            problem: lists every allowed pair of the people who will be asked about.
            scoring: rules and people.
            answer: a plan that breaks no rule.
            is_best: its judge found it proved best.

        Raises:
            ScaleError: the problem has caps, least numbers, or a mentee who wants several mentors.
        """
        refuse(problem)
        self.problem, self.scoring, self.answer, self.is_best = problem, scoring, answer, is_best
        pairs = sparse(problem.starts, problem.partner, problem.fit, problem.capacity)
        self.free = NationalFreePlaces(problem, answer, pairs)
        self.counting = self._counting(pairs)

    def _counting(self, pairs: SparsePairs) -> Live | None:
        """Return a plan of the most people to try changes on; None where this plan leaves people out on purpose."""
        problem = self.problem
        nothing = np.zeros_like(pairs.fit)
        live = Live(pairs._replace(fit=nothing, column_fit=nothing), problem.capacity, everyone=True)
        for mentee, mentor in problem.locked.tolist():
            live.lock(mentee, mentor)
        return live if live.matched == len(self.answer.pairs) else None

    def unmatched(
        self,
        mentees: Sequence[int],
        *,
        mentee_names: Sequence[str],
        mentor_names: Sequence[str],
        apart: Collection[tuple[int, int]] = frozenset(),
    ) -> tuple[Unmatched, ...]:
        """Return for each of these mentees why there is no mentor, and the cheapest fixes; see `explain.unmatched`.

        A fix is offered only if it matches one more person: as tried on the plan that counts people, or, where this
        plan leaves people out on purpose, along the way to a free place.
        """
        found = []
        for mentee in mentees:
            why = unmatched_in(
                self.free,
                self.scoring,
                self.answer,
                mentee,
                is_best=self.is_best,
                mentee_names=mentee_names,
                mentor_names=mentor_names,
                apart=apart,
            )
            found.append(replace(why, fixes=tuple(fix for fix in why.fixes if self.helps(mentee, fix))))
        return tuple(found)

    def helps(self, mentee: int, fix: Fix) -> bool:
        """Return True if a fix matches one more person, and this one; the plan stays as it is."""
        live = self.counting
        if live is None:
            return fix.proved
        before, made = live.matched, 0
        try:
            for step in fix.steps:
                self._make(step, newcomer=len(live.prices) - 1)
                made += 1
            return live.matched - before == fix.gain and live.mentor_of(mentee) >= 0
        except ChangeError:
            return False
        finally:
            for _ in range(made):
                live.undo()

    def _make(self, step: FixStep, *, newcomer: int) -> None:
        """Make one step on the plan that counts people; `newcomer` is the position of a mentor who has joined.

        Raises:
            ChangeError: the step cannot be made.
        """
        live = cast("Live", self.counting)
        if step.code == "new_mentor":
            live.mentor_joins([step.mentee], [0], 1)
        elif step.code == "more_places":
            live.change_capacity(step.mentor, step.by)
        elif step.code == "lock":
            live.lock(step.mentee, step.mentor if step.mentor >= 0 else newcomer)
        else:
            live.allow(step.mentee, step.mentor, 0)
