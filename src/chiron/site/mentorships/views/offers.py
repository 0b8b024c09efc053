"""The pages of an offer and of a match, for the people in it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.matching.rules import DeclineReason, Reply
from chiron.site.mentorships.forms import DeclineForm, LeaveForm
from chiron.site.mentorships.http import match_link
from chiron.site.mentorships.operations import accept_offer, decline_offer, leave_match, take_answer_back
from chiron.site.mentorships.queries.offers import (
    answer_can_be_taken_back,
    matches_left_by,
    matches_of,
    member_of,
    offers_of,
    offers_open_for,
    own_member,
    seen_match,
    seen_offer,
    told_of_leaving,
)
from chiron.site.mentorships.queries.rooms import seen_room
from chiron.site.mentorships.rules import MATCHES_A_PAGE, EndReason
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import matching_of
from chiron.site.shared.pagination import page_of


@require_safe
def matches(request: PersonRequest) -> HttpResponse:
    """Show a person's own matches, and the offers that are not one."""
    rows = page_of(request, offers_open_for(request.user, now=timezone.now()), size=MATCHES_A_PAGE)
    context = {
        "rows": rows,
        "offers": [seen_offer(one, request.user) for one in rows],
        "matches": [seen_match(one, request.user) for one in matches_of(request.user, now=timezone.now())],
    }
    return render(request, "mentorships/matches.html", context)


@require_safe
def match(request: PersonRequest, match_id: int) -> HttpResponse:
    """Show one of a person's own matches: with whom, why, and what to do next.

    Messages that were sent before offers and matches were told apart have the offer's key here.
    """
    found = matches_of(request.user, now=timezone.now()).filter(pk=match_id).first()
    if found is None:
        older = get_object_or_404(offers_of(request.user, now=timezone.now()), pk=match_id)
        return redirect("mentorships:offer", older.pk)
    me = found.offer.members.filter(application__person=request.user).first() if found.offer is not None else None
    can_undo = me is not None and answer_can_be_taken_back(me.offer, me, now=timezone.now())
    seen = seen_match(found, request.user, matching=matching_of(found.cohort))
    context = {
        "match": seen,
        "room": seen_room(found, request.user),
        "offer_id": found.offer_id,
        "can_undo": can_undo,
    }
    return render(request, "mentorships/match.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PersonRequest, match_id: int) -> HttpResponse:
    """Ask somebody who wants to leave a match why, show what the others will read, and end it for them."""
    found = get_object_or_404(matches_left_by(request.user, now=timezone.now()), pk=match_id)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = EndReason(form.cleaned_data["reason"])
        me = own_member(found, request.user)
        leave_match(match=found, member=me, reason=reason, by=request.user, now=timezone.now())
        messages.success(request, _("You have left this match. The coordinator tells the others."))
        return redirect("mentorships:match", match_id)
    subject, body = told_of_leaving(found, request.user)
    context = {"match": seen_match(found, request.user), "form": form, "subject": subject, "body": body}
    return render(request, "mentorships/leave.html", context)


@require_safe
def offer(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Show one of a person's own offers: with whom, why, and what to answer; once it is a match, that."""
    found = get_object_or_404(offers_of(request.user, now=timezone.now()), pk=offer_id)
    seen = seen_offer(found, request.user, matching=matching_of(found.cohort))
    if seen.match_id and seen.my_reply in {Reply.YES, Reply.ASSIGNED}:
        return redirect("mentorships:match", seen.match_id)
    can_undo = answer_can_be_taken_back(found, member_of(found, request.user), now=timezone.now())
    return render(request, "mentorships/offer.html", {"offer": seen, "can_undo": can_undo})


@require_POST
def accept(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Say yes to an offer."""
    found = get_object_or_404(offers_of(request.user, now=timezone.now()), pk=offer_id)
    me = member_of(found, request.user)
    if me.reply != Reply.YES:  # a second press says the same
        accept_offer(member=me, link_to=match_link, by=request.user, now=timezone.now())
    return redirect("mentorships:offer", offer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Say no to an offer, with one reason from a list."""
    found = get_object_or_404(offers_of(request.user, now=timezone.now()), pk=offer_id)
    me = member_of(found, request.user)
    if me.reply == Reply.NO:
        return redirect("mentorships:offer", offer_id)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = DeclineReason(form.cleaned_data["reason"])
        decline_offer(member=me, reason=reason, by=request.user, now=timezone.now())
        return redirect("mentorships:offer", offer_id)
    return render(request, "mentorships/decline.html", {"offer": seen_offer(found, request.user), "form": form})


@require_POST
def undo(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Take a yes or a no back, before anybody was told of it."""
    found = get_object_or_404(offers_of(request.user, now=timezone.now()), pk=offer_id)
    take_answer_back(member=member_of(found, request.user), by=request.user, now=timezone.now())
    return redirect("mentorships:offer", offer_id)
