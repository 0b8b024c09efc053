"""Answers to offers: yes, no, and an offer that is taken back."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record, record_each
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import (
    MOST_REMINDERS,
    SETTLED,
    Answered,
    DeclineReason,
    MatchShape,
    MemberPart,
    OfferState,
    OfferStepNotAllowedError,
    Reply,
    TakenBackBecause,
    require_answerable,
    require_offer_step,
    require_reply,
    state_after,
    state_in_time,
)
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations.matches import begin_matches, join_match
from chiron.site.mentorships.operations.messages import follow_up, remind_members, tell_joined
from chiron.site.mentorships.operations.places import give_back, lock_offers, lock_with_chains, take_again
from chiron.site.mentorships.queries.offers import (
    answer_can_be_taken_back,
    has_left,
    notices_about_answers,
    reminders_due,
)
from chiron.site.mentorships.queries.publishing import is_being_undone
from chiron.site.mentorships.rules.letters import NewsKind, agreed_body
from chiron.site.notices.operations import withdraw_unsent, write_notice
from chiron.site.people.models import Person

LinkTo = Callable[[int], str]
OFFERS_A_TURN = 200


@transaction.atomic
def accept_offer(*, member: OfferMember, link_to: LinkTo, by: Person, now: datetime) -> Offer:
    """Say yes for one member; once enough have, the match begins, and messages about it wait in the outbox.

    Args:
        member: who says yes.
        link_to: gives the address of a match's page by its key.
        by: that person.
        now: the moment.

    Raises:
        OfferStepNotAllowedError: this member has answered, somebody has left, or the offer stands no more.
    """
    offer, members, me = _locked(member, may_begin=True)
    if has_left(offer):
        raise OfferStepNotAllowedError(_("This match does not go ahead: one of you has left the programme."))
    had_begun = offer.state == OfferState.AGREED
    _answer(offer, members, me, Reply.YES, by=by, now=now)
    if had_begun:
        match = Match.objects.get(offer=offer)
        join_match(match=match, member=me, now=now)
        tell_agreed(offer, [me], match, link_to, now=now)
        if me.publication_id is not None:
            leading = [one for one in members if one.part == MemberPart.MENTOR and one.holds_place]
            tell_joined(offer, leading, me, by=by, now=now)
    elif offer.state == OfferState.AGREED:
        [match] = begin_matches(offers=[offer], now=now)
        tell_agreed(offer, settled(members), match, link_to, now=now)
    return offer


@transaction.atomic
def decline_offer(*, member: OfferMember, reason: DeclineReason, by: Person, now: datetime) -> Offer:
    """Say no for one member, with a reason that only coordinators read; a pair is declined, a group may go on.

    Raises:
        OfferStepNotAllowedError: this member has answered, or the offer stands no more.
    """
    offer, members, me = _locked(member)
    _answer(offer, members, me, Reply.NO, reason=reason, by=by, now=now)
    follow_up(
        offers=[offer],
        news=NewsKind.DECLINED,
        but=[me.application_id],
        by=by,
        now=now,
        silent=untouched_by(offer, members, me),
    )
    return offer


@transaction.atomic
def take_answer_back(*, member: OfferMember, by: Person, now: datetime) -> Offer:
    """Take a yes or a no back, as long as nobody was told of what followed from it; the member is asked again.

    A group that has enough others goes on meanwhile; any other match that had begun is undone.

    Raises:
        OfferStepNotAllowedError: a message about it has left, or this member has not answered.
        PlacesFullError: the place has been taken in the meantime.
    """
    offer, members, me = _locked(member)
    require_reply(Reply(me.reply), Reply.WAITING)
    if not answer_can_be_taken_back(offer, me, now=now):
        raise OfferStepNotAllowedError(_("The others were told already. Write to the coordinator instead."))
    said_no, answered_at = me.reply == Reply.NO, me.replied_at or now
    me.reply, me.replied_at, me.reason = Reply.WAITING, None, ""
    me.save(update_fields=["reply", "replied_at", "reason"])
    if said_no:
        has_begun = offer.state == OfferState.AGREED  # then those who were silent for too long stay out
        returning = [
            one for one in members if one.pk == me.pk or one.reply != (Reply.WAITING if has_begun else Reply.NO)
        ]
        take_again([one for one in returning if one.reply != Reply.NO], shape=MatchShape(offer.shape))
    unsent = notices_about_answers(offer)
    following = state_after(_answered(members), shape=MatchShape(offer.shape), least=offer.least)
    joined_later = me.publication_id is not None and offer.state == OfferState.AGREED
    if following == offer.state or joined_later:
        # A group goes on without this answer: only what followed from it goes.
        unsent = unsent.filter(written_at=answered_at)
        Member.objects.filter(match__offer=offer, application=me.application_id).delete()
    else:
        require_offer_step(OfferState(offer.state), following)
        Match.objects.filter(offer=offer).delete()
        offer.state = following
        offer.save(update_fields=["state"])
    withdraw_unsent(notices=unsent, by=by, now=now)
    record("offer.answer_taken_back", subject=offer, by=by, now=now, scope=offer.cohort.scope)
    return offer


@transaction.atomic
def lapse_offers(*, link_to: LinkTo, now: datetime) -> int:
    """Let offers lapse whose day to answer by has passed, and return how many; a group that has enough begins.

    A group that has begun goes on without those who have not answered, and their places are free again.

    Args:
        link_to: gives the address of a match's page by its key.
        now: the moment.
    """
    count = 0
    silent_in = OfferMember.objects.filter(offer=OuterRef("pk"), reply=Reply.WAITING, holds_place=True)
    begun = Q(state=OfferState.AGREED) & Exists(silent_in)
    due = Offer.objects.filter(Q(state=OfferState.OFFERED) | begun, answer_by__lt=now).order_by("pk")
    for offer in lock_with_chains(list(due.values_list("pk", flat=True)[:OFFERS_A_TURN])):
        if offer.state == OfferState.AGREED:
            count += _drop_silent(offer, now=now)
        if offer.state != OfferState.OFFERED:
            continue
        members = list(offer.members.select_related("application__person").order_by("pk"))
        following = state_in_time(_answered(members), shape=MatchShape(offer.shape), least=offer.least)
        silent = [one.pk for one in members if one.reply == Reply.WAITING]
        rows = OfferMember.objects.filter(offer=offer)
        give_back(rows if following is OfferState.LAPSED else rows.filter(pk__in=silent))
        require_offer_step(OfferState(offer.state), following)
        offer.state = following
        offer.save(update_fields=["state"])
        going = settled(members) if following is OfferState.AGREED else []
        follow_up(offers=[offer], news=NewsKind.LAPSED, but=[one.application_id for one in going], by=None, now=now)
        if going:
            [match] = begin_matches(offers=[offer], now=now)
            tell_agreed(offer, going, match, link_to, now=now)
        record("offer.lapsed", subject=offer, by=None, now=now, scope=offer.cohort.scope)
        count += 1
    return count


def _drop_silent(offer: Offer, *, now: datetime) -> int:
    """Let those who have not answered keep no place in a group that has begun; return 1 where there was somebody."""
    rows = OfferMember.objects.filter(offer=offer, reply=Reply.WAITING, holds_place=True)
    silent = set(rows.values_list("application", flat=True))
    if not silent:
        return 0
    others = offer.members.exclude(application__in=silent).values_list("application", flat=True)
    give_back(rows)
    follow_up(offers=[offer], news=NewsKind.LAPSED, but=list(others), by=None, now=now)
    record("offer.lapsed", subject=offer, by=None, now=now, scope=offer.cohort.scope)
    return 1


@transaction.atomic
def remind_of_offers(*, link_to: LinkTo, now: datetime) -> int:
    """Write reminders to those who have not answered, half-way and on the last day; return how many.

    They leave by themselves: publishing said so. Where the offer itself has not left yet, nobody is reminded.
    """
    written = 0
    due = Offer.objects.filter(state__in=["offered", "agreed"], answer_by__gte=now, reminded__lt=MOST_REMINDERS)
    keys = [
        offer.pk
        for offer in due.select_related("publication").order_by("pk")
        if offer.reminded < reminders_due(offer, now=now)
    ]
    for offer in lock_offers(keys[:OFFERS_A_TURN]):
        offer.reminded = reminders_due(offer, now=now)
        offer.save(update_fields=["reminded"])
        written += remind_members(offer, link=link_to(offer.pk), by=None, now=now)
    return written


@transaction.atomic
def remind_now(*, offer: Offer, link_to: LinkTo, by: Person, now: datetime) -> int:
    """Write a reminder to each member of an offer who has not answered, at a coordinator's word; return how many.

    Raises:
        OfferStepNotAllowedError: the offer waits for nobody.
    """
    [offer] = lock_offers([offer.pk])
    require_answerable(OfferState(offer.state))
    return remind_members(offer, link=link_to(offer.pk), by=by, now=now)


@transaction.atomic
def take_offer_back(*, offer: Offer, by: Person, now: datetime) -> Offer:
    """Take one offer back that waits for answers, at a coordinator's word.

    Raises:
        OfferStepNotAllowedError: the offer waits for nobody.
    """
    [offer] = lock_offers([offer.pk])
    if offer.state != OfferState.OFFERED:
        raise OfferStepNotAllowedError(_("This offer does not wait for answers any more."))
    take_offers_back(offers=[offer], because=TakenBackBecause.COORDINATOR, by=by, now=now)
    return offer


@transaction.atomic
def take_offers_back(
    *, offers: Sequence[Offer], because: TakenBackBecause, but: Collection[int] = (), by: Person, now: datetime
) -> None:
    """Take offers back, give back the places they hold, and tell those who have read of them.

    Args:
        offers: under a lock.
        because: why.
        but: keys of the applications of those who need not be told.
        by: who takes them back.
        now: when.

    Raises:
        OfferStepNotAllowedError: one of them stands no more.
    """
    for offer in offers:
        require_offer_step(OfferState(offer.state), OfferState.TAKEN_BACK)
    keys = [offer.pk for offer in offers]
    Offer.objects.filter(pk__in=keys).update(state=OfferState.TAKEN_BACK, ended_at=now, ended_because=because)
    give_back(OfferMember.objects.filter(offer__in=keys))
    for offer in offers:
        offer.state, offer.ended_at, offer.ended_because = OfferState.TAKEN_BACK, now, because
    news = NewsKind.LEFT if because is TakenBackBecause.LEFT else NewsKind.TAKEN_BACK
    follow_up(offers=offers, news=news, but=but, by=by, now=now)
    for scope in sorted({offer.cohort.scope for offer in offers}):
        theirs = [offer for offer in offers if offer.cohort.scope == scope]
        record_each("offer.taken_back", subjects=theirs, by=by, now=now, scope=scope)


def _locked(member: OfferMember, *, may_begin: bool = False) -> tuple[Offer, list[OfferMember], OfferMember]:
    """Return an offer under a lock with all its members, and the one of them who answers; its match may begin then."""
    [offer] = lock_with_chains([member.offer_id]) if may_begin else lock_offers([member.offer_id])
    rows = OfferMember.objects.select_related("application__person").order_by("pk")
    prefetch_related_objects([offer], Prefetch("members", queryset=rows))
    members = list(offer.members.all())
    return offer, members, next(one for one in members if one.pk == member.pk)


def _answer(
    offer: Offer,
    members: Sequence[OfferMember],
    me: OfferMember,
    reply: Reply,
    *,
    reason: str = "",
    by: Person,
    now: datetime,
) -> None:
    """Write one answer and where the offer stands after it."""
    require_answerable(OfferState(offer.state))
    require_reply(Reply(me.reply), reply)
    if me.publication_id is not None and is_being_undone(me.publication_id):
        raise OfferStepNotAllowedError(_("This suggestion is being taken back, so it can no longer be answered."))
    if not me.holds_place:
        raise OfferStepNotAllowedError(
            _("The day to answer by has passed. If you still want to take part, write to the coordinator.")
        )
    me.reply, me.replied_at, me.reason = reply, now, reason
    following = state_after(_answered(members), shape=MatchShape(offer.shape), least=offer.least)
    if offer.state == OfferState.AGREED:
        following = OfferState.AGREED
    if following != offer.state:
        require_offer_step(OfferState(offer.state), following)
    if reply is Reply.NO:
        everybody = OfferMember.objects.filter(offer=offer)
        give_back(everybody if following is OfferState.DECLINED else everybody.filter(pk=me.pk))
    me.save(update_fields=["reply", "replied_at", "reason"])
    offer.state = following
    offer.save(update_fields=["state"])
    record(
        f"offer.{me.part}_said_{reply.value}",
        subject=offer,
        by=by,
        now=now,
        scope=offer.cohort.scope,
        details={"member": me.pk, "state": following.value},
    )


def _answered(members: Sequence[OfferMember]) -> list[Answered]:
    return [Answered(MemberPart(one.part), Reply(one.reply)) for one in members]


def untouched_by(offer: Offer, members: Iterable[OfferMember], who: OfferMember) -> list[int]:
    """Return the applications of those to whom it makes no difference that somebody is not in an offer any more.

    Nobody was told of whoever was asked to join a group and has not said yes; and whoever is out of a group that goes
    on stays out.
    """
    others = [one for one in members if one.pk != who.pk]
    if who.publication_id is not None and who.reply != Reply.YES:
        return [one.application_id for one in others]
    goes_on = offer.state in {OfferState.OFFERED, OfferState.AGREED}
    return [one.application_id for one in others if goes_on and not one.holds_place]


def settled(members: Iterable[OfferMember]) -> list[OfferMember]:
    """Return those who have said yes or were not asked, and have not left since."""
    return [one for one in members if one.reply in SETTLED and one.holds_place]


def tell_agreed(offer: Offer, members: Sequence[OfferMember], match: Match, link_to: LinkTo, *, now: datetime) -> None:
    """Write to members whose match has begun; they read who else is in it."""
    everybody = settled(offer.members.select_related("application__person").order_by("pk"))
    for one in members:
        others = [other.application.person.name for other in everybody if other.pk != one.pk]
        write_notice(
            to=one.application.person,
            kind="match.agreed",
            subject=_("Your match is settled"),
            body=agreed_body(
                name=one.application.person.name,
                others=", ".join(others),
                link=link_to(match.pk),
                with_contacts=not offer.cohort.may_have_minors,
            ),
            scope=offer.cohort.scope,
            by=None,
            now=now,
            group=offer.group,
        )
