"""The judge of shared programmes: rules broken in words, and each bound recomputed from input and prices alone."""

import numpy as np

from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.typed_problems import ShapeAim, SharedProblem
from chiron.pairing.shapes.programming.judge import Rules, plain_verdict


def judge(problem: SharedProblem, answer: ShapeAnswer, *, aim: ShapeAim = "everyone") -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: no aim has this name.
    """
    limit = problem.program_limit
    rules = Rules(
        capacity=problem.capacity.astype(np.int64),
        units=np.ones(problem.slots.kinds, dtype=np.int64),
        place=problem.program_capacity.astype(np.int64),
        caps=problem.caps,
        of_kind=None if limit is None else limit.astype(np.int64),
        differ=problem.differ,
    )
    return plain_verdict(problem.slots, rules, answer, aim)
