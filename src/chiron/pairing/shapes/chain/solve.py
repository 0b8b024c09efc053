"""Chains: people of three and more generations in one plan, each mentee of somebody above and mentor of those below.

Without further rules a chain is a transportation problem, since a person's place as mentee and her places as mentor
are separate. Two rules couple them: no circle of mentors, and "only a person with a mentor may mentor". The plan
without them is found first; where it keeps them, it is best with them too. Otherwise the whole is solved as one
program, with a mark for each person who has a mentor (Padberg and Wolsey 1983 for the limits that forbid circles).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from chiron.pairing.model.answer import Answer, Step
from chiron.pairing.model.problem import Longs, ProblemError
from chiron.pairing.shapes.chain.mending import mended
from chiron.pairing.shapes.chain.network import (
    breaks_rules,
    engine_problem,
    link_of,
    links,
    program_of,
    with_marks,
)
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.evidence import Case, Evidence, Prices
from chiron.pairing.shapes.model.typed_problems import ChainProblem, ShapeAim
from chiron.pairing.shapes.programming.integer_program import Goal
from chiron.pairing.shapes.programming.search import Search
from chiron.pairing.solve import solve as solve_problem

__all__ = ["ChainProblem", "repair", "solve"]

Observer = Callable[[str, ShapeAnswer | None], bool]
FLOW, SEARCH = "flow", "branch and price"


def solve(
    problem: ChainProblem, *, aim: ShapeAim = "everyone", seed: int = 0, observer: Observer | None = None
) -> ShapeAnswer:
    """Return the best plan found over all generations at once, each step with a value and evidence for its bound.

    Args:
        problem: the people and who may mentor whom.
        aim: "everyone" (most people with a mentor, then the highest lowest fit, then the highest total) or "total"
            (the highest total, then the most people with a mentor).
        seed: decides between plans of equal worth.
        observer: told each phase; where it returns False the best plan so far is the answer.

    Raises:
        KeyError: no aim has this name.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    goals = _goals(problem)[aim]
    simple = _simple(problem, aim, seed, observer)
    taken = engine_problem(problem).positions(simple.pairs)
    if len(problem.partner) and not breaks_rules(problem, taken):
        steps = [_translated(step) for step in simple.steps]
        return _answer(problem, taken, steps, FLOW, seed, is_stopped=simple.stopped is not None)
    # A plan that breaks the coupling rules is mended first, so that there is always something to start from.
    tell = _teller(problem, observer, SEARCH, seed) if simple.stopped is None else _stop
    start = with_marks(problem, mended(problem, taken, seed))
    if aim == "total":
        start = start[:0]
    search = Search(program_of(problem, seed), tell, start)
    is_done = search.run(goals)
    return _answer(problem, search.taken, search.steps, SEARCH, seed, is_stopped=not is_done)


def repair(
    problem: ChainProblem, answer: ShapeAnswer, person: int, *, seed: int = 0, observer: Observer | None = None
) -> ShapeAnswer:
    """Return a plan without a person who leaves: most people with a mentor, then fewest moves, then the best fit.

    The steps are "matched", "kept" (ties of the old plan that stay) and "total".

    Args:
        problem: the chain before the person left.
        answer: the plan before.
        person: the position of the person who leaves.
        seed: decides between plans of equal worth.
        observer: as in `solve`.

    Raises:
        ProblemError: there is no such person, or the numbers are too large for exact arithmetic.
    """
    rest = without(problem, person)
    old = old_ties(rest, answer)
    ones, fit = np.ones(len(rest.partner), dtype=np.int64), rest.fit.astype(np.int64)
    stays = np.zeros(len(rest.partner), dtype=np.int64)
    stays[old] = 1
    program = program_of(rest, seed)
    marks = np.zeros(program.variables - program.ties, dtype=np.int64)
    goals = [
        Goal(name, np.concatenate([coefficients, marks]))
        for name, coefficients in (("matched", ones), ("kept", stays), ("total", fit))
    ]
    start = with_marks(rest, mended(rest, old, seed))
    search = Search(program, _teller(rest, observer, SEARCH, seed), start)
    is_done = search.run(goals)
    return _answer(rest, search.taken, search.steps, SEARCH, seed, is_stopped=not is_done)


def without(problem: ChainProblem, person: int) -> ChainProblem:
    """Return the chain without one person, who keeps the position but has no tie and no capacity.

    Raises:
        ProblemError: there is no such person.
    """
    if not 0 <= person < len(problem.people):
        raise ProblemError("people: the person who leaves does not exist")
    mentee = np.repeat(np.arange(len(problem.people)), np.diff(problem.starts))
    stays = (mentee != person) & (problem.partner != person)
    starts = np.concatenate([[0], np.cumsum(stays)])[problem.starts]
    capacity, seeking = problem.capacity.copy(), problem.seeking.copy()
    capacity[person], seeking[person] = 0, False
    return replace(
        problem,
        starts=starts,
        partner=problem.partner[stays],
        fit=problem.fit[stays],
        capacity=capacity,
        seeking=seeking,
    )


def old_ties(problem: ChainProblem, answer: ShapeAnswer) -> Longs:
    """Return where those ties of an earlier answer stand that are still allowed: int64, ascending."""
    places = engine_problem(problem).positions(answer.ties[:, :2])
    return np.sort(places[places >= 0])


def _stop(phase: str, taken: Longs | None, steps: list[ShapeStep]) -> bool:
    del phase, taken, steps
    return False


def _goals(problem: ChainProblem) -> dict[ShapeAim, list[Goal]]:
    marks = np.zeros(len(problem.people) if problem.needs_mentor else 0, dtype=np.int64)
    fit = Goal("total", np.concatenate([problem.fit.astype(np.int64), marks]))
    matched = Goal("matched", np.concatenate([np.ones(len(problem.fit), dtype=np.int64), marks]))
    return {"everyone": [matched, Goal("lowest fit", None), fit], "total": [fit, matched]}


def _simple(problem: ChainProblem, aim: ShapeAim, seed: int, observer: Observer | None) -> Answer:
    """Return the plan of the chain without the rules that couple generations."""
    plain = engine_problem(problem)

    def tell(phase: str, known: Answer | None) -> bool:
        if observer is None:
            return True
        taken = np.empty(0, dtype=np.int64) if known is None else plain.positions(known.pairs)
        so_far = None
        if known is not None and not breaks_rules(problem, taken):
            so_far = _answer(problem, taken, [_translated(step) for step in known.steps], FLOW, seed, is_stopped=True)
        return observer(phase, so_far)

    return solve_problem(plain, aim=aim, seed=seed, observer=None if observer is None else tell)


def _teller(
    problem: ChainProblem, observer: Observer | None, method: str, seed: int
) -> Callable[[str, Longs | None, list[ShapeStep]], bool] | None:
    if observer is None:
        return None

    def tell(phase: str, taken: Longs | None, steps: list[ShapeStep]) -> bool:
        known = taken is not None and len(taken) > 0
        return observer(
            phase,
            _answer(problem, taken, steps, method, seed, is_stopped=True) if known and taken is not None else None,
        )

    return tell


def _translated(step: Step) -> ShapeStep:
    """Return a step of the engine as one of a chain, its prices named by kind."""
    certificate = step.certificate
    prices = tuple(
        Prices(kind, np.flatnonzero(own), own[own != 0])
        for kind, own in (("person", certificate.prices), ("cap", certificate.cap_prices))
        if own.any()
    )
    return ShapeStep(
        step.name, step.value, step.bound, Evidence(certificate.scale, (Case((), prices, certificate.weights),))
    )


def _answer(
    problem: ChainProblem,
    taken: Longs,
    steps: list[ShapeStep],
    method: str,
    seed: int,
    *,
    is_stopped: bool = False,
) -> ShapeAnswer:
    """Return the plan of these ties (marks are left out), with the people who ask for a mentor and have none."""
    taken = np.sort(taken[taken < len(problem.partner)])
    mentee = np.searchsorted(problem.starts, taken, side="right") - 1
    link = link_of(problem)
    ties = np.stack([mentee, problem.partner[taken], link[mentee]], axis=1).astype(np.int32).reshape(-1, 3)
    waits = problem.seeking.copy()
    waits[mentee] = False
    left = np.flatnonzero(waits)
    still = np.stack([left, link[left]], axis=1).astype(np.int32).reshape(-1, 2)
    for one in (ties, still):
        one.flags.writeable = False
    return ShapeAnswer(
        shape="chain",
        ties=ties,
        labels=links(problem),
        steps=tuple(steps),
        method=method,
        seed=seed,
        open=still,
        stopped="stopped by the observer" if is_stopped else None,
    )
