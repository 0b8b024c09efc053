"""Answers to offers: yes, no, and an offer that is taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record, record_each
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import (
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
)
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations.matches import begin_matches, join_match
from chiron.site.mentorships.operations.places import give_back, lock_offers
from chiron.site.mentorships.queries.offers import has_left
from chiron.site.mentorships.rules.letters import agreed_body
from chiron.site.notices.operations import write_notice
from chiron.site.people.models import Person

LinkTo = Callable[[int], str]


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
    offer, members, me = _locked(member)
    if has_left(offer):
        raise OfferStepNotAllowedError(_("This match does not go ahead: one of you has left the programme."))
    had_begun = offer.state == OfferState.AGREED
    _answer(offer, members, me, Reply.YES, by=by, now=now)
    if had_begun:
        match = Match.objects.get(offer=offer)
        join_match(match=match, member=me, now=now)
        _tell_agreed(offer, [me], match, link_to, now=now)
    elif offer.state == OfferState.AGREED:
        [match] = begin_matches(offers=[offer], now=now)
        _tell_agreed(offer, [one for one in members if one.reply != Reply.NO], match, link_to, now=now)
    return offer


@transaction.atomic
def decline_offer(*, member: OfferMember, reason: DeclineReason, by: Person, now: datetime) -> Offer:
    """Say no for one member, with a reason that only coordinators read; a pair is declined, a group may go on.

    Raises:
        OfferStepNotAllowedError: this member has answered, or the offer stands no more.
    """
    offer, members, me = _locked(member)
    _answer(offer, members, me, Reply.NO, reason=reason, by=by, now=now)
    return offer


@transaction.atomic
def take_offers_back(*, offers: Sequence[Offer], because: TakenBackBecause, by: Person, now: datetime) -> None:
    """Take offers back that wait for answers, and give back the places they hold; the caller has locked them.

    Raises:
        OfferStepNotAllowedError: one of them stands no more.
    """
    for offer in offers:
        require_offer_step(OfferState(offer.state), OfferState.TAKEN_BACK)
    keys = [offer.pk for offer in offers]
    Offer.objects.filter(pk__in=keys).update(state=OfferState.TAKEN_BACK, ended_at=now, ended_because=because)
    give_back(OfferMember.objects.filter(offer__in=keys))
    for scope in sorted({offer.cohort.scope for offer in offers}):
        theirs = [offer for offer in offers if offer.cohort.scope == scope]
        record_each("offer.taken_back", subjects=theirs, by=by, now=now, scope=scope)


def _locked(member: OfferMember) -> tuple[Offer, list[OfferMember], OfferMember]:
    """Return an offer under a lock with all its members, and the one of them who answers."""
    [offer] = lock_offers([member.offer_id])
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
    me.reply, me.replied_at, me.reason = reply, now, reason
    following = state_after(
        [Answered(MemberPart(one.part), Reply(one.reply)) for one in members],
        shape=MatchShape(offer.shape),
        least=offer.least,
    )
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


def _tell_agreed(offer: Offer, members: Sequence[OfferMember], match: Match, link_to: LinkTo, *, now: datetime) -> None:
    everybody = [one for one in offer.members.all() if one.reply != Reply.NO]
    for one in members:
        others = [other.application.person.name for other in everybody if other.pk != one.pk]
        write_notice(
            to=one.application.person,
            kind="match.agreed",
            subject=_("It is settled"),
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
