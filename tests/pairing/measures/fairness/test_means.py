import numpy as np
import pytest
from scipy import stats

from chiron.pairing.measures.fairness import (
    HIGHER,
    LOWER,
    TOO_FEW,
    UNCLEAR,
    mean,
    mean_standardized,
    means_beside_everyone,
    rates_beside_everyone,
)


def test_mean_gives_the_t_interval_of_scipy() -> None:
    values = [61, 72, 55, 80, 66, 71]

    found = mean(values)

    low, high = stats.t.interval(0.95, 5, loc=np.mean(values), scale=stats.sem(values))
    assert (found.n, found.value) == (6, pytest.approx(67.5))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_mean_says_no_more_than_it_knows() -> None:
    assert mean([]).value is None
    assert (mean([5]).value, mean([5]).low) == (5, None)


def test_mean_standardized_divides_by_the_pooled_spread() -> None:
    assert mean_standardized([1, 2, 3], [2, 3, 4]) == pytest.approx(-1)
    assert mean_standardized([1], [2, 3]) is None
    assert mean_standardized([1, 1], [2, 2]) is None


def test_means_beside_everyone_is_welch_against_the_rest_shrunk_to_everyone() -> None:
    chance = np.random.default_rng(1)
    groups = {
        "a": list(chance.normal(60, 9, 30)),
        "b": list(chance.normal(70, 12, 50)),
        "c": list(chance.normal(70, 5, 40)),
    }

    found = means_beside_everyone(groups)

    rest = groups["b"] + groups["c"]
    interval = stats.ttest_ind(groups["a"], rest, equal_var=False).confidence_interval(0.95 ** (1 / 3))
    everyone = groups["a"] + rest
    assert found[0].gap.value == pytest.approx(np.mean(groups["a"]) - np.mean(everyone))
    assert found[0].gap.low == pytest.approx(interval.low * 90 / 120)
    assert found[0].gap.high == pytest.approx(interval.high * 90 / 120)
    assert [(one.group, one.compared) for one in found] == [("a", 3), ("b", 3), ("c", 3)]
    assert found[0].verdict == LOWER


def test_means_beside_everyone_says_too_few_before_anything_else() -> None:
    groups = {"a": [10.0 + k % 2 for k in range(19)], "b": [90.0 + k % 2 for k in range(50)]}

    assert [one.verdict for one in means_beside_everyone(groups)] == [TOO_FEW, TOO_FEW]


@pytest.mark.parametrize("groups", [{}, {"a": []}, {"a": [1.0, 2.0]}, {"a": [1.0], "b": []}, {"a": [1.0], "b": [2.0]}])
def test_means_beside_everyone_bears_small_and_empty_groups(groups: dict[str, list[float]]) -> None:
    assert all(one.verdict == TOO_FEW for one in means_beside_everyone(groups))


def test_means_beside_everyone_bears_values_without_spread() -> None:
    groups = {"a": [5.0] * 30, "b": [5.0] * 30}

    assert [one.verdict for one in means_beside_everyone(groups)] == [UNCLEAR, UNCLEAR]


def test_rates_beside_everyone_says_what_can_be_told() -> None:
    found = rates_beside_everyone({"a": (20, 50), "b": (48, 50), "c": (38, 50), "d": (9, 10)})

    assert [one.verdict for one in found] == [LOWER, HIGHER, UNCLEAR, TOO_FEW]
    assert found[0].gap.value == pytest.approx(20 / 50 - 115 / 160)


def test_verdicts_never_call_groups_equal() -> None:
    assert not any(
        word in str(text) for text in (HIGHER, LOWER, UNCLEAR, TOO_FEW) for word in ("equal", "similar", "fair")
    )
