"""What one change of a plan would do to everybody, worked out from the plan as it stands, before anything is saved."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.pose.pairs import posed
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Problem
from chiron.pairing.solve import solve
from chiron.pairing.whatif.change import allow_pair
from chiron.pairing.whatif.replan import Change, Move, Replanner
from chiron.site.matching.bridge.answering import (
    DraftLeftOut,
    DraftPair,
    Question,
    left_out_of,
    pairs_drafted,
    parts_of,
)
from chiron.site.matching.bridge.frozen import forbidden_in, matching_in, mentees_in, mentors_in, unclear_in
from chiron.site.matching.models import Plan
from chiron.site.matching.queries.plans import pairs_of
from chiron.site.matching.queries.pools import holds_of
from chiron.site.matching.rules import Hold, Origin

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class EffectTotals:
    """Three numbers of a plan: mentees matched, lowest fit (0 without pairs), sum of all fits."""

    matched: int
    lowest: int
    total: int


@dataclass(frozen=True, slots=True)
class PersonMove:
    """What becomes of one other mentee; an empty name stands for nobody."""

    mentee: int
    name: str
    from_name: str
    to_name: str
    fit_before: int | None
    fit_after: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What giving one mentee another mentor would do.

    Attributes:
        mentor: key of the other mentor's application.
        name: the mentor's name.
        fit: the fit of the new pair.
        parts: as `models.PlanPair.parts`.
        bends: must rules that this pair breaks.
        is_possible: False where no plan can hold this pair; `why_not` says why.
        moves: the other mentees who move, by name.
        before: the plan as it stands.
        after: the plan as it would be.
        pairs: every pair as it would be, by keys of mentee and mentor.
        seen: a digest of this effect, which saving checks: what was shown is what happens.
    """

    mentor: int
    name: str
    fit: int
    parts: tuple[dict[str, object], ...]
    bends: tuple[str, ...]
    is_possible: bool
    why_not: str
    moves: tuple[PersonMove, ...]
    before: EffectTotals
    after: EffectTotals
    pairs: tuple[Key, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class Redraft:
    """The rows in which a plan would differ: pairs that go, pairs that come, and afresh whom it leaves out."""

    gone: tuple[Key, ...]
    come: tuple[DraftPair, ...]
    left_out: tuple[DraftLeftOut, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OpenPlan:
    """A plan in the engine's words, as it stands now.

    Attributes:
        question: people and rules as the run froze them, with everything fixed by hand as locks.
        answer: the pairs of the plan, proved best for what is fixed where they are.
        tries: the plan taken apart once, so that many changes can be tried on it.
        fits: the fit of each pair by keys.
        bent: names of must rules bent for a pair, by keys.
    """

    question: Question
    answer: Answer
    tries: Replanner
    fits: Mapping[Key, int]
    bent: Mapping[Key, tuple[str, ...]]

    def mentee_at(self, key: int) -> int:
        """Return the position of a mentee; ValueError if the run did not know the person."""
        return self.question.problem.mentees.index(str(key))

    def mentor_at(self, key: int) -> int:
        """Return the position of a mentor; ValueError if the run did not know the person."""
        return self.question.problem.mentors.index(str(key))

    def fit_of(self, mentee: int, mentor: int) -> int:
        """Return the fit of any pair by keys; one that no rule scores is worth what its soft rules give it."""
        if (mentee, mentor) in self.fits:
            return self.fits[mentee, mentor]
        place, other = self.mentee_at(mentee), self.mentor_at(mentor)
        return int(self.question.scoring.parts([(place, other)]).sum())


def open_plan(plan: Plan, *, changing: int) -> OpenPlan:
    """Return a plan as the engine takes it, ready for changes of one mentee.

    Pairs that are locked or were changed by hand stay, except those of the mentee whose mentor changes.

    Args:
        plan: the plan.
        changing: key of that mentee's application.
    """
    frozen = plan.run.input
    mentees, mentors, matching = mentees_in(frozen), mentors_in(frozen), matching_in(frozen)
    rows = list(pairs_of(plan))
    keys = {(row.mentee_id, row.mentor_id) for row in rows}
    holds = {(hold.mentee_id, hold.mentor_id): Hold(hold.kind) for hold in holds_of(plan.cohort)}
    fixed = [
        key
        for row in rows
        if (key := (row.mentee_id, row.mentor_id))[0] != changing
        and (row.origin == Origin.HAND or holds.get(key) is Hold.LOCK)
    ]
    there = {*(person.id for person in mentees)}, {*(person.id for person in mentors)}
    apart = {*forbidden_in(frozen), *(_ids(key) for key, kind in holds.items() if kind is Hold.APART)}
    apart -= {_ids(key) for key in keys}
    asked = posed(
        mentees,
        mentors,
        matching,
        locks=[_ids(key) for key in fixed],
        apart=sorted(pair for pair in apart if pair[0] in there[0] and pair[1] in there[1]),
    )
    mentee_at = {person.id: place for place, person in enumerate(mentees)}
    mentor_at = {person.id: place for place, person in enumerate(mentors)}
    positions = np.array(
        sorted((mentee_at[str(mentee)], mentor_at[str(mentor)]) for mentee, mentor in keys), dtype=np.int32
    ).reshape(-1, 2)
    bent = {(row.mentee_id, row.mentor_id): tuple(row.bent) for row in rows if row.bent}
    question = Question(
        mentees,
        mentors,
        matching,
        asked.scoring,
        asked.problem,
        apart=frozenset(asked.apart),
        opens=asked.opens,
        unclear=unclear_in(frozen),
    )
    for mentee, mentor in bent:
        question = _allowing(question, mentee_at[str(mentee)], mentor_at[str(mentor)])
    locked = np.array(
        sorted((mentee_at[str(mentee)], mentor_at[str(mentor)]) for mentee, mentor in fixed), dtype=np.int32
    ).reshape(-1, 2)
    question = replace(question, problem=replace(question.problem, locked=locked))
    answer = _with_proof(question.problem, positions, plan)
    return OpenPlan(
        question=question,
        answer=answer,
        tries=Replanner(question.problem, answer),
        fits={(row.mentee_id, row.mentor_id): row.fit for row in rows},
        bent=bent,
    )


def possible_mentors(opened: OpenPlan, mentee: int) -> tuple[int, ...]:
    """Return the keys of every other mentor whom the rules allow for a mentee, the best fit first."""
    problem, place = opened.question.problem, opened.mentee_at(mentee)
    here = slice(int(problem.starts[place]), int(problem.starts[place + 1]))
    ranked = sorted(zip((-problem.fit[here]).tolist(), problem.partner[here].tolist(), strict=True))
    present = {mentor for other, mentor in opened.fits if other == mentee}
    keys = [int(problem.mentors[mentor]) for _, mentor in ranked]
    return tuple(key for key in keys if key not in present)


def forbidden_mentors(opened: OpenPlan, mentee: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return the keys of the mentors whom a must rule forbids for a mentee, each with the names of those rules."""
    place = opened.mentee_at(mentee)
    found = []
    for position, key in enumerate(opened.question.problem.mentors):
        rules = opened.question.scoring.forbidding(place, position)
        if rules and (mentee, int(key)) not in opened.fits:
            found.append((int(key), tuple(rule.name for rule in rules)))
    return tuple(found)


def preview_mentor(opened: OpenPlan, *, mentee: int, mentor: int) -> Preview:
    """Return what giving a mentee this mentor would do to everybody.

    Args:
        opened: the plan, opened for this mentee.
        mentee: key of the mentee's application.
        mentor: key of the mentor's application.
    """
    place, other = opened.mentee_at(mentee), opened.mentor_at(mentor)
    bends = tuple(rule.name for rule in opened.question.scoring.forbidding(place, other))
    question = _allowing(opened.question, place, other) if bends else opened.question
    parts = parts_of(question, place, other)
    tries = Replanner(question.problem, opened.answer) if bends else opened.tries
    effect = tries.effect(Change(kind="assign", mentee=place, mentor=other))
    after = _keys(question, effect.pairs.tolist())
    moves = tuple(_move(question, move) for move in effect.moves if move.mentee != place)
    return Preview(
        mentor=mentor,
        name=question.mentors[other].name,
        fit=sum(int(part["points"]) for part in parts),
        parts=parts,
        bends=bends,
        is_possible=effect.possible,
        why_not=effect.why_not,
        moves=moves,
        before=EffectTotals(effect.before.matched, effect.before.lowest, effect.before.total),
        after=EffectTotals(effect.after.matched, effect.after.lowest, effect.after.total),
        pairs=after,
        seen=_digest(sorted(opened.fits), after),
    )


def redraft(opened: OpenPlan, *, preview: Preview, mentee: int) -> Redraft:
    """Return the rows that change when a preview is saved.

    Args:
        opened: the plan, opened for this mentee.
        preview: what was shown.
        mentee: key of the mentee whose mentor changes.
    """
    question = opened.question
    bent = dict(opened.bent)
    if preview.bends:
        question = _allowing(question, opened.mentee_at(mentee), opened.mentor_at(preview.mentor))
        bent[mentee, preview.mentor] = preview.bends
    wanted, there = set(preview.pairs), set(opened.fits)
    positions = np.array(
        sorted((opened.mentee_at(one), opened.mentor_at(other)) for one, other in preview.pairs), dtype=np.int32
    ).reshape(-1, 2)
    answer = replace(opened.answer, pairs=positions)
    return Redraft(
        gone=tuple(sorted(there - wanted)),
        come=pairs_drafted(question, answer, only=wanted - there, bent=bent),
        left_out=left_out_of(question, answer),
    )


def _ids(key: Key) -> tuple[str, str]:
    return str(key[0]), str(key[1])


def _keys(question: Question, positions: Sequence[Sequence[int]]) -> tuple[Key, ...]:
    mentees, mentors = question.problem.mentees, question.problem.mentors
    return tuple(sorted((int(mentees[i]), int(mentors[j])) for i, j in positions))


def _digest(before: Sequence[Key], after: Sequence[Key]) -> str:
    return hashlib.sha256(repr((list(before), list(after))).encode()).hexdigest()[:24]


def _move(question: Question, move: Move) -> PersonMove:
    def name(position: int) -> str:
        return question.mentors[position].name if position >= 0 else ""

    return PersonMove(
        mentee=int(question.mentees[move.mentee].id),
        name=question.mentees[move.mentee].name,
        from_name=name(move.from_mentor),
        to_name=name(move.to_mentor),
        fit_before=move.fit_before if move.from_mentor >= 0 else None,
        fit_after=move.fit_after if move.to_mentor >= 0 else None,
    )


def _with_proof(problem: Problem, pairs: NDArray[np.int32], plan: Plan) -> Answer:
    """Return the plan's own pairs with a fresh proof, which says nothing about them where they are not the best.

    The proof is worked out again with everything fixed by hand as locks: a plan that was changed by hand is the best
    one under them, and then the effect of a further change needs a few paths only.
    """
    matching = plan.run.input["matching"]
    bare = Answer(pairs=pairs, steps=(), aim=matching["aim"], method="by hand", seed=plan.run.seed)
    return replace(solve(problem, aim=bare.aim, seed=bare.seed, start=bare), pairs=pairs)


def _allowing(question: Question, mentee: int, mentor: int) -> Question:
    """Return the question with one more pair that may be made, worth what its soft rules give it."""
    fit = int(question.scoring.parts([(mentee, mentor)]).sum())
    return replace(question, problem=allow_pair(question.problem, mentee, mentor, fit=fit))
