"""The import wizard: upload, columns, check, done, and undo."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chiron.sheets.files.table import SheetError
from chiron.site.applications.forms.imports import ColumnsForm, DoForm, NobodyForm, UploadForm, listed
from chiron.site.applications.forms.values import SheetForm
from chiron.site.applications.operations.imports import (
    do_import,
    keep_mapping,
    keep_upload,
    say_nobody,
    undo_import,
)
from chiron.site.applications.queries.checking import changes_of, checking_of, unknown_names
from chiron.site.applications.queries.imports import (
    fields_in,
    guess_of,
    imports_coordinated_by,
    kept_by_undo,
    proposed_choices,
    require_readable,
    sensitive_headings,
    sheet_in,
)
from chiron.site.applications.queries.values import values_in
from chiron.site.applications.rules.application import Role
from chiron.site.applications.rules.changes import ChangeKind, changed_words
from chiron.site.applications.rules.imports import (
    SHEET_LIMITS,
    UNDO_DAYS,
    Duplicates,
    ImportState,
    can_undo,
    rows_to_fix_file,
)
from chiron.site.applications.rules.mapping import stored_mapping, unused_headings
from chiron.site.people.http import PersonRequest
from chiron.site.programs.operations import note_file_taken
from chiron.site.programs.queries import cohorts_coordinated_by
from chiron.site.programs.rules import CohortFile
from chiron.site.shared.bodies import PAGE_BYTES, takes_files
from chiron.site.shared.pagination import page_of

LISTED = 50
ROWS_TO_FIX = 25
MOST_TO_SETTLE, SITES_NAMED = 10, 8
LISTS = (
    ("fixing", gettext_lazy("Needs fixing")),
    ("changed", gettext_lazy("Changed")),
    ("new", gettext_lazy("New")),
    ("left", gettext_lazy("Left as they are")),
    ("names", gettext_lazy("Names not in this cohort")),
    ("guesses", gettext_lazy("Read with a guess")),
)
"""The lists of what an import would do, in the order in which a coordinator looks at them."""


@takes_files(SHEET_LIMITS.file_bytes + PAGE_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Take a spreadsheet, and list the imports of a cohort."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    form = UploadForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        role, file = Role(form.cleaned_data["role"]), form.cleaned_data["file"]
        content = file.read()
        try:
            require_readable(content, name=file.name, role=role)
        except SheetError as fault:
            form.add_error("file", str(fault))
        else:
            kept = keep_upload(
                cohort=cohort, role=role, file_name=file.name, content=content, by=request.user, now=timezone.now()
            )
            return redirect("applications:columns", cohort_id, kept.pk)
    earlier = page_of(request, imports_coordinated_by(request.user).filter(cohort=cohort))
    return render(request, "applications/imports.html", {"cohort": cohort, "form": form, "rows": earlier})


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Show how the columns are read, and keep the coordinator's choices."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    if imported.state not in {ImportState.UPLOADED, ImportState.MAPPED}:
        return redirect("applications:import", cohort_id, import_id)
    table = sheet_in(imported)
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        table=table,
        fields=fields_in(imported, table),
        choices=proposed_choices(imported, table, is_fresh="fresh" in request.GET),
        duplicates=Duplicates(imported.duplicates),
    )
    if request.method == "POST" and form.is_valid():
        keep_mapping(
            imported=imported,
            mapping=stored_mapping(form.choices()),
            duplicates=Duplicates(form.cleaned_data["duplicates"]),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("applications:check", cohort_id, import_id)
    used = {heading for choice in form.proposed.values() for heading in choice.headings}
    context = {
        "cohort": imported.cohort,
        "imported": imported,
        "form": form,
        "people": len(table.rows),
        "sheet": table.sheet,
        "sheet_form": SheetForm(sheets=table.sheets, sheet=table.sheet) if len(table.sheets) > 1 else None,
        "file_notes": [*table.notes, *guess_of(imported, table).withdrawn.values()],
        "unused": listed(unused_headings(table, used)),
    }
    return render(request, "applications/columns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Show what an import would do, one list at a time; the button does it."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    if imported.state == ImportState.UPLOADED:
        return redirect("applications:columns", cohort_id, import_id)
    if imported.state != ImportState.MAPPED:
        return redirect("applications:import", cohort_id, import_id)
    checking = checking_of(imported)
    if request.method == "POST":
        do_import(
            imported=imported,
            incoming=checking.incoming,
            fixing=len(checking.rows_to_fix),
            expected=DoForm(request.POST).expected(),
            over_because=request.POST.get("over_because", ""),
            takes_back=bool(request.POST.get("back")),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The people are in the cohort. No message was sent to them."))
        return redirect("applications:import", cohort_id, import_id)
    changes = changes_of(imported, checking, takes_back=bool(request.GET.get("back")))
    lists: dict[str, Sequence[Any]] = {
        "fixing": checking.problems,
        "changed": changes.by_kind[ChangeKind.CHANGED],
        "new": changes.by_kind[ChangeKind.NEW],
        "left": changes.by_kind[ChangeKind.LEFT],
        "names": unknown_names(imported, checking),
        "guesses": checking.notes,
    }
    shown = request.GET.get("show", "")
    if not lists.get(shown):
        shown = next((name for name, rows in lists.items() if rows), "")
    rows = page_of(request, lists.get(shown, ()), size=ROWS_TO_FIX if shown == "fixing" else LISTED)
    fields = checking.read.fields
    to_settle = [(one, value) for one in values_in(checking.read, imported) for value in one.problems]
    new_sites = list(changes.new_sites.values())
    context = {
        "cohort": imported.cohort,
        "imported": imported,
        "counts": changes.counts,
        "writes": len(changes.writes),
        "withdrawn": changes.withdrawn,
        "back": changes.back,
        "links": [(name, label, len(lists[name]), name == shown) for name, label in LISTS if lists[name]],
        "shown": shown,
        "rows": rows,
        "changed": [(one.incoming, changed_words(one, fields)) for one in rows] if shown == "changed" else [],
        "over": [(one.incoming, one.taken) for one in changes.writes if one.is_over],
        "problems": checking.problems,
        "unknown": lists["names"],
        "notes": checking.notes,
        "to_settle": to_settle[:MOST_TO_SETTLE] if shown == "fixing" and rows.number == 1 else [],
        "more_to_settle": len(to_settle) - MOST_TO_SETTLE,
        "new_sites": new_sites[:SITES_NAMED],
        "more_sites": max(len(new_sites) - SITES_NAMED, 0),
    }
    return render(request, "applications/check.html", context)


@require_POST
def nobody(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Keep that what is not clear in a cell means nobody of the other side, or take that back."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    form = NobodyForm(request.POST)
    if form.is_valid():
        row, column, is_said = (form.cleaned_data[name] for name in ("row", "column", "is_said"))
        asked = {(one.row, one.column): one.cell for one in checking_of(imported).problems if one.cell}
        if not is_said or (row, column) in asked:
            say_nobody(
                imported=imported,
                row=row,
                column=column,
                cell=asked.get((row, column), "") if is_said else None,
                by=request.user,
                now=timezone.now(),
            )
    return redirect("applications:check", cohort_id, import_id)


@require_safe
def errors(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Give a file of only those rows that need fixing, with what to fix in each."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    checking = checking_of(imported)
    if request.method == "GET":
        rows = len({one.row for one in checking.problems})
        note_file_taken(
            cohort=imported.cohort, file=CohortFile.ROWS_TO_FIX, rows=rows, by=request.user, now=timezone.now()
        )
    answer = HttpResponse(
        rows_to_fix_file(checking.table, checking.problems, without=sensitive_headings(imported, checking.table)),
        content_type="text/csv; charset=utf-8",
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="rows-to-fix.csv"'
    return answer


@require_safe
def one_import(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Show what an import did, and whether it can be undone."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    if imported.state in {ImportState.UPLOADED, ImportState.MAPPED}:
        return redirect("applications:columns", cohort_id, import_id)
    is_open = can_undo(ImportState(imported.state), imported.done_at, now=timezone.now())
    kept = kept_by_undo(imported) if is_open else []
    context = {
        "cohort": imported.cohort,
        "imported": imported,
        "can_undo": is_open,
        "undo_days": UNDO_DAYS,
        "kept": kept,
        "undone": imported.counts.get("new", 0) + imported.counts.get("changed", 0) - len(kept),
    }
    return render(request, "applications/import.html", context)


@require_POST
def undo(request: PersonRequest, cohort_id: int, import_id: int) -> HttpResponse:
    """Take an import back."""
    imported = get_object_or_404(imports_coordinated_by(request.user).filter(cohort_id=cohort_id), pk=import_id)
    counts = undo_import(imported=imported, by=request.user, now=timezone.now())
    text = ngettext(
        "The import is undone for %(n)d person.", "The import is undone for %(n)d people.", counts["undone"]
    )
    messages.success(request, text % {"n": counts["undone"]})
    return redirect("applications:import", cohort_id, import_id)
