"""A plan kept best through changes: after each of them, and after a thousand, it equals a plan found from nothing."""

import numpy as np
import pytest

from chiron.pairing.scale.changes.live import Live
from chiron.pairing.scale.solvers.auction import auction
from chiron.pairing.scale.solvers.sparse import sparse
from chiron.pairing.whatif.change import ChangeError


class Model:
    """The same people in a dictionary, solved from nothing whenever asked."""

    def __init__(self, live, fits, capacity, count):
        self.live, self.fits, self.capacity = live, dict(fits), list(capacity)
        self.locked, self.gone, self.count = {}, set(), count

    def best(self):
        """Return how many are matched and the total, as the best plan has them."""
        capacity = np.array(self.capacity)
        for j in self.locked.values():
            capacity[j] -= 1
        rows = [
            {
                j: fit
                for (one, j), fit in sorted(self.fits.items())
                if one == i and i not in self.locked and i not in self.gone
            }
            for i in range(self.count)
        ]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        partner = [j for row in rows for j in row]
        pairs = sparse(
            starts,
            np.array(partner, dtype=np.int32),
            np.array([f for row in rows for f in row.values()], dtype=np.int32),
            capacity,
        )
        bids = auction(pairs, outside=np.full(self.count, self.live.stay_out, dtype=np.int64))
        some = bids.taken[bids.taken >= 0]
        held = sum(self.fits[pair] for pair in self.locked.items())
        return len(some) + len(self.locked), int(pairs.fit[some].sum()) + held

    def check(self):
        """Compare what is held with the model, and the sums with a plan found from nothing."""
        pairs = [tuple(pair) for pair in self.live.pairs().tolist()]
        load = np.bincount([j for _, j in pairs], minlength=len(self.capacity))
        assert all(pair in self.fits for pair in pairs)
        assert len({i for i, _ in pairs}) == len(pairs)
        assert (load <= self.capacity).all()
        assert set(self.locked.items()) <= set(pairs)
        assert not {i for i, _ in pairs} & self.gone
        assert (self.live.matched, self.live.total) == (len(pairs), sum(self.fits[pair] for pair in pairs))
        matched, total = self.best()
        assert self.live.total == total
        # Pairs of fit 0 may be made or not where the total alone counts.
        assert self.live.stay_out == 0 or self.live.matched == matched


def begun(rng, n, m, everyone):
    top = int(rng.choice([2, 20, 1000]))
    low = int(rng.choice([0, -top]))
    fits = {(i, j): int(rng.integers(low, top)) for i in range(n) for j in range(m) if rng.random() < 0.5}
    capacity = rng.integers(0, 4, m)
    starts = np.searchsorted([i for i, _ in fits], np.arange(n + 1))
    pairs = sparse(
        starts, np.array([j for _, j in fits], dtype=np.int32), np.array([*fits.values()], dtype=np.int32), capacity
    )
    live = Live(pairs, capacity, everyone=everyone)
    return Model(live, fits, capacity, n)


def change(rng, model):  # noqa: C901 -- one branch for each kind of change
    """Make one random change to the plan and to the model."""
    live, n, m = model.live, model.count, len(model.capacity)
    i, j, fit = int(rng.integers(n)), int(rng.integers(m)), int(rng.integers(-5, 30))
    kind = int(rng.integers(10))
    if live.stay_out and 2 * abs(fit) * (min(n, m) + 4) > -live.stay_out:
        with pytest.raises(ChangeError, match="far larger"):
            live.join([j], [fit])
        fit = 0
    if kind == 0 and i not in model.locked and i not in model.gone:
        live.leave(i)
        model.gone.add(i)
    elif kind in (1, 2):
        mentors = sorted(rng.permutation(m)[: int(rng.integers(0, m + 1))].tolist())
        live.join(mentors, [fit] * len(mentors))
        model.fits |= {(n, other): fit for other in mentors}
        model.count += 1
    elif kind == 3:
        live.change_capacity(j, 1)
        model.capacity[j] += 1
    elif kind == 4 and live.capacity[j] > 0:
        live.change_capacity(j, -1)
        model.capacity[j] -= 1
    elif kind == 5 and (i, j) in model.fits and i not in model.locked and i not in model.gone and live.capacity[j] > 0:
        live.lock(i, j)
        model.locked[i] = j
    elif kind == 6 and i in model.locked:
        live.free(i)
        del model.locked[i]
    elif kind == 7 and model.locked.get(i) != j:
        live.forbid(i, j)
        model.fits.pop((i, j), None)
    elif kind == 8 and model.locked.get(i) != j:
        live.allow(i, j, fit)
        model.fits[i, j] = fit
    elif kind == 9 and rng.random() < 0.3:
        if rng.random() < 0.5 and j not in model.locked.values():
            live.change_capacity(j, -int(live.capacity[j]))
            model.capacity[j] = 0
        else:
            mentees = sorted(rng.permutation(n)[: int(rng.integers(0, n + 1))].tolist())
            live.mentor_joins(mentees, [fit] * len(mentees), 2)
            model.fits |= {(other, m): fit for other in mentees}
            model.capacity.append(2)


@pytest.mark.parametrize("everyone", [False, True])
def test_live_plan_equals_a_plan_found_from_nothing_after_each_change(everyone):
    rng = np.random.default_rng(11)
    for _ in range(60):
        model = begun(rng, int(rng.integers(1, 10)), int(rng.integers(1, 6)), everyone)
        model.check()
        for _ in range(25):
            change(rng, model)
            model.check()


@pytest.mark.parametrize("everyone", [False, True])
def test_live_plan_equals_a_plan_found_from_nothing_after_a_thousand_changes(everyone):
    rng = np.random.default_rng(12)
    model = begun(rng, 150, 60, everyone)
    for _ in range(1000):
        change(rng, model)
    model.check()


def test_live_prices_prove_the_plan():
    rng = np.random.default_rng(13)
    model = begun(rng, 80, 30, everyone=False)
    for _ in range(50):
        i = int(rng.integers(80))
        if i not in model.gone:
            model.live.leave(i)
        model.gone.add(i)

    prices, profits = model.live.prices, model.live.profits()
    assert prices.min() >= 0
    assert all(fit <= profits[i] + prices[j] for (i, j), fit in model.fits.items() if i not in model.gone)
    assert int(profits.sum() + (prices * model.live.capacity).sum()) == model.live.total


def test_undo_takes_a_change_back_as_if_it_had_never_been():
    rng = np.random.default_rng(14)
    for _ in range(30):
        model = begun(rng, int(rng.integers(1, 12)), int(rng.integers(1, 6)), everyone=bool(rng.integers(2)))
        live = model.live
        states = []
        for _ in range(20):
            states.append(
                (
                    live.pairs().tolist(),
                    live.prices.tolist(),
                    live.capacity.tolist(),
                    live.matched,
                    live.total,
                    dict(live.locked),
                )
            )
            done = len(live._journal)
            change(rng, model)
            if len(live._journal) == done:
                states.pop()
        while states:
            live.undo()
            assert states.pop() == (
                live.pairs().tolist(),
                live.prices.tolist(),
                live.capacity.tolist(),
                live.matched,
                live.total,
                dict(live.locked),
            )
        with pytest.raises(ChangeError, match="no change"):
            live.undo()


def test_a_change_says_who_moves():
    pairs = sparse(
        np.array([0, 2, 3]), np.array([0, 1, 0], dtype=np.int32), np.array([9, 4, 7], dtype=np.int32), np.array([1, 1])
    )
    live = Live(pairs, np.array([1, 1]))

    shift = live.leave(1)

    assert shift.moves == ((0, 1, 0), (1, 0, -1))
    assert (shift.matched_before, shift.matched_after, shift.total_before, shift.total_after) == (2, 1, 11, 9)


def test_changes_that_cannot_be_made_are_refused_and_change_nothing():
    pairs = sparse(
        np.array([0, 1, 2]), np.array([0, 0], dtype=np.int32), np.array([5, 3], dtype=np.int32), np.array([1, 1])
    )
    live = Live(pairs, np.array([1, 1]))
    live.lock(0, 0)
    for refused in (
        lambda: live.lock(1, 0), lambda: live.lock(1, 1), lambda: live.leave(0), lambda: live.forbid(0, 0),
        lambda: live.free(1), lambda: live.change_capacity(0, -1),
    ):  # fmt: skip
        with pytest.raises(ChangeError):
            refused()
    assert live.pairs().tolist() == [[0, 0]]
    assert live.total == 5
