from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import LocksError
from chiron.pairing.proof.referee import violations
from chiron.pairing.solve import solve
from chiron.pairing.whatif.replan import Change, ChangeError, Replanner, apply_change
from pairing.problems import merit, random_problem
from repeats import first_of


def changes(problem, pairs, rng):
    """Return a few random changes of every kind."""
    n, m = len(problem.mentees), len(problem.mentors)
    found = [
        Change("assign", int(rng.integers(n)), int(rng.integers(m))),
        Change("forbid", int(rng.integers(n)), int(rng.integers(m))),
        Change("capacity", -1, int(rng.integers(m)), amount=int(rng.choice([-1, 1, 2]))),
    ]
    if len(pairs):
        one, other = pairs[rng.integers(len(pairs))].tolist(), pairs[rng.integers(len(pairs))].tolist()
        found.append(Change("forbid", *one))
        found.append(Change("swap", one[0], other[1], other=other[0]))
    if len(problem.locked):
        found.append(Change("free", *problem.locked[0].tolist()))
        found.append(Change("assign", int(problem.locked[0, 0]), int(rng.integers(m))))
    if problem.caps:
        found.append(Change("cap", -1, -1, other=int(rng.integers(len(problem.caps))), amount=int(rng.choice([-1, 1]))))
    return found


@pytest.mark.parametrize(("aim", "needs_everyone"), [("everyone", False), ("total", False), ("total", True)])
@first_of("block", range(10), daily=3)
def test_effect_equals_a_new_search(aim, needs_everyone, block) -> None:
    fast = 0
    for seed in range(block * 25, block * 25 + 25):
        problem = replace(random_problem(seed, most=6), needs_everyone=needs_everyone)
        rng = np.random.default_rng(seed)
        answer = solve(problem, aim=aim)
        replanner = Replanner(problem, answer)
        fast += replanner.net is not None
        for change in changes(problem, answer.pairs, rng):
            found = replanner.effect(change)

            try:
                changed = apply_change(problem, change, pairs=answer.pairs)
                cold = solve(changed, aim=aim)
            except (ChangeError, LocksError):
                assert not found.possible, (seed, change)
                continue
            assert found.possible, (seed, change, found.why_not)
            assert violations(changed, found.pairs) == [], (seed, change)
            assert merit(changed, found.pairs, aim) == merit(changed, cold.pairs, aim), (seed, change)
    assert fast > 15
