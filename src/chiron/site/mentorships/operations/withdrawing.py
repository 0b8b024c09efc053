"""Somebody leaves the programme: their offers and matches end with it, in one transaction."""

from datetime import datetime

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_back_in, tell_taken_back, withdraw_application
from chiron.site.applications.rules import Role
from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import (
    STANDING,
    Answered,
    DeclineReason,
    MatchShape,
    MemberPart,
    OfferState,
    Reply,
    TakenBackBecause,
    state_after,
)
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations.left_out import forget_left_out
from chiron.site.mentorships.operations.matches import begin_again, begin_matches, leave_match
from chiron.site.mentorships.operations.messages import follow_up
from chiron.site.mentorships.operations.offers import (
    LinkTo,
    settled,
    take_offers_back,
    tell_agreed,
    untouched_by,
)
from chiron.site.mentorships.operations.places import give_back, lock_offers
from chiron.site.mentorships.queries.withdrawing import matches_to_begin_again, withdrawal_is_told
from chiron.site.mentorships.rules import EndReason, MatchState
from chiron.site.mentorships.rules.letters import NewsKind
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


@transaction.atomic
def withdraw_participant(*, application: Application, link_to: LinkTo, by: Person, now: datetime) -> Application:
    """Take somebody out of a cohort, with every offer and match of theirs; the others are told by drafts.

    The places of the others are free again, so the next run pairs them anew. Messages that have not left and no longer
    hold are withdrawn.

    Args:
        application: theirs.
        link_to: gives the address of a match's page by its key, for a group that begins without them.
        by: a coordinator, or that person.
        now: the moment.

    Raises:
        StepNotAllowedError: the application was declined or withdrawn before.
    """
    # As publishing does: the offers that are made before this are seen here, and no others are made meanwhile.
    Cohort.objects.select_for_update(no_key=True).get(pk=application.cohort_id)
    mine = OfferMember.objects.filter(application=application, holds_place=True, offer__state__in=sorted(STANDING))
    for offer in lock_offers(list(mine.values_list("offer", flat=True))):
        if offer.state in STANDING:
            _leave(offer, application, link_to=link_to, by=by, now=now)
    rest = Member.objects.filter(application=application, left_on=None).exclude(match__state=MatchState.CLOSED)
    for member in rest.select_related("match").order_by("match"):
        leave_match(match=member.match, member=member, reason=EndReason.LEFT, by=by, now=now)
    if application.role == Role.MENTEE:
        forget_left_out(cohort=application.cohort, people={application.person_id}, by=by, now=now)
    return withdraw_application(application=application, by=by, now=now)


@transaction.atomic
def take_participant_back(*, application: Application, by: Person, now: datetime) -> int:
    """Accept somebody who was declined or withdrawn after all, and return how many of their matches go on.

    As long as no message about their leaving has left, nobody knows of it: then the matches that it ended go on as if
    nothing had happened, and they are written nothing. Afterwards it is a new act: they get a message, and the next
    plan has them in it. Offers that waited for an answer are not made again either way.

    Args:
        application: theirs.
        by: a coordinator.
        now: the moment.

    Raises:
        StepNotAllowedError: the application was neither declined nor withdrawn.
    """
    Cohort.objects.select_for_update(no_key=True).get(pk=application.cohort_id)
    ended = list(matches_to_begin_again(application))
    is_told = withdrawal_is_told(ended)
    is_silent = bool(ended) and not is_told
    locked = lock_offers([] if is_told else [offer.pk for offer in ended])
    application = take_back_in(application=application, by=by, now=now, tell=not is_silent)
    begun = sum(begin_again(offer=offer, by=by, now=now) for offer in locked)
    if is_silent:
        tell_taken_back(application=application, goes_on=begun > 0, by=by, now=now)
    return begun


def _leave(offer: Offer, application: Application, *, link_to: LinkTo, by: Person, now: datetime) -> None:
    """Let somebody leave one offer that stands: a pair ends, a group goes on if it can."""
    if offer.state == OfferState.AGREED and not Match.objects.filter(offer=offer).exists():
        begin_matches(offers=[offer], now=now)  # of a publishing that is still at work
    member = Member.objects.filter(match__offer=offer, application=application, left_on=None).first()
    if member is not None:
        leave_match(match=member.match, member=member, reason=EndReason.LEFT, by=by, now=now)
        return
    members = list(offer.members.select_related("application__person").order_by("pk"))
    replies = [
        Answered(MemberPart(one.part), Reply.NO if one.application_id == application.pk else Reply(one.reply))
        for one in members
    ]
    me = next(one for one in members if one.application_id == application.pk)
    untouched = untouched_by(offer, members, me)
    following = state_after(replies, shape=MatchShape(offer.shape), least=offer.least)
    if offer.state == OfferState.OFFERED and following is OfferState.DECLINED:
        take_offers_back(offers=[offer], because=TakenBackBecause.LEFT, but=[application.pk], by=by, now=now)
        return
    rows = OfferMember.objects.filter(offer=offer, application=application)
    give_back(rows)
    rows.update(reply=Reply.NO, replied_at=now, reason=DeclineReason.LEAVING)
    if offer.state == OfferState.OFFERED and following is OfferState.AGREED:
        offer.state = following
        offer.save(update_fields=["state"])
        [match] = begin_matches(offers=[offer], now=now)
        tell_agreed(offer, settled(members), match, link_to, now=now)
    record("offer.member_left", subject=offer, by=by, now=now, scope=offer.cohort.scope)
    follow_up(offers=[offer], news=NewsKind.LEFT, but=[application.pk], by=by, now=now, silent=untouched)
