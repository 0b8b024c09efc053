"""Writes that touch every stage: erasing a person."""

from datetime import datetime

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.operations import withdraw_application
from chiron.site.applications.rules import NEXT_STAGES, Stage
from chiron.site.matching.models import Offer
from chiron.site.matching.rules import OfferState, TakenBackBecause
from chiron.site.mentorships.models import Member
from chiron.site.mentorships.operations.matches import leave_match
from chiron.site.mentorships.operations.offers import take_offers_back
from chiron.site.mentorships.rules import EndReason, MatchState
from chiron.site.people.models import Person
from chiron.site.people.operations import erase_from_tables
from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.operations import forget_log


def erase_person(*, person: Person, by: Person, now: datetime) -> Receipt:
    """Let a person leave everything they take part in, then erase them: all of it, or nothing.

    Args:
        person: who asked to be erased.
        by: who does it.
        now: the moment.

    Returns:
        the receipt: which tables, how many rows, and no name.
    """
    with transaction.atomic():
        waiting = Offer.objects.filter(members__application__person=person, state=OfferState.OFFERED).values("pk")
        offers = Offer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=waiting).order_by("pk")
        take_offers_back(offers=list(offers.select_related("cohort")), because=TakenBackBecause.LEFT, by=by, now=now)
        running = Member.objects.filter(application__person=person, left_on=None).exclude(
            match__state=MatchState.CLOSED
        )
        for member in running.select_related("match").order_by("pk"):
            leave_match(match=member.match, member=member, reason=EndReason.LEFT, by=by, now=now)
        for application in Application.objects.filter(person=person).order_by("pk"):
            if Stage.WITHDRAWN in NEXT_STAGES[Stage(application.stage)]:
                withdraw_application(application=application, by=by, now=now)
        receipt = erase_from_tables(person=person, by=by, now=now)
    forget_log()
    return receipt
