"""Changes to a plan's numbers that are tried by solving again, under the same aim and seed, and who is matched then.

More places go to whom the aim prefers, who need not be the person for whom they were asked: only the new plan tells.
In large problems nothing is tried, and a fix then locks the pair that it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.explain.fixes import FixStep
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import AimError, Ints, LocksError, Problem, QuotaError
from chiron.pairing.proof.referee import verdict
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.rules.wishes import with_wishes
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import Change, allow_pair, apply_change

MOST_WORK_MS = 600.0
"""What all trials of a plan may take together, by the estimate below, so that the same plan gives the same fixes."""
FEWEST = 5
"""With room for fewer trials than that nothing is tried: the first few people would be told more than the others."""
PAIRS_OF_ONE = 6
"""Changes about one pair that are tried for each person, where there is time for so many."""
MOST_OF_ONE = 3
"""Mentors of one mentee with whom one more place is tried."""


@dataclass(frozen=True, slots=True)
class Leeway:
    """What a coordinator can change, beside what the problem says.

    Attributes:
        fixed: mentors whose number of places cannot be raised alone, for the rules on groups say it.
        closed: mentors whose group stays closed.
        most: places that no mentor may exceed; None without such a number.
        kin: for each cap the number of its family: those that one line of the rules sets together; empty: each alone.
        may_recruit: False where one more mentor would have to have several mentees.
        resizes: sizes of groups are worked out anew with each plan, so that only a locked pair is certain.
        may_have_fewer: False where nobody sets the least numbers of mentors by hand.
    """

    fixed: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    most: int | None = None
    kin: tuple[int, ...] = ()
    may_recruit: bool = True
    resizes: bool = False
    may_have_fewer: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who is matched in a new plan and was not before, and who was before and is not; positions of mentees."""

    helped: frozenset[int]
    lost: frozenset[int]


class Trials:
    """What changes do to a plan: each is solved once, under the same aim and seed.

    Attributes:
        leeway: what can be changed.
        tries_pairs: True where changes that are about one pair are tried too, not numbers alone.
    """

    def __init__(self, problem: Problem, scoring: Scoring, answer: Answer, *, leeway: Leeway | None = None) -> None:
        """Work out how many changes can be tried.

        Args:
            problem: what was asked.
            scoring: rules and people.
            answer: the plan.
            leeway: what can be changed.
        """
        self.problem, self.scoring, self.answer = problem, scoring, answer
        self.leeway = leeway or Leeway()
        self._matched = frozenset(answer.pairs[:, 0].tolist())
        step_ms = 5 + len(problem.partner) / 800
        self._most = int(MOST_WORK_MS / step_ms)
        if self._most < FEWEST or answer.stopped is not None or self.leeway.resizes:
            self._most = 0
        waiting = int((problem.wanted > 0).sum()) - len(self._matched)
        self.tries_pairs = waiting * PAIRS_OF_ONE <= self._most
        self._found: dict[tuple[FixStep, ...], Outcome | None] = {}
        self._planned: frozenset[FixStep] | None = None

    def planned(self, step: FixStep) -> Outcome | None:
        """Return what becomes of everybody after a change of a number; None where it is not tried or leaves no plan."""
        return self.outcome((step,)) if self._is_planned(step) else None

    def outcome(self, steps: tuple[FixStep, ...]) -> Outcome | None:
        """Return what becomes of everybody after some changes, in every way in which they can be made.

        None where one of these ways leaves no plan.
        """
        if steps not in self._found:
            self._found[steps] = self._tried(steps)
        return self._found[steps]

    def _tried(self, steps: tuple[FixStep, ...]) -> Outcome | None:
        """Return what becomes of everybody: helped in all the ways, or losing in one of them."""
        helped, lost = None, frozenset[int]()
        for changed in changed_by(self.problem, self.scoring, steps, self.leeway.kin):
            pairs = resolved(changed, self.answer)
            if pairs is None:
                return None
            after = frozenset(pairs[:, 0].tolist())
            new = after - self._matched
            helped = new if helped is None else helped & new
            lost |= self._matched - after
        return None if helped is None else Outcome(helped, lost)

    def _is_planned(self, step: FixStep) -> bool:
        """Return True if a change is among those that are tried, whoever asks first."""
        if self._planned is None:
            firsts = self._firsts() if self._most else {}
            self._planned = frozenset(list(firsts)[: self._most])
        first = replace(step, by=1)
        return first in self._planned and (step.by == 1 or step.by * len(self._planned) <= self._most)

    def _firsts(self) -> dict[FixStep, None]:
        """Return one more place with each of the best full mentors of the people without one, and each cap and least.

        The order is that of the mentees, and does not hang on who asks.
        """
        problem = self.problem
        found: dict[FixStep, None] = {}
        used = np.bincount(self.answer.pairs[:, 1], minlength=len(problem.mentors))
        for at, cap in enumerate(problem.caps):
            load = int(used[list(cap.mentors)].sum())
            if load >= cap.limit:
                found[FixStep("raise_cap", cap=at)] = None
            if cap.least and load <= cap.least:
                found[FixStep("lower_least", cap=at)] = None
        held = np.flatnonzero((problem.least > 0) & (used <= problem.least))
        found |= dict.fromkeys(FixStep("lower_least", mentor=mentor) for mentor in held.tolist())
        full = used >= problem.capacity
        full[list(self.leeway.fixed | self.leeway.closed)] = False
        for mentee in np.flatnonzero(problem.wanted).tolist():
            if mentee in self._matched:
                continue
            first, last = int(problem.starts[mentee]), int(problem.starts[mentee + 1])
            partner, fit = problem.partner[first:last], problem.fit[first:last].astype(np.int64)
            partner, fit = partner[full[partner]], fit[full[partner]]
            for mentor in partner[np.argsort(-fit, kind="stable")][:MOST_OF_ONE].tolist():
                found[FixStep("more_places", mentor=mentor)] = None
        return found


def resolved(problem: Problem, answer: Answer) -> Ints | None:
    """Return the best plan of a problem under the aim and the seed of an answer, None where there is none."""
    try:
        return solve(problem, aim=answer.aim, seed=answer.seed).pairs
    except (AimError, LocksError, QuotaError):
        return None


def changed_by(problem: Problem, scoring: Scoring, steps: Sequence[FixStep], kin: Sequence[int] = ()) -> list[Problem]:
    """Return the problem after some changes, once for each way in which they can be made.

    A limit or a least number can be changed for one cap, or for all of its family, as one line of the rules does.

    Args:
        problem: what was asked.
        scoring: rules and people.
        steps: the changes; none of them is a new mentor.
        kin: as in `Leeway`.
    """
    found = [problem]
    for step in steps:
        found = [changed for one in found for changed in _changed(one, scoring, step, kin)]
    return found


def _changed(problem: Problem, scoring: Scoring, step: FixStep, kin: Sequence[int]) -> list[Problem]:
    """Return the problem after one change, once for each way in which it can be made."""
    if step.code == "lock":
        return [apply_change(problem, Change("assign", step.mentee, step.mentor))]
    if step.code in {"bend_rules", "lift_apart"}:
        fit = int(scoring.parts([(step.mentee, step.mentor)]).sum())
        return [with_wishes(scoring, allow_pair(problem, step.mentee, step.mentor, fit=fit))]
    if step.code == "more_places":
        return [apply_change(problem, Change("capacity", -1, step.mentor, amount=step.by))]
    if step.cap >= 0:
        family = [at for at, of in enumerate(kin) if of == kin[step.cap]] if kin else [step.cap]
        return [_caps_changed(problem, step, some) for some in ([step.cap], family)[: 1 + (len(family) > 1)]]
    alone, all_of_them = problem.least.copy(), problem.least.copy()
    alone[step.mentor] -= step.by
    all_of_them[all_of_them > 0] -= step.by
    found = [replace(problem, least=alone)]
    return found if (alone == all_of_them).all() else [*found, replace(problem, least=np.maximum(all_of_them, 0))]


def _caps_changed(problem: Problem, step: FixStep, some: Sequence[int]) -> Problem:
    """Return the problem with other limits or least numbers of some caps."""
    caps = list(problem.caps)
    for at in some:
        cap = caps[at]
        if step.code == "raise_cap":
            caps[at] = replace(cap, limit=cap.limit + step.by)
        else:
            caps[at] = replace(cap, least=max(0, cap.least - step.by))
    return replace(problem, caps=tuple(caps))


@lru_cache(maxsize=1)
def is_judged_best(problem: Problem, answer: Answer) -> bool:
    """Return True if the referee finds a plan proved best; what its own steps claim may be of another plan."""
    return verdict(problem, answer).proved_best


def is_more_always_better(problem: Problem, answer: Answer, *, is_best: bool) -> bool:
    """Return True if a plan that matches one more person, and loses nobody, is better than this one under its aim.

    Then a plan with a pair that was not allowed before must hold that pair if it lets one more person in: without it
    it would have been found before.

    Args:
        problem: what was asked.
        answer: the plan.
        is_best: its judge found it proved best.
    """
    puts_people_first = answer.aim in {"everyone", "worst-off", "profile", "rank"} or problem.needs_everyone
    return puts_people_first and is_best


def caps_full_for_all(problem: Problem, used: NDArray[np.int64]) -> list[int]:
    """Return the positions of the caps over all mentors that are full, so that one more mentor alone would not help."""
    everybody, pairs = len(problem.mentors), int(used.sum())
    return [at for at, cap in enumerate(problem.caps) if len(cap.mentors) == everybody and pairs >= cap.limit]
