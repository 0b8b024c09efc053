"""Writes that touch every stage: erasing a person."""

from datetime import datetime

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.rules import NEXT_STAGES, Stage
from chiron.site.mentorships.operations import withdraw_participant
from chiron.site.mentorships.operations.offers import LinkTo
from chiron.site.people.models import Person
from chiron.site.people.operations import erase_from_tables
from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.operations import forget_log


def erase_person(*, person: Person, link_to: LinkTo, by: Person, now: datetime) -> Receipt:
    """Let a person leave everything they take part in, then erase them: all of it, or nothing.

    Args:
        person: who asked to be erased.
        link_to: gives the address of a match's page by its key, for messages to the others.
        by: who does it.
        now: the moment.

    Returns:
        the receipt: which tables, how many rows, and no name.
    """
    with transaction.atomic():
        for application in Application.objects.filter(person=person).order_by("pk"):
            if Stage.WITHDRAWN in NEXT_STAGES[Stage(application.stage)]:
                withdraw_participant(application=application, link_to=link_to, by=by, now=now)
        receipt = erase_from_tables(person=person, by=by, now=now)
    forget_log()
    return receipt
