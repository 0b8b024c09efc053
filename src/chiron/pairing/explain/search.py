"""The cheapest changes after which one person is matched: each is certain, because it was tried or locks its pair.

A pair that is locked is in every plan, and one more pair finds its way to a free place once each full level above its
mentor lets one more through. What is not locked is offered only where the plan solved again holds the person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.explain.fixes import MOST_NAMED, Fix, FixStep, Wording, cost_of
from chiron.pairing.explain.trials import Leeway, Trials, caps_full_for_all, is_more_always_better
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Longs
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.whatif.free_places import FreePlaces

NUMBERS = frozenset({"more_places", "raise_cap", "lower_least"})
"""Steps that change a number, from which others may profit."""
MOST_FIXES = 4
MOST_OF_A_KIND = 2
MOST_MORE = 3
"""So many more places of one mentor, or pairs of one cap, are offered at most."""
MOST_LOOKED_AT = 12
"""Mentors of one mentee who are looked at for places; the best fits come first."""


@dataclass(frozen=True, slots=True, eq=False)
class Obstacles:
    """What stands between a mentee and each mentor whom the rules or people forbid.

    Attributes:
        mentors: int (k,), positions.
        forbidden: bool (must rules, k), which rule forbids the pair.
        apart: bool (k,), people keep the two apart.
    """

    mentors: NDArray[np.int64]
    forbidden: NDArray[np.bool_]
    apart: NDArray[np.bool_]


class FixSearch:
    """Finds the fixes of the people whom one plan leaves out."""

    def __init__(
        self,
        state: FreePlaces,
        scoring: Scoring,
        answer: Answer,
        words: Wording,
        trials: Trials | None,
        *,
        is_best: bool,
    ) -> None:
        """Take the plan.

        Args:
            state: its free places, and the ways to them.
            scoring: rules and people.
            answer: the plan.
            words: names of people.
            trials: tries changes of numbers by solving again; None: nothing is tried.
            is_best: the plan's judge found it proved best.
        """
        self.state, self.scoring, self.words, self.trials = state, scoring, words, trials
        self.leeway = trials.leeway if trials is not None else Leeway()
        self.gains = is_more_always_better(state.problem, answer, is_best=is_best) and not self.leeway.resizes
        self.shut = self.leeway.fixed | self.leeway.closed

    def fixes(self, mentee: int, blocked: Obstacles) -> tuple[Fix, ...]:
        """Return the cheapest fixes of a mentee, the cheapest first."""
        found = [
            *self._free(mentee),
            *self._numbers(mentee),
            *self._least(mentee),
            *self._allowances(mentee, blocked),
        ]
        ways = self._proved(found) or self._proved([*self._joint(mentee, blocked)]) or [*self._recruit(mentee)]
        return tuple(ways[:MOST_FIXES])

    def _proved(self, found: Sequence[Fix]) -> list[Fix]:
        """Return the fixes that do what they say, the cheapest first."""
        return [fix for fix in sorted(found, key=lambda fix: fix.cost) if self._does_as_said(fix)]

    def _does_as_said(self, fix: Fix) -> bool:
        """Return False if a fix, tried, does not help whom it is for, or matches nobody more."""
        if self.trials is None or not self.trials.tries_pairs or fix.steps[0].code == "new_mentor":
            return True
        found = self.trials.outcome(fix.steps)
        return found is not None and found.helped.issuperset(fix.helps) and len(found.helped) > len(found.lost)

    def _best_first(self, mentee: int, some: NDArray[np.bool_]) -> list[int]:
        """Return some of the mentors whom a mentee may have, the best fit first; `some` marks them in the list."""
        partner, fit = self.state.partners(mentee)[some], self.state.fits(mentee)[some]
        return [int(mentor) for mentor in partner[np.argsort(-fit, kind="stable")]]

    def free_mentor(self, mentee: int) -> int | None:
        """Return the mentor who has room, or can get it, for a mentee whom the plan leaves out all the same."""
        state, partner = self.state, self.state.partners(mentee)
        reached = state.reached[partner]
        loose = reached & state.mentor_loose[partner]
        return next(iter(self._best_first(mentee, loose if loose.any() else reached)), None)

    def _free(self, mentee: int) -> Iterator[Fix]:
        """Yield the choice of a mentor who has room."""
        mentor = self.free_mentor(mentee)
        if mentor is not None:
            yield self._single("assign", FixStep("lock", mentee=mentee, mentor=mentor), mentee, mentor)

    def _numbers(self, mentee: int) -> Iterator[Fix]:
        """Yield more places with a mentor, or more pairs under caps, that let a mentee in."""
        partner = self.state.partners(mentee)
        found: dict[str, list[Fix]] = {"place": [], "cap": [], "several": []}
        seen: set[FixStep] = set()
        for mentor in self._best_first(mentee, ~self.state.reached[partner])[:MOST_LOOKED_AT]:
            steps = self._raises(mentor)
            if steps is None or (len(steps) == 1 and steps[0] in seen):
                continue
            kind = "several"
            if len(steps) == 1:
                seen.add(steps[0])
                kind = "place" if steps[0].code == "more_places" else "cap"
            found[kind].append(self._raised(kind, steps, mentee, mentor))
        for kind, fixes in found.items():
            if kind != "several" or not (found["place"] or found["cap"]):
                plain = [fix for fix in fixes if len(fix.steps) == 1]
                yield from sorted(plain or fixes, key=lambda fix: fix.cost)[:MOST_OF_A_KIND]

    def _raises(self, mentor: int) -> tuple[FixStep, ...] | None:
        """Return what has to grow by one so that one more pair with a mentor finds a place; None where it may not."""
        mentors = len(self.state.problem.mentors)
        nodes = self.state.in_the_way(mentor)
        if nodes[:1] == [mentor] and mentor in self.shut:
            return None
        return tuple(
            FixStep("more_places", mentor=node) if node < mentors else FixStep("raise_cap", cap=node - mentors)
            for node in nodes
        )

    def _raised(self, kind: str, steps: tuple[FixStep, ...], mentee: int, mentor: int) -> Fix:
        """Return the fix of larger numbers: as they are where that helps the mentee, else with the pair locked."""
        plain = self._plain(kind, steps[0], mentee, mentor) if len(steps) == 1 else None
        return plain or self._locked(kind, steps, mentee, mentor)

    def _plain(self, kind: str, step: FixStep, mentee: int, mentor: int) -> Fix | None:
        """Return the fix of one change of a number after which the mentee is matched, as tried; None without one."""
        if self.trials is None:
            return None
        for by in range(1, 1 + (MOST_MORE if step.code != "lower_least" else 1)):
            more = replace(step, by=by)
            if step.code == "more_places" and self._is_too_many(more):
                break
            found = self.trials.planned(more)
            if found is not None and mentee in found.helped and not found.lost:
                return self._single(kind, more, mentee, mentor, others=sorted(found.helped - {mentee}))
        return None

    def _is_too_many(self, step: FixStep) -> bool:
        """Return True if the rules allow no mentor so many places."""
        most = self.leeway.most
        return most is not None and int(self.state.problem.capacity[step.mentor]) + step.by > most

    def _locked(self, kind: str, steps: tuple[FixStep, ...], mentee: int, mentor: int) -> Fix:
        """Return the fix of changes after which the pair can be locked, and is."""
        found = None
        if len(steps) == 1 and self.trials is not None and steps[0].code in NUMBERS:
            found = self.trials.planned(steps[0])
        instead = found.helped if found is not None and len(found.helped) <= MOST_NAMED else frozenset()
        every = (*steps, FixStep("lock", mentee=mentee, mentor=mentor))
        sentence = self.words.several(every, instead=sorted(instead - {mentee}))
        return Fix(kind, sentence, mentor, self._about(steps), 1, proved=True, steps=every, helps=(mentee,))

    def _single(self, kind: str, step: FixStep, mentee: int, mentor: int, others: Sequence[int] = ()) -> Fix:
        """Return the fix of one change that is enough."""
        helps = (mentee, *others)
        has_room = self.state.is_loose(mentor)
        sentence = self.words.single(kind, step, mentor=mentor, helps=helps, has_room=has_room)
        about = self._about((step,))
        return Fix(kind, sentence, mentor, about, len(helps), proved=True, steps=(step,), helps=helps)

    def _about(self, steps: Sequence[FixStep]) -> str:
        """Return the name of the one rule, cap or holder of a least number that a fix is about; empty without one."""
        step = steps[0]
        if step.code == "raise_cap":
            return self.state.problem.caps[step.cap].name
        if step.code == "lower_least":
            return self.words.least_of(step)[0]
        return step.rules[0] if len(step.rules) == 1 else ""

    def _least(self, mentee: int) -> Iterator[Fix]:
        """Yield the least number of pairs of which one less would be enough."""
        partner, mentors = self.state.partners(mentee), len(self.state.problem.mentors)
        for node, reached in self.state.by_less.items():
            order = self._best_first(mentee, reached[partner])
            if order and (node >= mentors or self.leeway.may_have_fewer):
                of_cap = node >= mentors
                step = FixStep("lower_least", mentor=-1 if of_cap else node, cap=node - mentors if of_cap else -1)
                yield self._raised("least", (step,), mentee, order[0])
                return

    def _allowances(self, mentee: int, blocked: Obstacles) -> Iterator[Fix]:
        """Yield the must rules that alone stand between a mentee and a mentor with room, and the pair kept apart."""
        ready = self.state.reached[blocked.mentors] & (blocked.forbidden.sum(axis=0) + blocked.apart == 1)
        for at, rule in enumerate(self.scoring.must_rules):
            some = np.flatnonzero(ready & blocked.forbidden[at])
            if len(some):
                mentor = self._best_of(mentee, blocked.mentors[some])
                kind = "remote" if rule.kind == "distance" else "rule"
                step = FixStep("bend_rules", mentee=mentee, mentor=mentor, rules=(rule.name,))
                yield self._allowed(kind, step)
        some = np.flatnonzero(ready & blocked.apart)
        if len(some):
            yield self._allowed(
                "apart", FixStep("lift_apart", mentee=mentee, mentor=self._best_of(mentee, blocked.mentors[some]))
            )

    def _best_of(self, mentee: int, some: Longs) -> int:
        """Return the mentor of some who has a place free, or else can get one, and would fit a mentee best."""
        loose = self.state.mentor_loose[some]
        some = some[loose] if loose.any() else some
        pairs = np.stack([np.full(len(some), mentee), some], axis=1).astype(np.int32)
        return int(some[int(self.scoring.parts(pairs).sum(axis=1).argmax())])

    def _allowed(self, kind: str, step: FixStep) -> Fix:
        """Return the fix of allowing a pair, which has to be locked too unless the plan must then hold it.

        Without the lock the plan may hold other people than before; where that was tried, nobody may lose by it.
        """
        if self.gains:
            plain = self._single(kind, step, step.mentee, step.mentor)
            found = self.trials.outcome((step,)) if self.trials is not None and self.trials.tries_pairs else None
            if found is None or not found.lost:
                return plain
        return self._locked(kind, (step,), step.mentee, step.mentor)

    def _joint(self, mentee: int, blocked: Obstacles) -> Iterator[Fix]:
        """Yield the cheapest way where no single change is enough: rules to bend, and numbers to raise."""
        best: tuple[FixStep, ...] | None = None
        cheapest_first = np.argsort(blocked.forbidden.sum(axis=0) + blocked.apart, kind="stable")
        for at in cheapest_first[:MOST_LOOKED_AT].tolist():
            mentor = int(blocked.mentors[at])
            raises = self._raises(mentor)
            if raises is None:
                continue
            bent = tuple(
                rule.name for rule, row in zip(self.scoring.must_rules, blocked.forbidden, strict=True) if row[at]
            )
            steps = (
                *((FixStep("bend_rules", mentee=mentee, mentor=mentor, rules=bent),) if bent else ()),
                *((FixStep("lift_apart", mentee=mentee, mentor=mentor),) if blocked.apart[at] else ()),
                *raises,
            )
            if best is None or cost_of(steps) < cost_of(best):
                best = steps
        if best is not None:
            yield self._locked("several", best, mentee, best[0].mentor)

    def _recruit(self, mentee: int) -> Iterator[Fix]:
        """Yield the fix of one more mentor, with whom the mentee is locked, and of one more pair where nobody may."""
        if self.leeway.may_recruit:
            caps = caps_full_for_all(self.state.problem, self.state.used)
            raises = (FixStep("raise_cap", cap=at) for at in caps)
            steps = (FixStep("new_mentor", mentee=mentee), *raises, FixStep("lock", mentee=mentee))
            yield Fix("mentor", self.words.several(steps), -1, "", 1, proved=True, steps=steps, helps=(mentee,))
