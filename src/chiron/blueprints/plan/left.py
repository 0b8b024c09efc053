"""Why somebody is tied to nobody in a shape larger than pairs, and what would change it: each fix is tried."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np

from chiron.blueprints.plan.made import WhyLeft
from chiron.blueprints.pose.shape_question import PosedShape
from chiron.pairing.model.problem import Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers, Rounds, Teams
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import ChainProblem, LoadsProblem

MOST_NAMED = 3
MOST_TRIED = 2
"""Mentors with whom one more place is tried, for each person."""
MOST_HELPED = 20
"""People for whom fixes are tried; each try solves the whole plan again."""
SMALL = 20_000
"""Ties up to which that takes a fraction of a second."""


@dataclass(frozen=True, eq=False)
class LeftInShape:
    """Who is tied to nobody in a plan of a shape.

    Attributes:
        posed: what was asked.
        answer: the plan.
        helped_names: what people call those who are helped, by position.
        helper_names: what people call those who help, by position.
        aim: as it was asked.
        solver: the module that solves this shape.
        exclusions: names of the rules that keep people apart who are named.
    """

    posed: PosedShape
    answer: ShapeAnswer
    helped_names: tuple[str, ...]
    helper_names: tuple[str, ...]
    aim: str
    solver: str
    exclusions: frozenset[str] = frozenset()

    def why(self, person: str) -> WhyLeft:
        """Return why somebody who asked is tied to nobody."""
        place, problem = self.posed.helped.index(person), self.posed.problem
        if isinstance(problem, Peers | Circles):
            return self._alone[place]
        name = self.helped_names[place]
        if isinstance(problem, Teams):
            return self._of_teams(problem, place, name)
        mentors = self._allowed(place)
        if not len(mentors):
            return self._nobody_allowed(person, name)
        full = [at for at in mentors.tolist() if self._room[at] < self._step]
        caps = [self._full_cap(at) for at in mentors.tolist() if at not in full]
        if all(caps):
            fixes = tuple(self._place_fixes(place, full)) if not caps else ()
            return WhyLeft(
                "cap_full" if caps else "all_full",
                self._full_reason(name, len(mentors), full, sorted({cap for cap in caps if cap})),
                tuple(fix for fix, _ in fixes),
                changes=tuple(one for _, one in fixes),
            )
        able = [at for at in mentors.tolist() if at not in full]
        if isinstance(problem, ChainProblem) and problem.needs_mentor and self._waiting.issuperset(able):
            return WhyLeft("own_mentor_first", Sentence("left.own_mentor_first", {"name": name}))
        return WhyLeft("needed_elsewhere", Sentence("left.needed_elsewhere", {"name": name}))

    def _full_cap(self, mentor: int) -> str | None:
        """Return the name of a full cap over a mentor, None where there is none."""
        load = np.bincount(self.answer.ties[:, 1], minlength=len(self._capacity))
        return next(
            (
                cap.name
                for cap in getattr(self.posed.problem, "caps", ())
                if mentor in cap.mentors and int(load[list(cap.mentors)].sum()) >= cap.limit
            ),
            None,
        )

    def _full_reason(self, name: str, fitting: int, full: list[int], caps: list[str]) -> Sentence:
        """Return that everybody who fits is full, has no place at all, or stands under a full cap."""
        none = sum(1 for at in full if self._capacity[at] < 1)
        counts = {"full": len(full) - none, "without_places": none}
        several = sum(map(bool, counts.values())) + bool(caps) > 1
        how = "some" if several else "one" if fitting == 1 else "all"
        reasons = [Sentence(f"why.{how}_{what}", {"n": count}) for what, count in counts.items() if count]
        if caps:
            named = tuple(f"“{cap}”" for cap in caps[:MOST_NAMED])
            reasons.append(Sentence("why.capped", {"caps": named, "n": len(named)}))
        return Sentence("left.full", {"n": fitting, "name": name, "reasons": tuple(reasons)})

    def why_idle(self, mentor: str) -> WhyLeft:
        """Return why a mentor has nobody."""
        place = self.posed.helpers.index(mentor)
        name = self.helper_names[place]
        if self._capacity[place] < 1:
            return WhyLeft("no_place", Sentence("left.mentor_no_place", {"name": name}))
        problem = self.posed.problem
        fits = problem.allowed[:, place].any() if isinstance(problem, Teams) else (self._partner == place).any()
        if not fits:
            return WhyLeft("nobody_fits", Sentence("left.mentor_nobody_allowed", {"name": name}))
        return WhyLeft("not_needed", Sentence("left.mentor_not_needed"))

    def room(self) -> dict[str, int]:
        """Return how many more each helper could take, by id; nothing where places belong to no single person."""
        if isinstance(self.posed.problem, Peers | Circles | Teams):
            return {}
        found: dict[str, int] = {}
        for helper, places in zip(self.posed.helpers, self._room.tolist(), strict=True):
            found[helper] = found.get(helper, 0) + places
        return found

    @cached_property
    def _alone(self) -> Mapping[int, WhyLeft]:
        """Why peers have no partner, or sit in no circle, by position."""
        advice = import_module("chiron.pairing.shapes.advice.left_out")
        if isinstance(self.posed.problem, Peers):
            found = advice.left_out_peers(
                self.posed.problem, self.answer, names=self.helped_names, never=self._are_kept_apart
            )
        else:
            found = advice.left_out_circles(self.posed.problem, self.answer, names=self.helped_names)
        return {
            one.person: WhyLeft(
                one.code,
                one.reason,
                one.fixes,
                changes=tuple(self._values(fix, helped) for fix, helped in zip(one.fixes, one.helps, strict=True)),
            )
            for one in found
        }

    def _values(self, fix: Sentence, helped: tuple[int, ...]) -> dict[str, Any]:
        """Return a fix of peers or circles as values."""
        ids = self.posed.helped
        steps: dict[str, dict[str, Any]] = {
            "peer.fix.pair": {"code": "allow_pair", "ids": [ids[at] for at in helped]},
            "circle.fix.larger": {"code": "larger_circles", "most": fix.values.get("most")},
        }
        return {
            "kind": fix.code,
            "helps": [ids[at] for at in helped],
            "steps": [steps.get(fix.code, {"code": "new_person"})],
        }

    def _are_kept_apart(self, one: int, other: int) -> bool:
        """Return True for two whom people, or a rule of exclusion, keep apart."""
        first, second = self.posed.helped[one], self.posed.helped[other]
        both = (self.posed.forbidding(first).get(second, ("",)), self.posed.forbidding(second).get(first, ("",)))
        return not all(both) or any(rule in self.exclusions for rules in both for rule in rules)

    @property
    def _slots(self) -> Slots | None:
        return getattr(self.posed.problem, "slots", None)

    @cached_property
    def _starts(self) -> Longs:
        """Where the ties of each person begin: int64 (n + 1,)."""
        slots, starts = self._slots, getattr(self.posed.problem, "starts", None)
        return np.asarray(starts if slots is None else slots.starts[:: max(1, slots.kinds)])

    @cached_property
    def _partner(self) -> Longs:
        slots = self._slots
        return np.asarray(self.posed.problem.partner if slots is None else slots.partner)

    @cached_property
    def _capacity(self) -> Longs:
        """How much each helper can give: int64."""
        problem = self.posed.problem
        if isinstance(problem, Teams):
            return np.ones(len(problem.mentors), dtype=np.int64)
        if isinstance(problem, Rounds):
            return np.asarray(problem.at_once, dtype=np.int64) * len(problem.labels)
        return np.asarray(problem.budget if isinstance(problem, LoadsProblem) else problem.capacity, dtype=np.int64)

    @cached_property
    def _room(self) -> Longs:
        """How much each helper has left: int64."""
        problem, ties = self.posed.problem, self.answer.ties
        units = problem.units[ties[:, 2]] if isinstance(problem, LoadsProblem) else np.ones(len(ties), dtype=np.int64)
        used = np.bincount(ties[:, 1], weights=units, minlength=len(self._capacity)).astype(np.int64)
        return np.asarray(self._capacity - used)

    def _allowed(self, place: int) -> Longs:
        """Return the helpers whom the rules allow somebody, ascending, each once."""
        return np.unique(self._partner[self._starts[place] : self._starts[place + 1]]).astype(np.int64)

    def _nobody_allowed(self, person: str, name: str) -> WhyLeft:
        """Return which rules leave somebody with nobody, those that rule out most first."""
        forbidding = self.posed.forbidding(person)
        if not forbidding:
            return WhyLeft("no_mentors", Sentence("left.no_mentors", {"name": name}))
        counts: dict[str, int] = {}
        for rules in forbidding.values():
            for rule in rules:
                counts[rule] = counts.get(rule, 0) + 1
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_NAMED]
        reasons = [Sentence("left.ruled_out", {"rule": rule, "n": n, "count": len(forbidding)}) for rule, n in ordered]
        apart = sum(1 for rules in forbidding.values() if not rules)
        reasons += [Sentence("left.kept_apart", {"n": apart})] if apart else []
        return WhyLeft("nobody_fits", Sentence("left.nobody_allowed", {"name": name, "reasons": tuple(reasons)}))

    def _of_teams(self, problem: Teams, place: int, name: str) -> WhyLeft:
        """Return why somebody is in no team."""
        if not problem.allowed[place].any():
            return self._nobody_allowed(self.posed.helped[place], name)
        teams = len(problem.mentors) // problem.mentors_least
        if teams * problem.mentees_most < len(problem.mentees):
            values = {"mentees": len(problem.mentees), "mentors": len(problem.mentors), "teams": teams}
            return WhyLeft("sizes", Sentence("left.team_sizes", values))
        return WhyLeft("lost_out", Sentence("left.team_lost_out", {"name": name}))

    def _place_fixes(self, place: int, full: list[int]) -> Iterator[tuple[Sentence, dict[str, Any]]]:
        """Yield more places with a mentor that help this person, each tried by solving again, and as values."""
        waiting = sorted(self._waiting)
        if len(self._partner) > SMALL or place not in waiting[:MOST_HELPED]:
            return
        solve = import_module(f"chiron.pairing.shapes.{self.solver}").solve
        for mentor in sorted(full, key=lambda at: (-self._best_fit(place, at), at))[:MOST_TRIED]:
            changed = solve(self._with_place(mentor), aim=self.aim, seed=self.answer.seed)
            if (changed.ties[:, 0] == place).any():
                sentence = Sentence("left.fix.place", {"mentor": self.helper_names[mentor], "n": self._step})
                step = {"code": "more_places", "mentor_id": self.posed.helpers[mentor], "by": self._step}
                yield sentence, {"kind": "place", "helps": [self.posed.helped[place]], "steps": [step]}

    @property
    def _step(self) -> int:
        """How many places are added in a trial: those that the cheapest slot takes."""
        problem = self.posed.problem
        return int(problem.units.min()) if isinstance(problem, LoadsProblem) else 1

    @cached_property
    def _waiting(self) -> frozenset[int]:
        """Positions of those who asked and are tied to nobody."""
        tied = set(self.answer.ties[:, 0].tolist())
        at = {one: place for place, one in enumerate(self.posed.helped)}
        return frozenset(at[one] for one in self.posed.asking if at[one] not in tied)

    def _best_fit(self, place: int, mentor: int) -> int:
        first, last = int(self._starts[place]), int(self._starts[place + 1])
        slots = self._slots
        fit = self.posed.problem.fit if slots is None else slots.fit
        return int(fit[first:last][self._partner[first:last] == mentor].max())

    def _with_place(self, mentor: int) -> Any:
        """Return the same question with one more place at one mentor."""
        problem = self.posed.problem
        if isinstance(problem, LoadsProblem):
            budget = problem.budget.copy()
            budget[mentor] += self._step
            return replace(problem, budget=budget)
        if isinstance(problem, Rounds):
            at_once = np.array(problem.at_once)
            at_once[mentor] += 1
            return replace(problem, at_once=at_once)
        capacity = problem.capacity.copy()
        capacity[mentor] += 1
        if (places := getattr(problem, "program_capacity", None)) is not None:
            raised = places.copy()
            raised[:, mentor] += raised[:, mentor] > 0
            return replace(problem, capacity=capacity, program_capacity=raised)
        return replace(problem, capacity=capacity)
