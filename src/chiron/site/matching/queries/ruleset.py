"""The rules of a cohort: those in use, those switched off, and each change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.site.matching.models import RuleOff, RulesChange
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of a cohort: as they are kept, as people read them, and those switched off with their places."""

    table: Mapping[str, Any]
    matching: Matching
    off: Sequence[tuple[int, RuleSpec]]

    def named(self, name: str) -> RuleSpec | None:
        """Return the rule of this name, in use or switched off, or None."""
        rules = [*self.matching.rules, *(rule for _, rule in self.off)]
        return next((rule for rule in rules if rule.name == name), None)


def ruleset_of(cohort: Cohort) -> RuleSet:
    """Return the rules of a cohort."""
    off = RuleOff.objects.filter(cohort=cohort).order_by("place", "pk")
    return RuleSet(
        table=cohort.matching,
        matching=Matching.model_validate(cohort.matching),
        off=[(row.place, RuleSpec.model_validate(row.rule)) for row in off],
    )


def rules_changes_of(cohort: Cohort) -> QuerySet[RulesChange]:
    """Return the changes of a cohort's rules, the newest first."""
    return RulesChange.objects.filter(cohort=cohort).select_related("by").order_by("-pk")


def last_rules_change_of(cohort: Cohort) -> RulesChange | None:
    """Return the last change of a cohort's rules that still stands, or None."""
    return rules_changes_of(cohort).filter(undone_at=None).first()


def table_of(ruleset: RuleSet) -> dict[str, Any]:
    """Return a rule set ready for JSON."""
    return {
        "matching": dict(ruleset.table),
        "off": [[place, dumped(rule)] for place, rule in ruleset.off],
    }


def dumped(rule: RuleSpec) -> dict[str, Any]:
    """Return one rule ready for JSON, without what is as usual."""
    return rule.model_dump(mode="json", exclude_defaults=True)
