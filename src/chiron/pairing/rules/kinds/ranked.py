"""One side has named whom it would like, first choice first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    SparseShares,
    as_tuple,
    asks,
    called,
    holds_above_none,
    sparse_block,
    sparse_pairs,
)
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Positions, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The chosen pairs with their shares, their place in the ranking (0 is the first choice), and who ranked."""

    sparse: SparseShares
    place: Mapping[tuple[int, int], int]
    by: str


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Choices:
    """Look up every choice among the people of the other side, by what the rule compares, or by name.

    A choice that fits nobody in the pool counts for nothing, but keeps its place in the ranking.
    """
    by_mentees = options["by"] == "mentee"
    choosers, chosen = (mentees, mentors) if by_mentees else (mentors, mentees)
    known: dict[Any, list[int]] = {}
    for at, (value, name) in enumerate(chosen):
        for one in dict.fromkeys(called(text) for text in (*as_tuple(value), name) if text):
            known.setdefault(one, []).append(at)
    rankings = [as_tuple(value) for value, _ in choosers]
    longest = options["choices"] or max(map(len, rankings), default=0)
    place: dict[tuple[int, int], int] = {}
    for chooser, ranking in enumerate(rankings):
        for rank, one in enumerate(ranking[:longest]):
            for other in known.get(called(one), ()):
                place.setdefault((chooser, other) if by_mentees else (other, chooser), rank)
    found = {pair: max(1, FULL * (longest - rank) // longest) for pair, rank in place.items()}
    rest = np.array([0 if ranking else UNKNOWN for ranking in rankings], dtype=np.int16)
    sparse = SparseShares.of(found, rest[:, None] if by_mentees else rest[None, :], (len(mentees), len(mentors)))
    return Choices(sparse, place, options["by"])


def shares(choices: Choices, first: int, last: int) -> Shares:
    """Spread a block out."""
    return sparse_block(choices.sparse, first, last)


def pairs(choices: Choices, mentees: Positions, mentors: Positions) -> Shares:
    """Look up single pairs."""
    return sparse_pairs(choices.sparse, mentees, mentors)


def reason(choices: Choices, mentee: int, mentor: int) -> Sentence:
    """Say which choice this is."""
    rank = choices.place.get((mentee, mentor))
    if rank is not None:
        return Sentence(f"ranked.{choices.by}.choice", {"place": rank + 1})
    is_silent = choices.sparse.rest_at(mentee, mentor) == UNKNOWN
    return Sentence(f"ranked.{choices.by}.{'nobody' if is_silent else 'not_named'}")


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks("ranked.mentee" if rule.options.get("by", "mentee") == "mentee" else "ranked.mentor", rule)


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for a side and a count."""
    if options["by"] not in ("mentee", "mentor"):
        return "by must be “mentee” or “mentor”"
    return "" if 0 <= options["choices"] <= FULL else f"choices must be between 0 (the longest list) and {FULL}"


KIND = Kind(
    name="ranked",
    text="One side has named whom it would like, first choice first.",
    mentee_type="ranking",
    mentor_type="ranking",
    options={"unknown": "pass", "by": "mentee", "choices": 0, "name_column": "name"},
    prepare=prepare,
    shares=shares,
    pairs=pairs,
    holds=holds_above_none,
    reason=reason,
    explains=explains,
    wish=True,
    complaint=complaint,
)
