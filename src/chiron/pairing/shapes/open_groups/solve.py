"""Groups that run only when big enough: each has nobody, or between a least and a most number of members.

Which mentors open is decided by branch and bound: an open or closed mentor at each branch, and at each leaf prices of
the mentees from the linear relaxation. At those prices every mentor takes the best group that may be, or none
(Lagrangian relaxation; Geoffrion 1974), which bounds all plans of that leaf. Once it is known who opens, the plan is a
transportation problem and is solved exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import ProblemError, QuotaError
from chiron.pairing.shapes.model.answer import ShapeStep
from chiron.pairing.shapes.open_groups.problem import OpenGroups, OpenGroupsAnswer, OpeningBranch, OpeningLeaf
from chiron.pairing.shapes.open_groups.relaxation import Relaxation
from chiron.pairing.solve import solve as solve_pairs

Observer = Callable[[str, Answer | None], bool]

MOST_NODES = 300
"""Leaves of one step that are opened up; beyond that the gap is stated."""

NOTHING = -(1 << 62)
"""The bound of a leaf that holds no plan."""

AIMS: tuple[Aim, ...] = ("everyone", "total")


def solve(
    groups: OpenGroups, *, aim: Aim = "everyone", seed: int = 0, observer: Observer | None = None
) -> OpenGroupsAnswer:
    """Return which groups open and the best plan for them.

    Args:
        groups: the problem.
        aim: "everyone" or "total".
        seed: decides between plans of equal worth.
        observer: told each phase; where it returns False the best so far is the answer.

    Raises:
        LocksError: no plan can hold every locked pair.
        ProblemError: the aim is another one, or the problem is malformed.
        QuotaError: no choice of open groups gives a plan.
    """
    if aim not in AIMS:
        raise ProblemError('Groups that may stay closed need the aim "everyone" or "total".')
    search = _BranchAndBound(groups, aim, seed, observer)
    steps: list[ShapeStep] = []
    while len(steps) < len(search.best.answer.steps):
        steps.append(search.step(len(steps)))
    best = search.best
    return OpenGroupsAnswer(
        opened=tuple(sorted(best.opened)),
        problem=groups.fixed(best.opened),
        answer=best.answer,
        steps=tuple(steps),
        stopped="stopped by the observer" if search.is_stopped else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The best choice of open groups so far."""

    opened: frozenset[int]
    answer: Answer
    merit: tuple[int, ...]


class _BranchAndBound:
    """Branch and bound, step by step of the aim."""

    def __init__(self, groups: OpenGroups, aim: Aim, seed: int, observer: Observer | None) -> None:
        self.groups, self.aim, self.seed, self.observer = groups, aim, seed, observer
        self.choices = tuple(mentor for mentor, size in enumerate(groups.opens) if size)
        self.must = frozenset(groups.problem.locked[:, 1].tolist()) & frozenset(self.choices)
        self.tried: set[frozenset[int]] = set()
        self.known: _Known | None = None
        self.is_stopped = False
        self.left_over = MOST_NODES
        self._begin()

    @property
    def best(self) -> _Known:
        """The best so far."""
        if self.known is None:
            raise QuotaError("opens: no choice of open groups gives everybody the least number of pairs")
        return self.known

    def _begin(self) -> None:
        """Find some choice: first all open, then one fewer at a time, those whom the fewest may have closed first."""
        problem = self.groups.problem
        asked = np.bincount(problem.partner, minlength=len(self.groups.opens))
        order = sorted(set(self.choices) - self.must, key=lambda at: (-int(asked[at]), problem.mentors[at]))
        for count in range(len(order), -1, -1):
            self.attempt(self.must | frozenset(order[:count]))
            if self.known is not None:
                return
        self._tree(Relaxation(problem, self.groups.opens, [], None), lambda _most: self.known is not None)

    def attempt(self, opened: frozenset[int]) -> None:
        """Solve for one choice of open groups, and keep it if it is better."""
        if opened in self.tried:
            return
        self.tried.add(opened)
        try:
            answer = solve_pairs(self.groups.fixed(opened), aim=self.aim, seed=self.seed)
        except QuotaError:
            return
        merit = tuple(step.value for step in answer.steps)
        if self.known is None or merit > self.known.merit:
            self.known = _Known(opened, answer, merit)

    def step(self, at: int) -> ShapeStep:
        """Prove a step; where something better is found on the way, prove that."""
        while True:
            merit = self.best.merit
            tree, bound = self._prove(at)
            if self.best.merit[: at + 1] == merit[: at + 1]:
                return ShapeStep(name=self.best.answer.steps[at].name, value=merit[at], bound=bound, evidence=tree)

    def _prove(self, at: int) -> tuple[OpeningBranch | OpeningLeaf, int]:
        """Return the tree of a step and the bound that it proves."""
        *kept, asked = [(step.name, step.level, step.value) for step in self.best.answer.steps[: at + 1]]
        relaxation = Relaxation(self.groups.problem, self.groups.opens, kept, asked)
        name, _, value = asked
        if name == "lowest fit":
            tree, most = self._tree(relaxation, lambda most: most < 0)
            return tree, value if most < 0 else int(self.groups.problem.fit.max(initial=value))
        tree, most = self._tree(relaxation, lambda most: most <= value)
        return tree, max(value, most)

    def _tree(self, relaxation: Relaxation, is_done: Callable[[int], bool]) -> tuple[OpeningBranch | OpeningLeaf, int]:
        """Return the tree of a proof, and the bound that it proves: the highest of its leaves."""
        self.left_over = MOST_NODES
        return self._grown(relaxation, is_done, frozenset(), self.must)

    def _grown(
        self,
        relaxation: Relaxation,
        is_done: Callable[[int], bool],
        closed: frozenset[int],
        opened: frozenset[int],
    ) -> tuple[OpeningBranch | OpeningLeaf, int]:
        """Return the part of a tree below a choice, and its bound."""
        leaf, bound, shares = relaxation.leaf(closed, opened)
        if bound is None or is_done(bound):
            return leaf, NOTHING if bound is None else bound
        left = [mentor for mentor in self.choices if mentor not in closed | opened]
        self.attempt(opened | {mentor for mentor in left if shares[mentor] > 1 / 2})
        self.left_over -= 1
        if not left or self.left_over <= 0 or not self._goes_on():
            return leaf, bound
        mentor = min(
            left, key=lambda one: (abs(round(float(shares[one]), 6) - 1 / 2), self.groups.problem.mentors[one])
        )
        without, low = self._grown(relaxation, is_done, closed | {mentor}, opened)
        with_it, high = self._grown(relaxation, is_done, closed, opened | {mentor})
        return OpeningBranch(mentor, without, with_it), max(low, high)

    def _goes_on(self) -> bool:
        """Tell the observer; False if the search is to stop."""
        if self.observer is not None and not self.is_stopped:
            known = None if self.known is None else self.known.answer
            self.is_stopped = not self.observer("looking for which groups open", known)
        return not self.is_stopped
