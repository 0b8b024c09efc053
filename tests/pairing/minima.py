"""Small problems with least numbers of pairs, and the best plan of each found by trying every plan."""

from dataclasses import replace

import numpy as np

from chiron.pairing.model.answer import Aim
from chiron.pairing.model.problem import Problem
from pairing.problems import merit, plans, random_problem


def with_minima(problem: Problem, rng: np.random.Generator, *, share: float = 0.5) -> Problem:
    """Return the problem with random least numbers for some mentors and caps, within what they may have."""
    least = [int(rng.integers(0, most + 1)) if rng.random() < share else 0 for most in problem.capacity.tolist()]
    caps = [
        replace(cap, least=int(rng.integers(0, min(cap.limit, 3) + 1)) if rng.random() < share else 0)
        for cap in problem.caps
    ]
    return replace(problem, least=np.array(least, dtype=np.int32), caps=tuple(caps))


def random_minima(seed: int, *, most: int = 4, with_clashes: bool = False) -> Problem:
    """Return a small random problem with least numbers, nested caps, locks, tiers, several wanted, negative fits."""
    rng = np.random.default_rng((seed, 1))
    return with_minima(random_problem(seed, most=most, with_clashes=with_clashes), rng)


def fills(problem: Problem, pairs) -> bool:
    """Return True if no mentor and no cap has fewer pairs than it must have; written without the referee."""
    pairs = list(pairs)
    return all(
        sum(j == mentor for _, j in pairs) >= problem.least[mentor] for mentor in range(len(problem.mentors))
    ) and all(sum(j in cap.mentors for _, j in pairs) >= cap.least for cap in problem.caps)


def filled_plans(problem: Problem) -> list[tuple[tuple[int, int], ...]]:
    """Return every plan that keeps all rules and fills every least number."""
    return [pairs for pairs in plans(problem) if fills(problem, pairs)]


def best_filled(problem: Problem, aim: Aim, found=None) -> tuple | None:
    """Return the best merit of all plans that fill every least number, None if there is none."""
    found = filled_plans(problem) if found is None else found
    return max((merit(problem, pairs, aim) for pairs in found), default=None)
