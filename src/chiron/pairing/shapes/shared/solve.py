"""Programmes that run at the same time and share what their mentors can give.

Each enrolment asks for one place, each (programme, mentor) is a place of the engine, and nested caps hold the places
of a mentor, a site and an organisation together, so the exact engine solves it whole. Two rules do not nest: a limit
on the pairs of a programme, and "the two mentors of one person differ". The plan without them is found first; where
it keeps them, it is best with them too, and otherwise branch and bound finds the plan and the gap is stated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Answer, Step
from chiron.pairing.model.problem import Cap, Longs, Problem
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.evidence import Case, Evidence, Prices
from chiron.pairing.shapes.model.typed_problems import ShapeAim, SharedProblem
from chiron.pairing.shapes.programming.integer_program import Goal
from chiron.pairing.shapes.programming.search import Search
from chiron.pairing.shapes.programming.typed_program import Observer, TypedLimits, answer_of, program_of, teller
from chiron.pairing.solve import solve as solve_problem

__all__ = ["SharedProblem", "compiled", "solve"]

FLOW, SEARCH = "flow", "branch and price"
APART = "\x1f"
"""Parts the names inside an identifier; people's names do not hold it."""


@dataclass(frozen=True, slots=True, eq=False)
class CompiledSharing:
    """Shared programmes as a problem of the engine: its ties stand in the order of `Slots`.

    Attributes:
        problem: mentees are enrolments, mentors are places (programme, mentor).
        places: int64, kind·m + mentor of each place.
        mentor_caps: the mentor whose places each of the first caps holds together.
        owner: int64, the mentor of each place.
        is_whole: bool, places that take over the limit of their mentor, who has no other.
    """

    problem: Problem
    places: Longs
    mentor_caps: tuple[int, ...]
    owner: Longs
    is_whole: NDArray[np.bool_]


def compiled(shared: SharedProblem) -> CompiledSharing:
    """Return shared programmes as a problem of the engine, without the two rules that do not nest."""
    slots = shared.slots
    mentors, asked = max(1, len(slots.mentors)), np.flatnonzero(slots.asked.reshape(-1))
    own_kinds = slots.rows() % max(1, slots.kinds)
    places, partner = np.unique(own_kinds * mentors + slots.partner, return_inverse=True)
    own_kind, own_mentor = np.divmod(places, mentors)
    several = np.bincount(own_mentor, minlength=mentors) > 1
    room = shared.program_capacity[own_kind, own_mentor]
    total = shared.capacity[own_mentor] if len(places) else room
    is_whole = ~several[own_mentor] & (total < room)
    held = tuple(int(mentor) for mentor in np.flatnonzero(several))
    members = {mentor: np.flatnonzero(own_mentor == mentor).tolist() for mentor in np.unique(own_mentor).tolist()}
    caps = [Cap(f"mentor{APART}{slots.mentors[one]}", int(shared.capacity[one]), tuple(members[one])) for one in held]
    caps += [
        Cap(cap.name, cap.limit, tuple(place for mentor in sorted(cap.mentors) for place in members.get(mentor, ())))
        for cap in shared.caps
    ]
    enrolled = [divmod(row, slots.kinds) for row in asked.tolist()]
    problem = Problem(
        mentees=tuple(APART.join((slots.labels[kind], slots.mentees[mentee])) for mentee, kind in enrolled),
        mentors=tuple(
            APART.join((slots.labels[one], slots.mentors[other]))
            for one, other in zip(own_kind.tolist(), own_mentor.tolist(), strict=True)
        ),
        starts=slots.starts[np.append(asked, len(slots.starts) - 1)],
        partner=partner.reshape(-1).astype(np.int32),
        fit=slots.fit,
        capacity=np.where(is_whole, total, room).astype(np.int32),
        wanted=np.ones(len(asked), dtype=np.int32),
        tier=np.zeros(len(asked), dtype=np.int32),
        caps=tuple(caps),
    )
    return CompiledSharing(problem, places.astype(np.int64), held, own_mentor.astype(np.int64), is_whole)


def solve(
    problem: SharedProblem, *, aim: ShapeAim = "everyone", seed: int = 0, observer: Observer | None = None
) -> ShapeAnswer:
    """Return the best plan found for all programmes at once, each step with a value and evidence for its bound.

    Args:
        problem: the programmes, their people and what the mentors can give.
        aim: "everyone" (most pairs, then the highest lowest fit, then the highest total) or "total"
            (the highest total, then the most pairs).
        seed: decides between plans of equal worth.
        observer: told each phase; where it returns False the best plan so far is the answer.

    Raises:
        KeyError: no aim has this name.
        ProblemError: the numbers are too large for exact arithmetic.
    """
    slots, fit = problem.slots, problem.slots.fit.astype(np.int64)
    goals = {
        "everyone": [Goal("matched", np.ones_like(fit)), Goal("lowest fit", None), Goal("total", fit)],
        "total": [Goal("total", fit), Goal("matched", np.ones_like(fit))],
    }[aim]
    nested = compiled(problem)

    def tell(phase: str, known: Answer | None) -> bool:
        if observer is None:
            return True
        taken = None if known is None else nested.problem.positions(known.pairs)
        if known is None or taken is None or not _keeps(problem, taken):
            return observer(phase, None)
        steps = [_translated(nested, step) for step in known.steps]
        return observer(phase, answer_of(slots, taken, steps, shape="shared", method=FLOW, seed=seed, is_stopped=True))

    simple = solve_problem(nested.problem, aim=aim, seed=seed, observer=None if observer is None else tell)
    taken, is_stopped = nested.problem.positions(simple.pairs), simple.stopped is not None
    if len(slots.partner) and _keeps(problem, taken):
        steps = [_translated(nested, step) for step in simple.steps]
        return answer_of(slots, taken, steps, shape="shared", method=FLOW, seed=seed, is_stopped=is_stopped)
    limits = TypedLimits(
        problem.capacity,
        np.ones(slots.kinds, dtype=np.int32),
        problem.program_capacity,
        problem.caps,
        problem.program_limit,
        differ=problem.differ,
    )
    # Where the observer stopped a plan that breaks a rule, nothing usable is known, and the plan is empty.
    watch = (lambda *_: False) if is_stopped else teller(observer, slots, "shared", SEARCH, seed)
    search = Search(program_of(slots, limits, seed), watch)
    is_done = search.run(goals)
    return answer_of(
        slots, search.taken, search.steps, shape="shared", method=SEARCH, seed=seed, is_stopped=not is_done
    )


def _keeps(problem: SharedProblem, taken: Longs) -> bool:
    """Return True if a plan of the engine keeps the rules that do not nest."""
    slots = problem.slots
    mentee, kind = np.divmod(np.searchsorted(slots.starts, taken, side="right") - 1, max(1, slots.kinds))
    if problem.program_limit is not None and (np.bincount(kind, minlength=slots.kinds) > problem.program_limit).any():
        return False
    key = mentee * max(1, len(slots.mentors)) + slots.partner[taken]
    return not problem.differ or len(np.unique(key)) == len(key)


def _translated(nested: CompiledSharing, step: Step) -> ShapeStep:
    """Return a step of the engine with its prices named by what they limit."""
    certificate, held = step.certificate, np.array(nested.mentor_caps, dtype=np.int64)
    place, whole = certificate.prices, nested.is_whole
    of_mentor, of_cap = certificate.cap_prices[: len(held)], certificate.cap_prices[len(held) :]
    found = (
        ("place", nested.places[~whole], place[~whole]),
        ("mentor", np.concatenate([nested.owner[whole], held]), np.concatenate([place[whole], of_mentor])),
        ("cap", np.arange(len(of_cap)), of_cap),
    )
    prices = tuple(Prices(kind, at[own != 0], own[own != 0]) for kind, at, own in found if own.any())
    return ShapeStep(
        step.name, step.value, step.bound, Evidence(certificate.scale, (Case((), prices, certificate.weights),))
    )
