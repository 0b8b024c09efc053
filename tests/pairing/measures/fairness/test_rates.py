import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from chiron.pairing.measures.fairness import (
    FairnessError,
    adjusted_z,
    cohens_h,
    fisher,
    rate,
    rate_gap,
    rate_ratios,
    rate_standardized,
    ratio_interval,
)


@pytest.mark.parametrize(("part", "whole", "low", "high"), [(3, 10, 0.10779, 0.60323), (0, 7, 0, 0.35434)])
def test_rate_gives_the_interval_of_wilson(part: int, whole: int, low: float, high: float) -> None:
    found = rate(part, whole)

    assert found.low == pytest.approx(low, abs=5e-6)
    assert found.high == pytest.approx(high, abs=5e-6)


def test_rate_of_nobody_is_no_data() -> None:
    found = rate(0, 0)

    assert (found.value, found.low, found.high) == (None, None, None)


@pytest.mark.parametrize(("part", "whole"), [(3, 2), (-1, 2)])
def test_rate_refuses_what_is_no_part(part: int, whole: int) -> None:
    with pytest.raises(FairnessError):
        rate(part, whole)


def test_rate_gap_gives_the_interval_of_newcombe() -> None:
    gap = rate_gap((30, 50), (40, 50))

    assert gap.value == pytest.approx(-0.20)
    assert gap.low == pytest.approx(-0.36360, abs=5e-6)
    assert gap.high == pytest.approx(-0.02013, abs=5e-6)
    assert gap.is_clear


def test_rate_gap_with_nobody_is_no_data() -> None:
    assert not rate_gap((0, 0), (1, 2)).is_clear
    assert rate_gap((1, 2), (0, 0)).value is None


def test_ratio_interval_is_that_of_katz() -> None:
    low, high = ratio_interval((30, 50), (40, 50))

    assert low == pytest.approx(0.57518, abs=5e-6)
    assert high == pytest.approx(0.97795, abs=5e-6)
    assert ratio_interval((0, 10), (5, 10)) == (None, None)


def test_fisher_gives_the_check_value() -> None:
    assert fisher((2, 10), (7, 10)) == pytest.approx(0.06978, abs=5e-6)


@given(st.integers(0, 15), st.integers(0, 15), st.integers(0, 15), st.integers(0, 15))
def test_fisher_agrees_with_scipy(a: int, b: int, c: int, d: int) -> None:
    expected = stats.fisher_exact([[a, b], [c, d]]).pvalue

    assert fisher((a, a + b), (c, c + d)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("groups", "verdicts"),
    [
        ({"a": (30, 50), "b": (40, 50)}, {"a": "flag", "b": "reference"}),
        ({"a": (2, 10), "b": (7, 10)}, {"a": "too few to say", "b": "reference"}),
        ({"a": (14, 22), "b": (18, 22)}, {"a": "too few to say", "b": "reference"}),
        ({"a": (45, 50), "b": (48, 50)}, {"a": "no flag", "b": "reference"}),
        ({"a": (0, 30), "b": (10, 30)}, {"a": "flag", "b": "reference"}),
        ({"a": (0, 0), "b": (10, 30)}, {"a": "no data", "b": "reference"}),
        ({"a": (0, 0)}, {"a": "no data"}),
        ({"a": (0, 40), "b": (0, 30)}, {"a": "no data", "b": "no data"}),
    ],
)
def test_rate_ratios_flag_only_what_can_be_said(groups: dict[str, tuple[int, int]], verdicts: dict[str, str]) -> None:
    assert {name: found.verdict for name, found in rate_ratios(groups).items()} == verdicts


def test_rate_ratios_give_the_check_value_and_name_the_reference() -> None:
    found = rate_ratios({"a": (30, 50), "b": (40, 50)})["a"]

    assert found.value == pytest.approx(0.75)
    assert found.reference == "b"
    assert found.fisher is None


def test_rate_ratios_use_fisher_where_counts_are_small() -> None:
    assert rate_ratios({"a": (0, 30), "b": (3, 30)})["a"].fisher is not None


def test_standardized_differences_give_the_check_values() -> None:
    assert rate_standardized(0.6, 0.8) == pytest.approx(-0.44721, abs=5e-6)
    assert cohens_h(0.6, 0.8) == pytest.approx(-0.44214, abs=5e-6)
    assert rate_standardized(1, 1) is None


def test_adjusted_z_grows_with_the_number_compared() -> None:
    assert adjusted_z(1) == pytest.approx(1.959964, abs=1e-6)
    assert adjusted_z(5) == pytest.approx(stats.norm.ppf((1 + 0.95**0.2) / 2))
