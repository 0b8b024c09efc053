"""Peer circles: everybody sits in one circle of at least so many and at most so many members.

A small pool (some 30 people in circles of 4) is solved with a proof; for a larger one the plan comes from exchanging
people, and the bound says how far from the best it can be at most.
"""

from itertools import combinations

import numpy as np

from chiron.pairing.shapes.gatherings.gathering import of_circles
from chiron.pairing.shapes.gatherings.listing import Groups
from chiron.pairing.shapes.gatherings.making import find
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeStep
from chiron.pairing.shapes.model.gathering_problems import Circles
from chiron.pairing.shapes.peers.solve import ShapeAim, ShapeObserver

__all__ = ["Circles", "solve"]


def solve(
    problem: Circles, *, aim: ShapeAim = "everyone", seed: int = 0, observer: ShapeObserver | None = None
) -> ShapeAnswer:
    """Return circles, each step with a bound that `judge_groups` recomputes; `ties` are all pairs inside circles.

    Args:
        problem: who may sit together, and what each pair is worth.
        aim: "everyone" (most people in a circle, then the highest total) or "total".
        seed: decides between plans of equal worth, together with the identifiers.
        observer: told each phase and the best plan so far; False stops the search.

    Raises:
        KeyError: no aim has this name.
    """

    def answer(groups: Groups, steps: tuple[ShapeStep, ...], method: str, stopped: str | None) -> ShapeAnswer:
        pairs = sorted(pair for group in groups for pair in combinations(group, 2))
        ties = np.array([(*pair, 0) for pair in pairs], dtype=np.int32).reshape(-1, 3)
        ties.flags.writeable = False
        members = tuple(map(tuple, groups))
        return ShapeAnswer("circles", ties, ("",), steps, method, seed, groups=members, stopped=stopped)

    def tell(phase: str, groups: Groups, steps: tuple[ShapeStep, ...]) -> bool:
        return observer is None or observer(
            phase, answer(groups, steps, "exchange", "not finished") if groups else None
        )

    found = find(of_circles(problem), problem.people, aim=aim, seed=seed, keep_going=tell)
    return answer(found.groups, found.steps, found.method, found.stopped)
