"""Writes of imports: keep a file, keep its mapping, bring its people in, take them out again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chiron.site.applications.models import Application, Import, ImportedChange
from chiron.site.applications.queries.imports import (
    earlier_corrections,
    forget_tables,
    kept_by_undo,
    people_used,
    sites_used,
    standing_by_email,
)
from chiron.site.applications.rules.application import DECIDED, Role, Stage, require_places, usual_places
from chiron.site.applications.rules.changes import ChangeKind, Changes, Incoming, PlannedChange, plan_changes
from chiron.site.applications.rules.imports import (
    Duplicates,
    ImportChangedError,
    ImportState,
    require_import_step,
    require_undo_in_time,
)
from chiron.site.applications.rules.values import with_corrections
from chiron.site.audit.operations import record, record_each
from chiron.site.organizations.models import Organization, Site
from chiron.site.people.models import Person
from chiron.site.people.operations import add_people
from chiron.site.programs.models import Cohort

ROWS_A_QUERY = 200
WRITTEN = ("answers", "capacity", "wanted", "over_because", "site", "stage", "decided_at", "decided_by", "withdrawn_at")
"""The columns of an application that an import writes."""


@transaction.atomic
def keep_upload(*, cohort: Cohort, role: Role, file_name: str, content: bytes, by: Person, now: datetime) -> Import:
    """Keep an uploaded spreadsheet, read as the last one of this role was; nobody is imported yet."""
    imported = Import.objects.create(
        cohort=cohort,
        role=role,
        file_name=file_name[:255],
        content=content,
        corrections=earlier_corrections(cohort, role),
        uploaded_by=by,
        uploaded_at=now,
    )
    record("import.uploaded", subject=imported, by=by, now=now, scope=cohort.scope)
    return imported


@transaction.atomic
def keep_mapping(
    *, imported: Import, mapping: Mapping[str, Mapping[str, str]], duplicates: Duplicates, by: Person, now: datetime
) -> Import:
    """Keep how the columns of an upload are read; nobody is imported yet.

    Raises:
        ImportStepError: the import was done before.
    """
    imported = Import.objects.select_for_update(no_key=True).get(pk=imported.pk)
    require_import_step(ImportState(imported.state), ImportState.MAPPED)
    imported.mapping = {name: dict(choice) for name, choice in mapping.items()}
    imported.duplicates = duplicates
    imported.state = ImportState.MAPPED
    imported.save(update_fields=["mapping", "duplicates", "state"])
    record("import.mapped", subject=imported, by=by, now=now, scope=f"cohort:{imported.cohort_id}")
    return imported


@transaction.atomic
def choose_sheet(*, imported: Import, sheet: str, by: Person, now: datetime) -> Import:
    """Read another sheet of an uploaded workbook; its columns are guessed anew, and nobody is imported yet.

    Raises:
        ImportStepError: the import was done before.
    """
    imported = Import.objects.select_for_update(no_key=True).get(pk=imported.pk)
    require_import_step(ImportState(imported.state), ImportState.UPLOADED)
    imported.sheet, imported.state = sheet, ImportState.UPLOADED
    imported.mapping, imported.nobody = {}, []
    imported.save(update_fields=["sheet", "state", "mapping", "nobody"])
    record("import.sheet_chosen", subject=imported, by=by, now=now, scope=f"cohort:{imported.cohort_id}")
    return imported


@transaction.atomic
def correct_cells(*, imported: Import, heading: str, corrections: Mapping[str, str], by: Person, now: datetime) -> int:
    """Keep what is read in place of some cells of a column; nobody is imported yet, and the sheet stays as it is.

    Args:
        imported: the import, with its mapping kept.
        heading: of the column.
        corrections: what is read instead, by what stands in a cell; empty: what stands there after all.
        by: who says so.
        now: when.

    Returns:
        how many different texts are read in another way than before.

    Raises:
        ImportStepError: the import was done before, or its columns were not chosen.
    """
    imported = Import.objects.select_for_update(no_key=True).get(pk=imported.pk)
    require_import_step(ImportState(imported.state), ImportState.DONE)
    before = imported.corrections.get(heading, {})
    changed = sum(1 for cell, text in corrections.items() if (text or cell) != before.get(cell, cell))
    if not changed:
        return 0
    imported.corrections = with_corrections(imported.corrections, heading, corrections)
    imported.save(update_fields=["corrections"])
    details = {"cells": changed}
    scope = f"cohort:{imported.cohort_id}"
    record("import.cells_corrected", subject=imported, by=by, now=now, scope=scope, details=details)
    return changed


@transaction.atomic
def say_nobody(*, imported: Import, row: int, column: str, cell: str | None, by: Person, now: datetime) -> Import:
    """Keep that what is not clear in a cell means nobody of the other side, or take that back; nobody is imported yet.

    Args:
        imported: the import, with its mapping kept.
        row: the number of the row as the spreadsheet shows it.
        column: the heading.
        cell: what stands there; another text is not meant. None: what was said before is taken back.
        by: who says so.
        now: when.

    Raises:
        ImportStepError: the import was done before, or its columns were not chosen.
    """
    imported = Import.objects.select_for_update(no_key=True).get(pk=imported.pk)
    require_import_step(ImportState(imported.state), ImportState.DONE)
    others = [one for one in imported.nobody if (one["row"], one["column"]) != (row, column)]
    imported.nobody = others if cell is None else [*others, {"row": row, "column": column, "cell": cell}]
    imported.save(update_fields=["nobody"])
    kind = "import.nobody_taken_back" if cell is None else "import.nobody_meant"
    record(kind, subject=imported, by=by, now=now, scope=f"cohort:{imported.cohort_id}", details={"row": row})
    return imported


@transaction.atomic
def do_import(
    *,
    imported: Import,
    incoming: Sequence[Incoming],
    fixing: int,
    expected: Mapping[str, int],
    over_because: str = "",
    takes_back: bool = False,
    by: Person,
    now: datetime,
) -> Changes:
    """Bring the good rows of a checked sheet into the cohort, as accepted applications; all of them, or none.

    Args:
        imported: the import, with its mapping kept.
        incoming: the good rows of its sheet.
        fixing: how many rows need fixing; they are left out.
        expected: the counts that the coordinator saw on the page that asked.
        over_because: why people may have more matches than the places that the sheet gives them; they are flagged.
        takes_back: accept those again who were withdrawn; without it they stay so.
        by: who imports, and so accepts.
        now: when.

    Raises:
        ImportStepError: the import was done before, or its columns were not chosen.
        ImportChangedError: the cohort changed since the page was shown.
        PlacesTakenError: the sheet gives somebody fewer places than are taken, and nobody said why that is right.
    """
    imported = Import.objects.select_for_update(no_key=True).get(pk=imported.pk)
    require_import_step(ImportState(imported.state), ImportState.DONE)
    # Two sheets with the same new person: the second one finds the first one's people in the cohort.
    Cohort.objects.select_for_update(no_key=True).get(pk=imported.cohort_id)
    standing = standing_by_email(imported.cohort_id, Role(imported.role))
    changes = plan_changes(incoming, standing, Duplicates(imported.duplicates), fixing, takes_back=takes_back)
    if changes.counts != dict(expected):
        raise ImportChangedError
    sites = _add_sites(imported.cohort.program.organization, changes.new_sites)
    _bring_in(imported, _with_sites(changes.writes, sites), over_because=over_because, by=by, now=now)
    imported.state, imported.done_at, imported.counts = ImportState.DONE, now, changes.counts
    imported.made_sites = sorted(site.pk for site in sites.values())
    imported.save(update_fields=["state", "done_at", "counts", "made_sites"])
    scope = f"cohort:{imported.cohort_id}"
    record_each("site.added", subjects=list(sites.values()), by=by, now=now, scope=scope)
    record("import.done", subject=imported, by=by, now=now, scope=scope, details=changes.counts)
    return changes


@transaction.atomic
def undo_import(*, imported: Import, by: Person, now: datetime) -> dict[str, int]:
    """Take back what an import did, except for people who were used or changed since; return how many of each.

    Raises:
        ImportStepError: the import was not done, or was undone before.
        UndoTooLateError: it was done more than 30 days ago.
    """
    imported = Import.objects.select_for_update(no_key=True).get(pk=imported.pk)
    require_import_step(ImportState(imported.state), ImportState.UNDONE)
    require_undo_in_time(now - imported.done_at if imported.done_at is not None else timedelta(0))
    kept = {application.pk for application in kept_by_undo(imported)}
    changes = imported.changes.select_related("application__person").order_by("-pk")
    undone = [change for change in changes if change.application_id is not None and change.application_id not in kept]
    _put_back([change for change in undone if change.before is not None])
    _remove([change for change in undone if change.before is None])
    made = set(imported.made_sites)
    Site.objects.filter(pk__in=made - sites_used(made)).delete()
    imported.state, imported.undone_at = ImportState.UNDONE, now
    imported.save(update_fields=["state", "undone_at"])
    counts = {"undone": len(undone), "kept": len(kept)}
    transaction.on_commit(forget_tables)
    record("import.undone", subject=imported, by=by, now=now, scope=f"cohort:{imported.cohort_id}", details=counts)
    return counts


def _bring_in(
    imported: Import, changes: Sequence[PlannedChange], *, over_because: str, by: Person, now: datetime
) -> None:
    """Write the rows that change something, and remember what was there before: a few queries, however many rows."""
    new = [change for change in changes if change.kind is ChangeKind.NEW]
    old = [change for change in changes if change.kind is not ChangeKind.NEW]
    there = _locked(old)  # before anything is recorded, which locks the end of the chain of events
    kept = [there[change.application_id or 0] for change in old]
    people, brought = add_people(names={change.incoming.email: change.incoming.name for change in new}, by=by, now=now)
    made = [
        Application(
            cohort_id=imported.cohort_id,
            person=people[change.incoming.email],
            role=imported.role,
            created_at=now,
            submitted_at=now,
        )
        for change in new
    ]
    usual = usual_places(imported.cohort.matching)
    for application, change in zip((*made, *kept), (*new, *old), strict=True):
        _write(application, change.after, by=by, now=now)
        is_in = application.role == Role.MENTOR and application.stage == Stage.ACCEPTED
        if is_in and application.capacity is None:
            application.capacity = usual
        require_places(places=application.places, taken=application.taken, over_because=over_because)
        application.over_because = over_because.strip()[:200] if application.is_over else ""
    Application.objects.bulk_create(made, batch_size=ROWS_A_QUERY)
    Application.objects.bulk_update(kept, WRITTEN, batch_size=ROWS_A_QUERY)
    rows = [
        ImportedChange(
            imported=imported,
            application=application,
            row=change.incoming.row,
            before=change.before,
            after={**change.after, "capacity": application.capacity},
            made_person=change.kind is ChangeKind.NEW and change.incoming.email in brought,
        )
        for application, change in zip((*made, *kept), (*new, *old), strict=True)
    ]
    ImportedChange.objects.bulk_create(sorted(rows, key=lambda one: one.row), batch_size=ROWS_A_QUERY)


def _add_sites(organization: Organization, names: Mapping[int, str]) -> dict[int, Site]:
    """Add the sites that a sheet names and the organisation does not have, by the number that stands for each."""
    # Another cohort of the organisation may add one of them in the same moment: then theirs stands.
    new = [Site(organization=organization, name=name) for name in names.values()]
    Site.objects.bulk_create(new, ignore_conflicts=True)
    there = Site.objects.filter(organization=organization, name__in=list(names.values())) if names else ()
    by_name = {site.name: site for site in there}
    return {number: by_name[name] for number, name in names.items()}


def _with_sites(changes: Sequence[PlannedChange], sites: Mapping[int, Site]) -> list[PlannedChange]:
    """Return changes with the keys of the sites that were added in place of the numbers that stood for them."""
    return [
        replace(change, after={**change.after, "site_id": sites[change.after["site_id"]].pk})
        if change.after["site_id"] in sites
        else change
        for change in changes
    ]


def _locked(changes: Sequence[PlannedChange | ImportedChange]) -> dict[int, Application]:
    """Return the applications of some changes under a lock, by key."""
    keys = [change.application_id or 0 for change in changes]
    locked = Application.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return {application.pk: application for application in locked}


def _write(application: Application, content: Mapping[str, Any], *, by: Person, now: datetime) -> None:
    """Put content into an application; a new stage is a decision of the person who imports."""
    application.answers = content["answers"]
    application.capacity = content["capacity"]
    application.wanted = content["wanted"]
    application.site_id = content["site_id"]
    if application.stage != content["stage"]:
        application.stage = content["stage"]
        application.withdrawn_at = None
        if Stage(content["stage"]) in DECIDED:
            application.decided_at, application.decided_by = now, by


def _remove(changes: Sequence[ImportedChange]) -> None:
    """Remove the applications that an import made, and the people it brought who have no other place by now."""
    brought = {change.application.person_id for change in changes if change.application and change.made_person}
    Application.objects.filter(pk__in=[change.application_id for change in changes]).delete()
    Person.objects.filter(pk__in=brought - people_used(brought)).delete()


def _put_back(changes: Sequence[ImportedChange]) -> None:
    """Put applications back as they were before an import."""
    there = _locked(changes)
    for change in changes:
        application, before = there[change.application_id or 0], change.before or {}
        application.answers = before["answers"]
        application.capacity = before["capacity"]
        application.wanted = before["wanted"]
        application.site_id = before["site_id"]
        if application.stage != before["stage"]:
            application.stage = before["stage"]
            if Stage(before["stage"]) is not Stage.ACCEPTED:
                application.decided_at, application.decided_by = None, None
    Application.objects.bulk_update(list(there.values()), WRITTEN, batch_size=ROWS_A_QUERY)
