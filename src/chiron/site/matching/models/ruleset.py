"""The rules of a cohort that are switched off for now, and each change of its rules, so that it can be taken back."""

from django.db.models import (
    PROTECT,
    DateTimeField,
    ForeignKey,
    JSONField,
    Model,
    PositiveSmallIntegerField,
    TextField,
)

from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


class RuleOff(Model):
    """One rule that a coordinator switched off: its words, and where it stood among the others."""

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="rules_off")
    place = PositiveSmallIntegerField()
    rule = JSONField()

    def __str__(self) -> str:
        return str(self.rule["name"])


class RulesChange(Model):
    """One change of a cohort's rules: the table before and after, and those that were switched off."""

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="rules_changes")
    words = TextField()
    before = JSONField()
    after = JSONField()
    by = ForeignKey(Person, on_delete=PROTECT, related_name="rules_changes")
    at = DateTimeField()
    undone_at = DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.words
