"""A question about a shape larger than pairs, and the tables of ties from which every shape is posed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.rules.scoring import Reason, Scoring

Reasons = Callable[[Ints], list[tuple[Reason, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class PosedShape:
    """A question about a shape, and who stands where in it.

    Attributes:
        kind: the shape.
        problem: what its method is asked.
        helped: ids by position in the first column of an answer's ties.
        helpers: ids by position in the second column.
        reasons: what speaks for and against ties (k, 3), as an answer lists them.
        asking: ids of everybody who asks to be tied to somebody.
        forbidding: from the id of somebody who is helped, the names of the must rules that forbid each helper who
            comes into question, by id; none where people keep the two apart.
        names: what people call a label of the answer, where that is another word.
        extra: points that the question counts for each locked tie, beside its fit; 0 where none are counted.
        locks: ids of those who must stay together.
    """

    kind: str
    problem: Any
    helped: tuple[str, ...]
    helpers: tuple[str, ...]
    reasons: Reasons
    asking: tuple[str, ...]
    forbidding: Callable[[str], dict[str, tuple[str, ...]]]
    names: Mapping[str, str] = field(default_factory=dict)
    extra: int = 0
    locks: tuple[tuple[str, str], ...] = ()

    def called(self, label: str) -> str:
        """Return what people call a label of the answer."""
        return self.names.get(label, label)


def scored(scoring: Scoring, apart: frozenset[tuple[str, str]] = frozenset()) -> tuple[NDArray[np.bool_], Ints]:
    """Return which pairs are allowed and what each is worth, (n, m) both."""
    allowed, fit = scoring.block(0, len(scoring.mentees.ids))
    left = {one: at for at, one in enumerate(scoring.mentees.ids)}
    right = {one: at for at, one in enumerate(scoring.mentors.ids)}
    for one, other in apart:
        if one in left and other in right:
            allowed[left[one], right[other]] = False
    return allowed, fit


def forbidding_of(
    scoring: Scoring, may: Callable[[int, int], bool] | None = None
) -> Callable[[str], dict[str, tuple[str, ...]]]:
    """Return what `PosedShape.forbidding` asks for, where everybody who is helped may ask all helpers.

    Args:
        scoring: the rules over both sides.
        may: whether a helper comes into question for a mentee at all, by position; None: all do.
    """

    def forbidding(person: str) -> dict[str, tuple[str, ...]]:
        row = scoring.mentees.ids.index(person)
        return {
            other: tuple(rule.name for rule in scoring.forbidding(row, column))
            for column, other in enumerate(scoring.mentors.ids)
            if (may is None or may(row, column)) and other != person
        }

    return forbidding


def rows_of(allowed: NDArray[np.bool_], fit: Ints) -> tuple[Longs, Ints, Ints]:
    """Return a table of ties as compressed rows: starts, partner, fit."""
    starts = np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]).astype(np.int64)
    return starts, np.nonzero(allowed)[1].astype(np.int32), fit[allowed].astype(np.int32)


def capacity_of(mentors: Sequence[Participant], matching: Matching) -> list[int]:
    """Return how many mentees each mentor takes."""
    return [matching.capacity if one.capacity is None else one.capacity for one in mentors]
