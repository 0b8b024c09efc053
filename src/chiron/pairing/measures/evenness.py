"""How far apart the groups of a plan are, and what a tolerance makes of the prices that prove a total.

The definitions of the aim "parity", for referee and solver alike; nothing here searches. With S the sum of the fits of
a group's pairs and n its mentees who may have a mentor, a tolerance of w asks for a level t with t·n ≤ S ≤ (t + w)·n in
every group. Give each group a weight λ, any whole number. Then no plan within the tolerance exceeds

    the best total at (scale + λ)·fit  +  w · Σ n·max(−λ, 0)  +  max over the possible t of −t · Σ λ·n,

divided by scale (Lagrangian duality; Geoffrion 1974).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import AimError, Longs, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of a problem that somebody may have a mentor in.

    Attributes:
        of: int64 (n,), the group of each mentee from 0, -1 for none.
        size: int64 (g,), mentees who may have a mentor.
        within: the largest spread of mean fits that is asked for.
        lowest, highest: whole numbers between which any mean fit of a group lies.
    """

    of: Longs
    size: Longs
    within: int
    lowest: int
    highest: int


def groups_of(problem: Problem) -> Groups:
    """Return the groups.

    Raises:
        AimError: the problem says nothing about groups.
    """
    if problem.parity is None:
        raise AimError(
            'The aim "parity" needs groups: add [matching.parity] with by = "site" and within = 5 to the rules.'
        )
    counts = (problem.parity.group >= 0) & (problem.wanted > 0)
    names, of = np.unique(problem.parity.group[counts], return_inverse=True)
    group = np.full(len(problem.mentees), -1, dtype=np.int64)
    group[counts] = of
    most = int(problem.wanted.max(initial=0))
    return Groups(
        of=group,
        size=np.bincount(of, minlength=len(names)).astype(np.int64),
        within=problem.parity.within,
        lowest=most * min(0, int(problem.fit.min(initial=0))),
        highest=most * max(0, int(problem.fit.max(initial=0))),
    )


def sums(problem: Problem, groups: Groups, pairs: NDArray[np.int32]) -> list[int]:
    """Return the sum of the fits of each group."""
    group = groups.of[np.asarray(pairs)[:, 0]]
    total = np.zeros(len(groups.size), dtype=np.int64)
    np.add.at(total, group[group >= 0], problem.fit[problem.positions(pairs)][group >= 0])
    found: list[int] = total.tolist()
    return found


def excess_of(groups: Groups, reached: list[int]) -> int:
    """Return by how many whole points, rounded up, the means of the groups are further apart than the tolerance."""
    sizes: list[int] = groups.size.tolist()
    most = 0
    for high, many in zip(reached, sizes, strict=True):
        for low, few in zip(reached, sizes, strict=True):
            # high / many − low / few ≤ within + most, without a division.
            most = max(most, -(-(high * few - low * many) // (many * few)) - groups.within)
    return most


def slack(groups: Groups, weights: tuple[int, ...], tolerance: int) -> int:
    """Return what these weights of the groups add to the bound at a tolerance."""
    sizes: list[int] = groups.size.tolist()
    lean = sum(weight * size for weight, size in zip(weights, sizes, strict=True))
    under = sum(size * max(-weight, 0) for weight, size in zip(weights, sizes, strict=True))
    return tolerance * under + max(-groups.lowest * lean, -groups.highest * lean)
