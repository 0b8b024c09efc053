"""What must follow when a problem is changed in a known way, whatever its best plan is."""

from dataclasses import replace

import numpy as np

from chiron.pairing.model.problem import Problem, QuotaError
from chiron.pairing.solve import solve
from pairing.minima import random_minima
from pairing.problems import fit_of, make_problem

AIMS = ("everyone", "total", "worst-off")


def solvable(seeds):
    """Yield small problems with least numbers, caps, locks, tiers and several wanted, each with a generator."""
    for seed in seeds:
        problem = random_minima(seed)
        try:
            solve(problem, aim="total")
        except QuotaError:
            continue
        yield seed, problem, np.random.default_rng((seed, 9))


def table(problem: Problem):
    """Return the fits as a table, None for a pair that is not allowed."""
    fits = fit_of(problem)
    return [[fits.get((i, j)) for j in range(len(problem.mentors))] for i in range(len(problem.mentees))]


def total_of(problem: Problem) -> int:
    return solve(problem, aim="total").step("total").value


def test_relabelling_people_permutes_the_answer() -> None:
    checked = 0
    for seed, problem, rng in solvable(range(130)):
        rows, columns = rng.permutation(len(problem.mentees)), rng.permutation(len(problem.mentors))
        back_row, back_column = np.argsort(rows), np.argsort(columns)
        fits = table(problem)
        moved = make_problem(
            [[fits[i][j] for j in columns] for i in rows],
            capacity=problem.capacity[columns],
            wanted=problem.wanted[rows],
            tier=problem.tier[rows],
            caps=[replace(cap, mentors=tuple(int(back_column[at]) for at in cap.mentors)) for cap in problem.caps],
            locked=[(back_row[i], back_column[j]) for i, j in problem.locked.tolist()],
            mentees=[problem.mentees[at] for at in rows],
            mentors=[problem.mentors[at] for at in columns],
        )
        moved = replace(moved, least=problem.least[columns])
        for aim in AIMS:
            one, other = solve(problem, aim=aim, seed=seed), solve(moved, aim=aim, seed=seed)
            named = {(problem.mentees[i], problem.mentors[j]) for i, j in one.pairs.tolist()}
            assert named == {(moved.mentees[i], moved.mentors[j]) for i, j in other.pairs.tolist()}, (seed, aim)
            assert [step.value for step in one.steps] == [step.value for step in other.steps]
            checked += 1
    assert checked > 80


def test_adding_a_mentor_never_lowers_the_total() -> None:
    gained = checked = 0
    for _, problem, rng in solvable(range(300)):
        fits = [[*row, int(rng.integers(-5, 101)) if rng.random() < 0.7 else None] for row in table(problem)]
        more = replace(
            make_problem(
                fits,
                capacity=[*problem.capacity, int(rng.integers(1, 3))],
                wanted=problem.wanted,
                tier=problem.tier,
                caps=problem.caps,
                locked=problem.locked,
            ),
            least=np.append(problem.least, 0),
        )
        before, after = total_of(problem), total_of(more)
        assert after >= before
        checked += 1
        gained += after > before
    assert checked > 80
    assert gained > 20


def test_an_earlier_tier_never_takes_a_mentor_away_from_a_mentee() -> None:
    checked = 0
    for seed, problem, rng in solvable(range(300)):
        mentee = int(rng.integers(len(problem.mentees)))
        tier = problem.tier.copy()
        tier[mentee] = int(rng.integers(-1, tier[mentee])) if tier[mentee] > -1 else -1
        raised = replace(problem, tier=tier)
        for aim in ("everyone", "worst-off"):
            before = int((solve(problem, aim=aim, seed=seed).pairs[:, 0] == mentee).sum())
            after = int((solve(raised, aim=aim, seed=seed).pairs[:, 0] == mentee).sum())
            assert after >= before, (seed, aim)
            checked += before > 0
    assert checked > 70


def test_loosening_a_quota_never_lowers_the_total() -> None:
    gained = checked = 0
    for _, problem, rng in solvable(range(350)):
        looser = [replace(problem, least=np.maximum(problem.least - 1, 0))]
        looser.append(replace(problem, capacity=problem.capacity + rng.integers(0, 2, len(problem.mentors))))
        looser.append(replace(problem, caps=tuple(replace(cap, least=max(0, cap.least - 1)) for cap in problem.caps)))
        looser.append(replace(problem, caps=tuple(replace(cap, limit=cap.limit + 1) for cap in problem.caps)))
        before = total_of(problem)
        for eased in looser:
            after = total_of(eased)
            assert after >= before
            checked += 1
            gained += after > before
    assert checked > 300
    assert gained > 20
