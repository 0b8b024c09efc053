"""Both gave the same answer: same site, same profession, same campus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    Flags,
    asks,
    blank,
    by_block,
    holds_above_none,
    known,
    numbers_of,
)
from chiron.pairing.rules.kind import FULL, Kind, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Two columns as numbers: equal answers have equal numbers.

    Attributes:
        left: int32 (n,).
        right: int32 (m,).
        known_left: (n,) who answered.
        known_right: (m,) who answered.
        texts: the answers as written, (mentees', mentors').
        words: the verb of the sentence, from the options.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    known_left: Flags
    known_right: Flags
    texts: tuple[Sequence[Any], Sequence[Any]]
    words: str


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Answers:
    """Number the distinct answers of both sides together."""
    left, right = numbers_of(mentees, mentors)
    return Answers(left, right, known(mentees), known(mentors), (mentees, mentors), options["words"])


def _at(answers: Answers, rows: Any, columns: Any) -> Shares:
    equal = (answers.left[rows] == answers.right[columns]) * np.int16(FULL)
    return blank(equal, answers.known_left[rows], answers.known_right[columns])


def reason(answers: Answers, mentee: int, mentor: int) -> Sentence:
    """Say whether both answers are one."""
    left, right = answers.texts[0][mentee], answers.texts[1][mentor]
    if not (answers.known_left[mentee] and answers.known_right[mentor]):
        return Sentence("pair.unknown")
    if answers.left[mentee] == answers.right[mentor]:
        return Sentence("same.both", {"verb": str(answers.words), "answer": str(right)})
    return Sentence("same.different", {"mentee": str(left), "mentor": str(right)})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks("same.not" if rule.different else "same", rule)


KIND = Kind(
    name="same",
    text="Both gave the same answer.",
    mentee_type="choice",
    mentor_type="choice",
    options={"unknown": "pass", "words": "have"},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds_above_none,
    reason=reason,
    explains=explains,
    signed=True,
)
