"""The pages of a run: start it, watch it, stop it and keep its plan."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from chiron.site.applications.rules.application import Role
from chiron.site.matching.forms.plans import AimForm, PlacesForm
from chiron.site.matching.operations.fixes import add_places
from chiron.site.matching.operations.runs import ask_for_run, stop_run
from chiron.site.matching.queries.plans import people_in, plans_of, plans_reviewable_by
from chiron.site.matching.queries.pools import shape_of
from chiron.site.matching.queries.runs import run_open_in, runs_watchable_by
from chiron.site.matching.rules import aim_words, phase_words
from chiron.site.matching.views.plans import plans_page
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import cohorts_coordinated_by


@require_POST
def start(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Ask for a plan with the chosen aim."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    if (open_run := run_open_in(cohort)) is not None:  # pressed twice, or by a colleague in the meantime
        return redirect("matching:run", cohort.pk, open_run.pk)
    form = AimForm(request.POST, aim=cohort.matching.get("aim", "everyone"), shape=shape_of(cohort))
    if not form.is_valid():
        return plans_page(request, cohort, form)
    run = ask_for_run(cohort=cohort, aim=form.cleaned_data["aim"], by=request.user, now=timezone.now())
    return redirect("matching:run", cohort.pk, run.pk)


@require_POST
def again(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Work a plan out again with the same aim, the present rules, locks and people kept apart."""
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    run = ask_for_run(cohort=plan.cohort, aim=plan.run.aim, based_on=plan, by=request.user, now=timezone.now())
    return redirect("matching:run", cohort_id, run.pk)


@require_POST
def places(request: PersonRequest, cohort_id: int, plan_id: int, mentor_id: int) -> HttpResponse:
    """Give a mentor more places, as a fix says, and work the plan out again."""
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    mentor = get_object_or_404(people_in(plan), pk=mentor_id, role=Role.MENTOR)
    form = PlacesForm(request.POST)
    number = form.cleaned_data["number"] if form.is_valid() else 1
    run = add_places(plan=plan, mentor=mentor, number=number, by=request.user, now=timezone.now())
    text = ngettext("%(name)s has %(number)d more place.", "%(name)s has %(number)d more places.", number)
    messages.success(request, text % {"name": mentor.person, "number": number})
    return redirect("matching:run", cohort_id, run.pk)


@require_safe
def run(request: PersonRequest, cohort_id: int, run_id: int) -> HttpResponse:
    """Show what a run is doing; without JavaScript the page asks for itself again."""
    return _run_page(request, cohort_id, run_id, "matching/run.html")


@require_safe
def run_status(request: PersonRequest, cohort_id: int, run_id: int) -> HttpResponse:
    """Give the part of the page that changes; once the run has finished, send the browser on."""
    answer = _run_page(request, cohort_id, run_id, "matching/run_status.html")
    if answer.headers.get("X-Run") == "finished":
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
def stop(request: PersonRequest, cohort_id: int, run_id: int) -> HttpResponse:
    """Stop a run and keep its best plan so far."""
    found = get_object_or_404(runs_watchable_by(request.user), pk=run_id, cohort=cohort_id)
    stop_run(run=found, by=request.user, now=timezone.now())
    messages.success(request, _("Stopping. The best plan so far is kept, if there is one."))
    return redirect("matching:run", cohort_id, run_id)


def _run_page(request: PersonRequest, cohort_id: int, run_id: int, template: str) -> HttpResponse:
    found = get_object_or_404(runs_watchable_by(request.user), pk=run_id, cohort=cohort_id)
    plan = None if found.is_open else plans_of(found.cohort).filter(run=found).first()
    context = {
        "cohort": found.cohort,
        "run": found,
        "plan": plan,
        "phase": phase_words(found.phase),
        "aim": aim_words()[found.aim],
        "seconds": int((timezone.now() - found.started_at).total_seconds()) if found.started_at else 0,
    }
    answer = render(request, template, context)
    if not found.is_open:
        answer.headers["X-Run"] = "finished"
    return answer
