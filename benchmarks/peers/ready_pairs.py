"""Other people's exact solvers on ready pairs: each mentee at most one place, each mentor up to the capacity.

    python ready_pairs.py SOLVER INSTANCE.npz

The instance holds the allowed pairs as compressed rows (starts, partner, fit) and the capacities. Everybody may stay
without a mentor at no gain, and no solver is handed a pair that is not allowed. Seconds count building the solver's own
input and solving, not loading the instance.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np

Solved = tuple[int, int]  # total, matched


class Instance:
    """The pairs of one instance, and what they become once every place is a column of its own."""

    def __init__(self, path: str) -> None:
        """Load the arrays."""
        arrays = np.load(path)
        self.starts, self.partner = arrays["starts"].astype(np.int64), arrays["partner"]
        self.fit, self.capacity = arrays["fit"].astype(np.int64), arrays["capacity"].astype(np.int64)
        self.mentees, self.mentors = len(self.starts) - 1, len(self.capacity)
        self.row = np.repeat(np.arange(self.mentees), np.diff(self.starts))

    def seats(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        """Return row, seat and fit of every pair with every place of its mentor, and how many seats there are."""
        first = np.concatenate([[0], np.cumsum(self.capacity)])
        times = self.capacity[self.partner]
        row, fit = np.repeat(self.row, times), np.repeat(self.fit, times)
        within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        return row, np.repeat(first[self.partner], times) + within, fit, int(first[-1])


def dense(one: Instance) -> np.ndarray:
    """Return a matrix of worth with a column a seat and one a mentee for staying without; forbidden is very bad."""
    row, seat, fit, seats = one.seats()
    worth = np.full((one.mentees, seats + one.mentees), -1e7, dtype=np.float64)
    worth[row, seat] = fit
    worth[np.arange(one.mentees), seats + np.arange(one.mentees)] = 0
    return worth


def scipy_dense(one: Instance) -> Solved:
    """SciPy's linear_sum_assignment, columns repeated."""
    from scipy.optimize import linear_sum_assignment

    worth = dense(one)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    matched = columns < worth.shape[1] - one.mentees
    return int(worth[rows, columns].sum()), int(matched.sum())


def scipy_sparse(one: Instance) -> Solved:
    """SciPy's min_weight_full_bipartite_matching (LAPJVsp), columns repeated, one more column a mentee."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    row, seat, fit, seats = one.seats()
    everybody = np.arange(one.mentees)
    top = int(one.fit.max()) + 1
    # It drops explicit zeros, so every cost is at least one.
    cost = np.concatenate([top - fit, np.full(one.mentees, top)])
    rows, columns = np.concatenate([row, everybody]), np.concatenate([seat, seats + everybody])
    graph = csr_array((cost.astype(np.float64), (rows, columns)), shape=(one.mentees, seats + one.mentees))
    left, right = min_weight_full_bipartite_matching(graph)
    matched = right < seats
    return int((top - graph[left, right])[matched].sum()), int(matched.sum())


def ortools_flow(one: Instance) -> Solved:
    """OR-Tools SimpleMinCostFlow, one node a mentor: the network that openreview-matcher's MinMax builds, too."""
    from ortools.graph.python import min_cost_flow

    flow, n, m = min_cost_flow.SimpleMinCostFlow(), one.mentees, one.mentors
    sink = n + m
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        one.row, n + one.partner.astype(np.int64), np.ones(len(one.row), dtype=np.int64), -one.fit
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        n + np.arange(m), np.full(m, sink), one.capacity, np.zeros(m, dtype=np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(n), np.full(n, sink), np.ones(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    )
    flow.set_nodes_supplies(np.append(np.arange(n), sink), np.append(np.ones(n, dtype=np.int64), -n))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("not solved")
    return -int(flow.optimal_cost()), int(flow.flows(pairs).sum())


def lap_dense(one: Instance) -> Solved:
    """The package lap: lapjv on the dense matrix."""
    import lap

    worth = dense(one)
    _, columns, _ = lap.lapjv(-worth, extend_cost=True)
    matched = columns < worth.shape[1] - one.mentees
    return int(worth[np.arange(one.mentees), columns].sum()), int(matched.sum())


def highs(one: Instance) -> Solved:
    """HiGHS, the linear program by its own choice of method."""
    import highspy
    from scipy.sparse import csc_array

    pairs = len(one.row)
    rows = np.concatenate([one.row, one.mentees + one.partner])
    matrix = csc_array((np.ones(2 * pairs), (rows, np.tile(np.arange(pairs), 2))),
                       shape=(one.mentees + one.mentors, pairs))  # fmt: skip
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = pairs, one.mentees + one.mentors
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = -one.fit.astype(float), np.zeros(pairs), np.ones(pairs)
    lp.row_lower_ = np.full(lp.num_row_, -highspy.kHighsInf)
    lp.row_upper_ = np.concatenate([np.ones(one.mentees), one.capacity.astype(float)])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 -- its own call
    solver.passModel(lp)
    solver.run()
    chosen = np.array(solver.getSolution().col_value) > 0.5  # noqa: PLR2004 -- whole up to rounding
    return int(one.fit[chosen].sum()), int(chosen.sum())


SOLVERS: dict[str, Callable[[Instance], Solved]] = {
    "scipy-dense": scipy_dense,
    "scipy-sparse": scipy_sparse,
    "ortools": ortools_flow,
    "lap": lap_dense,
    "highs": highs,
}


def tiny() -> Instance:
    """Return an instance of two mentees, on which a solver's library is loaded."""
    one = Instance.__new__(Instance)
    one.starts, one.partner = np.array([0, 2, 4]), np.array([0, 1, 0, 1], dtype=np.int32)
    one.fit, one.capacity = np.array([5, 3, 4, 1]), np.array([1, 1])
    one.mentees, one.mentors, one.row = 2, 2, np.array([0, 0, 1, 1])
    return one


def main(solver: str, path: str) -> None:
    """Solve the instance and print total, matched and seconds as JSON."""
    one = Instance(path)
    SOLVERS[solver](tiny())
    began = time.perf_counter()
    total, matched = SOLVERS[solver](one)
    print(json.dumps({"total": total, "matched": matched, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
