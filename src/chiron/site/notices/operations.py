"""Writing, releasing, holding, withdrawing and sending messages."""

import smtplib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F
from django.utils.translation import ngettext

from chiron.site.audit.operations import record, record_each
from chiron.site.notices.models import Notice
from chiron.site.notices.queries import notices_due
from chiron.site.notices.rules import (
    LEFT,
    MOST_TRIES,
    NEXT_STATES,
    SENDING_LEASE,
    AlreadyLeftError,
    NoticeState,
    require_step,
)
from chiron.site.people.models import Person
from chiron.site.shared.database import insert_ready, rows_alike
from chiron.site.shared.jobs.operations import add_job, leave_if_stopping
from chiron.site.shared.jobs.rules import pause_after
from chiron.site.shared.mail import one_line, send

KEYS_A_QUERY: Final = 500
MOVED: Final[Mapping[NoticeState, str]] = {
    NoticeState.READY: "notices.released",
    NoticeState.HELD: "notices.held",
    NoticeState.SENT: "notices.sent_by_hand",
}


class Addressee(Protocol):
    """Whom a message is to: a person, or what is known of one without reading their whole row."""

    @property
    def pk(self) -> Any:
        """The key of the person."""


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What one of many messages says, and to whom.

    Attributes:
        to: who should receive it.
        kind: what it is, such as "offer.made_to_mentee".
        subject: one line.
        body: plain text.
        group: what it was written with, where that is not what the others were written with.
    """

    to: Addressee
    kind: str
    subject: str
    body: str
    group: str = ""


@transaction.atomic
def write_notice(  # noqa: PLR0913 -- a message has an address, a text, a place and a moment
    *,
    to: Person,
    kind: str,
    subject: str,
    body: str,
    scope: str,
    by: Person | None,
    now: datetime,
    group: str = "",
    send_after: datetime | None = None,
) -> Notice:
    """Write a message as a draft; nothing leaves until it is released.

    Args:
        to: who should receive it.
        kind: what it is, such as "match.offered_to_mentee".
        subject: one line.
        body: plain text.
        scope: the place whose coordinators see it, such as "cohort:7".
        by: who wrote it; None for the site itself.
        now: when.
        group: what it was written with, such as "plan:3"; the group is released and withdrawn as one.
        send_after: not before this moment.
    """
    notice = Notice.objects.create(
        to=to, kind=kind, subject=one_line(subject)[:200], body=body, scope=scope, group=group,
        state=NoticeState.DRAFT, written_at=now, written_by=by, send_after=send_after,
    )  # fmt: skip
    record("notice.written", subject=notice, by=by, now=now, scope=scope)
    return notice


@transaction.atomic
def write_once_more(*, notice: Notice, by: Person | None, now: datetime) -> Notice:
    """Write a message that was withdrawn again as a draft, word for word, with who has changed its words by hand."""
    again = write_notice(
        to=notice.to,
        kind=notice.kind,
        subject=notice.subject,
        body=notice.body,
        scope=notice.scope,
        by=by,
        now=now,
        group=notice.group,
        send_after=notice.send_after,
    )
    again.edited_by, again.edited_at = notice.edited_by, notice.edited_at
    again.save(update_fields=["edited_by", "edited_at"])
    return again


@transaction.atomic
def write_notices(
    texts: Sequence[NoticeText],
    *,
    scope: str,
    group: str,
    by: Person | None,
    now: datetime,
    send_after: datetime | None = None,
    is_released: bool = False,
) -> int:
    """Write many messages of one group, in one go and with one event that counts them; return how many.

    They are drafts, unless they are released as they are written: then whoever writes them asks for them to be sent.

    Args:
        texts: what each says; with none, nothing is written.
        scope: the place whose coordinators see them, such as "cohort:7".
        group: what they were written with, such as "publication:3".
        by: who wrote them; None for the site itself.
        now: when.
        send_after: not before this moment.
        is_released: whether they may leave at once.
    """
    if not texts:
        return 0
    state, event = (NoticeState.READY, "notices.released") if is_released else (NoticeState.DRAFT, "notices.written")
    alike = Notice(scope=scope, state=state, written_at=now, written_by=by, send_after=send_after)
    rows = ((text.to.pk, text.kind, one_line(text.subject)[:200], text.body, text.group or group) for text in texts)
    insert_ready(rows_alike(alike, ("to_id", "kind", "subject", "body", "group"), rows))
    record(event, subject=None, by=by, now=now, scope=scope, details={"group": group, "count": len(texts)})
    return len(texts)


@transaction.atomic
def edit_notice(*, notice: Notice, subject: str, body: str, by: Person, now: datetime) -> Notice:
    """Change the text of a message that has not been released.

    Raises:
        StepNotAllowedError: it is no draft and not held back.
    """
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    require_step(NoticeState(notice.state), NoticeState.READY)
    if notice.state == NoticeState.SENDING:
        require_step(NoticeState.SENT, NoticeState.READY)
    notice.subject, notice.body = one_line(subject)[:200], body
    notice.edited_by, notice.edited_at = by, now
    notice.save(update_fields=["subject", "body", "edited_by", "edited_at"])
    record("notice.edited", subject=notice, by=by, now=now, scope=notice.scope)
    return notice


@transaction.atomic
def hold_notice(*, notice: Notice, because: str, by: Person | None, now: datetime) -> Notice:
    """Hold a message back, with the reason.

    Raises:
        StepNotAllowedError: it has left or was withdrawn.
    """
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if notice.state == NoticeState.SENDING:
        require_step(NoticeState.SENT, NoticeState.HELD)
    require_step(NoticeState(notice.state), NoticeState.HELD)
    notice.state, notice.held_because = NoticeState.HELD, because[:200]
    notice.save(update_fields=["state", "held_because"])
    record("notice.held", subject=notice, by=by, now=now, scope=notice.scope)
    return notice


@transaction.atomic
def release_notice(*, notice: Notice, by: Person | None, now: datetime) -> Notice:
    """Let one message leave at its time, also one that was held back.

    Raises:
        StepNotAllowedError: it has left or was withdrawn.
    """
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if notice.state == NoticeState.SENDING:
        require_step(NoticeState.SENT, NoticeState.READY)
    require_step(NoticeState(notice.state), NoticeState.READY)
    notice.state, notice.held_because, notice.tries = NoticeState.READY, "", 0
    notice.save(update_fields=["state", "held_because", "tries"])
    record("notice.released", subject=notice, by=by, now=now, scope=notice.scope)
    add_sending(notice.send_after, now=now)
    return notice


@transaction.atomic
def release_notices(*, group: str, by: Person, now: datetime) -> int:
    """Let the drafts of a group leave, each at its time; return how many. Those held back stay."""
    # Locked by their keys alone: the texts of ten thousand messages need not be read to let them leave.
    drafts = Notice.objects.filter(group=group, state=NoticeState.DRAFT)
    list(drafts.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    counted = list(drafts.values_list("scope", "send_after").annotate(how_many=Count("pk")).order_by("scope"))
    released = drafts.update(state=NoticeState.READY)
    for scope in sorted({scope for scope, _moment, _count in counted}):
        count = sum(how_many for place, _moment, how_many in counted if place == scope)
        record("notices.released", subject=None, by=by, now=now, scope=scope, details={"group": group, "count": count})
    for moment in {moment for _scope, moment, _count in counted}:
        add_sending(moment, now=now)
    return released


@transaction.atomic
def withdraw_notices(*, group: str, by: Person | None, now: datetime) -> int:
    """Withdraw every message of a group, and return how many: all of them, or none.

    Raises:
        AlreadyLeftError: one has left, so the people it reached would hear nothing of the withdrawal.
    """
    notices = Notice.objects.filter(group=group).exclude(state=NoticeState.WITHDRAWN)
    standing = list(notices.select_for_update(no_key=True).order_by("pk").values_list("scope", "state"))
    left = sum(NoticeState(state) in LEFT for _scope, state in standing)
    if left:
        raise AlreadyLeftError(
            ngettext(
                "%(count)d message has left, so these messages cannot be withdrawn. Write to the person instead.",
                "%(count)d messages have left, so these messages cannot be withdrawn. Write to the people instead.",
                left,
            )
            % {"count": left}
        )
    withdrawn = notices.update(state=NoticeState.WITHDRAWN, withdrawn_from=F("state"))
    for place, count in sorted(Counter(scope for scope, _state in standing).items()):
        details: dict[str, int | str] = {"group": group, "count": count}
        record("notices.withdrawn", subject=None, by=by, now=now, scope=place, details=details)
    return withdrawn


@transaction.atomic
def withdraw_unsent(*, notices: Collection[Notice], by: Person | None, now: datetime) -> int:
    """Withdraw those of some messages that have not left, and return how many; those that have stay as they are."""
    keys = [notice.pk for notice in notices]
    unsent = Notice.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    unsent = unsent.exclude(state__in=[*LEFT, NoticeState.WITHDRAWN])
    found = list(unsent)
    theirs = Notice.objects.filter(pk__in=[notice.pk for notice in found])
    theirs.update(state=NoticeState.WITHDRAWN, withdrawn_from=F("state"))
    for scope in sorted({notice.scope for notice in found}):
        here = [notice for notice in found if notice.scope == scope]
        record_each("notice.withdrawn", subjects=here, by=by, now=now, scope=scope)
    return len(found)


@transaction.atomic
def move_notices(*, notices: Collection[int], to: NoticeState, by: Person, now: datetime) -> int:
    """Let many messages leave, hold them back, or say that they were sent by hand; return how many that was.

    Those that cannot go there from where they stand, such as one that has left, stay as they are.

    Args:
        notices: their keys.
        to: "ready", "held" or "sent".
        by: the coordinator.
        now: the moment.
    """
    possible = [state for state, following in NEXT_STATES.items() if to in following and state != NoticeState.SENDING]
    locked = Notice.objects.select_for_update(no_key=True).filter(state__in=possible).order_by("pk")
    found: list[tuple[int, str, datetime | None]] = []
    for some in _few_at_a_time(sorted(notices)):
        found += locked.filter(pk__in=some).values_list("pk", "scope", "send_after")
    changed: dict[str, object] = {"state": to, "sent_at": now if to is NoticeState.SENT else None}
    if to is NoticeState.READY:
        changed |= {"held_because": "", "tries": 0}
    for some in _few_at_a_time([key for key, _scope, _moment in found]):
        Notice.objects.filter(pk__in=some).update(**changed)
    for scope, count in sorted(Counter(scope for _key, scope, _moment in found).items()):
        record(MOVED[to], subject=None, by=by, now=now, scope=scope, details={"count": count})
    if to is NoticeState.READY:
        for moment in {moment for _key, _scope, moment in found}:
            add_sending(moment, now=now)
    return len(found)


def _few_at_a_time(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), KEYS_A_QUERY):
        yield keys[start : start + KEYS_A_QUERY]


def add_sending(moment: datetime | None, *, now: datetime) -> None:
    """Ask for the due messages to be sent, at a moment or at once. A site that cannot send keeps its outbox full."""
    if settings.CHIRON_CAN_MAIL:
        add_job("notices.send_due", {}, now=now, run_after=moment)


def send_due_notices(*, now: datetime) -> int:
    """Send the messages that are due, one by one, and return how many left. A demo sends nothing, ever.

    Each is leased, sent, then marked: none is lost, and one may go twice only if the process dies in the moment of
    sending, with the same Message-ID. Nothing is sent inside a transaction.

    Raises:
        HandedBackError: the worker was told to stop; what is due is still due.
    """
    if not settings.CHIRON_CAN_MAIL:
        return 0
    count = 0
    while True:
        leave_if_stopping()
        notice = take_notice(now=now)
        if notice is None:
            return count
        try:
            send(key=f"notice-{notice.pk}", to=notice.to.email, subject=notice.subject, body=notice.body)
        except (OSError, smtplib.SMTPException) as fault:
            set_back(notice=notice, fault=type(fault).__name__, now=now)
            continue
        mark_sent(notice=notice, now=now)
        count += 1


@transaction.atomic
def take_notice(*, now: datetime) -> Notice | None:
    """Take the next message that is due under a lease; None when there is none."""
    due = notices_due(now=now)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    notice = due.first()
    if notice is None:
        return None
    notice.state, notice.leased_until, notice.tries = NoticeState.SENDING, now + SENDING_LEASE, notice.tries + 1
    notice.save(update_fields=["state", "leased_until", "tries"])
    return notice


@transaction.atomic
def mark_sent(*, notice: Notice, now: datetime) -> None:
    """Say that a message has left; a worker whose lease another has taken over changes nothing."""
    mine = Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, tries=notice.tries)
    if mine.update(state=NoticeState.SENT, sent_at=now, leased_until=None):
        record("notice.sent", subject=notice, by=None, now=now, scope=notice.scope)


@transaction.atomic
def set_back(*, notice: Notice, fault: str, now: datetime) -> None:
    """Let a message that could not be sent try again later, or hold it back after too many tries."""
    mine = Notice.objects.filter(pk=notice.pk, state=NoticeState.SENDING, tries=notice.tries)
    if notice.tries >= MOST_TRIES:
        mine.update(state=NoticeState.HELD, leased_until=None, held_because=fault[:200])
        return
    later = now + pause_after(notice.tries)
    if mine.update(state=NoticeState.READY, leased_until=None, send_after=later):
        add_job("notices.send_due", {}, now=now, run_after=later)
