"""The pages of publishing, for coordinators: prepare it, read the messages, watch it, see what became of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.matching.queries import Plan
from chiron.site.matching.queries.offers import offers_spec_of
from chiron.site.matching.rules import ANSWER_DAYS, MemberPart, PlanState
from chiron.site.mentorships.forms import PublishForm, publish_initial
from chiron.site.mentorships.http import is_read_anew, offer_link
from chiron.site.mentorships.operations import (
    ask_for_publishing,
    ask_for_rest,
    ask_to_unpublish,
    offer_rest,
    prepare_publishing,
    publish_plan,
    stop_publishing,
    unpublish_plan,
)
from chiron.site.mentorships.operations.carrying_out import answer_by_of_rest
from chiron.site.mentorships.queries import Publication, Publishing
from chiron.site.mentorships.queries.approved import digest_of, digest_of_publication, may_publish
from chiron.site.mentorships.queries.letters import (
    Recipient,
    left_out_letters,
    left_out_of_all,
    letters_for,
    recipients_of,
)
from chiron.site.mentorships.queries.proposals import (
    Proposal,
    apart_in,
    gone_in,
    proposal_words,
    proposals_of,
    taken_in,
    waiting_of,
)
from chiron.site.mentorships.queries.publishing import (
    counts_of,
    has_answers,
    left_to_undo,
    notices_of,
    notices_published,
    offers_published,
    plans_publishable_by,
    publication_of,
    publications_standing,
    publishing_of,
)
from chiron.site.mentorships.queries.refusals import refusal_of
from chiron.site.mentorships.rules import EXAMPLES, MATCHES_A_PAGE, MOST_NAMED, EndReason, wording_from
from chiron.site.mentorships.rules.publishing import AT_ONCE, AT_WORK, KIND_OF_PART, LetterKind, PublishingState
from chiron.site.notices.rules import LEFT
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import ask_for_approval
from chiron.site.programs.queries import approval_asked, may_act, people_with_addresses
from chiron.site.programs.rules import ApprovedAct
from chiron.site.shared.pagination import page_of


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show how a plan is to be published, and keep that; or how far it is; or what has become of it."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publishing = publishing_of(plan)
    if publishing is not None and publishing.state in AT_WORK:
        return render(request, "mentorships/publishing.html", _progress(plan, publishing))
    publication = publication_of(plan)
    if publication is not None:
        return _published(request, plan, publication, publishing)
    proposals, left_out = proposals_of(plan), left_out_of_all(plan)
    recipients = recipients_of(plan.cohort, proposals)
    held_back = publishing.held_back if publishing is not None else ()
    kinds = {KIND_OF_PART[one.part] for one in recipients} | ({LetterKind.LEFT_OUT} if left_out else set())
    form = PublishForm(
        request.POST if request.method == "POST" else None,
        pairs=proposal_words(proposals) if len(proposals) <= AT_ONCE else (),
        people=_people(proposals),
        kinds=[kind for kind in LetterKind if kind in kinds],
        now=timezone.now(),
        addresses_known=lambda found: [str(one) for one in people_with_addresses(plan.cohort, found)],
        initial=publish_initial(
            publishing,
            answer_days=_usual_days(plan),
            contact=f"{request.user}, {request.user.email}",
            hold=[key for key, _words in proposal_words(waiting_of(proposals, held_back))],
            hold_names=_addresses(proposals, held_back),
        ),
    )
    if request.method == "POST" and form.is_valid():
        prepare_publishing(
            plan=plan,
            held_back=form.held(),
            send_after=form.moment(),
            answer_days=form.cleaned_data["answer_days"],
            wording=form.wording(),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("mentorships:check", cohort_id, plan_id)
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "publishing": publishing,
        "asked": approval_asked(plan.cohort, ApprovedAct.PUBLISH, plan.pk),
        "form": form,
        "pairs": len(proposals),
        "mentees": sum(one.part is not MemberPart.MENTOR for one in recipients),
        "mentors": sum(one.part is MemberPart.MENTOR for one in recipients),
        "agree": offers_spec_of(plan.cohort).agree,
        "is_draft": plan.state == PlanState.DRAFT,
        "apart": len(apart_in(plan, proposals)),
        "gone": gone_in(plan),
        "taken": len(taken_in(plan, proposals)),
        "left_out": len(left_out),
    }
    return render(request, "mentorships/publish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show the exact messages and their number, then publish: a small plan at once, a large one by a job."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publishing = publishing_of(plan) or Publishing(plan=plan)
    if plan.state == PlanState.PUBLISHED or publishing.state in AT_WORK:
        return redirect("mentorships:publish", cohort_id, plan_id)  # pressed twice, or by a colleague in the meantime
    if publishing.send_after is not None and publishing.send_after <= timezone.now():
        messages.warning(request, _("The time that you chose has passed. Choose another one."))
        return redirect("mentorships:publish", cohort_id, plan_id)
    if request.method == "POST":
        return _publish(request, plan, publishing, seen=request.POST.get("seen", ""))
    days = publishing.answer_days or _usual_days(plan)
    answer_by = (publishing.send_after or timezone.now()) + timedelta(days=days)
    return render(request, "mentorships/check.html", _to_read(request, plan, publishing, answer_by, is_rest=False))


@require_safe
def progress(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Give the part of the page that changes while a plan is published; afterwards, send the browser on."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publishing = publishing_of(plan)
    if publishing is None or publishing.state not in AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "mentorships/publishing_status.html", _progress(plan, publishing))


@require_POST
def stop(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Stop what was asked to be published, as long as nothing was offered."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publishing = publishing_of(plan)
    if publishing is not None:
        stop_publishing(publishing=publishing, by=request.user, now=timezone.now())
        messages.success(request, _("Stopped. Nothing was offered, and nobody was written to."))
    return redirect("mentorships:publish", cohort_id, plan_id)


@require_POST
def unpublish(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Take back what waits of a publishing, a large one by a job; or ask another coordinator to."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication, now = get_object_or_404(publications_standing(plan)), timezone.now()
    seen = digest_of_publication(publication)
    is_mine = may_act(plan.cohort, ApprovedAct.UNPUBLISH, plan.pk, seen=seen, by=request.user)
    if is_read_anew(request, is_mine=is_mine):
        return redirect("mentorships:publish", cohort_id, plan_id)
    if not is_mine:
        ask_for_approval(
            cohort=plan.cohort, act=ApprovedAct.UNPUBLISH, subject=plan, seen=seen, by=request.user, now=now
        )
        messages.success(request, _("Another coordinator of this cohort reads what is taken back, and takes it back."))
        return redirect("mentorships:publish", cohort_id, plan_id)
    if counts_of(publication)["waiting"] > AT_ONCE:
        ask_to_unpublish(publication=publication, by=request.user, now=now)
        return redirect("mentorships:publish", cohort_id, plan_id)
    count = unpublish_plan(publication=publication, by=request.user, now=now)
    words = ngettext("%d offer is taken back.", "%d offers are taken back.", count) % count
    more = _("Whoever had been told gets a message, which waits in the outbox.")
    messages.success(request, f"{words} {more}")
    plan.refresh_from_db()
    return redirect("matching:review" if plan.state == PlanState.DRAFT else "mentorships:publish", cohort_id, plan_id)


@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show the exact messages about the pairs that were held back, then offer them, as `check` does of a plan."""
    plan = get_object_or_404(plans_publishable_by(request.user), pk=plan_id, cohort=cohort_id)
    publication = get_object_or_404(publications_standing(plan))
    publishing, every = publishing_of(plan), proposals_of(plan)
    if publishing is None or publishing.state in AT_WORK or not every:
        return redirect("mentorships:publish", cohort_id, plan_id)
    if because := refusal_of(plan, every, is_rest=True):
        messages.warning(request, because)
        return redirect("mentorships:publish", cohort_id, plan_id)
    if request.method != "POST":
        answer_by = answer_by_of_rest(publication, publishing, now=timezone.now())
        return render(request, "mentorships/check.html", _to_read(request, plan, publishing, answer_by, is_rest=True))
    seen = request.POST.get("seen", "")
    if not _is_ready(request, plan, digest_of(every, publishing), seen=seen):
        return redirect("mentorships:publish", cohort_id, plan_id)
    if len(every) > AT_ONCE:
        ask_for_rest(publication=publication, seen=seen, by=request.user, now=timezone.now())
    else:
        offer_rest(publication=publication, seen=seen, link_to=offer_link, by=request.user, now=timezone.now())
    return redirect("mentorships:publish", cohort_id, plan_id)


def _to_read(
    request: PersonRequest, plan: Plan, publishing: Publishing, answer_by: datetime, *, is_rest: bool
) -> dict[str, Any]:
    """Return what a coordinator reads before the messages about a plan, or about what was held back of it, leave."""
    every = proposals_of(plan)
    waiting = waiting_of(every, () if is_rest else publishing.held_back)
    waits = {one.people for one in waiting}
    offered = [one for one in every if one.people not in waits]
    wording = wording_from(publishing.wording)
    recipients, left_out = recipients_of(plan.cohort, offered), left_out_of_all(plan)
    examples = letters_for(
        plan.cohort,
        offered,
        link_of=lambda _one: offer_link(0),
        answer_by=answer_by,
        wording=wording,
        only={one.application for one in _examples(offered, recipients)},
    )
    moment, seen = publishing.send_after, digest_of(every, publishing)
    asked = approval_asked(plan.cohort, ApprovedAct.PUBLISH, plan.pk)
    return {
        "cohort": plan.cohort,
        "plan": plan,
        "number": len(recipients),
        "rows": page_of(request, recipients, size=MATCHES_A_PAGE),
        "examples": [*examples, *left_out_letters(left_out[:1], wording=wording)],
        "left_out": len(left_out),
        "held": [words for _key, words in proposal_words(waiting[:MOST_NAMED])],
        "held_more": max(len(waiting) - MOST_NAMED, 0),
        "moment": moment if moment is not None and moment > timezone.now() else None,
        "answer_by": answer_by,
        "seen": seen,
        "is_job": len(every) > AT_ONCE,
        "is_mine": may_publish(plan, request.user, seen),
        "asked": asked,
        "is_outdated": asked is not None and asked.seen != seen,
        "is_rest": is_rest,
    }


def _is_ready(request: PersonRequest, plan: Plan, now_there: str, *, seen: str) -> bool:
    """Return whether what was read may leave now; otherwise say why, and ask another coordinator where that is it."""
    if seen != now_there:
        messages.warning(request, _("The plan or its messages have changed since you read them. Read them again."))
        return False
    is_mine = may_publish(plan, request.user, seen)
    if is_read_anew(request, is_mine=is_mine):
        return False
    if not is_mine:
        ask_for_approval(
            cohort=plan.cohort, act=ApprovedAct.PUBLISH, subject=plan, seen=seen, by=request.user, now=timezone.now()
        )
        messages.success(request, _("Another coordinator of this cohort reads the messages and publishes the plan."))
        return False
    return True


def _publish(request: PersonRequest, plan: Plan, publishing: Publishing, *, seen: str) -> HttpResponse:
    """Publish a plan as it was prepared, or ask a job to; what the coordinator has not read is not published."""
    if seen and plan.pairs.count() > AT_ONCE and not plan.cohort.publish_needs_second:
        return _ask(request, plan, publishing, seen)  # the job compares what was read with what is there
    every = proposals_of(plan)
    if not _is_ready(request, plan, digest_of(every, publishing), seen=seen):
        return redirect("mentorships:publish", plan.cohort_id, plan.pk)
    if len(every) > AT_ONCE:
        return _ask(request, plan, publishing, seen)
    publication = publish_plan(
        plan=plan,
        held_back=publishing.held_back,
        send_after=publishing.send_after,
        answer_days=publishing.answer_days,
        wording=wording_from(publishing.wording),
        seen=seen,
        link_to=offer_link,
        by=request.user,
        now=timezone.now(),
    )
    count = notices_published(publication).count()
    messages.success(request, _("%(plan)s is published. %(count)d messages are in the outbox.") % {
        "plan": plan.name, "count": count,
    })  # fmt: skip
    return redirect("mentorships:publish", plan.cohort_id, plan.pk)


def _ask(request: PersonRequest, plan: Plan, publishing: Publishing, seen: str) -> HttpResponse:
    """Ask the worker to publish a plan as it was prepared."""
    now = timezone.now()
    if publishing.pk is None:
        publishing = prepare_publishing(
            plan=plan,
            held_back=(),
            send_after=None,
            answer_days=None,
            wording=wording_from({}),
            by=request.user,
            now=now,
        )
    ask_for_publishing(publishing=publishing, seen=seen, by=request.user, now=now)
    return redirect("mentorships:publish", plan.cohort_id, plan.pk)


def _published(
    request: PersonRequest, plan: Plan, publication: Publication, publishing: Publishing | None
) -> HttpResponse:
    """Show who was told what and has answered."""
    notices = list(notices_published(publication).values_list("state", flat=True))
    context = {
        "is_mine": True,
        "cohort": plan.cohort,
        "plan": plan,
        "publication": publication,
        "publishing": publishing,
        "rows": page_of(request, offers_published(publication), size=MATCHES_A_PAGE),
        "counts": counts_of(publication),
        "messages_written": len(notices),
        "messages_left": sum(state in LEFT for state in notices),
        "has_answers": has_answers(publication),
        "end_reasons": EndReason.choices,
        "held_back": len(proposals_of(plan)),
    }
    if plan.cohort.publish_needs_second:
        asked, seen = approval_asked(plan.cohort, ApprovedAct.UNPUBLISH, plan.pk), digest_of_publication(publication)
        is_outdated = asked is not None and asked.seen != seen
        is_mine = asked is not None and not is_outdated and asked.asked_by_id != request.user.pk
        context |= {"asked": asked, "is_outdated": is_outdated, "is_mine": is_mine}
    return render(request, "mentorships/published.html", context)


def _progress(plan: Plan, publishing: Publishing) -> dict[str, Any]:
    """Return how far the publishing of a plan is."""
    return {
        "cohort": plan.cohort,
        "plan": plan,
        "publishing": publishing,
        **(
            {"undone": publishing.undone_to - left_to_undo(publishing)}
            if publishing.state == PublishingState.UNDOING
            else {"written": notices_of(publishing).count()}
        ),
    }


def _usual_days(plan: Plan) -> int:
    return offers_spec_of(plan.cohort).answer_days or ANSWER_DAYS


def _people(proposals: Sequence[Proposal]) -> Mapping[str, Sequence[Collection[int]]]:
    """Return everybody's applications by name and by address in small letters; people of one name stay apart."""
    members = [one.application for proposal in proposals for one in proposal.members]
    theirs: dict[int, set[int]] = defaultdict(set)
    for one in members:
        theirs[one.person_id].add(one.pk)
    called: dict[str, list[Collection[int]]] = defaultdict(list)
    for person in {one.person_id: one.person for one in members}.values():
        for name in {person.name.casefold(), person.email.casefold()}:
            called[name].append(theirs[person.pk])
    return dict(called)


def _addresses(proposals: Sequence[Proposal], held_back: Collection[int]) -> list[str]:
    """Return the addresses of those who are held back, each once."""
    held = frozenset(held_back)
    members = (one.application for proposal in proposals for one in proposal.members)
    return list(dict.fromkeys(one.person.email for one in members if one.pk in held))


def _examples(offered: Sequence[Proposal], recipients: Sequence[Recipient]) -> list[Recipient]:
    """Return whose messages a coordinator reads: the first and the last mentee, and the mentor with most offers."""
    others = [one for one in recipients if one.part is not MemberPart.MENTOR]
    mentors = [one for one in recipients if one.part is MemberPart.MENTOR]
    offers: dict[int, int] = {}
    for proposal in offered:
        for one in proposal.mentors:
            offers[one.application.pk] = offers.get(one.application.pk, 0) + len(proposal.others)
    busiest = sorted(mentors, key=lambda one: -offers.get(one.application, 0))[:1]
    return [*others[:1], *others[1:][-1:], *busiest][:EXAMPLES]
