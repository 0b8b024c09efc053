"""Where the columns of both sides stand in the flat arrays that the kernels read."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.scale.kernels.bits import pack_rows
from chiron.pairing.scale.kernels.compiled_rules import BLOCK, FIELDS


class ColumnPool:
    """A flat array that grows part by part."""

    def __init__(self, dtype: Any) -> None:
        """Begin an empty array."""
        self.dtype = np.dtype(dtype)
        self.parts: list[NDArray[Any]] = []
        self.size = 0

    def add(self, values: Any) -> int:
        """Append values, flattened; give where they begin."""
        part = np.ascontiguousarray(values, dtype=self.dtype).reshape(-1)
        begin = self.size
        self.parts.append(part)
        self.size += len(part)
        return begin

    def whole(self) -> NDArray[Any]:
        """Give the array; never empty, so that a kernel may look at its first place."""
        joined = np.concatenate([*self.parts, np.zeros(1, dtype=self.dtype)])
        self.parts = []
        return joined


def padded(mentors: int) -> int:
    """Give how many places so many mentors take in whole blocks."""
    return -(-max(1, mentors) // BLOCK) * BLOCK


class Layout:
    """The flat arrays of a program while it is built, and the order of mentors.

    Attributes:
        order: int32 (padded,), who stands where; −1 for padding.
        place: int32 (mentors,), where each stands.
    """

    def __init__(self, mentees: int, ranked: Ints) -> None:
        """Begin with the mentors in an order: `ranked` are their positions."""
        self.mentees = mentees
        self.mentors = len(ranked)
        self.padded = padded(len(ranked))
        self.order = np.full(self.padded, -1, dtype=np.int32)
        self.order[: len(ranked)] = ranked
        self.place = np.empty(len(ranked), dtype=np.int32)
        self.place[ranked] = np.arange(len(ranked), dtype=np.int32)
        self.words = ColumnPool(np.uint64)
        self.index = ColumnPool(np.uint32)
        self.codes = ColumnPool(np.uint16)
        self.flags = ColumnPool(np.uint8)
        self.spread = ColumnPool(np.int16)
        self.points = ColumnPool(np.int32)
        self.floats = ColumnPool(np.float64)
        self.add_bits(np.ones((1, 1), dtype=np.bool_), np.zeros(len(ranked), dtype=np.int64))

    def placed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Put mentors' values (mentors, …) in their order, zeros for the padding."""
        out = np.zeros((self.padded, *values.shape[1:]), dtype=values.dtype)
        out[: self.mentors] = values[self.order[: self.mentors]]
        return out

    def add_bits(self, flags: NDArray[np.bool_], answers: NDArray[Any]) -> int:
        """Add flags by answer (rows, answers) as bits over mentors, in their order; give where they begin."""
        column = np.ascontiguousarray(answers[self.order[: self.mentors]], dtype=np.int64)
        words = np.zeros((len(flags), self.padded // 64), dtype=np.uint64)
        pack_rows(np.ascontiguousarray(flags), column, words)
        return self.words.add(words)

    def listed(self, numbers: Any, mentors: Any, lists: int) -> tuple[int, int, Longs]:
        """Add lists of mentors, ascending by place: where starts and places begin, and the entries' new order."""
        left = np.asarray(numbers, dtype=np.int64)
        place = self.place[np.asarray(mentors, dtype=np.int64)].astype(np.int64)
        order = np.lexsort((place, left))
        starts = np.searchsorted(left[order], np.arange(lists + 1))
        return self.index.add(starts), self.index.add(place[order]), order


def fields(**values: int) -> NDArray[np.int64]:
    """Make a row of the table of steps from the names of its columns, in small letters; the rest is 0."""
    row = np.zeros(FIELDS, dtype=np.int64)
    for name, value in values.items():
        row[PLACES[name]] = value
    return row


NAMES: Sequence[str] = (
    "form", "soft", "left", "right", "cells", "width", "points", "class_", "codes", "prune", "rest", "most", "other",
    "known", "extra",
)  # fmt: skip
PLACES = {name: at for at, name in enumerate(NAMES)}
