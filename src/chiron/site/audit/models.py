"""The chain of events: rows that are added and never changed."""

from django.db import models
from django.db.models import CheckConstraint, Q


class Event(models.Model):
    """One thing that happened. It holds ids and codes, never names or text, and no foreign keys.

    Owner: the site. Purpose: to show what was done, by whom, and that nobody rewrote it. Kept as long as the site;
    erasing a person removes the mapping from id to name, and the chain still verifies.
    """

    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True, db_index=True)
    at = models.DateTimeField()
    scope = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["scope", "-number"], name="audit_event_by_scope"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_event_by_subject"),
        ]

    def __str__(self) -> str:
        """Return the kind and the place in the chain."""
        return f"{self.number} {self.kind}"


class ChainHead(models.Model):
    """Where the chain ends: one row, locked while an event is added, so that no two events get the same place."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="audit_chain_has_one_head")]

    def __str__(self) -> str:
        """Return the length of the chain."""
        return f"{self.number} events"
