"""The mentor stands some steps ahead of the mentee on a ladder of career stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import (
    ShareTable,
    asks,
    holds_above_none,
    plain,
    table_block,
    table_pairs,
)
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
    at = {stage: step.get(plain(stage), -1) if stage else len(step) for stage in dict.fromkeys(stages)}
    wrong = next((stage for stage, place in at.items() if place < 0), None)
    if wrong is not None:
        raise ValueError(f"the stage “{wrong}” is not on the ladder")
    return np.fromiter(map(at.__getitem__, stages), np.int32, len(stages))


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


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    least, most = rule.options.get("least", 1), rule.options.get("most", 99)
    if least == most:
        steps = Sentence("asks.ladder.steps.exactly", {"n": least})
    elif most == KIND.options["most"]:
        steps = Sentence("asks.ladder.steps.at_least", {"n": least})
    else:
        steps = Sentence("asks.ladder.steps.between", {"least": least, "most": most})
    prefer = "" if rule.must else {"small": ".fewer", "large": ".more"}.get(rule.options.get("prefer", "any"), "")
    return asks(f"ladder{prefer}", rule, steps=steps)


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
