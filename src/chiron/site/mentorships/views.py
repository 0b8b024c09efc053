"""The pages of publishing for coordinators, and of a match for the two people in it."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.matching.queries import PlanPair
from chiron.site.matching.rules import PlanState
from chiron.site.mentorships.forms import DeclineForm, PublishForm
from chiron.site.mentorships.operations import accept_match, decline_match, offer_rest, publish_plan, unpublish_plan
from chiron.site.mentorships.queries import (
    Letter,
    apart_in,
    counts_of,
    gone_in,
    letters_for,
    matches_of,
    matches_published,
    my_match,
    notices_published,
    pairs_to_offer,
    plans_publishable_by,
    publication_of,
    publications_standing,
)
from chiron.site.mentorships.rules import EXAMPLES, MATCHES_A_PAGE, DeclineReason, MatchState, Reply, Side
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
        has_left = any(state in LEFT for state in notices)
        context |= {
            "publication": publication,
            "rows": page_of(request, matches_published(publication), size=MATCHES_A_PAGE),
            "counts": counts_of(publication),
            "messages_written": len(notices),
            "has_left": has_left,
            "has_answers": matches_published(publication)
            .exclude(mentee_reply="waiting", mentor_reply="waiting")
            .exists(),
            "held_back": len(pairs_to_offer(plan)),
        }
        return render(request, "mentorships/published.html", context)
    pairs = pairs_to_offer(plan)
    form = PublishForm(request.GET if "when" in request.GET else None, pairs=_pair_words(pairs), now=timezone.now())
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('mentorships:check', args=[cohort_id, plan_id])}?{request.GET.urlencode()}")
    letters = letters_for(plan, pairs, {(pair.mentee_id, pair.mentor_id): _link(0) for pair in pairs})
    context |= {
        "form": form,
        "pairs": len(pairs),
        "mentees": sum(letter.side is Side.MENTEE for letter in letters),
        "mentors": sum(letter.side is Side.MENTOR for letter in letters),
        "is_draft": plan.state == PlanState.DRAFT,
        "apart": apart_in(plan),
        "gone": gone_in(plan),
    }
    return render(request, "mentorships/publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show the exact messages and their number, then publish."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    if plan.state == PlanState.PUBLISHED:  # pressed twice, or by a colleague in the meantime
        return redirect("mentorships:publish", cohort_id, plan_id)
    every = pairs_to_offer(plan)
    data = request.POST if request.method == "POST" else request.GET
    form = PublishForm(data, pairs=_pair_words(every), now=timezone.now())
    if not form.is_valid():
        return redirect(f"{reverse('mentorships:publish', args=[cohort_id, plan_id])}?{request.GET.urlencode()}")
    if request.method == "POST" and request.POST.get("seen", _digest(every)) != _digest(every):
        messages.warning(request, _("The plan has changed since you read the messages. Read them again."))
        return redirect("mentorships:publish", cohort_id, plan_id)
    if request.method == "POST":
        publication = publish_plan(
            plan=plan,
            held_back=form.held(),
            send_after=form.moment(),
            link_to=_link,
            by=request.user,
            now=timezone.now(),
        )
        count = notices_published(publication).count()
        messages.success(request, _("%(plan)s is published. %(count)d messages are in the outbox.") % {
            "plan": plan.name, "count": count,
        })  # fmt: skip
        return redirect("mentorships:publish", cohort_id, plan_id)
    held = set(form.held())
    pairs = [pair for pair in every if pair.mentee_id not in held]
    letters = letters_for(plan, pairs, {(pair.mentee_id, pair.mentor_id): _link(0) for pair in pairs})
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "form": form,
        "letters": letters,
        "rows": page_of(request, letters, size=MATCHES_A_PAGE),
        "examples": _examples(letters),
        "held": [words for key, words in _pair_words(every) if key in held],
        "held_keys": sorted(held),
        "moment": form.moment(),
        "seen": _digest(every),
    }
    return render(request, "mentorships/check.html", context)


@require_POST
def unpublish(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Take a publishing back, before the first message leaves."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication = get_object_or_404(publications_standing(plan))
    unpublish_plan(publication=publication, by=request.user, now=timezone.now())
    messages.success(request, _("%s is un-published. Its messages were withdrawn, and nobody was told.") % plan.name)
    return redirect("matching:review", cohort_id, plan_id)


@require_POST
def offer(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Offer the pairs that were held back."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication = get_object_or_404(publications_standing(plan))
    offer_rest(publication=publication, link_to=_link, by=request.user, now=timezone.now())
    return redirect("mentorships:publish", cohort_id, plan_id)


@require_safe
def matches(request: PersonRequest) -> HttpResponse:
    """Show a person's own matches."""
    rows = page_of(request, matches_of(request.user, now=timezone.now()), size=MATCHES_A_PAGE)
    context = {"rows": rows, "matches": [my_match(match, request.user) for match in rows]}
    return render(request, "mentorships/matches.html", context)


@require_safe
def match(request: PersonRequest, match_id: int) -> HttpResponse:
    """Show one of a person's own matches: with whom, why, and what to do next."""
    found = get_object_or_404(matches_of(request.user, now=timezone.now()), pk=match_id)
    return render(request, "mentorships/match.html", {"match": my_match(found, request.user), "MatchState": MatchState})


@require_POST
def accept(request: PersonRequest, match_id: int) -> HttpResponse:
    """Say yes to a match."""
    found = get_object_or_404(matches_of(request.user, now=timezone.now()), pk=match_id)
    mine = my_match(found, request.user)
    if mine.my_reply is not Reply.YES:  # a second press says the same
        accept_match(match=found, side=mine.side, link=_link(found.pk), by=request.user, now=timezone.now())
    return redirect("mentorships:match", match_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PersonRequest, match_id: int) -> HttpResponse:
    """Say no to a match, with one reason from a list."""
    found = get_object_or_404(matches_of(request.user, now=timezone.now()), pk=match_id)
    mine = my_match(found, request.user)
    if mine.my_reply is Reply.NO:
        return redirect("mentorships:match", match_id)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = DeclineReason(form.cleaned_data["reason"])
        decline_match(match=found, side=mine.side, reason=reason, by=request.user, now=timezone.now())
        return redirect("mentorships:match", match_id)
    return render(request, "mentorships/decline.html", {"match": mine, "form": form})


def _link(match_id: int) -> str:
    """Return the address of a match's page; 0 stands for a match that is not there yet."""
    path = reverse("mentorships:match", args=[match_id]) if match_id else reverse("mentorships:matches")
    return f"{settings.CHIRON_SITE_URL}{path}"


def _pair_words(pairs: Sequence[PlanPair]) -> list[tuple[int, str]]:
    return [(pair.mentee_id, f"{pair.mentee.person} · {pair.mentor.person}") for pair in pairs]


def _digest(pairs: Sequence[PlanPair]) -> str:
    """Return a short text that differs where the pairs do: what was read is what is published."""
    keys = sorted((pair.mentee_id, pair.mentor_id) for pair in pairs)
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:24]


def _examples(letters: list[Letter]) -> list[Letter]:
    """Return three real messages: the first and the last to a mentee, and the longest to a mentor."""
    mentees = [letter for letter in letters if letter.side is Side.MENTEE]
    mentors = sorted((letter for letter in letters if letter.side is Side.MENTOR), key=lambda letter: -len(letter.body))
    return [*mentees[:1], *mentees[1:][-1:], *mentors[:1]][:EXAMPLES]
