"""What a coordinator has fixed about two people: always together, or never."""

from django.db.models import (
    PROTECT,
    CharField,
    CheckConstraint,
    DateTimeField,
    ForeignKey,
    Model,
    Q,
    TextField,
    UniqueConstraint,
)

from chiron.site.applications.models import Application
from chiron.site.matching.rules import Hold
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, delete, gone_if_named, rewrite


class PlanConstraint(Model):
    """Two people of a cohort who are locked together or kept apart in every later run, and why."""

    kept = Kept(
        owner="cohort",
        purpose="to keep two people together or apart in every run",
        keep=until_over("cohort"),
        erase=(delete("mentee__person"), delete("mentor__person"), rewrite(reason=gone_if_named)),
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="holds")
    kind = CharField(max_length=8, choices=Hold)
    mentee = ForeignKey(Application, on_delete=PROTECT, related_name="holds_as_mentee")
    mentor = ForeignKey(Application, on_delete=PROTECT, related_name="holds_as_mentor")
    reason = TextField(blank=True)
    by = ForeignKey(Person, on_delete=PROTECT, related_name="holds_made")
    at = DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cohort", "mentee", "mentor"], name="hold_once_for_two_people"),
            CheckConstraint(condition=Q(kind__in=Hold.values), name="hold_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mentee_id} {self.mentor_id}"
