"""Adding events to the chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Model

from chiron.site.audit.models import ChainHead, Event
from chiron.site.audit.queries import facts_of
from chiron.site.audit.rules import event_hash

EVENTS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Happening:
    """One of many things that one act did.

    Attributes:
        kind: what happened, as capability and past tense, such as "offer.made".
        subject: what it happened to; None for the scope as a whole.
        details: ids, codes and counts; never names or text that a person wrote.
    """

    kind: str
    subject: Model | None
    details: Mapping[str, int | str] = field(default_factory=dict)


def record(
    kind: str,
    *,
    subject: Model | None,
    by: Model | None,
    now: datetime,
    scope: str = "",
    details: Mapping[str, int | str] | None = None,
) -> Event:
    """Add an event to the chain, in the transaction of the act it tells of: both are kept, or neither.

    The end of the chain stays locked until that transaction ends, so an act records what it did after it has locked
    everything else that it needs.

    Args:
        kind: what happened, as capability and past tense, such as "application.accepted".
        subject: what it happened to; None for the site as a whole.
        by: who did it; None for the site itself.
        now: when.
        scope: the place whose coordinators may read of it, such as "cohort:7".
        details: ids, codes and counts; never names or text that a person wrote.
    """
    [event] = record_many([Happening(kind, subject, details or {})], by=by, now=now, scope=scope)
    return event


def record_each(kind: str, *, subjects: Sequence[Model], by: Model | None, now: datetime, scope: str = "") -> None:
    """Add one event for each of many things to which the same happened; see `record_many`.

    Args:
        kind: what happened to each of them.
        subjects: what it happened to; with none, nothing is added.
        by: who did it; None for the site itself.
        now: when.
        scope: the place whose coordinators may read of it.
    """
    record_many([Happening(kind, subject) for subject in subjects], by=by, now=now, scope=scope)


def record_many(happenings: Sequence[Happening], *, by: Model | None, now: datetime, scope: str = "") -> list[Event]:
    """Add an event for each of many things that one act did, in their order, in a handful of queries.

    Like `record`, it is called last: the end of the chain stays locked until the transaction of the act ends.

    Args:
        happenings: what happened; with none, nothing is added.
        by: who did it; None for the site itself.
        now: when.
        scope: the place whose coordinators may read of it, the same for all.
    """
    if not happenings:
        return []
    # No savepoint: an act whose event cannot be added is not done at all.
    with transaction.atomic(savepoint=False):
        head = ChainHead.objects.select_for_update(no_key=True).filter(pk=1).first() or _first_head()
        events = []
        for one in happenings:
            event = Event(
                number=head.number + 1,
                kind=one.kind,
                subject_type=one.subject._meta.label_lower if one.subject else "",  # noqa: SLF001 -- Django's public `_meta`
                subject_id=one.subject.pk if one.subject else None,
                by_id=by.pk if by else None,
                at=now.astimezone(UTC),
                scope=scope,
                details=dict(one.details),
                previous_hash=head.hash,
            )
            event.hash = event_hash(head.hash, facts_of(event))
            head.number, head.hash = event.number, event.hash
            events.append(event)
        Event.objects.bulk_create(events, batch_size=EVENTS_A_QUERY)
        ChainHead.objects.filter(pk=1).update(number=head.number, hash=head.hash)
    return events


def _first_head() -> ChainHead:
    """Return the end of a chain without events, locked; another writer may have made it in the same moment."""
    ChainHead.objects.get_or_create(pk=1)
    return ChainHead.objects.select_for_update(no_key=True).get(pk=1)
