"""Plans where a mentee may have several mentors of whom some clash: integer programming, bounded by prices.

Clashes break the network structure, so the plan comes from branch and bound and the prices from the linear
relaxation with a row for each clique of clashing mentors. The bound lets every mentee choose the best bundle without
a clash at those prices (Lagrangian duality; Geoffrion 1974); where it stays above the value, the gap is stated.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from ortools.linear_solver import pywraplp

from chiron.pairing.measures.certificate import StoppedError, no_certificate, sorted_pairs, stopped_answer, value
from chiron.pairing.model.answer import Aim, Answer, Certificate, Step
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, LocksError, Longs, Problem, QuotaError

Observer = Callable[[str, Answer | None], bool]
METHOD = "clashes"
SCALE = 27_720
"""Prices are whole multiples of 1 / SCALE, which every denominator up to 12 divides."""

Rows = list[pywraplp.Constraint]
Limit = tuple[tuple[int, ...], int, int]
"""Some mentors, and at least and at most how many free pairs they may have together."""
Kept = tuple[Longs, int]
"""What a pair counts in an earlier step, and the sum over the free pairs that must be kept."""


def solve(problem: Problem, *, aim: Aim, seed: int, observer: Observer | None, start: Answer | None) -> Answer:
    """Return the best plan under the aim, with a proof or a stated gap for each step.

    Raises:
        LocksError: no plan can hold every locked pair.
        QuotaError: no plan gives every mentor and cap the least number of pairs.
    """
    run = _ClashRun(problem, aim, seed, observer)
    if problem.has_least and not run.maximize(np.zeros(len(run.fit), dtype=np.int64)):
        raise QuotaError("least: no plan gives everybody the least number of pairs")
    if start is not None:
        run.pairs = start.pairs
    try:
        AIMS[aim](run)
    except StoppedError:
        return stopped_answer(problem, run.pairs, steps=run.steps, aim=aim, method=METHOD, seed=seed)
    return Answer(pairs=run.pairs, steps=tuple(run.steps), aim=aim, method=METHOD, seed=seed)


def _total(run: "_ClashRun") -> None:
    if run.problem.needs_everyone:
        _match_most(run)
    run.climb("total", None, run.fit)


def _everyone(run: "_ClashRun") -> None:
    _match_most(run)
    if len(run.taken):
        _raise_lowest(run)
    run.climb("total", None, run.fit)


def _worst_off(run: "_ClashRun") -> None:
    _match_most(run)
    reached: int | None = None
    while left := [int(fit) for fit in run.fit[run.taken] if reached is None or fit > reached]:
        level = min(left)
        while True:
            run.open &= (run.fit >= level) if reached is None else (run.fit <= reached) | (run.fit >= level)
            run.maximize((run.fit > level).astype(np.int64))
            lowest = min(int(fit) for fit in run.fit[run.taken] if reached is None or fit > reached)
            if lowest == level:
                break
            level = lowest
        run.climb("people above", level, (run.fit > level).astype(np.int64))
        reached = level
    reached_total = value(run.problem, run.pairs, "total", None)
    run.steps.append(Step("total", reached_total, reached_total, no_certificate(run.problem)))


AIMS = {"total": _total, "everyone": _everyone, "worst-off": _worst_off}


def _match_most(run: "_ClashRun") -> None:
    for tier in np.unique(run.problem.tier).tolist():
        run.climb("matched", tier, (run.problem.tier[run.row] == tier).astype(np.int64))


def _raise_lowest(run: "_ClashRun") -> None:
    """Raise the lowest fit of the free pairs by bisection over the fits that occur."""
    run.enter("looking for the highest lowest fit")
    levels = np.unique(run.fit)
    low, high = int(np.searchsorted(levels, run.fit[run.taken].min())), len(levels) - 1
    before = run.open.copy()
    while low < high:
        middle = (low + high + 1) // 2
        run.open = before & (run.fit >= levels[middle])
        if run.maximize(np.zeros(len(run.fit), dtype=np.int64)):
            low = int(np.searchsorted(levels, run.fit[run.taken].min()))
        else:
            high = middle - 1
    lowest, bound, certificate = int(levels[low]), int(levels[-1]), no_certificate(run.problem)
    run.open = before & (run.fit > lowest)
    prices, weights = run.relax(np.zeros(len(run.fit), dtype=np.int64), is_forced=False)
    if run.worth_at(np.zeros(len(run.fit), dtype=np.int64), prices, weights) < 0 or not len(run.taken):
        bound, certificate = lowest, run.certificate(prices, weights)
    run.steps.append(Step("lowest fit", lowest, bound, certificate))
    run.open = before & (run.fit >= lowest)
    run.kept.append((np.zeros(len(run.fit), dtype=np.int64), 0))


class _ClashRun:
    """The free pairs in the order of the lottery, the plan so far, and what must be kept of it."""

    def __init__(self, problem: Problem, aim: Aim, seed: int, observer: Observer | None) -> None:
        self.problem, self.aim, self.seed, self.observer = problem, aim, seed, observer
        mentees = len(problem.mentees)
        row = np.repeat(np.arange(mentees), np.diff(problem.starts))
        is_free = np.ones(len(row), dtype=np.bool_)
        is_free[problem.positions(problem.locked)] = False
        rank, mentor_rank = lottery(problem.mentees, seed, "mentee"), lottery(problem.mentors, seed, "mentor")
        order = np.lexsort((mentor_rank[problem.partner], rank[row]))
        order = order[is_free[order]]
        self.row, self.column = row[order], problem.partner[order].astype(np.int64)
        self.fit = problem.fit[order].astype(np.int64)
        self.clash = _clashing(problem)
        self.open = np.ones(len(order), dtype=np.bool_)
        self.wanted = problem.wanted.astype(np.int64)
        self.limits: list[Limit] = [
            ((mentor,), least, most)
            for mentor, (least, most) in enumerate(zip(problem.least.tolist(), problem.capacity.tolist(), strict=True))
        ]
        self.limits += [(cap.mentors, cap.least, cap.limit) for cap in problem.caps]
        for mentee, mentor in problem.locked.tolist():
            self.wanted[mentee] -= 1
            self.limits = [
                (members, max(least - (mentor in members), 0), most - (mentor in members))
                for members, least, most in self.limits
            ]
            self.open &= ~((self.row == mentee) & np.isin(self.column, sorted(self.clash[mentor])))
        if self.wanted.min(initial=0) < 0 or min((most for _, _, most in self.limits), default=0) < 0:
            raise LocksError("locked: the locked pairs exceed a capacity, a cap or what a mentee may have")
        held = {(mentee, mentor) for mentee, mentor in problem.locked.tolist()}
        if any((mentee, other) in held for mentee, mentor in held for other in self.clash[mentor]):
            raise LocksError("locked: two locked mentors of one mentee clash")
        self.cliques = [clique for clique in _cliques(self.clash) if len(clique) > 1]
        self.taken: Longs = np.empty(0, dtype=np.int64)
        self.pairs: Ints = sorted_pairs(problem.locked)
        self.steps: list[Step] = []
        self.kept: list[Kept] = []

    def enter(self, phase: str) -> None:
        """Tell the observer the phase and the best plan so far; raise StoppedError if told to stop."""
        if self.observer is None:
            return
        known = stopped_answer(self.problem, self.pairs, steps=self.steps, aim=self.aim, method=METHOD, seed=self.seed)
        if not self.observer(phase, known if len(self.pairs) else None):
            raise StoppedError

    def climb(self, name: str, level: int | None, worth: Longs) -> None:
        """Solve a step, bound it, and keep its value in all later ones."""
        self.enter(f"looking for the best plan by {name}")
        self.maximize(worth)
        free = int(worth[self.taken].sum())
        reached = value(self.problem, self.pairs, name, level)
        prices, weights = self.relax(worth, is_forced=True)
        bound = self.worth_at(worth * SCALE, prices, weights) // SCALE
        self.steps.append(Step(name, reached, reached + bound - free, self.certificate(prices, weights), level))
        self.kept.append((worth, free))

    def certificate(self, prices: Sequence[int], weights: Sequence[int]) -> Certificate:
        """Return whole prices and weights, in units of 1 / SCALE, as a certificate."""
        mentors = len(self.problem.mentors)
        return Certificate(
            prices=np.array(prices[:mentors], dtype=np.int64),
            cap_prices=np.array(prices[mentors:], dtype=np.int64),
            weights=tuple(weights),
            scale=SCALE,
        )

    def _model(self, kind: str, *, is_soft: bool) -> tuple[pywraplp.Solver, list[pywraplp.Variable], Rows, Rows]:
        """Return a model with a variable for each free pair, its rows of limits and its rows of kept values."""
        model = pywraplp.Solver.CreateSolver(kind)
        is_open = self.open.tolist()
        pairs = [model.Var(0.0, float(is_open[at]), kind != "GLOP", "") for at in range(len(self.row))]
        where = {(int(i), int(j)): at for at, (i, j) in enumerate(zip(self.row, self.column, strict=True))}
        of_mentor: dict[int, list[pywraplp.Variable]] = {}
        for variable, mentor in zip(pairs, self.column.tolist(), strict=True):
            of_mentor.setdefault(mentor, []).append(variable)
        limits = []
        for members, least, most in self.limits:
            row = _at_most(model, most, (one for mentor in members for one in of_mentor.get(mentor, ())))
            _at_least(model, row, least, is_soft=is_soft)
            limits.append(row)
        for mentee, wanted in enumerate(self.wanted.tolist()):
            own = {int(self.column[at]): pairs[at] for at in np.flatnonzero(self.row == mentee)}
            _at_most(model, wanted, own.values())
            for clique in self.cliques if wanted > 1 else ():
                if sum((mentee, mentor) in where for mentor in clique) > 1:
                    _at_most(model, 1, (own[mentor] for mentor in clique if mentor in own))
        kept = []
        for worth, least in self.kept:
            row = model.Constraint(float(least), model.infinity())
            for at in np.flatnonzero(worth):
                row.SetCoefficient(pairs[at], float(worth[at]))
            if is_soft:
                row.SetCoefficient(_shortfall(model), 1.0)
            kept.append(row)
        return model, pairs, limits, kept

    def maximize(self, worth: Longs) -> bool:
        """Find the plan of the highest worth that keeps the earlier values; False if there is none."""
        model, pairs, _, _ = self._model("SCIP", is_soft=False)
        objective = model.Objective()
        for at in np.flatnonzero(worth):
            objective.SetCoefficient(pairs[at], float(worth[at]))
        objective.SetMaximization()
        # As it is set usually, a plan within a ten-thousandth of the best would do.
        settings = pywraplp.MPSolverParameters()
        settings.SetDoubleParam(settings.RELATIVE_MIP_GAP, 0.0)
        if model.Solve(settings) != pywraplp.Solver.OPTIMAL:
            return False
        self.taken = np.flatnonzero([variable.solution_value() > 1 / 2 for variable in pairs])
        free = np.stack([self.row[self.taken], self.column[self.taken]], axis=1)
        self.pairs = sorted_pairs(np.concatenate([free, self.problem.locked]))
        return True

    def relax(self, worth: Longs, *, is_forced: bool) -> tuple[list[int], list[int]]:
        """Return prices of the limits and weights of the earlier steps from the linear relaxation, times SCALE.

        Args:
            worth: what each free pair counts.
            is_forced: False to ask instead by how much the earlier values must be missed.
        """
        model, pairs, limits, kept = self._model("GLOP", is_soft=not is_forced)
        objective = model.Objective()
        for at in np.flatnonzero(worth):
            objective.SetCoefficient(pairs[at], float(worth[at]))
        if not is_forced:
            for variable in model.variables()[len(pairs) :]:
                objective.SetCoefficient(variable, -1.0)
        objective.SetMaximization()
        model.Solve()
        prices = [
            round(row.dual_value() * SCALE) if least else max(0, round(row.dual_value() * SCALE))
            for row, (_, least, _) in zip(limits, self.limits, strict=True)
        ]
        return prices, [max(0, round(-row.dual_value() * SCALE)) for row in kept]

    def worth_at(self, worth: Longs, prices: Sequence[int], weights: Sequence[int]) -> int:
        """Return the most that free pairs can be worth at these prices beyond what the earlier steps are given."""
        gain = worth.copy()
        most = 0
        for (counted, given), weight in zip(self.kept, weights, strict=True):
            gain += weight * counted
            most -= weight * given
        seats = np.zeros(len(self.problem.mentors), dtype=np.int64)
        for (members, fewest, limit), price in zip(self.limits, prices, strict=True):
            seats[list(members)] += price
            most += price * (limit if price > 0 else fewest)
        gain = np.where(self.open, gain - seats[self.column], -1)
        for mentee, wanted in enumerate(self.wanted.tolist()):
            own = np.flatnonzero((self.row == mentee) & (gain > 0))
            own = own[np.argsort(-gain[own], kind="stable")]
            most += self._choose(gain[own].tolist(), self.column[own].tolist(), wanted)
        return most

    def _choose(self, gains: list[int], mentors: list[int], wanted: int) -> int:
        """Return the worth of the best bundle without a clash; gains fall."""

        def choose(at: int, left: int, barred: frozenset[int]) -> int:
            if at == len(gains) or left == 0:
                return 0
            if mentors[at] in barred:
                return choose(at + 1, left, barred)
            clash = self.clash[mentors[at]]
            taking = gains[at] + choose(at + 1, left - 1, barred | clash)
            if clash.isdisjoint(mentors[at + 1 :]):
                return taking
            return max(taking, choose(at + 1, left, barred))

        return choose(0, wanted, frozenset())


def _at_most(model: pywraplp.Solver, limit: int, variables: Iterable[pywraplp.Variable]) -> pywraplp.Constraint:
    row = model.Constraint(-model.infinity(), float(limit))
    for variable in variables:
        row.SetCoefficient(variable, 1.0)
    return row


def _at_least(model: pywraplp.Solver, row: pywraplp.Constraint, least: int, *, is_soft: bool) -> None:
    if least:
        row.SetLb(float(least))
        if is_soft:
            row.SetCoefficient(_shortfall(model), 1.0)


def _shortfall(model: pywraplp.Solver) -> pywraplp.Variable:
    return model.NumVar(0.0, model.infinity(), "")


def _clashing(problem: Problem) -> list[frozenset[int]]:
    """Return, for each mentor, the mentors who clash with that one."""
    table: list[set[int]] = [set() for _ in problem.mentors]
    for one, other in problem.clashes:
        table[one].add(other)
        table[other].add(one)
    return [frozenset(others) for others in table]


def _cliques(clash: Sequence[frozenset[int]]) -> list[tuple[int, ...]]:
    """Return the maximal sets of mentors who all clash with one another (Bron and Kerbosch 1973)."""
    found: list[tuple[int, ...]] = []
    waiting: list[tuple[tuple[int, ...], frozenset[int], frozenset[int]]] = [
        ((), frozenset(at for at, others in enumerate(clash) if others), frozenset())
    ]
    while waiting:
        clique, possible, done = waiting.pop()
        if not possible and not done:
            found.append(tuple(sorted(clique)))
        for mentor in sorted(possible):
            waiting.append(((*clique, mentor), possible & clash[mentor], done & clash[mentor]))
            possible -= {mentor}
            done |= {mentor}
    return sorted(found)
