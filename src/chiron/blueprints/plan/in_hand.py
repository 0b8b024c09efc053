"""A plan that somebody works on: pairs fixed by hand stay, and each further change is tried before it is made."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chiron.blueprints.plan.pairs import IdPairs, PairsPlan, Tie, Ties
from chiron.blueprints.pose.pairs import posed
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import Ints, Problem
from chiron.pairing.proof.referee import verdict
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import Change, Effect, allow_pair
from chiron.pairing.whatif.replan import Replanner


@dataclass(frozen=True, eq=False)
class PlanInHand:
    """A plan as it stands now; people are named by id.

    Attributes:
        mentees: in the order in which ties are broken.
        mentors: who has places.
        matching: the rules.
        scoring: people and rules.
        problem: what the engine is asked, with everything fixed by hand as locks.
        answer: the pairs of the plan, proved best for what is fixed where they are.
        apart: positions of the pairs that are kept apart.
        opens: fewest members of groups that may stay closed.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    problem: Problem
    answer: Answer
    apart: frozenset[tuple[int, int]]
    opens: tuple[int, ...]

    def at(self, mentee: str, mentor: str) -> tuple[int, int]:
        """Return the positions of a pair; ValueError if somebody is not there."""
        return self.problem.mentees.index(mentee), self.problem.mentors.index(mentor)

    def fit(self, mentee: str, mentor: str) -> int:
        """Return what any pair is worth by the rules that give points, allowed or not."""
        return int(self.scoring.parts([self.at(mentee, mentor)]).sum())

    def possible(self, mentee: str) -> tuple[str, ...]:
        """Return every mentor whom the rules allow a mentee, the best fit first."""
        problem, place = self.problem, self.problem.mentees.index(mentee)
        here = slice(int(problem.starts[place]), int(problem.starts[place + 1]))
        ranked = sorted(zip((-problem.fit[here]).tolist(), problem.partner[here].tolist(), strict=True))
        return tuple(problem.mentors[mentor] for _, mentor in ranked)

    def bends(self, mentee: str, mentor: str) -> tuple[str, ...]:
        """Return the names of the must rules that forbid a pair."""
        return tuple(rule.name for rule in self.scoring.forbidding(*self.at(mentee, mentor)))

    def tie(self, mentee: str, mentor: str) -> Tie:
        """Return what is said about any pair, allowed or not."""
        pair = np.array([self.at(mentee, mentor)], dtype=np.int32)
        return next(Ties(self.mentees, self.mentors, self.matching, self.scoring, self.problem).of(pair))

    def judged(self) -> PairsPlan:
        """Return the plan as it stands, with what the judge says of it."""
        return PairsPlan(
            mentees=self.mentees,
            mentors=self.mentors,
            matching=self.matching,
            scoring=self.scoring,
            problem=self.problem,
            answer=self.answer,
            verdict=verdict(self.problem, self.answer),
            apart=self.apart,
            opens=self.opens,
        )

    def effect(self, mentee: str, mentor: str) -> Effect:
        """Return what giving a mentee this mentor would do to everybody; a must rule that forbids it is bent."""
        place, other = self.at(mentee, mentor)
        change = Change(kind="assign", mentee=place, mentor=other)
        if not self.bends(mentee, mentor):
            return self._tries.effect(change)
        wider = self.allowing(mentee, mentor)
        return Replanner(wider.problem, wider.answer).effect(change)

    def allowing(self, mentee: str, mentor: str) -> "PlanInHand":
        """Return the plan with one more pair that may be made, worth what the rules that give points say."""
        place, other = self.at(mentee, mentor)
        return replace(self, problem=allow_pair(self.problem, place, other, fit=self.fit(mentee, mentor)))

    def with_pairs(self, pairs: IdPairs) -> "PlanInHand":
        """Return the plan with other pairs, under the same proof."""
        return replace(self, answer=replace(self.answer, pairs=_positions(self.problem, pairs)))

    @cached_property
    def _tries(self) -> Replanner:
        """The plan taken apart once, so that many changes can be tried on it."""
        return Replanner(self.problem, self.answer)


def plan_in_hand(  # noqa: PLR0913 -- each is one thing that a coordinator can have done
    *,
    mentees: tuple[Participant, ...],
    mentors: tuple[Participant, ...],
    matching: Matching,
    pairs: IdPairs,
    fixed: IdPairs = (),
    apart: IdPairs = (),
    bent: IdPairs = (),
    aim: Aim | None = None,
    seed: int = 0,
) -> PlanInHand:
    """Return a plan as it stands, ready for changes.

    The proof is worked out again with everything fixed by hand as locks: a plan that was changed by hand is the best
    one under them, and then the effect of a further change needs a few paths only.

    Args:
        mentees: in the order in which ties are broken.
        mentors: who has places.
        matching: the rules.
        pairs: (mentee id, mentor id) pairs of the plan.
        fixed: those of them that stay.
        apart: pairs that no plan may hold.
        bent: pairs that a plan may hold although a must rule forbids them.
        aim: another aim than that of the rules.
        seed: as it was given.

    Raises:
        PoseError: people and rules do not fit together.
    """
    asked = posed(mentees, mentors, matching, locks=fixed, apart=apart)
    bare = Answer(
        pairs=_positions(asked.problem, pairs), steps=(), aim=aim or matching.aim, method="by hand", seed=seed
    )
    hand = PlanInHand(
        mentees, mentors, matching, asked.scoring, asked.problem, bare, frozenset(asked.apart), asked.opens
    )
    for mentee, mentor in bent:
        hand = hand.allowing(mentee, mentor)
    problem = replace(hand.problem, locked=_positions(hand.problem, fixed))
    proved = solve(problem, aim=bare.aim, seed=seed, start=bare)
    return replace(hand, problem=problem, answer=replace(proved, pairs=bare.pairs))


def _positions(problem: Problem, pairs: IdPairs) -> Ints:
    """Return pairs by position, sorted: int32 (k, 2)."""
    mentee_at = {one: place for place, one in enumerate(problem.mentees)}
    mentor_at = {one: place for place, one in enumerate(problem.mentors)}
    found = sorted((mentee_at[mentee], mentor_at[mentor]) for mentee, mentor in pairs)
    return np.array(found, dtype=np.int32).reshape(-1, 2)
