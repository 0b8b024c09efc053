"""Both have the same hours of the week free, in universal time, so that time zones are already settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    Flags,
    Sets,
    asks,
    blank,
    by_block,
    judge,
    pack_flags,
    said,
    steps_to,
)
from chiron.pairing.rules.kind import Kind, Rule, Shares

HALF_HOURS = 336  # of a week; bit 0 is Monday 00:00 in universal time


@dataclass(frozen=True, slots=True, eq=False)
class Weeks:
    """Two columns of weeks as bits, and the share of each count of common half hours, int16."""

    sets: Sets
    steps: Shares


def _enough(options: Mapping[str, Any]) -> int:
    """Give the number of common half hours that counts in full."""
    return int(2 * max(options["full"], options["least"]))


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Weeks:
    """Keep the half hours that occur on both sides, as bits.

    Raises:
        ValueError: an answer is not a mask of a week.
    """
    wrong = [v for side in (mentees, mentors) for v in side if v is not None and not 0 <= v < 1 << HALF_HOURS]
    if wrong:
        raise ValueError(f"{wrong[0]} is not a week of {HALF_HOURS} half hours")
    left, right = _flags(mentees), _flags(mentors)
    used = np.flatnonzero(left.any(axis=0) & right.any(axis=0))
    sets = Sets(
        mentees=pack_flags(left[:, used]),
        mentors=pack_flags(right[:, used]),
        size=left.sum(axis=1, dtype=np.int32),
        known_mentees=np.fromiter((v is not None for v in mentees), np.bool_, len(mentees)),
        known_mentors=np.fromiter((v is not None for v in mentors), np.bool_, len(mentors)),
        items=tuple(used.tolist()),
    )
    return Weeks(sets, steps_to(_enough(options)))


def _flags(weeks: Sequence[int | None]) -> Flags:
    """Spread each week out over its half hours (people, 336)."""
    raw = b"".join((week or 0).to_bytes(HALF_HOURS // 8, "little") for week in weeks)
    days = np.frombuffer(raw, dtype=np.uint8).reshape(len(weeks), HALF_HOURS // 8)
    return np.unpackbits(days, axis=1, bitorder="little").astype(np.bool_)


def _at(weeks: Weeks, rows: Any, columns: Any) -> Shares:
    sets = weeks.sets
    share = weeks.steps.take(sets.common(rows, columns), mode="clip")
    return blank(share, sets.known_mentees[rows], sets.known_mentors[columns])


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where at least `least` hours are common."""
    return judge(share, share >= steps_to(_enough(options))[2 * options["least"]], options)


def reason(weeks: Weeks, mentee: int, mentor: int) -> Sentence:
    """Say how many hours are common."""
    if not (weeks.sets.known_mentees[mentee] and weeks.sets.known_mentors[mentor]):
        return Sentence("hours.unknown")
    halves = len(weeks.sets.shared(mentee, mentor))
    if halves == 1:
        return Sentence("hours.half")
    if not halves:
        return Sentence("hours.none")
    return Sentence("hours.and_a_half" if halves % 2 else "hours.whole", {"n": halves // 2})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    least, full = rule.options.get("least", 1), rule.options.get("full", 4)
    named = "" if said(rule.mentee) == "hours" else ".named"
    return asks(f"hours{named}", rule, least=least, full=max(full, least))


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for hours of a week."""
    week = HALF_HOURS // 2
    return next(
        (f"{n} must be between 1 and {week} hours" for n in ("least", "full") if not 1 <= options[n] <= week), ""
    )


KIND = Kind(
    name="hours",
    text="Both have hours of the week in common.",
    mentee_type="hours",
    mentor_type="hours",
    options={"unknown": "pass", "least": 1, "full": 4},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds,
    reason=reason,
    explains=explains,
    complaint=complaint,
)
