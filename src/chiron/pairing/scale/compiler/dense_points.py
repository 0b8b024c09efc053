"""Points written out for every mentor, a row for each answer of mentees; rules with few answers share their rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints
from chiron.pairing.rules.scoring import CompiledRule
from chiron.pairing.scale.compiler.layout import Layout, fields
from chiron.pairing.scale.compiler.tables import AnswerTable, distinct
from chiron.pairing.scale.kernels import compiled_rules

SMALLEST, LARGEST = np.iinfo(np.int16).min, np.iinfo(np.int16).max
SHARED = 4
"""Rules share rows up to this part of the room that one rule may have: rows should stay in a near cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """Points by number of answer of both sides, int32 (a, b), and each person's number."""

    points: Ints
    left: Ints
    right: Ints

    @property
    def lowest(self) -> int:
        """Give the fewest points of a pair, at most 0."""
        return int(self.points.min(initial=0))

    @property
    def highest(self) -> int:
        """Give the most points of a pair, at least 0."""
        return int(self.points.max(initial=0))

    def fits(self) -> bool:
        """Say whether all points fit into 16 bits."""
        return self.lowest >= SMALLEST and self.highest <= LARGEST


def write(compiled: CompiledRule, table: AnswerTable, room: int) -> Written | None:
    """Write a table of shares out as points; None where importance makes them differ, or they would be too large.

    Args:
        compiled: the rule.
        table: its shares.
        room: how many rows there may be.
    """
    if len(compiled.points) > 1 or len(table.shares) > room:
        return None
    found = Written(compiled.points_of(table.shares, slice(None)), table.left, table.right)
    return found if found.fits() else None


def together(one: Written, other: Written, room: int) -> Written | None:
    """Add two rules up into one; None where that needs more rows than there is room for, or larger points."""
    left = distinct([one.left, other.left], room)
    right = distinct([one.right, other.right], len(one.right))
    if left is None or right is None:
        return None
    (mentees, rows), (mentors, columns) = left, right
    points = one.points[np.ix_(one.left[mentees], one.right[mentors])]
    points = points + other.points[np.ix_(other.left[mentees], other.right[mentors])]
    found = Written(points, rows, columns)
    return found if found.fits() else None


def gathered(written: list[Written], room: int) -> list[Written]:
    """Add rules up while their rows together stay few, those with the fewest rows first."""
    gathered: list[Written] = []
    for each in sorted(written, key=lambda one: len(one.points)):
        both = together(gathered[-1], each, room // SHARED) if gathered else None
        if both is None:
            gathered.append(each)
        else:
            gathered[-1] = both
    return gathered


def lay_written(written: Written, layout: Layout) -> NDArray[np.int64]:
    """Lay points out over all mentors, in their order."""
    return fields(
        form=compiled_rules.SPREAD,
        left=layout.index.add(written.left),
        cells=layout.spread.add(written.points.astype(np.int16)[:, layout.placed(written.right)]),
        width=layout.padded,
    )
