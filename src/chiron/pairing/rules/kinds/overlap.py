"""Both lists have something in common: languages, interests, days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    Flags,
    Sets,
    asks,
    blank,
    by_block,
    encode_sets,
    judge,
    steps_to,
)
from chiron.pairing.rules.kind import FULL, Kind, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class ListColumns:
    """Two columns of lists, and the share of each count of common items, int16 (full + 1,)."""

    sets: Sets
    steps: Shares
    words: str


def _enough(options: Mapping[str, Any]) -> int:
    """Give the number of common items that counts in full."""
    return int(max(options["full"], options["least"]))


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> ListColumns:
    """Encode both columns of lists."""
    return ListColumns(encode_sets(mentees, mentors), steps_to(_enough(options)), options["words"])


def _at(lists: ListColumns, rows: Any, columns: Any) -> Shares:
    sets = lists.sets
    share = lists.steps.take(sets.common(rows, columns), mode="clip")
    return blank(share, sets.known_mentees[rows], sets.known_mentors[columns])


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where at least `least` items are common."""
    return judge(share, share >= steps_to(_enough(options))[options["least"]], options)


def reason(lists: ListColumns, mentee: int, mentor: int) -> Sentence:
    """Name what both have."""
    if not (lists.sets.known_mentees[mentee] and lists.sets.known_mentors[mentor]):
        return Sentence("pair.unknown")
    common = lists.sets.shared(mentee, mentor)
    if not common:
        return Sentence("overlap.none")
    return Sentence("overlap.both", {"verb": str(lists.words), "common": tuple(common)})


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    least, full = rule.options.get("least", 1), rule.options.get("full", 1)
    return asks("overlap.different" if rule.different else "overlap", rule, least=least, full=max(full, least))


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for counts that thousandths of a share can tell apart."""
    wrong = (name for name in ("least", "full") if not 1 <= options[name] <= FULL)
    return next((f"{name} must be between 1 and {FULL}" for name in wrong), "")


KIND = Kind(
    name="overlap",
    text="The two lists have something in common.",
    mentee_type="list",
    mentor_type="list",
    options={"unknown": "pass", "least": 1, "full": 1, "words": "have"},
    prepare=prepare,
    shares=by_block(_at),
    pairs=_at,
    holds=holds,
    reason=reason,
    explains=explains,
    signed=True,
    complaint=complaint,
)
