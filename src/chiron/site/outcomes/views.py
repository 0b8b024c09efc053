"""A cohort's report: totals for its leaders and coordinators, with no names."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chiron.site.outcomes.queries import report_counts_of
from chiron.site.outcomes.rules import report_file, report_from
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import note_file_taken
from chiron.site.programs.queries import cohorts_reported_to
from chiron.site.programs.rules import CohortFile


@require_safe
def report(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Show how many people a cohort reaches, and whether it is fair."""
    cohort = get_object_or_404(cohorts_reported_to(request.user), pk=cohort_id)
    found = report_from(report_counts_of(cohort), threshold=cohort.small_group, data_on=timezone.localdate())
    return render(request, "outcomes/report.html", {"cohort": cohort, "report": found})


@require_safe
def report_csv(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Give a file with the same numbers and the same hiding."""
    cohort = get_object_or_404(cohorts_reported_to(request.user), pk=cohort_id)
    found = report_from(report_counts_of(cohort), threshold=cohort.small_group, data_on=timezone.localdate())
    text = report_file(found)
    if request.method == "GET":
        rows = len(text.splitlines())
        note_file_taken(cohort=cohort, file=CohortFile.REPORT, rows=rows, by=request.user, now=timezone.now())
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    return answer
