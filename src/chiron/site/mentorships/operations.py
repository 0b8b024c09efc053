"""Writes of mentorships: publish a plan, take it back, say yes, say no."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.applications.models import Application
from chiron.site.audit.operations import record
from chiron.site.matching.models import Plan
from chiron.site.matching.operations.plans import mark_published, mark_unpublished
from chiron.site.mentorships.models import Match, Publication
from chiron.site.mentorships.queries import apart_in, gone_in, has_left, letters_for, pairs_to_offer, reasons_told
from chiron.site.mentorships.rules import (
    DeclineReason,
    MatchState,
    MatchStepNotAllowedError,
    PublishNotAllowedError,
    Reply,
    Side,
    UnpublishNotAllowedError,
    agreed_body,
    require_reply,
    require_step,
    state_after,
)
from chiron.site.notices.operations import release_notices, withdraw_notices, write_notice
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage

LinkTo = Callable[[int], str]


@transaction.atomic
def publish_plan(
    *,
    plan: Plan,
    held_back: Collection[int],
    send_after: datetime | None,
    link_to: LinkTo,
    by: Person,
    now: datetime,
) -> Publication:
    """Offer each pair of a plan to its two people, and put one message for each of them into the outbox.

    Args:
        plan: a draft plan.
        held_back: keys of the applications of mentees whose pairs wait.
        send_after: the messages leave at this moment; None: now.
        link_to: gives the address of a match's page by its key.
        by: the coordinator.
        now: the moment.

    Raises:
        PlanStepNotAllowedError: the plan is not a draft.
        PublishNotAllowedError: another plan is published, a pair is kept apart, somebody has left, or nobody is left to
            write to.
    """
    plan = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__program").get(pk=plan.pk)
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=plan.cohort_id)
    standing = Plan.objects.filter(cohort=cohort, state="published").exclude(pk=plan.pk).first()
    if standing is not None:
        raise PublishNotAllowedError(_("%s is published. Un-publish it first.") % standing.name)
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
    mark_published(plan=plan, by=by, now=now)
    if cohort.stage == CohortStage.MATCHING:
        move_to_stage(cohort=cohort, stage=CohortStage.RUNNING, by=by, now=now)
    publication = Publication.objects.create(plan=plan, published_by=by, published_at=now, send_after=send_after)
    _offer(plan, publication, held_back=held_back, send_after=send_after, link_to=link_to, by=by, now=now)
    return publication


@transaction.atomic
def offer_rest(*, publication: Publication, link_to: LinkTo, by: Person, now: datetime) -> Publication:
    """Offer the pairs of a published plan that were held back; their messages leave now, or with the others.

    Raises:
        PublishNotAllowedError: no pair was held back, or the publishing was taken back.
    """
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
def unpublish_plan(*, publication: Publication, by: Person, now: datetime) -> Publication:
    """Take a publishing back, as long as no message has left and nobody has answered: offers and messages go.

    Raises:
        AlreadyLeftError: a message has left.
        UnpublishNotAllowedError: somebody has answered, or it was taken back before.
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
    matches = list(Match.objects.select_for_update(no_key=True).filter(publication=publication).order_by("pk"))
    answered = sum(not match.mentee_reply == match.mentor_reply == Reply.WAITING for match in matches)
    if answered:
        raise UnpublishNotAllowedError(
            ngettext(
                "%d match has been answered, so this plan cannot be un-published.",
                "%d matches have been answered, so this plan cannot be un-published.",
                answered,
            )
            % answered
        )
    withdraw_notices(group=publication.group, by=by, now=now)
    Match.objects.filter(publication=publication).update(state=MatchState.WITHDRAWN)
    publication.withdrawn_at = now
    publication.save(update_fields=["withdrawn_at"])
    plan = mark_unpublished(plan=publication.plan, by=by, now=now)
    cohort = Cohort.objects.get(pk=plan.cohort_id)
    if cohort.stage == CohortStage.RUNNING:
        move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=by, now=now)
    return publication


@transaction.atomic
def accept_match(*, match: Match, side: Side, link: str, by: Person, now: datetime) -> Match:
    """Say yes for one side; when both have, they are told so by a message that waits in the outbox.

    Args:
        match: the match.
        side: which of the two says yes.
        link: the address of the match's page.
        by: that person.
        now: the moment.

    Raises:
        MatchStepNotAllowedError: this side has answered, or the match was taken back or declined.
    """
    match = _reply(match, side, Reply.YES, "", by=by, now=now)
    if match.state == MatchState.AGREED:
        for mine, other in ((match.mentee, match.mentor), (match.mentor, match.mentee)):
            write_notice(
                to=mine.person,
                kind="match.agreed",
                subject=_("You have both said yes"),
                body=agreed_body(name=mine.person.name, other=other.person.name, email=other.person.email, link=link),
                scope=match.cohort.scope,
                by=None,
                now=now,
                group=f"match:{match.pk}",
            )
    return match


@transaction.atomic
def decline_match(*, match: Match, side: Side, reason: DeclineReason, by: Person, now: datetime) -> Match:
    """Say no for one side; the reason is kept for coordinators and never shown to the other side.

    Raises:
        MatchStepNotAllowedError: this side has answered, or the match was taken back or declined.
    """
    return _reply(match, side, Reply.NO, reason.value, by=by, now=now)


def _reply(match: Match, side: Side, reply: Reply, reason: str, *, by: Person, now: datetime) -> Match:
    match = (
        Match.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cohort__program", "mentee__person", "mentor__person")
        .get(pk=match.pk)
    )
    if reply is Reply.YES and has_left(match):
        raise MatchStepNotAllowedError(_("This match does not go ahead: one of you has left the programme."))
    replies = {Side.MENTEE: Reply(match.mentee_reply), Side.MENTOR: Reply(match.mentor_reply)}
    require_reply(replies[side], reply)
    replies[side] = reply
    following = state_after(replies[Side.MENTEE], replies[Side.MENTOR])
    if match.state != MatchState.OFFERED or following != MatchState.OFFERED:
        require_step(MatchState(match.state), following)
    if side is Side.MENTEE:
        match.mentee_reply, match.mentee_replied_at, match.mentee_reason = reply, now, reason
    else:
        match.mentor_reply, match.mentor_replied_at, match.mentor_reason = reply, now, reason
    match.state = following
    match.save()
    details: dict[str, int | str] = {"side": side.value, "state": following.value}
    record(
        f"match.{side.value}_said_{reply.value}",
        subject=match,
        by=by,
        now=now,
        scope=match.cohort.scope,
        details=details,
    )
    return match


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
    """Make the matches and the messages of the pairs that are not held back, and release the messages."""
    pairs = pairs_to_offer(plan, held_back=held_back)
    if not pairs:
        raise PublishNotAllowedError(_("There is nobody to write to. Take somebody off the hold-back list."))
    links = {}
    for pair in pairs:
        match = Match.objects.create(
            cohort=plan.cohort,
            publication=publication,
            mentee=pair.mentee,
            mentor=pair.mentor,
            reasons=reasons_told(pair),
            offered_at=now,
        )
        links[pair.mentee_id, pair.mentor_id] = link_to(match.pk)
    for letter in letters_for(plan, pairs, links):
        write_notice(
            to=letter.to,
            kind=f"match.offered_to_{letter.side.value}",
            subject=letter.subject,
            body=letter.body,
            scope=plan.cohort.scope,
            by=by,
            now=now,
            group=publication.group,
            send_after=send_after,
        )
    count = release_notices(group=publication.group, by=by, now=now)
    details: dict[str, int | str] = {"matches": len(pairs), "messages": count}
    record("plan.offered", subject=plan, by=by, now=now, scope=plan.cohort.scope, details=details)
