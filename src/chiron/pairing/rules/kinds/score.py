"""How high one side's number is: an interview score, years of experience, an urgency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import Flags, asks, by_block, judge
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Rule, Shares
from chiron.pairing.rules.kinds.near import KIND as NEAR


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Shares of both sides, int16 (n,) and (m,): those of the side that is not scored are zero; and the numbers."""

    left: Shares
    right: Shares
    given: Sequence[Any]
    of_mentees: bool


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Scores:
    """Turn each number of the scored side into a share."""
    of_mentees = options["of"] == "mentee"
    given, others = (mentees, mentors) if of_mentees else (mentors, mentees)
    numbers = NEAR.prepare(given, [], NEAR.options)
    least, full = float(options["least"]), float(options["full"])
    share = np.floor(1 + (FULL - 1) * (numbers.left - least) / (full - least))
    share = np.where(numbers.left <= least, 0, np.minimum(share, FULL)).astype(np.int16)
    scored = np.where(numbers.known_left, share, np.int16(UNKNOWN))
    nothing = np.zeros(len(others), dtype=np.int16)
    left, right = (scored, nothing) if of_mentees else (nothing, scored)
    return Scores(left, right, given, of_mentees)


def _at(scores: Scores, rows: Any, columns: Any) -> Shares:
    share: Shares = scores.left[rows] + scores.right[columns]
    return share


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where the number is as high as counts in full."""
    return judge(share, share >= FULL, options)


def reason(scores: Scores, mentee: int, mentor: int) -> Sentence:
    """Give the number."""
    given = scores.given[mentee if scores.of_mentees else mentor]
    if given is None:
        return Sentence("score.unknown")
    return Sentence("score.mentee" if scores.of_mentees else "score.mentor", {"number": float(given)})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    of = "score.mentee" if rule.options.get("of", "mentee") == "mentee" else "score.mentor"
    return asks(of, rule, least=rule.options.get("least", 0), full=rule.options.get("full", 10))


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for a side and two numbers in order."""
    if options["of"] not in ("mentee", "mentor"):
        return "of must be “mentee” or “mentor”"
    return "" if options["least"] < options["full"] else "full must be more than least"


KIND = Kind(
    name="score",
    text="One side's number is high: an interview score, years of experience.",
    mentee_type="number",
    mentor_type="number",
    options={"unknown": "pass", "of": "mentee", "least": 0, "full": 10},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds,
    reason=reason,
    explains=explains,
    one_sided=True,
    complaint=complaint,
)
