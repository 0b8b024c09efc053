"""What a coordinator does about offers and matches: remind, take back, ask again, end; and somebody who leaves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.applications.queries import applications_screenable_by
from chiron.site.applications.rules import NEXT_STAGES, Stage
from chiron.site.matching.operations.offers import lift_refusal
from chiron.site.matching.queries.offers import offers_refused_in, round_facts_of
from chiron.site.matching.rules import OfferState
from chiron.site.mentorships.forms import EndForm
from chiron.site.mentorships.http import is_read_anew, match_link, offer_link
from chiron.site.mentorships.operations import (
    end_match,
    offer_to_next,
    take_participant_back,
    withdraw_participant,
)
from chiron.site.mentorships.operations.joining import take_joiners_of_back
from chiron.site.mentorships.operations.offers import remind_now, take_offer_back
from chiron.site.mentorships.queries.next_offer import (
    can_be_followed,
    mentor_of,
    next_answer_by,
    next_digest,
    next_leaves_at,
    next_letters,
    next_of,
    with_people,
)
from chiron.site.mentorships.queries.offers import (
    has_joiners_waiting,
    matches_overseen_by,
    offers_overseen_by,
    offers_waiting_in,
)
from chiron.site.mentorships.queries.withdrawing import ending_with, told_of_withdrawal
from chiron.site.mentorships.rules import MATCHES_A_PAGE, ClosedKind, EndReason
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import ask_for_approval
from chiron.site.programs.queries import approval_asked, cohorts_coordinated_by, may_act
from chiron.site.programs.rules import ApprovedAct
from chiron.site.shared.pagination import page_of


@require_safe
def answers(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show the offers of a cohort that wait, with what can be done, and those that were declined or lapsed."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    rows = page_of(request, offers_waiting_in(cohort), size=MATCHES_A_PAGE)
    refused = list(offers_refused_in(cohort)[:MATCHES_A_PAGE])
    context = {
        "cohort": cohort,
        "facts": round_facts_of(cohort),
        "rows": rows,
        "waiting": rows.paginator.count,
        "refused": refused,
        "joined": {one.pk for one in rows if has_joiners_waiting(one)},
        "followable": {one.pk for one in (*rows, *refused) if can_be_followed(one)},
        "matches": matches_overseen_by(request.user).filter(cohort=cohort)[:MATCHES_A_PAGE],
    }
    return render(request, "mentorships/answers.html", context)


@require_POST
def remind(request: PersonRequest, cohort_id: int, offer_id: int) -> HttpResponse:
    """Remind those who have not answered an offer."""
    offer = get_object_or_404(offers_overseen_by(request.user).filter(cohort=cohort_id), pk=offer_id)
    count = remind_now(offer=offer, link_to=offer_link, by=request.user, now=timezone.now())
    words = ngettext("%d reminder is in the outbox.", "%d reminders are in the outbox.", count) % count
    nobody = _("Nobody is reminded: the message about this offer has not left yet.")
    messages.success(request, words if count else nobody)
    return redirect("mentorships:answers", cohort_id)


@require_POST
def take_back(request: PersonRequest, cohort_id: int, offer_id: int) -> HttpResponse:
    """Take an offer back that waits, or of a group only those who were asked to join it; they are free again."""
    offer = get_object_or_404(offers_overseen_by(request.user).filter(cohort=cohort_id), pk=offer_id)
    if request.POST.get("which") == "joiners":
        count = take_joiners_of_back(offer=offer, by=request.user, now=timezone.now())
        words = ngettext("%d person is asked no longer.", "%d people are asked no longer.", count) % count
        messages.success(request, f"{words} {_('The group stays as it is.')}")
        return redirect("mentorships:answers", cohort_id)
    take_offer_back(offer=offer, by=request.user, now=timezone.now())
    messages.success(request, _("The offer is taken back. Its people are free for the next plan."))
    return redirect("mentorships:answers", cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
def offer_next(request: PersonRequest, cohort_id: int, offer_id: int) -> HttpResponse:
    """Show who is next for the mentor of an offer and the exact messages, then offer them each other."""
    offer = get_object_or_404(with_people(offers_overseen_by(request.user)).filter(cohort=cohort_id), pk=offer_id)
    if not can_be_followed(offer):
        messages.warning(request, _("The mentor of this offer cannot be offered to anybody else."))
        return redirect("mentorships:answers", cohort_id)
    following, now = next_of(offer), timezone.now()
    seen = "" if following is None else next_digest(offer, following)
    is_mine = may_act(offer.cohort, ApprovedAct.NEXT, offer.pk, seen=seen, by=request.user)
    if request.method == "POST" and following is not None:
        if request.POST.get("seen", "") != seen:
            messages.warning(request, _("Somebody else is next by now, or reads other words. Read the messages again."))
            return redirect("mentorships:offer_next", cohort_id, offer_id)
        if is_read_anew(request, is_mine=is_mine):
            return redirect("mentorships:offer_next", cohort_id, offer_id)
        if not is_mine:
            ask_for_approval(
                cohort=offer.cohort, act=ApprovedAct.NEXT, subject=offer, seen=seen, by=request.user, now=now
            )
            messages.success(request, _("Another coordinator of this cohort reads the messages and sends them."))
            return redirect("mentorships:offer_next", cohort_id, offer_id)
        made = offer_to_next(offer=offer, following=following, link_to=offer_link, by=request.user, now=now)
        names = " · ".join(str(one.application.person) for one in made.members.select_related("application__person"))
        messages.success(request, _("Offered: %s. The messages are in the outbox.") % names)
        return redirect("mentorships:answers", cohort_id)
    asked = approval_asked(offer.cohort, ApprovedAct.NEXT, offer.pk)
    context = {
        "cohort": offer.cohort,
        "offer": offer,
        "seen": seen,
        "mentor": mentor_of(offer),
        "following": following,
        "letters": [] if following is None else next_letters(offer, following, link=offer_link(0), now=now),
        "answer_by": next_answer_by(offer, now=now),
        "leaves_at": next_leaves_at(offer, now=now),
        "leaves_now": next_leaves_at(offer, now=now) <= now,
        "is_waiting": offer.state == OfferState.OFFERED,
        "is_mine": is_mine,
        "asked": asked,
        "is_outdated": asked is not None and asked.seen != seen,
    }
    return render(request, "mentorships/offer_next.html", context)


@require_POST
def lift(request: PersonRequest, cohort_id: int, offer_id: int) -> HttpResponse:
    """Let the people of an offer that came to nothing be proposed to each other again."""
    offer = get_object_or_404(offers_overseen_by(request.user).filter(cohort=cohort_id), pk=offer_id)
    lift_refusal(offer=offer, by=request.user, now=timezone.now())
    messages.success(request, _("The next plan may propose these people to each other again."))
    return redirect("mentorships:answers", cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: PersonRequest, cohort_id: int, match_id: int) -> HttpResponse:
    """End a running match, with one reason from a list."""
    match = get_object_or_404(matches_overseen_by(request.user).filter(cohort=cohort_id), pk=match_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = EndReason(form.cleaned_data["reason"])
        end_match(match=match, kind=ClosedKind.EARLY, reason=reason, by=request.user, now=timezone.now())
        messages.success(request, _("The match has ended. A message to each of them waits in the outbox."))
        return redirect("mentorships:answers", cohort_id)
    return render(request, "mentorships/end.html", {"cohort": match.cohort, "match": match, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest, cohort_id: int, application_id: int) -> HttpResponse:
    """Ask before somebody is withdrawn: what ends with it, and what the others will read; then do it."""
    applications = applications_screenable_by(request.user).filter(cohort_id=cohort_id)
    application = get_object_or_404(applications, pk=application_id)
    if request.method != "POST":
        if Stage.WITHDRAWN not in NEXT_STAGES[Stage(application.stage)]:
            return redirect("applications:person", cohort_id, application_id)
        context = {
            "cohort": application.cohort,
            "application": application,
            "ending": ending_with(application),
            "told": told_of_withdrawal(application),
        }
        return render(request, "mentorships/withdraw.html", context)
    withdraw_participant(application=application, link_to=match_link, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("The application is withdrawn, with its offers and matches. Messages to the others wait in the outbox."),
    )
    return redirect("applications:person", cohort_id, application_id)


@require_POST
def back_in(request: PersonRequest, cohort_id: int, application_id: int) -> HttpResponse:
    """Accept somebody who was declined or withdrawn after all; matches that nobody was told the end of go on."""
    applications = applications_screenable_by(request.user).filter(cohort_id=cohort_id)
    application = get_object_or_404(applications, pk=application_id)
    given = take_participant_back(application=application, by=request.user, now=timezone.now())
    matches, offers = given.matches, given.offers
    words = [_("%(name)s is in the matching pool again.") % {"name": application.person}]
    if matches:
        words.append(ngettext("%d match goes on as it was.", "%d matches go on as they were.", matches) % matches)
    if offers:
        words.append(ngettext("%d offer waits again.", "%d offers wait again.", offers) % offers)
    messages.success(request, " ".join(words))
    if given.lost:
        lost = _("Not given back, as somebody was told, or a place or the day to answer by is gone: with %s.")
        messages.warning(request, lost % "; ".join(given.lost))
    return redirect("applications:person", cohort_id, application_id)
