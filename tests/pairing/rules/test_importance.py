"""Tests of importance: points that are shared out again."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chiron.pairing.rules.importance import share_points


def test_share_points_gives_the_larger_remainders_the_points_that_are_left():
    shared = share_points([10, 10, 10], np.array([[5, 4, 3], [1, 1, 1], [0, 0, 2]]))

    assert shared.tolist() == [[13, 10, 7], [10, 10, 10], [0, 0, 30]]


def test_share_points_gives_an_equal_remainder_to_the_earlier_rule():
    assert share_points([5, 5, 5], np.array([[1, 1, 2]])).tolist() == [[4, 4, 7]]


def test_share_points_leaves_points_as_they_are_where_nothing_is_important():
    assert share_points([7, 3], np.array([[0, 0]])).tolist() == [[7, 3]]


def test_share_points_leaves_out_rules_that_take_points_away():
    assert share_points([10, -5, 10], np.array([[5, 5, 0]])).tolist() == [[20, -5, 0]]


@given(data=st.data(), points=st.lists(st.integers(-50, 500), min_size=1, max_size=8))
def test_share_points_keeps_the_total_of_every_mentee(data, points):
    stars = st.lists(st.integers(0, 5), min_size=len(points), max_size=len(points))
    rows = data.draw(st.lists(stars, min_size=1, max_size=5))

    shared = share_points(points, np.array(rows, dtype=np.int64))

    assert shared.sum(axis=1).tolist() == [sum(points)] * len(rows)
    assert ((shared >= 0) | (np.array(points) < 0)).all()


@given(points=st.lists(st.integers(0, 500), min_size=1, max_size=8), stars=st.integers(1, 5))
def test_share_points_changes_nothing_where_all_is_equally_important(points, stars):
    assert share_points(points, np.full((1, len(points)), stars)).tolist() == [points]
