"""The pages of one place in a plan of a larger shape: what it could have instead, and what that does to everybody."""

from functools import partial
from typing import get_args
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from chiron.blueprints.hand.shape_in_hand import SeatChange, SeatChangeKind
from chiron.site.matching.bridge.hand import OpenSeats, open_seats, preview_seat
from chiron.site.matching.operations.seats import change_seat
from chiron.site.matching.queries import Application, Plan
from chiron.site.matching.queries.plans import people_in, plans_reviewable_by
from chiron.site.matching.rules import SEATS_A_PAGE, TWO_SIDED, PlanState, require_draft
from chiron.site.matching.views.saving import form_unless_saved
from chiron.site.people.http import PersonRequest
from chiron.site.shared.pagination import page_of


@require_safe
def seat(request: PersonRequest, cohort_id: int, plan_id: int, person_id: int) -> HttpResponse:
    """List what a place of somebody could have instead, each with what it would do to everybody."""
    plan, person = _plan(request, cohort_id, plan_id, person_id)
    if plan.shape in TWO_SIDED:
        return redirect("matching:mentors", cohort_id, plan_id, person_id)
    require_draft(PlanState(plan.state), plan.name)
    opened = _opened(plan, person)
    place = _place(request, opened, person)
    key = str(person.pk)
    rows = page_of(request, [*opened.hand.options(key, place), *_out(opened, key, place)], size=SEATS_A_PAGE)
    choices = [
        (preview_seat(opened, key, place, act), _address("matching:change_seat", plan, person, place, act))
        for act in rows
    ]
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "person": person,
        "place": place,
        "places": [(one, _address("matching:seat", plan, person, one)) for one in opened.hand.places(key)],
        "present": _present(opened, key, place),
        "rows": rows,
        "choices": choices,
    }
    return render(request, "matching/seat.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PersonRequest, cohort_id: int, plan_id: int, person_id: int) -> HttpResponse:
    """Show what one change of a place would do to everybody, and save it with the reason."""
    plan, person = _plan(request, cohort_id, plan_id, person_id)
    if plan.shape in TWO_SIDED:
        return redirect("matching:mentors", cohort_id, plan_id, person_id)
    require_draft(PlanState(plan.state), plan.name)
    opened = _opened(plan, person)
    place, act = _place(request, opened, person), _act(request, opened, person)
    form = form_unless_saved(request, partial(change_seat, plan=plan, person=person, place=place, act=act))
    if form is None:
        return redirect("matching:review", cohort_id, plan_id)
    preview = preview_seat(opened, str(person.pk), place, act)
    form.initial["seen"] = preview.seen
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "person": person,
        "place": place,
        "preview": preview,
        "back": _address("matching:seat", plan, person, place),
        "form": form,
    }
    return render(request, "matching/change_seat.html", context)


def _plan(request: PersonRequest, cohort_id: int, plan_id: int, person_id: int) -> tuple[Plan, Application]:
    plan = get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)
    return plan, get_object_or_404(people_in(plan), pk=person_id)


def _opened(plan: Plan, person: Application) -> OpenSeats:
    """Return the plan opened for changes of somebody; 404 where the run did not know them."""
    opened = open_seats(plan, changing=str(person.pk))
    if not opened.knows(str(person.pk)):
        raise Http404
    return opened


def _place(request: PersonRequest, opened: OpenSeats, person: Application) -> str:
    """Return which of somebody's places an address means; where it says none, the first."""
    places = opened.hand.places(str(person.pk))
    asked = request.GET.get("place", "")
    if asked in places:
        return asked
    if asked or not places:
        raise Http404
    return places[0]


def _act(request: PersonRequest, opened: OpenSeats, person: Application) -> SeatChange:
    """Return which change an address means; 404 for one that the place does not have."""
    kind, target = request.GET.get("kind", ""), request.GET.get("to", "")
    found = next((SeatChange(one, target) for one in get_args(SeatChangeKind) if one == kind), None)
    key = str(person.pk)
    place = _place(request, opened, person)
    if found is None or found not in [*opened.hand.options(key, place), *_out(opened, key, place)]:
        raise Http404
    return found


def _out(opened: OpenSeats, key: str, place: str) -> list[SeatChange]:
    """Return the change that leaves a place empty, where somebody fills it."""
    return [SeatChange("out")] if _present(opened, key, place) else []


def _present(opened: OpenSeats, key: str, place: str) -> str:
    """Return whom or what group a place has, in words."""
    return ", ".join(opened.called(one) for one in opened.hand.present(key, place))


def _address(name: str, plan: Plan, person: Application, place: str, act: SeatChange | None = None) -> str:
    asked = {"place": place} if place else {}
    if act is not None:
        asked |= {"kind": act.kind, "to": act.target}
    return f"{reverse(name, args=[plan.cohort_id, plan.pk, person.pk])}?{urlencode(asked)}"
