"""The page of what can be taken away from a cohort, and the files of its people."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chiron.sheets.files.book_writer import workbook_bytes
from chiron.sheets.files.page import Page, text_of
from chiron.site.applications.queries import Cohort, counts_of
from chiron.site.applications.queries.export import people_page
from chiron.site.applications.rules.application import Role
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import note_file_taken
from chiron.site.programs.queries import cohorts_coordinated_by
from chiron.site.programs.rules import CohortFile
from chiron.site.shared.downloads import download


@require_safe
def export(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show which files a coordinator can take away."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    counts = counts_of(cohort)
    context = {
        "cohort": cohort,
        "numbers": {role.value: sum(n for (one, _), n in counts.items() if one is role) for role in Role},
    }
    return render(request, "applications/export.html", context)


@require_safe
def people_book(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Give a workbook with a sheet of mentors and one of mentees."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    pages = [people_page(cohort, role) for role in Role]
    _note(request, cohort, pages)
    content = workbook_bytes(pages)
    return download(content, name=f"{cohort.program.slug}-people.xlsx")


@require_safe
def people_text(request: PersonRequest, cohort_id: int, role: str) -> HttpResponse:
    """Give the people of one role as a text file."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    if role not in Role.values:
        raise Http404
    page = people_page(cohort, Role(role))
    _note(request, cohort, [page])
    content = text_of(page).encode()
    return download(content, name=f"{cohort.program.slug}-{role}s.csv")


def _note(request: PersonRequest, cohort: Cohort, pages: Sequence[Page]) -> None:
    """Record that somebody takes these sheets away."""
    if request.method == "GET":
        rows = sum(len(page.rows) for page in pages)
        note_file_taken(cohort=cohort, file=CohortFile.PEOPLE, rows=rows, by=request.user, now=timezone.now())
