"""Offers of a cohort: which stand, who may not be proposed to whom again, and a member's own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet

from chiron.blueprints.schema.groups import OffersSpec
from chiron.blueprints.schema.matching import Matching
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import STANDING, MemberPart, OfferState
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class OfferedPair:
    """One mentee and one mentor in an offer, by the keys of their applications.

    `stands` is true while both hold their places in it.
    """

    offer_id: int
    state: OfferState
    mentee: int
    mentor: int
    stands: bool


def offers_spec_of(cohort: Cohort) -> OffersSpec:
    """Return who is asked before a match of a cohort begins, how many must agree and how long they have."""
    return Matching.model_validate(cohort.matching).offers


def offers_standing_in(cohort: Cohort) -> QuerySet[Offer]:
    """Return the offers of a cohort that take places: those that wait and those that became matches."""
    return Offer.objects.filter(cohort=cohort, state__in=sorted(STANDING)).order_by("pk")


def pairs_offered_in(cohort: Cohort) -> list[OfferedPair]:
    """Return each mentee with each mentor of every offer that was not taken back or lifted; two queries.

    Such two are never proposed to each other by a later run: they are together, one has said no or nothing, or their
    match has ended. Where somebody said no to a group, that counts for them and its mentors, not for those who stay.
    """
    offers = Offer.objects.filter(cohort=cohort, lifted_at=None).exclude(state=OfferState.TAKEN_BACK)
    return _pairs(OfferMember.objects.filter(offer__in=offers).annotate(state=F("offer__state")))


def offered_before(cohort: Cohort) -> Mapping[tuple[int, int], OfferedPair]:
    """Return, by the keys of mentee and mentor, who may not be proposed to whom: the newest offer of two people."""
    return {(pair.mentee, pair.mentor): pair for pair in pairs_offered_in(cohort)}


def _pairs(members: QuerySet[OfferMember]) -> list[OfferedPair]:
    by_offer: dict[int, list[OfferMember]] = defaultdict(list)
    for member in members.order_by("offer", "pk"):
        by_offer[member.offer_id].append(member)
    return [pair for offer_id in by_offer for pair in _pairs_of(by_offer[offer_id])]


def _pairs_of(members: list[OfferMember]) -> Iterable[OfferedPair]:
    for mentee in members:
        if mentee.part != MemberPart.MENTEE:
            continue
        for mentor in members:
            if mentor.part == MemberPart.MENTOR:
                yield OfferedPair(
                    offer_id=mentee.offer_id,
                    state=OfferState(mentee.state),  # type: ignore[attr-defined]  # annotated above
                    mentee=mentee.application_id,
                    mentor=mentor.application_id,
                    stands=mentee.holds_place and mentor.holds_place,
                )
