"""What publishing a plan would offer to whom, what speaks against it, and what was offered, in the same form."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.applications.rules.application import free_places_of, places_of
from chiron.site.matching.models import Offer, OfferMember, Plan, PlanPair
from chiron.site.matching.queries.offers import offered_before, places_kept_in, rooms_standing_in
from chiron.site.matching.rules import (
    OFFERED_AS,
    ONE_POPULATION,
    ROOMS,
    STANDING,
    MatchShape,
    MemberPart,
    PlanShape,
    Unit,
    UnitTie,
    people_key,
    units_of,
)
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.rules.reasons import Reason, reasons_kept, rule_labels
from chiron.site.programs.queries import matching_of

ROWS_AT_ONCE = 500
PLACE_LENGTH = 60
"""As long as the place of an offer's member may be."""
Offered = Sequence[tuple[int, "Proposal"]]
"""What was offered, each with the key of its offer, in the order in which it was made."""
_OF_PEOPLE = ("pk", "person", "person__name", "person__email", "cohort", "role", "capacity", "wanted", "taken")
_OF_MENTEES, _OF_MENTORS = (tuple(f"{side}__{name}" for name in _OF_PEOPLE) for side in ("mentee", "mentor"))


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as far as writing to them goes: their key, what they are called, and their address."""

    pk: int
    name: str
    email: str

    def __str__(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Applicant:
    """An application as far as offering goes: a plan has thousands, whose answers nobody reads here.

    Attributes:
        pk: the key of the application.
        person: whose.
        cohort_id: where.
        free_places: how many of their places are free; None: as many as a plan says.
    """

    pk: int
    person: Reader
    cohort_id: int
    free_places: int | None

    @property
    def person_id(self) -> int:
        """The key of the person."""
        return self.person.pk


def applicant_of(application: Application) -> Applicant:
    """Return an application, fetched with its person, as far as offering goes."""
    person = application.person
    return Applicant(
        application.pk, Reader(person.pk, person.name, person.email), application.cohort_id, application.free_places
    )


class _Applicants:
    """Applications as rows of a query give them; whoever comes again is made once."""

    def __init__(self) -> None:
        self._known: dict[int, Applicant] = {}

    def of_row(self, row: Sequence[Any]) -> Applicant:
        """Return the applicant of the values that `_OF_PEOPLE` names."""
        key, person, name, email, cohort, role, capacity, wanted, taken = row
        if key not in self._known:
            free = free_places_of(places_of(Role(role), capacity, wanted), taken)
            self._known[key] = Applicant(key, Reader(person, name, email), cohort, free)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class _Tie:
    """Two people of a plan, as `PlanPair` has them, with what they may be told of why: the rest is not kept."""

    key: int
    mentee: Applicant
    mentor: Applicant
    label: str
    place: int
    takes: int
    reasons: Sequence[Reason]

    @property
    def of_unit(self) -> UnitTie:
        """The tie as `units_of` takes it."""
        people = (self.mentee.person_id, self.mentor.person_id)
        return UnitTie(self.key, self.mentee.pk, self.mentor.pk, *people, self.label)


@dataclass(frozen=True, slots=True)
class ProposedMember:
    """Somebody in a proposal: their application, their part, and which place of theirs it would take."""

    application: Applicant
    part: MemberPart
    place: str = ""


@dataclass(frozen=True)
class Proposal:
    """What publishing a plan would offer to some people: a pair, or a larger shape.

    Attributes:
        members: who is offered it.
        reasons: what speaks for it.
        shape: as what it is offered.
        costs: how many places of a mentor each of the others takes.
        room: what all pairs of one panel or chain share.
        room_shape: which of the two that is.
        joins: the key of the offer of a group that is there already, which its only member would join; 0: a new offer.
        there: who is in that group.
    """

    members: tuple[ProposedMember, ...]
    reasons: Sequence[Reason]
    shape: MatchShape = MatchShape.PAIR
    costs: int = 1
    room: str = ""
    room_shape: MatchShape | None = None
    joins: int = 0
    there: tuple[ProposedMember, ...] = ()

    @cached_property
    def people(self) -> str:
        """`people_key` of its people."""
        return people_key(one.application.pk for one in self.everybody)

    @property
    def everybody(self) -> tuple[ProposedMember, ...]:
        """Its members, and those of the group that they would join."""
        return (*self.members, *self.there)

    @property
    def named(self) -> tuple[ProposedMember, ...]:
        """Those by whom a coordinator knows it: its members, and the mentor of the group that they would join."""
        return (*self.members, *(one for one in self.there if one.part is MemberPart.MENTOR))

    @cached_property
    def mentors(self) -> tuple[ProposedMember, ...]:
        """Its mentors."""
        return tuple(one for one in self.members if one.part is MemberPart.MENTOR)

    @cached_property
    def others(self) -> tuple[ProposedMember, ...]:
        """Everybody in it but the mentors."""
        return tuple(one for one in self.members if one.part is not MemberPart.MENTOR)

    def takes(self, member: ProposedMember) -> int:
        """Return how many places of a member it takes: of a mentor one a mentee, or one a team.

        A typed place of a mentee is there once by its name, so it counts for none of those that have numbers.
        """
        if self.joins:
            return 1 if member in self.members or member.part is MemberPart.MENTOR else 0
        if member.part is MemberPart.MENTOR:
            return self.costs * (1 if self.shape is MatchShape.TEAM else len(self.others))
        return 1 if not member.place or member.place.isdigit() else 0


def proposals_of(plan: Plan, *, held_back: Collection[int] = ()) -> list[Proposal]:
    """Return what a plan would offer and has not offered yet, by the first mentee's name.

    Proposals with people who have left since, and with those in `held_back`, by application, are not among them.
    """
    shape, held = PlanShape(plan.shape), frozenset(held_back)
    offered = Offer.objects.filter(publication__plan=plan, publication__withdrawn_at=None)
    there = set(offered.values_list("people", flat=True))
    pairs = _ties_of(plan)
    joining: list[Proposal] = []
    if shape is PlanShape.GROUPS:
        asked = _asked_by(plan)
        pairs = [pair for pair in pairs if pair.mentee.pk not in asked]
        joining, pairs = _joining(plan, pairs)
    return [
        proposal
        for proposal in (*_proposed(plan, pairs), *joining)
        if proposal.people not in there and held.isdisjoint(one.application.pk for one in proposal.members)
    ]


def apart_in(plan: Plan, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return which pairs or groups of a plan hold two people who are kept apart, so must not be offered.

    Args:
        plan: the plan.
        proposals: everything that it would offer.
    """
    holds = plan.cohort.holds.filter(kind="apart").values_list("mentee", "mentor")
    apart = set(PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor")) & set(holds)
    if not apart:
        return []
    people = [(proposal, {one.application.pk for one in proposal.everybody}) for proposal in proposals]
    return [proposal for proposal, keys in people if any(keys.issuperset(pair) for pair in apart)]


def gone_in(plan: Plan) -> int:
    """Return how many pairs of a plan have somebody who has left since, so must not be offered."""
    here = Q(mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
    return PlanPair.objects.filter(plan=plan).exclude(here).count()


def taken_in(plan: Plan, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Return which pairs or groups of a plan cannot be offered any more.

    Those are the ones whose people were offered each other since, and those for whom there is no free place: also where
    several of the plan together need more than are free.

    Args:
        plan: the plan.
        proposals: everything that it would offer.
    """
    own = set(Offer.objects.filter(publication__plan=plan, publication__withdrawn_at=None).values_list("pk", flat=True))
    before = {pair for pair, offered in offered_before(plan.cohort).items() if offered.offer_id not in own}
    free: dict[int, int] = {}
    taken = []
    for proposal in proposals:
        is_short = False
        for one in proposal.everybody:
            places = one.application.free_places
            if places is not None:
                free.setdefault(one.application.pk, places)
                free[one.application.pk] -= proposal.takes(one)
                is_short |= free[one.application.pk] < 0
        keys = [one.application.pk for one in proposal.members]
        everybody = [one.application.pk for one in proposal.everybody]
        if is_short or any((one, other) in before for one in keys for other in everybody):
            taken.append(proposal)
    return taken


def proposal_words(proposals: Sequence[Proposal]) -> list[tuple[int, str]]:
    """Return each proposal by the key of its first mentee's application and in words."""
    return [
        (one.others[0].application.pk, " · ".join(str(member.application.person) for member in one.named))
        for one in proposals
    ]


def waiting_of(proposals: Iterable[Proposal], held_back: Collection[int]) -> list[Proposal]:
    """Return those of some proposals that wait, as somebody in them is held back, by application."""
    held = frozenset(held_back)
    return [one for one in proposals if not held.isdisjoint(member.application.pk for member in one.members)]


def proposals_standing(publishing: Publishing, *, offers: Collection[int] | None = None) -> Offered:
    """Return what a publishing offered when it was last asked for and what still stands of it; two queries.

    Args:
        publishing: its offers are made.
        offers: only these, by their keys; None: all.
    """
    of_it = Q(publication=publishing.publication_id)
    of_it |= Q(publication=None, offer__publication=publishing.publication_id, offer__follows=None)
    new = OfferMember.objects.filter(of_it, pk__gt=publishing.members_from, holds_place=True)
    new = new.filter(offer__state__in=sorted(STANDING))
    if offers is not None:
        new = new.filter(offer__in=offers)
    joining = set(new.exclude(publication=None).values_list("pk", flat=True))
    of_offers = new.order_by("offer", "pk").values_list("offer", "offer__shape", "offer__reasons")
    found = {key: (MatchShape(shape), reasons) for key, shape, reasons in of_offers}
    members: dict[int, list[tuple[int, ProposedMember]]] = defaultdict(list)
    for offer, pk, member in _members_of(OfferMember.objects.filter(offer__in=found, holds_place=True)):
        members[offer].append((pk, member))
    offered: list[tuple[int, Proposal]] = []
    for key, (shape, reasons) in found.items():
        there = tuple(one for pk, one in members[key] if pk not in joining)
        joiners = [one for pk, one in members[key] if pk in joining]
        if not joiners:
            offered.append((key, Proposal(members=there, reasons=reasons, shape=shape)))
        offered += [
            (key, Proposal(members=(one,), reasons=reasons, shape=shape, joins=key, there=there)) for one in joiners
        ]
    return offered


def _members_of(rows: QuerySet[OfferMember]) -> Iterator[tuple[int, int, ProposedMember]]:
    """Yield members of offers in their order, each with the key of its offer and its own; one query."""
    people = _Applicants()
    columns = ("offer", "pk", "part", "place", *(f"application__{name}" for name in _OF_PEOPLE))
    for offer, key, part, place, *who in rows.order_by("offer", "pk").values_list(*columns):
        yield offer, key, ProposedMember(people.of_row(who), MemberPart(part), place)


def _asked_by(plan: Plan) -> set[int]:
    """Return the applications of the mentees whom a plan has been published to."""
    own = Q(publication=None, offer__publication__plan=plan, offer__publication__withdrawn_at=None)
    later = Q(publication__plan=plan, publication__withdrawn_at=None)
    return set(OfferMember.objects.filter(own | later, part=MemberPart.MENTEE).values_list("application", flat=True))


def _ties_of(plan: Plan) -> list[_Tie]:
    """Return the pairs of a plan whose people are here, by the mentee's name; one query, and no row is an object."""
    rows = PlanPair.objects.filter(plan=plan, mentee__stage=Stage.ACCEPTED, mentor__stage=Stage.ACCEPTED)
    people, labels = _Applicants(), rule_labels(matching_of(plan.cohort))
    half = len(_OF_PEOPLE)
    return [
        _Tie(
            key, people.of_row(two[:half]), people.of_row(two[half:]), label, place, takes, reasons_kept(parts, labels)
        )
        for key, label, place, takes, parts, *two in rows.order_by("mentee__person__name", "pk")
        .values_list("pk", "label", "place", "takes", "parts", *_OF_MENTEES, *_OF_MENTORS)
        .iterator(chunk_size=ROWS_AT_ONCE)
    ]


def _joining(plan: Plan, pairs: Sequence[_Tie]) -> tuple[list[Proposal], list[_Tie]]:
    """Return who would join a group that is there already, and the pairs of new groups."""
    leads = places_kept_in(plan.cohort).offers
    to_join = {leads[pair.mentor.pk] for pair in pairs if pair.mentor.pk in leads}
    members: dict[int, list[ProposedMember]] = defaultdict(list)
    for offer, _key, member in _members_of(OfferMember.objects.filter(offer__in=to_join, holds_place=True)):
        members[offer].append(member)
    joining = [
        Proposal(
            members=(ProposedMember(pair.mentee, MemberPart.MENTEE, "1"),),
            reasons=pair.reasons,
            shape=MatchShape.GROUP,
            joins=leads[pair.mentor.pk],
            there=tuple(members[leads[pair.mentor.pk]]),
        )
        for pair in pairs
        if pair.mentor.pk in leads
    ]
    return joining, [pair for pair in pairs if pair.mentor.pk not in leads]


def _proposed(plan: Plan, pairs: Sequence[_Tie]) -> Iterator[Proposal]:
    """Yield what is offered to whom: each pair by itself, the members of a group, a circle or a team together."""
    shape = PlanShape(plan.shape)
    rows = {pair.key: pair for pair in pairs}
    rooms = rooms_standing_in(plan.cohort) if shape in ROOMS else {}
    for unit in units_of(shape, [pair.of_unit for pair in pairs]):
        members = [rows[tie.key] for tie in unit]
        if OFFERED_AS[shape] is not MatchShape.PAIR:
            yield _group_proposed(OFFERED_AS[shape], members)
            continue
        room = _room_of(plan, unit, rooms) if shape in ROOMS else ""
        for pair in members:
            yield replace(_pair_proposed(shape, pair), room=room, room_shape=ROOMS.get(shape))


def _room_of(plan: Plan, unit: Unit, rooms: Mapping[int, str]) -> str:
    """Return the room of a panel or a chain: that of its people where they have one, the highest of them first."""
    helped = {tie.mentee_person for tie in unit}
    tops = [tie.mentor_person for tie in unit if tie.mentor_person not in helped]
    people = [tie.mentee_person for tie in unit]
    order = people if plan.shape == PlanShape.PANEL else [*tops, *people]
    own = f"{plan.pk}:{min(tie.key for tie in unit)}"
    return next((rooms[person] for person in order if person in rooms), own)


def _pair_proposed(shape: PlanShape, pair: _Tie) -> Proposal:
    is_typed = pair.label and shape is not PlanShape.CHAIN
    peers = shape in ONE_POPULATION
    first, second = (MemberPart.PEER, MemberPart.PEER) if peers else (MemberPart.MENTEE, MemberPart.MENTOR)
    place = "" if peers else pair.label[:PLACE_LENGTH] if is_typed else str(pair.place)
    return Proposal(
        members=(ProposedMember(pair.mentee, first, place), ProposedMember(pair.mentor, second)),
        reasons=pair.reasons,
        costs=pair.takes,
    )


def _group_proposed(shape: MatchShape, pairs: Sequence[_Tie]) -> Proposal:
    """Return what is offered to all people of some ties together; they read what speaks for every one of the ties."""
    helped = MemberPart.PEER if shape is MatchShape.CIRCLE else MemberPart.MENTEE
    helping = MemberPart.PEER if shape is MatchShape.CIRCLE else MemberPart.MENTOR
    mentees = {pair.mentee.pk: pair.mentee for pair in pairs}
    mentors = {pair.mentor.pk: pair.mentor for pair in pairs if pair.mentor.pk not in mentees}
    place = "" if helped is MemberPart.PEER else "1"
    told = [pair.reasons for pair in pairs]
    return Proposal(
        members=(
            *(ProposedMember(one, helped, place) for one in mentees.values()),
            *(ProposedMember(one, helping) for one in mentors.values()),
        ),
        reasons=[reason for reason in told[0] if all(reason in others for others in told)],
        shape=shape,
    )
