"""Reads of what ends when somebody is withdrawn, and what a withdrawal has ended that may begin again."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import STANDING, MatchShape, OfferState, TakenBackBecause
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


def matches_to_begin_again(application: Application) -> QuerySet[Offer]:
    """Return the offers of the pairs that a withdrawal has ended while they ran, of which nobody has been told yet."""
    mine = OfferMember.objects.filter(offer=OuterRef("pk"), application=application)
    return Offer.objects.filter(
        Exists(mine),
        shape=MatchShape.PAIR,
        state=OfferState.OVER,
        ended_because=TakenBackBecause.LEFT,
        ended_at=application.withdrawn_at,
    ).order_by("pk")


def withdrawal_is_told(offers: list[Offer]) -> bool:
    """Return whether a message has left that says that somebody is gone."""
    groups = [offer.group for offer in offers]
    return Notice.objects.filter(group__in=groups, kind=f"match.{NewsKind.LEFT.value}", state__in=list(LEFT)).exists()


def _standing_of(application: Application) -> QuerySet[Offer]:
    mine = OfferMember.objects.filter(offer=OuterRef("pk"), application=application, holds_place=True)
    members = OfferMember.objects.filter(holds_place=True).select_related("application__person").order_by("part", "pk")
    return (
        Offer.objects.filter(Exists(mine), state__in=sorted(STANDING))
        .prefetch_related(Prefetch("members", members))
        .order_by("pk")
    )
