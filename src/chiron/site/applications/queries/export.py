"""Reads of a cohort's people as sheets that an import takes again."""

from collections.abc import Mapping
from typing import Any

from chiron.blueprints.schema.fields import FieldSpec
from chiron.sheets.columns.guess import Column
from chiron.sheets.files.page import Cell, Page
from chiron.sheets.files.table import Table
from chiron.sheets.people.reading import CheckSettings, FieldReader, readers_of
from chiron.site.applications.models import Application
from chiron.site.applications.queries.imports import fields_of
from chiron.site.applications.rules.application import Role, Stage
from chiron.site.applications.rules.export import (
    STAGE_WORDS,
    STATUS,
    export_fields,
    export_headings,
    typed,
)
from chiron.site.applications.rules.naming import ALSO_CALLED, MEANS_NOBODY
from chiron.site.programs.models import Cohort

SHEETS: Mapping[Role, str] = {Role.MENTOR: "Mentors", Role.MENTEE: "Mentees"}
_NAMES = frozenset({"first_name", "last_name", "latitude", "longitude"})


def people_page(cohort: Cohort, role: Role) -> Page:
    """Return everybody who applied to a cohort in a role, in the order they came, one row a person.

    What says who somebody is stands in no file. Columns that nobody fills are left out.
    """
    fields = {name: spec for name, spec in fields_of(cohort, role).items() if name not in _NAMES}
    fields |= export_fields(fields)
    headings = export_headings(fields)
    readers = _readers(fields, headings)
    applications = Application.objects.filter(cohort=cohort, role=role).select_related("person", "site").order_by("pk")
    rows = [_row(one, fields, readers) for one in applications]
    used = [name for name in headings if name in {"name", "email", STATUS} or any(row.get(name) for row in rows)]
    return Page(
        name=SHEETS[role],
        headings=tuple(headings[name] for name in used),
        rows=tuple(tuple[Cell, ...](row.get(name, "") for name in used) for row in rows),
        filtered=True,
    )


def _readers(fields: Mapping[str, FieldSpec], headings: Mapping[str, str]) -> dict[str, FieldReader]:
    """Return what reads the columns of the sheet when it comes in again."""
    table = Table("export", "", 1, tuple(headings.values()), ())
    columns = {name: Column(at, heading, "", "", sure=True) for at, (name, heading) in enumerate(headings.items())}
    own = {name: spec for name, spec in fields.items() if name in headings}
    return {reader.name: reader for reader in readers_of(table, columns, own, CheckSettings())}


def _row(one: Application, fields: Mapping[str, FieldSpec], readers: Mapping[str, FieldReader]) -> dict[str, str]:
    """Return the cells of one person, by field."""
    also = one.answers.get(ALSO_CALLED) or []
    nobody = one.answers.get(MEANS_NOBODY) or {}
    row = {
        "name": str(also[0]) if also else one.person.name,
        "preferred_name": one.person.name if also else "",
        "email": one.person.email,
        "places": "" if one.capacity is None else str(one.capacity),
        "wanted": str(one.wanted),
        "site": one.site.name if one.site is not None else str(one.answers.get("site") or ""),
        STATUS: STAGE_WORDS[Stage(one.stage)],
        MEANS_NOBODY: "; ".join(fields[name].label or name for name in nobody if name in fields),
    }
    for name, reader in readers.items():
        value = one.answers.get(name)
        if name not in row and value is not None and value not in ("", [], ()):
            row[name] = _cell(value, fields[name], reader)
    return row


def _cell(value: Any, spec: FieldSpec, reader: FieldReader) -> str:
    """Return an answer as a cell that is read as the same answer."""
    written = list(typed(value, spec))
    return next((text for text in written if _plain(reader.reading_of(text).value) == _plain(value)), written[0])


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
