"""The cut of a row lets every one of its highest values through, and few others."""

import numpy as np

from chiron.pairing.measures.top_k import SPARE, WIDEST, at_least, cuts


def rows_of(value: np.ndarray, degree: np.ndarray) -> list[np.ndarray]:
    return np.split(value, np.cumsum(degree)[:-1])


def test_the_most_th_highest_value_of_each_row_reaches_the_cut() -> None:
    source = np.random.default_rng(3)
    for _ in range(300):
        rows, most = int(source.integers(1, 6)), int(source.integers(1, 9))
        degree = source.integers(0, source.choice([3, 40, 900]), size=rows)
        value = source.integers(-5, int(source.choice([3, 10_000])), size=int(degree.sum())).astype(np.int32)
        cut = cuts(value, degree, most)
        for row, least in zip(rows_of(value, degree), cut, strict=True):
            wanted = min(most, len(row))
            assert wanted == 0 or np.sort(row)[-wanted] >= least
            assert (row >= least).sum() >= wanted


def test_a_long_row_of_different_values_lets_few_more_through_than_are_wanted() -> None:
    value = np.random.default_rng(5).permutation(50_000).astype(np.int64)
    degree = np.full(10, 5_000)
    cut = cuts(value, degree, 24)
    assert all((row >= least).sum() < 48 for row, least in zip(rows_of(value, degree), cut, strict=True))


def test_rows_of_other_lengths_are_not_mixed_up() -> None:
    degree = np.array([5 * SPARE * WIDEST, 0, 3, 2 * SPARE * WIDEST])
    value = np.concatenate([np.full(length, 1_000 * at) for at, length in enumerate(degree)]).astype(np.int32)
    cut = cuts(value, degree, 2)
    lowest = np.iinfo(np.int32).min
    assert cut.tolist() == [0, lowest, lowest, 3_000] or cut.tolist() == [0, lowest, 2_000, 3_000]


def test_places_and_rows_of_what_reaches_the_least() -> None:
    value, degree = np.array([5, 1, 7, 7, 2], dtype=np.int32), np.array([2, 0, 3])
    place, row = at_least(value, degree, np.array([5, 0, 7], dtype=np.int32))
    assert place.tolist() == [0, 2, 3]
    assert row.tolist() == [0, 2, 2]
