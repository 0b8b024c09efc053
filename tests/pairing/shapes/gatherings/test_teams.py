from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import ProblemError
from chiron.pairing.shapes.gatherings import teams
from chiron.pairing.shapes.gatherings.judge import verdict
from pairing.shapes.made_groups import best_by_trying, make_teams, random_teams

AIMS = ("total", "everyone")


@pytest.mark.parametrize("aim", AIMS)
def test_solve_finds_and_proves_what_trying_every_plan_finds(aim):
    rng = np.random.default_rng(61)
    for _ in range(100):
        problem = random_teams(rng)

        answer = teams.solve(problem, aim=aim)

        assert [step.value for step in answer.steps] == best_by_trying(problem, aim)
        found = verdict(problem, answer)
        assert found.violations == ()
        assert found.bounds == tuple(step.bound for step in answer.steps)
        assert found.proved_best


def test_two_mentors_with_four_mentees_each_is_proved():
    rng = np.random.default_rng(7)
    problem = make_teams(rng.integers(0, 100, (12, 6)), mentees=(4, 4))

    answer = teams.solve(problem)

    assert [len(group) for group in answer.groups] == [6, 6, 6]
    assert len(answer.ties) == 3 * 2 * 4
    assert verdict(problem, answer).proved_best


def test_large_pools_have_everyone_in_and_a_bound_that_holds():
    rng = np.random.default_rng(8)
    between = rng.integers(0, 30, (30, 30))
    problem = make_teams(
        rng.integers(0, 100, (60, 30)), mentor_fit=between + between.T - 2 * np.diag(between.diagonal()), mentees=(3, 5)
    )

    answer = teams.solve(problem)

    found = verdict(problem, answer)
    assert found.violations == ()
    assert found.bounds == tuple(step.bound for step in answer.steps)
    assert answer.steps[0].value == 90
    assert answer.steps[1].value <= answer.steps[1].bound < answer.steps[1].value * 5 // 4


def test_order_of_people_changes_nothing():
    rng = np.random.default_rng(67)
    for _ in range(10):
        problem = random_teams(rng)
        rows, columns = rng.permutation(len(problem.mentees)), rng.permutation(len(problem.mentors))
        other = replace(
            problem,
            mentees=tuple(problem.mentees[at] for at in rows),
            mentors=tuple(problem.mentors[at] for at in columns),
            fit=problem.fit[np.ix_(rows, columns)],
            allowed=problem.allowed[np.ix_(rows, columns)],
            mentor_fit=problem.mentor_fit[np.ix_(columns, columns)],
        )

        def named(problem):
            names = (*problem.mentees, *problem.mentors)
            return {frozenset(names[at] for at in group) for group in teams.solve(problem).groups}

        assert named(problem) == named(other)


def test_judge_catches_broken_answers():
    allowed = np.ones((3, 3), dtype=bool)
    allowed[0, 0] = False
    problem = make_teams([[9, 8, 7], [6, 5, 4], [3, 2, 1]], allowed=allowed)
    answer = teams.solve(problem)
    broken = {
        "mentee 0 and mentor 0 may not be in one group": ((0, 3, 4),),
        "has 1 mentor,": ((1, 3),),
        "has 3 mentees": ((0, 1, 2, 4, 5),),
        "is in 2 groups": ((0, 4, 5), (1, 4, 5)),
        "not in the pool": ((0, 4, 6),),
    }

    assert verdict(problem, answer).proved_best
    for words, groups in broken.items():
        found = verdict(problem, replace(answer, groups=groups))
        assert any(words in str(fault) for fault in found.violations), words
        assert not found.proved_best


def test_a_wrong_table_is_named():
    with pytest.raises(ProblemError, match=r"^mentor_fit"):
        make_teams([[1, 2]], mentor_fit=np.array([[0, 1], [2, 0]]))
    with pytest.raises(ProblemError, match=r"^allowed"):
        make_teams([[1, 2]], allowed=np.ones((2, 2), dtype=bool))
    with pytest.raises(ProblemError, match=r"^mentees_least"):
        make_teams([[1, 2]], mentees=(0, 2))
