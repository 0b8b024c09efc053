import pytest
from scipy import stats

from chiron.pairing.measures.fairness.quantiles import normal_quantile, t_quantile


@pytest.mark.parametrize("freedom", [1, 2, 2.7, 3, 5, 9, 10.5, 29, 100, 1234.5, 100_000])
@pytest.mark.parametrize("probability", [0.6, 0.9, 0.975, 0.995, 0.99995])
def test_t_quantile_agrees_with_scipy(freedom: float, probability: float) -> None:
    assert t_quantile(probability, freedom) == pytest.approx(stats.t.ppf(probability, freedom), rel=1e-9)


def test_t_quantile_of_a_half_is_zero() -> None:
    assert t_quantile(0.5, 7) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("probability", "freedom"), [(0.9, 0), (1.0, 3), (0.3, 3)])
def test_t_quantile_refuses_what_has_none(probability: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="No quantile"):
        t_quantile(probability, freedom)


def test_normal_quantile_agrees_with_scipy() -> None:
    assert normal_quantile(0.975) == pytest.approx(stats.norm.ppf(0.975), rel=1e-9)
