"""Two numbers are close: year of training, years in practice, size of the practice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import Flags, asks, blank, by_block, holds_above_none
from chiron.pairing.rules.kind import FULL, Kind, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Two columns of numbers, float64 (n,) and (m,), 0 where unanswered.

    Differences, products and quotients of float64 are the same on every processor.
    """

    left: NDArray[np.float64]
    right: NDArray[np.float64]
    known_left: Flags
    known_right: Flags
    full: float
    most: float


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Numbers:
    """Keep the numbers of both sides."""
    return Numbers(
        left=_floats(mentees),
        right=_floats(mentors),
        known_left=np.fromiter((v is not None for v in mentees), np.bool_, len(mentees)),
        known_right=np.fromiter((v is not None for v in mentors), np.bool_, len(mentors)),
        full=float(options["full"]),
        most=float(options["most"]),
    )


def _floats(values: Sequence[Any]) -> NDArray[np.float64]:
    """Give the numbers, 0 where unanswered."""
    return np.fromiter((0.0 if v is None else float(v) for v in values), np.float64, len(values))


def _at(numbers: Numbers, rows: Any, columns: Any) -> Shares:
    apart = np.abs(numbers.left[rows] - numbers.right[columns])
    share = np.floor(1 + (FULL - 1) * (numbers.most - apart) / (numbers.most - numbers.full))
    share = np.where(apart > numbers.most, 0, np.minimum(share, FULL)).astype(np.int16)
    return blank(share, numbers.known_left[rows], numbers.known_right[columns])


def reason(numbers: Numbers, mentee: int, mentor: int) -> Sentence:
    """Give both numbers."""
    if not (numbers.known_left[mentee] and numbers.known_right[mentor]):
        return Sentence("pair.unknown")
    left, right = float(numbers.left[mentee]), float(numbers.right[mentor])
    return Sentence("near.same" if left == right else "near.apart", {"mentee": left, "mentor": right})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks(
        "near.different" if rule.different else "near",
        rule,
        full=rule.options.get("full", 0),
        most=rule.options.get("most", 10),
    )


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for two differences in order."""
    return "" if 0 <= options["full"] < options["most"] else "full must be 0 or more, and most must be more than full"


KIND = Kind(
    name="near",
    text="Two numbers are close.",
    mentee_type="number",
    mentor_type="number",
    options={"unknown": "pass", "full": 0, "most": 10},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds_above_none,
    reason=reason,
    explains=explains,
    signed=True,
    complaint=complaint,
)
