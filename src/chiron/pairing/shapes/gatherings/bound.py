"""A bound on groups of any number: inside a group everybody meets everybody, and meetings are a flow."""

import numpy as np

from chiron.pairing.model.problem import TOP_FIT, Longs, Problem
from chiron.pairing.shapes.gatherings.gathering import Gathering
from chiron.pairing.shapes.model.odd_sets import Shares
from chiron.pairing.solve import solve


def shares(gathering: Gathering) -> Shares:
    """Return the prices that bound the value of all groups."""
    kinds = range(len(gathering.least))
    found = []
    for first in kinds:
        for second in range(first, len(kinds)):
            rows = np.flatnonzero(gathering.kind == first)
            columns = np.flatnonzero(gathering.kind == second)
            found.append((first, second, _prices(gathering, rows, columns, first, second)))
    return Shares(tuple(found))


def companions(gathering: Gathering, kind: int, other: int) -> int:
    """Return how many companions of another kind somebody has at most."""
    return gathering.most[other] - (kind == other)


def _prices(gathering: Gathering, rows: Longs, columns: Longs, first: int, second: int) -> Longs:
    """Return twice the prices of both sides: int64 (n,)."""
    price = np.zeros(len(gathering.kind), dtype=np.int64)
    wanted, capacity = companions(gathering, first, second), companions(gathering, second, first)
    fit = gathering.fit[np.ix_(rows, columns)]
    useful = gathering.allowed[np.ix_(rows, columns)] & (fit > 0)
    if not useful.any() or not wanted or not capacity or int(fit.max()) > TOP_FIT:
        return price
    problem = Problem(
        mentees=tuple(map(str, rows.tolist())),
        mentors=tuple(map(str, columns.tolist())),
        starts=np.concatenate([[0], np.cumsum(useful.sum(axis=1))]),
        partner=np.nonzero(useful)[1].astype(np.int32),
        fit=fit[useful].astype(np.int32),
        capacity=np.full(len(columns), capacity, dtype=np.int32),
        wanted=np.full(len(rows), wanted, dtype=np.int32),
        tier=np.zeros(len(rows), dtype=np.int32),
    )
    right = solve(problem, aim="total").step("total").certificate.prices
    left = _left_prices(np.where(useful, fit - right, 0), wanted)
    price[rows] += left
    price[columns] += right
    # Across two kinds nobody stands on both sides, so prices are doubled to have the same scale.
    return price if first == second else 2 * price


def _left_prices(gain: Longs, wanted: int) -> Longs:
    """Return the last gain that somebody still takes, none below zero."""
    if gain.shape[1] < wanted:
        return np.zeros(len(gain), dtype=np.int64)
    return np.asarray(np.maximum(np.partition(gain, -wanted, axis=1)[:, -wanted], 0))
