"""Signing in by a link, signing out, and what a person sees and corrects about themself."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.people.forms import MyDataForm, OwnerDataForm
from chiron.site.people.http import PersonRequest
from chiron.site.people.operations import correct_person, give_first_email, use_sign_in_link
from chiron.site.people.queries import own_data_of, site_has_people, state_of_link
from chiron.site.people.rules import PLACEHOLDER_EMAIL, LinkRefusedError, LinkState, link_refusal


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button that signs a person in once; only pressing it uses the link up, so mail scanners cannot."""
    if request.method == "POST":
        try:
            person = use_sign_in_link(token=token, now=timezone.now())
        except LinkRefusedError as refusal:
            return dead_link(request, refusal.state)
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("/")
    state = state_of_link(token, now=timezone.now())
    if state is not LinkState.OPEN:
        return dead_link(request, state)
    return render(request, "people/enter.html")


def dead_link(request: HttpRequest, state: LinkState) -> HttpResponse:
    """Say why a link no longer works, and the way on."""
    return render(request, "people/dead_link.html", {"message": link_refusal(state)}, status=410)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out of this device."""
    logout(request)
    return redirect("/")


@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: PersonRequest) -> HttpResponse:
    """Show what is kept about the person, and let them correct it."""
    person = request.user
    is_new = person.email == PLACEHOLDER_EMAIL
    data = own_data_of(person)
    form = (
        OwnerDataForm(request.POST or None, initial={**data, "email": ""})
        if is_new
        else MyDataForm(request.POST or None, initial=data)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if is_new:
            give_first_email(person=person, email=said["email"], by=person, now=timezone.now())
        correct_person(
            person=person, name=said["name"], language=said["language"], time_zone=said["time_zone"],
            by=person, now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Your details are saved."))
        return redirect("people:my_data")
    return render(request, "people/my_data.html", {"form": form, "data": data, "is_new": is_new})


@require_safe
def my_data_file(request: PersonRequest) -> HttpResponse:
    """Give a person a file of what is kept about them."""
    answer = JsonResponse(own_data_of(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


@login_not_required
@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    """Say what this site is and what to do first, while no later stage has a front page."""
    return render(request, "people/front_page.html", {"is_empty": not site_has_people()})
