"""A plan that somebody works on: pairs fixed by hand stay, and each further change is tried before it is made."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chiron.blueprints.plan.pairs import IdPairs, ListedOptions, Options, PairsPlan, Tie, Ties
from chiron.blueprints.pose.pairs import Posed, posed, scoring_of
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.answer import Aim, Answer, Step
from chiron.pairing.model.problem import Ints, Longs, Problem
from chiron.pairing.proof.referee import verdict
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import Change, Effect, allow_pair
from chiron.pairing.whatif.replan import Replanner


@dataclass(frozen=True, slots=True, eq=False)
class KnownPairs:
    """The pairs that a plan over all pairs looked at, as compressed rows of all mentees, mentors ascending."""

    starts: Longs
    partner: Ints
    fit: Ints


@dataclass(frozen=True, eq=False)
class PartOptions(ListedOptions):
    """The options of a problem that lists each mentee's best pairs only: nobody can be told to have nobody else."""

    def only_option(self, mentee: int, mentor: int) -> str:  # noqa: ARG002 -- see the class
        """Return nothing."""
        return ""


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
        is_part: the problem lists each mentee's best pairs only, so other people move along those; see `with_row`.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    problem: Problem
    answer: Answer
    apart: frozenset[tuple[int, int]]
    opens: tuple[int, ...]
    is_part: bool = False

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
        return next(iter(self.ties(pair)))

    def ties(self, pairs: Ints) -> Iterator[Tie]:
        """Yield what is said about pairs by position, allowed or not."""
        options: Options = PartOptions(self.problem) if self.is_part else ListedOptions(self.problem)
        return Ties(self.mentees, self.mentors, self.matching, self.scoring, options).of(pairs)

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

    def with_row(self, mentee: str, *, but: Collection[str] = ()) -> "PlanInHand":
        """Return the plan with every pair of one mentee that the rules allow, where only the best were listed.

        Args:
            mentee: whose.
            but: ids of mentors whom the mentee may not have whatever the rules say.
        """
        place = self.problem.mentees.index(mentee)
        allowed, fit = (part[0] for part in self.scoring.block(place, place + 1))
        allowed = allowed.copy()
        shut = {other for one, other in self.apart if one == place} | {self.problem.mentors.index(one) for one in but}
        allowed[sorted(shut)] = False
        old, first, last = self.problem, int(self.problem.starts[place]), int(self.problem.starts[place + 1])
        allowed[old.partner[first:last]] = True
        row = np.flatnonzero(allowed).astype(np.int32)
        starts = old.starts.copy()
        starts[place + 1 :] += len(row) - (last - first)
        problem = replace(
            old,
            starts=starts,
            partner=np.concatenate([old.partner[:first], row, old.partner[last:]]),
            fit=np.concatenate([old.fit[:first], fit[row], old.fit[last:]]),
        )
        return replace(self, problem=problem)

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
    known: KnownPairs | None = None,
    scoring: Scoring | None = None,
    proof: Sequence[Step] = (),
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
        known: of pools too large to list, the pairs that the plan was worked out from; pairs of two people and nothing
            that needs the list are all that such a plan knows.
        scoring: what `scoring_of` gave for the same people and rules, where it is at hand.
        proof: the steps that an earlier call proved for the same arguments. The judge recomputes them; where it is not
            satisfied, they are worked out again.

    Raises:
        PoseError: people and rules do not fit together.
    """
    if known is None:
        asked = posed(mentees, mentors, matching, locks=fixed, apart=apart, scoring=scoring)
    else:
        asked = _posed_in_part(
            mentees, mentors, matching, known, apart, scoring or scoring_of(mentees, mentors, matching)
        )
        there = asked.problem.positions(_positions(asked.problem, pairs)) >= 0
        bent = [
            *bent,
            *(pair for pair, is_there in zip(sorted_pairs(asked.problem, pairs), there, strict=True) if not is_there),
        ]
    bare = Answer(
        pairs=_positions(asked.problem, pairs), steps=(), aim=aim or matching.aim, method="by hand", seed=seed
    )
    hand = PlanInHand(
        mentees,
        mentors,
        matching,
        asked.scoring,
        asked.problem,
        bare,
        frozenset(asked.apart),
        asked.opens,
        is_part=known is not None,
    )
    for mentee, mentor in bent:
        hand = hand.allowing(mentee, mentor)
    problem = replace(hand.problem, locked=_positions(hand.problem, fixed))
    kept = replace(bare, steps=tuple(proof))
    if proof and _is_proved(problem, kept):
        return replace(hand, problem=problem, answer=kept)
    proved = solve(problem, aim=bare.aim, seed=seed, start=bare)
    return replace(hand, problem=problem, answer=replace(proved, pairs=bare.pairs))


def _is_proved(problem: Problem, answer: Answer) -> bool:
    """Return whether the judge is satisfied with a proof that was kept somewhere, whatever became of it there."""
    try:
        return verdict(problem, answer).proved_best
    except KeyError:  # no step has such a name
        return False


def _posed_in_part(
    mentees: tuple[Participant, ...],
    mentors: tuple[Participant, ...],
    matching: Matching,
    known: KnownPairs,
    apart: IdPairs,
    scoring: Scoring,
) -> Posed:
    """Return the question in which only the known pairs are listed, without those that are kept apart."""
    mentee_at = {one.id: place for place, one in enumerate(mentees)}
    mentor_at = {one.id: place for place, one in enumerate(mentors)}
    shut = sorted((mentee_at[one], mentor_at[two]) for one, two in apart)
    row = np.repeat(np.arange(len(mentees)), np.diff(known.starts))
    key = row * len(mentors) + known.partner
    stays = ~np.isin(key, [one * len(mentors) + two for one, two in shut])
    counts = np.bincount(row[stays], minlength=len(mentees))
    problem = Problem(
        mentees=tuple(mentee_at),
        mentors=tuple(mentor_at),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        partner=known.partner[stays],
        fit=known.fit[stays],
        capacity=np.array([matching.capacity if one.capacity is None else one.capacity for one in mentors], np.int32),
        wanted=np.ones(len(mentees), dtype=np.int32),
        tier=np.zeros(len(mentees), dtype=np.int32),
    )
    return Posed(scoring, problem, locked=(), apart=tuple(shut))


def sorted_pairs(problem: Problem, pairs: IdPairs) -> list[tuple[str, str]]:
    """Return pairs of ids in the order of their positions."""
    mentee_at = {one: place for place, one in enumerate(problem.mentees)}
    mentor_at = {one: place for place, one in enumerate(problem.mentors)}
    return sorted(pairs, key=lambda pair: (mentee_at[pair[0]], mentor_at[pair[1]]))


def _positions(problem: Problem, pairs: IdPairs) -> Ints:
    """Return pairs by position, sorted: int32 (k, 2)."""
    mentee_at = {one: place for place, one in enumerate(problem.mentees)}
    mentor_at = {one: place for place, one in enumerate(problem.mentors)}
    found = sorted((mentee_at[mentee], mentor_at[mentor]) for mentee, mentor in pairs)
    return np.array(found, dtype=np.int32).reshape(-1, 2)
