"""Models of a program: the linear relaxation, which gives prices, and the whole-number one, which gives plans."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.programming.integer_program import NEVER, SCALE, Decided, Ledger, Rows

FEW = 3_000
"""With so few variables all of them are looked at from the start."""
FIRST = 12
MORE = 6
ROUNDS = 40
ROUNDS_IF_MANY = 8
TOLERANCE = SCALE // 100
NODES = 3_000_000
"""Nodes of the search tree times variables: the solver's effort, counted so that it never depends on the clock."""
MOST_NODES = 20_000
CUT_ROUNDS = 40
CUT_ROUNDS_IF_MANY = 12
"""Plans looked at that break a limit which was not known before, such as a circle of mentors."""
ALMOST = 0.499
"""A value this far from a half is whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """Prices of all limits, weights of the kept steps, values of all variables, and the gain of each variable."""

    prices: list[Longs]
    weights: list[int]
    values: NDArray[np.float64]
    gain: Longs
    most: int


@dataclass(frozen=True, slots=True)
class Soft:
    """What it costs to miss a kept step by one, and to break a limit by one."""

    miss: float
    broken: float


class _VariableModel:
    """A model over some of the variables; the order in which it is built is that of the lottery."""

    def __init__(
        self, ledger: Ledger, method: str, coefficients: Longs, active: Longs, soft: Soft | None, decided: Decided
    ) -> None:
        program, self.ledger = ledger.program, ledger
        self.solver = pywraplp.Solver.CreateSolver(method)
        self.active = active[np.argsort(program.rank[active])]
        is_whole = method != "GLOP"
        is_open = ledger.open[self.active].tolist()
        self.columns = [self.solver.Var(0.0, float(one), is_whole, "") for one in is_open]
        self.where = np.full(program.variables, -1, dtype=np.int64)
        self.where[self.active] = np.arange(len(self.active))
        for variable, is_taken in decided:
            if self.where[variable] >= 0:
                self.columns[self.where[variable]].SetBounds(float(is_taken), float(is_taken))
        objective = self.solver.Objective()
        for column, counts in zip(self.columns, coefficients[self.active].tolist(), strict=True):
            if counts:
                objective.SetCoefficient(column, float(counts))
        objective.SetMaximization()
        self.soft = soft
        self._choices(program.block[self.active])
        self.limits = [self._limits(rows) for rows in ledger.rows]
        self.goals = [self._goal(counted, given) for counted, given in ledger.kept]

    def _choices(self, blocks: Longs) -> None:
        """Take at most one variable of each block."""
        order = np.argsort(blocks, kind="stable")
        begin = np.flatnonzero(np.diff(blocks[order], prepend=-1))
        groups = np.split(order, begin[1:]) if len(order) else []
        for own in sorted((group.tolist() for group in groups), key=lambda group: group[0]):
            if len(own) > 1:
                row = self.solver.Constraint(-self.solver.infinity(), 1.0)
                for at in own:
                    row.SetCoefficient(self.columns[at], 1.0)

    def _limits(self, rows: Rows) -> list[tuple[int, pywraplp.Constraint]]:
        """Add the limits of one kind that could matter; return each with its place in `rows`."""
        at = self.where[rows.variable]
        used = np.flatnonzero(at >= 0)
        used = used[np.lexsort((at[used], rows.row[used]))]
        row, begin = np.unique(rows.row[used], return_index=True)
        pieces = np.split(used, begin[1:])
        heavy = [int(np.maximum(rows.amount[piece], 0).sum()) for piece in pieces]
        order = sorted(range(len(row)), key=lambda one: (int(at[pieces[one][0]]), -len(pieces[one]), int(row[one])))
        made = []
        for one in order:
            if len(pieces[one]) and heavy[one] > rows.limit[row[one]]:
                limit = self.solver.Constraint(-self.solver.infinity(), float(rows.limit[row[one]]))
                for entry in pieces[one].tolist():
                    limit.SetCoefficient(self.columns[at[entry]], float(rows.amount[entry]))
                if self.soft is not None:
                    limit.SetCoefficient(self._slack(self.soft.broken), -1.0)
                made.append((int(row[one]), limit))
        return made

    def _goal(self, counted: Longs, given: int) -> pywraplp.Constraint:
        row = self.solver.Constraint(float(given), self.solver.infinity())
        for column, counts in zip(self.columns, counted[self.active].tolist(), strict=True):
            if counts:
                row.SetCoefficient(column, float(counts))
        if self.soft is not None:
            row.SetCoefficient(self._slack(self.soft.miss), 1.0)
        return row

    def _slack(self, cost: float) -> pywraplp.Variable:
        slack = self.solver.NumVar(0.0, self.solver.infinity(), "")
        self.solver.Objective().SetCoefficient(slack, -cost)
        return slack

    def values(self) -> NDArray[np.float64]:
        values = np.zeros(self.ledger.program.variables)
        values[self.active] = [column.solution_value() for column in self.columns]
        return values


def relax(
    ledger: Ledger, coefficients: Longs, active: Longs, *, soft: Soft | None = None, decided: Decided = ()
) -> Relaxed:
    """Return the prices of the linear relaxation over some variables, judged over all of them."""
    model = _VariableModel(ledger, "GLOP", coefficients, active, soft, decided)
    is_solved = model.solver.Solve() == pywraplp.Solver.OPTIMAL
    prices = [np.zeros(len(rows.at), dtype=np.int64) for rows in ledger.rows]
    weights = [0] * len(ledger.kept)
    if is_solved:
        for price, limits in zip(prices, model.limits, strict=True):
            for at, limit in limits:
                price[at] = max(0, round(limit.dual_value() * SCALE))
        weights = [max(0, round(-row.dual_value() * SCALE)) for row in model.goals]
    gain = ledger.gains(coefficients, SCALE, prices, weights)
    most = ledger.most(gain, prices, weights, decided)
    return Relaxed(prices, weights, model.values() if is_solved else np.zeros(len(coefficients)), gain, most)


def relax_all(
    ledger: Ledger, coefficients: Longs, active: Longs, *, soft: Soft | None = None, below: int | None = None
) -> tuple[Relaxed, Longs]:
    """Return the lowest bound found and the variables looked at, which grow where prices show that some are missing.

    A bound below `below` is low enough.
    """
    best: Relaxed | None = None
    for _ in range(ROUNDS if ledger.program.variables <= FEW else ROUNDS_IF_MANY):
        found = relax(ledger, coefficients, active, soft=soft)
        if best is None or found.most < best.most:
            best = found
        is_cut = ledger.add(ledger.program.separate(found.values))
        missing = missed(ledger, found.gain, active)
        if (not len(missing) and not is_cut) or (below is not None and best.most < below):
            break
        active = np.union1d(active, missing)
    if best is None:
        raise AssertionError("no round was made")
    return padded(ledger, best), active


def padded(ledger: Ledger, found: Relaxed) -> Relaxed:
    """Return prices that name every limit, also those found later, which then cost nothing."""
    more = [np.zeros(len(rows.at), dtype=np.int64) for rows in ledger.rows[len(found.prices) :]]
    return Relaxed([*found.prices, *more], found.weights, found.values, found.gain, found.most)


def missed(ledger: Ledger, gain: Longs, active: Longs) -> Longs:
    """Return a few variables of each block that gain more than all that were looked at."""
    if len(active) == len(gain):
        return active[:0]
    known = np.full(len(gain), NEVER, dtype=np.int64)
    known[active] = gain[active]
    profit = np.maximum(ledger.best(known), 0)
    gain = gain.copy()
    gain[active] = NEVER
    over = np.flatnonzero(gain > profit[ledger.program.block] + TOLERANCE)
    return leaders(ledger, gain, over, MORE)


def leaders(ledger: Ledger, gain: Longs, among: Longs, most: int) -> Longs:
    """Return the up to `most` variables of each block with the highest gain, ties by the lottery: ascending."""
    program = ledger.program
    block = program.block[among]
    # Each block begins at another place of the lottery: otherwise ties send everybody to the same few mentors.
    turn = (program.rank[among] * 7919 + block * 104_729) % max(1, program.variables)
    order = np.lexsort((program.rank[among], turn, -gain[among], block))
    begin = np.flatnonzero(np.diff(block[order], prepend=-1))
    nth = np.arange(len(order)) - np.repeat(begin, np.diff([*begin, len(order)]))
    return np.sort(among[order[nth < most]])


def whole(
    ledger: Ledger, coefficients: Longs, active: Longs, hint: Longs | None, *, is_any: bool = False
) -> tuple[Longs | None, bool]:
    """Return the taken variables of the best plan found among some variables, or None, and if it is surely the best.

    With `is_any` the first plan found is enough.
    """
    is_large = ledger.program.variables > FEW
    nodes = min(MOST_NODES, max(20, NODES // max(1, len(active)) // (8 if is_large else 1)))
    for _ in range(CUT_ROUNDS_IF_MANY if is_large else CUT_ROUNDS):
        model = _VariableModel(ledger, "SCIP", coefficients, active, None, ())
        settings = pywraplp.MPSolverParameters()
        settings.SetDoubleParam(settings.RELATIVE_MIP_GAP, 0.0)
        model.solver.SetSolverSpecificParametersAsString(
            f"limits/nodes = {nodes}\nlimits/solutions = {1 if is_any else -1}"
        )
        if hint is not None:
            model.solver.SetHint(model.columns, np.isin(model.active, hint).astype(float).tolist())
        status = model.solver.Solve(settings)
        if status not in {pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE}:
            return None, status == pywraplp.Solver.INFEASIBLE
        taken = np.flatnonzero(model.values() > 1 / 2)
        values = np.zeros(len(coefficients))
        values[taken] = 1.0
        cuts = ledger.program.separate(values)
        if not cuts:
            keeps = all(int(counted[taken].sum()) >= given for counted, given in ledger.kept)
            return (taken if keeps else None), status == pywraplp.Solver.OPTIMAL
        if not ledger.add(cuts):
            break
    return None, False


def questions(values: NDArray[np.float64], rank: Longs, decided: Decided) -> Iterator[int]:
    """Yield the variable to decide next: the one nearest to a half, ties by the lottery; none if all are whole."""
    known = [variable for variable, _ in decided]
    split = np.abs(values - 1 / 2)
    split[known] = 1
    unsure = np.flatnonzero(split < ALMOST)
    if len(unsure):
        yield int(unsure[np.lexsort((rank[unsure], np.round(split[unsure], 6)))[0]])
