"""The page that brings in matches that run already, and the files of pairs and offers."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chiron.sheets.files.page import text_of
from chiron.sheets.files.table import SheetError, Table
from chiron.site.mentorships.forms import PairsForm
from chiron.site.mentorships.http import is_read_anew
from chiron.site.mentorships.operations import bring_matches_in
from chiron.site.mentorships.queries import Cohort
from chiron.site.mentorships.queries.approved import digest_of_pairs
from chiron.site.mentorships.queries.running import (
    check_pairs,
    offers_page,
    pairs_asked,
    pairs_kept,
    pairs_page,
    pairs_sent,
    running_page,
)
from chiron.site.mentorships.rules.running import PairsRefusedError
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import ask_for_approval, note_file_taken
from chiron.site.programs.queries import approval_asked, cohorts_coordinated_by, may_act
from chiron.site.programs.rules import ApprovedAct, CohortFile
from chiron.site.shared.downloads import download_page


@require_http_methods(["GET", "HEAD", "POST"])
def running(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Take a sheet of matches that run already, show what would begin, and begin it when the button says so."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    form = PairsForm(request.POST if request.method == "POST" else None, request.FILES or None)
    context: dict[str, object] = {"cohort": cohort, "form": form}
    asked, now = approval_asked(cohort, ApprovedAct.RUNNING, cohort.pk), timezone.now()
    today = timezone.localdate(now)
    if request.method != "POST" or not form.is_valid():
        context["asked"] = asked
        is_asked = asked is not None and asked.asked_by_id != request.user.pk
        if asked is not None and is_asked and request.method != "POST" and "other" not in request.GET:
            context |= _to_read(request, cohort, pairs_kept(cohort, asked.what), today)
            context["is_outdated"] = asked.seen != context["seen"]
        return render(request, "mentorships/running.html", context)
    file, rows = form.cleaned_data["file"], form.cleaned_data["rows"]
    try:
        table = pairs_asked(rows) if file is None else pairs_sent(file.read(), name=file.name)
    except SheetError as fault:
        form.add_error("file", str(fault))
        return render(request, "mentorships/running.html", context)
    if file is None:
        found = check_pairs(cohort, table, today=today)
        if len(found.new) != form.cleaned_data["expected"] or not found.new:
            raise PairsRefusedError
        seen = digest_of_pairs(found.new)
        is_mine = may_act(cohort, ApprovedAct.RUNNING, cohort.pk, seen=seen, by=request.user)
        if is_read_anew(request, is_mine=is_mine):
            return redirect("mentorships:running", cohort_id)
        if not is_mine:
            ask_for_approval(
                cohort=cohort,
                act=ApprovedAct.RUNNING,
                subject=cohort,
                seen=seen,
                what=[(one.mentee, one.mentor, one.since.isoformat()) for one in found.new],
                by=request.user,
                now=now,
            )
            messages.success(request, _("Another coordinator of this cohort reads the pairs and brings them in."))
            return redirect("mentorships:running", cohort_id)
        bring_matches_in(cohort=cohort, pairs=found.new, by=request.user, now=now)
        text = ngettext("%(n)d match runs here now.", "%(n)d matches run here now.", len(found.new))
        messages.success(request, text % {"n": len(found.new)})
        return redirect("mentorships:running", cohort_id)
    context |= _to_read(request, cohort, table, today)
    return render(request, "mentorships/running.html", context)


def _to_read(request: PersonRequest, cohort: Cohort, table: Table, today: date) -> dict[str, object]:
    """Return what a coordinator reads before matches begin, and whether they or another one may begin them."""
    found = check_pairs(cohort, table, today=today)
    seen = digest_of_pairs(found.new)
    return {
        "seen": seen,
        "is_mine": may_act(cohort, ApprovedAct.RUNNING, cohort.pk, seen=seen, by=request.user),
        "found": found,
        "rows": text_of(pairs_page(table)),
        "pairs": list(zip(found.names, found.new, strict=True)),
    }


@require_safe
def pairs_file(request: PersonRequest, cohort_id: int, ending: str) -> HttpResponse:
    """Give the pairs of a cohort that run."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    page = running_page(cohort)
    if request.method == "GET":
        note_file_taken(cohort=cohort, file=CohortFile.PAIRS, rows=len(page.rows), by=request.user, now=timezone.now())
    return download_page(page, name=f"{cohort.program.slug}-pairs", ending=ending)


@require_safe
def offers_file(request: PersonRequest, cohort_id: int, ending: str) -> HttpResponse:
    """Give every offer of a cohort, and where it stands."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    page = offers_page(cohort)
    if request.method == "GET":
        note_file_taken(cohort=cohort, file=CohortFile.OFFERS, rows=len(page.rows), by=request.user, now=timezone.now())
    return download_page(page, name=f"{cohort.program.slug}-offers", ending=ending)
