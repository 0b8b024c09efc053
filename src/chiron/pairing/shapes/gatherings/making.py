"""Circles and teams by one method: every possible group of a small pool, exchange and a bound beyond.

`circles` and `teams` say what is asked; this module finds the groups and what proves them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.gatherings.bound import companions, shares
from chiron.pairing.shapes.gatherings.exchange import good_groups
from chiron.pairing.shapes.gatherings.gathering import Gathering, most_seats
from chiron.pairing.shapes.gatherings.listing import Groups, ListedGroups, best_groups, listed
from chiron.pairing.shapes.model.answer import ShapeStep
from chiron.pairing.shapes.model.odd_sets import Branch, Cases, Leaf, Shares

KeepGoing = Callable[[str, Groups, tuple[ShapeStep, ...]], bool]


@dataclass(frozen=True, slots=True, eq=False)
class GroupsFound:
    """Groups in positions of the gathering, the steps of the aim, and the name of the method."""

    groups: Groups
    steps: tuple[ShapeStep, ...]
    method: str
    stopped: str | None


def find(gathering: Gathering, names: tuple[str, ...], *, aim: str, seed: int, keep_going: KeepGoing) -> GroupsFound:
    """Return the best groups under an aim.

    Args:
        gathering: who may sit with whom, and what that is worth.
        names: identifiers, by which the lottery orders people.
        aim: "everyone" (most people in groups, then the highest total) or "total".
        seed: draws the order and the shaking.
        keep_going: told phase, groups and steps; False stops the search.

    Raises:
        KeyError: no aim has this name.
    """
    chains = {"everyone": ("matched", "total"), "total": ("total",)}
    run = _GroupingRun(gathering, names, chains[aim], seed, keep_going)
    run.search()
    return run.found()


class _GroupingRun:
    """One call: people in the order of the lottery, the best groups so far and the steps that are done."""

    def __init__(
        self, gathering: Gathering, names: tuple[str, ...], chain: tuple[str, ...], seed: int, keep_going: KeepGoing
    ) -> None:
        """Put the people in the order of the lottery."""
        order = np.argsort(lottery(names, seed, "person"))
        self.original, self.order, self.chain, self.seed = gathering, order, chain, seed
        self.gathering = Gathering(
            gathering.kind[order],
            gathering.fit[np.ix_(order, order)],
            gathering.allowed[np.ix_(order, order)],
            gathering.least,
            gathering.most,
        )
        self.tell, self.phase, self.is_stopped = keep_going, "", False
        self.groups: Groups = []
        self.steps: list[ShapeStep] = []
        self.method = "exchange"

    def keep_going(self) -> bool:
        """Tell where things stand; False once anybody said stop."""
        if not self.is_stopped:
            self.is_stopped = not self.tell(self.phase, self.in_places(self.groups), ())
        return not self.is_stopped

    def search(self) -> None:
        """Look for good groups, then prove them as far as the size of the pool allows."""
        self.phase = "looking for good groups"
        everyone = self.chain[0] == "matched"
        self.groups = good_groups(self.gathering, self.seed, self.keep_going, everyone=everyone)
        pool = None if self.is_stopped else listed(self.gathering)
        if pool is not None and self.keep_going():
            self.method = "all groups"
            self._prove(pool)
        else:
            self._bound()

    def _prove(self, pool: ListedGroups) -> None:
        """Find and prove step by step, from every possible group."""
        seated: tuple[int, int] | None = None
        if self.chain[0] == "matched":
            self.phase = "looking for who can be in a group"
            self.groups, bound, evidence = best_groups(
                pool, self.groups, count=pool.size, seated=None, keep_going=self.keep_going
            )
            self._add("matched", min(bound, self._seats()), evidence)
            people = sum(map(len, self.groups))
            seated = people, -(-people // sum(self.gathering.most))
        self.phase = "looking for the highest total"
        self.groups, bound, evidence = best_groups(
            pool, self.groups, count=pool.value, seated=seated, keep_going=self.keep_going
        )
        self._add("total", bound, evidence)

    def _bound(self) -> None:
        """Give the groups that were found bounds that hold for pools of any size."""
        if self.chain[0] == "matched":
            self._add("matched", self._seats(), None)
        evidence = shares(self.gathering)
        self._add("total", _bound_of(self.gathering, evidence), evidence)

    def _seats(self) -> int:
        kinds = len(self.gathering.least)
        people = tuple(np.bincount(self.gathering.kind, minlength=kinds).tolist())
        return most_seats(people, self.gathering.least, self.gathering.most)

    def _add(self, name: str, bound: int, evidence: Cases | Shares | None) -> None:
        fit = self.gathering.fit
        total = sum(int(fit[np.ix_(group, group)].sum()) // 2 for group in self.groups)
        value = sum(map(len, self.groups)) if name == "matched" else total
        self.steps.append(ShapeStep(name, value, bound, self._placed(evidence)))

    def _placed(self, evidence: Cases | Shares | None) -> Cases | Shares | None:
        """Return evidence in positions of the input."""
        if isinstance(evidence, Cases):
            return Cases(self._placed_tree(evidence.tree), evidence.scale)
        if isinstance(evidence, Shares):
            back = np.argsort(self.order)
            return Shares(tuple((one, other, price[back]) for one, other, price in evidence.prices), evidence.scale)
        return None

    def _placed_tree(self, tree: Branch | Leaf) -> Branch | Leaf:
        if isinstance(tree, Leaf):
            return Leaf(tree.people[np.argsort(self.order)], tree.member, tree.group)
        one, other = sorted((int(self.order[tree.one]), int(self.order[tree.other])))
        return Branch(one, other, self._placed_tree(tree.together), self._placed_tree(tree.apart))

    def in_places(self, groups: Groups) -> Groups:
        """Return groups in positions of the input, sorted."""
        return sorted(sorted(self.order[group].tolist()) for group in groups)

    def found(self) -> GroupsFound:
        """Return what was found."""
        # The last step may have changed the groups that an earlier one counted, never what it counted.
        stopped = "stopped by the observer" if self.is_stopped else None
        return GroupsFound(self.in_places(self.groups), tuple(self.steps), self.method, stopped)


def _bound_of(gathering: Gathering, evidence: Shares) -> int:
    """Return the bound that prices of pairs prove."""
    whole = 0
    for first, second, price in evidence.prices:
        whole += _part_of(gathering, first, second, price, evidence.scale)
    return whole // evidence.scale


def _part_of(gathering: Gathering, first: int, second: int, price: Longs, scale: int) -> int:
    rows, columns = np.flatnonzero(gathering.kind == first), np.flatnonzero(gathering.kind == second)
    gain = scale * gathering.fit[np.ix_(rows, columns)] - price[rows][:, None] - price[columns]
    over = np.where(gathering.allowed[np.ix_(rows, columns)], np.maximum(gain, 0), 0)
    paid = companions(gathering, first, second) * int(price[rows].sum())
    if first == second:
        return paid + int(np.triu(over, 1).sum())
    return paid + companions(gathering, second, first) * int(price[columns].sum()) + int(over.sum())
