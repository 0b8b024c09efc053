"""Who of those who wait is next for a mentor whose place is free: the order of the waitlist, for one mentor."""

from dataclasses import dataclass, replace
from typing import Any

from chiron.blueprints.plan.in_hand import plan_in_hand
from chiron.blueprints.plan.waitlist import waitlist
from chiron.site.applications.models import Application
from chiron.site.matching.bridge.answering import parts_of
from chiron.site.matching.bridge.frozen import forbidden_in, freeze, matching_in, mentees_in, mentors_in, unclear_in
from chiron.site.matching.queries.pools import pools_of
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class NextMentee:
    """Who is next for a mentor: the key of their application, the fit, and its parts as `models.PlanPair.parts`."""

    mentee: int
    fit: int
    parts: tuple[dict[str, Any], ...]


def next_mentee_for(cohort: Cohort, mentor: Application) -> NextMentee | None:
    """Return the first of those with a free place whom the rules allow this mentor, or None.

    Whoever the programme serves first comes first; among them whoever fits best; equal fits are drawn by lot. Nobody is
    among them who was asked about this mentor before, is kept apart from them, or whose exclusion is not clear.

    Args:
        cohort: theirs; its plans are pairs.
        mentor: whose place is, or becomes, free.
    """
    pools = pools_of(cohort)
    if not pools.mentees:
        return None
    frozen = freeze(cohort, replace(pools, mentors=[mentor]), aim="total")
    [asked] = mentors_in(frozen)
    hand = plan_in_hand(
        mentees=mentees_in(frozen),
        mentors=(replace(asked, capacity=1),),
        matching=matching_in(frozen),
        pairs=(),
        apart=sorted(set(forbidden_in(frozen))),
    )
    unclear = unclear_in(frozen)
    first = next((one for one in waitlist(hand.judged()) if one.mentor_id and one.mentee_id not in unclear), None)
    if first is None:
        return None
    tie = hand.tie(first.mentee_id, first.mentor_id)
    return NextMentee(int(first.mentee_id), first.fit, parts_of(tie, hand.matching))
