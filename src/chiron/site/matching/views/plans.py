"""The pages of plans: the list with the start of a run, the review, a plan put away or taken out, its note."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.queries.application import counts_of, keys_called
from chiron.site.applications.rules.application import Role, Stage
from chiron.site.matching.bridge.words import meaning_of
from chiron.site.matching.forms.plans import AimForm, FindForm, NoteForm
from chiron.site.matching.operations.plans import note_plan, put_plan_away, take_plan_out
from chiron.site.matching.queries import Cohort, Plan
from chiron.site.matching.queries.cards import cards_of
from chiron.site.matching.queries.compare import comparison_of, moved_count
from chiron.site.matching.queries.drawings import drawings_of, drawn_units
from chiron.site.matching.queries.fairness import figures_of
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.matching.queries.numbers import numbers_of, revisions_of
from chiron.site.matching.queries.offers import round_facts_of, with_offers_kept
from chiron.site.matching.queries.panel import panel_of
from chiron.site.matching.queries.picture import picture_of
from chiron.site.matching.queries.plans import (
    PlanFilter,
    holds_after,
    last_change_of,
    left_out_of,
    look_line_of,
    people_in,
    plan_before,
    plans_of,
    plans_reviewable_by,
)
from chiron.site.matching.queries.pools import holds_of, shape_of
from chiron.site.matching.queries.runs import last_failed_run_of, run_open_in
from chiron.site.matching.queries.units import (
    filters_of,
    open_places_of,
    pairs_found,
    shows_units,
    unit_cards,
    units_found,
)
from chiron.site.matching.rules import (
    CARDS_A_PAGE,
    MOST_PLANS_COMPARED,
    NAMES_LISTED,
    ONE_POPULATION,
    ROUNDS_AND_PANELS,
    ROWS_A_PAGE,
    TWO_SIDED,
    UNITS_A_PAGE,
    PlanShape,
    PlanState,
)
from chiron.site.matching.rules.fairness import spread_in
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import cohorts_coordinated_by, matching_of
from chiron.site.shared.forms import keys_in
from chiron.site.shared.pagination import page_of


@require_safe
def plans(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show the plans of a cohort and the form that asks for another one."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    return plans_page(request, cohort, AimForm(aim=cohort.matching.get("aim", "everyone"), shape=shape_of(cohort)))


def plans_page(request: HttpRequest, cohort: Cohort, form: AimForm) -> HttpResponse:
    """Show the list of plans with this form of the aim."""
    found = page_of(request, plans_of(cohort), size=ROWS_A_PAGE)
    numbers = numbers_of(list(found))
    people = counts_of(cohort)
    context = {
        "cohort": cohort,
        "rows": found,
        "plans": [(plan, numbers[plan.pk]) for plan in found],
        "open_run": run_open_in(cohort),
        "round": round_facts_of(cohort),
        "failed_run": last_failed_run_of(cohort),
        "mentees": people.get((Role.MENTEE, Stage.ACCEPTED), 0),
        "mentors": people.get((Role.MENTOR, Stage.ACCEPTED), 0),
        "most_compared": MOST_PLANS_COMPARED,
        "form": form,
    }
    return render(request, "matching/plans.html", context)


@require_safe
def review(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show a plan for review: what it reaches, the pairs that need a look, who is left out, and its fairness."""
    plan = get_object_or_404(with_offers_kept(plans_reviewable_by(request.user)), pk=plan_id, cohort=cohort_id)
    before = plan_before(plan)
    both = [plan] if before is None else [plan, before]
    revisions, holds = revisions_of(both), list(holds_of(plan.cohort))
    numbers, figures = numbers_of(both, revisions=revisions), figures_of(both, revisions=revisions)
    facts = facts_of(plan)
    words = FindForm(request.GET).words()
    shown = PlanFilter.of(request.GET.get("show", "all" if words else ""))
    filters = filters_of(plan, numbers[plan.pk], holds, revision=revisions[plan.pk])
    listed = {choice: number for choice, _words, number in filters}
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "is_draft": plan.state == PlanState.DRAFT,
        "before": before,
        "round": plan,
        "numbers": numbers[plan.pk],
        "numbers_before": numbers[before.pk] if before is not None else None,
        "spread": spread_in(figures[plan.pk]),
        "spread_before": spread_in(figures[before.pk]) if before is not None else None,
        "panel": panel_of(plan, figures[plan.pk], request.GET.get("by", "")),
        "shown": shown,
        "shown_words": shown.words_in(PlanShape(plan.shape)),
        "filters": filters,
        "to_look_at": listed[PlanFilter.LOOK],
        "words": words,
        "is_two_sided": plan.shape in TWO_SIDED,
        "has_places": plan.shape in ROUNDS_AND_PANELS,
        "is_of_peers": plan.shape in ONE_POPULATION,
        "open_places": 0 if plan.shape == PlanShape.PAIRS else open_places_of(plan).count(),
        "open_fixes": plan.run.answer.get("open_fixes", []),
        "last_change": last_change_of(plan),
        "waiting": holds_after(plan, holds),
        "moved": _moved_words(plan, before),
        "not_used": facts.not_used if plan.state == PlanState.DRAFT else [],
        "unknown": facts.unknown[:NAMES_LISTED] if plan.state == PlanState.DRAFT else [],
        **_list_context(request, plan, shown, words, number=None if words else listed[shown]),
    }
    return render(request, "matching/review.html", context)


@require_safe
def picture(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Draw a plan: who mentors whom between sites, fields or other groups, and supply and demand of each."""
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    rows = page_of(request, drawn_units(plan), size=UNITS_A_PAGE)
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "drawing": picture_of(plan, matching_of(plan.cohort), request.GET.get("by", "")),
        "rows": rows,
        "units": drawings_of(plan, list(rows)),
    }
    return render(request, "matching/picture.html", context)


@require_POST
def put_away(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Put a plan away."""
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    put_plan_away(plan=plan, by=request.user, now=timezone.now())
    messages.success(request, _("%s is put away. It stands at the end of the list.") % plan.name)
    return redirect("matching:plans", cohort_id)


@require_POST
def take_out(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Take a plan out again."""
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    take_plan_out(plan=plan, by=request.user, now=timezone.now())
    return redirect("matching:review", cohort_id, plan_id)


@require_POST
def note(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Keep the note beside a plan."""
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        note_plan(plan=plan, note=form.cleaned_data["note"], by=request.user, now=timezone.now())
    return redirect("matching:history", cohort_id, plan_id)


@require_safe
def compare(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show up to four plans side by side."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    asked = keys_in(request.GET.getlist("plan"))
    found = sorted(plans_of(cohort).filter(pk__in=asked[:MOST_PLANS_COMPARED]), key=lambda plan: asked.index(plan.pk))
    comparison = comparison_of(found) if len(found) > 1 else None
    rows = page_of(request, comparison.switches) if comparison else None
    context = {"cohort": cohort, "comparison": comparison, "rows": rows, "too_many": len(asked) > MOST_PLANS_COMPARED}
    return render(request, "matching/compare.html", context)


def meanings_in(matching: Matching) -> dict[str, str]:
    """Return what each rule of a rule set means, by its name."""
    return {rule.name: meaning_of(rule, matching) for rule in matching.rules}


def _list_context(
    request: HttpRequest, plan: Plan, shown: PlanFilter, words: str, *, number: int | None
) -> dict[str, Any]:
    """Return what the chosen filter lists, of those whom some words name; `number` is how many, where that is known."""
    left_out = left_out_of(plan)
    if words:
        left_out = left_out.filter(application__in=keys_called(people_in(plan), words))
    if shown is PlanFilter.LEFT_OUT:
        return {"rows": page_of(request, left_out, size=ROWS_A_PAGE)}
    if shown is PlanFilter.APART:
        return {"rows": page_of(request, holds_of(plan.cohort).filter(kind="apart"), size=ROWS_A_PAGE)}
    found = list(left_out[:NAMES_LISTED]) if words else []
    meanings = meanings_in(facts_of(plan).matching)
    if shows_units(plan, shown):
        rows = page_of(request, units_found(plan, shown, words), size=UNITS_A_PAGE)
        cards = unit_cards(plan, list(rows), meanings)
        return {"rows": rows, "units": cards, "look_line": look_line_of(plan), "left_out_found": found}
    pairs = pairs_found(plan, shown, words)
    rows, look_line = page_of(request, pairs, size=CARDS_A_PAGE, number=number), look_line_of(plan)
    pair_cards = cards_of(list(rows), meanings, look_line=look_line)
    return {"rows": rows, "cards": pair_cards, "look_line": look_line, "left_out_found": found}


def _moved_words(plan: Plan, before: Plan | None) -> str:
    """Return how many people moved when a plan was worked out again, and because of what."""
    if before is None or plan.run.based_on_id != before.pk:
        return ""
    locks, apart = facts_of(plan).locks, facts_of(plan).apart
    moved = moved_count(plan, before)
    people = ngettext("%d person moved", "%d people moved", moved) % moved
    because = [
        ngettext("your %d lock", "your %d locks", locks) % locks if locks else "",
        ngettext("%d pair kept apart", "%d pairs kept apart", apart) % apart if apart else "",
    ]
    reasons = _(" and ").join(filter(None, because))
    return _("%(people)s because of %(reasons)s.") % {"people": people, "reasons": reasons} if reasons else f"{people}."
