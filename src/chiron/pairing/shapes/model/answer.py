"""What every shape gives back: who is tied to whom, what stayed open, and for each step a value with a bound."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chiron.pairing.model.problem import Ints
from chiron.pairing.model.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ShapeStep:
    """One step: what was reached, what no plan can exceed, and the evidence from which a judge recomputes the bound.

    Attributes:
        name: "matched", "lowest fit", "total" or what else the shape counts.
        value: what the plan reaches.
        bound: what no plan can exceed, given the steps before.
        evidence: prices and whatever else the shape's judge needs; None where the bound is the trivial one.
    """

    name: str
    value: int
    bound: int
    evidence: Any = None

    @property
    def proved_best(self) -> bool:
        """True if no plan does better in this step, given the earlier ones."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True, eq=False)
class ShapeAnswer:
    """A plan of a shape.

    Attributes:
        shape: "peers", "circles", "teams", "rounds", "chain", "panel", "shared" or "loads".
        ties: int32 (k, 3), sorted: who is helped, who helps, and a position in `labels` (the slot, the link of a
            chain, the round, the programme). Among peers the smaller position comes first.
        labels: what the third column of `ties` counts; ("",) where there is nothing to count.
        groups: for circles and teams the members of each, ascending; in a team the mentors' positions are counted
            after the mentees'.
        open: int32 (k, 2), places that nobody fills: person and label.
        steps: in the order of the aim.
        method: the name of the method.
        seed: as it was given.
        stopped: why the search ended early, or None.
    """

    shape: str
    ties: Ints
    labels: tuple[str, ...]
    steps: tuple[ShapeStep, ...]
    method: str
    seed: int
    groups: tuple[tuple[int, ...], ...] = ()
    open: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int32))
    stopped: str | None = None

    @property
    def proved_best(self) -> bool:
        """True if every step is proved."""
        return self.stopped is None and all(step.proved_best for step in self.steps)


@dataclass(frozen=True, slots=True)
class ShapeVerdict:
    """What a judge found: broken rules, the bound of each step recomputed, and whether all is proved."""

    violations: tuple[Sentence, ...]
    bounds: tuple[int, ...]
    proved_best: bool
