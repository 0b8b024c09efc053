"""Tables of shares: where people gave few different answers to a rule, one table answers for everybody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.rules.encoding import Sets
from chiron.pairing.rules.kind import Shares
from chiron.pairing.rules.scoring import CompiledRule
from chiron.pairing.scale.compiler.great_circle import ground_shares

Columns = list[NDArray[Any]]
EVALUATED_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTable:
    """A rule whose pairs have few different answers: shares int16 (a, b), and each person's number of answer."""

    shares: Shares
    left: Ints
    right: Ints


def _sets(sets: Sets, *more: NDArray[Any]) -> tuple[Columns, Columns]:
    return [*sets.mentees, sets.known_mentees, *more], [*sets.mentors, sets.known_mentors]


def _answers(answers: Any) -> tuple[Columns, Columns]:
    left = np.where(answers.known_left, answers.left, -1)
    return [left], [np.where(answers.known_right, answers.right, -1)]


def _numbers(numbers: Any) -> tuple[Columns, Columns]:
    return [numbers.left, numbers.known_left], [numbers.right, numbers.known_right]


def _places(places: Any) -> tuple[Columns, Columns]:
    return (
        [*places.left, places.known_left, places.remote_left],
        [*places.right, places.known_right, places.remote_right],
    )


def _wishes(wishes: Any) -> tuple[Columns, Columns]:
    left: Columns = [wishes.wish.known_mentees]
    right: Columns = [wishes.wish.known_mentors]
    for sets in (wishes.wish, wishes.experience, wishes.value):
        left += list(sets.mentees)
        right += list(sets.mentors)
    return left, right


COLUMNS: Mapping[str, Callable[[Any], tuple[Columns, Columns]]] = {
    "same": _answers,
    "different": _answers,
    "overlap": lambda lists: _sets(lists.sets),
    "coverage": lambda wants: _sets(wants.sets, wants.enough),
    "hours": lambda weeks: _sets(weeks.sets),
    "near": _numbers,
    "commitment": _numbers,
    "distance": _places,
    "asked": _wishes,
    "score": lambda scores: ([scores.left], [scores.right]),
    "ladder": lambda steps: ([steps.table.row], [steps.table.column]),
    "related": lambda fields: ([fields.table.row], [fields.table.column]),
}
"""For each kind the columns of both sides on which the share of a pair depends, and nothing else does."""


def distinct(columns: Sequence[NDArray[Any]], most: int) -> tuple[Ints, Ints] | None:
    """Number the different rows of some columns.

    Args:
        columns: each (people,), of any type that sorts.
        most: give up beyond so many different rows.

    Returns:
        somebody who has each, int32 (different,), and each person's number, int32 (people,); None beyond `most`.
    """
    number = np.zeros(len(columns[0]), dtype=np.int64)
    people = np.zeros(min(1, len(number)), dtype=np.int64)
    for column in columns:
        values, inverse = np.unique(column, return_inverse=True)
        if len(values) <= 1:
            continue
        joined: Longs = number * len(values) + inverse.reshape(-1)
        _, people, number = np.unique(joined, return_index=True, return_inverse=True)
        number = number.reshape(-1)
        if len(people) > most:
            return None
    return people.astype(np.int32), number.astype(np.int32)


def shares_between(compiled: CompiledRule, mentees: Ints, mentors: Ints) -> Shares:
    """Ask the kind itself for the share of each of these mentees with each of these mentors: int16 (a, b)."""
    if compiled.kind.name == "distance":
        return ground_shares(compiled.prepared, mentees, mentors)
    shares = np.empty((len(mentees), len(mentors)), dtype=np.int16)
    height = max(1, EVALUATED_AT_ONCE // max(1, len(mentors)))
    for first in range(0, len(mentees), height):
        rows = mentees[first : first + height]
        left, right = np.repeat(rows, len(mentors)), np.tile(mentors, len(rows))
        found = compiled.kind.pairs(compiled.prepared, left, right)
        shares[first : first + height] = found.reshape(len(rows), len(mentors))
    return shares


def points_by_class(compiled: CompiledRule, shares: Shares) -> tuple[Ints, Ints | None]:
    """Give the points of each share by class of mentee, int32 (classes, shares), and each mentee's class."""
    if len(compiled.points) == 1:
        return compiled.points_of(shares[None, :], slice(None)), None
    found = distinct([compiled.points[:, 0], compiled.missed[:, 0]], len(compiled.points))
    if found is None:
        raise AssertionError
    people, own = found
    return compiled.points_of(np.repeat(shares[None, :], len(people), axis=0), people), own
