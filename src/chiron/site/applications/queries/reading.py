"""How the sheet of an import is read: its columns, its fields, and what is taken for granted about its cells."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Role as Side
from chiron.sheets.cells.weeks import next_monday, week_in_words
from chiron.sheets.columns.guess import Column, guess_columns
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Table
from chiron.sheets.intake import wholes_of
from chiron.sheets.people.check import CheckSettings
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.pools import with_ladders
from chiron.site.applications.models import Application, Import
from chiron.site.applications.queries.imports import fields_in, fields_of, sheet_in
from chiron.site.applications.rules.application import SIDES, Role, Stage
from chiron.site.applications.rules.export import STATUS
from chiron.site.applications.rules.mapping import choices_of, reusable
from chiron.site.applications.rules.naming import MEANS_NOBODY
from chiron.site.applications.rules.values import corrected
from chiron.site.organizations.models import Site
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import matching_of


@dataclass(frozen=True, slots=True)
class SheetRead:
    """The sheet of an import, and how it is read.

    Attributes:
        raw: the sheet as it was sent.
        table: the sheet with the coordinator's words in place of the cells that they were said about.
        columns: where each field stands.
        fields: what is asked.
        settings: how cells are read.
        notes: what was learnt from the sheet as a whole.
    """

    raw: Table
    table: Table
    columns: Mapping[str, Column]
    fields: Mapping[str, FieldSpec]
    settings: CheckSettings
    notes: tuple[Diagnostic, ...]


def read_of(imported: Import) -> SheetRead:
    """Return how the sheet of an import is read whose columns are chosen.

    Raises:
        SheetError: the sheet cannot be read.
    """
    role = Role(imported.role)
    raw = sheet_in(imported)
    table = corrected(raw, imported.corrections)
    fields = fields_in(imported, raw)
    choices = choices_of(imported.mapping)
    chosen = {name: choices[name].chosen if name in choices else "" for name in fields}
    columns = guess_columns(table, SIDES[role], fields, chosen=chosen).columns
    matching, ladder_notes = _with_ladders(imported, table, columns)
    fields = {name: matching.spec(name) if spec.type == "stage" else spec for name, spec in fields.items()}
    week = week_of(imported.cohort, now=imported.uploaded_at.date())
    wholes, comma_notes = _wholes_of(imported, table, columns)
    needed = {*matching.needed(SIDES[role]), *COUNT_FIELDS, "email", "id"}
    settings = CheckSettings(
        time_zone=imported.uploaded_by.time_zone,
        fixed={name: choice.fill for name, choice in choices.items() if choice.fill and name in fields},
        week=week,
        wholes=wholes,
        lenient={name: True for name in columns if name not in needed},
        towns=_towns_of(imported.cohort),
        shares_addresses=False,  # everybody signs in here by their own address, so two people cannot share one
    )
    learnt = (
        Diagnostic(table.file, table.sheet, table.heading_row, "", "columns", text)
        for text in (*ladder_notes, *comma_notes)
    )
    notes = (*_week_notes(table, columns, fields, week), *learnt)
    return SheetRead(raw, table, columns, fields, settings, notes)


def _towns_of(cohort: Cohort) -> dict[str, tuple[float, float]]:
    """Return where the sites of a cohort's organisation are, by name, as cells are compared."""
    sites = Site.objects.filter(organization=cohort.program.organization_id, latitude__isnull=False)
    return {normal(one.name): (one.latitude or 0.0, one.longitude or 0.0) for one in sites}


def _with_ladders(imported: Import, table: Table, columns: Mapping[str, Column]) -> tuple[Matching, list[str]]:
    """Return the cohort's rules with the ladders that both sheets and the other side's answers speak of, and notes."""
    matching = matching_of(imported.cohort)
    said = {
        name: [row.cells[column.index] for row in table.rows]
        for name, column in columns.items()
        if name in matching.needed(SIDES[Role(imported.role)]) and matching.spec(name).type == "stage"
    }
    if said:
        others = Application.objects.filter(cohort_id=imported.cohort_id, stage=Stage.ACCEPTED)
        for answers in others.exclude(role=imported.role).values_list("answers", flat=True):
            for name in said.keys() & answers.keys():
                said[name].append(str(answers[name]))
        if (other := _other_sheet(imported)) is not None:
            _, there, found = other
            for name in said.keys() & found.keys():
                said[name] += [row.cells[found[name].index] for row in there.rows]
    return with_ladders(matching, said)


def _other_sheet(imported: Import) -> tuple[Side, Table, Mapping[str, Column]] | None:
    """Return the other side with its latest sheet whose columns are chosen, brought in or not, and these columns."""
    own = Import.objects.filter(cohort_id=imported.cohort_id)
    other = own.exclude(role=imported.role).exclude(mapping={}).order_by("-pk").first()
    if other is None:
        return None
    role, table = Role(other.role), corrected(sheet_in(other), other.corrections)
    choices = reusable(other.mapping, table)
    fields = {name: spec for name, spec in fields_of(imported.cohort, role).items() if name in choices}
    chosen = {name: choices[name].chosen for name in fields}
    return SIDES[role], table, guess_columns(table, SIDES[role], fields, chosen=chosen).columns


def _wholes_of(
    imported: Import, table: Table, columns: Mapping[str, Column]
) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Return which answers contain commas, learnt from this sheet and the latest of the other side, and notes."""
    matching, side = matching_of(imported.cohort), SIDES[Role(imported.role)]
    asked = {name: column for name, column in columns.items() if name not in {STATUS, MEANS_NOBODY}}
    lists = [column.index for name, column in asked.items() if matching.spec(name).type == "list"]
    if not any("," in row.cells[place] for row in table.rows for place in lists):
        return {}, []
    tables: dict[Side, Table] = {side: table}
    found: dict[Side, Mapping[str, Column]] = {side: asked}
    if (other := _other_sheet(imported)) is not None:
        there, tables[there], found[there] = other
    return wholes_of(tables, found, matching)


def _week_notes(
    table: Table, columns: Mapping[str, Column], fields: Mapping[str, FieldSpec], week: dt.date
) -> Iterator[Diagnostic]:
    """Yield a note for each column with times of the week: in which week they are read."""
    for name, column in columns.items():
        if name in fields and fields[name].type == "hours":
            words = _("“%(heading)s” is read as clocks stand in %(week)s, so that summer time counts.")
            text = words % {"heading": " ".join(column.heading.split()), "week": week_in_words(week)}
            yield Diagnostic(table.file, table.sheet, table.heading_row, column.heading, "week_meant", text)


def week_of(cohort: Cohort, *, now: dt.date) -> dt.date:
    """Return a day of the week whose clocks turn local times into UTC: the same for every sheet of a cohort.

    It is the day on which the cohort starts; without one, in the week after its first sheet.
    """
    if cohort.starts_on is not None:
        return cohort.starts_on
    first = Import.objects.filter(cohort=cohort).order_by("uploaded_at").values_list("uploaded_at", flat=True).first()
    return next_monday(now if first is None else first.date())
