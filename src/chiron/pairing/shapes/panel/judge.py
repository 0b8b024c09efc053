"""The judge of panels: rules broken in words, and each bound recomputed from the input and the prices alone."""

import numpy as np

from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.judging import Expected, verdict
from chiron.pairing.shapes.model.typed_problems import PanelProblem, ShapeAim
from chiron.pairing.shapes.programming.judge import Rules, taken_of, typed_ballot, typed_faults


def judge(problem: PanelProblem, answer: ShapeAnswer, *, aim: ShapeAim = "everyone") -> ShapeVerdict:
    """Return the faults of an answer, the bound of each step, and whether every step is proved best.

    Raises:
        KeyError: no aim has this name.
    """
    slots = problem.slots
    names = {"everyone": ["mentees", "required slots", "slots", "total"], "total": ["total"]}[aim]
    rules = Rules(
        capacity=problem.capacity.astype(np.int64),
        units=np.ones(slots.kinds, dtype=np.int64),
        place=None if problem.slot_capacity is None else problem.slot_capacity.astype(np.int64),
        caps=problem.caps,
        differ=True,
    )
    found = typed_faults(slots, rules, answer)
    if found:
        return verdict(answer, found, None, ())
    own = taken_of(slots, answer)
    is_required = np.tile(problem.required, len(slots.mentees)).repeat(np.diff(slots.starts)).astype(np.int64)
    fits, marks = slots.fit.astype(np.int64), np.zeros(len(slots.mentees) * (aim == "everyone"), dtype=np.int64)
    worths = {"required slots": is_required, "slots": np.ones_like(fits), "total": fits}
    expected = [
        Expected(name, np.concatenate([worths[name], marks]), int(worths[name][own].sum()))
        if name in worths
        else Expected(name, np.concatenate([np.zeros_like(fits), marks + 1]), len({int(tie[0]) for tie in answer.ties}))
        for name in names
        if name != "required slots" or len(set(problem.required.tolist())) > 1
    ]
    return verdict(answer, (), typed_ballot(slots, rules, with_marks=aim == "everyone"), expected)
