"""The public pages of programmes, and a cohort's settings, outbox and history."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.site.notices.operations import edit_notice, hold_notice
from chiron.site.notices.queries import counts_by_state
from chiron.site.notices.rules import NoticeState
from chiron.site.people.http import PersonRequest
from chiron.site.programs.forms import FinderForm, NoticeForm, OutboxForm, SettingsForm
from chiron.site.programs.operations import (
    act_on_shown,
    act_on_ticked,
    ask_for_approval,
    change_settings,
    keep_second_person,
    note_file_taken,
    release_shown,
)
from chiron.site.programs.queries import (
    acts_possible,
    approval_asked,
    cohorts_coordinated_by,
    history_of,
    history_rows,
    may_act,
    messages_page,
    newest_cohort,
    notices_coordinated_by,
    notices_shown,
    organizations_listed,
    people_with_addresses,
    programs_listed,
    programs_shown,
    staff_of,
)
from chiron.site.programs.rules import (
    NOTICE_STATES,
    UNDECIDED,
    ApprovedAct,
    CohortFile,
    CohortStage,
    FilterLink,
    OutboxAct,
    OutboxAsked,
)
from chiron.site.shared.downloads import download_page
from chiron.site.shared.pagination import page_of


@login_not_required
@require_safe
def finder(request: HttpRequest) -> HttpResponse:
    """Show the programmes that the public may see, those whom the address asks for."""
    asked = FinderForm(request.GET).asked()
    context = {
        "programs": list(programs_shown(is_open=asked.is_open, organization=asked.organization)),
        "is_filtered": asked.is_open or bool(asked.organization),
        "filters": [
            FilterLink(_("All programmes"), "?", is_current=not asked.is_open and not asked.organization),
            FilterLink(_("Open to join"), "?open=1", is_current=asked.is_open),
            *(
                FilterLink(
                    one.name, f"?{urlencode({'organization': one.slug})}", is_current=one.slug == asked.organization
                )
                for one in organizations_listed()
            ),
        ],
    }
    return render(request, "programs/finder.html", context)


@login_not_required
@require_safe
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one programme to the public."""
    found = get_object_or_404(programs_listed(), slug=slug)
    return render(request, "programs/program.html", {"program": found, "cohort": newest_cohort(found)})


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show a cohort's settings, and change them."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    initial: dict[str, str | int] = {
        "stage": cohort.stage,
        "small_group": cohort.small_group,
        "look_line": cohort.look_line,
        "may_have_minors": cohort.may_have_minors,
        "publish_needs_second": cohort.publish_needs_second,
    }
    form = SettingsForm(
        request.POST if request.method == "POST" else None, initial=initial, stage=CohortStage(cohort.stage)
    )
    if request.method == "POST" and form.is_valid():
        clean, now = form.cleaned_data, timezone.now()
        needs_second = clean["publish_needs_second"]
        is_asked = not may_act(cohort, ApprovedAct.ONE_PERSON, cohort.pk, seen="", by=request.user)
        is_asked = is_asked and not needs_second
        change_settings(
            cohort=cohort,
            stage=CohortStage(clean["stage"]),
            small_group=clean["small_group"],
            look_line=clean["look_line"],
            may_have_minors=clean["may_have_minors"],
            publish_needs_second=None if is_asked else needs_second,
            by=request.user,
            now=now,
        )
        if is_asked:
            ask_for_approval(
                cohort=cohort, act=ApprovedAct.ONE_PERSON, subject=cohort, seen="", by=request.user, now=now
            )
            messages.success(request, _("Saved. One person publishes once another coordinator has confirmed that."))
        else:
            messages.success(request, _("The settings are saved."))
        if needs_second:
            keep_second_person(cohort=cohort, by=request.user, now=now)
        return redirect("programs:settings", cohort_id)
    context = {
        "cohort": cohort,
        "form": form,
        "staff": staff_of(cohort),
        "asked": approval_asked(cohort, ApprovedAct.ONE_PERSON, cohort.pk),
    }
    return render(request, "programs/settings.html", context)


@require_safe
def history(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show what was done in a cohort, by whom and when."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    events = page_of(request, history_of(cohort))
    context = {"cohort": cohort, "events": events, "rows": history_rows(list(events))}
    return render(request, "programs/history.html", context)


@require_safe
def outbox(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show every message of a cohort: to whom, about what, its text, and where it stands."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    asked = OutboxForm(request.GET).asked()
    notices = notices_coordinated_by(request.user).filter(scope=cohort.scope)
    counts = counts_by_state(cohort.scope)
    context = {
        "cohort": cohort,
        "asked": asked,
        "notices": page_of(request, notices_shown(notices, asked), size=25),
        "drafts": counts[NoticeState.DRAFT],
        "acts": acts_possible(notices_shown(notices, asked), cohort=cohort, can_mail=django_settings.CHIRON_CAN_MAIL),
        "undecided": UNDECIDED,
        "total": sum(counts.values()),
        "filters": _state_links(asked.state, counts),
    }
    return render(request, "programs/outbox.html", context)


@require_safe
def messages_file(request: PersonRequest, cohort_id: int, ending: str) -> HttpResponse:
    """Give every message of a cohort as a workbook or a text file."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    page = messages_page(cohort)
    if request.method == "GET":
        note_file_taken(
            cohort=cohort, file=CohortFile.MESSAGES, rows=len(page.rows), by=request.user, now=timezone.now()
        )
    return download_page(page, name=f"{cohort.program.slug}-messages", ending=ending)


@require_POST
def act(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Release messages, hold them back or say that they were sent by hand: those that are ticked, or all shown."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    asked = OutboxForm(request.POST).asked()
    if asked.act is None or (asked.act is OutboxAct.SENT and django_settings.CHIRON_CAN_MAIL):
        raise Http404
    notices = notices_coordinated_by(request.user).filter(scope=cohort.scope)
    now = timezone.now()
    if request.POST.get("which") == "ticked":
        number = act_on_ticked(
            cohort=cohort, notices=notices, ticked=asked.ticked, act=asked.act, by=request.user, now=now
        )
    else:
        shown = notices_shown(notices, asked)
        number = act_on_shown(cohort=cohort, notices=shown, act=asked.act, seen=asked.seen, by=request.user, now=now)
    if number:
        messages.success(request, _done_words(asked.act, number))
    else:
        messages.warning(request, _("Nothing was done. Tick messages that are drafts, held back or released."))
    return redirect(f"{reverse('programs:outbox', args=[cohort_id])}?{urlencode(_kept(asked))}")


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: PersonRequest, cohort_id: int, notice_id: int) -> HttpResponse:
    """Show one message, and change its text while it is a draft or held back."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    found = get_object_or_404(notices_coordinated_by(request.user).filter(scope=cohort.scope), pk=notice_id)
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        subject=found.subject,
        body=found.body,
        addresses_known=lambda addresses: [str(one) for one in people_with_addresses(cohort, addresses)],
    )
    if request.method == "POST" and form.is_valid():
        edit_notice(
            notice=found,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The message is saved."))
        return redirect("programs:notice", cohort_id, notice_id)
    can_edit = found.state in {NoticeState.DRAFT, NoticeState.HELD}
    context = {"cohort": cohort, "notice": found, "form": form, "can_edit": can_edit, "undecided": UNDECIDED}
    return render(request, "programs/notice.html", context)


@require_POST
def hold(request: PersonRequest, cohort_id: int, notice_id: int) -> HttpResponse:
    """Hold one message back."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    found = get_object_or_404(notices_coordinated_by(request.user).filter(scope=cohort.scope), pk=notice_id)
    hold_notice(notice=found, because="", by=request.user, now=timezone.now())
    messages.success(request, _("The message to %(name)s is held back.") % {"name": found.to})
    return redirect("programs:outbox", cohort_id)


@require_POST
def release(request: PersonRequest, cohort_id: int, notice_id: int) -> HttpResponse:
    """Let one message leave, with the words that the page showed."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    found = get_object_or_404(notices_coordinated_by(request.user).filter(scope=cohort.scope), pk=notice_id)
    seen = request.POST.get("seen", "")
    release_shown(cohort=cohort, notice=found, seen=seen, by=request.user, now=timezone.now())
    messages.success(request, _("The message to %(name)s is released.") % {"name": found.to})
    return redirect("programs:outbox", cohort_id)


def _done_words(act: OutboxAct, number: int) -> str:
    """Return what was done with some messages."""
    if act is OutboxAct.RELEASE:
        text = ngettext("%(number)d message is released.", "%(number)d messages are released.", number)
    elif act is OutboxAct.HOLD:
        text = ngettext("%(number)d message is held back.", "%(number)d messages are held back.", number)
    else:
        text = ngettext("%(number)d message counts as sent.", "%(number)d messages count as sent.", number)
    return text % {"number": number}


def _kept(asked: OutboxAsked) -> dict[str, str]:
    """Return what an outbox shows, as its address says it."""
    return {name: value for name, value in (("state", asked.state), ("q", asked.words)) if value}


def _state_links(current: str, counts: Mapping[str, int]) -> list[FilterLink]:
    """Return one link a state that any message is in, with how many there are."""
    links = [FilterLink(_("All"), "?", is_current=not current, number=sum(counts.values()))]
    return links + [
        FilterLink(_(label), f"?state={state.value}", is_current=state.value == current, number=counts[state.value])
        for state, label in NOTICE_STATES.items()
        if counts[state.value] or state.value == current
    ]
