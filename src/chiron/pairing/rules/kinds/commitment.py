"""The mentor offers as much time as the mentee wants."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import Flags, asks, blank, by_block, judge
from chiron.pairing.rules.kind import FULL, Kind, Rule, Shares
from chiron.pairing.rules.kinds.near import KIND as NEAR
from chiron.pairing.rules.kinds.near import Numbers


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], _options: Mapping[str, Any]) -> Numbers:
    """Keep the times of both sides.

    Raises:
        ValueError: a time is less than nothing.
    """
    wrong = next((value for value in (*mentees, *mentors) if value is not None and value < 0), None)
    if wrong is not None:
        raise ValueError(f"a time cannot be {wrong}")
    numbers: Numbers = NEAR.prepare(mentees, mentors, NEAR.options)
    return numbers


def _at(times: Numbers, rows: Any, columns: Any) -> Shares:
    wanted, offered = times.left[rows], times.right[columns]
    share = np.floor(np.minimum(offered * FULL, wanted * FULL) / np.where(wanted > 0, wanted, 1))
    share = np.where(wanted > 0, share, FULL).astype(np.int16)
    return blank(share, times.known_left[rows], times.known_right[columns])


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where at least `least` per cent of the wanted time is offered."""
    return judge(share, share >= options["least"] * (FULL // 100), options)


def reason(times: Numbers, mentee: int, mentor: int) -> Sentence:
    """Give both times."""
    if not (times.known_left[mentee] and times.known_right[mentor]):
        return Sentence("commitment.unknown")
    return Sentence("commitment.both", {"wanted": float(times.left[mentee]), "offered": float(times.right[mentor])})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks("commitment", rule, least=rule.options.get("least", FULL // 10))


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for a per cent."""
    return "" if 1 <= options["least"] <= 100 else "least must be between 1 and 100: per cent of the time wanted"  # noqa: PLR2004 -- per cent


KIND = Kind(
    name="commitment",
    text="The mentor offers as much time as the mentee wants.",
    mentee_type="number",
    mentor_type="number",
    options={"unknown": "pass", "least": 100},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds,
    reason=reason,
    explains=explains,
    complaint=complaint,
)
