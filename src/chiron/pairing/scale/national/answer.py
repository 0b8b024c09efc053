"""The answer of a plan over all pairs: its pairs, and the prices that a judge proves it by."""

from dataclasses import dataclass, field

import numpy as np

from chiron.pairing.model.answer import Step
from chiron.pairing.model.problem import Ints, Longs


@dataclass(frozen=True, slots=True, eq=False)
class NationalAnswer:
    """A plan over two pools whose pairs are too many to write down.

    Attributes:
        pairs: int32 (k, 2): mentee, mentor; sorted.
        fits: int32 (k,), their fit.
        steps: in the order of the aim; whether they are proved, only `referee_all` says.
        aim: "total", "everyone" or "stable".
        method: its name.
        known: how many pairs were looked at in the end.
        starts, partner, fit: these pairs as compressed rows; for explanations, no judge believes them.
        rounds: how often a plan was found.
        scanned: how many rows were scanned, counted over all scans.
        stopped: why the search ended early, or None.
    """

    pairs: Ints
    fits: Ints
    steps: tuple[Step, ...]
    aim: str
    method: str
    known: int
    rounds: int
    scanned: int
    starts: Longs = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    partner: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    fit: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    stopped: str | None = None
