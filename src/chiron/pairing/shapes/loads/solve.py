"""Loads: relationships of several kinds that cost a mentor different amounts of one budget.

A research mentee may cost two units and a peer one. That is no network, so plans come from branch and bound and
bounds from a price for each unit of each mentor (the generalized assignment problem; Fisher, Jaikumar and
Van Wassenhove 1986); where they do not meet, the gap is stated.
"""

import numpy as np

from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, ShapeAim
from chiron.pairing.shapes.programming.integer_program import Goal
from chiron.pairing.shapes.programming.search import Search
from chiron.pairing.shapes.programming.typed_program import Observer, TypedLimits, answer_of, program_of, teller

__all__ = ["LoadsProblem", "solve"]

METHOD = "branch and price"


def solve(
    problem: LoadsProblem, *, aim: ShapeAim = "everyone", seed: int = 0, observer: Observer | None = None
) -> ShapeAnswer:
    """Return the best plan found, each step with a value and evidence for its bound.

    Args:
        problem: the ties and what they cost.
        aim: "everyone" (the steps "matched", "lowest fit", "total"; with people first "mentees", "slots", "total") or
            "total" (the highest total, then the others; nobody is tied at a loss).
        seed: decides between plans of equal worth.
        observer: told each phase; where it returns False the best plan so far is the answer.

    Raises:
        KeyError: no aim has this name.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    slots = problem.slots
    limits = TypedLimits(problem.budget, problem.units, caps=problem.caps, differ=problem.differ)
    fit = slots.fit.astype(np.int64)
    marks = np.zeros(len(slots.mentees) if problem.people_first else 0, dtype=np.int64)
    total = Goal("total", np.concatenate([fit, marks]))
    slots_filled = Goal("slots" if problem.people_first else "matched", np.concatenate([np.ones_like(fit), marks]))
    if problem.people_first:
        people = [Goal("mentees", np.concatenate([0 * fit, slots.firsts()])), slots_filled]
        goals = {"everyone": [*people, total], "total": [total, *people]}[aim]
    else:
        goals = {"everyone": [slots_filled, Goal("lowest fit", None), total], "total": [total, slots_filled]}[aim]
    program = program_of(slots, limits, seed, with_marks=problem.people_first)
    search = Search(program, teller(observer, slots, "loads", METHOD, seed))
    is_done = search.run(goals)
    return answer_of(slots, search.taken, search.steps, shape="loads", method=METHOD, seed=seed, is_stopped=not is_done)
