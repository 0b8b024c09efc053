"""Whether some plan fills every least number of pairs."""

import numpy as np

from chiron.pairing.model.problem import LocksError, Problem, QuotaError
from chiron.pairing.solvers.flow.best import flow
from chiron.pairing.solvers.flow.network import network


def fills_least(problem: Problem) -> bool:
    """Return True if some plan holds the locked pairs and gives every mentor and cap the least number of pairs."""
    try:
        net = network(problem, 0)
    except (LocksError, QuotaError):
        return False
    row = np.repeat(np.arange(net.mentees), np.diff(net.starts))
    column = net.partner.astype(np.int64)
    taken = flow(net, row, column, np.zeros(len(row), dtype=np.int64), penalty=1)
    return not net.shortage(np.flatnonzero(taken)).any()
