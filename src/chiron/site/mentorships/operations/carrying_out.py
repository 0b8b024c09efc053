"""The steps in which a plan is published: its offers at once, then its messages in turns; each step is done once."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember, Plan, Publication
from chiron.site.matching.operations.plans import mark_published
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import ANSWER_DAYS, STANDING
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations.matches import begin_matches
from chiron.site.mentorships.operations.offering import DraftedOffers, OutdatedError, draft_offers, place_offers
from chiron.site.mentorships.operations.places import lock_with_chains
from chiron.site.mentorships.queries.letters import (
    Letter,
    left_out_group,
    left_out_letters,
    left_out_of_all,
    letters_for,
)
from chiron.site.mentorships.queries.proposals import Offered, ProposedMember, proposals_standing
from chiron.site.mentorships.queries.publishing import notices_of, offers_to_begin, turns_to_write
from chiron.site.mentorships.rules import PublishingState, PublishNotAllowedError, wording_from
from chiron.site.mentorships.rules.publishing import (
    LEFT_OUT_A_TURN,
    MOST_DRAFTS,
    OFFERS_A_TURN,
    PEOPLE_A_TURN,
    require_publishing_step,
    turns,
)
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import NoticeText, add_sending, write_notices
from chiron.site.notices.rules import NoticeState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage, use_approval
from chiron.site.programs.rules import ApprovedAct, CohortStage
from chiron.site.shared.database import reserve_keys
from chiron.site.shared.jobs.operations import require_lease
from chiron.site.shared.refusals import RefusedError

LinkTo = Callable[[int], str]
Result = TypeVar("Result")


def carry_out_offers(*, publishing: Publishing, now: datetime) -> tuple[Publishing, Offered]:
    """Make the offers of what was asked for, or keep why they cannot be made; doing it twice is the same as once.

    All offers are made in one short transaction, with their places, or none. The messages follow: `write_messages`.
    Returns how far it is, and what stands of the offers.
    """
    publishing = _with_plan(Publishing.objects.all()).get(pk=publishing.pk)
    plan, publication, by = publishing.plan, publishing.publication, publishing.asked_by
    if publishing.state != PublishingState.ASKED or by is None:
        return publishing, proposals_standing(publishing)
    [key] = reserve_keys(Publication, 1)

    def draft() -> DraftedOffers:
        if publication is not None:
            return draft_rest(publication, publishing, by=by, now=now)
        return draft_offers(
            plan,
            publishing=publishing,
            publication_id=key,
            answer_by=answer_by_of(plan, publishing.send_after or now, publishing.answer_days),
            by=by,
            now=now,
        )

    def write(drafted: DraftedOffers) -> tuple[Publishing, Offered]:
        fenced = fenced_publishing(publishing)
        if fenced.state != PublishingState.ASKED:  # another worker was faster
            return fenced, proposals_standing(fenced)
        (publish_drafted if publication is None else offer_rest_drafted)(fenced, drafted, now=now)
        return fenced, drafted.offered

    try:
        return drafted_and_written(draft, write)
    except RefusedError as refusal:
        return refuse_publishing(publishing=publishing, because=str(refusal), now=now), ()


def write_messages(
    *,
    publishing: Publishing,
    people: Collection[int],
    offered: Offered,
    link_to: LinkTo,
    now: datetime,
) -> int:
    """Write to some people about their offers, and return how many messages that was; nobody is written to twice.

    What they read is what stands at this moment: an offer that has ended meanwhile is not in it.

    Args:
        publishing: its offers are made.
        people: keys of people; see `turns_to_write`.
        offered: what was offered to them, and perhaps to others.
        link_to: gives the address of an offer's page by its key.
        now: the moment.
    """
    if publishing.publication is None:
        return 0
    whom = frozenset(people)
    theirs = [(key, proposal) for key, proposal in offered if any(_is_of(one, whom) for one in proposal.named)]
    letters = _letters(publishing, publishing.publication, whom, theirs, link_to)
    # The texts are ready before others have to wait.
    with transaction.atomic():
        publishing = fenced_publishing(publishing)
        publication = publishing.publication
        if publishing.state != PublishingState.WRITING or publication is None:
            return 0
        if not _stand(theirs):
            standing = proposals_standing(publishing, offers={key for key, _proposal in theirs})
            letters = _letters(publishing, publication, whom, standing, link_to)
        written = set(notices_of(publishing).filter(to__in=whom).values_list("to", flat=True))
        # Nobody may know of a match before the moment that was chosen at publishing.
        moment = publication.send_after if publication.send_after is not None and publication.send_after > now else None
        return write_notices(
            [
                NoticeText(one.to, f"match.offered_to_{one.part.value}", one.subject, one.body)
                for one in letters
                if one.to.pk not in written
            ],
            scope=publishing.plan.cohort.scope,
            group=publication.group,
            by=publishing.asked_by,
            now=now,
            send_after=moment,
            is_released=True,
        )


@transaction.atomic
def begin_some(*, publishing: Publishing, now: datetime) -> int:
    """Begin some matches of a publishing that need nobody's yes, and return how many; none is begun twice."""
    publishing = fenced_publishing(publishing)
    if publishing.state != PublishingState.WRITING or publishing.publication is None:
        return 0
    to_begin = offers_to_begin(publishing.publication)
    lock_with_chains(list(to_begin.values_list("pk", flat=True)[:OFFERS_A_TURN]))
    # Read again under the lock: of somebody who has left in the meantime, it has begun and ended.
    return len(begin_matches(offers=list(to_begin[:OFFERS_A_TURN]), now=now))


@transaction.atomic
def write_to_left_out(*, publishing: Publishing, people: Sequence[Person], now: datetime) -> int:
    """Write a draft to some people whom a plan leaves out, but those who have one; return how many that was."""
    publishing = fenced_publishing(publishing)
    if publishing.state != PublishingState.WRITING:
        return 0
    group = left_out_group(publishing.plan)
    written = Notice.objects.filter(group=group, to__in=people).exclude(state=NoticeState.WITHDRAWN)
    told = set(written.values_list("to", flat=True))
    letters = left_out_letters([one for one in people if one.pk not in told], wording=wording_from(publishing.wording))
    texts = [NoticeText(one.to, "match.left_out", one.subject, one.body) for one in letters]
    return write_notices(texts, scope=publishing.plan.cohort.scope, group=group, by=publishing.asked_by, now=now)


@transaction.atomic
def finish_publishing(*, publishing: Publishing, now: datetime) -> Publishing:
    """Say that every message of a publishing is written; what is due leaves."""
    publishing = fenced_publishing(publishing)
    if publishing.state != PublishingState.WRITING or publishing.publication is None:
        return publishing
    require_publishing_step(PublishingState(publishing.state), PublishingState.DONE)
    publishing.state, publishing.finished_at = PublishingState.DONE, now
    publishing.save(update_fields=["state", "finished_at"])
    moment = publishing.publication.send_after
    add_sending(moment if moment is not None and moment > now else None, now=now)
    details: dict[str, int | str] = {"messages": notices_of(publishing).count()}
    scope = publishing.plan.cohort.scope
    record("plan.messages_written", subject=publishing.plan, by=None, now=now, scope=scope, details=details)
    return publishing


@transaction.atomic
def refuse_publishing(*, publishing: Publishing, because: str, now: datetime) -> Publishing:
    """Keep why a plan that was to be published could not be; nothing of it was offered."""
    publishing = fenced_publishing(publishing)
    if publishing.state != PublishingState.ASKED:
        return publishing
    set_back(publishing, because=because)
    scope = publishing.plan.cohort.scope
    record("plan.publishing_refused", subject=publishing.plan, by=None, now=now, scope=scope)
    return publishing


def drafted_and_written(draft: Callable[[], DraftedOffers], write: Callable[[DraftedOffers], Result]) -> Result:
    """Work offers out and write them in a transaction; where something has changed in between, work them out anew.

    Raises:
        PublishNotAllowedError: something changes all the time.
    """
    for _attempt in range(MOST_DRAFTS):
        drafted = draft()
        try:
            with transaction.atomic():
                return write(drafted)
        except OutdatedError:
            continue
    raise PublishNotAllowedError(_("The plan or its people changed while it was being published. Try again."))


def publish_drafted(publishing: Publishing, drafted: DraftedOffers, *, now: datetime) -> None:
    """Make the offers of a plan and mark it published: what others wait for is locked last and for a moment.

    Args:
        publishing: asked for, under a lock.
        drafted: see `draft_offers`.
        now: the moment.

    Raises:
        OutdatedError: what they were worked out from has changed.
    """
    assert publishing.asked_by is not None, "somebody asked for it"
    by, plan = publishing.asked_by, _locked_plan(publishing)
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=plan.cohort_id)
    publication = publishing.publication = Publication.objects.create(
        pk=drafted.publication_id,
        plan=plan,
        published_by=by,
        published_at=now,
        send_after=publishing.send_after,
        answer_by=drafted.answer_by,
        wording=publishing.wording,
    )
    _place(publishing, plan, publication, drafted, by=by, now=now)
    mark_published(plan=plan, by=by, now=now)
    if cohort.stage == CohortStage.APPLYING:
        cohort = move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=by, now=now)
    if cohort.stage == CohortStage.MATCHING:
        move_to_stage(cohort=cohort, stage=CohortStage.RUNNING, by=by, now=now)


def offer_rest_drafted(publishing: Publishing, drafted: DraftedOffers, *, now: datetime) -> None:
    """Make the offers of what was held back of a plan; see `publish_drafted`.

    Raises:
        OutdatedError: what they were worked out from has changed.
    """
    assert publishing.asked_by is not None, "somebody asked for it"
    plan = _locked_plan(publishing)
    Cohort.objects.select_for_update(no_key=True).get(pk=plan.cohort_id)
    publication = Publication.objects.select_for_update(no_key=True).get(pk=drafted.publication_id)
    if publication.withdrawn_at is not None:
        raise OutdatedError
    _place(publishing, plan, publication, drafted, by=publishing.asked_by, now=now)


def _place(
    publishing: Publishing, plan: Plan, publication: Publication, drafted: DraftedOffers, *, by: Person, now: datetime
) -> None:
    notice = Notice.objects.filter(scope=plan.cohort.scope).aggregate(last=Max("pk"))["last"]
    member = OfferMember.objects.aggregate(last=Max("pk"))["last"]
    place_offers(plan, publication, drafted, by=by, now=now)
    require_publishing_step(PublishingState(publishing.state), PublishingState.WRITING)
    publishing.state, publishing.people, publishing.refused_because = PublishingState.WRITING, drafted.people, ""
    publishing.members_from, publishing.notices_from = member or 0, notice or 0
    publishing.save()
    # Read again under the lock: what was asked for may have been changed, or the rule switched on.
    use_approval(cohort=plan.cohort, act=ApprovedAct.PUBLISH, subject=plan, seen=publishing.seen, by=by, now=now)
    details: dict[str, int | str] = {"matches": len(drafted.offered), "messages": drafted.people}
    record("plan.offered", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)


def write_everything(publishing: Publishing, offered: Offered, *, link_to: LinkTo, now: datetime) -> None:
    """Begin what needs nobody's yes of a publishing whose offers were made just now, and write all its messages."""
    while begin_some(publishing=publishing, now=now):
        pass
    for people, theirs in turns_to_write(publishing, offered, PEOPLE_A_TURN):
        write_messages(publishing=publishing, people=people, offered=theirs, link_to=link_to, now=now)
    for told in turns(left_out_of_all(publishing.plan), LEFT_OUT_A_TURN):
        write_to_left_out(publishing=publishing, people=told, now=now)
    finish_publishing(publishing=publishing, now=now)


def draft_rest(publication: Publication, publishing: Publishing, *, by: Person, now: datetime) -> DraftedOffers:
    """Work out what was held back of a published plan; see `draft_offers`.

    Raises:
        PublishNotAllowedError: nothing was held back, the plan is not published any more, or something speaks against
            offering what was held back, as it may against a plan.
    """
    if not Publication.objects.filter(pk=publication.pk, withdrawn_at=None).exists():
        raise PublishNotAllowedError(_("This plan is not published any more."))
    return draft_offers(
        publication.plan,
        publishing=publishing,
        publication_id=publication.pk,
        answer_by=answer_by_of_rest(publication, publishing, now=now),
        is_rest=True,
        by=by,
        now=now,
    )


def answer_by_of(plan: Plan, moment: datetime, days: int | None) -> datetime:
    """Return until when people may answer whose messages leave at a moment; `days` where the coordinator said so."""
    return moment + timedelta(days=days or offers_spec_of(plan.cohort).answer_days or ANSWER_DAYS)


def answer_by_of_rest(publication: Publication, publishing: Publishing, *, now: datetime) -> datetime:
    """Return until when people may answer to whom what was held back is offered now: as long as the others had."""
    return answer_by_of(publication.plan, max(publication.send_after or now, now), publishing.answer_days)


def _answer_by_in(publication: Publication, offered: Offered) -> datetime | None:
    """Return until when offers of one turn may be answered; a group that others join has a day of its own."""
    rows = Offer.objects.filter(pk__in=[key for key, _proposal in offered]).exclude(answer_by=None)
    own = rows.filter(publication=publication).aggregate(last=Max("answer_by"))["last"]
    return own or rows.aggregate(last=Max("answer_by"))["last"] or publication.answer_by


def _letters(
    publishing: Publishing, publication: Publication, people: Collection[int], offered: Offered, link_to: LinkTo
) -> list[Letter]:
    """Return what some people read of what was offered."""
    links = {proposal.people: link_to(key) for key, proposal in offered}
    return letters_for(
        publishing.plan.cohort,
        [proposal for _key, proposal in offered],
        link_of=lambda one: links[one.people],
        answer_by=_answer_by_in(publication, offered),
        wording=wording_from(publication.wording),
        only={one.application.pk for _key, proposal in offered for one in proposal.named if _is_of(one, people)},
    )


def _is_of(member: ProposedMember, people: Collection[int]) -> bool:
    return member.application.person_id in people


def _stand(offered: Offered) -> bool:
    """Lock offers, and return whether all of them stand with everybody who is named in them."""
    keys = {key for key, _proposal in offered}
    offers = Offer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    states = list(offers.values_list("state", flat=True))
    members = OfferMember.objects.filter(offer__in=keys, holds_place=True).values_list("offer", "application")
    here = set(members)
    named = ((key, one.application.pk) for key, proposal in offered for one in proposal.everybody)
    return all(state in STANDING for state in states) and all(one in here for one in named)


def set_back(publishing: Publishing, *, because: str) -> None:
    """Let what was asked for be a draft again, or done as before where the rest was asked for."""
    following = PublishingState.DRAFT if publishing.publication_id is None else PublishingState.DONE
    require_publishing_step(PublishingState(publishing.state), following)
    publishing.state, publishing.refused_because = following, because
    publishing.save(update_fields=["state", "refused_because"])


def locked_publishing(publishing: Publishing) -> Publishing:
    """Return a publishing under a lock, with its plan and publication."""
    return _with_plan(Publishing.objects.select_for_update(of=("self",), no_key=True)).get(pk=publishing.pk)


def _with_plan(publishings: QuerySet[Publishing]) -> QuerySet[Publishing]:
    return publishings.select_related("plan__cohort__program", "publication", "asked_by", "undone_by")


def fenced_publishing(publishing: Publishing) -> Publishing:
    """Return a publishing under a lock, for a step of its job that no other worker has taken over."""
    require_lease()
    return locked_publishing(publishing)


def _locked_plan(publishing: Publishing) -> Plan:
    plans = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__program")
    return plans.get(pk=publishing.plan_id)
