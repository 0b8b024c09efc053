"""The pages of publishing, for coordinators."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.matching.operations.plans import ask_to_publish
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import MemberPart, PlanState
from chiron.site.mentorships.forms import PublishForm
from chiron.site.mentorships.http import offer_link
from chiron.site.mentorships.operations import offer_rest, publish_plan, unpublish_plan
from chiron.site.mentorships.queries.proposals import Proposal, proposals_of
from chiron.site.mentorships.queries.publishing import (
    Letter,
    apart_in,
    counts_of,
    digest_of,
    gone_in,
    has_answers,
    left_out_letters,
    letters_for,
    may_publish,
    notices_published,
    offers_published,
    plans_publishable_by,
    publication_of,
    publications_standing,
    taken_in,
)
from chiron.site.mentorships.rules import EXAMPLES, MATCHES_A_PAGE, EndReason
from chiron.site.notices.rules import LEFT
from chiron.site.people.http import PersonRequest
from chiron.site.shared.pagination import page_of


@require_safe
def publish(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show who will be told what and when, or, once published, who was told what and has answered."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication = publication_of(plan)
    context: dict[str, Any] = {"cohort": plan.cohort, "plan": plan}
    if publication is not None:
        notices = list(notices_published(publication).values_list("state", flat=True))
        context |= {
            "publication": publication,
            "rows": page_of(request, offers_published(publication), size=MATCHES_A_PAGE),
            "counts": counts_of(publication),
            "messages_written": len(notices),
            "messages_left": sum(state in LEFT for state in notices),
            "has_answers": has_answers(publication),
            "end_reasons": EndReason.choices,
            "held_back": len(proposals_of(plan)),
        }
        return render(request, "mentorships/published.html", context)
    proposals = proposals_of(plan)
    usual = offers_spec_of(plan.cohort).answer_days
    asked = request.GET if "when" in request.GET else None
    form = PublishForm(asked, pairs=_words(proposals), now=timezone.now(), answer_days=usual)
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('mentorships:check', args=[cohort_id, plan_id])}?{request.GET.urlencode()}")
    letters = letters_for(plan.cohort, proposals, link_of=lambda _one: offer_link(0), answer_by=None)
    context |= {
        "form": form,
        "pairs": len(proposals),
        "mentees": sum(letter.part is not MemberPart.MENTOR for letter in letters),
        "mentors": sum(letter.part is MemberPart.MENTOR for letter in letters),
        "is_draft": plan.state == PlanState.DRAFT,
        "apart": apart_in(plan),
        "gone": gone_in(plan),
        "taken": taken_in(plan),
        "left_out": len(left_out_letters(plan)),
    }
    return render(request, "mentorships/publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show the exact messages and their number, then publish."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    if plan.state == PlanState.PUBLISHED:  # pressed twice, or by a colleague in the meantime
        return redirect("mentorships:publish", cohort_id, plan_id)
    every = proposals_of(plan)
    data = request.POST if request.method == "POST" else request.GET
    form = PublishForm(data, pairs=_words(every), now=timezone.now())
    if not form.is_valid():
        return redirect(f"{reverse('mentorships:publish', args=[cohort_id, plan_id])}?{request.GET.urlencode()}")
    if request.method == "POST" and request.POST.get("seen", digest_of(every)) != digest_of(every):
        messages.warning(request, _("The plan has changed since you read the messages. Read them again."))
        return redirect("mentorships:publish", cohort_id, plan_id)
    days = form.cleaned_data["answer_days"] or offers_spec_of(plan.cohort).answer_days
    is_mine = may_publish(plan, request.user, digest_of(every))
    if request.method == "POST" and not is_mine:
        ask_to_publish(plan=plan, seen=digest_of(every), by=request.user, now=timezone.now())
        messages.success(request, _("Another coordinator of this cohort reads the messages and publishes the plan."))
        return redirect("mentorships:publish", cohort_id, plan_id)
    if request.method == "POST":
        publication = publish_plan(
            plan=plan,
            held_back=form.held(),
            send_after=form.moment(),
            answer_days=days,
            link_to=offer_link,
            by=request.user,
            now=timezone.now(),
        )
        count = notices_published(publication).count()
        messages.success(request, _("%(plan)s is published. %(count)d messages are in the outbox.") % {
            "plan": plan.name, "count": count,
        })  # fmt: skip
        return redirect("mentorships:publish", cohort_id, plan_id)
    held = set(form.held())
    offered = proposals_of(plan, held_back=held)
    answer_by = (form.moment() or timezone.now()) + timedelta(days=days)
    letters = letters_for(plan.cohort, offered, link_of=lambda _one: offer_link(0), answer_by=answer_by)
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "form": form,
        "letters": letters,
        "rows": page_of(request, letters, size=MATCHES_A_PAGE),
        "examples": _examples(letters),
        "held": [words for key, words in _words(every) if key in held],
        "held_keys": sorted(held),
        "moment": form.moment(),
        "answer_by": answer_by,
        "days": days,
        "seen": digest_of(every),
        "is_mine": is_mine,
    }
    return render(request, "mentorships/check.html", context)


@require_POST
def unpublish(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Take a publishing back, before the first message leaves."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication = get_object_or_404(publications_standing(plan))
    count = unpublish_plan(publication=publication, by=request.user, now=timezone.now())
    words = ngettext("%d offer is taken back.", "%d offers are taken back.", count) % count
    more = _("Whoever had been told gets a message, which waits in the outbox.")
    messages.success(request, f"{words} {more}")
    plan.refresh_from_db()
    return redirect("matching:review" if plan.state == PlanState.DRAFT else "mentorships:publish", cohort_id, plan_id)


@require_POST
def rest(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Offer the pairs that were held back."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication = get_object_or_404(publications_standing(plan))
    offer_rest(publication=publication, link_to=offer_link, by=request.user, now=timezone.now())
    return redirect("mentorships:publish", cohort_id, plan_id)


def _words(proposals: Sequence[Proposal]) -> list[tuple[int, str]]:
    """Return each proposal by the key of its first mentee's application and in words."""
    return [
        (one.others[0].application.pk, " · ".join(str(member.application.person) for member in one.named))
        for one in proposals
    ]


def _examples(letters: list[Letter]) -> list[Letter]:
    """Return three real messages: the first and the last to a mentee, and the longest to a mentor."""
    others = [letter for letter in letters if letter.part is not MemberPart.MENTOR]
    mentors = [letter for letter in letters if letter.part is MemberPart.MENTOR]
    return [*others[:1], *others[1:][-1:], *sorted(mentors, key=lambda letter: -len(letter.body))[:1]][:EXAMPLES]
