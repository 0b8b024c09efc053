"""A rule set as a list of steps over flat arrays: what the compiled kernels walk through for every block of pairs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints

BLOCK = 1024
"""Mentors that one call of a kernel looks at: their columns stay in the processor's nearest cache."""

# Forms: what a step does. The numbers are part of the kernels.
BITS = 0  # a must by a map of bits: one row of bits over all mentors for each distinct answer of mentees
FLIPS = 1  # as BITS, then the mentors on the mentee's list turn round
PLANES = 2  # a must about how many items are common, from a map of bits for each item
EXCEPTIONS = 3  # the listed pairs may be made whatever a must says
APART = 4  # the listed pairs may not be made, whatever else holds
SPREAD = 5  # points by distinct answer of mentees, written out for every mentor
TALLY = 6  # points by the number of common items, from a row of flags for each item
NUDGES = 7  # the mentors on the mentee's list get other points than the rest of the row
TABLE = 8  # a code by distinct answers of both sides
COUNT = 9  # a code by the number of common bits
WISHES = 10  # a code by which of three lists have something in common
GROUND = 11  # a code by distance along the ground
NEAR = 12  # a code by difference of two numbers
OFFERED = 13  # a code by the share of a number that another covers
WORDS = 14  # a code by common words of two texts

# Columns of the table of steps. Offsets say where in the pool that the form uses its part begins.
FORM = 0
SOFT = 1  # 1: adds points; 0: a must
LEFT = 2  # the mentees' column
RIGHT = 3  # the mentors' column
CELLS = 4  # the table, the map of bits, or the thresholds
WIDTH = 5  # columns of the table, or words of a set
POINTS = 6  # points of each code, by class of mentee; for a must 1 (holds) or 0
CLASS = 7  # the mentees' class of points, −1 where all share one
CODES = 8  # how many codes there are
PRUNE = 9  # 1: before this step, drop the pairs that can no longer come among the best
REST = 10  # the most points that this step and those after it can add
MOST = 11  # the count from which more adds nothing; the least count; the width of the first of three lists
OTHER = 12  # a second number of the same sort; where lists begin
KNOWN = 13  # flags of the mentors' column; the positions of listed pairs
EXTRA = 14  # a further column of the mentees; the number of the list of each
FIELDS = 15


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRules:
    """A compiled rule set with both sides' columns. Mentors stand in the order of `order`, padded to whole blocks.

    Attributes:
        mentees: how many.
        mentors: how many, without padding.
        steps: int64 (steps, FIELDS), see the names above; bit steps first, then musts by lane, then points.
        bit_steps: how many steps work on whole maps of bits.
        must_steps: how many steps are musts, the former included.
        lane_steps: how many steps come before those that look at single mentors for their points.
        words: uint64, sets and maps of bits; the first row flags the mentors that are no padding.
        index: uint32, answers by number, starts and positions of listed pairs.
        codes: uint16, tables of codes, and flags.
        flags: uint8, who has which item, 0 or 1.
        spread: int16, points written out for every mentor.
        points: int32, points of codes.
        floats: float64, coordinates, numbers, thresholds.
        order: int32 (padded mentors,), who stands where; −1 for padding.
        place: int32 (mentors,), where each stands.
        rank: int32 (mentees,), like mentees next to each other: rows are scanned in this order.
        most: the largest size that a fit can have.
    """

    mentees: int
    mentors: int
    steps: NDArray[np.int64]
    bit_steps: int
    must_steps: int
    lane_steps: int
    words: NDArray[np.uint64]
    index: NDArray[np.uint32]
    codes: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    spread: NDArray[np.int16]
    points: Ints
    floats: NDArray[np.float64]
    order: Ints
    place: Ints
    rank: Ints
    most: int

    @property
    def pools(self) -> tuple[NDArray[Any], ...]:
        """Give the arrays that kernels read, in the order of their arguments."""
        return self.steps, self.words, self.index, self.codes, self.flags, self.spread, self.points, self.floats
