"""Un-publishing a plan: what waits is taken back at once; its places and its messages follow, in turns where many."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record, record_each
from chiron.site.matching.models import Offer, OfferMember, Plan, Publication
from chiron.site.matching.operations.plans import mark_unpublished
from chiron.site.matching.rules import OfferState, TakenBackBecause, require_offer_step
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations.carrying_out import fenced_publishing
from chiron.site.mentorships.operations.joining import take_joiners_back
from chiron.site.mentorships.operations.left_out import forget_left_out_of
from chiron.site.mentorships.operations.messages import tell_unpublished
from chiron.site.mentorships.operations.places import give_back
from chiron.site.mentorships.queries.approved import digest_of_publication
from chiron.site.mentorships.queries.publishing import joining_to_undo, offers_to_undo
from chiron.site.mentorships.rules import PublishingState, UnpublishNotAllowedError
from chiron.site.mentorships.rules.publishing import OFFERS_A_TURN, require_publishing_step
from chiron.site.notices.models import Notice
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage, use_approval
from chiron.site.programs.rules import ApprovedAct, CohortStage
from chiron.site.shared.database import keys_at_once
from chiron.site.shared.jobs.operations import add_job


@transaction.atomic
def unpublish_plan(*, publication: Publication, by: Person, now: datetime) -> int:
    """Take back what is unanswered of a publishing, and return how many offers that was.

    Matches that were agreed, and noes, stand. Messages that have not left are withdrawn; those that have are followed
    by one that says so. Where nobody had answered, the plan is a draft again. For a large plan, ask for it instead: see
    `ask_to_unpublish`.

    Raises:
        ApprovalNeededError: another coordinator has to take it back.
        UnpublishNotAllowedError: nothing waits any more, or it was taken back before.
    """
    publishing = _take_back(publication, by=by, now=now)
    count = 0
    while some := undo_some(publishing=publishing, now=now):
        count += some
    finish_unpublishing(publishing=publishing, now=now)
    return count


@transaction.atomic
def ask_to_unpublish(*, publication: Publication, by: Person, now: datetime) -> Publishing:
    """Take back what is unanswered of a large publishing: from now on nobody can say yes; a job does the rest.

    Its people wait for their places, and for the message that says so, until the job comes to them: see `undo_some`.

    Raises:
        ApprovalNeededError: another coordinator has to take it back.
        UnpublishNotAllowedError: nothing waits any more, or it was taken back before.
    """
    publishing = _take_back(publication, by=by, now=now)
    add_job("mentorships.unpublish", {"publishing_id": publishing.pk}, now=now)
    return publishing


@transaction.atomic
def undo_some(*, publishing: Publishing, now: datetime) -> int:
    """Give back the places of some offers that were taken back, mend their messages, and return how many they were.

    With each offer all of it is done, or nothing; whoever comes after a crash goes on with those that are left.
    """
    publishing = fenced_publishing(publishing)
    publication, by = publishing.publication, publishing.undone_by
    if publishing.state != PublishingState.UNDOING or publication is None:
        return 0
    # Nobody else changes an offer that was taken back, so these are locked only for whoever reads them to write.
    keys = list(offers_to_undo(publication).values_list("pk", flat=True)[:OFFERS_A_TURN])
    offers = list(Offer.objects.select_for_update(no_key=True).filter(pk__in=keys).defer("reasons").order_by("pk"))
    if not offers:
        count = 0
        while not count and joining_to_undo(publication).exists():  # those who had answered by then are not counted
            count = take_joiners_back(publication=publication, most_groups=OFFERS_A_TURN, by=by, now=now)
        return count
    give_back(OfferMember.objects.filter(offer__in=[offer.pk for offer in offers]))
    tell_unpublished(offers, before=publishing.notices_from, by=by, now=now)
    record_each("offer.taken_back", subjects=offers, by=by, now=now, scope=publishing.plan.cohort.scope)
    return len(offers)


@transaction.atomic
def finish_unpublishing(*, publishing: Publishing, now: datetime) -> Publishing:
    """Say that all of it is taken back: the plan is a draft again, unless somebody had answered."""
    publishing = fenced_publishing(publishing)
    publication, by = publishing.publication, publishing.undone_by
    if publishing.state != PublishingState.UNDOING or publication is None:
        return publishing
    if offers_to_undo(publication).exists() or joining_to_undo(publication).exists():
        return publishing
    stands = Offer.objects.filter(publication=publication).exclude(
        state=OfferState.TAKEN_BACK, ended_because=TakenBackBecause.UNPUBLISHED
    )
    if stands.exists() or OfferMember.objects.filter(publication=publication).exists():
        require_publishing_step(PublishingState(publishing.state), PublishingState.DONE)
        publishing.state = PublishingState.DONE
        publishing.save(update_fields=["state"])
        return publishing
    require_publishing_step(PublishingState(publishing.state), PublishingState.DRAFT)
    publication.withdrawn_at = now
    publication.save(update_fields=["withdrawn_at"])
    publishing.publication, publishing.state = None, PublishingState.DRAFT
    publishing.save(update_fields=["publication", "state"])
    forget_left_out_of(plan=publishing.plan, by=by, now=now)
    plan = mark_unpublished(plan=publishing.plan, by=by, now=now)
    cohort = Cohort.objects.get(pk=plan.cohort_id)
    if cohort.stage == CohortStage.RUNNING and not Plan.objects.filter(cohort=cohort, state="published").exists():
        move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=by, now=now)
    return publishing


def _take_back(publication: Publication, *, by: Person, now: datetime) -> Publishing:
    """Let nobody say yes any more to what waits of a publishing: one short transaction, however many offers it has."""
    publishing = Publishing.objects.select_for_update(no_key=True).get(plan=publication.plan_id)
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort").get(pk=publishing.plan_id)
    # Before the offers, as everywhere: nothing is offered meanwhile.
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=plan.cohort_id)
    publication = Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    if publication.withdrawn_at is not None:
        raise UnpublishNotAllowedError(_("This plan was un-published before."))
    if publishing.state == PublishingState.UNDOING:
        raise UnpublishNotAllowedError(_("This plan is being un-published already."))
    require_publishing_step(PublishingState(publishing.state), PublishingState.UNDOING)
    seen = digest_of_publication(publication)
    # Fetched, because a count would lock nothing: an answer comes either before this, or after the offer has gone.
    offers = Offer.objects.select_for_update(no_key=True).filter(publication=publication).order_by("pk")
    waiting = [key for key, state in offers.values_list("pk", "state") if state == OfferState.OFFERED]
    joining = joining_to_undo(publication).count()
    if not waiting and not joining:
        raise UnpublishNotAllowedError(_("Nothing of this plan waits for an answer any more, so all of it stands."))
    use_approval(cohort=cohort, act=ApprovedAct.UNPUBLISH, subject=plan, seen=seen, by=by, now=now)
    require_offer_step(OfferState.OFFERED, OfferState.TAKEN_BACK)
    Offer.objects.filter(pk__in=keys_at_once(waiting)).update(
        state=OfferState.TAKEN_BACK, ended_at=now, ended_because=TakenBackBecause.UNPUBLISHED
    )
    last = Notice.objects.filter(scope=plan.cohort.scope).aggregate(last=Max("pk"))["last"]
    publishing.state, publishing.notices_from, publishing.undone_to = (
        PublishingState.UNDOING,
        last or 0,
        len(waiting) + joining,
    )
    publishing.undone_by, publishing.undone_at, publishing.publication = by, now, publication
    publishing.save(update_fields=["state", "notices_from", "undone_to", "undone_by", "undone_at", "publication"])
    details: dict[str, int | str] = {"offers": len(waiting), "joining": joining}
    record("plan.unpublishing_begun", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)
    return publishing
