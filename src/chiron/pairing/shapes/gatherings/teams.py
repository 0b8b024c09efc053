"""Teams of some mentors with some mentees, put together from both pools: two mentors with four mentees.

Where the mentors of each team are given beforehand, this shape is not needed: a team is then one mentor with several
places, a problem that is solved and proved at any size.
"""

import numpy as np

from chiron.pairing.shapes.gatherings.gathering import of_teams
from chiron.pairing.shapes.gatherings.listing import Groups
from chiron.pairing.shapes.gatherings.making import find
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.gathering_problems import Teams
from chiron.pairing.shapes.peers.solve import ShapeAim, ShapeObserver

__all__ = ["Teams", "solve"]


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
