"""What one change of a place would do to everybody in a plan of a larger shape, before anything is saved."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.blueprints.hand.shape_in_hand import HandTie, HandTotals, SeatChange, SeatMove, ShapeInHand, in_hand
from chiron.blueprints.plan.shapes import ShapeRun, run_of
from chiron.site.matching.bridge.answering import WITHOUT_COUNTED_PLACES, DraftLeftOut, DraftPair, parts_of
from chiron.site.matching.bridge.frozen import Asked, asked_in, matching_in
from chiron.site.matching.bridge.moves import PersonMove, moves_words, total_words, totals_words
from chiron.site.matching.models import Plan, PlanPair
from chiron.site.matching.queries.inputs import frozen_of, run_key
from chiron.site.matching.queries.pools import holds_of
from chiron.site.matching.rules import (
    ONE_POPULATION,
    ROUNDS_AND_PANELS,
    Hold,
    Origin,
    PlanShape,
)
from chiron.site.shared.process.kept_values import KeptValues

QUESTIONS_KEPT = 4
_kept: KeptValues[tuple[ShapeRun, Asked]] = KeptValues(QUESTIONS_KEPT)


@dataclass(frozen=True, slots=True, eq=False)
class OpenSeats:
    """A plan of a larger shape as it stands, ready for changes of one person.

    Attributes:
        shape: of the plan.
        hand: the plan with everything fixed by hand.
        asked: who is who.
        names: what people are called, by id.
    """

    shape: PlanShape
    hand: ShapeInHand
    asked: Asked
    names: Mapping[str, str]

    def knows(self, person: str) -> bool:
        """Return whether the run knew somebody as one who has a place: of mentors only those of teams have."""
        posed = self.hand.run.posed
        return person in posed.helped or (self.shape is PlanShape.TEAMS and person in posed.helpers)

    def called(self, target: str) -> str:
        """Return what people call a person by id, or a group."""
        return self.names.get(target, target)


@dataclass(frozen=True, slots=True)
class SeatPreview:
    """What a change would do.

    Attributes:
        act: the change.
        title: what it is called: whom or what group the place gets.
        words: the effect in words.
        moves: everybody else who moves.
        is_possible: False where no plan near this one holds it; `words` says why.
        seen: a digest of this effect, which saving checks.
        ties: the plan afterwards.
    """

    act: SeatChange
    title: str
    words: str
    moves: tuple[PersonMove, ...]
    is_possible: bool
    seen: str
    ties: tuple[HandTie, ...]


@dataclass(frozen=True, slots=True)
class Reseating:
    """The rows in which a plan would differ, and who is left out, or no longer, by key and label."""

    gone: tuple[tuple[int, int], ...]
    come: tuple[DraftPair, ...]
    chosen: frozenset[tuple[int, int]]
    left_out: tuple[DraftLeftOut, ...]
    no_longer: tuple[tuple[int, str], ...]


def open_seats(plan: Plan, *, changing: str) -> OpenSeats:
    """Return a plan of a larger shape ready for changes of one person; what is scored is kept for the next.

    Args:
        plan: the plan.
        changing: the id of that person in the run.
    """
    holds = {(hold.mentee_id, hold.mentor_id): Hold(hold.kind) for hold in holds_of(plan.cohort)}
    apart = tuple(sorted(key for key, kind in holds.items() if kind is Hold.APART))
    run, asked = _kept.get((run_key(plan), apart), lambda: _question(plan, apart))
    ties, fixed = [], []
    rows = PlanPair.objects.filter(plan=plan).values_list("mentee_id", "mentor_id", "label", "origin")
    for mentee, mentor, label, origin in rows.order_by("pk"):
        tie = HandTie(str(mentee), asked.id_of(mentor), label)
        ties.append(tie)
        stays = origin == Origin.HAND or holds.get((mentee, mentor)) is Hold.LOCK
        if stays and changing not in {tie.helped, tie.helper}:
            fixed.append((tie.helped, tie.helper))
    names = {one.id: one.name for one in (*run.mentors, *run.mentees)}
    return OpenSeats(PlanShape(plan.shape), in_hand(run, ties, fixed=fixed), asked, names)


def forget_questions() -> None:
    """Keep nothing any more: another database begins."""
    _kept.forget()


def preview_seat(opened: OpenSeats, person: str, place: str, act: SeatChange) -> SeatPreview:
    """Return what a change of one place would do to everybody."""
    effect = opened.hand.effect(person, place, act)
    digest = hashlib.sha256(repr((sorted(map(repr, opened.hand.ties)), sorted(map(repr, effect.ties)))).encode())
    others = tuple(_named(opened, move) for move in effect.moves if (move.person, move.label) != (person, place))
    words = (
        _effect_words(opened, others, effect.before, effect.after)
        if effect.is_possible
        else " ".join([_("No plan near this one can hold that."), *map(str, effect.why_not)])
    )
    return SeatPreview(
        act, act_words(opened, act), words, others, effect.is_possible, digest.hexdigest()[:24], effect.ties
    )


def act_words(opened: OpenSeats, act: SeatChange) -> str:
    """Return what a change is called."""
    name = opened.called(act.target)
    if act.kind == "out":
        return _("Nobody")
    return _("Exchange with %s") % name if act.kind == "swap" else name


def reseating(opened: OpenSeats, preview: SeatPreview, person: str) -> Reseating:
    """Return the rows that change when a preview is saved."""
    before, after = set(opened.hand.ties), set(preview.ties)
    come = [tie for tie in preview.ties if tie not in before]
    rows = list(_rows(opened, come))
    waited, waits = opened.hand.waiting(opened.hand.ties), opened.hand.waiting(preview.ties)
    why = _("A change by hand left this open.")
    return Reseating(
        gone=tuple(_keys(opened, tie.helped, tie.helper) for tie in opened.hand.ties if tie not in after),
        come=tuple(rows),
        chosen=frozenset(_keys(opened, tie.helped, tie.helper) for tie in come if person in {tie.helped, tie.helper}),
        left_out=tuple(DraftLeftOut(int(one), "by_hand", why, (), label) for one, label in sorted(waits - waited)),
        no_longer=tuple((int(one), label) for one, label in sorted(waited - waits)),
    )


def _question(plan: Plan, apart: Sequence[tuple[int, int]]) -> tuple[ShapeRun, Asked]:
    frozen = frozen_of(plan)
    asked = asked_in(frozen)
    kept_apart = [(str(mentee), asked.id_of(mentor)) for mentee, mentor in apart]
    run = run_of(
        asked.mentees, asked.mentors, matching_in(frozen), seed=plan.run.seed, apart=(*asked.apart, *kept_apart)
    )
    return run, asked


def _keys(opened: OpenSeats, helped: str, helper: str) -> tuple[int, int]:
    """Return the keys of the applications of two people who are tied, as rows have them."""
    return opened.asked.keys(helped, helper)


def _rows(opened: OpenSeats, ties: Sequence[HandTie]) -> list[DraftPair]:
    matching = opened.hand.run.matching
    costs = {slot.name: slot.costs for slot in matching.shape.slots}
    rows = []
    for tie in opened.hand.said(ties):
        mentee, mentor = _keys(opened, tie.mentee_id, tie.mentor_id)
        label = tie.label
        rows.append(
            DraftPair(
                mentee=mentee,
                mentor=mentor,
                place=1,
                fit=tie.fit,
                parts=parts_of(tie, matching, views=2 if opened.shape in ONE_POPULATION else 1),
                standing=0,
                only_option="",
                label=label,
                takes=0 if opened.shape in WITHOUT_COUNTED_PLACES else costs.get(label, 1),
            )
        )
    return rows


def _effect_words(opened: OpenSeats, moves: Sequence[PersonMove], before: HandTotals, after: HandTotals) -> str:
    matched, lowest = totals_words(
        matched=after.people - before.people, lowest_before=before.lowest, lowest=after.lowest
    )
    whole = _("Whole plan %(total)s; %(matched)s; %(lowest)s.") % {
        "total": total_words(before.total, after.total),
        "matched": matched,
        "lowest": lowest,
    }
    return " ".join([whole, *moves_words(moves, many=_many_words, one=lambda move: _move_words(opened, move))])


def _many_words(number: int) -> str:
    return ngettext("%d other place changes:", "%d other places change:", number) % number


def _move_words(opened: OpenSeats, move: PersonMove) -> str:
    who = f"{move.name} ({move.label})" if opened.shape in ROUNDS_AND_PANELS else move.name
    if not move.after:
        return _("%(name)s has nobody any more instead of %(before)s.") % {"name": who, "before": move.before}
    return _("%(name)s gets %(after)s.") % {"name": who, "after": move.after}


def _named(opened: OpenSeats, move: SeatMove) -> PersonMove:
    """Return a move with the names of people and groups."""
    return PersonMove(
        person=move.person,
        name=opened.called(move.person),
        before=opened.called(move.before),
        after=opened.called(move.after),
        fit_before=move.fit_before,
        fit_after=move.fit_after,
        label=move.label,
    )
