"""The pages of a cohort's people: the list, one person, and the decisions about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.applications.forms.application import CapacityForm, ShownForm, address, chosen
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.operations.application import (
    accept_application,
    accept_applications,
    decline_application,
    undo_decisions,
)
from chiron.site.applications.queries.application import (
    applications_coordinated_by,
    applications_screenable_by,
    applications_shown,
    counts_of,
    decisions_told,
    decisions_undoable_by,
)
from chiron.site.applications.rules.answers import answers_in_words, unanswered
from chiron.site.applications.rules.application import DECIDED, NEXT_STAGES, OUT, SIDES, ApplicationFilter, Role, Stage
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import cohorts_coordinated_by, matching_of
from chiron.site.shared.forms import keys_in
from chiron.site.shared.pagination import page_of


@dataclass(frozen=True, slots=True)
class RoleFilterLink:
    """One choice above a list: its words, its address, how many it shows, and whether it is the present one."""

    label: str
    url: str
    number: int
    is_current: bool


@require_safe
def people(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show the people of a cohort, those whom the address asks for."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    form = ShownForm(request.GET)
    shown = form.shown()
    applications = applications_coordinated_by(request.user).filter(cohort=cohort)
    counts = counts_of(cohort)
    rows = page_of(
        request,
        applications_shown(applications, shown).select_related(None).select_related("person", "site").defer("answers"),
        number=None if shown.words.split() else _number_shown(counts, shown),
        by_key=True,
    )
    waiting = [one.pk for one in rows if one.stage == Stage.SUBMITTED and one.person_id != request.user.pk]
    context = {
        "cohort": cohort,
        "filter_form": form,
        "shown": shown,
        "rows": rows,
        "waiting": waiting,
        "undoable": decisions_undoable_by(request.user, cohort, keys_in(request.GET.getlist("done"))),
        "has_people": bool(counts),
        "role_links": _role_links(shown, counts),
        "stage_links": _stage_links(shown, counts),
    }
    return render(request, "applications/people.html", context)


@require_POST
def accept_shown(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Accept the applications that the list showed as waiting, all of them or none."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    waiting = applications_screenable_by(request.user).filter(cohort=cohort, pk__in=chosen(request.POST))
    keys = [one.pk for one in waiting]
    number = accept_applications(applications=list(waiting), by=request.user, now=timezone.now(), tell=True)
    messages.success(
        request,
        ngettext(
            "%(number)d person is in the matching pool. A message to them waits in the outbox.",
            "%(number)d people are in the matching pool. A message to each of them waits in the outbox.",
            number,
        )
        % {"number": number},
    )
    return redirect(f"{reverse('applications:people', args=[cohort_id])}?{urlencode({'done': keys}, doseq=True)}")


@require_POST
def undo_shown(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Undo the decisions that were just taken together, all of them or none."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    decided = applications_screenable_by(request.user).filter(cohort=cohort, pk__in=chosen(request.POST))
    number = undo_decisions(applications=list(decided), by=request.user, now=timezone.now())
    text = ngettext(
        "%(number)d decision is undone. The application waits again.",
        "%(number)d decisions are undone. The applications wait again.",
        number,
    )
    messages.success(request, text % {"number": number})
    return redirect("applications:people", cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: PersonRequest, cohort_id: int, application_id: int) -> HttpResponse:
    """Show one person's application; a POST changes their number of places."""
    applications = applications_coordinated_by(request.user).filter(cohort_id=cohort_id)
    application = get_object_or_404(applications, pk=application_id)
    form = CapacityForm(
        request.POST if request.method == "POST" else None,
        initial={"capacity": application.capacity, "over_because": application.over_because},
        taken=application.taken,
    )
    if request.method == "POST" and form.is_valid():
        capacity = form.cleaned_data["capacity"]
        change_capacity(
            application=application,
            capacity=capacity,
            over_because=form.cleaned_data["over_because"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The number of places is changed."))
        return redirect("applications:person", cohort_id, application_id)
    fields = matching_of(application.cohort).fields_for(SIDES[Role(application.role)])
    context = {
        "application": application,
        "cohort": application.cohort,
        "answers": answers_in_words(application.answers, fields),
        "unanswered": unanswered(application.answers, fields),
        "form": form,
        "is_own": application.person_id == request.user.pk,
        "waits": application.stage == Stage.SUBMITTED,
        "is_out": Stage(application.stage) in OUT,
        "can_withdraw": Stage.WITHDRAWN in NEXT_STAGES[Stage(application.stage)],
        "can_undo": Stage(application.stage) in DECIDED and not application.taken and not decisions_told([application]),
    }
    return render(request, "applications/person.html", context)


@require_POST
def accept(request: PersonRequest, cohort_id: int, application_id: int) -> HttpResponse:
    """Accept an application that waits for this person's decision."""
    waiting = applications_screenable_by(request.user).filter(cohort_id=cohort_id)
    application = get_object_or_404(waiting, pk=application_id)
    accept_application(application=application, by=request.user, now=timezone.now(), tell=True)
    messages.success(request, _("The applicant is in the matching pool. A message to them waits in the outbox."))
    return redirect("applications:person", cohort_id, application_id)


@require_POST
def undo_decision(request: PersonRequest, cohort_id: int, application_id: int) -> HttpResponse:
    """Undo a decision before its message has left."""
    decided = applications_screenable_by(request.user).filter(cohort_id=cohort_id)
    application = get_object_or_404(decided, pk=application_id)
    undo_decisions(applications=[application], by=request.user, now=timezone.now())
    messages.success(request, _("The decision is undone. The application waits again."))
    return redirect("applications:person", cohort_id, application_id)


@require_POST
def decline(request: PersonRequest, cohort_id: int, application_id: int) -> HttpResponse:
    """Decline an application that waits for this person's decision."""
    waiting = applications_screenable_by(request.user).filter(cohort_id=cohort_id)
    application = get_object_or_404(waiting, pk=application_id)
    decline_application(application=application, by=request.user, now=timezone.now(), tell=True)
    messages.success(request, _("The application is declined. A message to them waits in the outbox."))
    return redirect("applications:person", cohort_id, application_id)


def _number_shown(counts: Mapping[tuple[Role, Stage], int], shown: ApplicationFilter) -> int:
    """Return how many people a list without words shows."""
    return sum(
        number
        for (role, stage), number in counts.items()
        if shown.role in {None, role} and shown.stage in {None, stage}
    )


def _role_links(shown: ApplicationFilter, counts: Mapping[tuple[Role, Stage], int]) -> list[RoleFilterLink]:
    """Return one link a role, with how many people it shows at the present stage."""
    choices: list[tuple[Role | None, str]] = [
        (None, _("Everybody")),
        (Role.MENTOR, _("Mentors")),
        (Role.MENTEE, _("Mentees")),
    ]
    return [
        RoleFilterLink(
            label=label,
            url=address(ApplicationFilter(role, shown.stage, shown.words)),
            number=sum(
                number
                for (one, stage), number in counts.items()
                if role in {None, one} and shown.stage in {None, stage}
            ),
            is_current=role == shown.role,
        )
        for role, label in choices
    ]


def _stage_links(shown: ApplicationFilter, counts: Mapping[tuple[Role, Stage], int]) -> list[RoleFilterLink]:
    """Return one link a stage that anybody is at, with how many people of the present role it shows."""
    numbers = {
        stage: sum(number for (role, one), number in counts.items() if one is stage and shown.role in {None, role})
        for stage in Stage
    }
    links = [
        RoleFilterLink(
            _("Every stage"),
            address(ApplicationFilter(shown.role, None, shown.words)),
            sum(numbers.values()),
            shown.stage is None,
        )
    ]
    return links + [
        RoleFilterLink(
            str(stage.label),
            address(ApplicationFilter(shown.role, stage, shown.words)),
            numbers[stage],
            stage is shown.stage,
        )
        for stage in Stage
        if numbers[stage] or stage is shown.stage
    ]
