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
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, gone_if_named, rewrite, without


class RuleOff(Model):
    """One rule that a coordinator switched off: its words, and where it stood among the others."""

    kept = Kept(
        owner="cohort",
        purpose="to switch a rule on again as it was",
        keep=until_over("cohort"),
        erase=(rewrite(rule=without),),
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="rules_off")
    place = PositiveSmallIntegerField()
    rule = JSONField()

    def __str__(self) -> str:
        return str(self.rule["name"])


class RulesChange(Model):
    """One change of a cohort's rules: the table before and after, and those that were switched off."""

    kept = Kept(
        owner="cohort",
        purpose="to take a change of the rules back exactly",
        keep=until_over("cohort"),
        erase=(rewrite(words=gone_if_named, before=without, after=without),),
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="rules_changes")
    words = TextField()
    before = JSONField()
    after = JSONField()
    by = ForeignKey(Person, on_delete=PROTECT, related_name="rules_changes")
    at = DateTimeField()
    undone_at = DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.words
