"""The pages between the columns and the last check: which sheet is read, and as what its answers are read."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from chiron.sheets.files.table import SheetError
from chiron.site.applications.forms.values import CorrectionsForm, SheetForm, choices_for
from chiron.site.applications.operations.imports import choose_sheet, correct_cells
from chiron.site.applications.queries.imports import imports_coordinated_by, sheet_in
from chiron.site.applications.queries.reading import read_of
from chiron.site.applications.queries.values import (
    YES_NO,
    fault_of,
    known_answers,
    spellings_in,
    texts_of,
    values_in,
    values_of,
)
from chiron.site.applications.rules.imports import ImportState
from chiron.site.applications.rules.values import ColumnValues
from chiron.site.people.http import PersonRequest
from chiron.site.shared.pagination import page_of


@require_POST
def sheet(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Read another sheet of the workbook; where it holds no people, say so and read the old one."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    table = sheet_in(imported)
    form = SheetForm(request.POST, sheets=table.sheets, sheet=table.sheet)
    if form.is_valid():
        chosen = form.cleaned_data["sheet"]
        imported.sheet = chosen
        try:
            sheet_in(imported)
        except SheetError as fault:
            messages.error(request, str(fault))
        else:
            choose_sheet(imported=imported, sheet=chosen, by=request.user, now=timezone.now())
    return redirect("applications:columns", cohort_id, import_id)


@require_http_methods(["GET", "HEAD", "POST"])
def values(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Show each text of a column once, as what it is read; a POST keeps what some are read as instead."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    if imported.state != ImportState.MAPPED:
        return redirect("applications:import", cohort_id, import_id)
    read = read_of(imported)
    columns = values_in(read, imported)
    context = {"cohort": imported.cohort, "imported": imported, "columns": columns}
    if not columns:
        return render(request, "applications/values.html", context)
    asked = request.POST.get("field") or request.GET.get("field") or columns[0].field
    column = _column_of(columns, asked)
    rows = page_of(request, column.values)
    form = CorrectionsForm(
        request.POST if request.method == "POST" else None,
        values=column.values if request.method == "POST" else list(rows),
        choices=choices_for(column.field, read.fields[column.field], YES_NO),
        judge=lambda text: fault_of(read, column.field, text),
    )
    if request.method == "POST" and form.is_valid():
        said = form.corrections()
        changed = correct_cells(
            imported=imported, heading=column.heading, corrections=said, by=request.user, now=timezone.now()
        )
        _tell(request, changed)
        if "check" in request.POST:
            return redirect("applications:check", cohort_id, import_id)
        return redirect(request.get_full_path())
    context |= {
        "column": column,
        "form": form,
        "rows": rows,
        "spellings": spellings_in(column, imported),
        "answers": known_answers(read, column),
    }
    return render(request, "applications/values.html", context)


@require_POST
def spelling(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Read every spelling of a site as the one that the coordinator chose."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    if imported.state == ImportState.MAPPED:
        none = ColumnValues("site", "", "", ())
        column = next((one for one in values_of(imported) if one.field == "site"), none)
        name = request.POST.get("name", "")
        group = next((one for one in spellings_in(column, imported) if name in dict(one.names)), None)
        keys = group.keys if group is not None else ()
        said = {one.cell: name for one in column.values if one.key in keys}
        changed = correct_cells(
            imported=imported, heading=column.heading, corrections=said, by=request.user, now=timezone.now()
        )
        _tell(request, changed)
        if column.heading:
            return redirect(f"{reverse('applications:values', args=[cohort_id, import_id])}?field=site")
    return redirect("applications:values", cohort_id, import_id)


@require_POST
def name(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Read a cell with a name of the other side as the coordinator says."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    if imported.state == ImportState.MAPPED:
        heading = request.POST.get("heading", "")
        column = ColumnValues("", "", heading, tuple(texts_of(read_of(imported), heading)))
        form = CorrectionsForm(request.POST, values=column.values, judge=lambda _text: "")
        if form.is_valid():
            said = form.corrections()
            changed = correct_cells(
                imported=imported, heading=column.heading, corrections=said, by=request.user, now=timezone.now()
            )
            _tell(request, changed)
    return redirect("applications:check", cohort_id, import_id)


def _column_of(columns: Sequence[ColumnValues], field: str) -> ColumnValues:
    """Return the column of a field.

    Raises:
        Http404: no column of it is listed.
    """
    column = next((one for one in columns if one.field == field), None)
    if column is None:
        raise Http404
    return column


def _tell(request: PersonRequest, changed: int) -> None:
    """Say how many answers are read in another way now."""
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return
    text = ngettext("%(n)d answer is read differently now.", "%(n)d answers are read differently now.", changed)
    messages.success(request, text % {"n": changed})
