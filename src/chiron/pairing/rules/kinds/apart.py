"""Two people who must not meet as a pair: line manager, evaluator, earlier mentor, anyone named by either side."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    SparseShares,
    as_tuple,
    asks,
    called,
    holds_above_none,
    said,
    sparse_block,
    sparse_pairs,
)
from chiron.pairing.rules.kind import FULL, Kind, Positions, Rule, Shares

Person = tuple[Any, Any, Any, Any]  # whom this person names, and this person's own id, name and e-mail


def prepare(mentees: Sequence[Person], mentors: Sequence[Person], _options: Mapping[str, Any]) -> SparseShares:
    """Look up everybody who is named, by id, name or e-mail, whichever side names the other.

    Where the column that is compared is the id itself, that side names nobody, and `Scoring` hands no value over.
    """
    found = dict.fromkeys(_named(mentees, mentors), 0)
    found |= dict.fromkeys(((mentee, mentor) for mentor, mentee in _named(mentors, mentees)), 0)
    rest = np.full((1, len(mentors)), FULL, dtype=np.int16)
    return SparseShares.of(found, rest, (len(mentees), len(mentors)))


def _named(people: Sequence[Person], others: Sequence[Person]) -> list[tuple[int, int]]:
    """Give (who names, who is named) as positions."""
    if not any(as_tuple(names) for names, *_ in people):
        return []  # most often: and to fold the names of tens of thousands takes seconds
    known: dict[str, list[int]] = {}
    for at, (_, *own) in enumerate(others):
        for one in dict.fromkeys(called(text) for text in own if text):
            known.setdefault(one, []).append(at)
    return [
        (at, other)
        for at, (names, *_) in enumerate(people)
        for one in as_tuple(names)
        for other in known.get(called(one), ())
    ]


def shares(sparse: SparseShares, first: int, last: int) -> Shares:
    """Spread a block out."""
    return sparse_block(sparse, first, last)


def pairs(sparse: SparseShares, mentees: Positions, mentors: Positions) -> Shares:
    """Look up single pairs."""
    return sparse_pairs(sparse, mentees, mentors)


def reason(sparse: SparseShares, mentee: int, mentor: int) -> Sentence:
    """Say whether the two are to be kept apart."""
    return Sentence("apart.named" if (mentee, mentor) in sparse.found else "apart.nothing")


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    named = tuple(
        Sentence(code, {"field": said(column)})
        for code, column in (("asks.apart.by_mentee", rule.mentee), ("asks.apart.by_mentor", rule.mentor))
        if column != "id"
    )
    return asks("apart", rule, named=named)


KIND = Kind(
    name="apart",
    text="Neither has named the other as somebody to be kept apart from.",
    mentee_type="ranking",
    mentor_type="id",
    options={"unknown": "pass", "id_column": "id", "name_column": "name", "email_column": "email"},
    prepare=prepare,
    shares=shares,
    pairs=pairs,
    holds=holds_above_none,
    reason=reason,
    discreet_reason=reason,  # it names nobody and no answer
    explains=explains,
    one_sided=True,
)
