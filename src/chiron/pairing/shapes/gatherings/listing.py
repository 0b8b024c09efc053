"""The best groups of a small pool with a proof: every possible group is listed, and cases are told apart.

In each case the linear relaxation gives each person a price; the case is closed if the prices show that it cannot
beat the best plan known. Otherwise two people who sit together only in part are put together in one case and kept
apart in the other (Ryan and Foster 1981), or somebody who has a group only in part has one in one case only. The tree
of cases with their prices is the evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.gatherings.gathering import Gathering
from chiron.pairing.shapes.model.odd_sets import Branch, Cases, Leaf

MOST_LISTED = 100_000
"""Possible groups up to which they are all listed."""
MOST_CASES = 300
"""Cases that are looked at before the rest stays open, with the bound that is known."""
SCALE = 27_720
"""Prices are whole multiples of 1 / SCALE, which every denominator up to 12 divides."""
NOTHING = 1e-6
"""A part of a group below this is none."""
PART = 1e-5
"""Parts nearer than this to nothing or to the whole are no parts."""
AT_A_TIME = 400
"""Groups that are added to the relaxation together."""

Groups = list[list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class ListedGroups:
    """Every possible group.

    Attributes:
        members: bool (g, n).
        value: int64 (g,), the sum of the fits inside.
        size: int64 (g,), the number of members.
    """

    members: NDArray[np.bool_]
    value: Longs
    size: Longs


def listed(gathering: Gathering) -> ListedGroups | None:
    """Return every possible group, None if there are more than MOST_LISTED."""
    kinds = [np.flatnonzero(gathering.kind == kind).tolist() for kind in range(len(gathering.least))]
    sizes = [range(few, many + 1) for few, many in zip(gathering.least, gathering.most, strict=True)]
    make_ups = list(product(*sizes))
    if (
        sum(prod(comb(len(kind), size) for kind, size in zip(kinds, each, strict=True)) for each in make_ups)
        > MOST_LISTED
    ):
        return None
    members, value = [], []
    for each in make_ups:
        sides = [list(combinations(kind, size)) for kind, size in zip(kinds, each, strict=True)]
        groups = np.array([sum(parts, ()) for parts in product(*sides)], dtype=np.int64).reshape(-1, sum(each))
        for one, other in combinations(range(sum(each)), 2):
            groups = groups[gathering.allowed[groups[:, one], groups[:, other]]]
        table = np.zeros((len(groups), len(gathering.kind)), dtype=np.bool_)
        np.put_along_axis(table, groups, values=True, axis=1)
        members.append(table)
        value.append(gathering.values(groups))
    table = np.concatenate(members)
    return ListedGroups(table, np.concatenate(value), table.sum(axis=1))


def best_groups(
    pool: ListedGroups, start: Groups, *, count: Longs, seated: tuple[int, int] | None, keep_going: Callable[[], bool]
) -> tuple[Groups, int, Cases]:
    """Return the best groups, a bound on what they count, and its evidence.

    Args:
        pool: every possible group.
        start: groups that are known already.
        count: int64 (g,), what each group counts.
        seated: how many people every plan puts in groups, and the fewest groups that hold them; None if that is open.
        keep_going: asked for each case; False leaves the rest open.
    """
    search = _Cases(pool, start, count, seated, keep_going)
    tree = search.solve()
    return search.best, search.bound(tree), Cases(tree, SCALE)


@dataclass(eq=False, slots=True)
class _Case:
    """A case: the groups that are still possible, and what the relaxation says of them."""

    open: NDArray[np.bool_]
    must: frozenset[int]
    depth: int
    leaf: Leaf
    bound: int
    split: tuple[int, int] | None
    parts: "tuple[_Case, _Case] | None" = None


class _Cases:
    """The search through the cases, the most promising first."""

    def __init__(
        self,
        pool: ListedGroups,
        start: Groups,
        count: Longs,
        seated: tuple[int, int] | None,
        keep_going: Callable[[], bool],
    ) -> None:
        """Begin with the groups that are known."""
        self.pool, self.count, self.seated, self.keep_going = pool, count, seated, keep_going
        self.people = pool.members.shape[1]
        self.best, self.value = start, self._value_of(start)
        self.chosen = np.zeros(len(count), dtype=np.bool_)

    def _value_of(self, groups: Groups) -> int:
        whole = 0
        for group in groups:
            row = np.zeros(self.people, dtype=np.bool_)
            row[group] = True
            whole += int(self.count[(self.pool.members == row).all(axis=1)].sum())
        return whole

    def solve(self) -> Branch | Leaf:
        """Tell cases apart until none can beat the best plan, or enough were looked at."""
        root = self._case(np.ones(len(self.count), dtype=np.bool_), frozenset(), 0)
        waiting, looked = [root], 1
        while waiting and looked < MOST_CASES:
            waiting = [case for case in waiting if case.bound > self.value and case.split is not None]
            if not waiting or not self.keep_going():
                break
            case = max(waiting, key=lambda each: (each.bound, each.depth))
            waiting.remove(case)
            one, other = case.split or (0, 0)
            with_one, with_other = self.pool.members[:, one], self.pool.members[:, other]
            must = case.must | {one} if one == other else case.must
            together = self._case(case.open & (with_one == with_other), must, case.depth + 1)
            apart = self._case(case.open & ~(with_one & with_other), case.must, case.depth + 1)
            case.parts = (together, apart)
            waiting.extend(case.parts)
            looked += 2
        return self._tree(root)

    def _tree(self, case: _Case) -> Branch | Leaf:
        # A case whose own prices already close it needs no parts.
        if case.parts is None or case.split is None or case.bound <= self.value:
            return case.leaf
        return Branch(*case.split, self._tree(case.parts[0]), self._tree(case.parts[1]))

    def bound(self, tree: Branch | Leaf) -> int:
        """Return the largest bound of all cases."""
        if isinstance(tree, Leaf):
            people, groups = self.seated or (0, 0)
            return (int(tree.people.sum()) - tree.member * people - tree.group * groups) // SCALE
        return max(self.bound(tree.together), self.bound(tree.apart))

    def _case(self, is_open: NDArray[np.bool_], must: frozenset[int], depth: int) -> _Case:
        """Solve the relaxation of a case, round its prices up, and keep its plan if it is whole and better."""
        places = np.flatnonzero(is_open)
        relaxed = _Relaxed(self, places, must)
        fresh = relaxed.add(self._first(places))
        while len(fresh):
            fresh = relaxed.add(fresh)
        leaf = self._rounded(relaxed, places, must)
        used, part = relaxed.used()
        self.chosen[used] = True
        split = self._split(part, used)
        if split is None:
            self._keep(used)
        return _Case(is_open, must, depth, leaf, self.bound(leaf), split)

    def _first(self, places: Longs) -> Longs:
        """Return the groups with which a relaxation begins: those that earlier ones used, or the densest."""
        known = places[self.chosen[places]]
        if len(known):
            return known
        return np.asarray(places[np.argsort(-self.count[places] / self.pool.size[places], kind="stable")[:AT_A_TIME]])

    def _rounded(self, relaxed: "_Relaxed", places: Longs, must: frozenset[int]) -> Leaf:
        """Return prices in whole numbers that cover every group of a case."""
        people = np.ceil(relaxed.price * SCALE - NOTHING).astype(np.int64)
        is_free = np.isin(np.arange(self.people), list(must))
        people = np.where(is_free, people, people.clip(min=0))
        member, group = round(relaxed.member * SCALE), max(0, round(relaxed.group * SCALE))
        asked = SCALE * self.count + member * self.pool.size + group
        lack = asked[places] - self.pool.members[places] @ people
        for place in places[lack > 0].tolist():
            # Rounding may leave a group a little short: one of its members pays.
            row = self.pool.members[place]
            people[int(row.argmax())] += max(int(asked[place] - people[row].sum()), 0)
        return Leaf(people, member, group)

    def _keep(self, taken: Longs) -> None:
        """Keep the plan of a relaxation that is whole, if it is better than the best."""
        if self.seated is not None and int(self.pool.size[taken].sum()) != self.seated[0]:
            return
        if int(self.count[taken].sum()) > self.value:
            self.value = int(self.count[taken].sum())
            self.best = sorted(np.flatnonzero(self.pool.members[each]).tolist() for each in taken)

    def _split(self, part: NDArray[np.float64], used: Longs) -> tuple[int, int] | None:
        """Return somebody who has a group only in part, or two who sit together in part; None if the plan is whole."""
        if not part.size:
            return None
        members = self.pool.members[used].astype(np.float64)
        nearness = np.round(np.abs(part @ members - 1 / 2), 6)
        at = int(nearness.argmin())
        if nearness[at] < 1 / 2 - PART:
            return at, at
        together = (members * part[:, None]).T @ members
        nearness = np.round(np.abs(together - 1 / 2), 6)
        nearness[np.tril_indices(self.people)] = 1.0
        at = int(nearness.argmin())
        if nearness.flat[at] > 1 / 2 - PART:
            return None
        return at // self.people, at % self.people


class _Relaxed:
    """The linear relaxation of one case, with more and more of its groups."""

    def __init__(self, search: _Cases, places: Longs, must: frozenset[int]) -> None:
        """Make a row for each person, and where it is fixed for the number of people and for the fewest groups."""
        self.search, self.places = search, places
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        endless = self.solver.infinity()
        self.rows = [
            self.solver.Constraint(1.0 if person in must else -endless, 1.0) for person in range(search.people)
        ]
        self.goal = self.solver.Objective()
        self.goal.SetMaximization()
        people, groups = search.seated or (-endless, 0)
        self.seats = self.solver.Constraint(float(people), endless if search.seated is None else float(people))
        self.groups = self.solver.Constraint(float(groups), endless)
        # People and groups that are missing cost more than any plan is worth.
        worst = -2.0 * (float(np.abs(search.count).max(initial=0)) + 1) * search.people
        for row in (self.seats, self.groups, *(self.rows[person] for person in sorted(must))):
            missing = self.solver.NumVar(0.0, endless, "")
            row.SetCoefficient(missing, 1.0)
            self.goal.SetCoefficient(missing, worst)
        self.order: list[int] = []
        self.parts: list[pywraplp.Variable] = []
        self.known = np.zeros(len(search.count), dtype=np.bool_)
        self.price, self.member, self.group = np.zeros(search.people), 0.0, 0.0

    def add(self, fresh: Longs) -> Longs:
        """Add groups and solve; return groups that the new prices do not cover."""
        pool, count = self.search.pool, self.search.count
        for place in fresh.tolist():
            part = self.solver.NumVar(0.0, self.solver.infinity(), "")
            self.goal.SetCoefficient(part, float(count[place]))
            self.seats.SetCoefficient(part, float(pool.size[place]))
            self.groups.SetCoefficient(part, 1.0)
            for person in np.flatnonzero(pool.members[place]).tolist():
                self.rows[person].SetCoefficient(part, 1.0)
            self.parts.append(part)
            self.order.append(place)
        self.known[fresh] = True
        self.solver.Solve()
        self.price = np.array([row.dual_value() for row in self.rows])
        self.member = -self.seats.dual_value() if self.search.seated else 0.0
        self.group = -self.groups.dual_value()
        counted = count[self.places] + self.member * pool.size[self.places] + self.group
        lack = counted - pool.members[self.places] @ self.price
        short = np.flatnonzero((lack > 10 * NOTHING) & ~self.known[self.places])
        return np.asarray(self.places[short[np.argsort(-lack[short], kind="stable")[:AT_A_TIME]]])

    def used(self) -> tuple[Longs, NDArray[np.float64]]:
        """Return the groups that the relaxation uses, and how much of each."""
        part = np.array([each.solution_value() for each in self.parts])
        some = np.flatnonzero(part > NOTHING)
        return np.array(self.order, dtype=np.int64)[some], part[some]
