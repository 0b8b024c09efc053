"""The judge of loads: rules broken in words, and each bound recomputed from the input and the prices alone."""

import numpy as np

from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, ShapeAim
from chiron.pairing.shapes.programming.judge import Rules, people_first_verdict, plain_verdict


def judge(problem: LoadsProblem, answer: ShapeAnswer, *, aim: ShapeAim = "everyone") -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: no aim has this name.
    """
    rules = Rules(
        capacity=problem.budget.astype(np.int64),
        units=problem.units.astype(np.int64),
        caps=problem.caps,
        differ=problem.differ,
    )
    if problem.people_first:
        return people_first_verdict(problem.slots, rules, answer, aim)
    return plain_verdict(problem.slots, rules, answer, aim)
