"""Messages to people: the outbox."""

from django.db import models
from django.db.models import CheckConstraint, Q

from chiron.site.notices.rules import NoticeState, as_shown
from chiron.site.people.models import Person
from chiron.site.shared.keeping.rules import (
    KEPT_AFTER_THE_END,
    Kept,
    UntilPlaceEnds,
    delete,
    detach,
    gone_if_named,
    rewrite,
)


class Notice(models.Model):
    """One message to one person, from draft to sent.

    Attributes:
        edited_by, edited_at: who has changed its words by hand last, and when; none: they are as they were written.
        withdrawn_from: where it stood when it was withdrawn; empty: it was not, or before that was kept.

    Owner: the cohort that its scope names. Purpose: to tell a person something, and to show what was told. Kept for
    twelve months after the cohort was finished; erased with the person.
    """

    kept = Kept(
        owner="cohort",
        purpose="to tell a person something, and to show what was told",
        keep=UntilPlaceEnds(KEPT_AFTER_THE_END, "scope"),
        erase=(
            delete("to"),
            detach("written_by"),
            detach("edited_by"),
            rewrite(subject=gone_if_named, body=gone_if_named),
        ),
        shows={"to": ("kind", "subject", "body", "state", "written_at", "sent_at")},
    )

    to = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    scope = models.CharField(max_length=80, db_index=True)
    group = models.CharField(max_length=120, blank=True, db_index=True)
    state = models.CharField(max_length=20, choices=[(state.value, state.value) for state in NoticeState])
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    edited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    send_after = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    held_because = models.CharField(max_length=200, blank=True)
    withdrawn_from = models.CharField(
        max_length=20, choices=[(state.value, state.value) for state in NoticeState], blank=True
    )

    class Meta:
        indexes = [models.Index(fields=["state", "send_after"], name="notice_due")]
        constraints = [
            CheckConstraint(
                condition=Q(state=NoticeState.SENT, sent_at__isnull=False)
                | (~Q(state=NoticeState.SENT) & Q(sent_at=None)),
                name="notice_sent_has_its_moment",
            ),
            CheckConstraint(
                condition=Q(state=NoticeState.WITHDRAWN) | Q(withdrawn_from=""),
                name="notice_withdrawn_from_where_it_stood",
            ),
        ]

    def __str__(self) -> str:
        """Return the kind and number of the message."""
        return f"{self.kind} {self.pk}"

    @property
    def has_left(self) -> bool:
        """Return whether the message has left, or may have."""
        return self.state in {NoticeState.SENDING, NoticeState.SENT}

    @property
    def as_shown(self) -> str:
        """What a page sends back of it, so that nothing is done with other words than were shown."""
        return as_shown(self.pk, self.edited_at)
