"""Two mentees of a plan who give each other their mentors while nobody else moves, judged before anything is saved."""

from collections.abc import Collection, Mapping

import numpy as np

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import violations
from chiron.site.matching.bridge.answering import parts_of
from chiron.site.matching.bridge.effects import EffectTotals, Key, OpenPlan, Preview, digest_of
from chiron.site.matching.bridge.moves import PersonMove


def swap_gain(opened: OpenPlan, *, own: Key, other: Key) -> int | None:
    """Return by how many points a swap of two pairs would change the whole plan; None where the two pairs may not be.

    It costs four fits, so a list can show it beside everybody; `preview_swap` judges the whole plan.
    """
    hand, come = opened.hand, ((own[0], other[1]), (other[0], own[1]))
    if any(pair in opened.fits or hand.problem.place(*hand.at(str(pair[0]), str(pair[1]))) < 0 for pair in come):
        return None
    return sum(opened.fit_of(*pair) for pair in come) - opened.fits[own] - opened.fits[other]


def preview_swap(opened: OpenPlan, *, own: Key, other: Key) -> Preview:
    """Return what it would do if two mentees gave each other their mentors and everybody else stayed.

    The first mentee's new mentor is the one that the preview names; the second mentee is the one who moves.

    Args:
        opened: the plan, opened for both mentees.
        own: keys of the first mentee and their present mentor; a pair of the plan.
        other: likewise of the second.
    """
    hand = opened.hand
    come = ((own[0], other[1]), (other[0], own[1]))
    after = {pair: fit for pair, fit in opened.fits.items() if pair not in (own, other)}
    after |= {pair: opened.fit_of(*pair) for pair in come}
    why_not = _why_not(opened, come, after)
    names = {int(one.id): one.name for one in (*hand.mentees, *hand.mentors)}
    tie = hand.tie(str(own[0]), str(other[1]))
    pairs = tuple(sorted(after))
    move = PersonMove(
        person=str(other[0]),
        name=names[other[0]],
        before=names[other[1]],
        after=names[own[1]],
        fit_before=opened.fits[other],
        fit_after=after[come[1]],
    )
    return Preview(
        mentor=other[1],
        name=names[other[1]],
        fit=tie.fit,
        parts=parts_of(tie, hand.matching),
        bends=(),
        is_possible=not why_not,
        why_not=why_not,
        moves=(move,),
        before=_totals(opened.fits),
        after=_totals(after),
        pairs=pairs,
        seen=digest_of(sorted(opened.fits), pairs),
    )


def moves_of_swap(opened: OpenPlan, preview: Preview, *, own: Key) -> tuple[PersonMove, ...]:
    """Return what becomes of both mentees of a swap, the first one first; see `preview_swap`."""
    names = {one.id: one.name for one in (*opened.hand.mentees, *opened.hand.mentors)}
    mine = PersonMove(
        person=str(own[0]),
        name=names[str(own[0])],
        before=names[str(own[1])],
        after=preview.name,
        fit_before=opened.fits[own],
        fit_after=preview.fit,
    )
    return (mine, *preview.moves)


def _totals(fits: Mapping[Key, int]) -> EffectTotals:
    return EffectTotals(len({mentee for mentee, _mentor in fits}), min(fits.values(), default=0), sum(fits.values()))


def _why_not(opened: OpenPlan, come: Collection[Key], after: Collection[Key]) -> str:
    """Return which hard rules such a plan would break, in words; empty where it breaks none."""
    hand = opened.hand
    names = {one.id: one.name for one in (*hand.mentees, *hand.mentors)}
    found = []
    for pair in come:
        mentee, mentor = map(str, pair)
        if pair in opened.fits:
            found.append(Sentence("change.swap_same"))
        elif bends := hand.bends(mentee, mentor):
            found.append(
                Sentence(
                    "broken.forbidden", {"mentee": names[mentee], "mentor": names[mentor], "rules": ", ".join(bends)}
                )
            )
        elif hand.problem.place(*hand.at(mentee, mentor)) < 0:
            found.append(Sentence("broken.apart", {"mentee": names[mentee], "mentor": names[mentor]}))
    if not found:
        pairs = sorted(hand.at(str(mentee), str(mentor)) for mentee, mentor in after)
        for broken in violations(hand.problem, np.array(pairs, dtype=np.int32).reshape(-1, 2)):
            values = {key: names.get(str(value), value) for key, value in broken.values.items()}
            found.append(Sentence(broken.code, values))
    return " ".join(str(one) for one in dict.fromkeys(found))
