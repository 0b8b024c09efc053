"""Writes that touch every stage: erasing a person, and forgetting those who are long gone."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from chiron.site.applications.models import Application
from chiron.site.applications.rules import NEXT_STAGES, Stage
from chiron.site.audit.operations import record
from chiron.site.home.queries import idle_people
from chiron.site.mentorships.operations import withdraw_participant
from chiron.site.mentorships.operations.offers import LinkTo
from chiron.site.people.models import Person
from chiron.site.people.operations import erase_from_tables
from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.operations import forget, forget_log

PEOPLE_A_TURN: Final = 200


def forget_idle_people(*, now: datetime, between: Callable[[], None] = lambda: None) -> int:
    """Erase the accounts of those who have taken part in nothing for a year, and return how many they were.

    What named them went with their cohorts; the history holds the number of each, and a receipt counts the rows.

    Args:
        now: the moment.
        between: called between two turns; it may raise to end the work there.
    """
    count = 0
    while keys := list(idle_people(now=now).values_list("pk", flat=True)[:PEOPLE_A_TURN]):
        with transaction.atomic():
            receipt = forget(keys, now=now)
            details: dict[str, int | str] = {"receipt": receipt.pk, "count": len(keys)}
            record("person.forgotten", subject=None, by=None, now=now, details=details)
        count += len(keys)
        between()
    if count:
        forget_log()
    return count


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
