import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.pairing.measures.fairness import HEAVY, burden, exposure, gini, jain, load, theil


def test_theil_gives_the_check_value_within_and_between() -> None:
    found = theil({"a": [0, 2], "b": [4, 6]})

    assert found is not None
    assert found.total == pytest.approx(0.37489, abs=5e-6)
    assert found.within == pytest.approx(0.13230, abs=5e-6)
    assert found.between == pytest.approx(0.24259, abs=5e-6)


@given(st.lists(st.lists(st.integers(0, 50), max_size=6), min_size=1, max_size=4))
def test_theil_is_within_plus_between_and_stays_in_its_range(groups: list[list[int]]) -> None:
    found = theil({str(name): values for name, values in enumerate(groups)})

    if found is not None:
        assert found.total == pytest.approx(found.within + found.between, abs=1e-9)
        assert -1e-9 <= found.total <= math.log(sum(map(len, groups))) + 1e-9


def test_theil_does_not_apply_where_nobody_has_any() -> None:
    assert theil({"a": [0, 0]}) is None
    assert theil({}) is None


def test_theil_refuses_a_negative_benefit() -> None:
    with pytest.raises(ValueError, match="negative"):
        theil({"a": [-1]})


def test_gini_and_jain_give_the_check_values() -> None:
    assert gini([0, 2, 4, 6]) == pytest.approx(0.41667, abs=5e-6)
    assert jain([0, 2, 4, 6]) == pytest.approx(0.64286, abs=5e-6)
    assert (gini([]), gini([0, 0]), jain([0])) == (None, None, None)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any))
def test_gini_is_the_mean_difference_over_twice_the_mean(values: list[int]) -> None:
    n = len(values)

    assert gini(values) == pytest.approx(sum(abs(a - b) for a in values for b in values) / (2 * n * sum(values)))


def test_load_gives_use_and_concentration() -> None:
    found = load([1, 0, 3], [2, 1, 3])

    assert (found.active, found.capacity, found.utilization) == (4, 6, pytest.approx(4 / 6))
    assert load([], []).utilization is None


def test_burden_compares_shares_of_hours_and_capacity() -> None:
    found = burden({"a": 60, "b": 40, "c": 0}, {"a": 50, "b": 50, "c": 0})

    assert found == {"a": pytest.approx(1.2), "b": pytest.approx(0.8), "c": None}
    assert HEAVY == 1.2


def test_exposure_compares_the_first_places_of_a_directory() -> None:
    found = exposure({"a": [1, 4], "b": [2, 3], "c": []})

    weights = [1 / math.log2(1 + place) for place in (1, 2, 3, 4)]
    assert found["a"] == pytest.approx((weights[0] + weights[3]) / 2 / (sum(weights) / 4))
    assert found["c"] is None
    assert exposure({"a": []}) == {"a": None}
