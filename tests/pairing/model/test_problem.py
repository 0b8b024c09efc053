"""What a problem refuses, and that nothing in it can be changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.pairing.model.problem import Cap, ProblemError, cap_parents
from pairing.problems import fit_of, make_problem, problems

TABLE = [[5, None, 7], [1, 2, None]]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("capacity", [1, 1]),
        ("capacity", [1, 1, -1]),
        ("wanted", [1, 1, 1]),
        ("wanted", [1, -1]),
        ("tier", [[0, 0]]),
        ("starts", [0, 2]),
        ("starts", [1, 2, 4]),
        ("starts", [0, 3, 2]),
        ("fit", [1, 2, 3]),
        ("fit", [1, 2, 3, (1 << 30) + 1]),
        ("partner", [0, 2, 0, 3]),
        ("partner", [0, 2, -1, 1]),
        ("partner", [2, 0, 0, 1]),
        ("partner", [0, 0, 0, 1]),
        ("locked", [[0, 1]]),
        ("locked", [[0, 0], [0, 0]]),
        ("locked", [[2, 0]]),
        ("locked", [0, 0]),
        ("mentees", ("a", "a")),
        ("mentors", ("a", "b", "b")),
        ("clashes", ((0, 0),)),
        ("clashes", ((0, 3),)),
        ("caps", (Cap("a", -1, (0,)),)),
        ("caps", (Cap("a", 1, (0, 3)),)),
        ("caps", (Cap("a", 1, (0, 0)),)),
        ("caps", (Cap("a", 1, (0, 1)), Cap("b", 1, (1, 2)))),
    ],
)
def test_problem_names_the_array_that_is_wrong(name, wrong):
    problem = make_problem(TABLE)
    value = np.array(wrong) if isinstance(wrong, list) else wrong

    with pytest.raises(ProblemError, match=rf"^{name}: "):
        replace(problem, **{name: value})


def test_problem_freezes_its_arrays_and_leaves_those_of_the_caller_alone():
    problem = make_problem(TABLE)
    given_fit = np.array([1, 2, 3, 4], dtype=np.int32)

    changed = replace(problem, fit=given_fit)
    given_fit[0] = 1

    for name in ("starts", "partner", "fit", "capacity", "wanted", "tier", "locked"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(changed, name)[...] = 0


def test_problem_may_have_nobody_in_it():
    problem = make_problem([])

    assert len(problem.partner) == 0


@given(problem=problems(), pairs=st.lists(st.tuples(st.integers(-2, 5), st.integers(-2, 5))))
def test_positions_find_exactly_the_allowed_pairs(problem, pairs):
    fits = fit_of(problem)

    places = problem.positions(np.array(pairs, dtype=np.int32).reshape(-1, 2))

    assert [None if at < 0 else int(problem.fit[at]) for at in places] == [fits.get(pair) for pair in pairs]


@given(problem=problems())
def test_place_of_one_pair_is_that_of_many(problem):
    every = [(i, j) for i in range(len(problem.mentees)) for j in range(len(problem.mentors))]

    assert [problem.place(*pair) for pair in every] == problem.positions(np.array(every, dtype=np.int32)).tolist()


def test_cap_parents_give_the_next_cap_above():
    caps = (Cap("site", 2, (1,)), Cap("programme", 9, (0, 1, 2)), Cap("organisation", 3, (0, 1)), Cap("none", 1, ()))

    of_mentors, of_caps = cap_parents(caps, 4)

    assert of_mentors.tolist() == [2, 0, 1, -1]
    assert of_caps.tolist() == [2, -1, 1, -1]
