"""Publishing a plan: prepared, asked for, done at once or stopped; what was held back; and taking it all back."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record
from chiron.site.matching.models import Plan, Publication
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations.carrying_out import (
    answer_by_of,
    draft_rest,
    drafted_and_written,
    locked_publishing,
    offer_rest_drafted,
    publish_drafted,
    set_back,
    write_everything,
)
from chiron.site.mentorships.operations.offering import DraftedOffers, draft_offers
from chiron.site.mentorships.queries.approved import digest_of
from chiron.site.mentorships.queries.proposals import proposals_of
from chiron.site.mentorships.rules import (
    LetterWording,
    PublishingState,
    PublishNotAllowedError,
)
from chiron.site.mentorships.rules.publishing import require_publishing_step
from chiron.site.people.models import Person
from chiron.site.programs.operations import forget_approval
from chiron.site.programs.queries import approval_asked
from chiron.site.programs.rules import ApprovedAct
from chiron.site.shared.database import reserve_keys
from chiron.site.shared.jobs.operations import add_job

LinkTo = Callable[[int], str]
NOTHING_WRITTEN = LetterWording({})


@transaction.atomic
def prepare_publishing(
    *,
    plan: Plan,
    held_back: Collection[int],
    send_after: datetime | None,
    answer_days: int | None,
    wording: LetterWording,
    by: Person,
    now: datetime,
) -> Publishing:
    """Keep how a plan is to be published; nothing is offered, and nobody is written to.

    Where another coordinator was asked to publish it otherwise than so, they are asked no longer.

    Args:
        plan: the plan.
        held_back: keys of applications whose pairs or groups wait.
        send_after: the messages leave at this moment; None: now.
        answer_days: for how many days from the messages people may answer; None: as the rules of the cohort say.
        wording: what the coordinator wrote into the messages.
        by: the coordinator.
        now: the moment.

    Raises:
        PublishingIsOpenError: the plan is being published already, or is published.
    """
    publishing = _open(plan)
    publishing.held_back, publishing.send_after = sorted(held_back), send_after
    publishing.answer_days, publishing.wording, publishing.seen = answer_days, wording.kept(), ""
    publishing.save()
    asked = approval_asked(plan.cohort, ApprovedAct.PUBLISH, plan.pk)
    if asked is not None and asked.seen != digest_of(proposals_of(plan), publishing):
        forget_approval(act=ApprovedAct.PUBLISH, subject=plan)
    record("plan.publishing_prepared", subject=plan, by=by, now=now, scope=plan.cohort.scope)
    return publishing


@transaction.atomic
def ask_for_publishing(*, publishing: Publishing, seen: str, by: Person, now: datetime) -> Publishing:
    """Ask for a plan to be published as it was prepared; a job does it.

    Args:
        publishing: prepared, or done where something was held back.
        seen: `digest_of` what the coordinator has read: anything else is not published.
        by: the coordinator.
        now: the moment.

    Raises:
        PublishingIsOpenError: it was asked for before.
    """
    publishing = locked_publishing(publishing)
    _ask(publishing, seen=seen, by=by, now=now)
    add_job("mentorships.publish", {"publishing_id": publishing.pk}, now=now)
    scope = publishing.plan.cohort.scope
    record("plan.publishing_begun", subject=publishing.plan, by=by, now=now, scope=scope)
    return publishing


def publish_plan(  # noqa: PLR0913 -- what is published, how, by whom and when
    *,
    plan: Plan,
    held_back: Collection[int],
    send_after: datetime | None,
    link_to: LinkTo,
    by: Person,
    now: datetime,
    answer_days: int | None = None,
    wording: LetterWording = NOTHING_WRITTEN,
    seen: str = "",
) -> Publication:
    """Offer what a plan proposes to its people, and put one message for each of them into the outbox, all at once.

    The offers take the places of their people, so that a yes never finds them gone. Where the rules of the cohort ask
    nobody, the matches begin. For a large plan, ask for it instead: see `ask_for_publishing`.

    Args:
        plan: a draft plan.
        held_back: keys of applications whose pairs or groups wait.
        send_after: the messages leave at this moment; None: now.
        link_to: gives the address of an offer's page by its key.
        by: the coordinator.
        now: the moment.
        answer_days: for how many days from the messages people may answer; None: as the rules of the cohort say.
        wording: what the coordinator wrote into the messages.
        seen: `digest_of` what the coordinator has read; empty: nothing to compare with.

    Raises:
        PlanStepNotAllowedError: the plan is not a draft.
        PublishNotAllowedError: a pair is kept apart, somebody has left, somebody was offered this match before, the
            plan has changed since it was read, or nobody is left to write to.
        PublishingIsOpenError: the plan is being published already.
        PlacesFullError: somebody's places have been taken in the meantime.
    """
    plan = Plan.objects.select_related("cohort__program").get(pk=plan.pk)
    [key] = reserve_keys(Publication, 1)
    until = answer_by_of(plan, send_after or now, answer_days)
    how = {"held_back": sorted(held_back), "send_after": send_after, "answer_days": answer_days}
    prepared = Publishing(plan=plan, wording=wording.kept(), seen=seen, **how)

    def draft() -> DraftedOffers:
        return draft_offers(plan, publishing=prepared, publication_id=key, answer_by=until, by=by, now=now)

    def write(drafted: DraftedOffers) -> Publishing:
        publishing = _open(plan)
        publishing.held_back, publishing.send_after = prepared.held_back, send_after
        publishing.answer_days, publishing.wording = answer_days, prepared.wording
        _ask(publishing, seen=seen, by=by, now=now)
        publish_drafted(publishing, drafted, now=now)
        write_everything(publishing, drafted.offered, link_to=link_to, now=now)
        return publishing

    return _publication_of(drafted_and_written(draft, write))


def offer_rest(*, publication: Publication, link_to: LinkTo, by: Person, now: datetime, seen: str = "") -> Publication:
    """Offer what was held back of a published plan, at once; the messages leave now, or with the others.

    Args:
        publication: the plan's.
        link_to: gives the address of an offer's page by its key.
        by: the coordinator.
        now: the moment.
        seen: `digest_of` what the coordinator has read; empty: nothing to compare with.

    Raises:
        PublishNotAllowedError: nothing was held back, the publishing was taken back, a pair is kept apart or was
            offered before, it has changed since it was read, or another coordinator has to offer it.
        PublishingIsOpenError: the plan is being published.
        PlacesFullError: somebody's places have been taken in the meantime.
    """
    publication = Publication.objects.select_related("plan__cohort__program").get(pk=publication.pk)
    prepared = Publishing.objects.get(plan=publication.plan_id)
    prepared.seen = seen

    def write(drafted: DraftedOffers) -> Publishing:
        publishing = locked_publishing(prepared)
        publishing.held_back = []
        _ask(publishing, seen=seen, by=by, now=now)
        offer_rest_drafted(publishing, drafted, now=now)
        write_everything(publishing, drafted.offered, link_to=link_to, now=now)
        return publishing

    return _publication_of(drafted_and_written(lambda: draft_rest(publication, prepared, by=by, now=now), write))


@transaction.atomic
def ask_for_rest(*, publication: Publication, by: Person, now: datetime, seen: str = "") -> Publishing:
    """Ask for what was held back to be offered; a job does it, as `offer_rest` would.

    Raises:
        PublishingIsOpenError: the plan is being published.
    """
    publishing = Publishing.objects.get(plan=publication.plan_id)
    return ask_for_publishing(publishing=publishing, seen=seen, by=by, now=now)


@transaction.atomic
def stop_publishing(*, publishing: Publishing, by: Person, now: datetime) -> Publishing:
    """Stop what was asked for before its offers are made.

    Raises:
        PublishNotAllowedError: the offers are made; un-publish takes them back.
    """
    publishing = locked_publishing(publishing)
    if publishing.state != PublishingState.ASKED:
        raise PublishNotAllowedError(_("The offers are made. To take them back, un-publish the plan."))
    set_back(publishing, because="")
    record("plan.publishing_stopped", subject=publishing.plan, by=by, now=now, scope=publishing.plan.cohort.scope)
    return publishing


def _open(plan: Plan) -> Publishing:
    """Return the publishing of a plan under a lock, while it is a draft or is not there yet.

    Raises:
        PublishingIsOpenError: it was asked for, or is done.
    """
    Publishing.objects.get_or_create(plan=plan)
    publishing = Publishing.objects.select_for_update(no_key=True).get(plan=plan)
    publishing.plan = plan
    require_publishing_step(PublishingState(publishing.state), PublishingState.ASKED)
    if publishing.state != PublishingState.DRAFT:
        require_publishing_step(PublishingState.ASKED, PublishingState.ASKED)
    return publishing


def _ask(publishing: Publishing, *, seen: str, by: Person, now: datetime) -> None:
    require_publishing_step(PublishingState(publishing.state), PublishingState.ASKED)
    publishing.state, publishing.seen, publishing.refused_because = PublishingState.ASKED, seen, ""
    publishing.asked_by, publishing.asked_at, publishing.finished_at = by, now, None
    publishing.save()


def _publication_of(publishing: Publishing) -> Publication:
    assert publishing.publication is not None, "its offers were made"
    return publishing.publication
