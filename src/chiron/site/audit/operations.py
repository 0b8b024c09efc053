"""Adding events to their chains, sealing the ends, and telling the outside of the seals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from chiron.site.audit.models import ChainHead, Event, Seal, SealedHead
from chiron.site.audit.queries import anchor_file, anchored, facts_of, heads_to_seal, last_seal
from chiron.site.audit.rules import (
    NOTHING_BEFORE,
    AnchorLine,
    Head,
    anchor_text,
    event_hash,
    heads_digest,
    seal_mac,
)
from chiron.site.shared.database import insert_rows
from chiron.site.shared.mail import send

# From so many rows on, another way of writing them is worth its own round trips.
MANY = 50


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
    """Add an event to the chain of its scope, in the transaction of the act it tells of: both are kept, or neither.

    The end of that chain stays locked until that transaction ends, so an act records what it did after it has locked
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
        ends = ChainHead.objects.select_for_update(no_key=True).filter(scope=scope)
        head = ends.first() or _first_head(scope)
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
        if len(events) < MANY:
            Event.objects.bulk_create(events)
        else:
            insert_rows(events)
        ends.update(number=head.number, hash=head.hash)
    return events


def _first_head(scope: str) -> ChainHead:
    """Return the end of a chain without events, locked; another writer may have made it in the same moment."""
    ChainHead.objects.get_or_create(scope=scope)
    return ChainHead.objects.select_for_update(no_key=True).get(scope=scope)


@transaction.atomic
def seal_heads(*, now: datetime) -> Seal | None:
    """Put a seal over the ends of all chains that have grown since the last one; None where none has, or without a key.

    Two sealers at once make one seal: the other finds its number taken, and leaves.
    """
    if not settings.CHIRON_SEAL_KEYS:
        return None
    key_id, key = next(iter(settings.CHIRON_SEAL_KEYS.items()))
    before = last_seal()
    heads = [Head(head.scope, head.number, head.hash) for head in heads_to_seal()]
    if not heads:
        return None
    number, digest = (before.number if before else 0) + 1, heads_digest(heads)
    mac = seal_mac(key, number=number, at=now, digest=digest, previous=before.mac if before else NOTHING_BEFORE)
    try:
        with transaction.atomic():
            seal = Seal.objects.create(number=number, at=now, digest=digest, key_id=key_id, mac=mac)
    except IntegrityError:
        return None
    insert_rows([SealedHead(seal=seal, scope=head.scope, number=head.number, hash=head.hash) for head in heads])
    return seal


def anchor_seals() -> int:
    """Write the seals that the anchor file does not tell of yet to its end, and return how many."""
    file = anchor_file()
    if file is None:
        return 0
    told = max((line.number for line in anchored(file)), default=0)
    lines = [anchor_text(_line_of(seal)) for seal in Seal.objects.filter(number__gt=told).order_by("number")]
    if lines:
        with file.open("a", encoding="utf-8") as end:
            end.writelines(f"{line}\n" for line in lines)
    return len(lines)


def mail_anchor() -> bool:
    """Mail the newest seal to the auditor, where the settings name one and the site can mail.

    Raises:
        OSError: the mail server does not answer or refuses.
    """
    kind, _colon, address = settings.CHIRON_ANCHOR.partition(":")
    seal = last_seal()
    if kind != "mailto" or not settings.CHIRON_CAN_MAIL or seal is None:
        return False
    send(
        key=f"seal-{seal.number}",
        to=address,
        subject=_("Seal %(number)d of %(site)s") % {"number": seal.number, "site": settings.CHIRON_NAME},
        body=_(
            "Keep this mail. It shows later that nobody cut or rewrote the history of the site.\n\n"
            "%(line)s\n\n"
            "To compare: save these mails as one text file, and run on the computer of the site\n"
            "chiron doctor DIR --anchor FILE\n"
        )
        % {"line": anchor_text(_line_of(seal))},
    )
    return True


def _line_of(seal: Seal) -> AnchorLine:
    return AnchorLine(seal.number, seal.at.astimezone(UTC).isoformat(), seal.mac)
