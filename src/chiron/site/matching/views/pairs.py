"""The pages of one pair: other mentors with the effect on everyone, a lock, two people kept apart, undo, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.matching.bridge.effects import (
    OpenPlan,
    Preview,
    forbidden_mentors,
    offers_with,
    open_plan,
    possible_mentors,
    preview_mentor,
)
from chiron.site.matching.bridge.previews import preview_words
from chiron.site.matching.bridge.swaps import moves_of_swap, preview_swap, swap_gain
from chiron.site.matching.forms.plans import HoldForm, NoteForm
from chiron.site.matching.operations.changes import change_mentor, free_pair, hold_pair, swap_pairs, undo_change
from chiron.site.matching.queries import Application, Plan, PlanPair
from chiron.site.matching.queries.cards import bars_of
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.matching.queries.plans import changes_of, is_locked, pairs_of, people_in, plans_reviewable_by
from chiron.site.matching.queries.pools import holds_of
from chiron.site.matching.rules import (
    ALTERNATIVES_A_PAGE,
    ALTERNATIVES_AMONG_MANY,
    FORBIDDEN_LISTED,
    MANY,
    TWO_SIDED,
    VERY_MANY,
    Hold,
    PlanState,
    require_draft,
    signed_points,
)
from chiron.site.matching.views.plans import meanings_in
from chiron.site.matching.views.saving import form_unless_saved
from chiron.site.people.http import PersonRequest
from chiron.site.shared.forms import key_in
from chiron.site.shared.pagination import page_of


@dataclass(frozen=True, slots=True)
class MentorChoice:
    """One other mentor on the list: the effect, the effect in words, and with whom to swap."""

    preview: Preview
    words: str
    swaps: Sequence["SwapChoice"]


@dataclass(frozen=True, slots=True)
class SwapChoice:
    """A swap with one mentee of another mentor: both pairs, and what the whole plan would win or lose, in words."""

    own: PlanPair
    other: PlanPair
    words: str


@require_safe
def mentors(request: PersonRequest, cohort_id: int, plan_id: int, mentee_id: int) -> HttpResponse:
    """List every other mentor for a mentee, with what each would do to everybody."""
    plan = _plan(request, cohort_id, plan_id)
    mentee = _person(plan, mentee_id)
    if plan.shape not in TWO_SIDED:
        return redirect("matching:seat", cohort_id, plan_id, mentee_id)
    require_draft(PlanState(plan.state), plan.name)
    opened = _opened(plan, mentee)
    is_large = opened.size > MANY
    is_huge = opened.size > VERY_MANY
    size = ALTERNATIVES_AMONG_MANY if is_large and not is_huge else ALTERNATIVES_A_PAGE
    rows = page_of(request, possible_mentors(opened, mentee.pk), size=size)
    forbidden = forbidden_mentors(opened, mentee.pk, most=FORBIDDEN_LISTED)
    people = people_in(plan).in_bulk([key for key, _rules in forbidden])
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "mentee": mentee,
        "pairs": (own := list(pairs_of(plan).filter(mentee=mentee))),
        "rows": rows,
        "choices": [] if is_huge else _choices(plan, opened, own, mentee, list(rows)),
        "named": offers_with(opened, mentee.pk, list(rows)) if is_huge else [],
        "is_cut": len(forbidden) == FORBIDDEN_LISTED,
        "forbidden": [(people[key], rules) for key, rules in forbidden if key in people],
    }
    return render(request, "matching/mentors.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: PersonRequest, cohort_id: int, plan_id: int, mentee_id: int, mentor_id: int) -> HttpResponse:
    """Show what one other mentor would do to everybody, and save it with the reason."""
    plan = _plan(request, cohort_id, plan_id)
    mentee, mentor = _person(plan, mentee_id), _person(plan, mentor_id)
    require_draft(PlanState(plan.state), plan.name)
    form = form_unless_saved(request, partial(change_mentor, plan=plan, mentee=mentee, mentor=mentor))
    if form is None:
        return redirect("matching:review", cohort_id, plan_id)
    opened = _opened(plan, mentee)
    if not opened.knows_mentor(mentor.pk):
        raise Http404
    preview = preview_mentor(opened, mentee=mentee.pk, mentor=mentor.pk)
    form.initial["seen"] = preview.seen
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "mentee": mentee,
        "preview": preview,
        "words": preview_words(plan, opened, preview),
        "bars": bars_of(preview.parts, meanings_in(facts_of(plan).matching)),
        "form": form,
    }
    return render(request, "matching/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: PersonRequest, cohort_id: int, plan_id: int, pair_id: int, other_id: int) -> HttpResponse:
    """Show what it does if two mentees give each other their mentors and nobody else moves, and save it."""
    plan = _plan(request, cohort_id, plan_id)
    require_draft(PlanState(plan.state), plan.name)
    pair, other = (get_object_or_404(pairs_of(plan), pk=key) for key in (pair_id, other_id))
    form = form_unless_saved(request, partial(swap_pairs, pair=pair, other=other))
    if form is None:
        return redirect("matching:review", cohort_id, plan_id)
    opened = open_plan(plan, changing=pair.mentee_id, together_with=other.mentee_id)
    preview = preview_swap(opened, own=(pair.mentee_id, pair.mentor_id), other=(other.mentee_id, other.mentor_id))
    locked = next((each.mentee.person for each in (pair, other) if is_locked(each)), None)
    form.initial["seen"] = preview.seen
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "pair": pair,
        "other": other,
        "preview": preview,
        "moves": moves_of_swap(opened, preview, own=(pair.mentee_id, pair.mentor_id)),
        "is_possible": preview.is_possible and locked is None,
        "words": _swap_words(plan, opened, preview, locked),
        "bars": bars_of(preview.parts, meanings_in(facts_of(plan).matching)),
        "form": form,
    }
    return render(request, "matching/swap.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: PersonRequest, cohort_id: int, plan_id: int, pair_id: int, kind: str) -> HttpResponse:
    """Lock the two people of a pair together, or keep them apart, with the reason."""
    plan = _plan(request, cohort_id, plan_id)
    pair = get_object_or_404(pairs_of(plan), pk=pair_id)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        hold_pair(
            plan=plan,
            mentee=pair.mentee,
            mentor=pair.mentor,
            kind=Hold(kind),
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        return redirect("matching:review", cohort_id, plan_id)
    require_draft(PlanState(plan.state), plan.name)
    context = {"cohort": plan.cohort, "plan": plan, "pair": pair, "is_lock": kind == Hold.LOCK, "form": form}
    return render(request, "matching/hold.html", context)


@require_POST
def free(request: PersonRequest, cohort_id: int, plan_id: int, mentee_id: int, mentor_id: int) -> HttpResponse:
    """Free two people who were locked together or kept apart."""
    plan = _plan(request, cohort_id, plan_id)
    found = get_object_or_404(holds_of(plan.cohort), mentee=mentee_id, mentor=mentor_id)
    free_pair(plan=plan, mentee=found.mentee, mentor=found.mentor, by=request.user, now=timezone.now())
    return redirect("matching:review", cohort_id, plan_id)


@require_POST
def undo(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Take back the last change of a plan."""
    plan = _plan(request, cohort_id, plan_id)
    change = get_object_or_404(changes_of(plan), pk=key_in(request.POST.get("change", "")))
    undo_change(change=change, by=request.user, now=timezone.now())
    messages.success(request, _("Taken back: %s") % change.words)
    return redirect("matching:review", cohort_id, plan_id)


@require_safe
def history(request: PersonRequest, cohort_id: int, plan_id: int) -> HttpResponse:
    """Show every change of a plan by hand, the newest first, and the note beside it."""
    plan = _plan(request, cohort_id, plan_id)
    changes = changes_of(plan)
    context = {
        "cohort": plan.cohort,
        "plan": plan,
        "rows": page_of(request, changes),
        "last_change": changes.filter(undone_at=None).first(),
        "is_draft": plan.state == PlanState.DRAFT,
        "note_form": NoteForm(initial={"note": plan.note}),
    }
    return render(request, "matching/history.html", context)


def _plan(request: PersonRequest, cohort_id: int, plan_id: int) -> Plan:
    return get_object_or_404(plans_reviewable_by(request.user), pk=plan_id, cohort=cohort_id)


def _person(plan: Plan, application_id: int) -> Application:
    return get_object_or_404(people_in(plan), pk=application_id)


def _opened(plan: Plan, mentee: Application) -> OpenPlan:
    """Return the plan opened for changes of a mentee; 404 where the run did not know the person."""
    opened = open_plan(plan, changing=mentee.pk)
    if not opened.knows_mentee(mentee.pk):
        raise Http404
    return opened


def _choices(
    plan: Plan, opened: OpenPlan, own: Sequence[PlanPair], mentee: Application, keys: Sequence[int]
) -> list[MentorChoice]:
    previews = [preview_mentor(opened, mentee=mentee.pk, mentor=key) for key in keys]
    theirs: dict[int, list[PlanPair]] = {}
    for pair in pairs_of(plan).filter(mentor__in=keys).exclude(mentee=mentee) if own else ():
        theirs.setdefault(pair.mentor_id, []).append(pair)
    return [
        MentorChoice(
            preview,
            preview_words(plan, opened, preview),
            [_swap(opened, mine, other) for mine in own for other in theirs.get(preview.mentor, ())],
        )
        for preview in previews
    ]


def _swap_words(plan: Plan, opened: OpenPlan, preview: Preview, locked: object) -> str:
    """Return what a swap does, or why it cannot be."""
    if locked is not None:
        return _("%(name)s is locked to the present mentor. Free the pair first.") % {"name": locked}
    words = preview_words(plan, opened, preview)
    return words if preview.is_possible else f"{_('They cannot swap.')} {words}"


def _swap(opened: OpenPlan, own: PlanPair, other: PlanPair) -> SwapChoice:
    if is_locked(other):
        return SwapChoice(own, other, _("locked: free the pair first"))
    gain = swap_gain(opened, own=(own.mentee_id, own.mentor_id), other=(other.mentee_id, other.mentor_id))
    words = _("not possible: see why") if gain is None else _("whole plan %s") % signed_points(gain)
    return SwapChoice(own, other, words)
