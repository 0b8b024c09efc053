"""What the engine gives back: the pairs, and for each step of the aim a value with the evidence that it is best."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Aim = Literal["everyone", "total", "worst-off", "stable", "stable-mentors", "profile", "rank", "parity"]


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """Prices from which anyone can recompute a bound on a step's value, given the steps before it.

    For any prices v no plan that keeps the earlier values z exceeds, by linear duality,

        Σ over mentees of the best bundle of (Σ λ·w of the earlier steps + scale·w of this step − prices)
        + Σ over mentors and caps of (most·max(v, 0) − least·max(−v, 0)) − Σ λ·z, divided by scale and rounded down.

    Attributes:
        prices: int64 (m,), one a mentor; below zero where a least number of mentees costs something.
        cap_prices: int64 (number of caps,), likewise, in the order of `Problem.caps`.
        weights: λ, how much one unit of each earlier step counts beside this one, none negative; may be shorter
            than the list of earlier steps, which then count nothing.
        scale: how often this step counts, so that prices may be fractions of a unit.
        face: True if the bound is over the plans that the earlier certificates leave: pairs that they rule out
            are left out, and places that they prove to be taken, or left free, count as such (complementary
            slackness; Schrijver 2003, section 5.5).
        groups: what a point of each group counts more (or less) than `scale`; none without groups (see `evenness`).
    """

    prices: NDArray[np.int64]
    cap_prices: NDArray[np.int64]
    weights: tuple[int, ...] = ()
    scale: int = 1
    face: bool = False
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the aim, in order: what was reached, and what no plan can exceed.

    `name` is one of "matched" and "with 2 mentors", "with 3 mentors", … (with `level`: the tier), "lowest fit" and
    "total", "people above" for a level of `worst-off`, "choices up to" for a level of `profile`, "total rank", "spread"
    or "blocking pairs"; `level` is the tier, the fit or the choice that the step is about. `bound` is what the
    certificate proves, or for blocking pairs and the spread what nothing exceeds. "matched" and "with k mentors" count
    people (see `counts`), "people above" and "choices up to" count pairs, and all of them count locked pairs too;
    "lowest fit" leaves locked pairs out. What should be small is written below zero: "total rank" is minus the
    sum of the choices, "blocking pairs" minus their number, "spread" minus the points beyond the tolerance.
    """

    name: str
    value: int
    bound: int
    certificate: Certificate
    level: int | None = None

    @property
    def proved_best(self) -> bool:
        """True if no plan does better in this step, given the earlier ones."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A plan: pairs (int32 (k, 2): mentee, mentor; sorted), how it was found, and its proof."""

    pairs: NDArray[np.int32]
    steps: tuple[Step, ...]
    aim: Aim
    method: str
    seed: int
    stopped: str | None = None

    def step(self, name: str) -> Step:
        """Return the first step of a name.

        Raises:
            KeyError: the plan is not judged by such a step.
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    @property
    def proved_best(self) -> bool:
        """True if every step is proved."""
        return all(step.proved_best for step in self.steps)
