"""The pages of a cohort's rules: the list, one rule, and the one press that takes the last change back."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.site.matching.bridge.words import KindWords, kind_words, kinds, meaning_of
from chiron.site.matching.forms.ruleset import PointsForm, RuleForm
from chiron.site.matching.operations.ruleset import (
    add_rule,
    change_rule,
    remove_rule,
    switch_rule,
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
    """One rule on the list: its words, what it means, and the form of its points."""

    rule: RuleSpec
    kind: KindWords
    meaning: str
    compares: str
    is_on: bool
    points_form: PointsForm | None


@require_safe
def rules(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show the rules of a cohort: what each compares, what it means and what it counts."""
    return _rules_page(request, _cohort(request, cohort_id))


@require_POST
def change_points(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Change the points of one rule on the list itself; an error stands at that rule."""
    cohort = _cohort(request, cohort_id)
    rule = _rule(ruleset_of(cohort), request.POST.get("rule", ""))
    form = PointsForm(request.POST, auto_id=_auto_id(rule))
    if form.is_valid() and (form.cleaned_data["points"] or rule.missed):
        changed = rule.model_copy(update={"points": form.cleaned_data["points"]})
        change_rule(cohort=cohort, name=rule.name, rule=changed, by=request.user, now=timezone.now())
        return redirect("matching:rules", cohort.pk)
    if form.is_valid():
        form.add_error("points", _("With 0 points the rule counts for nothing. Switch it off instead."))
    return _rules_page(request, cohort, wrong=(rule.name, form))


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
def switch(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Switch one rule on or off."""
    cohort = _cohort(request, cohort_id)
    rule = _rule(ruleset_of(cohort), request.POST.get("rule", ""))
    is_on = request.POST.get("to") == "on"
    switch_rule(cohort=cohort, name=rule.name, is_on=is_on, by=request.user, now=timezone.now())
    return redirect("matching:rules", cohort.pk)


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


def _auto_id(rule: RuleSpec) -> str:
    safe = "".join(letter if letter.isalnum() else "-" for letter in rule.name)
    return f"rule-{safe}-%s"


def _rules_page(request: PersonRequest, cohort: Cohort, *, wrong: tuple[str, PointsForm] | None = None) -> HttpResponse:
    """Show the list; `wrong` is the form of points that needs fixing."""
    ruleset = ruleset_of(cohort)
    matching = ruleset.matching
    rows = [_row(rule, matching, is_on=True, wrong=wrong) for rule in matching.rules]
    rows += [_row(rule, matching, is_on=False, wrong=wrong) for _place, rule in ruleset.off]
    context = {
        "cohort": cohort,
        "rows": rows,
        "points": sum(rule.points for rule in matching.rules if not rule.must),
        "last_change": last_rules_change_of(cohort),
        "form": wrong[1] if wrong else None,
    }
    return render(request, "matching/rules.html", context, status=200)


def _row(rule: RuleSpec, matching: Matching, *, is_on: bool, wrong: tuple[str, PointsForm] | None) -> RuleRow:
    form = None
    if not rule.must and is_on:
        form = PointsForm(initial={"points": rule.points}, auto_id=_auto_id(rule))
        form = wrong[1] if wrong and wrong[0] == rule.name else form
    mentee, mentor = (matching.spec(name).label or name for name in (rule.mentee_field, rule.mentor_field))
    return RuleRow(
        rule=rule,
        kind=kind_words(rule.kind),
        meaning=meaning_of(rule),
        compares=mentee if rule.mentee_field == rule.mentor_field else f"{mentee} → {mentor}",
        is_on=is_on,
        points_form=form,
    )
