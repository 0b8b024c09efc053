"""Publishing a plan: its offers and the messages about them, the pairs that were held back, and taking it all back."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_places
from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember, Plan, Publication
from chiron.site.matching.operations.plans import mark_published, mark_unpublished
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import (
    ANSWER_DAYS,
    Agreement,
    Answered,
    MatchShape,
    MemberPart,
    OfferState,
    Reply,
    TakenBackBecause,
    first_reply,
    state_after,
)
from chiron.site.mentorships.operations.joining import join_groups, take_joiners_back
from chiron.site.mentorships.operations.matches import begin_matches
from chiron.site.mentorships.operations.offers import take_offers_back
from chiron.site.mentorships.operations.places import lock_offers
from chiron.site.mentorships.queries.proposals import Proposal, proposals_of
from chiron.site.mentorships.queries.publishing import (
    apart_in,
    digest_of,
    gone_in,
    left_out_letters,
    letters_for,
    may_publish,
    taken_in,
)
from chiron.site.mentorships.rules import PublishNotAllowedError, UnpublishNotAllowedError
from chiron.site.notices.operations import NoticeText, release_notices, write_notices
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage
from chiron.site.shared.database import insert_rows

LinkTo = Callable[[int], str]
ROWS_A_QUERY = 500


@transaction.atomic
def publish_plan(
    *,
    plan: Plan,
    held_back: Collection[int],
    send_after: datetime | None,
    link_to: LinkTo,
    by: Person,
    now: datetime,
    answer_days: int | None = None,
) -> Publication:
    """Offer what a plan proposes to its people, and put one message for each of them into the outbox.

    The offers take the places of their people, so that a yes never finds them gone. Where the rules of the cohort ask
    nobody, the matches begin.

    Args:
        plan: a draft plan.
        held_back: keys of applications whose pairs or groups wait.
        send_after: the messages leave at this moment; None: now.
        link_to: gives the address of an offer's page by its key.
        by: the coordinator.
        now: the moment.
        answer_days: for how many days from the messages people may answer; None: as the rules of the cohort say.

    Raises:
        PlanStepNotAllowedError: the plan is not a draft.
        PublishNotAllowedError: a pair is kept apart, somebody has left, somebody was offered this match before, or
            nobody is left to write to.
        PlacesFullError: somebody's places have been taken in the meantime.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__program").get(pk=plan.pk)
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=plan.cohort_id)
    if not may_publish(plan, by, digest_of(proposals_of(plan))):
        raise PublishNotAllowedError(
            _("In this cohort another coordinator publishes what you asked for. Ask on the page with the messages.")
        )
    if apart := apart_in(plan):
        raise PublishNotAllowedError(
            ngettext(
                "%d pair of this plan is kept apart. Work the plan out again first.",
                "%d pairs of this plan are kept apart. Work the plan out again first.",
                apart,
            )
            % apart
        )
    _lock_people(plan)
    if gone := gone_in(plan):
        raise PublishNotAllowedError(
            ngettext(
                "Somebody in %d pair of this plan has left the programme. Work the plan out again first.",
                "Somebody in %d pairs of this plan has left the programme. Work the plan out again first.",
                gone,
            )
            % gone
        )
    if taken := taken_in(plan):
        raise PublishNotAllowedError(
            ngettext(
                "%d pair of this plan cannot be offered: a place is taken, or these two were asked before. "
                "Work the plan out again; what runs or waits stays as it is.",
                "%d pairs of this plan cannot be offered: places are taken, or these people were asked before. "
                "Work the plan out again; what runs or waits stays as it is.",
                taken,
            )
            % taken
        )
    mark_published(plan=plan, by=by, now=now)
    if cohort.stage == CohortStage.APPLYING:
        cohort = move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=by, now=now)
    if cohort.stage == CohortStage.MATCHING:
        move_to_stage(cohort=cohort, stage=CohortStage.RUNNING, by=by, now=now)
    days = answer_days or offers_spec_of(cohort).answer_days or ANSWER_DAYS
    publication = Publication.objects.create(
        plan=plan,
        published_by=by,
        published_at=now,
        send_after=send_after,
        answer_by=(send_after or now) + timedelta(days=days),
    )
    _offer(plan, publication, held_back=held_back, send_after=send_after, link_to=link_to, by=by, now=now)
    return publication


@transaction.atomic
def offer_rest(*, publication: Publication, link_to: LinkTo, by: Person, now: datetime) -> Publication:
    """Offer what was held back of a published plan; the messages leave now, or with the others.

    Raises:
        PublishNotAllowedError: nothing was held back, or the publishing was taken back.
        PlacesFullError: somebody's places have been taken in the meantime.
    """
    Plan.objects.select_for_update(no_key=True).get(pk=publication.plan_id)
    publication = (
        Publication.objects.select_for_update(of=("self",), no_key=True)
        .select_related("plan__cohort__program")
        .get(pk=publication.pk)
    )
    if publication.withdrawn_at is not None:
        raise PublishNotAllowedError(_("This plan is not published any more."))
    _lock_people(publication.plan)
    # Nobody may know of a match before the moment that was chosen at publishing, so no message about it leaves sooner.
    moment = publication.send_after if publication.send_after is not None and publication.send_after > now else None
    _offer(publication.plan, publication, held_back=(), send_after=moment, link_to=link_to, by=by, now=now)
    return publication


@transaction.atomic
def unpublish_plan(*, publication: Publication, by: Person, now: datetime) -> int:
    """Take back what is unanswered of a publishing, and return how many offers that was.

    Matches that were agreed, and noes, stand. Messages that have not left are withdrawn; those that have are followed
    by one that says so. Where nobody had answered, the plan is a draft again.

    Raises:
        UnpublishNotAllowedError: nothing waits any more, or it was taken back before.
    """
    Plan.objects.select_for_update(no_key=True).get(pk=publication.plan_id)
    publication = (
        Publication.objects.select_for_update(of=("self",), no_key=True)
        .select_related("plan__cohort")
        .get(pk=publication.pk)
    )
    if publication.withdrawn_at is not None:
        raise UnpublishNotAllowedError(_("This plan was un-published before."))
    # Fetched, because a count would lock nothing: an answer comes either before this, or after the offer has gone.
    offers = lock_offers(list(Offer.objects.filter(publication=publication).values_list("pk", flat=True)))
    waiting = [offer for offer in offers if offer.state == OfferState.OFFERED]
    joined = OfferMember.objects.filter(publication=publication).count()
    not_joining = take_joiners_back(publication=publication, by=by, now=now)
    if not waiting and not not_joining:
        raise UnpublishNotAllowedError(_("Nothing of this plan waits for an answer any more, so all of it stands."))
    take_offers_back(offers=waiting, because=TakenBackBecause.UNPUBLISHED, by=by, now=now)
    if len(waiting) + not_joining < len(offers) + joined:
        return len(waiting) + not_joining
    publication.withdrawn_at = now
    publication.save(update_fields=["withdrawn_at"])
    plan = mark_unpublished(plan=publication.plan, by=by, now=now)
    cohort = Cohort.objects.get(pk=plan.cohort_id)
    if cohort.stage == CohortStage.RUNNING and not Plan.objects.filter(cohort=cohort, state="published").exists():
        move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=by, now=now)
    return len(waiting) + not_joining


def _lock_people(plan: Plan) -> None:
    """Lock the applications of a plan's pairs: somebody leaves either before the offers are made, or after."""
    people = Application.objects.filter(Q(proposed_mentors__plan=plan) | Q(proposed_mentees__plan=plan)).values("pk")
    list(Application.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))


def _offer(
    plan: Plan,
    publication: Publication,
    *,
    held_back: Collection[int],
    send_after: datetime | None,
    link_to: LinkTo,
    by: Person,
    now: datetime,
) -> None:
    """Make the offers and the messages of what is not held back, and release the messages."""
    proposals = proposals_of(plan, held_back=held_back)
    if not proposals:
        raise PublishNotAllowedError(_("There is nobody to write to. Take somebody off the hold-back list."))
    new = [proposal for proposal in proposals if not proposal.joins]
    offers = make_offers(plan.cohort, publication, new, answer_by=publication.answer_by, now=now)
    joining = [proposal for proposal in proposals if proposal.joins]
    join_groups(publication=publication, proposals=joining, answer_by=publication.answer_by, by=by, now=now)
    keys = {offer.people: offer.pk for offer in offers}
    letters = letters_for(
        plan.cohort,
        proposals,
        link_of=lambda one: link_to(one.joins or keys[one.people]),
        answer_by=publication.answer_by,
    )
    texts = [
        NoticeText(letter.to, f"match.offered_to_{letter.part.value}", letter.subject, letter.body)
        for letter in letters
    ]
    write_notices(texts, scope=plan.cohort.scope, group=publication.group, by=by, now=now, send_after=send_after)
    _tell_left_out(plan, by=by, now=now)
    messages = release_notices(group=publication.group, by=by, now=now)
    details: dict[str, int | str] = {"matches": len(offers), "messages": messages}
    record("plan.offered", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)


def _tell_left_out(plan: Plan, *, by: Person, now: datetime) -> None:
    """Write a draft to everybody whom a plan leaves out and who waits for nothing else; a coordinator releases it."""
    texts = [NoticeText(one.to, "match.left_out", one.subject, one.body) for one in left_out_letters(plan)]
    write_notices(texts, scope=plan.cohort.scope, group=f"left out:{plan.pk}", by=by, now=now)


def make_offers(
    cohort: Cohort,
    publication: Publication,
    proposals: Sequence[Proposal],
    *,
    answer_by: datetime | None,
    now: datetime,
    follows: Offer | None = None,
) -> list[Offer]:
    """Write offers with their members, take the places, and begin what needs nobody's yes; a handful of queries.

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
    spec = offers_spec_of(cohort)
    agreement = Agreement(spec.agree)
    offers, rows = [], []
    needed: Counter[int] = Counter()
    free = _PlacesOfMentees(proposals)
    for proposal in proposals:
        replies = [Answered(one.part, first_reply(one.part, agreement)) for one in proposal.members]
        asked = any(one.reply is Reply.WAITING for one in replies)
        least = None if proposal.shape is MatchShape.PAIR else spec.least
        offer = Offer(
            cohort=cohort,
            publication=publication,
            shape=proposal.shape,
            people=proposal.people,
            room=proposal.room,
            room_shape=proposal.room_shape or "",
            state=state_after(replies, shape=proposal.shape, least=least),
            agreement=agreement,
            least=least,
            reasons=list(proposal.reasons),
            offered_at=now,
            answer_by=answer_by if asked else None,
            follows=follows,
        )
        offers.append(offer)
        for member, answered in zip(proposal.members, replies, strict=True):
            key = member.application.pk
            needed[key] += proposal.takes(member)
            rows.append(
                OfferMember(
                    offer=offer,
                    application=member.application,
                    part=member.part,
                    place=free.place_for(key, member.place) if member.part is MemberPart.MENTEE else member.place,
                    takes=proposal.takes(member),
                    reply=answered.reply,
                )
            )
    Offer.objects.bulk_create(offers, batch_size=ROWS_A_QUERY)
    insert_rows(rows)
    take_places(needed)
    begin_matches(offers=[offer for offer in offers if offer.state == OfferState.AGREED], now=now)
    return offers


class _PlacesOfMentees:
    """The places of mentees that standing offers hold, so that a new one takes the first that is free."""

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        keys = [one.application.pk for proposal in proposals for one in proposal.others]
        self._held: dict[int, set[str]] = defaultdict(set)
        rows = OfferMember.objects.filter(holds_place=True, part=MemberPart.MENTEE, application__in=keys)
        for key, place in rows.values_list("application", "place"):
            self._held[key].add(place)

    def place_for(self, key: int, place: str) -> str:
        """Return the place that is asked for, or where it is a number that is held the first free number."""
        held = self._held[key]
        if place in held and place.isdigit():
            place = next(str(number) for number in count(1) if str(number) not in held)
        held.add(place)
        return place
