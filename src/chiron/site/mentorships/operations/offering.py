"""Making the offers of a plan: worked out before anything is locked, then compared and written in one short go."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_places
from chiron.site.applications.rules import Stage
from chiron.site.matching.models import Offer, OfferMember, Plan, PlanPair, Publication
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import (
    Agreement,
    Answered,
    MatchShape,
    MemberPart,
    OfferState,
    PlanState,
    Reply,
    first_reply,
    require_plan_step,
    state_after,
)
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations.joining import join_groups
from chiron.site.mentorships.operations.left_out import forget_left_out
from chiron.site.mentorships.operations.matches import begin_matches
from chiron.site.mentorships.operations.places import lock_offers
from chiron.site.mentorships.queries.approved import digest_of, may_publish
from chiron.site.mentorships.queries.letters import recipients_of
from chiron.site.mentorships.queries.proposals import (
    Offered,
    Proposal,
    proposals_of,
)
from chiron.site.mentorships.queries.refusals import refusal_of
from chiron.site.mentorships.rules import PublishNotAllowedError
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.shared.database import ReadyRows, insert_ready, keys_at_once, reserve_keys, rows_alike

_OF_OFFERS = ("id", "shape", "people", "room", "room_shape", "state", "least", "reasons", "answer_by")
_OF_MEMBERS = ("offer_id", "application_id", "part", "place", "takes", "reply")


class OutdatedError(Exception):
    """Raised when something that offers were worked out from has changed before they were written."""


@dataclass(frozen=True, slots=True)
class DraftedOffers:
    """The offers that a plan makes, as rows that only need to be written.

    Attributes:
        basis: what they were worked out from; see `_basis_of`.
        publication_id: the key of the publication that they belong to.
        answer_by: until when people may answer.
        offered: what they offer to whom, each with its key; those who join a group last, with the group's.
        people: to how many people messages are to be written.
        offers, members: their rows.
        needed: how many places they take, by application.
        agreed: the keys of those that need nobody's yes.
    """

    basis: tuple[object, ...]
    publication_id: int
    answer_by: datetime
    offered: Offered
    people: int
    offers: ReadyRows | None
    members: ReadyRows | None
    needed: Counter[int]
    agreed: Sequence[int]


def draft_offers(
    plan: Plan,
    *,
    publishing: Publishing,
    publication_id: int,
    by: Person,
    answer_by: datetime,
    is_rest: bool = False,
    now: datetime,
) -> DraftedOffers:
    """Work out what publishing a plan offers to whom, without a lock; `place_offers` writes it.

    Args:
        plan: a draft plan with `cohort.program`; for the rest a published one.
        publishing: how it is to be published, kept or not: who waits, and `digest_of` what the coordinator has read.
        publication_id: the key that its publication has or will have.
        by: who publishes it.
        answer_by: until when people may answer.
        is_rest: whether these are those that were held back before; nobody of them waits any longer.
        now: the moment at which the offers are made.

    Raises:
        PlanStepNotAllowedError: the plan is not a draft.
        PublishNotAllowedError: a pair is kept apart, somebody has left, somebody was offered this match before, the
            plan has changed since it was read, another coordinator has to publish it, or nobody is left to write to.
    """
    basis = _basis_of(plan)
    if not is_rest:
        state = Plan.objects.values_list("state", flat=True).get(pk=plan.pk)
        require_plan_step(PlanState(state), PlanState.PUBLISHED)
    proposals = proposals_of(plan)
    _require_publishable(plan, proposals, publishing, by, is_rest=is_rest)
    held = frozenset(() if is_rest else publishing.held_back)
    offered = [one for one in proposals if held.isdisjoint(member.application.pk for member in one.members)]
    if not offered:
        raise PublishNotAllowedError(_("There is nobody to write to. Take somebody off the hold-back list."))
    return _rows_of(plan.cohort, offered, basis=basis, publication_id=publication_id, answer_by=answer_by, now=now)


def make_offers(
    cohort: Cohort,
    publication: Publication,
    proposals: Sequence[Proposal],
    *,
    answer_by: datetime,
    now: datetime,
    follows: Offer | None = None,
) -> list[Offer]:
    """Write new offers with their members, take the places, and begin what needs nobody's yes; in a transaction.

    Args:
        cohort: theirs, under a lock.
        publication: the publishing that they are part of.
        proposals: what is offered to whom.
        answer_by: until when those who are asked may answer.
        now: the moment.
        follows: the offer whose place the only one of them takes.

    Raises:
        PlacesFullError: somebody's places have been taken in the meantime.
    """
    drafted = _rows_of(
        cohort, proposals, basis=(), publication_id=publication.pk, answer_by=answer_by, now=now, follows=follows
    )
    _insert(drafted)
    if drafted.agreed:
        begin_matches(offers=list(Offer.objects.filter(pk__in=keys_at_once(drafted.agreed))), now=now)
    keys = [key for key, _proposal in drafted.offered]
    return list(Offer.objects.filter(pk__in=keys_at_once(keys)).select_related("publication").order_by("pk"))


def place_offers(plan: Plan, publication: Publication, drafted: DraftedOffers, *, by: Person, now: datetime) -> None:
    """Write drafted offers and take their places; inside a transaction. See `begin_some` for what needs nobody's yes.

    The plan and its cohort are under a lock already, and the publication is there.

    Raises:
        OfferStepNotAllowedError: a group that somebody would join is not there any more.
        OutdatedError: the plan, its people or other offers have changed since; nothing is written.
        PlacesFullError: somebody's places have been taken in the meantime; nothing is written.
    """
    # Offers before people, as everywhere: those of groups that somebody joins.
    lock_offers({proposal.joins for _key, proposal in drafted.offered if proposal.joins})
    stages = _lock_people(plan)
    if _basis_of(plan) != drafted.basis or any(stages.get(key) != Stage.ACCEPTED for key in drafted.needed):
        raise OutdatedError
    _insert(drafted)
    joining = [proposal for _key, proposal in drafted.offered if proposal.joins]
    join_groups(publication=publication, proposals=joining, answer_by=drafted.answer_by, by=by, now=now)
    asked = {one.application.person_id for _key, proposal in drafted.offered for one in proposal.others}
    forget_left_out(cohort=plan.cohort, people=asked, by=by, now=now)


def _insert(drafted: DraftedOffers) -> None:
    """Write the rows of drafted offers."""
    if drafted.offers is not None and drafted.members is not None:
        insert_ready(drafted.offers)
        insert_ready(drafted.members)
    take_places(drafted.needed)


def _require_publishable(
    plan: Plan, proposals: Sequence[Proposal], publishing: Publishing, by: Person, *, is_rest: bool
) -> None:
    """Raise PublishNotAllowedError where something speaks against offering what a plan proposes."""
    seen, now_there = publishing.seen, digest_of(proposals, publishing)
    if not may_publish(plan, by, now_there):
        raise PublishNotAllowedError(
            _("In this cohort another coordinator publishes what you asked for. Ask on the page with the messages.")
        )
    if because := refusal_of(plan, proposals, is_rest=is_rest):
        raise PublishNotAllowedError(because)
    if (seen or plan.cohort.publish_needs_second) and seen != now_there:
        raise PublishNotAllowedError(_("The plan or its messages have changed since you read them. Read them again."))


def _basis_of(plan: Plan) -> tuple[object, ...]:
    """Return what the offers of a plan follow from, beside places and stages: its pairs, and what may not be offered.

    Its people's places and stages are compared row by row when the offers are written.
    """
    pairs = tuple(PlanPair.objects.filter(plan=plan).order_by("pk").values_list("pk", "mentee", "mentor", "place"))
    apart = tuple(plan.cohort.holds.filter(kind="apart").order_by("pk").values_list("pk", flat=True))
    return pairs, apart, Offer.objects.filter(cohort=plan.cohort_id).aggregate(last=Max("pk"))["last"]


def _lock_people(plan: Plan) -> dict[int, str]:
    """Lock the people of a plan's pairs, so that whoever leaves does so before the offers or after; return stages."""
    return dict(_people_of(plan).select_for_update(no_key=True).order_by("pk").values_list("pk", "stage"))


def _people_of(plan: Plan) -> QuerySet[Application]:
    """Return the applications of those in a plan's pairs."""
    pairs = PlanPair.objects.filter(plan=plan)
    return Application.objects.filter(Q(pk__in=pairs.values("mentee")) | Q(pk__in=pairs.values("mentor")))


def _rows_of(
    cohort: Cohort,
    proposals: Sequence[Proposal],
    *,
    basis: tuple[object, ...],
    publication_id: int,
    answer_by: datetime,
    now: datetime,
    follows: Offer | None = None,
) -> DraftedOffers:
    """Return the rows of offers and members, with their keys."""
    spec = offers_spec_of(cohort)
    agreement = Agreement(spec.agree)
    needed: Counter[int] = Counter()
    free = _PlacesOfMentees(proposals)
    new = [proposal for proposal in proposals if not proposal.joins]
    keys = reserve_keys(Offer, len(new)) if new else []
    offers, members, agreed = [], [], []
    for key, proposal in zip(keys, new, strict=True):
        replies = [Answered(one.part, first_reply(one.part, agreement)) for one in proposal.members]
        asked = any(one.reply is Reply.WAITING for one in replies)
        least = None if proposal.shape is MatchShape.PAIR else spec.least
        state = state_after(replies, shape=proposal.shape, least=least)
        if state is OfferState.AGREED:
            agreed.append(key)
        until = answer_by if asked else None
        room = (proposal.room, proposal.room_shape or "")
        offers.append((key, proposal.shape, proposal.people, *room, state, least, list(proposal.reasons), until))
        for member, answered in zip(proposal.members, replies, strict=True):
            person, takes = member.application.pk, proposal.takes(member)
            needed[person] += takes
            is_mentee = member.part is MemberPart.MENTEE
            place = free.place_for(person, member.place) if is_mentee else member.place
            members.append((key, person, member.part, place, takes, answered.reply))
    common = Offer(
        cohort_id=cohort.pk, publication_id=publication_id, agreement=agreement, offered_at=now, follows=follows
    )
    return DraftedOffers(
        basis=basis,
        publication_id=publication_id,
        answer_by=answer_by,
        offered=[*zip(keys, new, strict=True), *((one.joins, one) for one in proposals if one.joins)],
        people=len(recipients_of(cohort, proposals)),
        offers=rows_alike(common, _OF_OFFERS, offers) if offers else None,
        members=rows_alike(OfferMember(), _OF_MEMBERS, members) if members else None,
        needed=needed,
        agreed=agreed,
    )


class _PlacesOfMentees:
    """The places of mentees that standing offers hold, so that a new one takes the first that is free."""

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        self._held: dict[int, set[str]] = defaultdict(set)
        keys = {one.application.pk for proposal in proposals for one in proposal.others}
        rows = OfferMember.objects.filter(holds_place=True, part=MemberPart.MENTEE)
        for key, place in rows.filter(application__in=keys_at_once(keys)).values_list("application", "place"):
            self._held[key].add(place)

    def place_for(self, key: int, place: str) -> str:
        """Return the place that is asked for, or where it is a number that is held the first free number."""
        held = self._held[key]
        if place in held and place.isdigit():
            place = next(str(number) for number in count(1) if str(number) not in held)
        held.add(place)
        return place
