"""The mentor offers what the mentee wants: the share of the wants that is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.encoding import Flags, Sets, blank, by_block, count_of, encode_sets, judge, listed, said
from chiron.pairing.kinds import FULL, Kind, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Wants:
    """Two columns of lists, and how many wants count in full for each mentee, int32 (n,), 1 or more."""

    sets: Sets
    enough: NDArray[np.int32]


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Wants:
    """Encode both columns of lists."""
    sets = encode_sets(mentees, mentors)
    enough = np.minimum(sets.size, options["full"]) if options["full"] else sets.size
    return Wants(sets, np.maximum(enough, 1).astype(np.int32))


def _at(wants: Wants, rows: Any, columns: Any) -> Shares:
    sets, enough = wants.sets, wants.enough[rows]
    covered = np.minimum(sets.common(rows, columns).astype(np.int32), enough)
    covered *= FULL
    covered //= enough
    return blank(covered.astype(np.int16), sets.known_mentees[rows], sets.known_mentors[columns])


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where at least `least` per cent of the wants are met."""
    return judge(share, share >= options["least"] * (FULL // 100), options)


def reason(wants: Wants, mentee: int, mentor: int) -> str:
    """Name the wants that are met."""
    sets = wants.sets
    if not sets.known_mentees[mentee]:
        return "the mentee has listed nothing"
    size = int(sets.size[mentee])
    if not sets.known_mentors[mentor]:
        return "the mentor has listed nothing"
    met = sets.shared(mentee, mentor)
    if not met:
        return f"covers none of the {size} listed" if size > 1 else "does not cover the one listed"
    if size == 1:
        return f"covers the one listed: {met[0]}"
    return f"covers {'all' if len(met) == size else f'{len(met)} of the'} {size} listed: {listed(met)}"


def explains(rule: Rule) -> str:
    """Say what the rule asks."""
    left, right = said(rule.mentee), said(rule.mentor)
    if rule.must:
        return f"The mentor's {right} must cover at least {rule.options.get('least', 1)} % of the mentee's {left}."
    full = rule.options.get("full", 0)
    enough = f"{count_of(full, 'of them counts', 'of them count')} in full" if full else "the more, the better"
    return f"The mentor's {right} should cover the mentee's {left}; {enough}."


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for a per cent and a count."""
    if not 1 <= options["least"] <= 100:  # noqa: PLR2004 -- per cent
        return "least must be between 1 and 100: per cent of what the mentee wants"
    return "full must be 0 (all) or more" if options["full"] < 0 else ""


KIND = Kind(
    name="coverage",
    text="The mentor offers what the mentee wants.",
    mentee_type="list",
    mentor_type="list",
    options={"unknown": "pass", "least": 1, "full": 0},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds,
    reason=reason,
    explains=explains,
    wish=True,
    complaint=complaint,
)
