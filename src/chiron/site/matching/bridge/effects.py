"""What one change of a plan would do to everybody, worked out from the plan as it stands, before anything is saved."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from chiron.blueprints.plan.arrange import from_pairs
from chiron.blueprints.plan.in_hand import KnownPairs, PlanInHand, plan_in_hand
from chiron.blueprints.pose.pairs import scoring_of
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.answer import Step
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.whatif.change import Move
from chiron.site.matching.bridge.answering import (
    DraftLeftOut,
    DraftPair,
    drafted,
    left_out_of,
    pairs_drafted,
    parts_of,
)
from chiron.site.matching.bridge.frozen import apart_in, forbidden_in, matching_in, mentees_in, mentors_in, unclear_in
from chiron.site.matching.bridge.large import known_pairs_of
from chiron.site.matching.bridge.moves import PersonMove
from chiron.site.matching.bridge.proofs import packed_proof, unpacked_proof
from chiron.site.matching.models import Plan, PlanPair, PlanProof, PlanUnmatched
from chiron.site.matching.queries.inputs import frozen_of, run_key
from chiron.site.matching.queries.pools import holds_of
from chiron.site.matching.rules import TWO_SIDED, Hold, Origin, PlanShape, require_two_sided
from chiron.site.shared.process.kept_values import KeptValues

Key = tuple[int, int]
MOST_PAIRS_KEPT = 1_500_000
"""A pair takes about 50 bytes, so plans taken apart take at most 75 MB of a process."""
MOST_PEOPLE_KEPT = 40_000
"""A person takes about 3 KB with what the rules compare of them, so people take at most 120 MB."""
PROVED_LATER = 2_000_000
"""With so many pairs of a mentee and a mentor, a plan is proved by a job, and its proof kept for whoever opens it."""


@dataclass(frozen=True, slots=True)
class EffectTotals:
    """Three numbers of a plan: mentees matched, lowest fit (0 without pairs), sum of all fits."""

    matched: int
    lowest: int
    total: int


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
    """A plan as it stands now, by the keys of applications.

    Attributes:
        plan_id: its key.
        hand: the plan with everything fixed by hand, on which changes are tried.
        unclear: why people are left out whose exclusion is not clear, by id.
        fits: the fit of each pair by keys.
    """

    plan_id: int
    hand: PlanInHand
    unclear: Mapping[str, str]
    fits: Mapping[Key, int]

    @property
    def size(self) -> int:
        """How many mentees the run knew."""
        return len(self.hand.mentees)

    def knows_mentee(self, key: int) -> bool:
        """Return whether the run knew a mentee."""
        return str(key) in self.hand.problem.mentees

    def knows_mentor(self, key: int) -> bool:
        """Return whether the run knew a mentor."""
        return str(key) in self.hand.problem.mentors

    def fit_of(self, mentee: int, mentor: int) -> int:
        """Return the fit of any pair by keys; one that no rule scores is worth what its soft rules give it."""
        known = self.fits.get((mentee, mentor))
        return self.hand.fit(str(mentee), str(mentor)) if known is None else known


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """The people and rules of a run, scored: what every state of its plans has in common."""

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    scoring: Scoring
    known: KnownPairs | None
    forbidden: frozenset[tuple[str, str]]
    unclear: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanAsItStands:
    """What the proof of a plan depends on, beside its run: the keys of its pairs, and what is fixed about them."""

    pairs: tuple[Key, ...]
    fixed: tuple[Key, ...]
    apart: tuple[Key, ...]
    bent: tuple[Key, ...]
    digest: str


@dataclass(frozen=True, slots=True, eq=False)
class KeptHand:
    """A plan taken apart, and why people are left out of it whose exclusion is not clear, by id."""

    hand: PlanInHand
    unclear: Mapping[str, str]


def open_plan(plan: Plan, *, changing: int, together_with: int | None = None) -> OpenPlan:
    """Return a plan as the engine takes it, ready for changes of one mentee, or of two at once.

    What is scored and proved is kept by a digest of all that it depends on, so that the next effect on the same state
    of the plan, for whichever mentee, costs its shortest paths alone.

    Pairs that are locked or were changed by hand stay, except those of the mentees whose mentors change.

    Args:
        plan: the plan.
        changing: key of that mentee's application.
        together_with: key of the second mentee's.

    Raises:
        ChangeNotPossibleError: the plan is of a shape that cannot be changed pair by pair.
    """
    require_two_sided(PlanShape(plan.shape))
    fits, state = _state_of(plan, free={changing, together_with})
    key = (run_key(plan), state.digest)
    kept = _kept.get(key, lambda: _hand(plan, state))
    whole = [one for one in (changing, together_with) if one is not None and str(one) in kept.hand.problem.mentees]
    hand = _rows.get((key, *whole), lambda: _with_rows(kept, whole)) if kept.hand.is_part else kept.hand
    return OpenPlan(plan_id=plan.pk, hand=hand, unclear=kept.unclear, fits=fits)


def proof_of(plan: Plan) -> tuple[str, bytes]:
    """Return the digest of a plan as it stands, and its proof as a file, worked out now where nobody did before."""
    _fits, state = _state_of(plan, free=())
    kept = _kept.get((run_key(plan), state.digest), lambda: _hand(plan, state))
    return state.digest, packed_proof(kept.hand.answer.steps)


def is_proved_later(plan: Plan) -> bool:
    """Return whether a plan is so large that a job proves it."""
    return PlanShape(plan.shape) in TWO_SIDED and plan.run.mentees * plan.run.mentors >= PROVED_LATER


def _state_of(plan: Plan, *, free: Collection[int | None]) -> tuple[dict[Key, int], PlanAsItStands]:
    """Return the fit of each pair, and the state of a plan in which the pairs of some mentees are free."""
    rows = PlanPair.objects.filter(plan=plan).values_list("mentee_id", "mentor_id", "fit", "origin", "bent")
    fits, by_hand, bent = {}, set(), []
    for mentee, mentor, fit, origin, rules in rows.order_by("pk"):
        fits[mentee, mentor] = fit
        if origin == Origin.HAND:
            by_hand.add((mentee, mentor))
        if rules:
            bent.append((mentee, mentor))
    holds = {(hold.mentee_id, hold.mentor_id): Hold(hold.kind) for hold in holds_of(plan.cohort)}
    fixed = sorted(key for key in fits if key[0] not in free and (key in by_hand or holds.get(key) is Hold.LOCK))
    apart = sorted(key for key, kind in holds.items() if kind is Hold.APART)
    pairs = tuple(sorted(fits)), tuple(fixed), tuple(apart), tuple(sorted(bent))
    revision = (plan.run_id, plan.run.input_revision, plan.run.seed, *pairs)
    return fits, PlanAsItStands(*pairs, digest=hashlib.sha256(repr(revision).encode()).hexdigest())


def _with_rows(kept: KeptHand, whole: Sequence[int]) -> PlanInHand:
    """Return a large plan with every pair of the mentees whose mentors change."""
    hand = kept.hand
    unclear = [one for one in kept.unclear if one in hand.problem.mentors]
    for key in whole:
        hand = hand.with_row(str(key), but=hand.problem.mentors if str(key) in kept.unclear else unclear)
    return hand


def _hand(plan: Plan, state: PlanAsItStands) -> KeptHand:
    """Return a plan proved and taken apart: what every effect begins with."""
    asked = _questions.get(run_key(plan), lambda: _question(plan))
    there = {*(person.id for person in asked.mentees)}, {*(person.id for person in asked.mentors)}
    apart = {*asked.forbidden, *map(_ids, state.apart)} - {_ids(key) for key in state.pairs}
    hand = plan_in_hand(
        mentees=asked.mentees,
        mentors=asked.mentors,
        matching=asked.matching,
        pairs=[_ids(key) for key in state.pairs],
        fixed=[_ids(key) for key in state.fixed],
        apart=sorted(pair for pair in apart if pair[0] in there[0] and pair[1] in there[1]),
        bent=[_ids(key) for key in state.bent],
        aim=asked.matching.aim,
        seed=plan.run.seed,
        known=asked.known,
        scoring=asked.scoring,
        proof=_proof_kept(plan, state.digest),
    )
    return KeptHand(hand, asked.unclear)


def _proof_kept(plan: Plan, digest: str) -> tuple[Step, ...]:
    """Return the proof that a job kept of exactly this state of a plan; nothing where there is none."""
    found = PlanProof.objects.filter(plan=plan, digest=digest).first()
    return () if found is None else unpacked_proof(found.content)


def _question(plan: Plan) -> Question:
    """Return the people and rules of a plan's run, scored."""
    frozen = frozen_of(plan)
    mentees, mentors, matching = mentees_in(frozen), mentors_in(frozen), matching_in(frozen)
    known = known_pairs_of(plan, frozen)
    return Question(
        mentees=mentees,
        mentors=mentors,
        matching=matching,
        scoring=scoring_of(mentees, mentors, matching),
        known=known,
        forbidden=frozenset(forbidden_in(frozen) if known is None else apart_in(frozen)),
        unclear=unclear_in(frozen),
    )


_questions: KeptValues[Question] = KeptValues(
    MOST_PEOPLE_KEPT, weigh=lambda asked: len(asked.mentees) + len(asked.mentors)
)


_kept: KeptValues[KeptHand] = KeptValues(MOST_PAIRS_KEPT, weigh=lambda kept: len(kept.hand.problem.partner))


_rows: KeptValues[PlanInHand] = KeptValues(1)
"""A large plan with the row of one mentee: who looks at the list of mentors looks at one of them next."""


def forget_plans() -> None:
    """Keep nothing any more: another database begins."""
    _questions.forget()
    _kept.forget()
    _rows.forget()


def possible_mentors(opened: OpenPlan, mentee: int) -> tuple[int, ...]:
    """Return the keys of every other mentor whom the rules allow for a mentee, the best fit first."""
    present = {mentor for other, mentor in opened.fits if other == mentee}
    keys = map(int, opened.hand.possible(str(mentee)))
    return tuple(key for key in keys if key not in present)


def offers_with(opened: OpenPlan, mentee: int, keys: Sequence[int]) -> list[tuple[int, str, int]]:
    """Return key, name and fit of some mentors whom the rules allow a mentee."""
    names = {one.id: one.name for one in opened.hand.mentors}
    return [(key, names[str(key)], opened.fit_of(mentee, key)) for key in keys]


def forbidden_mentors(opened: OpenPlan, mentee: int, *, most: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return the keys of the first mentors whom a must rule forbids for a mentee, each with the names of those rules.

    Args:
        opened: the plan, opened for this mentee.
        mentee: key of the mentee's application.
        most: how many are looked for.
    """
    allowed = {*opened.hand.possible(str(mentee)), *(str(mentor) for other, mentor in opened.fits if other == mentee)}
    others = (one.id for one in opened.hand.mentors if one.id not in allowed)
    found = ((int(mentor), opened.hand.bends(str(mentee), mentor)) for mentor in others)
    return tuple(islice(((key, rules) for key, rules in found if rules), most))


def preview_mentor(opened: OpenPlan, *, mentee: int, mentor: int) -> Preview:
    """Return what giving a mentee this mentor would do to everybody.

    Args:
        opened: the plan, opened for this mentee.
        mentee: key of the mentee's application.
        mentor: key of the mentor's application.
    """
    hand, pair = opened.hand, (str(mentee), str(mentor))
    place, other = hand.at(*pair)
    tie = hand.tie(*pair)
    effect = hand.effect(*pair)
    after = tuple(sorted((int(hand.mentees[one].id), int(hand.mentors[two].id)) for one, two in effect.pairs.tolist()))
    return Preview(
        mentor=mentor,
        name=hand.mentors[other].name,
        fit=tie.fit,
        parts=parts_of(tie, hand.matching),
        bends=tie.bent,
        is_possible=effect.possible,
        why_not="" if effect.why_not is None else str(effect.why_not),
        moves=tuple(_move(hand, move) for move in effect.moves if move.mentee != place),
        before=EffectTotals(effect.before.matched, effect.before.lowest, effect.before.total),
        after=EffectTotals(effect.after.matched, effect.after.lowest, effect.after.total),
        pairs=after,
        seen=digest_of(sorted(opened.fits), after),
    )


def redraft(opened: OpenPlan, *, preview: Preview, mentee: int) -> Redraft:
    """Return the rows that change when a preview is saved.

    Args:
        opened: the plan, opened for this mentee.
        preview: what was shown.
        mentee: key of the mentee whose mentor changes.
    """
    hand = opened.hand
    if preview.bends:
        hand = hand.allowing(str(mentee), str(preview.mentor))
    hand = hand.with_pairs([_ids(key) for key in preview.pairs])
    wanted, there = set(preview.pairs), set(opened.fits)
    if hand.is_part:
        return _redraft_part(opened, hand, gone=there - wanted, come=wanted - there)
    made = from_pairs(hand.judged())
    return Redraft(
        gone=tuple(sorted(there - wanted)),
        come=tuple(pairs_drafted(made, only=wanted - there)),
        left_out=tuple(left_out_of(made, opened.unclear)),
    )


def _redraft_part(opened: OpenPlan, hand: PlanInHand, *, gone: Collection[Key], come: Collection[Key]) -> Redraft:
    """Return the rows that change in a large plan: whoever was left out before stays so with the same words."""
    places = sorted(hand.at(*_ids(key)) for key in come)
    ties = hand.ties(np.array(places, dtype=np.int32).reshape(-1, 2))
    matched = {hand.mentees[place].id for place in np.unique(hand.answer.pairs[:, 0]).tolist()}
    rows = PlanUnmatched.objects.filter(plan=opened.plan_id).order_by("pk")
    stay = [row for row in rows if str(row.application_id) not in matched]
    told = {str(row.application_id) for row in stay}
    new = [one.id for one in hand.mentees if one.id not in matched and one.id not in told]
    left = [DraftLeftOut(row.application_id, row.code, row.why, tuple(row.fixes)) for row in stay]
    for person in new:
        why = hand.with_row(person).judged().why_unmatched(person)
        left.append(DraftLeftOut(int(person), why.code, str(why.reason), ()))
    return Redraft(gone=tuple(sorted(gone)), come=tuple(drafted(ties, hand.matching)), left_out=tuple(left))


def _ids(key: Key) -> tuple[str, str]:
    return str(key[0]), str(key[1])


def digest_of(before: Sequence[Key], after: Sequence[Key]) -> str:
    """Return what stands for a change: the pairs as they were and as they would be."""
    return hashlib.sha256(repr((list(before), list(after))).encode()).hexdigest()[:24]


def _move(hand: PlanInHand, move: Move) -> PersonMove:
    def name(position: int) -> str:
        return hand.mentors[position].name if position >= 0 else ""

    return PersonMove(
        person=hand.mentees[move.mentee].id,
        name=hand.mentees[move.mentee].name,
        before=name(move.from_mentor),
        after=name(move.to_mentor),
        fit_before=move.fit_before if move.from_mentor >= 0 else None,
        fit_after=move.fit_after if move.to_mentor >= 0 else None,
    )
