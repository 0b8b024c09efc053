"""The engine's front door: a problem and an aim in, a plan with its proof out."""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import AimError, Problem

Observer = Callable[[str, Answer | None], bool]
"""Told the phase in words and the best plan so far, if there is one; False stops the search."""


class Solver(Protocol):
    """A method that answers a problem."""

    def __call__(
        self, problem: Problem, *, aim: Aim, seed: int, observer: Observer | None, start: Answer | None
    ) -> Answer:
        """Return the best plan that the method finds, with its proof."""


SOLVERS: Mapping[str, str] = {
    "flow": "chiron.pairing.solvers.flow",
    "clashes": "chiron.pairing.solvers.clashes",
    "deferred": "chiron.pairing.solvers.deferred",
    "auction": "chiron.pairing.scale.solvers.aims",
}
"""The methods by name; an unknown name is an error, never a default. "auction" needs the extra `scale`."""

MANY = 1_000_000
"""With so many pairs the auction wins over the flow, if it is installed, as long as no mentee has more than FEW."""
FEW = 200


def solver(method: str) -> Solver:
    """Return a method by its name, loading it only now: their libraries take up to half a second to load.

    Raises:
        KeyError: no method has this name.
    """
    found: Solver = import_module(SOLVERS[method]).solve
    return found


def solve(
    problem: Problem,
    *,
    aim: Aim = "everyone",
    seed: int = 0,
    observer: Observer | None = None,
    start: Answer | None = None,
    method: str | None = None,
) -> Answer:
    """Return the best plan under an aim, each step of it with a value and a bound that the referee can recompute.

    Args:
        problem: who may be paired with whom, and what each pair is worth.
        aim: "everyone" (most people, then the highest lowest fit, then the highest total), "worst-off" (most people,
            then the best for the worst-off, person by person), "total" (nobody is matched at a loss), "stable" and
            "stable-mentors" (no two people would both rather have each other; of such plans the best for the mentees,
            or for the mentors), "profile" (most people, then most first choices, then most second choices, …), "rank"
            (most people, then the smallest sum of choices) or "parity" (as "everyone", with groups near each other).
        seed: decides between plans of equal worth, together with the identifiers; the order of people does not.
        observer: told each phase and the best plan so far; where it returns False the best plan so far is the
            answer, and says so in `stopped`.
        start: an earlier answer to a like problem, whose pairs are looked at first.
        method: a name in SOLVERS; None for the quickest that can do what is asked.

    Raises:
        KeyError: no method has this name.
        LocksError: no plan can hold every locked pair.
        AimError: the aim cannot be had for this problem.
        ProblemError: the numbers are too large for exact arithmetic.
        ScaleError: the method "auction" was asked by name, and cannot do what is asked.
    """
    return solver(method or _method(problem, aim))(problem, aim=aim, seed=seed, observer=observer, start=start)


def fills_least(problem: Problem) -> bool:
    """Return True if some plan holds the locked pairs and gives every mentor and cap the least number of pairs."""
    found: bool = import_module("chiron.pairing.solvers.flow.quotas").fills_least(problem)
    return found


def _method(problem: Problem, aim: Aim) -> str:
    """Return the name of the method for an aim.

    Raises:
        AimError: mentors clash, and no method finds plans with this aim then.
    """
    if _suits_auction(problem, aim):
        return "auction"
    if aim in {"stable", "stable-mentors"}:
        return "deferred"
    if not problem.clashes or problem.wanted.max(initial=1) <= 1:
        return "flow"
    if aim in {"profile", "rank", "parity"}:
        raise AimError(f"The aim {aim} cannot keep mentors apart who clash for one mentee. Choose another aim.")
    return "clashes"


def _suits_auction(problem: Problem, aim: Aim) -> bool:
    """Return True if the auction can do what is asked, is installed, and wins at this size."""
    pairs = len(problem.partner)
    return (
        MANY <= pairs <= FEW * len(problem.mentees)
        and aim in {"total", "everyone", "worst-off", "stable"}
        and not problem.caps
        and not problem.has_least
        and problem.wanted.max(initial=1) <= 1
        and find_spec("numba") is not None
    )
