"""A table that lists pairs as a scan does, and a scoring of the same table for the judge."""

from typing import NamedTuple

import numpy as np

from chiron.pairing.rules.scoring import Pool

NEVER = -(1 << 62)


class Listed(NamedTuple):
    """What a scan lists."""

    rows: np.ndarray
    starts: np.ndarray
    partner: np.ndarray
    fit: np.ndarray
    cutoff: np.ndarray


class Table:
    """All pairs of two small pools in one table."""

    def __init__(self, fit, allowed):
        self.table, self.may = np.asarray(fit, dtype=np.int32), np.asarray(allowed, dtype=bool)
        self.mentees, self.mentors = self.table.shape

    def best(self, rows=None, *, prices=None, keep=40):
        rows = np.arange(self.mentees) if rows is None else rows
        prices = np.zeros(self.mentors, dtype=np.int64) if prices is None else prices
        partner, fit, starts, cutoff = [], [], [0], []
        for i in rows:
            gain = self.table[i] - prices
            order = sorted(np.flatnonzero(self.may[i]).tolist(), key=lambda j: (-gain[j], j))
            own = sorted(order[:keep])
            partner += own
            fit += self.table[i][own].tolist()
            starts.append(len(partner))
            cutoff.append(int(gain[order[keep]]) if len(order) > keep else NEVER)
        return Listed(
            np.asarray(rows, dtype=np.int32), np.array(starts, dtype=np.int64), np.array(partner, dtype=np.int32),
            np.array(fit, dtype=np.int32), np.array(cutoff, dtype=np.int64),
        )  # fmt: skip


class TableScoring:
    """The same table as rules would score it."""

    def __init__(self, table):
        self.table = table
        self.mentees = Pool(tuple(f"mentee {i}" for i in range(table.mentees)), {})
        self.mentors = Pool(tuple(f"mentor {j}" for j in range(table.mentors)), {})

    def block(self, first, last):
        return self.table.may[first:last].copy(), self.table.table[first:last].copy()

    def allowed(self, pairs):
        return self.table.may[pairs[:, 0], pairs[:, 1]]

    def parts(self, pairs):
        return self.table.table[pairs[:, 0], pairs[:, 1]][:, None]


def random_table(rng, mentees, mentors):
    top = int(rng.choice([1, 3, 10, 1000]))
    low = int(rng.choice([0, 0, -top]))
    fit = rng.integers(low, top + 1, (mentees, mentors))
    return Table(fit, rng.random((mentees, mentors)) < rng.choice([0.3, 0.7, 1.0]))
