"""The judge of loads: rules broken in words, and each bound recomputed from the input and the prices alone."""

import numpy as np

from chiron.pairing.shapes.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.inputs import LoadsProblem, ShapeAim
from chiron.pairing.shapes.judge_typed import Rules, taken_of, typed_ballot, typed_faults
from chiron.pairing.shapes.judging import Expected, verdict


def judge(problem: LoadsProblem, answer: ShapeAnswer, *, aim: ShapeAim = "everyone") -> ShapeVerdict:
    """Return the faults of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: no aim has this name.
    """
    slots = problem.slots
    rules = Rules(
        capacity=problem.budget.astype(np.int64),
        units=problem.units.astype(np.int64),
        caps=problem.caps,
        differ=problem.differ,
    )
    found = typed_faults(slots, rules, answer)
    names = {"everyone": ["matched", "lowest fit", "total"], "total": ["total"]}[aim]
    if found:
        return verdict(answer, found, None, ())
    fits = slots.fit.astype(np.int64)
    own = fits[taken_of(slots, answer)]
    steps = {
        "matched": Expected("matched", np.ones_like(fits), len(own)),
        "lowest fit": Expected("lowest fit", None, int(own.min(initial=1 << 40))),
        "total": Expected("total", fits, int(own.sum())),
    }
    expected = [steps[name] for name in names if len(own) or name != "lowest fit"]
    return verdict(answer, (), typed_ballot(slots, rules), expected)
