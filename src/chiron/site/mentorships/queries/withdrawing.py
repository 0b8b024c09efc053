"""Reads of what ends when somebody is withdrawn, and what a withdrawal has ended that may begin again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import (
    STANDING,
    DeclineReason,
    MatchShape,
    OfferState,
    Reply,
    TakenBackBecause,
)
from chiron.site.mentorships.models import Member
from chiron.site.mentorships.rules import EndReason, MatchState
from chiron.site.mentorships.rules.letters import NewsKind, news_body, news_subject
from chiron.site.notices.models import Notice
from chiron.site.notices.rules import LEFT


@dataclass(frozen=True, slots=True)
class Ending:
    """One offer or match that ends with somebody's withdrawal: with whom, and whether it runs or waits for answers."""

    others: str
    runs: bool
    goes_on: bool


def ending_with(application: Application) -> list[Ending]:
    """Return what ends for somebody who is withdrawn; a larger group may go on without them."""
    return [
        Ending(
            others=", ".join(
                one.application.person.name for one in offer.members.all() if one.application_id != application.pk
            ),
            runs=offer.state == OfferState.AGREED,
            goes_on=offer.shape != MatchShape.PAIR,
        )
        for offer in _standing_of(application)
    ]


def told_of_withdrawal(application: Application) -> tuple[str, str] | None:
    """Return the subject and the text of what the other one of a pair reads of a withdrawal; None: nobody does."""
    for offer in _standing_of(application):
        for one in offer.members.all():
            if one.application_id != application.pk and offer.shape == MatchShape.PAIR:
                news, name = NewsKind.LEFT, one.application.person.name
                return news_subject(news), news_body(news, name=name, others=application.person.name, answered=True)
    return None


def ended_by_withdrawal(application: Application) -> QuerySet[Offer]:
    """Return the offers that waited or ran and that a withdrawal has ended as a whole, or taken somebody out of."""
    mine = OfferMember.objects.filter(offer=OuterRef("pk"), application=application)
    whole = Exists(mine) & Q(
        state__in=[OfferState.OVER, OfferState.TAKEN_BACK],
        ended_because=TakenBackBecause.LEFT,
        ended_at=application.withdrawn_at,
    )
    silent = mine.filter(
        holds_place=False, reply=Reply.NO, reason=DeclineReason.LEAVING, replied_at=application.withdrawn_at
    )
    left = members_left_by_withdrawal(application).filter(match__offer=OuterRef("pk"))
    standing = Q(state__in=sorted(STANDING)) & (Exists(silent) | Exists(left))
    return Offer.objects.filter(whole | standing).order_by("pk")


def members_left_by_withdrawal(application: Application) -> QuerySet[Member]:
    """Return the rows of somebody in matches that go on without them since they were withdrawn."""
    if application.withdrawn_at is None:
        return Member.objects.none()
    rows = Member.objects.filter(application=application, left_at=application.withdrawn_at, left_because=EndReason.LEFT)
    return rows.exclude(match__state=MatchState.CLOSED)


def news_of_withdrawal(offers: Collection[Offer], *, at: datetime | None) -> QuerySet[Notice]:
    """Return the messages about some offers that say that somebody is gone who was withdrawn at a moment."""
    if at is None:
        return Notice.objects.none()
    kinds = [f"match.{news.value}" for news in (NewsKind.LEFT, NewsKind.FEWER)]
    return Notice.objects.filter(group__in=[offer.group for offer in offers], kind__in=kinds, written_at=at)


def withdrawal_is_told(offers: Collection[Offer], *, at: datetime | None) -> bool:
    """Return whether a message has left that says that somebody is gone."""
    return news_of_withdrawal(offers, at=at).filter(state__in=list(LEFT)).exists()


def _standing_of(application: Application) -> QuerySet[Offer]:
    mine = OfferMember.objects.filter(offer=OuterRef("pk"), application=application, holds_place=True)
    members = OfferMember.objects.filter(holds_place=True).select_related("application__person").order_by("part", "pk")
    return (
        Offer.objects.filter(Exists(mine), state__in=sorted(STANDING))
        .prefetch_related(Prefetch("members", members))
        .order_by("pk")
    )
