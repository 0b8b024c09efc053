"""Tests of the kind distance."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.pairing.rules.kinds.distance import KIND, kilometers
from pairing.rules.kinds.asking import ask, explain

LONDON, OXFORD, SYDNEY = (51.5074, -0.1278), (51.752, -1.2577), (-33.8688, 151.2093)


def test_distance_falls_from_full_to_none():
    assert ask("distance", (LONDON, None), (LONDON, None)) == (1000, True, "less than 1 km apart")
    assert ask("distance", (LONDON, None), (OXFORD, None), km=100) == (174, True, "83 km apart")
    assert ask("distance", (LONDON, None), (OXFORD, None), km=80) == (0, False, "83 km apart")
    assert ask("distance", (LONDON, None), (SYDNEY, None), km=1) == (0, False, "16994 km apart")


def test_distance_does_not_matter_where_both_meet_online():
    far = "83 km apart; both are willing to meet online"

    assert ask("distance", (LONDON, True), (OXFORD, True), km=50) == (1000, True, far)
    assert ask("distance", (LONDON, True), (OXFORD, True), km=50, remote_share=400) == (400, True, far)
    assert ask("distance", (LONDON, True), (OXFORD, False), km=50)[:2] == (0, False)


def test_distance_is_unknown_without_a_place_unless_both_meet_online():
    assert ask("distance", (None, True), (OXFORD, False)) == (-1, True, "one of the two has given no place")
    assert ask("distance", (None, None), (OXFORD, None), unknown="forbid").holds is False
    assert ask("distance", (None, True), (OXFORD, True)) == (1000, True, "both are willing to meet online")


def test_distance_refuses_a_place_that_is_not_on_the_earth():
    with pytest.raises(ValueError, match="not a latitude and a longitude"):
        ask("distance", ((91.0, 0.0), None), (OXFORD, None))


@given(
    here=st.tuples(st.floats(-90, 90), st.floats(-180, 180)), there=st.tuples(st.floats(-90, 90), st.floats(-180, 180))
)
def test_distance_is_that_of_the_haversine_formula(here, there):
    options = {**KIND.options, "km": 5000}
    places = KIND.prepare([(here, None)], [(there, None)], options)

    (a, b), (c, d) = (tuple(map(math.radians, place)) for place in (here, there))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    km = 2 * 6371 * math.asin(math.sqrt(min(1, half)))
    assert abs(kilometers(places, 0, 0) - km) <= 3  # opposite ends of the earth: the grid is coarse there
    share = 0 if km > 5000 else 1 + 999 * (5000 - km) / 5000
    assert abs(int(KIND.shares(places, 0, 1)[0, 0]) - share) <= 1.01


def test_distance_explains_itself():
    assert explain("distance", must=True) == "Both must be at most 50 km apart."
    assert explain("distance", options={"km": 30, "remote_column": "remote"}) == (
        "Both should be near each other: full points at the same place, none beyond 30 km, "
        "unless both are willing to meet online."
    )
