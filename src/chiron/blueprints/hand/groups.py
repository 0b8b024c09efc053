"""Circles and teams in which somebody moves, is exchanged or leaves, and all other groups are held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from chiron.pairing.model.problem import Longs
from chiron.pairing.shapes.gatherings.gathering import Gathering

Groups = tuple[frozenset[int], ...]


@dataclass(frozen=True, eq=False)
class HeldGroups:
    """Who sits where.

    Attributes:
        gathering: sizes, fits and who may sit together; mentors stand after mentees.
        groups: the members of each group, in a fixed order.
        fixed: those who stay together.
        everyone: whether people in groups come before fits.
    """

    gathering: Gathering
    groups: Groups
    fixed: frozenset[frozenset[int]]
    everyone: bool

    def seat(self, person: int) -> int | None:
        """Return the group that somebody sits in."""
        return next((at for at, group in enumerate(self.groups) if person in group), None)

    def left(self, person: int) -> list[int]:
        """Return the others of somebody's kind who sit in no group."""
        seated = frozenset().union(*self.groups)
        kind = self.gathering.kind
        return [one for one in range(len(kind)) if one not in seated and one != person and kind[one] == kind[person]]

    def is_bound(self, person: int) -> bool:
        """Return whether somebody stays with another one of their group."""
        at = self.seat(person)
        return at is not None and any(frozenset((person, other)) in self.fixed for other in self.groups[at] - {person})

    def moved(self, person: int, target: int) -> Groups | None:
        """Return the groups in which somebody sits in another one; None where no groups near these do.

        Where the other one is full somebody of it gives way: to the group that was left, to one with room, or out.
        """
        here = self.seat(person)
        tried: list[list[set[int]]] = []
        for leaving in (None, *self._same_kind(target, person)):
            if leaving is not None and self.is_bound(leaving):
                continue
            changed = [set(group) for group in self.groups]
            if here is not None:
                changed[here].discard(person)
            changed[target].add(person)
            if leaving is None:
                tried.extend(self._refilled(changed, here, person))
                continue
            changed[target].discard(leaving)
            for seat in (*range(len(changed)), None):
                if seat == target or (seat is not None and len(changed[seat]) >= sum(self.gathering.most)):
                    continue
                after = list(changed)
                if seat is not None:
                    after[seat] = changed[seat] | {leaving}
                tried.append(after)
        return self._best(tried)

    def exchanged(self, person: int, other: int) -> Groups | None:
        """Return the groups in which two have changed places; None where the rules do not allow it."""
        here, there = self.seat(person), self.seat(other)
        changed = [set(group) for group in self.groups]
        for one, seat, goes in ((person, here, there), (other, there, here)):
            if seat is not None:
                changed[seat].discard(one)
            if goes is not None:
                changed[goes].add(one)
        return self._best([changed])

    def without(self, person: int) -> Groups | None:
        """Return the groups without somebody; where theirs becomes too small somebody else fills the place, or None."""
        here = self.seat(person)
        if here is None:
            return self.groups
        changed = [set(group) for group in self.groups]
        changed[here].discard(person)
        return self._best(list(self._refilled(changed, here, person)))

    def exchanges(self, person: int) -> list[int]:
        """Return with whom somebody could be exchanged, the best for the sum of all fits first."""
        kind, fit = self.gathering.kind, self.gathering.fit
        here = self.seat(person)
        found = []
        for at, group in enumerate(self.groups):
            if at == here:
                continue
            for other in sorted(group):
                if kind[other] != kind[person] or self.is_bound(other):
                    continue
                stays, own = sorted(group - {other}), sorted(() if here is None else self.groups[here] - {person})
                gain = fit[person, stays].sum() - fit[other, stays].sum()
                gain += fit[other, own].sum() - fit[person, own].sum() if own else 0
                if self._may_sit(person, stays) and self._may_sit(other, own):
                    found.append((-int(gain), other))
        return [other for _, other in sorted(found)]

    def total(self, groups: Sequence[frozenset[int]]) -> int:
        """Return the sum of the fits inside some groups."""
        return sum(int(self.gathering.fit[np.ix_(list(group), list(group))].sum()) // 2 for group in groups if group)

    def _may_sit(self, person: int, others: Sequence[int]) -> bool:
        return not len(others) or bool(self.gathering.allowed[person, list(others)].all())

    def _same_kind(self, group: int, person: int) -> list[int]:
        kind = self.gathering.kind
        return sorted(one for one in self.groups[group] if kind[one] == kind[person] and one != person)

    def _refilled(self, changed: list[set[int]], seat: int | None, person: int) -> Iterator[list[set[int]]]:
        """Yield groups as they are, and with one more in a seat: somebody who was left out, or of another group."""
        yield changed
        if seat is None:
            return
        for other in self.left(person):
            yield [group | {other} if at == seat else group for at, group in enumerate(changed)]
        kind = self.gathering.kind
        for at, group in enumerate(changed):
            for other in sorted(group) if at != seat else ():
                if kind[other] == kind[person] and other != person and not self.is_bound(other):
                    yield [
                        each | {other} if to == seat else each - {other} if to == at else each
                        for to, each in enumerate(changed)
                    ]

    def _best(self, tried: Sequence[Sequence[set[int]]]) -> Groups | None:
        """Return the best of some groups that keep every size and permission."""
        before = [set(group) for group in self.groups]
        merits = {}
        for number, groups in enumerate(tried):
            touched = [group for group, old in zip(groups, before, strict=True) if group != old]
            if all(self._is_allowed(group) for group in touched):
                people, total = sum(map(len, groups)), self.total([frozenset(group) for group in touched])
                total -= self.total([frozenset(old) for group, old in zip(groups, before, strict=True) if group != old])
                merits[number] = ((people, total) if self.everyone else (total,), -number)
        if not merits:
            return None
        best = max(merits, key=lambda number: merits[number])
        return tuple(frozenset(group) for group in tried[best])

    def _is_allowed(self, group: set[int]) -> bool:
        members = sorted(group)
        count: Longs = np.bincount(self.gathering.kind[members], minlength=len(self.gathering.least))
        if (count < self.gathering.least).any() or (count > self.gathering.most).any():
            return False
        allowed = self.gathering.allowed[np.ix_(members, members)] | np.eye(len(members), dtype=np.bool_)
        return bool(allowed.all())
