"""Reads of messages."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from chiron.site.notices.models import Notice
from chiron.site.notices.rules import NoticeState


def notices_in_group(group: str) -> QuerySet[Notice]:
    """Return the messages that were written together, such as "plan:3", in the order they were written."""
    return Notice.objects.filter(group=group).select_related("to").order_by("pk")


def notices_due(*, now: datetime) -> QuerySet[Notice]:
    """Return the messages that should leave now, and those whose sender crashed in the moment of sending."""
    due = Q(state=NoticeState.READY) & (Q(send_after=None) | Q(send_after__lte=now))
    return Notice.objects.filter(due | Q(state=NoticeState.SENDING, leased_until__lte=now)).order_by("pk")


def counts_by_state(scope: str) -> dict[str, int]:
    """Return how many messages of a place stand where; every state is named."""
    counted = Notice.objects.filter(scope=scope).values_list("state").annotate(how_many=Count("pk"))
    return {state.value: 0 for state in NoticeState} | dict(counted)
