"""A small matching problem whose best plan is known, to see that the solver works on this computer."""

import numpy as np

from chiron.pairing.model.problem import Problem
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve

# Three mentees, three mentors with one place each. Taking the best pair first (90) leaves somebody out.
PAIRS = ((0, 0, 90), (0, 1, 80), (1, 0, 70), (2, 2, 60), (2, 1, 85))
BEST = {(0, 1), (1, 0), (2, 2)}


def fault_in_known_case() -> str:
    """Return what is wrong with the solver here; nothing when it finds and proves the best plan."""
    rows = [row for row, _column, _fit in PAIRS]
    order = sorted(range(len(PAIRS)), key=lambda place: PAIRS[place][:2])
    problem = Problem(
        mentees=("a", "b", "c"),
        mentors=("x", "y", "z"),
        starts=np.array([sum(row < mentee for row in rows) for mentee in range(4)], dtype=np.int64),
        partner=np.array([PAIRS[place][1] for place in order], dtype=np.int32),
        fit=np.array([PAIRS[place][2] for place in order], dtype=np.int32),
        capacity=np.ones(3, dtype=np.int32),
        wanted=np.ones(3, dtype=np.int32),
        tier=np.zeros(3, dtype=np.int32),
    )
    answer = solve(problem)
    judged = verdict(problem, answer)
    if judged.violations:
        return str(judged.violations[0])
    if {(int(mentee), int(mentor)) for mentee, mentor in answer.pairs} != BEST:
        return "it does not find the best plan"
    return "" if judged.proved_best else "it does not prove the best plan"
