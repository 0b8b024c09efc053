import numpy as np
import pytest
from scipy.optimize import linprog

from chiron.sheets.result.hiding import ThresholdError, hide, ranges, unbounded, with_totals


def attack(table: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], tuple[float, float]]:
    """Work out the range of every hidden cell from the cells shown, by linear programming."""
    rows, columns = table.shape
    sums = []
    for row in range(rows):
        line = np.zeros(table.shape)
        line[row, :-1], line[row, -1] = 1, -1
        sums.append(line.ravel())
    for column in range(columns):
        line = np.zeros(table.shape)
        line[:-1, column], line[-1, column] = 1, -1
        sums.append(line.ravel())
    bounds = [
        (0, None) if is_hidden else (count, count)
        for count, is_hidden in zip(table.ravel(), hidden.ravel(), strict=True)
    ]
    found = {}
    for row, column in np.argwhere(hidden):
        goal = np.zeros(table.shape)
        goal[row, column] = 1
        ends = []
        for sign in (1, -1):
            result = linprog(sign * goal.ravel(), A_eq=np.array(sums), b_eq=np.zeros(len(sums)), bounds=bounds)
            ends.append(sign * result.fun if result.status == 0 else np.inf)
        found[int(row), int(column)] = (ends[0], ends[1])
    return found


@pytest.mark.parametrize("k", [5, 10])
@pytest.mark.parametrize("seed", range(25))
def test_hide_leaves_nothing_to_an_attack_by_subtraction(k: int, seed: int) -> None:
    chance = np.random.default_rng([seed, k])
    shape = chance.integers(1, 6, 2)
    counts = chance.negative_binomial(1, 1 / chance.integers(4, 60), size=shape)
    table = with_totals(counts)

    hidden = hide(counts, k=k)

    assert hidden[table < k].all()
    for low, high in attack(table, hidden).values():
        assert high - low >= k - 1e-6


@pytest.mark.parametrize("seed", range(15))
def test_ranges_agree_with_linear_programming(seed: int) -> None:
    chance = np.random.default_rng(seed)
    table = with_totals(chance.integers(0, 12, chance.integers(1, 5, 2)))
    hidden = chance.random(table.shape) < 0.5

    width = ranges(table, hidden, unbounded(table), enough=10_000)

    for cell, (low, high) in attack(table, hidden).items():
        assert width[cell] == min(high - low, 10_000)


def test_hide_hides_a_second_group_where_the_total_would_give_the_first_away() -> None:
    hidden = hide(np.array([[40], [4], [25], [31]]), k=10)

    assert hidden[:, 0].tolist() == [False, True, True, False, False]


def test_hide_hides_zero_too() -> None:
    assert hide(np.array([[0], [40], [25]]), k=10)[:, 0].tolist() == [True, False, True, False]


def test_hide_shows_a_table_without_small_counts() -> None:
    assert not hide(np.array([[10, 11], [12, 13]]), k=10).any()


def test_hide_does_not_rely_on_hiding_what_is_known() -> None:
    known = np.array([[False, False], [False, False], [True, True]])

    hidden = hide(np.array([[3], [4]]), k=10, known=known)

    assert hidden.tolist() == [[True, True], [True, True], [False, False]]


def test_hide_bears_an_empty_table() -> None:
    assert hide(np.zeros((0, 2), dtype=int)).shape == (1, 3)


@pytest.mark.parametrize("k", [4, 0, -1])
def test_hide_refuses_a_threshold_under_five(k: int) -> None:
    with pytest.raises(ThresholdError, match="Type 5 or more"):
        hide(np.array([[3]]), k=k)
