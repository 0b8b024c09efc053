"""Plans where a mentee may have several mentors of whom some clash: integer programming, bounded by prices.

Clashes break the network structure, so the plan comes from branch and bound and the prices from the linear
relaxation with a row for each clique of clashing mentors. The bound lets every mentee choose the best bundle without
a clash at those prices (Lagrangian duality; Geoffrion 1974); where it stays above the value, the gap is stated.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from chiron.pairing.measures.certificate import (
    StoppedError,
    loose_step,
    no_certificate,
    sorted_pairs,
    stopped_answer,
    value,
)
from chiron.pairing.model.answer import Aim, Answer, Certificate, Step
from chiron.pairing.model.counts import counting_steps, step_of_each
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, LocksError, Longs, Problem, QuotaError

Observer = Callable[[str, Answer | None], bool]
METHOD = "clashes"
SHORTFALL = "shortfall"
"""The name of variables that say by how much something is missed."""
SCALE = 27_720
"""Prices are whole multiples of 1 / SCALE, which every denominator up to 12 divides."""

Rows = list[pywraplp.Constraint]
Limit = tuple[tuple[int, ...], int, int]
"""Some mentors, and at least and at most how many free pairs they may have together."""
Counted = tuple[Longs, Longs]
"""What a step counts: each free pair, int64 (p,); and the first, second, … mentor of each mentee, int64 (n, W)."""
Kept = tuple[Counted, int]
"""What an earlier step counts, and the sum that must be kept, without the locked pairs."""


def solve(problem: Problem, *, aim: Aim, seed: int, observer: Observer | None, start: Answer | None) -> Answer:
    """Return the best plan under the aim, with a proof or a stated gap for each step.

    Raises:
        LocksError: no plan can hold every locked pair.
        QuotaError: no plan gives every mentor and cap the least number of pairs.
    """
    run = _ClashRun(problem, aim, seed, observer)
    if problem.has_least and not run.maximize(run.nothing()):
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
    run.climb("total", None, run.by_pair(run.fit))
    if not run.problem.needs_everyone:
        _match_most(run)


def _everyone(run: "_ClashRun") -> None:
    _match_most(run)
    if len(run.taken):
        _raise_lowest(run)
    run.climb("total", None, run.by_pair(run.fit))


def _worst_off(run: "_ClashRun") -> None:
    _match_most(run)
    reached: int | None = None
    while left := [int(fit) for fit in run.fit[run.taken] if reached is None or fit > reached]:
        level = min(left)
        while True:
            run.open &= (run.fit >= level) if reached is None else (run.fit <= reached) | (run.fit >= level)
            run.maximize(run.by_pair(run.fit > level))
            lowest = min(int(fit) for fit in run.fit[run.taken] if reached is None or fit > reached)
            if lowest == level:
                break
            level = lowest
        run.climb("people above", level, run.by_pair(run.fit > level))
        reached = level
    # Proved counts above every fit that occurs fix the sorted list of fits, hence their sum; otherwise nothing does.
    total = loose_step(run.problem, run.pairs, "total", None)
    is_fixed = all(step.proved_best for step in run.steps)
    run.steps.append(replace(total, bound=total.value) if is_fixed else total)


AIMS = {"total": _total, "everyone": _everyone, "worst-off": _worst_off}


def _match_most(run: "_ClashRun") -> None:
    for at, (name, tier) in enumerate(counting_steps(run.problem)):
        run.climb(name, tier, (run.nothing()[0], (run.step == at).astype(np.int64)))


def _raise_lowest(run: "_ClashRun") -> None:
    """Raise the lowest fit of the free pairs by bisection over the fits that occur."""
    run.enter("looking for the highest lowest fit")
    levels = np.unique(run.fit)
    low, high = int(np.searchsorted(levels, run.fit[run.taken].min())), len(levels) - 1
    before = run.open.copy()
    while low < high:
        middle = (low + high + 1) // 2
        run.open = before & (run.fit >= levels[middle])
        if run.maximize(run.nothing()):
            low = int(np.searchsorted(levels, run.fit[run.taken].min()))
        else:
            high = middle - 1
    lowest, bound, certificate = int(levels[low]), int(levels[-1]), no_certificate(run.problem)
    run.open = before & (run.fit > lowest)
    prices, weights = run.relax(run.nothing(), is_forced=False)
    if run.most_at(run.nothing(), prices, weights, scale=0) < 0 or not len(run.taken):
        bound, certificate = lowest, run.certificate(prices, weights)
    run.steps.append(Step("lowest fit", lowest, bound, certificate))
    run.open = before & (run.fit >= lowest)
    run.kept.append((run.nothing(), 0))


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
        self.step = step_of_each(problem)
        self.had = np.bincount(problem.locked[:, 0], minlength=mentees)
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

    def nothing(self) -> Counted:
        """Return what a step counts that counts nothing."""
        return np.zeros(len(self.fit), dtype=np.int64), np.zeros(self.step.shape, dtype=np.int64)

    def by_pair(self, counts: NDArray[np.bool_] | Longs) -> Counted:
        """Return what a step counts that counts pairs."""
        return counts.astype(np.int64), self.nothing()[1]

    def reached(self, counted: Counted) -> int:
        """Return what the plan reaches, without the locked pairs."""
        pairs, people = counted
        held = self.had + np.bincount(self.row[self.taken], minlength=len(self.had))
        nth = np.arange(people.shape[1])
        own = (nth >= self.had[:, None]) & (nth < held[:, None])
        return int(pairs[self.taken].sum()) + int(people[own].sum())

    def climb(self, name: str, level: int | None, counted: Counted) -> None:
        """Solve a step, bound it, and keep its value in all later ones."""
        self.enter(f"looking for the best plan by {name}")
        self.maximize(counted)
        free = self.reached(counted)
        reached = value(self.problem, self.pairs, name, level)
        prices, weights = self.relax(counted, is_forced=True)
        bound = self.most_at(counted, prices, weights, scale=SCALE) // SCALE
        self.steps.append(Step(name, reached, reached + bound - free, self.certificate(prices, weights), level))
        self.kept.append((counted, free))

    def certificate(self, prices: Sequence[int], weights: Sequence[int]) -> Certificate:
        """Return whole prices and weights, in units of 1 / SCALE, as a certificate."""
        mentors = len(self.problem.mentors)
        return Certificate(
            prices=np.array(prices[:mentors], dtype=np.int64),
            cap_prices=np.array(prices[mentors:], dtype=np.int64),
            weights=tuple(weights),
            scale=SCALE,
        )

    def _model(self, kind: str, *, is_soft: bool) -> "_ClashModel":
        """Return a model with its variables, its rows of limits and its rows of kept values."""
        model = pywraplp.Solver.CreateSolver(kind)
        is_open = self.open.tolist()
        pairs = [model.Var(0.0, float(is_open[at]), kind != "GLOP", "") for at in range(len(self.row))]
        where = {(int(i), int(j)): at for at, (i, j) in enumerate(zip(self.row, self.column, strict=True))}
        of_mentor: dict[int, list[pywraplp.Variable]] = {}
        for variable, mentor in zip(pairs, self.column.tolist(), strict=True):
            of_mentor.setdefault(mentor, []).append(variable)
        limits, places = [], []
        for members, least, most in self.limits:
            row = _at_most(model, most, (one for mentor in members for one in of_mentor.get(mentor, ())))
            _at_least(model, row, least, is_soft=is_soft)
            limits.append(row)
        for mentee, wanted in enumerate(self.wanted.tolist()):
            own = {int(self.column[at]): pairs[at] for at in np.flatnonzero(self.row == mentee)}
            _at_most(model, wanted, own.values())
            places.append(self._places_of(model, mentee, list(own.values()), is_whole=kind != "GLOP"))
            for clique in self.cliques if wanted > 1 else ():
                if sum((mentee, mentor) in where for mentor in clique) > 1:
                    _at_most(model, 1, (own[mentor] for mentor in clique if mentor in own))
        found = _ClashModel(model, pairs, places, limits, [])
        for counted, least in self.kept:
            row = model.Constraint(float(least), model.infinity())
            for variable, weight in found.counted(counted):
                row.SetCoefficient(variable, weight)
            if is_soft:
                row.SetCoefficient(_shortfall(model), 1.0)
            found.kept.append(row)
        return found

    def _places_of(
        self, model: pywraplp.Solver, mentee: int, pairs: list[pywraplp.Variable], *, is_whole: bool
    ) -> dict[int, pywraplp.Variable]:
        """Return a variable for each free mentor that a mentee can have, by its number after the locked ones."""
        first, most = int(self.had[mentee]), min(int(self.wanted[mentee]), len(pairs))
        places = {nth: model.Var(0.0, 1.0, is_whole, "") for nth in range(first, first + most)}
        row = model.Constraint(0.0, 0.0)
        for variable in pairs:
            row.SetCoefficient(variable, 1.0)
        for variable in places.values():
            row.SetCoefficient(variable, -1.0)
        for earlier, later in pairwise(places.values()):
            order = model.Constraint(0.0, model.infinity())
            order.SetCoefficient(earlier, 1.0)
            order.SetCoefficient(later, -1.0)
        return places

    def maximize(self, counted: Counted) -> bool:
        """Find the plan that counts most and keeps the earlier values; False if there is none."""
        found = self._model("SCIP", is_soft=False)
        model, pairs, objective = found.model, found.pairs, found.model.Objective()
        for variable, weight in found.counted(counted):
            objective.SetCoefficient(variable, weight)
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

    def relax(self, counted: Counted, *, is_forced: bool) -> tuple[list[int], list[int]]:
        """Return prices of the limits and weights of the earlier steps from the linear relaxation, times SCALE.

        Args:
            counted: what the step counts.
            is_forced: False to ask instead by how much the earlier values must be missed.
        """
        found = self._model("GLOP", is_soft=not is_forced)
        model, limits, kept = found.model, found.limits, found.kept
        objective = model.Objective()
        for variable, weight in found.counted(counted):
            objective.SetCoefficient(variable, weight)
        if not is_forced:
            for variable in model.variables():
                if variable.name() == SHORTFALL:
                    objective.SetCoefficient(variable, -1.0)
        objective.SetMaximization()
        model.Solve()
        prices = [
            round(row.dual_value() * SCALE) if least else max(0, round(row.dual_value() * SCALE))
            for row, (_, least, _) in zip(limits, self.limits, strict=True)
        ]
        return prices, [max(0, round(-row.dual_value() * SCALE)) for row in kept]

    def most_at(self, counted: Counted, prices: Sequence[int], weights: Sequence[int], *, scale: int) -> int:
        """Return the most that a plan can count at these prices, beyond what the earlier steps are given."""
        gain, people = (one * scale for one in counted)
        most = 0
        for ((pairs, mentors), given), weight in zip(self.kept, weights, strict=True):
            gain = gain + weight * pairs
            people = people + weight * mentors
            most -= weight * given
        seats = np.zeros(len(self.problem.mentors), dtype=np.int64)
        for (members, fewest, limit), price in zip(self.limits, prices, strict=True):
            seats[list(members)] += price
            most += price * (limit if price > 0 else fewest)
        gain = gain - seats[self.column]
        for mentee, wanted in enumerate(self.wanted.tolist()):
            first = int(self.had[mentee])
            places = people[mentee, first : first + wanted].tolist()
            own = np.flatnonzero((self.row == mentee) & self.open)
            own = own[np.argsort(-gain[own], kind="stable")]
            most += self._choose(gain[own].tolist(), self.column[own].tolist(), places)
        return most

    def _choose(self, gains: list[int], mentors: list[int], places: list[int]) -> int:
        """Return what the best bundle without a clash counts; gains fall, and each further mentor counts a place."""

        def choose(at: int, held: int, barred: frozenset[int]) -> int:
            if at == len(gains) or held == len(places):
                return 0
            rest = accumulate(map(sum, zip(gains[at:], places[held:], strict=False)), initial=0)
            if max(rest) == 0:
                return 0
            if mentors[at] in barred:
                return choose(at + 1, held, barred)
            taking = gains[at] + places[held] + choose(at + 1, held + 1, barred | self.clash[mentors[at]])
            return max(0, taking, choose(at + 1, held, barred))

        return choose(0, 0, frozenset())


@dataclass(frozen=True, slots=True, eq=False)
class _ClashModel:
    """A model: a variable for each free pair, and for the first, second, … mentor of each mentee, by its number."""

    model: pywraplp.Solver
    pairs: list[pywraplp.Variable]
    places: list[dict[int, pywraplp.Variable]]
    limits: Rows
    kept: Rows

    def counted(self, counted: Counted) -> Iterator[tuple[pywraplp.Variable, float]]:
        """Yield each variable that a step counts, and how much."""
        pairs, people = counted
        yield from ((self.pairs[at], float(pairs[at])) for at in np.flatnonzero(pairs))
        for mentee, nth in np.argwhere(people).tolist():
            if nth in self.places[mentee]:
                yield self.places[mentee][nth], float(people[mentee, nth])


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
    return model.NumVar(0.0, model.infinity(), SHORTFALL)


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
