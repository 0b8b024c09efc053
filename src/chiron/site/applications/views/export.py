"""The page of what can be taken away from a cohort, and the files of its people."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chiron.sheets.files.book_writer import workbook_bytes
from chiron.sheets.files.page import text_of
from chiron.site.applications.queries import counts_of
from chiron.site.applications.queries.export import people_page
from chiron.site.applications.rules.application import Role
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import cohorts_coordinated_by
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
    content = workbook_bytes([people_page(cohort, role) for role in Role])
    return download(content, name=f"{cohort.program.slug}-people.xlsx")


@require_safe
def people_text(request: PersonRequest, cohort_id: int, role: str) -> HttpResponse:
    """Give the people of one role as a text file."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    if role not in Role.values:
        raise Http404
    content = text_of(people_page(cohort, Role(role))).encode()
    return download(content, name=f"{cohort.program.slug}-{role}s.csv")
