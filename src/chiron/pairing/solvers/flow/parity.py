"""The highest total with groups near each other: weights of the groups by cutting planes, and plans between theirs.

The weights come from the Lagrangian dual (Kelley 1960): each weighting is one flow, whose plan cuts the dual from
below. Plans within the tolerance come from those flows, from exchanges between two of them, and in a small pool from
integer programming. Where the bound stays above the total, the gap is stated: such plans are no flows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from chiron.pairing.measures.certificate import no_certificate, value
from chiron.pairing.measures.evenness import Groups, excess_of, groups_of, slack, sums
from chiron.pairing.model.answer import Certificate, Step
from chiron.pairing.model.problem import AimError, Longs
from chiron.pairing.solvers.flow.best import Candidates, best
from chiron.pairing.solvers.flow.network import Network
from chiron.pairing.solvers.flow.objective import falling, plain, with_levels
from chiron.pairing.solvers.flow.run import FlowRun

SCALE = 1 << 10
"""Weights of groups are whole multiples of 1 / SCALE."""
ROUNDS = 40
STEEPEST = 4.0
"""The largest weight of a group, beside the 1 of the total."""
BEYOND = (5, 6, 8, 12)
"""Quarters of the weights that are tried where no plan keeps the tolerance."""
MIXED = 8
"""Plans, the highest totals first, from which changes are taken over."""
NOBODY = -1
SMALL = 1500
"""Free pairs up to which integer programming looks for the best plan."""


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """A plan (places in the network) that is best for some weights of the groups, and what it proves."""

    plan: Longs
    total: int
    reached: list[int]
    certificate: Certificate
    most: int


def refuse(run: FlowRun) -> None:
    """Refuse a problem without groups, or one that asks for a least number of pairs.

    Raises:
        AimError: in words.
    """
    groups_of(run.problem)
    if run.problem.has_least:
        raise AimError(
            "Groups of people cannot be evened out together with a least number of mentees. Choose another aim."
        )


def even_out(run: FlowRun, floor: int | None, wanted: Longs) -> None:
    """Find the highest total within the tolerance that keeps what each step counts and the lowest fit.

    Args:
        run: with a plan that reaches both.
        floor: the lowest fit, None for no pairs.
        wanted: what each counting step counts, without the locked pairs.
    """
    run.enter("bringing the groups near each other")
    dual = _Dual(run, floor, wanted)
    plans = dual.search()
    best_plan = min((*plans, run.plan), key=dual.merit)
    for other in sorted(plans, key=lambda plan: dual.merit(plan)[1:])[:MIXED]:
        best_plan = min(best_plan, dual.mixed(best_plan, other), dual.mixed(other, best_plan), key=dual.merit)
    if len(dual.net.partner) <= SMALL:
        best_plan = min((best_plan, *dual.exact()), key=dual.merit)
    run.keep(best_plan)
    excess = excess_of(dual.groups, sums(run.problem, dual.groups, run.pairs))
    run.steps.append(Step("spread", -excess, 0, no_certificate(run.problem)))
    reached = value(run.problem, run.pairs, "total", None)
    bound, certificate = dual.bound(dual.groups.within + excess)
    run.steps.append(Step("total", reached, max(bound, reached), certificate))


class _Dual:
    """The pairs from the lowest fit on, and the plans that are best for weights of the groups."""

    def __init__(self, run: FlowRun, floor: int | None, wanted: Longs) -> None:
        self.run, self.wanted = run, wanted
        self.groups: Groups = groups_of(run.problem)
        self.net: Network = run.net
        self.open = np.ones(len(run.net.fit), dtype=np.bool_) if floor is None else run.net.fit >= floor
        self.row = np.repeat(np.arange(run.net.mentees), np.diff(run.net.starts))
        self.group = self.groups.of[self.row]
        locked = run.problem.fit[run.problem.positions(run.problem.locked)].astype(np.int64)
        self.locked_total = int(locked.sum())
        self.locked_sums = sums(run.problem, self.groups, run.problem.locked)
        self.cuts: list[_Cut] = []

    def sums_of(self, plan: Longs) -> list[int]:
        """Return the sum of the fits of each group in a plan, locked pairs included."""
        group = self.group[plan]
        total = np.array(self.locked_sums, dtype=np.int64)
        np.add.at(total, group[group >= 0], self.net.fit[plan][group >= 0])
        found: list[int] = total.tolist()
        return found

    def merit(self, plan: Longs) -> tuple[int, int, bytes]:
        """Return what a plan is judged by, the smallest best: beyond the tolerance, then minus the total."""
        return excess_of(self.groups, self.sums_of(plan)), -int(self.net.fit[plan].sum(dtype=np.int64)), plan.tobytes()

    def evaluate(self, weights: tuple[int, ...]) -> _Cut:
        """Return the plan that is best for these weights of the groups, with prices that prove it."""
        net = self.net
        factor = np.append(np.array(weights, dtype=np.int64), 0)[self.groups.of] + SCALE
        fit = net.fit.astype(np.int64) * factor[self.row]
        low, high = int(fit[self.open].min(initial=0)), int(fit[self.open].max(initial=0))
        # Closed pairs count less than leaving two mentees out.
        bonus, enough = 2 * (high - low) + 1, (high - low) * (min(net.mentees, net.mentors) + 3)
        while True:
            top = 4 * (bonus * max(1, net.steps) + abs(high) + abs(low)) + 1
            changed = replace(net, fit=np.where(self.open, fit, -top))
            candidates = Candidates(changed)
            candidates.begin()
            objective = with_levels(plain(changed), net, net.by_level(bonus * falling(net)))
            proof = best(candidates, objective, None, lambda _: self.run.tell(None))
            if (net.counts(proof.plan) == self.wanted).all():
                break
            if bonus > enough:
                raise AssertionError("the counts of people were lost")
            bonus *= 4
        marks = tuple((bonus * falling(net)).tolist())
        certificate = replace(self.run.certificate(proof.price, marks), scale=SCALE, groups=weights)
        total = int(net.fit[proof.plan].sum(dtype=np.int64)) + self.locked_total
        reached = self.sums_of(proof.plan)
        most = SCALE * total + sum(weight * have for weight, have in zip(weights, reached, strict=True))
        return _Cut(proof.plan, total, reached, certificate, most)

    def search(self) -> list[Longs]:
        """Weigh the groups until no weights lower the bound; return the plans that were found."""
        weights = (0,) * len(self.groups.size)
        seen: set[tuple[int, ...]] = set()
        while weights not in seen and len(seen) < ROUNDS:
            seen.add(weights)
            self.cuts.append(self.evaluate(weights))
            if not any(weights) and not excess_of(self.groups, self.cuts[-1].reached):
                break
            weights, least = self._master()
            if self.bound(self.groups.within)[0] <= least:
                break
        for more in BEYOND:
            if not all(excess_of(self.groups, cut.reached) for cut in self.cuts):
                break
            # Heavier weights than the bound needs: their plans lie on the other side of the tolerance.
            self.cuts.append(self.evaluate(tuple(weight * more // 4 for weight in weights)))
        return [cut.plan for cut in self.cuts]

    def bound(self, tolerance: int) -> tuple[int, Certificate]:
        """Return the lowest bound on the total that is known, with the certificate that proves it."""
        bounds = [
            (cut.most + slack(self.groups, cut.certificate.groups, tolerance)) // cut.certificate.scale
            for cut in self.cuts
        ]
        at = int(np.argmin(bounds))
        return bounds[at], self.cuts[at].certificate

    def _master(self) -> tuple[tuple[int, ...], float]:
        """Return the weights at which the cuts so far leave the bound lowest, and that bound, as a linear programme."""
        model = pywraplp.Solver.CreateSolver("GLOP")
        sizes = self.groups.size.tolist()
        top = model.NumVar(-model.infinity(), model.infinity(), "")
        weights = [model.NumVar(-STEEPEST, STEEPEST, "") for _ in sizes]
        under = [model.NumVar(0, STEEPEST, "") for _ in sizes]
        for weight, below in zip(weights, under, strict=True):
            model.Add(below + weight >= 0)
        model.Add(sum(weight * size for weight, size in zip(weights, sizes, strict=True)) == 0)
        for cut in self.cuts:
            model.Add(top - sum(weight * have for weight, have in zip(weights, cut.reached, strict=True)) >= cut.total)
        spent = sum(below * (size * self.groups.within) for below, size in zip(under, sizes, strict=True))
        model.Minimize(top + spent)
        model.Solve()
        return tuple(round(weight.solution_value() * SCALE) for weight in weights), model.Objective().Value()

    def mixed(self, one: Longs, other: Longs) -> Longs:
        """Return a plan between two: changes of the other that can be made alone, as long as each is for the better."""
        plan, reached = one, self.sums_of(one)
        excess, total = self._excess(reached), 0
        parts = [(self._gain(part, other), part) for part in self._parts(one, other)]
        for _ in range(2):
            rest = []
            for gain, part in sorted(parts, key=lambda each: (-each[0][0], each[1].tolist())):
                tried = [have + more for have, more in zip(reached, gain[1], strict=True)]
                merit = self._excess(tried), -total - gain[0]
                changed = np.setxor1d(plan, part) if merit < (excess, -total) else None
                if changed is None or not self._may_be(changed):
                    rest.append((gain, part))
                    continue
                plan, reached, excess, total = changed, tried, merit[0], total + gain[0]
            parts = rest
        return plan

    def _excess(self, reached: list[int]) -> tuple[int, float]:
        """Return the whole points beyond the tolerance, and the same in full, so that small steps count, too."""
        excess = excess_of(self.groups, reached)
        means = [have / size for have, size in zip(reached, self.groups.size.tolist(), strict=True)]
        return excess, max(means) - min(means) if excess else 0.0

    def _gain(self, part: Longs, other: Longs) -> tuple[int, list[int]]:
        """Return what the total and the sums of the groups gain if these places change to what the other plan holds."""
        fit = np.where(np.isin(part, other), 1, -1) * self.net.fit[part].astype(np.int64)
        more = np.zeros(len(self.groups.size), dtype=np.int64)
        group = self.group[part]
        np.add.at(more, group[group >= 0], fit[group >= 0])
        return int(fit.sum()), more.tolist()

    def _may_be(self, plan: Longs) -> bool:
        """Return True if a plan keeps the counts and every limit."""
        if not (self.net.counts(plan) == self.wanted).all():
            return False
        return bool((self.net.loads(self.net.partner[plan])[:-1] <= self.net.limit).all())

    def _parts(self, one: Longs, other: Longs) -> list[Longs]:
        """Return the changes from one plan to another that can be made alone, each as the places that change.

        A mentee who changes mentor is a step from the old mentor to the new one. Steps that follow each other make
        ways and rings, and a way begins only where more leave than come, so that no mentor gets one too many.
        """
        lost, won = np.setdiff1d(one, other), np.setdiff1d(other, one)
        moves: dict[int, tuple[list[int], list[int]]] = {}
        for side, places in enumerate((lost, won)):
            for place in places.tolist():
                moves.setdefault(int(self.row[place]), ([], []))[side].append(place)
        leaving: dict[int, list[tuple[int, int]]] = {}
        spare: dict[int, int] = {}
        for gone, come in moves.values():
            for old, new in zip_longest(gone, come, fillvalue=NOBODY):
                begin, end = self._mentor(old), self._mentor(new)
                leaving.setdefault(begin, []).append((old, new))
                spare[begin] = spare.get(begin, 0) + 1
                spare[end] = spare.get(end, 0) - 1
        begins = [mentor for mentor, more in sorted(spare.items()) for _ in range(more)] + sorted(leaving)
        found: list[Longs] = []
        for begin in begins:
            while leaving.get(begin):
                found.extend(self._ways(begin, leaving))
                if spare.get(begin, 0) > 0:
                    break
        return found

    def _mentor(self, place: int) -> int:
        """Return the mentor of a place, NOBODY for none: who has no mentor can change places with one who has."""
        return NOBODY if place == NOBODY else int(self.net.partner[place])

    def _ways(self, begin: int, leaving: dict[int, list[tuple[int, int]]]) -> Iterator[Longs]:
        """Yield the rings and at last the way that steps from a mentor make; the steps are used up."""
        way: list[tuple[int, int]] = []
        seen, here = {begin: 0}, begin
        while leaving.get(here):
            step = leaving[here].pop()
            way.append(step)
            here = self._mentor(step[1])
            if here in seen:
                yield _places(way[seen[here] :])
                del way[seen[here] :]
                seen = {mentor: at for mentor, at in seen.items() if at <= len(way)}
            else:
                seen[here] = len(way)
        if way:
            yield _places(way)

    def _under(self, node: int) -> Longs:
        """Return the mentors under a cap."""
        at = np.arange(self.net.mentors)
        above = self.net.parent[at]
        inside = above == node
        while (above != self.net.root).any():
            above = np.where(above == self.net.root, above, self.net.parent[np.minimum(above, self.net.root - 1)])
            inside |= above == node
        return np.flatnonzero(inside)

    def exact(self) -> list[Longs]:
        """Return the best plan of a small pool by integer programming, the nearest to the tolerance first."""
        model = pywraplp.Solver.CreateSolver("SCIP")
        net = self.net
        pairs = [model.IntVar(0, float(is_open), "") for is_open in self.open.tolist()]
        counted: list[list[Any]] = [[] for _ in self.wanted]
        for mentee, wanted in enumerate(net.wanted.tolist()):
            own = range(int(net.starts[mentee]), int(net.starts[mentee + 1]))
            model.Add(sum(pairs[at] for at in own) <= wanted)
            # The first, second, … free mentor counts in a step of its own.
            places = [model.IntVar(0.0, 1.0, "") for _ in range(min(wanted, len(own)))]
            model.Add(sum(pairs[at] for at in own) == sum(places))
            for earlier, later in pairwise(places):
                model.Add(later <= earlier)
            for nth, place in enumerate(places, start=int(net.had[mentee])):
                counted[int(net.step[mentee, nth])].append(place)
        columns = net.partner.tolist()
        for node, limit in enumerate(net.limit.tolist()):
            members = {node} if node < net.mentors else set(self._under(node).tolist())
            model.Add(sum(pairs[at] for at, mentor in enumerate(columns) if mentor in members) <= limit)
        for places, count in zip(counted, self.wanted.tolist(), strict=True):
            model.Add(sum(places) == count)
        level = model.NumVar(-model.infinity(), model.infinity(), "")
        excess = model.IntVar(0, model.infinity(), "")
        fits = net.fit.tolist()
        for group, size in enumerate(self.groups.size.tolist()):
            reached = sum(pairs[at] * fits[at] for at in np.flatnonzero(self.group == group).tolist())
            reached += self.locked_sums[group]
            model.Add(reached - level * size >= 0)
            model.Add(reached - level * size - excess * size <= self.groups.within * size)
        swing = 1 + 2 * sum(abs(fit) for fit in fits)
        model.Maximize(sum(pair * fit for pair, fit in zip(pairs, fits, strict=True)) - excess * swing)
        if model.Solve() != pywraplp.Solver.OPTIMAL:
            return []
        return [np.flatnonzero([pair.solution_value() > 1 / 2 for pair in pairs])]


def _places(steps: list[tuple[int, int]]) -> Longs:
    """Return the places in these steps."""
    return np.array(sorted(place for step in steps for place in step if place != NOBODY), dtype=np.int64)
