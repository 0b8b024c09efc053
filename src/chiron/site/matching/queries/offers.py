"""Offers of a cohort: which stand, who may not be proposed to whom again, and a member's own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chiron.blueprints.schema.groups import OffersSpec
from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.models import Offer, OfferMember, Plan
from chiron.site.matching.rules import STANDING, MatchShape, MemberPart, OfferState, Reply, named_places
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
    match has ended. Of an offer that came to nothing only those are meant of whom one said no, or nothing in time: the
    others of a group or a circle that was too small without them may still meet.
    """
    offers = Offer.objects.filter(cohort=cohort, lifted_at=None).exclude(state=OfferState.TAKEN_BACK)
    return _pairs(OfferMember.objects.filter(offer__in=offers).annotate(state=F("offer__state")))


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """What standing offers of a cohort fill, by the keys of applications.

    Attributes:
        places: of mentees, the names of the places that they have somebody in.
        helped: of mentors, the mentees whom they help.
        offers: of mentors who lead a group, the key of its offer.
    """

    places: Mapping[int, tuple[str, ...]]
    helped: Mapping[int, tuple[int, ...]]
    offers: Mapping[int, int]


def places_kept_in(cohort: Cohort) -> KeptPlaces:
    """Return what the offers of a cohort fill that wait or became matches: one query."""
    rows = OfferMember.objects.filter(
        offer__cohort=cohort, offer__state__in=sorted(STANDING), holds_place=True
    ).values_list("offer", "offer__shape", "application", "part", "place")
    members: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    shapes: dict[int, str] = {}
    for offer, shape, application, part, place in rows.order_by("offer", "pk"):
        members[offer].append((application, part, place))
        shapes[offer] = shape
    places: dict[int, list[str]] = defaultdict(list)
    helped: dict[int, list[int]] = defaultdict(list)
    leads: dict[int, int] = {}
    for offer, people in members.items():
        mentees = [key for key, part, _place in people if part == MemberPart.MENTEE]
        for key, part, place in people:
            if part == MemberPart.MENTEE:
                places[key].append(place)
            elif part == MemberPart.MENTOR:
                helped[key].extend(mentees)
                if shapes[offer] == MatchShape.GROUP:
                    leads[key] = offer
    return KeptPlaces(
        {key: tuple(names) for key, names in places.items()},
        {key: tuple(keys) for key, keys in helped.items()},
        leads,
    )


def rooms_standing_in(cohort: Cohort) -> Mapping[int, str]:
    """Return the room of each person who is in a panel or a chain whose offers stand, by the key of the person."""
    rows = OfferMember.objects.filter(
        offer__cohort=cohort, offer__state__in=sorted(STANDING), holds_place=True, part=MemberPart.MENTEE
    ).exclude(offer__room="")
    helped = dict(rows.order_by("pk").values_list("application__person", "offer__room"))
    chain = OfferMember.objects.filter(
        offer__cohort=cohort, offer__state__in=sorted(STANDING), holds_place=True, offer__room_shape=MatchShape.CHAIN
    )
    return dict(chain.order_by("pk").values_list("application__person", "offer__room")) | helped


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a next round would find: what stays as it is, who said no, and who is free.

    Attributes:
        running: offers that became matches and stand.
        waiting: offers that wait for answers.
        refused: offers that were declined or lapsed and not lifted: their people are not proposed to each other again.
        free_mentees: accepted mentees with a free place, or one that has a name and is open.
        over: people with more matches than places, by a coordinator's word.
    """

    running: int
    waiting: int
    refused: int
    free_mentees: int
    over: int


def with_offers_kept(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Return plans with how many offers of their cohort are running, waiting and refused, as `RoundFacts` says."""
    return plans.annotate(
        running=_offers_of_cohort(state=OfferState.AGREED),
        waiting=_offers_of_cohort(state=OfferState.OFFERED),
        refused=_offers_of_cohort(state__in=[OfferState.DECLINED, OfferState.LAPSED], lifted_at=None),
    )


def round_facts_of(cohort: Cohort) -> RoundFacts:
    """Return what a next round of a cohort would find: two queries."""
    accepted = Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED)
    free = accepted.filter(role=Role.MENTEE, taken__lt=F("wanted"))
    if named := named_places(cohort.matching.get("shape", {})):
        held = OfferMember.objects.filter(
            application=OuterRef("pk"), part=MemberPart.MENTEE, holds_place=True, offer__state__in=sorted(STANDING)
        )
        filled = held.order_by().values("application").annotate(number=Count("pk")).values("number")
        free = accepted.filter(role=Role.MENTEE).annotate(filled=Coalesce(Subquery(filled), 0)).filter(filled__lt=named)
    over = accepted.filter(role__in=Role.values).exclude(over_because="")
    # Two counts in one query, each over its own part of the index and nothing else.
    people = Cohort.objects.filter(pk=cohort.pk).values_list(_number_of(free), _number_of(over)).get()
    offers = Offer.objects.filter(cohort=cohort).aggregate(
        running=Count("pk", filter=Q(state=OfferState.AGREED)),
        waiting=Count("pk", filter=Q(state=OfferState.OFFERED)),
        refused=Count("pk", filter=Q(state__in=[OfferState.DECLINED, OfferState.LAPSED], lifted_at=None)),
    )
    return RoundFacts(**offers, free_mentees=people[0], over=people[1])


def offers_refused_in(cohort: Cohort) -> QuerySet[Offer]:
    """Return the offers of a cohort that were declined or lapsed, the newest first, with their members."""
    members = OfferMember.objects.select_related("application__person").order_by("part", "pk")
    return (
        Offer.objects.filter(cohort=cohort, state__in=[OfferState.DECLINED, OfferState.LAPSED], lifted_at=None)
        .select_related("followed_by")
        .prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))
        .order_by("-pk")
    )


def offered_before(cohort: Cohort) -> Mapping[tuple[int, int], OfferedPair]:
    """Return, by the keys of mentee and mentor, who may not be proposed to whom: the newest offer of two people."""
    return {(pair.mentee, pair.mentor): pair for pair in pairs_offered_in(cohort)}


def _number_of(rows: QuerySet[Application]) -> Coalesce:
    """Return how many rows there are as a part of another query."""
    counted = rows.order_by().values("cohort").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _offers_of_cohort(**which: Any) -> Coalesce:
    found = Offer.objects.filter(cohort=OuterRef("cohort"), **which).order_by().values("cohort")
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)


def _pairs(members: QuerySet[OfferMember]) -> list[OfferedPair]:
    by_offer: dict[int, list[OfferMember]] = defaultdict(list)
    for member in members.order_by("offer", "pk"):
        by_offer[member.offer_id].append(member)
    return [pair for offer_id in by_offer for pair in _pairs_of(by_offer[offer_id])]


def _pairs_of(members: list[OfferMember]) -> Iterable[OfferedPair]:
    """Yield each mentee with each mentor, and each peer with each other, both ways round."""
    for mentee in members:
        opposite = {MemberPart.MENTEE: MemberPart.MENTOR, MemberPart.PEER: MemberPart.PEER}.get(MemberPart(mentee.part))
        for mentor in members:
            if mentor.part == opposite and mentor.pk != mentee.pk and _counts(mentee, mentor):
                yield OfferedPair(
                    offer_id=mentee.offer_id,
                    state=OfferState(mentee.state),  # type: ignore[attr-defined]  # annotated above
                    mentee=mentee.application_id,
                    mentor=mentor.application_id,
                    stands=mentee.holds_place and mentor.holds_place,
                )


def _counts(one: OfferMember, other: OfferMember) -> bool:
    """Return whether an offer keeps two of its people from being proposed to each other again."""
    state: str = one.state  # type: ignore[attr-defined]  # annotated by the caller
    out = {OfferState.DECLINED.value: {Reply.NO}, OfferState.LAPSED.value: {Reply.NO, Reply.WAITING}}.get(state)
    return out is None or not out.isdisjoint({Reply(one.reply), Reply(other.reply)})
