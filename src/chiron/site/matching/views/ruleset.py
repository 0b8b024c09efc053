"""The pages of a cohort's rules: the list, one rule, and the one press that takes the last change back."""

from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.site.matching.bridge.words import field_label, kind_words, kinds, meaning_of
from chiron.site.matching.forms.ruleset import RuleForm, RulesForm
from chiron.site.matching.operations.ruleset import (
    add_rule,
    change_rule,
    remove_rule,
    set_rules,
    undo_rules_change,
)
from chiron.site.matching.queries import Cohort
from chiron.site.matching.queries.ruleset import RuleSet, last_rules_change_of, rules_changes_of, ruleset_of
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import cohorts_coordinated_by
from chiron.site.shared.forms import key_in
from chiron.site.shared.pagination import page_of


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of the table: what it means and compares, and the fields of its points and its use."""

    rule: RuleSpec
    meaning: str
    compares: str
    points: BoundField | None
    used: BoundField


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show the rules of a cohort as one table: what each means, compares and counts; save their points and use."""
    cohort = _cohort(request, cohort_id)
    ruleset = ruleset_of(cohort)
    listed = [*((rule, True) for rule in ruleset.matching.rules), *((rule, False) for _place, rule in ruleset.off)]
    data = request.POST if request.method == "POST" else None
    form = RulesForm(data, rules=listed, version=cohort.matching_version)
    if data is not None and form.is_valid():
        version = form.cleaned_data["version"]
        now = timezone.now()
        set_rules(cohort=cohort, version=version, points=form.points, used=form.used, by=request.user, now=now)
        return redirect("matching:rules", cohort.pk)
    context = {
        "cohort": cohort,
        "rows": [_row(form, number, ruleset.matching) for number in range(len(listed))],
        "points": sum(rule.points for rule in ruleset.matching.rules if not rule.must),
        "last_change": last_rules_change_of(cohort),
        "form": form,
    }
    return render(request, "matching/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Choose a kind of rule, then fill in a new one."""
    cohort = _cohort(request, cohort_id)
    ruleset = ruleset_of(cohort)
    name = request.GET.get("kind", "")
    if name not in kinds():
        return render(request, "matching/rule_kinds.html", {"cohort": cohort, "kinds": kinds().values()})
    form = RuleForm(
        request.POST if request.method == "POST" else None, kind=kind_words(name), matching=ruleset.matching
    )
    if request.method == "POST" and form.is_valid():
        add_rule(cohort=cohort, rule=form.cleaned_data["rule"], by=request.user, now=timezone.now())
        return redirect("matching:rules", cohort.pk)
    return render(request, "matching/rule.html", {"cohort": cohort, "form": form, "kind": kind_words(name)})


@require_http_methods(["GET", "HEAD", "POST"])
def edit_rule(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Change one rule."""
    cohort = _cohort(request, cohort_id)
    ruleset = ruleset_of(cohort)
    rule = _rule(ruleset, request.GET.get("rule", ""))
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        kind=kind_words(rule.kind),
        matching=ruleset.matching,
        rule=rule,
    )
    if request.method == "POST" and form.is_valid():
        change_rule(cohort=cohort, name=rule.name, rule=form.cleaned_data["rule"], by=request.user, now=timezone.now())
        return redirect("matching:rules", cohort.pk)
    context = {"cohort": cohort, "form": form, "kind": kind_words(rule.kind), "rule": rule}
    return render(request, "matching/rule.html", context)


@require_POST
def remove(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Remove one rule; undo brings it back."""
    cohort = _cohort(request, cohort_id)
    rule = _rule(ruleset_of(cohort), request.POST.get("rule", ""))
    remove_rule(cohort=cohort, name=rule.name, by=request.user, now=timezone.now())
    return redirect("matching:rules", cohort.pk)


@require_POST
def undo(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Take back the last change of the rules."""
    cohort = _cohort(request, cohort_id)
    change = get_object_or_404(rules_changes_of(cohort), pk=key_in(request.POST.get("change", "")))
    undo_rules_change(change=change, by=request.user, now=timezone.now())
    messages.success(request, _("The rules are again what they were before: %s") % change.words)
    return redirect("matching:rules", cohort.pk)


@require_safe
def history(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show every change of a cohort's rules, the newest first."""
    cohort = _cohort(request, cohort_id)
    rows = page_of(request, rules_changes_of(cohort))
    return render(request, "matching/rules_history.html", {"cohort": cohort, "rows": rows})


def _cohort(request: PersonRequest, cohort_id: int) -> Cohort:
    return get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)


def _rule(ruleset: RuleSet, name: str) -> RuleSpec:
    rule = ruleset.named(name)
    if rule is None:
        raise Http404
    return rule


def _row(form: RulesForm, number: int, matching: Matching) -> RuleRow:
    rule = form.rules[number]
    mentee, mentor = (field_label(matching, name) for name in (rule.mentee_field, rule.mentor_field))
    points, used = form.fields_of(number)
    return RuleRow(
        rule=rule,
        meaning=meaning_of(rule, matching),
        compares=mentee if rule.mentee_field == rule.mentor_field else f"{mentee} → {mentor}",
        points=points,
        used=used,
    )
