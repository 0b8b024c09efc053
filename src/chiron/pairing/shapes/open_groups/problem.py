"""Groups that may stay closed: the problem, the answer, and the tree of prices that proves it."""

from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Longs, Problem, ProblemError
from chiron.pairing.shapes.model.answer import ShapeStep


@dataclass(frozen=True, slots=True, eq=False)
class OpenGroups:
    """A problem where some mentors' groups may stay closed.

    Attributes:
        problem: who may be paired with whom; what `least` says there holds for mentors who must be open.
        opens: fewest members of each group that may stay closed instead, length m; 0 for a mentor like any other.
    """

    problem: Problem
    opens: tuple[int, ...]

    def __post_init__(self) -> None:
        """Check the sizes.

        Raises:
            ProblemError: a size is below zero, above the mentor's capacity, or stands for a group that must be open.
        """
        opens = np.array(self.opens, dtype=np.int64)
        if opens.shape != (len(self.problem.mentors),):
            raise ProblemError(f"opens: the length is {len(opens)}, not {len(self.problem.mentors)}")
        if (opens < 0).any() or (opens > self.problem.capacity).any():
            raise ProblemError("opens: a group needs fewer than no members, or more than the mentor takes")
        if ((opens > 0) & (self.problem.least > 0)).any():
            raise ProblemError("opens: a group that may stay closed has a least number of members, too")
        if self.problem.clashes and self.problem.wanted.max(initial=0) > 1:
            raise ProblemError("opens: groups that may stay closed and mentors who clash do not go together yet")

    def fixed(self, opened: frozenset[int]) -> Problem:
        """Return the problem with these of the groups open, and the others closed."""
        least, capacity = self.problem.least.copy(), self.problem.capacity.copy()
        for mentor, size in enumerate(self.opens):
            if size:
                least[mentor] = size if mentor in opened else 0
                capacity[mentor] = capacity[mentor] if mentor in opened else 0
        return replace(self.problem, least=least, capacity=capacity)


@dataclass(frozen=True, slots=True, eq=False)
class OpeningLeaf:
    """Prices from which anyone can recompute a bound for one part of the choices.

    Attributes:
        mentee_prices: int64 (n,), what a place with some mentor costs each mentee; below zero where the mentee counts
            for having one.
        cap_prices: int64 (c,), what a pair under each cap costs; below zero where a least number costs something.
        weights: how much each earlier step counts, none negative.
        scale: how often this step counts; 0 where the earlier steps alone cannot all be kept.
    """

    mentee_prices: Longs
    cap_prices: Longs
    weights: tuple[int, ...]
    scale: int


@dataclass(frozen=True, slots=True)
class OpeningBranch:
    """A mentor whose group is closed in one half of the proof and open in the other."""

    mentor: int
    closed: "OpeningBranch | OpeningLeaf"
    opened: "OpeningBranch | OpeningLeaf"


@dataclass(frozen=True, slots=True, eq=False)
class OpenGroupsAnswer:
    """Who opens, and the plan for that.

    Attributes:
        opened: mentors whose group is open, of those whose group may stay closed; ascending.
        problem: the problem with these groups open and the others closed.
        answer: the best plan of that problem, with its own proof.
        steps: what was reached in each step of the aim, and what no plan with any choice of open groups exceeds;
            the evidence is a tree of branches and leaves.
        stopped: why the search ended early, or None.
    """

    opened: tuple[int, ...]
    problem: Problem
    answer: Answer
    steps: tuple[ShapeStep, ...]
    stopped: str | None = None

    @property
    def proved_best(self) -> bool:
        """True if no other choice of open groups is better."""
        return self.stopped is None and all(step.proved_best for step in self.steps)
