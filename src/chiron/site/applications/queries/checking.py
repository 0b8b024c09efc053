"""Reads of what an import would do: the rows of its sheet judged one by one, and what they would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Participant
from chiron.sheets.columns.guess import Column
from chiron.sheets.files.table import Table
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.diagnostics import Checked, Diagnostic, shown
from chiron.sheets.people.exclusions import text_of
from chiron.site.applications.models import Application, Import
from chiron.site.applications.queries.imports import fields_of, standing_by_email
from chiron.site.applications.queries.naming import exclusions_in, saying_nobody
from chiron.site.applications.queries.reading import SheetRead, read_of
from chiron.site.applications.rules.application import SIDES, Role, Stage
from chiron.site.applications.rules.changes import Changes, Incoming, plan_changes
from chiron.site.applications.rules.export import STATUS, stage_said
from chiron.site.applications.rules.imports import Duplicates
from chiron.site.applications.rules.intake import Fault, faults_of, site_fault, unreadable_fault
from chiron.site.applications.rules.naming import ALSO_CALLED, MEANS_NOBODY, Directory, naming_fields, unknown_words
from chiron.site.applications.rules.values import key_of
from chiron.site.organizations.models import Site
from chiron.site.people.rules import clean_email, one_line

NOT_ANSWERS = frozenset({"email", "places", "wanted", STATUS})
"""What a sheet says that an application keeps elsewhere."""


@dataclass(frozen=True, slots=True)
class Checking:
    """A checked sheet: its good rows, and what needs fixing or was read with a guess."""

    read: SheetRead
    incoming: tuple[Incoming, ...]
    problems: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...]

    @property
    def table(self) -> Table:
        """The sheet as it was sent."""
        return self.read.raw

    @property
    def rows_to_fix(self) -> frozenset[int]:
        """The numbers of the rows that are left out until somebody fixes them."""
        return frozenset(one.row for one in self.problems if one.left_out)


def checking_of(imported: Import) -> Checking:
    """Return the checked rows of an import whose columns are chosen; nothing is written.

    Raises:
        SheetError: the sheet cannot be read.
    """
    role, read = Role(imported.role), read_of(imported)
    table, columns, fields = read.table, read.columns, read.fields
    checked = check_rows(table, columns, fields, SIDES[role], settings=read.settings)
    sites = _SiteKeys(imported.cohort.program.organization_id)
    good, faults = _judged(checked, columns, fields, sites)
    problems = [*checked.problems, *faults]
    incoming = tuple(good)
    headings = {name: column.heading for name, column in columns.items() if name in fields and fields[name].keeps_apart}
    standing = standing_by_email(imported.cohort_id, role) if headings else {}
    exclusions = exclusions_in(imported, incoming, table, headings, standing)
    unclear = {one.row for one in exclusions if one.left_out}
    problems += [one for one in exclusions if one.left_out]
    return Checking(
        read=read,
        incoming=tuple(saying_nobody(one, imported, headings) for one in incoming if one.row not in unclear),
        problems=tuple(sorted(problems, key=lambda one: one.row)),
        notes=(
            *read.notes,
            *checked.notes,
            *(one for one in exclusions if not one.left_out),
        ),
    )


def _judged(
    checked: Checked, columns: Mapping[str, Column], fields: Mapping[str, FieldSpec], sites: "_SiteKeys"
) -> tuple[list[Incoming], list[Diagnostic]]:
    """Return the rows whose values an application can keep, and what is wrong with the others."""
    good: list[Incoming] = []
    faults: list[Diagnostic] = []
    known: dict[str, int] = {}
    unreadable = _unreadable(checked.table, columns)
    for person in checked.people:
        row = checked.rows[person.id]
        one = _incoming(row, person, sites, fields, has_id="id" in columns)
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


class _SiteKeys:
    """The sites of an organisation by name; a name that is new gets a number below 0 until the import adds it."""

    def __init__(self, organization_id: int) -> None:
        """Look up the sites that are there."""
        sites = Site.objects.filter(organization=organization_id).order_by("pk")
        self.keys = {name.casefold(): key for key, name in sites.values_list("pk", "name")}
        self.new = 0

    def key_of(self, name: Any) -> int | None:
        """Return the key of the site with this name, in whatever capitals; None where an answer is no name."""
        if not isinstance(name, str) or not any(map(str.isalnum, name)):
            return None
        key = self.keys.get(name.casefold())
        if key is None:
            self.new -= 1
            key = self.keys[name.casefold()] = self.new
        return key


def _incoming(
    row: int, one: Participant, sites: _SiteKeys, fields: Mapping[str, FieldSpec], *, has_id: bool
) -> Incoming:
    """Return one row as an import takes it; its site is linked by its name.

    An identifier that the sheet gives is kept as an answer, so that others can name the person by it.
    """
    answers = dict(one.answers)
    if has_id and one.id not in {answers.get("email"), one.name}:
        answers["id"] = one.id
    if one.also:
        answers[ALSO_CALLED] = list(one.also)
    if answers.get(MEANS_NOBODY):
        labels = {spec.label or name: name for name, spec in fields.items()}
        meant = [labels[label] for label in answers[MEANS_NOBODY]]
        said = {name: text_of(answers[name]) for name in meant if answers.get(name)}
        answers = {name: value for name, value in answers.items() if name != MEANS_NOBODY}
        answers |= {MEANS_NOBODY: said} if said else {}
    site = answers.get("site")
    return Incoming(
        row=row,
        email=clean_email(answers.get("email") or ""),
        name=one_line(one.name),
        answers={name: value for name, value in answers.items() if name not in NOT_ANSWERS},
        capacity=one.capacity,
        wanted=answers.get("wanted"),
        stage=stage_said(answers.get(STATUS)),
        site_id=None if site_fault(site) else sites.key_of(site),
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


def changes_of(imported: Import, checking: Checking, *, takes_back: bool = False) -> Changes:
    """Return what an import would do now; nothing is written. `takes_back`: accept those again who were withdrawn."""
    standing = standing_by_email(imported.cohort_id, Role(imported.role))
    fixing = len(checking.rows_to_fix)
    return plan_changes(checking.incoming, standing, Duplicates(imported.duplicates), fixing, takes_back=takes_back)


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name of the other side that nobody has, or several have.

    Attributes:
        row: where it stands.
        words: what is wrong with it, and what to type instead.
        heading: of its column.
        key: the short name of the cell that it stands in.
        meant: the cell with the name that may have been meant; empty where none is near.
    """

    row: int
    words: str
    heading: str
    key: str
    meant: str


def unknown_names(imported: Import, checking: Checking) -> list[UnknownName]:
    """Return each name of the other side that nobody has, or several have; none before somebody is there.

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
    raw, read = checking.read.raw.rows, checking.read.table.rows
    lines = {sent.number: (sent.cells, line.cells) for sent, line in zip(raw, read, strict=True)}
    found = []
    for one in checking.incoming:
        for field, label in rankings.items():
            for name in map(str, one.answers.get(field) or ()):
                if len(directory.keys_of(name)) == 1:
                    continue
                near = "" if directory.keys_of(name) else directory.nearest(name)
                sent, line = lines[one.row]
                column = checking.read.columns.get(field)  # none where everybody has the same choices
                at = next((at for at in column.positions if name in line[at]), None) if column is not None else None
                where = (
                    ("", "", "")
                    if at is None
                    else (
                        checking.table.headings[at],
                        key_of(sent[at]),
                        line[at].replace(name, near) if near else "",
                    )
                )
                words = f"{label}: {unknown_words(directory, name, is_mentor=role == Role.MENTEE)}"
                found.append(UnknownName(one.row, words, *where))
    return found
