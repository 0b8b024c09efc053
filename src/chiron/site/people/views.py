"""Signing in by a link, signing out, and what a person sees and corrects about themself."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.people.forms import AddPasskeyForm, AddressForm, MyDataForm, OwnerDataForm
from chiron.site.people.http import PersonRequest, limited, needs_mail, remember_device
from chiron.site.people.operations import (
    ask_for_address,
    change_address,
    correct_person,
    give_first_email,
    keep_address,
    note_own_data_taken,
    use_sign_in_link,
)
from chiron.site.people.queries import (
    everything_about,
    open_address_change_of,
    own_address_change,
    own_data_of,
    site_has_people,
    state_of_link,
)
from chiron.site.people.rules import PLACEHOLDER_EMAIL, Act, LinkRefusedError, LinkState, link_refusal


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited(Act.USE_LINK)
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button that signs a person in once; only pressing it uses the link up, so mail scanners cannot."""
    if request.method == "POST":
        try:
            person = use_sign_in_link(token=token, now=timezone.now())
        except LinkRefusedError as refusal:
            return dead_link(request, refusal.state)
        # Through the stages of allauth: who has set up a second step takes it after a link, too.
        answer: HttpResponse = perform_login(request, Login(user=person, redirect_url="/"))
        return answer
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
            person = give_first_email(person=person, email=said["email"], by=person, now=timezone.now())
            update_session_auth_hash(request, person)
        correct_person(
            person=person, name=said["name"], language=said["language"], time_zone=said["time_zone"],
            by=person, now=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("Your details are saved."))
        return redirect("people:my_data")
    return render(request, "people/my_data.html", {"form": form, "data": data, "is_new": is_new})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_mail
@limited(Act.CHANGE_ADDRESS)
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def address(request: PersonRequest) -> HttpResponse:
    """Ask for another address, or show the one that waits to be confirmed."""
    person = request.user
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_for_address(
            person=person,
            email=form.cleaned_data["email"],
            link_to=lambda token: settings.CHIRON_SITE_URL + reverse("people:confirm_address", args=[token]),
            account=settings.CHIRON_SITE_URL + reverse("people:address"),
            by=person,
            now=timezone.now(),
        )
        return redirect("people:address")
    waiting = open_address_change_of(person, now=timezone.now())
    return render(request, "people/address.html", {"form": form, "waiting": waiting})


@require_POST
def keep_my_address(request: PersonRequest) -> HttpResponse:
    """Keep the address as it is."""
    keep_address(person=request.user, by=request.user, now=timezone.now())
    messages.success(request, _("Your address stays as it is."))
    return redirect("people:address")


@require_http_methods(["GET", "HEAD", "POST"])
@limited(Act.USE_LINK)
def confirm_address(request: PersonRequest, token: str) -> HttpResponse:
    """Show a button that lets the new address count; only the person who asked for it, signed in, can press it."""
    change = own_address_change(request.user, token, now=timezone.now())
    if change is None:
        return render(request, "people/dead_address_link.html", status=410)
    if request.method == "POST":
        person = change_address(change=change, by=request.user, now=timezone.now())
        update_session_auth_hash(request, person)
        messages.success(request, _("Your address is changed. Every other device was signed out."))
        return remember_device(redirect("people:my_data"), person)
    return render(request, "people/confirm_address.html", {"change": change})


@require_safe
def my_data_file(request: PersonRequest) -> HttpResponse:
    """Give a person a file of what is kept about them."""
    found = everything_about(request.user)
    if request.method == "GET":
        rows = sum(len(kept) for kept in found["kept"].values()) + len(found["events"])
        note_own_data_taken(person=request.user, rows=rows, now=timezone.now())
    answer = JsonResponse(found, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Adds a passkey; whoever has just used it need not prove at once that they have it."""

    def form_valid(self, form: AddPasskeyForm) -> HttpResponse:
        """Add the passkey, and count this as the proof."""
        answer: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="webauthn", reauthenticated=True)
        return answer


@login_not_required
@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    """Say what this site is and what to do first, while no later stage has a front page."""
    return render(request, "people/front_page.html", {"is_empty": not site_has_people()})
