"""A plan of a shape that somebody works on: what a change would do to everybody, judged by the shape's own judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np

from chiron.blueprints.hand.groups import Groups, HeldGroups
from chiron.blueprints.hand.peers import mates_after
from chiron.blueprints.hand.ties import Held, Place, given, links_of, options
from chiron.blueprints.plan.judge_shape import IN_GROUPS, labels_of, placed, violations_of
from chiron.blueprints.plan.pairs import IdPairs, Tie
from chiron.blueprints.plan.shapes import ShapeRun
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.gatherings.gathering import of_circles, of_teams
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers, Rounds, Teams
from chiron.pairing.shapes.model.typed_problems import ChainProblem

SeatChangeKind = Literal["with", "group", "swap", "out"]


@dataclass(frozen=True, slots=True)
class SeatChange:
    """One change of somebody's place.

    Attributes:
        kind: "with": somebody else fills the place; "group": they sit in another circle or team; "swap": they change
            places with somebody; "out": nobody fills it.
        target: the id of that person, or the name of the group.
    """

    kind: SeatChangeKind
    target: str = ""


@dataclass(frozen=True, slots=True)
class HandTie:
    """One tie of a plan by ids: who is helped, who helps, and the label as people read it."""

    helped: str
    helper: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class SeatMove:
    """What becomes of one place: whose it is, which, and whom or what group it had and gets; empty for nobody.

    The fits are those of the place with whom it has: of a group the sum with everybody in it.
    """

    person: str
    label: str
    before: str
    after: str
    fit_before: int | None
    fit_after: int | None


@dataclass(frozen=True, slots=True)
class HandTotals:
    """Three numbers of a plan: people who have somebody, lowest fit (0 without ties), sum of all fits."""

    people: int
    lowest: int
    total: int


@dataclass(frozen=True, slots=True)
class HandEffect:
    """What a change would do: the ties afterwards, who moves, and why it is not possible where it is not."""

    ties: tuple[HandTie, ...]
    moves: tuple[SeatMove, ...]
    before: HandTotals
    after: HandTotals
    why_not: tuple[Sentence, ...] = ()
    is_possible: bool = True


@dataclass(frozen=True, eq=False)
class ShapeInHand:
    """A plan of a shape as it stands now; people are named by id.

    Attributes:
        run: what the shape is asked.
        ties: the plan.
        fixed: those who stay together: locked, or changed by hand.
    """

    run: ShapeRun
    ties: tuple[HandTie, ...]
    fixed: frozenset[tuple[str, str]] = frozenset()

    @property
    def kind(self) -> str:
        """The shape."""
        return self.run.posed.kind

    def places(self, person: str) -> list[str]:
        """Return the labels of a person's places that a change can be about; one empty label where there is one."""
        problem = self.run.posed.problem
        if isinstance(problem, Rounds):
            return list(problem.labels)
        if not hasattr(problem, "slots"):
            return [""]
        at = self._at[0][person]
        return [label for label, asked in zip(problem.slots.labels, problem.slots.asked[at], strict=True) if asked]

    def options(self, person: str, label: str = "") -> list[SeatChange]:
        """Return what a place of a person could have instead, the best first; taking it out is not among them."""
        posed = self.run.posed
        if isinstance(posed.problem, Circles | Teams):
            held, at = self._groups, self._seat(person)
            here = held.seat(at)
            moves = [SeatChange("group", self._group_names[to]) for to in range(len(held.groups)) if to != here]
            return [*moves, *(SeatChange("swap", self._seat_id(other)) for other in held.exchanges(at))]
        if isinstance(posed.problem, Peers):
            at = self._at[0][person]
            present = self._mates.get(at)
            return [SeatChange("with", posed.helped[other]) for other in self._partners(at) if other != present]
        place = self._place(person, label)
        return [SeatChange("with", posed.helpers[other]) for other in options(self._held, place)]

    def effect(self, person: str, label: str, act: SeatChange) -> HandEffect:
        """Return what a change would do to everybody; the shape's judge has looked at the plan that it makes."""
        ties = self._changed(person, label, act)
        before = self._totals(self.ties)
        if ties is None:
            return HandEffect(self.ties, (), before, before, (), is_possible=False)
        broken = violations_of(self.run, [(tie.helped, tie.helper) for tie in ties], [tie.label for tie in ties])
        if broken:
            return HandEffect(self.ties, (), before, before, broken, is_possible=False)
        return HandEffect(ties, self._moves(ties), before, self._totals(ties))

    def present(self, person: str, label: str = "") -> list[str]:
        """Return who or what group fills a place now: an id, or a name; empty where nobody does."""
        found = self._seen(self.ties).get((person, label))
        return [] if found is None else [found[0]]

    def waiting(self, ties: Sequence[HandTie]) -> set[tuple[str, str]]:
        """Return whom some ties leave with nobody, and each open place of those who have somebody in another one."""
        posed, tied = self.run.posed, {tie.helped for tie in ties}
        if self.kind in {"peers", "circles"}:
            tied |= {tie.helper for tie in ties}
        asking = frozenset(posed.asking)
        found = {(person, "") for person in asking - tied}
        if hasattr(posed.problem, "slots"):
            filled = {(tie.helped, tie.label) for tie in ties}
            some = [person for person in posed.helped if person in tied or person not in asking]
            found |= {(one, label) for one in some for label in self.places(one) if (one, label) not in filled}
        return found

    def said(self, ties: Sequence[HandTie]) -> list[Tie]:
        """Return what is said about some ties, in their order: the fit and the reasons of each."""
        if not ties:
            return []
        posed = self.run.posed
        labels = [posed.called(label) for label in labels_of(self.run)]
        placed_at = [
            (*self._ends(tie), labels.index(tie.label) if self.kind in {"panel", "chain", "rounds"} else 0)
            for tie in ties
        ]
        named = np.array(placed_at, dtype=np.int32)
        return [
            Tie(
                posed.helped[one],
                posed.helpers[other],
                label=tie.label,
                fit=sum(part.points for part in why),
                reasons=why,
            )
            for tie, (one, other, _label), why in zip(ties, placed_at, posed.reasons(named), strict=True)
        ]

    def _ends(self, tie: HandTie) -> tuple[int, int]:
        """Return the positions of a tie; of two peers the smaller comes first."""
        one, other = self._at[0][tie.helped], self._at[1][tie.helper]
        return (other, one) if self.kind in {"peers", "circles"} and one > other else (one, other)

    def _changed(self, person: str, label: str, act: SeatChange) -> tuple[HandTie, ...] | None:
        posed = self.run.posed
        if isinstance(posed.problem, Circles | Teams):
            groups = self._regrouped(person, act)
            return None if groups is None else self._ties_of(groups)
        if isinstance(posed.problem, Peers):
            other = None if act.kind == "out" else self._at[0][act.target]
            mates = mates_after(
                posed.problem, self._mates, self._at[0][person], other, fixed=self._fixed_at, aim=self.run.aim
            )
            return None if mates is None else self._ties_of_mates(mates)
        helper = None if act.kind == "out" else self._at[1][act.target]
        place = self._place(person, label)
        after = given(self._held, place, helper, fixed=self._fixed_ties, everyone=self.run.aim != "total")
        return None if after is None else self._ties_held(after.place)

    def _regrouped(self, person: str, act: SeatChange) -> Groups | None:
        held, at = self._groups, self._seat(person)
        if act.kind == "out":
            return held.without(at)
        if act.kind == "swap":
            return held.exchanged(at, self._seat(act.target))
        return held.moved(at, self._group_names.index(act.target))

    @cached_property
    def _at(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        posed = self.run.posed
        helped = {one: at for at, one in enumerate(posed.helped)}
        return helped, {one: at for at, one in enumerate(posed.helpers)}

    def _place(self, person: str, label: str) -> Place:
        problem, at = self.run.posed.problem, self._at[0][person]
        if isinstance(problem, ChainProblem):
            return at, int(links_of(problem)[at])
        return at, labels_of(self.run).index(label)

    @cached_property
    def _held(self) -> Held:
        ties, _ = placed(self.run, [(tie.helped, tie.helper) for tie in self.ties], [tie.label for tie in self.ties])
        return Held(self.run.posed.problem, {(one, label): other for one, other, label in ties.tolist()})

    @cached_property
    def _fixed_ties(self) -> frozenset[tuple[int, int]]:
        return frozenset((self._at[0][one], self._at[1][other]) for one, other in self.fixed if one in self._at[0])

    @cached_property
    def _fixed_at(self) -> frozenset[frozenset[int]]:
        seats = (frozenset((self._seat(one), self._seat(other, helps=True))) for one, other in self.fixed)
        return frozenset(seats)

    def _ties_held(self, place: Mapping[Place, int]) -> tuple[HandTie, ...]:
        posed, names = self.run.posed, [self.run.posed.called(label) for label in labels_of(self.run)]
        return tuple(
            HandTie(posed.helped[one], posed.helpers[other], names[label])
            for (one, label), other in sorted(place.items())
        )

    @cached_property
    def _mates(self) -> Mapping[int, int]:
        pairs = [(self._at[0][tie.helped], self._at[0][tie.helper]) for tie in self.ties]
        return dict(pairs) | {other: one for one, other in pairs}

    def _partners(self, at: int) -> list[int]:
        problem: Peers = self.run.posed.problem
        own = np.flatnonzero((problem.pairs == at).any(axis=1))
        others = problem.pairs[own].sum(axis=1) - at
        return [int(other) for _, other in sorted(zip((-problem.fit[own]).tolist(), others.tolist(), strict=True))]

    def _ties_of_mates(self, mates: Mapping[int, int]) -> tuple[HandTie, ...]:
        ids = self.run.posed.helped
        return tuple(HandTie(ids[one], ids[other]) for one, other in sorted(mates.items()) if one < other)

    @cached_property
    def _group_names(self) -> list[str]:
        return sorted({tie.label for tie in self.ties}, key=lambda name: (len(name), name))

    @cached_property
    def _groups(self) -> HeldGroups:
        members: dict[str, set[int]] = {name: set() for name in self._group_names}
        for tie in self.ties:
            members[tie.label] |= {self._seat(tie.helped), self._seat(tie.helper, helps=True)}
        problem = self.run.posed.problem
        gathering = of_circles(problem) if isinstance(problem, Circles) else of_teams(problem)
        groups = tuple(frozenset(members[name]) for name in self._group_names)
        return HeldGroups(gathering, groups, self._fixed_at, self.run.aim != "total")

    def _seat(self, person: str, *, helps: bool = False) -> int:
        """Return the position of somebody among all people; mentors of teams stand after the mentees."""
        helped, helpers = self._at
        if self.kind != "teams":
            return helped[person]
        return len(helped) + helpers[person] if helps or person not in helped else helped[person]

    def _seat_id(self, at: int) -> str:
        posed = self.run.posed
        people = len(posed.helped)
        return posed.helped[at] if at < people else posed.helpers[at - people]

    def _ties_of(self, groups: Groups) -> tuple[HandTie, ...]:
        people, found = len(self.run.posed.helped), []
        for name, group in zip(self._group_names, groups, strict=True):
            for one, other in combinations(sorted(group), 2):
                if self.kind == "circles" or one < people <= other:
                    found.append(HandTie(self._seat_id(one), self._seat_id(other), name))
        return tuple(found)

    def _fits(self, ties: Sequence[HandTie]) -> list[int]:
        posed, problem = self.run.posed, self.run.posed.problem
        if isinstance(problem, Peers | Circles):
            fit = self._pair_fits
            return [fit[frozenset((self._at[0][tie.helped], self._at[0][tie.helper]))] for tie in ties]
        if isinstance(problem, Teams):
            return [int(problem.fit[self._at[0][tie.helped], self._at[1][tie.helper]]) for tie in ties]
        names = [posed.called(label) for label in labels_of(self.run)]
        return [
            self._held.worth((self._at[0][tie.helped], names.index(tie.label)), self._at[1][tie.helper]) or 0
            for tie in ties
        ]

    @cached_property
    def _pair_fits(self) -> Mapping[frozenset[int], int]:
        problem: Peers | Circles = self.run.posed.problem
        return {frozenset(pair): fit for pair, fit in zip(problem.pairs.tolist(), problem.fit.tolist(), strict=True)}

    def _totals(self, ties: Sequence[HandTie]) -> HandTotals:
        fits = self._fits(ties)
        people = {tie.helped for tie in ties}
        if self.kind in {"peers", "circles"}:
            people |= {tie.helper for tie in ties}
        return HandTotals(len(people), min(fits, default=0), sum(fits))

    def _moves(self, after: Sequence[HandTie]) -> tuple[SeatMove, ...]:
        """Return what becomes of every place that changes, in the order of the people."""
        old, new = self._seen(self.ties), self._seen(after)
        nobody: tuple[str, int | None] = ("", None)
        found = []
        for person, label in dict.fromkeys((*old, *new)):
            was, now = old.get((person, label), nobody), new.get((person, label), nobody)
            if was[0] != now[0]:
                found.append(SeatMove(person, label, was[0], now[0], was[1], now[1]))
        return tuple(found)

    def _seen(self, ties: Sequence[HandTie]) -> dict[tuple[str, str], tuple[str, int | None]]:
        """Return, by person and place, whom or what group it has, and the fit with that."""
        found: dict[tuple[str, str], tuple[str, int | None]] = {}
        for tie, fit in zip(ties, self._fits(ties), strict=True):
            if self.kind in IN_GROUPS:
                for person in (tie.helped, tie.helper):
                    found[person, ""] = (tie.label, fit + (found.get((person, ""), ("", 0))[1] or 0))
            elif self.kind == "peers":
                found[tie.helped, ""], found[tie.helper, ""] = (tie.helper, fit), (tie.helped, fit)
            else:
                found[tie.helped, "" if self.kind == "chain" else tie.label] = (tie.helper, fit)
        return found


def in_hand(run: ShapeRun, ties: Sequence[HandTie], *, fixed: IdPairs = ()) -> ShapeInHand:
    """Return a plan as it stands, ready for changes."""
    return ShapeInHand(run, tuple(ties), frozenset(fixed))
