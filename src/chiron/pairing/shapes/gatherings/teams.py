"""Teams of some mentors with some mentees, put together from both pools: two mentors with four mentees.

Where the mentors of each team are given beforehand, this shape is not needed: a team is then one mentor with several
places, worth to a mentee the sum of the fits with its mentors, and `with_given_mentors` returns that `Problem`, which
is solved and proved at any size.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Ints, Problem
from chiron.pairing.shapes.gatherings.gathering import of_teams
from chiron.pairing.shapes.gatherings.listing import Groups
from chiron.pairing.shapes.gatherings.making import find
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.gathering_problems import Teams
from chiron.pairing.shapes.peers.solve import ShapeAim, ShapeObserver

__all__ = ["Teams", "solve", "with_given_mentors"]


def solve(
    problem: Teams, *, aim: ShapeAim = "everyone", seed: int = 0, observer: ShapeObserver | None = None
) -> ShapeAnswer:
    """Return teams, each step with a bound that `judge_groups` recomputes; `ties` are each mentee with each mentor.

    Args:
        problem: who may sit together, and what that is worth.
        aim: "everyone" (most people in a team, mentors too, then the highest total) or "total".
        seed: decides between plans of equal worth, together with the identifiers.
        observer: told each phase and the best plan so far; False stops the search.

    Raises:
        KeyError: no aim has this name.
    """
    mentees = len(problem.mentees)

    def answer(groups: Groups, steps: tuple[ShapeStep, ...], method: str, stopped: str | None) -> ShapeAnswer:
        pairs = sorted(
            (one, other - mentees) for group in groups for one in group for other in group if one < mentees <= other
        )
        ties = np.array([(*pair, 0) for pair in pairs], dtype=np.int32).reshape(-1, 3)
        ties.flags.writeable = False
        members = tuple(map(tuple, groups))
        return ShapeAnswer("teams", ties, ("",), steps, method, seed, groups=members, stopped=stopped)

    def tell(phase: str, groups: Groups, steps: tuple[ShapeStep, ...]) -> bool:
        return observer is None or observer(
            phase, answer(groups, steps, "exchange", "not finished") if groups else None
        )

    names = (*(f"mentee {each}" for each in problem.mentees), *(f"mentor {each}" for each in problem.mentors))
    found = find(of_teams(problem), names, aim=aim, seed=seed, keep_going=tell)
    return answer(found.groups, found.steps, found.method, found.stopped)


def with_given_mentors(
    mentees: Sequence[str],
    teams: Sequence[tuple[str, tuple[int, ...]]],
    *,
    fit: Ints,
    allowed: NDArray[np.bool_],
    most: int,
) -> Problem:
    """Return the problem of seating mentees in teams whose mentors are given: ordinary transportation.

    Args:
        mentees: identifiers, length n.
        teams: the name of each team and the positions of its mentors.
        fit: int32 (n, m), whole points of a mentee with a mentor.
        allowed: bool (n, m); a mentee may join a team only if each of its mentors is allowed.
        most: the most mentees of a team.

    Raises:
        ProblemError: an array is not what it should be; the message begins with its name.
    """
    shape = (len(mentees), len(teams))
    worth, may = np.zeros(shape, dtype=np.int64), np.ones(shape, dtype=np.bool_)
    for at, (_, mentors) in enumerate(teams):
        worth[:, at] = fit[:, list(mentors)].sum(axis=1)
        may[:, at] = allowed[:, list(mentors)].all(axis=1)
    return Problem(
        mentees=tuple(mentees),
        mentors=tuple(name for name, _ in teams),
        starts=np.concatenate([[0], np.cumsum(may.sum(axis=1))]),
        partner=np.nonzero(may)[1].astype(np.int32),
        fit=worth[may].astype(np.int32),
        capacity=np.full(len(teams), most, dtype=np.int32),
        wanted=np.ones(len(mentees), dtype=np.int32),
        tier=np.zeros(len(mentees), dtype=np.int32),
    )
