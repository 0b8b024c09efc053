"""Reads of the chains, and their judge."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from chiron.site.audit.models import ChainHead, Event, Seal, SealedHead
from chiron.site.audit.rules import (
    NOTHING_BEFORE,
    AnchorLine,
    Head,
    anchor_line,
    event_hash,
    heads_digest,
    seal_mac,
)

ROWS_AT_ONCE = 2000


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


def heads_to_seal() -> QuerySet[ChainHead]:
    """Return the ends of the chains that have grown since they were last sealed."""
    sealed = SealedHead.objects.filter(scope=OuterRef("scope"), number=OuterRef("number"))
    return ChainHead.objects.filter(~Exists(sealed), number__gt=0).order_by("scope")


def last_seal() -> Seal | None:
    """Return the newest seal; None before the first."""
    return Seal.objects.order_by("-number").first()


def anchor_file() -> Path | None:
    """Return the file that seals are written to outside the database; None where they are mailed."""
    kind, _colon, place = settings.CHIRON_ANCHOR.partition(":")
    return Path(place) if kind == "file" else None


def anchored(file: Path | None) -> tuple[AnchorLine, ...]:
    """Return the seals that a text file tells of, such as the anchor or saved mails; none where there is no file."""
    if file is None or not file.exists():
        return ()
    lines = (anchor_line(text) for text in file.read_text(encoding="utf-8", errors="replace").splitlines())
    return tuple(line for line in lines if line is not None)


def verify_chain(*, since: datetime | None = None, told: Iterable[AnchorLine] | None = None) -> tuple[str, ...]:
    """Return every place where a chain or a seal is broken, in words; nothing when all is whole.

    A changed event no longer has its hash, a removed or moved one leaves a gap, and a cut-off end no longer meets its
    head. Chains that were worked out anew do not meet the seals over them; new seals need the key; and seals that are
    gone are still told of at the anchor.

    Args:
        since: look only at what came after the last seal before this moment; None: at everything.
        told: the seals that the outside was told of; by default those of the anchor file.
    """
    # From the outside in: each is only ever added to, so that what is read later holds all that was read before.
    lines = tuple(told) if told is not None else anchored(anchor_file())
    first = Seal.objects.filter(at__lte=since).order_by("-number").first() if since is not None else None
    before, last = first.number if first else 0, last_seal()
    until = last.number if last else 0
    sealed_scopes = SealedHead.objects.filter(seal__number__range=(before, until)).values_list("scope", flat=True)
    scopes = set(sealed_scopes.order_by().distinct())
    ends = dict(Event.objects.order_by().values_list("scope").annotate(Max("number")))
    heads = {head.scope: Head(head.scope, head.number, head.hash) for head in ChainHead.objects.all()}
    seals = Seal.objects.filter(number__range=(before, until)).order_by("number")
    faults = [*_faults_in_seals(seals, after=before - 1), *_faults_at_anchor(seals, lines, after=before - 1)]
    for scope in sorted({*scopes, *ends, *heads}):
        sealed = SealedHead.objects.filter(scope=scope, seal__number__lte=until)
        begin = sealed.filter(seal__number__lte=before).order_by("-number").first()
        start = Head(scope, begin.number, begin.hash) if begin else Head(scope, 0, NOTHING_BEFORE)
        newer = dict(sealed.filter(number__gte=start.number).values_list("number", "hash"))
        head = heads.get(scope, Head(scope, 0, NOTHING_BEFORE))
        faults += _faults_in_chain(start, newer, head, at_least=ends.get(scope, 0))
    return tuple(faults)


def _faults_in_seals(seals: QuerySet[Seal], *, after: int) -> Iterator[str]:
    """Yield what is wrong with the seals that follow the one with a number, judged by the keys of the ring."""
    keys: Mapping[str, bytes] = settings.CHIRON_SEAL_KEYS
    number = max(after, 0)
    previous = Seal.objects.filter(number=number).values_list("mac", flat=True).first() or NOTHING_BEFORE
    for seal in seals.prefetch_related("heads").iterator(chunk_size=ROWS_AT_ONCE):
        heads = [Head(head.scope, head.number, head.hash) for head in seal.heads.all()]
        if seal.number != number + 1:
            yield f"Seal {number + 1} is missing."
        if seal.key_id not in keys:
            yield f"Seal {seal.number} was made with the key {seal.key_id}, which is not in CHIRON_SEAL_KEYS."
        elif heads_digest(heads) != seal.digest or seal.mac != seal_mac(
            keys[seal.key_id], number=seal.number, at=seal.at, digest=seal.digest, previous=previous
        ):
            yield f"Seal {seal.number} was changed."
        number, previous = seal.number, seal.mac


def _faults_at_anchor(seals: QuerySet[Seal], lines: Iterable[AnchorLine], *, after: int) -> Iterator[str]:
    """Yield each seal that the outside was told of and that is not here."""
    macs = dict(seals.values_list("number", "mac"))
    for line in lines:
        if line.number > after and line.number not in macs:
            yield f"Seal {line.number} is missing; the anchor tells of it."
        elif line.number > after and macs[line.number] != line.mac:
            yield f"Seal {line.number} is not the one that the anchor tells of."


def _faults_in_chain(start: Head, sealed: Mapping[int, str], head: Head, *, at_least: int) -> Iterator[str]:
    """Yield what is wrong with one chain from a place on.

    Args:
        start: the sealed end to begin at, or the beginning of the chain.
        sealed: the hashes that seals are over, by number of the event.
        head: where the chain should end.
        at_least: the highest number that an event of this scope has.
    """
    where = start.scope or "the site"
    number, previous = start.number, start.hash
    missing = set(sealed)
    if start.number and Event.objects.filter(scope=start.scope, number=start.number, hash=start.hash).exists():
        missing.discard(start.number)
    events = Event.objects.filter(scope=start.scope, number__gt=start.number, number__lte=head.number)
    for event in events.order_by("number").iterator(chunk_size=ROWS_AT_ONCE):
        if event.number != number + 1:
            yield f"Event {number + 1} of {where} is missing."
        if event.previous_hash != previous:
            yield f"Event {event.number} of {where} does not follow the event before it."
        if event.hash != event_hash(event.previous_hash, facts_of(event)):
            yield f"Event {event.number} of {where} was changed."
        if sealed.get(event.number) == event.hash:
            missing.discard(event.number)
        number, previous = event.number, event.hash
    if (head.number, head.hash) != (number, previous) or at_least > head.number:
        yield f"The chain of {where} ends at event {max(number, at_least)}, not where it should."
    for gone in sorted(missing):
        yield f"Event {gone} of {where} is not the one that was sealed."
