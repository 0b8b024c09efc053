"""Panels: several mentors of different kinds for one mentee, such as clinical, research and academic.

The aim "everyone" serves people before it fills slots: first the most mentees with at least one mentor, then the most
required slots (where some slots are required and some are not), then the most slots, then the highest total. That is
a flow as long as either no mentor is limited slot by slot or the best plan without the rule "not the same mentor
twice" keeps that rule; otherwise branch and bound finds the plan and the gap is stated.
"""

import numpy as np

from chiron.pairing.measures.certificate import StoppedError
from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.evidence import Case, Evidence
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import PanelProblem, ShapeAim
from chiron.pairing.shapes.programming.integer_program import Goal
from chiron.pairing.shapes.programming.search import Search
from chiron.pairing.shapes.programming.seat_flow import Objective, SeatFlow
from chiron.pairing.shapes.programming.typed_program import (
    Observer,
    TypedLimits,
    answer_of,
    marks_of,
    program_of,
    teller,
)

__all__ = ["PanelProblem", "solve"]

FLOW, SEARCH = "flow", "branch and price"


def solve(
    problem: PanelProblem, *, aim: ShapeAim = "everyone", seed: int = 0, observer: Observer | None = None
) -> ShapeAnswer:
    """Return the best plan found, each step with a value and evidence for its bound; open slots are in `open`.

    Args:
        problem: the slots and who may fill them.
        aim: "everyone" (the steps "mentees", "required slots" where only some are required, "slots", "total") or
            "total" (the highest total first, then the others; no slot is filled at a loss).
        seed: decides between plans of equal worth.
        observer: told each phase; where it returns False the best plan so far is the answer.

    Raises:
        KeyError: no aim has this name.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    slots = problem.slots
    goals = _goals(problem)[aim]
    ones = np.ones(slots.kinds, dtype=np.int32)
    limits = TypedLimits(problem.capacity, ones, problem.slot_capacity, problem.caps, differ=True)
    simple = TypedLimits(
        problem.capacity, ones, problem.slot_capacity, problem.caps, differ=problem.slot_capacity is None
    )
    run = _FlowRun(slots, simple, goals, seed, observer)
    try:
        run.climb()
    except StoppedError:
        taken = run.taken if _differs(slots, run.taken) else run.taken[:0]
        steps = _trivial_steps(slots, goals, taken, run.steps if len(taken) else [])
        return answer_of(slots, taken, steps, shape="panel", method=FLOW, seed=seed, is_stopped=True)
    if _differs(slots, run.taken):
        return answer_of(slots, run.taken, run.steps, shape="panel", method=FLOW, seed=seed)
    program = program_of(slots, limits, seed, with_marks=True)
    search = Search(program, teller(observer, slots, "panel", SEARCH, seed))
    is_done = search.run(goals)
    return answer_of(slots, search.taken, search.steps, shape="panel", method=SEARCH, seed=seed, is_stopped=not is_done)


def _goals(problem: PanelProblem) -> dict[ShapeAim, list[Goal]]:
    """Return the steps of each aim over ties and marks of mentees."""
    slots = problem.slots
    people, fit = len(slots.mentees), slots.fit.astype(np.int64)
    marks, ones = np.zeros(people, dtype=np.int64), np.ones(len(fit), dtype=np.int64)
    goals = [Goal("mentees", np.concatenate([0 * ones, slots.firsts()]))]
    if problem.required.any() and not problem.required.all():
        required = problem.required[slots.rows() % slots.kinds].astype(np.int64)
        goals.append(Goal("required slots", np.concatenate([required, marks])))
    goals.append(Goal("slots", np.concatenate([ones, marks])))
    total = Goal("total", np.concatenate([fit, marks]))
    return {"everyone": [*goals, total], "total": [total, *goals]}


def _differs(slots: Slots, taken: Longs) -> bool:
    """Return True if no mentor fills two slots of one mentee."""
    mentee = (np.searchsorted(slots.starts, taken, side="right") - 1) // max(1, slots.kinds)
    key = mentee * max(1, len(slots.mentors)) + slots.partner[taken]
    return len(np.unique(key)) == len(key)


def _coefficients(goal: Goal) -> Longs:
    if goal.coefficients is None:
        raise AssertionError("every step of a panel adds up")
    return goal.coefficients


def _trivial_steps(slots: Slots, goals: list[Goal], taken: Longs, steps: list[ShapeStep]) -> list[ShapeStep]:
    """Return the steps of a plan that was stopped: those proved, if they still hold, then trivial bounds."""
    found: list[ShapeStep] = []
    own = marks_of(slots, taken)
    for at, goal in enumerate(goals):
        coefficients = _coefficients(goal)
        value = int(coefficients[own[own < len(coefficients)]].sum())
        if at < len(steps) and len(found) == at and steps[at].value == value:
            found.append(steps[at])
            continue
        best = np.zeros(slots.asked.size, dtype=np.int64)
        np.maximum.at(best, slots.rows(), coefficients[: len(slots.partner)])
        bound = sum(best.tolist()) + sum(np.maximum(coefficients[len(slots.partner) :], 0).tolist())
        found.append(ShapeStep(goal.name, value, bound))
    return found


class _FlowRun:
    """The steps of an aim as flows, each of which keeps the ones before by counting them for more."""

    def __init__(
        self, slots: Slots, limits: TypedLimits, goals: list[Goal], seed: int, observer: Observer | None
    ) -> None:
        self.slots, self.goals = slots, goals
        self.flow = SeatFlow(slots, limits, seed)
        self.tell = teller(observer, slots, "panel", FLOW, seed)
        self.taken: Longs = np.empty(0, dtype=np.int64)
        self.steps: list[ShapeStep] = []

    def climb(self) -> None:
        """Go through the goals; raises StoppedError if the observer says stop."""
        for at, goal in enumerate(self.goals):
            if self.tell is not None and not self.tell(
                f"looking for the best plan by {goal.name}", self.taken, self.steps
            ):
                raise StoppedError
            self._step(at, goal)

    def _step(self, at: int, goal: Goal) -> None:
        """Solve one step; the weights of the earlier ones grow until none of them is lost."""
        coefficients, rows = _coefficients(goal), self.slots.asked.size
        size = int(np.abs(coefficients).max(initial=1))
        spread = int(coefficients.max(initial=0)) - int(coefficients.min(initial=0))
        factor, enough = 4, max(1, spread) * (2 * rows + 2)
        while True:
            weights = tuple(_weight(at, one, factor, max(1, spread if size > 1 else 1)) for one in range(at))
            taken, prices = self.flow.best(self._objective(coefficients, weights))
            own = marks_of(self.slots, taken)
            if all(
                int(_coefficients(before)[own[own < len(coefficients)]].sum()) == step.value
                for before, step in zip(self.goals, self.steps, strict=False)
            ):
                break
            if factor > enough:
                raise AssertionError("an earlier step was lost")
            factor *= 4
        self.taken = taken
        value = int(coefficients[own[own < len(coefficients)]].sum())
        self.steps.append(ShapeStep(goal.name, value, value, Evidence(1, (Case((), prices, weights),))))

    def _objective(self, coefficients: Longs, weights: tuple[int, ...]) -> Objective:
        """Return what ties and marks count: this step and, by their weights, the earlier ones."""
        counted = coefficients.copy()
        for goal, weight in zip(self.goals, weights, strict=False):
            counted += _coefficients(goal) * weight
        ties = len(self.slots.partner)
        marks = counted[ties:]
        return Objective(counted[:ties], marks if len(marks) else None)


def _weight(at: int, one: int, factor: int, spread: int) -> int:
    """Return how much an earlier step counts: by a factor more than the next one, and more than a change of fit."""
    return int(factor ** (at - one)) * spread
