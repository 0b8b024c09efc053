"""Matches that run already when they come here: they begin on their own first day, and nobody is asked."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_places
from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import Agreement, MatchShape, MemberPart, OfferState, Reply, people_key
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations.matches import begin_matches
from chiron.site.mentorships.queries.approved import digest_of_pairs
from chiron.site.mentorships.rules.running import RunningPair
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import use_approval
from chiron.site.programs.rules import ApprovedAct

ROWS_A_QUERY = 500


@transaction.atomic
def bring_matches_in(*, cohort: Cohort, pairs: Sequence[RunningPair], by: Person, now: datetime) -> list[Match]:
    """Begin matches that ran before they came here, all of them or none: they take places, and no message is written.

    Args:
        cohort: theirs.
        pairs: who, and since when; see `check_pairs`.
        by: the coordinator.
        now: the moment.

    Raises:
        PlacesFullError: somebody's places have been taken in the meantime, or they have left.
        ApprovalNeededError: another coordinator has to bring them in.
    """
    Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    keys = {key for pair in pairs for key in (pair.mentee, pair.mentor)}
    list(Application.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    take_places(Counter(key for pair in pairs for key in (pair.mentee, pair.mentor)))
    offers = [
        Offer(
            cohort=cohort,
            shape=MatchShape.PAIR,
            people=people_key([pair.mentee, pair.mentor]),
            state=OfferState.AGREED,
            agreement=Agreement.NOBODY,
            offered_at=now,
        )
        for pair in pairs
    ]
    Offer.objects.bulk_create(offers, batch_size=ROWS_A_QUERY)
    members = [
        OfferMember(offer=offer, application_id=key, part=part, place=place, reply=Reply.ASSIGNED)
        for offer, pair in zip(offers, pairs, strict=True)
        for key, part, place in ((pair.mentee, MemberPart.MENTEE, pair.place), (pair.mentor, MemberPart.MENTOR, ""))
    ]
    OfferMember.objects.bulk_create(members, batch_size=ROWS_A_QUERY)
    matches = begin_matches(offers=offers, now=now)
    since = {offer.pk: pair.since for offer, pair in zip(offers, pairs, strict=True)}
    for match in matches:
        match.starts_on = since[match.offer_id or 0]
    Match.objects.bulk_update(matches, ["starts_on"], batch_size=ROWS_A_QUERY)
    joined = list(Member.objects.filter(match__in=matches).select_related("match"))
    for member in joined:
        member.joined_on = member.match.starts_on or member.joined_on
    Member.objects.bulk_update(joined, ["joined_on"], batch_size=ROWS_A_QUERY)
    seen = digest_of_pairs(pairs)
    use_approval(cohort=cohort, act=ApprovedAct.RUNNING, subject=cohort, seen=seen, by=by, now=now)
    record("matches.came_in", subject=cohort, by=by, now=now, scope=cohort.scope, details={"matches": len(matches)})
    return matches
