"""Somebody leaves the programme: their offers and matches end with it, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.operations import take_back_in, tell_taken_back, withdraw_application
from chiron.site.applications.rules import Role, Stage
from chiron.site.applications.rules.application import PlacesFullError
from chiron.site.audit.operations import record
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import (
    STANDING,
    Agreement,
    Answered,
    DeclineReason,
    Hold,
    MatchShape,
    MemberPart,
    OfferState,
    Reply,
    TakenBackBecause,
    first_reply,
    require_offer_step,
    state_after,
)
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations.left_out import forget_left_out
from chiron.site.mentorships.operations.matches import begin_again, begin_matches, join_again, leave_match
from chiron.site.mentorships.operations.messages import follow_up, tell_again
from chiron.site.mentorships.operations.offers import (
    LinkTo,
    settled,
    take_offers_back,
    tell_agreed,
    untouched_by,
)
from chiron.site.mentorships.operations.places import give_back, lock_offers, take_again
from chiron.site.mentorships.queries.withdrawing import (
    ended_by_withdrawal,
    members_left_by_withdrawal,
    news_of_withdrawal,
    withdrawal_is_told,
)
from chiron.site.mentorships.rules import EndReason, MatchState
from chiron.site.mentorships.rules.letters import NewsKind
from chiron.site.notices.operations import withdraw_unsent
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


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What somebody has again who was taken back in.

    Attributes:
        matches: how many matches go on as they were.
        offers: how many offers wait for an answer again.
        lost: of what could not be given back, the names of the others in it, a text each.
    """

    matches: int = 0
    offers: int = 0
    lost: tuple[str, ...] = ()


@transaction.atomic
def take_participant_back(*, application: Application, by: Person, now: datetime) -> GivenBack:
    """Accept somebody who was declined or withdrawn after all, and return what they have again.

    As long as no message about their leaving has left, nobody knows of it: then the matches that it ended go on as if
    nothing had happened, offers that waited wait again, and they are in their groups again; whoever had said yes to a
    group that had not begun is asked again. What has lost a place meanwhile, or its day to answer by, is not given
    back. Once somebody was told it is a new act: the next plan has them in it. They get a message, unless all that they
    had is as it was.

    Args:
        application: theirs.
        by: a coordinator.
        now: the moment.

    Raises:
        StepNotAllowedError: the application was neither declined nor withdrawn.
    """
    Cohort.objects.select_for_update(no_key=True).get(pk=application.cohort_id)
    left_at = application.withdrawn_at
    ended = list(ended_by_withdrawal(application)) if left_at is not None else []
    left = {one.match.offer_id: one for one in members_left_by_withdrawal(application).select_related("match")}
    is_told = withdrawal_is_told(ended, at=left_at)
    ran = [offer for offer in ended if offer.state == OfferState.OVER or offer.pk in left]
    is_silent = bool(ran) and not is_told
    locked = lock_offers([offer.pk for offer in ended])
    application = take_back_in(application=application, by=by, now=now, tell=not is_silent)
    matches, offers, lost = 0, 0, []
    for offer in locked:
        if is_told or not _is_back(offer, application, left.get(offer.pk), left_at=left_at, by=by, now=now):
            others = offer.members.exclude(application=application).filter(application__stage=Stage.ACCEPTED)
            lost.append(", ".join(others.order_by("pk").values_list("application__person__name", flat=True)))
        elif offer in ran:
            matches += 1
        else:
            offers += 1
    if is_silent:
        tell_taken_back(application=application, goes_on=matches > 0, by=by, now=now)
    return GivenBack(matches, offers, tuple(lost))


def _is_back(
    offer: Offer, application: Application, left: Member | None, *, left_at: datetime | None, by: Person, now: datetime
) -> bool:
    """Let an offer or a match be as it was before somebody left it, and return whether it is."""
    me = offer.members.get(application=application)
    returning = [me] if offer.state in STANDING else _were_in(offer)
    if me.pk not in {one.pk for one in returning}:
        return False  # they had left it before, or nobody kept when
    if not _can_return(offer, returning, now=now if offer.state == OfferState.TAKEN_BACK or left is None else None):
        return False
    try:
        with transaction.atomic():
            withdraw_unsent(notices=list(news_of_withdrawal([offer], at=left_at)), by=by, now=now)
            if offer.state == OfferState.OVER:
                begin_again(offer=offer, by=by, now=now)
            elif left is not None:
                join_again(member=left, by=by, now=now)
            else:
                _wait_again(offer, me, by=by, now=now)
    except PlacesFullError:
        return False
    return True


def _were_in(offer: Offer) -> list[OfferMember]:
    """Return those who were in an offer or its match when it ended."""
    if offer.state != OfferState.OVER:
        return [one for one in offer.members.all() if one.reply != Reply.NO]
    last = Member.objects.filter(match__offer=offer, left_at=offer.ended_at)
    return list(offer.members.filter(application__in=last.values("application")).select_related("application"))


def _can_return(offer: Offer, returning: Sequence[OfferMember], *, now: datetime | None) -> bool:
    """Return whether those who would be in an offer again are here, free and not kept apart, and may still answer.

    Args:
        offer: under a lock.
        returning: who would hold a place in it again.
        now: the moment, where they would be asked again.
    """
    if now is not None and offer.state != OfferState.OVER and offer.answer_by is not None and offer.answer_by < now:
        return False
    here = [one.application for one in returning]
    people = [*(one.pk for one in here), *offer.members.filter(holds_place=True).values_list("application", flat=True)]
    apart = offer.cohort.holds.filter(kind=Hold.APART, mentee__in=people, mentor__in=people)
    held = OfferMember.objects.filter(part=MemberPart.MENTEE, holds_place=True)
    same = Offer.objects.filter(cohort=offer.cohort_id, people=offer.people, state__in=sorted(STANDING))
    return (
        all(one.stage == Stage.ACCEPTED and one.has_free_place for one in here)
        and not apart.exists()
        and not same.exclude(pk=offer.pk).exists()
        and not any(
            held.filter(application=one.application_id, place=one.place).exists()
            for one in returning
            if one.part == MemberPart.MENTEE
        )
    )


def _wait_again(offer: Offer, me: OfferMember, *, by: Person, now: datetime) -> None:
    """Let an offer wait for answers as it did, or one who left a group without an answer be asked again."""
    shape = MatchShape(offer.shape)
    if offer.state == OfferState.TAKEN_BACK:
        require_offer_step(OfferState(offer.state), OfferState.OFFERED)
        take_again([one for one in offer.members.order_by("pk") if one.reply != Reply.NO], shape=shape)
        offer.state, offer.ended_at, offer.ended_because = OfferState.OFFERED, None, ""
        offer.save(update_fields=["state", "ended_at", "ended_because"])
    else:
        me.reply, me.replied_at, me.reason = first_reply(MemberPart(me.part), Agreement(offer.agreement)), None, ""
        me.save(update_fields=["reply", "replied_at", "reason"])
        take_again([me, *offer.members.filter(holds_place=True).order_by("pk")], shape=shape)
    tell_again(offer, by=by, now=now)
    record("offer.waits_again", subject=offer, by=by, now=now, scope=offer.cohort.scope)


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
