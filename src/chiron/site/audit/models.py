"""A chain of events for each scope: rows that are added and never changed; and the seals over their ends."""

from django.db import models
from django.db.models import UniqueConstraint

from chiron.site.shared.keeping.rules import Kept, keep


class Event(models.Model):
    """One thing that happened. It holds ids and codes, never names or text, and no foreign keys.

    Each scope has a chain of its own, so that a long act in one cohort keeps nobody waiting in another.
    """

    kept = Kept(
        owner="site",
        purpose="to show what was done, by whom, and that nobody rewrote it",
        keep="as long as the site",
        erase=(keep("it holds keys and codes; who a key meant is gone with the person"),),
    )

    scope = models.CharField(max_length=80, blank=True)
    number = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True, db_index=True)
    at = models.DateTimeField()
    details = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_event_by_subject")]
        constraints = [UniqueConstraint(fields=["scope", "number"], name="audit_event_has_its_place_in_its_scope")]

    def __str__(self) -> str:
        """Return the kind and the place in the chain."""
        return f"{self.scope} {self.number} {self.kind}".strip()


class ChainHead(models.Model):
    """Where the chain of a scope ends: locked while an event is added, so that no two events get the same place."""

    kept = Kept(
        owner="site",
        purpose="to add events in order",
        keep="as long as the site",
        erase=(keep("it holds keys and codes; who a key meant is gone with the person"),),
    )

    scope = models.CharField(max_length=80, primary_key=True)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        """Return the scope and the length of its chain."""
        return f"{self.scope} {self.number} events".strip()


class Seal(models.Model):
    """A keyed seal over the ends of all chains that have grown since the seal before it, and over that seal.

    Without the key, which is kept outside the database, nobody can make one that fits other events.
    """

    kept = Kept(
        owner="site",
        purpose="to show that nobody rewrote the history",
        keep="as long as the site",
        erase=(keep("it holds keys and codes; who a key meant is gone with the person"),),
    )

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Return the number of the seal."""
        return f"seal {self.number}"


class SealedHead(models.Model):
    """Where the chain of one scope ended when a seal was put over it."""

    kept = Kept(
        owner="site",
        purpose="to show that nobody rewrote the history",
        keep="as long as the site",
        erase=(keep("it holds keys and codes; who a key meant is gone with the person"),),
    )

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="heads")
    scope = models.CharField(max_length=80)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["scope", "number"], name="audit_head_is_sealed_once")]

    def __str__(self) -> str:
        """Return the scope and the number of its last sealed event."""
        return f"{self.scope} {self.number}".strip()
