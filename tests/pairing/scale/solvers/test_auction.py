"""The auction against SciPy on thousands of small tables and on medium ones, and its prices against arithmetic."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from chiron.pairing.model.problem import ProblemError
from chiron.pairing.scale.solvers.auction import NEVER, auction
from chiron.pairing.scale.solvers.sparse import reordered, sparse


def listed(fit, allowed, capacity):
    """Return a table as compressed pairs."""
    starts = np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]).astype(np.int64)
    return sparse(starts, np.nonzero(allowed)[1].astype(np.int32), fit[allowed].astype(np.int32), capacity)


def best_total(fit, allowed, capacity, outside):
    """Return the highest total by repeating the columns, with a column for staying out for each mentee."""
    n, far = len(fit), 10**7
    seats = np.repeat(np.arange(len(capacity)), capacity)
    table = np.full((n, len(seats) + n), -float(far))
    table[:, : len(seats)] = np.where(allowed, fit, -far)[:, seats]
    table[np.arange(n), len(seats) + np.arange(n)] = outside
    row, column = linear_sum_assignment(table, maximize=True)
    return int(table[row, column].sum())


def judged(pairs, capacity, bids, outside):
    """Check the plan and the prices by arithmetic alone; return the total that they prove best."""
    some = bids.taken >= 0
    row = np.repeat(np.arange(pairs.mentees), np.diff(pairs.starts))
    assert (row[bids.taken[some]] == np.flatnonzero(some)).all()
    load = np.bincount(pairs.partner[bids.taken[some]], minlength=pairs.mentors)
    assert (load <= capacity).all()
    assert bids.price.min(initial=0) >= 0
    assert (bids.price[load < capacity] == 0).all()
    assert (bids.profit >= outside).all()
    assert (pairs.fit - bids.price[pairs.partner] <= bids.profit[row]).all()
    total = int(pairs.fit[bids.taken[some]].sum()) + int(outside[~some].sum())
    assert total == int(bids.profit.sum()) + int((bids.price * capacity).sum())
    return total


def test_auction_finds_and_proves_the_highest_total_of_small_tables():
    rng = np.random.default_rng(1)
    for _ in range(2500):
        n, m = int(rng.integers(0, 9)), int(rng.integers(1, 7))
        top = int(rng.choice([1, 3, 10, 1000]))
        fit = rng.integers(int(rng.choice([0, -top])), top + 1, (n, m)) * int(rng.choice([1, 3]))
        allowed = rng.random((n, m)) < rng.choice([0.0, 0.3, 0.7, 1.0])
        capacity = rng.integers(0, 4, m)
        outside = np.zeros(n, dtype=np.int64) if rng.random() < 0.5 else -rng.integers(0, 3 * top, n)
        pairs = listed(fit, allowed, capacity)
        guess = rng.integers(0, top + 1, m) if rng.random() < 0.3 else None

        bids = auction(pairs, outside=outside, prices=guess, near=None if guess is None else int(rng.integers(1, 9)))

        assert judged(pairs, capacity, bids, outside) == best_total(fit, allowed, capacity, outside)


@pytest.mark.parametrize("steps", [2, 5, 10_000])
@pytest.mark.parametrize("places", [1, 2, 3])
def test_auction_finds_and_proves_the_highest_total_of_medium_tables(steps, places):
    rng = np.random.default_rng(steps + places)
    fit, allowed = rng.integers(0, steps, (400, 200)) * 3 + 1, rng.random((400, 200)) < 0.1
    capacity, outside = np.full(200, places), np.zeros(400, dtype=np.int64)
    pairs = listed(fit, allowed, capacity)

    assert judged(pairs, capacity, auction(pairs), outside) == best_total(fit, allowed, capacity, outside)


def test_auction_keeps_those_who_must_be_matched_and_fills_those_who_must_be_full():
    fit, allowed = np.array([[5, 1], [9, 8], [2, 0]]), np.ones((3, 2), dtype=bool)
    pairs = listed(fit, allowed, np.array([1, 1]))

    free = auction(pairs)
    forced = auction(pairs, outside=np.array([0, 0, NEVER]))
    full = auction(listed(-fit, allowed, np.array([1, 1])), least=np.array([NEVER, 0]))

    assert free.taken.tolist() == [0, 3, -1]
    assert forced.taken.tolist() == [-1, 3, 4]
    assert full.taken.tolist() == [-1, -1, 4]
    assert full.price[0] < 0


def test_auction_gives_the_same_bytes_again():
    rng = np.random.default_rng(8)
    pairs = listed(rng.integers(0, 3, (200, 90)), rng.random((200, 90)) < 0.3, np.full(90, 2))

    one, again = auction(pairs), auction(pairs)

    assert [array.tobytes() for array in (one.taken, one.price)] == [
        array.tobytes() for array in (again.taken, again.price)
    ]


def test_auction_refuses_numbers_that_cannot_be_exact():
    pairs = listed(np.array([[1]]), np.ones((1, 1), dtype=bool), np.array([1]))

    with pytest.raises(ProblemError, match="too large"):
        auction(pairs, outside=np.array([-(1 << 59)]))


def test_broken_prices_are_seen():
    rng = np.random.default_rng(2)
    pairs = listed(rng.integers(1, 50, (40, 12)), rng.random((40, 12)) < 0.6, np.full(12, 2))
    bids, outside = auction(pairs), np.zeros(40, dtype=np.int64)
    bids.price[int(bids.price.argmax())] -= 1

    with pytest.raises(AssertionError):
        judged(pairs, np.full(12, 2), bids, outside)


def test_reordered_renumbers_people_and_keeps_the_pairs():
    rng = np.random.default_rng(3)
    fit, allowed = rng.integers(0, 99, (20, 11)), rng.random((20, 11)) < 0.5
    pairs = listed(fit, allowed, np.ones(11, dtype=int))
    keep = rng.random(len(pairs.partner)) < 0.7
    rows, columns = rng.permutation(20), rng.permutation(11)

    starts, partner, points, origin = reordered(pairs.starts, pairs.partner, pairs.fit, keep, rows, columns)

    row = np.repeat(np.arange(20), np.diff(pairs.starts))
    renamed = {(int(rows[row[at]]), int(columns[pairs.partner[at]]), int(pairs.fit[at])) for at in np.flatnonzero(keep)}
    found = np.repeat(np.arange(20), np.diff(starts))
    assert set(zip(found.tolist(), partner.tolist(), points.tolist(), strict=True)) == renamed
    assert sorted(origin.tolist()) == np.flatnonzero(keep).tolist()
    assert all((np.diff(partner[starts[i] : starts[i + 1]]) > 0).all() for i in range(20))
