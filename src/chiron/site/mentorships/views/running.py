"""The page that brings in matches that run already, and the files of pairs and offers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from chiron.sheets.files.page import text_of
from chiron.sheets.files.table import SheetError
from chiron.site.mentorships.forms import PairsForm
from chiron.site.mentorships.operations import bring_matches_in
from chiron.site.mentorships.queries.running import (
    check_pairs,
    offers_page,
    pairs_asked,
    pairs_page,
    pairs_sent,
    running_page,
)
from chiron.site.mentorships.rules.running import PairsRefusedError
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import note_file_taken
from chiron.site.programs.queries import cohorts_coordinated_by
from chiron.site.programs.rules import CohortFile
from chiron.site.shared.downloads import download_page


@require_http_methods(["GET", "HEAD", "POST"])
def running(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Take a sheet of matches that run already, show what would begin, and begin it when the button says so."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    form = PairsForm(request.POST if request.method == "POST" else None, request.FILES or None)
    context: dict[str, object] = {"cohort": cohort, "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, "mentorships/running.html", context)
    file, rows = form.cleaned_data["file"], form.cleaned_data["rows"]
    try:
        table = pairs_asked(rows) if file is None else pairs_sent(file.read(), name=file.name)
    except SheetError as fault:
        form.add_error("file", str(fault))
        return render(request, "mentorships/running.html", context)
    now = timezone.now()
    found = check_pairs(cohort, table, today=timezone.localdate(now))
    if file is None:
        if len(found.new) != form.cleaned_data["expected"] or not found.new:
            raise PairsRefusedError
        bring_matches_in(cohort=cohort, pairs=found.new, by=request.user, now=now)
        text = ngettext("%(n)d match runs here now.", "%(n)d matches run here now.", len(found.new))
        messages.success(request, text % {"n": len(found.new)})
        return redirect("mentorships:running", cohort_id)
    context |= {
        "found": found,
        "rows": text_of(pairs_page(table)),
        "pairs": list(zip(found.names, found.new, strict=True)),
    }
    return render(request, "mentorships/running.html", context)


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
