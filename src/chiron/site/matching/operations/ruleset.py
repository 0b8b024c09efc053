"""The rules of a cohort: add one, change it, set points and use of all, remove one, take the last change back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.site.audit.operations import record
from chiron.site.matching.bridge.words import fault_in
from chiron.site.matching.models import RuleOff, RulesChange
from chiron.site.matching.queries.ruleset import RuleSet, dumped, ruleset_of, table_of
from chiron.site.matching.rules import NothingToUndoError, RuleNotUsableError
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import change_matching


@transaction.atomic
def add_rule(*, cohort: Cohort, rule: RuleSpec, by: Person, now: datetime) -> RulesChange:
    """Add a rule after the others.

    Raises:
        RuleNotUsableError: another rule has this name, or the engine cannot use it.
    """
    before = _locked(cohort)
    _require_new_name(before, rule.name)
    rules = (*before.matching.rules, rule)
    return _keep(cohort, before, rules, before.off, words=_("Rule “%s” was added.") % rule.name, by=by, now=now)


@transaction.atomic
def change_rule(*, cohort: Cohort, name: str, rule: RuleSpec, by: Person, now: datetime) -> RulesChange:
    """Put a rule in the place of the one of this name, in use or switched off.

    Raises:
        RuleNotUsableError: there is no such rule, another one has the new name, or the engine cannot use it.
    """
    before = _locked(cohort)
    _require_there(before, name)
    if rule.name != name:
        _require_new_name(before, rule.name)
    rules = tuple(rule if each.name == name else each for each in before.matching.rules)
    off = [(place, rule if each.name == name else each) for place, each in before.off]
    return _keep(cohort, before, rules, off, words=_("Rule “%s” was changed.") % rule.name, by=by, now=now)


@transaction.atomic
def set_rules(
    *, cohort: Cohort, version: int, points: Mapping[str, int], used: Collection[str], by: Person, now: datetime
) -> RulesChange | None:
    """Set the points of rules and which are used, all in one change; None where that changes nothing.

    A rule that is switched off keeps its words and its place.

    Args:
        cohort: the cohort.
        version: that of the rules as the coordinator saw them.
        points: what the rules of these names give.
        used: names of the rules that are switched on; all others are off.
        by: the coordinator.
        now: the moment.

    Raises:
        RuleNotUsableError: the rules have changed since, or the engine cannot use them.
    """
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if cohort.matching_version != version:
        raise RuleNotUsableError(
            _("The rules have changed since you opened this page, so nothing was saved. Open the rules again first.")
        )
    before = ruleset_of(cohort)
    rules = [_with_points(rule, points) for rule in before.matching.rules]
    off = [(place, _with_points(rule, points)) for place, rule in before.off]
    changed = [new.name for new, old in zip(rules, before.matching.rules, strict=True) if new != old]
    changed += [new.name for (_at, new), (_old_at, old) in zip(off, before.off, strict=True) if new != old]
    words = [_("“%s” has other points.") % name for name in changed]
    for place, rule in [pair for pair in off if pair[1].name in used]:
        off.remove((place, rule))
        rules.insert(min(place, len(rules)), rule)
        words.append(_("“%s” was switched on.") % rule.name)
    for rule in [rule for rule in rules if rule.name not in used]:
        place = rules.index(rule)
        off.append((place, rules.pop(place)))
        words.append(_("“%s” was switched off.") % rule.name)
    if not words:
        return None
    return _keep(cohort, before, rules, off, words=" ".join(words), by=by, now=now)


@transaction.atomic
def remove_rule(*, cohort: Cohort, name: str, by: Person, now: datetime) -> RulesChange:
    """Remove a rule; undo brings it back.

    Raises:
        RuleNotUsableError: there is no such rule.
    """
    before = _locked(cohort)
    _require_there(before, name)
    rules = tuple(rule for rule in before.matching.rules if rule.name != name)
    off = [(place, rule) for place, rule in before.off if rule.name != name]
    return _keep(cohort, before, rules, off, words=_("Rule “%s” was removed.") % name, by=by, now=now)


@transaction.atomic
def undo_rules_change(*, change: RulesChange, by: Person, now: datetime) -> RulesChange:
    """Take back the last change of a cohort's rules; the version still grows, so that no number means two tables.

    Raises:
        NothingToUndoError: the change was taken back before, or another one was made after it.
    """
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=change.cohort_id)
    last = RulesChange.objects.filter(cohort=cohort, undone_at=None).order_by("-pk").first()
    if last is None or last.pk != change.pk:
        raise NothingToUndoError(_("Only the last change of the rules can be taken back."))
    _write(cohort, last.before["matching"], last.before["off"], by=by, now=now)
    last.undone_at = now
    last.save(update_fields=["undone_at"])
    record("rules.change_undone", subject=cohort, by=by, now=now, scope=cohort.scope, details={"change": last.pk})
    return last


def _with_points(rule: RuleSpec, points: Mapping[str, int]) -> RuleSpec:
    if rule.must or points.get(rule.name, rule.points) == rule.points:
        return rule
    return rule.model_copy(update={"points": points[rule.name]})


def _locked(cohort: Cohort) -> RuleSet:
    return ruleset_of(Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk))


def _require_there(ruleset: RuleSet, name: str) -> None:
    if ruleset.named(name) is None:
        raise RuleNotUsableError(_("There is no rule “%s”. Somebody may have removed it.") % name)


def _require_new_name(ruleset: RuleSet, name: str) -> None:
    if ruleset.named(name) is not None:
        raise RuleNotUsableError(_("There is a rule “%s” already. Type another name.") % name)


def _keep(
    cohort: Cohort,
    before: RuleSet,
    rules: Sequence[RuleSpec],
    off: Sequence[tuple[int, RuleSpec]],
    *,
    words: str,
    by: Person,
    now: datetime,
) -> RulesChange:
    """Write a new rule set, after the engine has read it, and how to take the change back."""
    kept = {rule["name"]: rule for rule in before.table["rules"]} if "rules" in before.table else {}
    table = {**before.table, "rules": [_unchanged(kept.get(rule.name), rule) for rule in rules]}
    matching = Matching.model_validate(table)
    if fault := fault_in(matching):
        raise RuleNotUsableError(fault)
    after = table_of(RuleSet(table=table, matching=matching, off=off))
    _write(cohort, after["matching"], after["off"], by=by, now=now)
    return RulesChange.objects.create(cohort=cohort, words=words, before=table_of(before), after=after, by=by, at=now)


def _write(
    cohort: Cohort, matching: dict[str, Any], off: Sequence[tuple[int, Any]], *, by: Person, now: datetime
) -> None:
    change_matching(cohort=cohort, matching=matching, by=by, now=now)
    RuleOff.objects.filter(cohort=cohort).delete()
    RuleOff.objects.bulk_create([RuleOff(cohort=cohort, place=place, rule=rule) for place, rule in off])


def _unchanged(row: dict[str, Any] | None, rule: RuleSpec) -> dict[str, Any]:
    """Return a rule as it is kept already, or ready for JSON where it is new or has changed."""
    return row if row is not None and RuleSpec.model_validate(row) == rule else dumped(rule)
