"""Reads of what an import would do: the rows of its sheet judged one by one, and what they would change."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.person import Role as Side
from chiron.sheets.cells.weeks import next_monday, week_in_words
from chiron.sheets.columns.guess import Column, guess_columns
from chiron.sheets.files.table import Table
from chiron.sheets.intake import wholes_of
from chiron.sheets.people.check import CheckSettings, check_rows
from chiron.sheets.people.diagnostics import Checked, Diagnostic, shown
from chiron.sheets.pools import with_ladders
from chiron.site.applications.models import Application, Import
from chiron.site.applications.queries.imports import fields_of, sheet_in, standing_by_email
from chiron.site.applications.queries.naming import exclusions_in, saying_nobody
from chiron.site.applications.rules.application import SIDES, Role, Stage
from chiron.site.applications.rules.changes import Changes, Incoming, plan_changes
from chiron.site.applications.rules.imports import Duplicates
from chiron.site.applications.rules.intake import Fault, faults_of, unreadable_fault
from chiron.site.applications.rules.mapping import choices_of, reusable
from chiron.site.applications.rules.naming import ALSO_CALLED, Directory, naming_fields, unknown_words
from chiron.site.organizations.models import Site
from chiron.site.people.rules import clean_email, one_line
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import matching_of

NOT_ANSWERS = frozenset({"email", "places", "wanted"})
"""What a sheet says that an application keeps elsewhere."""


@dataclass(frozen=True, slots=True)
class Checking:
    """A checked sheet: its good rows, and what needs fixing or was read with a guess."""

    table: Table
    incoming: tuple[Incoming, ...]
    problems: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...]

    @property
    def rows_to_fix(self) -> frozenset[int]:
        """The numbers of the rows that are left out until somebody fixes them."""
        return frozenset(one.row for one in self.problems if one.left_out)


def checking_of(imported: Import) -> Checking:
    """Return the checked rows of an import whose columns are chosen; nothing is written.

    Raises:
        SheetError: the sheet cannot be read.
    """
    role = Role(imported.role)
    table = sheet_in(imported)
    fields = fields_of(imported.cohort, role)
    choices = choices_of(imported.mapping)
    chosen = {name: choices[name].chosen if name in choices else "" for name in fields}
    columns = guess_columns(table, SIDES[role], fields, chosen=chosen).columns
    matching, ladder_notes = _with_ladders(imported, table, columns)
    fields = {name: matching.spec(name) if spec.type == "stage" else spec for name, spec in fields.items()}
    fixed = {name: choice.fill for name, choice in choices.items() if choice.fill and name in fields}
    week = week_of(imported.cohort, now=imported.uploaded_at.date())
    wholes, comma_notes = _wholes_of(imported, table, columns)
    read = {*matching.needed(SIDES[role]), *COUNT_FIELDS, "email", "id"}
    settings = CheckSettings(
        time_zone=imported.uploaded_by.time_zone,
        fixed=fixed,
        week=week,
        wholes=wholes,
        lenient={name: True for name in columns if name not in read},
        shares_addresses=False,  # everybody signs in here by their own address, so two people cannot share one
    )
    checked = check_rows(table, columns, fields, SIDES[role], settings=settings)
    sites = {
        site.name.casefold(): site.pk for site in Site.objects.filter(organization=imported.cohort.program.organization)
    }
    good, faults = _judged(checked, columns, sites)
    problems = [*checked.problems, *faults]
    incoming = tuple(good)
    headings = {name: column.heading for name, column in columns.items() if name in fields and fields[name].keeps_apart}
    standing = standing_by_email(imported.cohort_id, role) if headings else {}
    exclusions = exclusions_in(imported, incoming, table, headings, standing)
    unclear = {one.row for one in exclusions if one.left_out}
    problems += [one for one in exclusions if one.left_out]
    return Checking(
        table=table,
        incoming=tuple(saying_nobody(one, imported, headings) for one in incoming if one.row not in unclear),
        problems=tuple(sorted(problems, key=lambda one: one.row)),
        notes=(
            *_week_notes(table, columns, fields, week),
            *(
                Diagnostic(table.file, table.sheet, table.heading_row, "", "columns", text)
                for text in (*ladder_notes, *comma_notes)
            ),
            *checked.notes,
            *(one for one in exclusions if not one.left_out),
        ),
    )


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
    role, table = Role(other.role), sheet_in(other)
    choices = reusable(other.mapping, table)
    fields = {name: spec for name, spec in fields_of(imported.cohort, role).items() if name in choices}
    chosen = {name: choices[name].chosen for name in fields}
    return SIDES[role], table, guess_columns(table, SIDES[role], fields, chosen=chosen).columns


def _wholes_of(
    imported: Import, table: Table, columns: Mapping[str, Column]
) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Return which answers contain commas, learnt from this sheet and the latest of the other side, and notes."""
    matching, side = matching_of(imported.cohort), SIDES[Role(imported.role)]
    lists = [column.index for name, column in columns.items() if matching.spec(name).type == "list"]
    if not any("," in row.cells[place] for row in table.rows for place in lists):
        return {}, []
    tables, found = {side: table}, {side: columns}
    if (other := _other_sheet(imported)) is not None:
        there, tables[there], found[there] = other
    return wholes_of(tables, found, matching)


def _judged(
    checked: Checked, columns: Mapping[str, Column], sites: Mapping[str, int]
) -> tuple[list[Incoming], list[Diagnostic]]:
    """Return the rows whose values an application can keep, and what is wrong with the others."""
    good: list[Incoming] = []
    faults: list[Diagnostic] = []
    known: dict[str, int] = {}
    unreadable = _unreadable(checked.table, columns)
    for person in checked.people:
        row = checked.rows[person.id]
        one = _incoming(row, person, sites, has_id="id" in columns)
        found = [_fault(checked.table, row, columns, fault) for fault in _faults_of_row(one)]
        found += unreadable.get(row, [])
        if not found and one.email in known:
            text = _("has the address of row %(row)d. Type each person's own address.") % {"row": known[one.email]}
            found = [_fault(checked.table, row, columns, Fault("email", text))]
        if found:
            faults += found
        else:
            known[one.email] = row
            good.append(one)
    return good, faults


def _incoming(row: int, one: Participant, sites: Mapping[str, int], *, has_id: bool) -> Incoming:
    """Return one row as an import takes it; a site that the organisation has is linked by its name.

    An identifier that the sheet gives is kept as an answer, so that others can name the person by it.
    """
    answers = dict(one.answers)
    if has_id and one.id not in {answers.get("email"), one.name}:
        answers["id"] = one.id
    if one.also:
        answers[ALSO_CALLED] = list(one.also)
    site = answers.get("site")
    return Incoming(
        row=row,
        email=clean_email(answers.get("email") or ""),
        name=one_line(one.name),
        answers={name: value for name, value in answers.items() if name not in NOT_ANSWERS},
        capacity=one.capacity,
        wanted=answers.get("wanted"),
        site_id=sites.get(site.casefold()) if isinstance(site, str) else None,
    )


def _faults_of_row(one: Incoming) -> tuple[Fault, ...]:
    """Return what is wrong with the values of one row."""
    return faults_of(
        email=one.email, name=one.name, capacity=one.capacity, wanted=one.wanted, site=one.answers.get("site")
    )


def _fault(table: Table, row: int, columns: Mapping[str, Column], fault: Fault) -> Diagnostic:
    """Return what is wrong with a value, with the cell that it was read from."""
    by = (fault.field, "last_name", "first_name") if fault.field == "name" else (fault.field,)
    column = next((columns[name] for name in by if name in columns), None)
    if column is None:  # the same for everybody, as the page of columns says
        return Diagnostic(table.file, table.sheet, row, "", "cannot_be_kept", fault.text, left_out=True)
    cell = shown(next(one for one in table.rows if one.number == row).cells[column.index])
    said = _("is empty") if not cell else _("is “%s”") % cell
    words = f"“{shown(column.heading)}” {said}. {fault.text}"
    return Diagnostic(table.file, table.sheet, row, column.heading, "cannot_be_kept", words, left_out=True)


def _unreadable(table: Table, columns: Mapping[str, Column]) -> dict[int, list[Diagnostic]]:
    """Return the cells of which a letter was lost on the way, by row."""
    found: dict[int, list[Diagnostic]] = {}
    for position, row in product(sorted({at for column in columns.values() for at in column.positions}), table.rows):
        text = unreadable_fault(row.cells[position])
        if text:
            heading = table.headings[position]
            words = f"“{shown(heading)}”: {text}"
            told = Diagnostic(table.file, table.sheet, row.number, heading, "unreadable", words, left_out=True)
            found.setdefault(row.number, []).append(told)
    return found


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


def changes_of(imported: Import, checking: Checking) -> Changes:
    """Return what an import would do now; nothing is written."""
    standing = standing_by_email(imported.cohort_id, Role(imported.role))
    return plan_changes(checking.incoming, standing, Duplicates(imported.duplicates), len(checking.rows_to_fix))


def unknown_names(imported: Import, checking: Checking) -> list[tuple[int, str]]:
    """Return (row, sentence) of each name of the other side that nobody has, or several have; none before it is there.

    Nothing is left out because of it: the other side's sheet may come later, and names are looked up in every run.
    """
    role = Role(imported.role)
    others = Application.objects.filter(cohort_id=imported.cohort_id, stage=Stage.ACCEPTED).exclude(role=role)
    directory = Directory.of(
        (str(one.answers.get("id") or one.person.email), one.person.name, [one.person.email])
        for one in others.select_related("person")
    )
    if not directory.keys:
        return []
    rankings = {
        name: spec.label or name
        for name, spec in naming_fields(fields_of(imported.cohort, role)).items()
        if spec.type == "ranking" and not spec.keeps_apart
    }
    return [
        (one.row, f"{label}: {unknown_words(directory, str(name), is_mentor=role == Role.MENTEE)}")
        for one in checking.incoming
        for field, label in rankings.items()
        for name in one.answers.get(field) or ()
        if len(directory.keys_of(str(name))) != 1
    ]
