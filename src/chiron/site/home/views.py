"""Each person's first page, and the two switches of a demo."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.home.forms import LookForm, StageForm
from chiron.site.home.http import COHORT_KEY, LOOK_KEY, chosen_cohort
from chiron.site.home.queries import demo_cohorts, demo_person, facts_of, next_steps_of, places_of
from chiron.site.home.rules import Look, needs, next_act, sentence, tasks
from chiron.site.people.http import PersonRequest
from chiron.site.people.queries import site_has_people
from chiron.site.people.rules import PLACEHOLDER_EMAIL
from chiron.site.people.views import front_page
from chiron.site.programs.queries import cohorts_coordinated_by
from chiron.site.programs.rules import CohortStage
from chiron.site.programs.views import finder


@login_not_required
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Show a person what needs them today; a visitor finds the programmes."""
    if not request.user.is_authenticated:
        return finder(request) if site_has_people() else front_page(request)
    places = places_of(request.user)
    cohort = chosen_cohort(request, places.coordinated)
    first = request.session.get(COHORT_KEY, 0)
    steps = next_steps_of(request.user, places.applications, now=timezone.now(), first=first)
    context: dict[str, object] = {"places": places, "steps": steps}
    if cohort is None:
        return render(request, "home/participant.html", context)
    facts = facts_of(cohort)
    stage = CohortStage(cohort.stage)
    context |= {
        "cohort": cohort,
        "others": [one for one in places.coordinated if one.pk != cohort.pk],
        "facts": facts,
        "sentence": sentence(stage, facts),
        "tasks": tasks(stage, facts),
        "needs": needs(facts),
        "next_act": next_act(stage, facts),
        "has_no_address": request.user.email == PLACEHOLDER_EMAIL,
    }
    return render(request, "home/coordinator.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_cohort(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show one of the person's cohorts as on the first page; a press of its button makes it the one shown there."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    if request.method == "POST":
        request.session[COHORT_KEY] = cohort.pk
        return redirect("home:home")
    return home(request)


@login_not_required
@require_POST
def look_as(request: HttpRequest) -> HttpResponse:
    """Look at the demo as somebody else: sign in as one of its made-up people, or out. Only a demo has this."""
    form = LookForm(request.POST)
    if not settings.CHIRON_DEMO or not form.is_valid():
        raise Http404
    look = Look(form.cleaned_data["look"])
    cohort = chosen_cohort(request, demo_cohorts())
    person = demo_person(look, cohort) if cohort is not None and look is not Look.PUBLIC else None
    if look is Look.PUBLIC:
        logout(request)
    elif person is None:
        messages.info(request, _("Nobody in this demo has that role at this stage."))
        return redirect("home:home")
    else:
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[LOOK_KEY] = look.value
    if cohort is not None:
        request.session[COHORT_KEY] = cohort.pk
    return redirect("home:home")


@login_not_required
@require_POST
def choose_stage(request: HttpRequest) -> HttpResponse:
    """Look at the demo at another stage, as the same kind of person. Only a demo has this."""
    form = StageForm(request.POST)
    if not settings.CHIRON_DEMO or not form.is_valid():
        raise Http404
    cohort = next((one for one in demo_cohorts() if one.stage == form.cleaned_data["stage"]), None)
    if cohort is None:
        messages.info(request, _("This demo has no cohort at that stage."))
        return redirect("home:home")
    look = Look(request.session.get(LOOK_KEY, Look.COORDINATOR if request.user.is_authenticated else Look.PUBLIC))
    person = demo_person(look, cohort) if look is not Look.PUBLIC else None
    if person is not None:
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[LOOK_KEY] = look.value
    request.session[COHORT_KEY] = cohort.pk
    return redirect("home:home")
