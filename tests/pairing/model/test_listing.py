"""The lists of allowed pairs hold every allowed pair once, in order, with its worth."""

import numpy as np
import pytest

from chiron.pairing.model import listing
from chiron.pairing.model.listing import list_pairs


class Table:
    """Scores that stand in a table."""

    def __init__(self, allowed: np.ndarray, fit: np.ndarray) -> None:
        self.allowed, self.fit = allowed, fit

    def allowed_block(self, first: int, last: int) -> np.ndarray:
        return self.allowed[first:last].copy()

    def fit_block(self, first: int, last: int) -> np.ndarray:
        return self.fit[first:last]


@pytest.mark.parametrize("chunk", [1, 7, 1 << 17])
def test_pairs_are_listed_whatever_the_blocks(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(listing, "CHUNK", chunk)
    source = np.random.default_rng(7)
    for _ in range(60):
        mentees, mentors = int(source.integers(0, 7)), int(source.integers(0, 6))
        allowed = source.random((mentees, mentors)) < source.choice([0.0, 0.5, 1.0])
        fit = source.integers(-9, 9, size=(mentees, mentors)).astype(np.int32)
        apart = np.argwhere(source.random((mentees, mentors)) < 0.2).astype(np.int64)
        starts, partner, worth = list_pairs(Table(allowed, fit), mentees, mentors, apart)
        expected = allowed.copy()
        expected[apart[:, 0], apart[:, 1]] = False
        row, column = np.nonzero(expected)
        assert starts.tolist() == [0, *np.cumsum(expected.sum(axis=1)).tolist()]
        assert partner.tolist() == column.tolist()
        assert worth.tolist() == fit[row, column].tolist()
