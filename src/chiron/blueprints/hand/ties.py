"""A panel, a chain or rounds in which one place gets somebody else, and everything else is held as far as it can be."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import copy

import numpy as np

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.shapes.model.gathering_problems import Rounds
from chiron.pairing.shapes.model.typed_problems import ChainProblem, LoadsProblem, PanelProblem

Place = tuple[int, int]
"""Who is helped, and the label: the slot of a panel, the link of a chain, the round."""
TiesProblem = PanelProblem | LoadsProblem | ChainProblem | Rounds
MOST_TRIED = 100
"""Ties that are tried as the one that gives way."""


class Held:
    """Who has whom, and what each helper has left.

    Attributes:
        problem: what is asked.
        place: by place who fills it.
        total: the sum of all fits.
    """

    def __init__(self, problem: TiesProblem, place: Mapping[Place, int]) -> None:
        """Read the limits of the problem, and count what is used of them."""
        self.problem = problem
        if isinstance(problem, LoadsProblem):
            self.capacity, self.units = problem.budget.tolist(), problem.units.tolist()
        elif isinstance(problem, Rounds):
            self.capacity = (np.asarray(problem.at_once, dtype=np.int64) * len(problem.labels)).tolist()
            self.units = [1] * len(problem.labels)
        else:
            self.capacity = problem.capacity.tolist()
            self.units = [1] * (problem.slots.kinds if isinstance(problem, PanelProblem) else len(problem.people))
        self.caps = [(frozenset(cap.mentors), cap.limit) for cap in problem.caps]
        self.load, self.in_cap = [0] * len(self.capacity), [0] * len(self.caps)
        self.place: dict[Place, int] = {}
        self.pairs: set[tuple[int, int]] = set()
        self.turns = Counter[tuple[int, int]]()
        self.total = 0
        for one, helper in place.items():
            self.add(one, helper)

    def copy(self) -> "Held":
        """Return the same, to be changed by itself."""
        twin = copy(self)
        twin.place, twin.pairs, twin.turns = dict(self.place), set(self.pairs), self.turns.copy()
        twin.load, twin.in_cap = list(self.load), list(self.in_cap)
        return twin

    def add(self, place: Place, helper: int) -> None:
        """Let somebody fill a place that is open."""
        self.place[place] = helper
        self.pairs.add((place[0], helper))
        self._count(place, helper, 1)

    def remove(self, place: Place) -> int:
        """Leave a place open, and return who filled it."""
        helper = self.place.pop(place)
        self.pairs.discard((place[0], helper))
        self._count(place, helper, -1)
        return helper

    def row(self, place: Place) -> tuple[Ints, Ints]:
        """Return who may fill a place, ascending, with the fit of each."""
        problem = self.problem
        if isinstance(problem, PanelProblem | LoadsProblem):
            slots = problem.slots
            at = place[0] * slots.kinds + place[1]
            here = slice(int(slots.starts[at]), int(slots.starts[at + 1]))
            return slots.partner[here], slots.fit[here]
        here = slice(int(problem.starts[place[0]]), int(problem.starts[place[0] + 1]))
        return problem.partner[here], problem.fit[here]

    def worth(self, place: Place, helper: int) -> int | None:
        """Return the fit of somebody in a place; None where the rules do not allow it."""
        partner, fit = self.row(place)
        at = int(np.searchsorted(partner, helper))
        return int(fit[at]) if at < len(partner) and partner[at] == helper else None

    def full_caps(self, helper: int) -> list[frozenset[int]]:
        """Return the members of each limit over a helper that is reached."""
        caps = zip(self.caps, self.in_cap, strict=True)
        return [members for (members, limit), count in caps if helper in members and count >= limit]

    def has_room(self, place: Place, helper: int) -> bool:
        """Return whether somebody can fill an open place without anybody else giving way."""
        if self.load[helper] + self.units[place[1]] > self.capacity[helper] or (place[0], helper) in self.pairs:
            return False
        if isinstance(self.problem, Rounds) and self.turns[helper, place[1]] >= int(self.problem.at_once[helper]):
            return False
        return not self.full_caps(helper)

    def open(self) -> Iterator[Place]:
        """Yield the places that are asked for and that nobody fills."""
        problem = self.problem
        if isinstance(problem, Rounds):
            for one, most in enumerate(problem.meetings.tolist()):
                missing = [label for label in range(len(problem.labels)) if (one, label) not in self.place]
                if len(problem.labels) - len(missing) < most:
                    yield from ((one, label) for label in missing)
        elif isinstance(problem, ChainProblem):
            link = links_of(problem)
            for one in np.flatnonzero(problem.seeking).tolist():
                if (one, int(link[one])) not in self.place:
                    yield one, int(link[one])
        else:
            for one, kind in np.argwhere(problem.slots.asked).tolist():
                if (one, kind) not in self.place:
                    yield one, kind

    def _count(self, place: Place, helper: int, sign: int) -> None:
        self.load[helper] += sign * self.units[place[1]]
        self.turns[helper, place[1]] += sign
        self.total += sign * (self.worth(place, helper) or 0)
        for at, (members, _limit) in enumerate(self.caps):
            self.in_cap[at] += sign * (helper in members)


def links_of(problem: ChainProblem) -> Longs:
    """Return the link of each person of a chain: the position of their generation."""
    if problem.level is None:
        return np.zeros(len(problem.people), dtype=np.int64)
    return np.asarray(np.unique(problem.level, return_inverse=True)[1], dtype=np.int64)


def options(held: Held, place: Place) -> list[int]:
    """Return who else may fill a place, the best fit first."""
    partner, fit = held.row(place)
    present = held.place.get(place)
    ranked = sorted(zip((-fit).tolist(), partner.tolist(), strict=True))
    return [helper for _, helper in ranked if helper != present]


def given(
    held: Held, place: Place, helper: int | None, *, fixed: frozenset[tuple[int, int]], everyone: bool
) -> Held | None:
    """Return the plan in which somebody else fills a place, or nobody; None where no plan near it does.

    Whoever gives way gets the best of those who have room, and places that stood open may be filled by whoever is free
    now. Everything else is held.

    Args:
        held: the plan.
        place: whose place, and which.
        helper: who shall fill it; None: nobody.
        fixed: who stays with whom.
        everyone: whether people come before fits.
    """
    base, freed = held.copy(), []
    if place in base.place:
        freed.append(base.remove(place))
    if helper is None:
        _fill(base, [place], freed, everyone=everyone, but=place)
        return base
    waiting = [one for one, other in base.place.items() if other == helper and one[0] == place[0]]
    for one in waiting:
        base.remove(one)
    found = []
    if base.has_room(place, helper):
        base.add(place, helper)
        found.append((base, waiting, freed))
    else:
        for one in _in_the_way(base, place, helper, fixed):
            tried = base.copy()
            other = tried.remove(one)
            if tried.has_room(place, helper):
                tried.add(place, helper)
                found.append((tried, [*waiting, one], [*freed, other]))
    for tried, gone, free in found:
        _fill(tried, gone, free, everyone=everyone, but=place)
    return max((one for one, _, _ in found), key=lambda one: _merit(one, everyone=everyone), default=None)


def _in_the_way(held: Held, place: Place, helper: int, fixed: frozenset[tuple[int, int]]) -> list[Place]:
    """Return the places of which one must become free before somebody can fill another, the lowest fits first."""
    full = [
        members
        for (members, limit), count in zip(held.caps, held.in_cap, strict=True)
        if helper in members and count >= limit
    ]
    around = {helper}.union(*full) if full else {helper}
    ways = [
        one
        for one, other in held.place.items()
        if other in around and (one[0], other) not in fixed and one[0] != place[0]
    ]
    return sorted(ways, key=lambda one: (held.worth(one, held.place[one]) or 0, one))[:MOST_TRIED]


def _fill(held: Held, gone: Sequence[Place], freed: Sequence[int], *, everyone: bool, but: Place) -> None:
    """Give each place that lost somebody the best who has room, then let whoever is free now fill open places."""
    for place in gone:
        if place == but or place in held.place:
            continue
        partner, fit = held.row(place)
        for worth, helper in sorted(zip((-fit).tolist(), partner.tolist(), strict=True)):
            if (everyone or worth < 0) and held.has_room(place, helper):
                held.add(place, helper)
                break
    for helper in dict.fromkeys(freed):
        choices = [(one, held.worth(one, helper)) for one in held.open() if one != but]
        fitting = [(worth, one) for one, worth in choices if worth is not None and (everyone or worth > 0)]
        for _, place in sorted(fitting, key=lambda one: (-one[0], one[1])):
            if place not in held.place and held.has_room(place, helper):
                held.add(place, helper)


def _merit(held: Held, *, everyone: bool) -> tuple[int, ...]:
    people = len({one for one, _ in held.place})
    return (people, len(held.place), held.total) if everyone else (held.total,)
