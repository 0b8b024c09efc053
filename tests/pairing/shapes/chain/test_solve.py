"""Chains against every plan, repair with fewest moves, and a judge that catches what is broken."""

from itertools import product

import numpy as np
import pytest

from chiron.pairing.model.problem import Cap
from chiron.pairing.shapes.chain.judge import judge, judge_repair
from chiron.pairing.shapes.chain.solve import repair, solve
from chiron.pairing.shapes.model.typed_problems import ChainProblem


def make_chain(fits, *, seeking, capacity, **options):
    """Return a chain from a table fits[mentee][mentor], None where it is not allowed."""
    rows = [[at for at, fit in enumerate(row) if fit is not None] for row in fits]
    return ChainProblem(
        people=tuple(options.pop("people", [f"person {at}" for at in range(len(fits))])),
        seeking=np.array(seeking, dtype=bool),
        capacity=np.array(capacity, dtype=np.int32),
        starts=np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        partner=np.array([at for row in rows for at in row], dtype=np.int32),
        fit=np.array([fits[i][at] for i, row in enumerate(rows) for at in row], dtype=np.int32),
        **options,
    )


def random_chain(seed, most=5):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, most + 1))
    level = None if rng.random() < 0.4 else rng.integers(0, 3, n).astype(np.int32)
    within = level is not None and rng.random() < 0.4
    seeking = rng.random(n) < 0.8
    top = int(rng.choice([1, 5, 20]))
    low = int(rng.choice([0, -top]))
    share = rng.choice([0.5, 0.9])

    def is_allowed(i, j):
        if i == j or not seeking[i] or rng.random() > share:
            return False
        return level is None or level[j] > level[i] or (within and level[j] == level[i])

    fits = [[int(rng.integers(low, top + 1)) if is_allowed(i, j) else None for j in range(n)] for i in range(n)]
    some = tuple(sorted(rng.permutation(n)[: int(rng.integers(1, n + 1))].tolist()))
    caps = (Cap("site", int(rng.integers(0, 4)), some),) if rng.random() < 0.3 else ()
    return make_chain(
        fits,
        seeking=seeking,
        capacity=rng.integers(0, 3, n),
        level=level,
        within_level=within,
        needs_mentor=bool(rng.random() < 0.6),
        caps=caps,
    )


def plans(problem):
    """Yield every plan that keeps the rules, as (mentee, mentor, fit); written without the judge."""
    n = len(problem.people)
    choices = []
    for i in range(n):
        own = range(int(problem.starts[i]), int(problem.starts[i + 1]))
        choices.append([None, *((i, int(problem.partner[at]), int(problem.fit[at])) for at in own)])
    for chosen in product(*choices):
        plan = [tie for tie in chosen if tie is not None]
        above = {i: j for i, j, _ in plan}
        load = np.bincount([j for _, j, _ in plan], minlength=n)
        if (load > problem.capacity).any():
            continue
        if any(sum(j in cap.mentors for _, j, _ in plan) > cap.limit for cap in problem.caps):
            continue
        if problem.needs_mentor and any(problem.seeking[j] and j not in above for j in above.values()):
            continue
        if any(_returns(above, first) for first in above):
            continue
        yield plan


def _returns(above, first):
    at = above[first]
    for _ in above:
        if at == first:
            return True
        at = above.get(at, -1)
    return False


def best_of(problem, aim):
    def merit(plan):
        fits = [fit for _, _, fit in plan]
        if aim == "total":
            return (sum(fits), len(fits))
        return (len(fits), min(fits), sum(fits)) if fits else (0, 0)

    return max(merit(plan) for plan in plans(problem))


SEEDS = range(60)


@pytest.mark.parametrize("aim", ["everyone", "total"])
def test_no_plan_is_better_than_the_answer(aim):
    for seed in SEEDS:
        problem = random_chain(seed)

        answer = solve(problem, aim=aim, seed=seed)
        found = judge(problem, answer, aim=aim)

        assert found.violations == (), seed
        assert tuple(step.value for step in answer.steps) == best_of(problem, aim), seed
        assert found.bounds == tuple(step.bound for step in answer.steps), seed
        assert found.proved_best, seed


def test_repair_moves_as_few_people_as_possible():
    for seed in SEEDS:
        problem = random_chain(seed)
        before = solve(problem, seed=seed)
        person = seed % len(problem.people)
        old = {(int(i), int(j)) for i, j, _ in before.ties}

        answer = repair(problem, before, person)
        found = judge_repair(problem, before, person, answer)

        rest = [plan for plan in plans(problem) if all(person not in tie[:2] for tie in plan)]
        best = max((len(plan), sum(tie[:2] in old for tie in plan), sum(tie[2] for tie in plan)) for plan in rest)
        assert found.violations == (), seed
        assert tuple(step.value for step in answer.steps) == best, seed
        assert found.proved_best, seed
