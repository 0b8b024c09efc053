"""The judge of panels: rules broken in words, and each bound recomputed from the input and the prices alone."""

import numpy as np

from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.typed_problems import PanelProblem, ShapeAim
from chiron.pairing.shapes.programming.judge import Rules, people_first_verdict


def judge(problem: PanelProblem, answer: ShapeAnswer, *, aim: ShapeAim = "everyone") -> ShapeVerdict:
    """Return the violations of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: no aim has this name.
    """
    slots = problem.slots
    rules = Rules(
        capacity=problem.capacity.astype(np.int64),
        units=np.ones(slots.kinds, dtype=np.int64),
        place=None if problem.slot_capacity is None else problem.slot_capacity.astype(np.int64),
        caps=problem.caps,
        differ=True,
    )
    return people_first_verdict(slots, rules, answer, aim, required=problem.required)
