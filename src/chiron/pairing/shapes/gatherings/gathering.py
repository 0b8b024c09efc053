"""What circles and teams have in common: people of one or two kinds, and what any two of them are worth together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.model.gathering_problems import Circles, Teams


@dataclass(frozen=True, slots=True, eq=False)
class Gathering:
    """People of kinds 0 … k−1, to be made into groups with so many of each kind.

    Attributes:
        kind: int64 (n,), the kind of each person.
        fit: int64 (n, n), symmetric, of two people in one group; 0 on the diagonal and where it is not allowed.
        allowed: bool (n, n), symmetric, True on the diagonal.
        least: the fewest of each kind in a group.
        most: the most of each kind in a group.
    """

    kind: Longs
    fit: Longs
    allowed: NDArray[np.bool_]
    least: tuple[int, ...]
    most: tuple[int, ...]

    def values(self, groups: Longs) -> Longs:
        """Return the sum of the fits inside each group (g, size): int64 (g,)."""
        whole = np.zeros(len(groups), dtype=np.int64)
        for one in range(groups.shape[1]):
            for other in range(one + 1, groups.shape[1]):
                whole += self.fit[groups[:, one], groups[:, other]]
        return whole


def of_circles(problem: Circles) -> Gathering:
    """Return circles as people of one kind."""
    people = len(problem.people)
    fit = np.zeros((people, people), dtype=np.int64)
    allowed = np.full((people, people), not problem.only_listed, dtype=np.bool_)
    one, other = problem.pairs[:, 0], problem.pairs[:, 1]
    fit[one, other] = fit[other, one] = problem.fit
    allowed[one, other] = allowed[other, one] = True
    np.fill_diagonal(allowed, val=True)
    return Gathering(np.zeros(people, dtype=np.int64), fit, allowed, (problem.least,), (problem.most,))


def of_teams(problem: Teams) -> Gathering:
    """Return teams as mentees (kind 0), then mentors (kind 1); mentees among themselves count nothing."""
    mentees, people = len(problem.mentees), len(problem.mentees) + len(problem.mentors)
    fit = np.zeros((people, people), dtype=np.int64)
    allowed = np.ones((people, people), dtype=np.bool_)
    between = np.where(problem.allowed, problem.fit, 0)
    fit[:mentees, mentees:], fit[mentees:, :mentees] = between, between.T
    fit[mentees:, mentees:] = problem.mentor_fit
    allowed[:mentees, mentees:], allowed[mentees:, :mentees] = problem.allowed, problem.allowed.T
    kind = (np.arange(people) >= mentees).astype(np.int64)
    least = (problem.mentees_least, problem.mentors_least)
    return Gathering(kind, fit, allowed, least, (problem.mentees_most, problem.mentors_most))


def most_seats(people: tuple[int, ...], least: tuple[int, ...], most: tuple[int, ...]) -> int:
    """Return how many people at most fit into groups of these sizes, whoever they are."""
    best = 0
    for groups in range(1, min(count // few for count, few in zip(people, least, strict=True)) + 1):
        best = max(best, sum(min(count, groups * many) for count, many in zip(people, most, strict=True)))
    return best
