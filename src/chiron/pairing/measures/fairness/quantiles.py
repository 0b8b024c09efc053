"""Quantiles of the normal and of Student's t distribution, without a statistics library.

The distribution of t is the regularised incomplete beta function, worked out by its continued fraction (Lentz's
method); its quantile is found by Newton's steps inside an interval that is halved where a step would leave it. Compared
with SciPy in the tests, the relative error is below 1e-9 for 1 to 100,000 degrees of freedom and levels up to 0.9999.
"""

import math
from functools import cache
from statistics import NormalDist

TINY = 1e-300
CLOSE = 1e-14


def normal_quantile(probability: float) -> float:
    """Return the value that a standard normal variable stays under with this probability."""
    return NormalDist().inv_cdf(probability)


@cache
def t_quantile(probability: float, freedom: float) -> float:
    """Return the value that Student's t stays under with this probability (0.5 to 1, without 1).

    Raises:
        ValueError: there is no degree of freedom, or the probability is outside 0.5 to 1.
    """
    if freedom <= 0 or not 0.5 <= probability < 1:  # noqa: PLR2004 -- half and one are what they are
        raise ValueError(f"No quantile for probability {probability} and {freedom} degrees of freedom.")
    low, high = 0.0, 1.0
    while t_below(high, freedom) < probability:
        low, high = high, high * 2
    value = min(max(normal_quantile(probability), low), high)
    while high - low > CLOSE * high:
        missing = probability - t_below(value, freedom)
        if missing > 0:
            low = value
        else:
            high = value
        step = missing / _t_density(value, freedom)
        if abs(step) <= CLOSE * value:
            break
        value = value + step if low < value + step < high else (low + high) / 2
    return value


def _t_density(value: float, freedom: float) -> float:
    """Return the density of Student's t."""
    front = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    return math.exp(front - (freedom + 1) / 2 * math.log1p(value * value / freedom))


def t_below(value: float, freedom: float) -> float:
    """Return the probability that Student's t stays under a value that is not negative."""
    return 1 - _beta_share(freedom / (freedom + value * value), freedom / 2, 0.5) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for k in range(1, 10_000):
        for step in (
            k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)),
            -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
        ):
            d = 1 / _away(1 + step * d)
            c = _away(1 + step / c)
            value *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return value


def _away(value: float) -> float:
    """Return the value, kept away from 0."""
    return value if abs(value) > TINY else TINY
