"""Good groups without a proof: people are dealt out, then exchanged and moved as long as that gains something."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.gatherings.gathering import Gathering

SWEEPS = 60
"""Rounds through all people before the search settles for what it has."""
KICKS = 24
"""New starts from a shaken plan, for pools that are quickly searched."""
QUICK = 200
"""People up to which a plan is shaken."""

Groups = list[list[int]]


def good_groups(gathering: Gathering, seed: int, keep_going: Callable[[], bool], *, everyone: bool) -> Groups:
    """Return groups that keep every rule, as good as exchanging two people or moving one can make them.

    Args:
        gathering: the people, in an order that the order of the input does not change.
        seed: draws the shaking.
        keep_going: asked now and then; False ends the search.
        everyone: True if people in groups count before the sum of fits.
    """
    best: Groups = []
    merit = (0, 0)
    for groups in _numbers_of_groups(gathering):
        search = _Seating(gathering, groups)
        rng = np.random.default_rng(seed)
        for kick in range(KICKS if len(gathering.kind) <= QUICK else 1):
            if not keep_going():
                return best
            if kick:
                search.shake(rng)
            search.improve()
            found = search.kept()
            reached = _merit(gathering, found, everyone=everyone)
            if reached > merit:
                best, merit = found, reached
    return best


def _merit(gathering: Gathering, groups: Groups, *, everyone: bool) -> tuple[int, int]:
    total = sum(int(gathering.fit[np.ix_(group, group)].sum()) // 2 for group in groups)
    return (sum(map(len, groups)), total) if everyone else (total, 0)


def _numbers_of_groups(gathering: Gathering) -> list[int]:
    """Return a few numbers of groups that seat the most people: the fewest groups, the most, and one between."""
    people = np.bincount(gathering.kind, minlength=len(gathering.least)).tolist()
    top = min(count // few for count, few in zip(people, gathering.least, strict=True))
    seats = {
        groups: sum(min(count, groups * many) for count, many in zip(people, gathering.most, strict=True))
        for groups in range(1, top + 1)
    }
    if not seats:
        return []
    most = max(seats.values())
    good = [groups for groups, seated in seats.items() if seated == most]
    return sorted({good[0], good[len(good) // 2], good[-1]})


class _Seating:
    """Who sits where; place `groups` stands for having no group."""

    def __init__(self, gathering: Gathering, groups: int) -> None:
        """Deal the people out, kind by kind."""
        self.gathering, self.groups = gathering, groups
        people = len(gathering.kind)
        # Two who may not sit together cost more than all the rest can gain.
        self.forbidden = 2 * int(np.abs(gathering.fit).sum(axis=1).max(initial=0)) + 1
        self.fit = np.where(gathering.allowed, gathering.fit, -self.forbidden)
        np.fill_diagonal(self.fit, 0)
        self.seat = np.full(people, groups, dtype=np.int64)
        self.count = np.zeros((len(gathering.least), groups + 1), dtype=np.int64)
        for kind, most in enumerate(gathering.most):
            members = np.flatnonzero(gathering.kind == kind)[: groups * most]
            self.seat[members] = np.arange(len(members)) % groups
            self.count[kind] = np.bincount(self.seat[gathering.kind == kind], minlength=groups + 1)
        self._sum_up()

    def _sum_up(self) -> None:
        """Add up what each person is worth to each group; having no group is worth nothing."""
        seated = np.zeros((len(self.seat), self.groups + 1), dtype=np.int64)
        seated[np.arange(len(self.seat)), self.seat] = 1
        seated[:, self.groups] = 0
        self.sums = self.fit @ seated

    def shake(self, rng: np.random.Generator) -> None:
        """Exchange a few people at random."""
        for kind in range(len(self.gathering.least)):
            members = np.flatnonzero(self.gathering.kind == kind)
            chosen = rng.permutation(members)[: max(2, len(members) // 6)]
            self.seat[chosen] = self.seat[np.roll(chosen, 1)]
        self._sum_up()

    def improve(self) -> None:
        """Exchange and move until nothing gains any more."""
        for _ in range(SWEEPS):
            if not sum(self._better(person) for person in range(len(self.seat))):
                return

    def _better(self, person: int) -> bool:
        """Make the best exchange or move of one person; False if none gains."""
        gathering, here = self.gathering, int(self.seat[person])
        kind = int(gathering.kind[person])
        swap = self._swaps(person, kind, here)
        other = int(swap.argmax())
        move = self._moves(person, kind, here)
        target = int(move.argmax())
        if max(swap[other], move[target]) <= 0:
            return False
        if swap[other] >= move[target]:
            target = int(self.seat[other])
            self._reseat(other, here)
        else:
            self.count[kind, here] -= 1
            self.count[kind, target] += 1
        self._reseat(person, target)
        return True

    def _swaps(self, person: int, kind: int, here: int) -> Longs:
        """Return what exchanging a person with each other one of the same kind gains; −1 where that is no use."""
        seat, sums = self.seat, self.sums
        apart = self.fit[person]
        there = np.where(seat == self.groups, 0, apart)
        back = 0 if here == self.groups else apart
        gain = sums[person, seat] - there + sums[:, here] - back - sums[person, here] - sums[np.arange(len(seat)), seat]
        return np.where((seat != here) & (self.gathering.kind == kind), gain, -1)

    def _moves(self, person: int, kind: int, here: int) -> Longs:
        """Return what moving a person to each group gains; −1 where the sizes do not allow it."""
        gain = self.sums[person] - self.sums[person, here]
        has_room = self.count[kind] < self.gathering.most[kind]
        has_room[self.groups] = False
        if here != self.groups and self.count[kind, here] <= self.gathering.least[kind]:
            has_room[:] = False
        return np.where(has_room, gain, -1)

    def _reseat(self, person: int, target: int) -> None:
        """Seat a person elsewhere."""
        here = int(self.seat[person])
        if here != self.groups:
            self.sums[:, here] -= self.fit[:, person]
        if target != self.groups:
            self.sums[:, target] += self.fit[:, person]
        self.seat[person] = target

    def kept(self) -> Groups:
        """Return the groups that keep every rule: whoever clashes most leaves, and groups that get too small fall."""
        groups: Groups = []
        for seat in range(self.groups):
            members = np.flatnonzero(self.seat == seat).tolist()
            while members and (clashes := _clashes(self.gathering.allowed, members)).any():
                members.pop(int(clashes.argmax()))
            count = np.bincount(self.gathering.kind[members], minlength=len(self.gathering.least))
            if (count >= self.gathering.least).all():
                groups.append(members)
        return sorted(groups)


def _clashes(allowed: NDArray[np.bool_], members: list[int]) -> Longs:
    """Return for each member how many others may not sit in the same group."""
    return np.asarray((~allowed[np.ix_(members, members)]).sum(axis=1), dtype=np.int64)
