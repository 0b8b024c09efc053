"""Even groups where not everybody can be in: as many people as sizes one apart at most allow, against every plan."""

from dataclasses import replace

import numpy as np

from chiron.blueprints.pose.even import evened
from chiron.pairing.measures.even_groups import balanced_sizes
from chiron.pairing.solve import solve
from pairing.minima import filled_plans
from pairing.problems import make_problem, plans


def shared_out(seed):
    """Return a small problem whose group sizes share everybody out, though not everybody may be paired everywhere."""
    rng = np.random.default_rng(seed)
    mentees, mentors = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    table = [[int(rng.integers(5)) if rng.random() < 0.5 else None for _ in range(mentors)] for _ in range(mentees)]
    least, most = balanced_sizes([""] * mentees, [""] * mentors)
    return replace(make_problem(table, capacity=most), least=least)


def sizes_of(problem, pairs):
    return np.bincount(np.array([j for _, j in pairs], dtype=int), minlength=len(problem.mentors))


def test_the_most_people_are_in_of_all_plans_with_sizes_one_apart():
    lowered = 0
    for seed in range(200):
        problem = shared_out(seed)
        mentors = len(problem.mentors)
        free = replace(problem, least=np.zeros(mentors), capacity=np.full(mentors, len(problem.mentees)))
        best = max(len(pairs) for pairs in plans(free) if np.ptp(sizes_of(problem, pairs)) <= 1)

        found = evened(problem, [""] * mentors, fewest=0)

        pairs = solve(found).pairs.tolist()
        assert len(pairs) == best, seed
        assert np.ptp(sizes_of(problem, pairs)) <= 1, seed
        assert (found is problem) == bool(filled_plans(problem)), seed
        lowered += found is not problem
    assert lowered > 50


def test_sizes_are_even_inside_each_part_and_one_part_takes_nothing_from_another():
    table = [[1, 1, None, None]] * 5 + [[None, None, 1, None]] * 2 + [[None, None, None, None]] * 2
    least, most = balanced_sizes(["a"] * 5 + ["b"] * 4, ["a", "a", "b", "b"])
    problem = replace(make_problem(table, capacity=most), least=least)

    found = evened(problem, ["a", "a", "b", "b"], fewest=0)

    assert least.tolist() == [2, 2, 2, 2]
    assert found.least.tolist() == [2, 2, 0, 0]
    assert found.capacity.tolist() == [3, 3, 1, 1]


def test_a_least_size_that_nobody_can_fill_is_left_for_the_plan_to_refuse():
    problem = replace(make_problem([[1, None], [1, None]], capacity=[1, 1]), least=np.array([1, 1]))

    assert evened(problem, ["", ""], fewest=1) is problem
