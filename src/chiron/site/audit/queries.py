"""Reads of the chain, and its judge."""

from datetime import UTC

from django.db.models import QuerySet

from chiron.site.audit.models import ChainHead, Event
from chiron.site.audit.rules import event_hash


def facts_of(event: Event) -> dict[str, object]:
    """Return the facts of an event as they are hashed."""
    return {
        "number": event.number,
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "by_id": event.by_id,
        "at": event.at.astimezone(UTC).isoformat(),
        "scope": event.scope,
        "details": event.details,
    }


def events_in_scope(scope: str) -> QuerySet[Event]:
    """Return what happened in one place, such as "cohort:7", the newest first."""
    return Event.objects.filter(scope=scope).order_by("-number")


def verify_chain() -> tuple[str, ...]:
    """Return every place where the chain is broken, in words; nothing when it is whole.

    A changed event no longer has its hash, a removed or moved one leaves a gap, and a cut-off end no longer meets
    the head.
    """
    faults = []
    number, previous = 0, "0" * 64
    for event in Event.objects.order_by("number").iterator(chunk_size=2000):
        if event.number != number + 1:
            faults.append(f"Event {number + 1} is missing.")
        if event.previous_hash != previous:
            faults.append(f"Event {event.number} does not follow the event before it.")
        if event.hash != event_hash(event.previous_hash, facts_of(event)):
            faults.append(f"Event {event.number} was changed.")
        number, previous = event.number, event.hash
    head = ChainHead.objects.filter(pk=1).first()
    if (head.number, head.hash) != (number, previous) if head else number:
        faults.append(f"The chain ends at event {number}, not where it should.")
    return tuple(faults)
