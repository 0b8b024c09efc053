"""The mentor offers what the mentee wants: the share of the wants that is met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import Flags, Sets, asks, blank, by_block, encode_sets, judge
from chiron.pairing.rules.kind import FULL, Kind, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Wants:
    """Two columns of lists, and when a mentee's wants are met.

    Attributes:
        sets: both columns.
        enough: int32 (n,), how many wants count in full for each mentee, 1 or more.
        steps: int16 (most + 1, items + 1), the share of each number of common items where so many are enough.
    """

    sets: Sets
    enough: NDArray[np.int32]
    steps: Shares


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Wants:
    """Encode both columns of lists."""
    sets = encode_sets(mentees, mentors)
    enough = np.minimum(sets.size, options["full"]) if options["full"] else sets.size
    enough = np.maximum(enough, 1).astype(np.int32)
    wanted = np.arange(1, int(enough.max(initial=1)) + 1)[:, None]
    steps = np.minimum(np.arange(len(sets.items) + 1), wanted) * FULL // wanted
    return Wants(sets, enough, np.concatenate([steps[:1], steps]).astype(np.int16))


def _at(wants: Wants, rows: Any, columns: Any) -> Shares:
    sets = wants.sets
    place = sets.common(rows, columns) + wants.enough[rows].astype(np.intp) * wants.steps.shape[1]
    share = wants.steps.reshape(-1).take(place, mode="clip")
    return blank(share, sets.known_mentees[rows], sets.known_mentors[columns])


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where at least `least` per cent of the wants are met."""
    return judge(share, share >= options["least"] * (FULL // 100), options)


def reason(wants: Wants, mentee: int, mentor: int) -> Sentence:
    """Name the wants that are met."""
    sets = wants.sets
    if not sets.known_mentees[mentee]:
        return Sentence("coverage.mentee_unknown")
    size = int(sets.size[mentee])
    if not sets.known_mentors[mentor]:
        return Sentence("coverage.mentor_unknown")
    met = sets.shared(mentee, mentor)
    if not met:
        return Sentence("coverage.none", {"n": size})
    code = "coverage.all" if len(met) == size else "coverage.some"
    return Sentence(code, {"n": size, "count": len(met), "met": tuple(met)})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    full = rule.options.get("full", 0)
    if full and not rule.must:
        return asks("coverage.full", rule, full=full)
    return asks("coverage", rule, least=rule.options.get("least", 1))


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
    for_points=("full",),
)
