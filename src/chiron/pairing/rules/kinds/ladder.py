"""The mentor stands some steps ahead of the mentee on a ladder of career stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import ShareTable, count_of, holds_above_none, plain, said, table_block, table_pairs
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Positions, Rule, Shares


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The share of each (mentee's step, mentor's step), and the ladder; the last step stands for no answer."""

    table: ShareTable
    ladder: tuple[str, ...]


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Steps:
    """Find every person's step and the share of every two steps.

    Raises:
        ValueError: somebody stands on no step of the ladder.
    """
    ladder = options["ladder"]
    step = {plain(stage): at for at, stage in enumerate(ladder)}
    size = len(ladder)
    at = np.arange(size)
    gap = at[None, :] - at[:, None]
    least, most = max(options["least"], 1 - size), min(options["most"], size - 1)
    inside = (gap >= least) & (gap <= most)
    rank = {"any": np.zeros_like(gap), "small": gap - least, "large": most - gap}[options["prefer"]]
    steps = max(1, most - least + 1)
    shares = np.full((size + 1, size + 1), UNKNOWN, dtype=np.int16)
    shares[:size, :size] = np.where(inside, np.maximum(1, FULL * (steps - rank) // steps), 0)
    return Steps(ShareTable.of(shares, _steps(mentees, step), _steps(mentors, step)), ladder)


def _steps(stages: Sequence[Any], step: Mapping[Any, int]) -> NDArray[np.int32]:
    """Give positions on the ladder; no answer stands after the last step."""
    wrong = next((stage for stage in stages if stage and plain(stage) not in step), None)
    if wrong is not None:
        raise ValueError(f"the stage “{wrong}” is not on the ladder")
    return np.fromiter((step[plain(stage)] if stage else len(step) for stage in stages), np.int32, len(stages))


def shares(steps: Steps, first: int, last: int) -> Shares:
    """Look up a block."""
    return table_block(steps.table, first, last)


def pairs(steps: Steps, mentees: Positions, mentors: Positions) -> Shares:
    """Look up single pairs."""
    return table_pairs(steps.table, mentees, mentors)


def reason(steps: Steps, mentee: int, mentor: int) -> Sentence:
    """Say how many steps lie between the two."""
    left, right = int(steps.table.row[mentee]), int(steps.table.column[mentor])
    if len(steps.ladder) in (left, right):
        return Sentence("ladder.unknown")
    if left == right:
        return Sentence("ladder.same", {"stage": str(steps.ladder[left])})
    return Sentence(
        "ladder.ahead" if right > left else "ladder.behind",
        {"n": abs(right - left), "mentee": str(steps.ladder[left]), "mentor": str(steps.ladder[right])},
    )


def explains(rule: Rule) -> str:
    """Say what the rule asks."""
    least, most = rule.options.get("least", 1), rule.options.get("most", 99)
    verb = "must" if rule.must else "should"
    if least == most:
        steps = f"exactly {count_of(least, 'step', 'steps')}"
    elif most == KIND.options["most"]:
        steps = f"at least {count_of(least, 'step', 'steps')}"
    else:
        steps = f"{least} to {most} steps"
    prefer = {"small": ", the fewer the better", "large": ", the more the better"}.get(
        rule.options.get("prefer", "any")
    )
    return (
        f"The mentor's {said(rule.mentor)} {verb} be {steps} ahead of the mentee's{'' if rule.must else prefer or ''}."
    )


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for a ladder, a range and a known preference."""
    if len({plain(stage) for stage in options["ladder"]}) != len(options["ladder"]) or not options["ladder"]:
        return "ladder must list the stages, youngest first, each once"
    if options["least"] > options["most"]:
        return "most must be at least as large as least"
    return "" if options["prefer"] in ("any", "small", "large") else "prefer must be “any”, “small” or “large”"


KIND = Kind(
    name="ladder",
    text="The mentor is some steps ahead on a ladder of career stages.",
    mentee_type="stage",
    mentor_type="stage",
    options={"unknown": "pass", "ladder": (), "least": 1, "most": 99, "prefer": "any"},
    prepare=prepare,
    shares=shares,
    pairs=pairs,
    holds=holds_above_none,
    reason=reason,
    explains=explains,
    complaint=complaint,
)
