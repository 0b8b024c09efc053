"""Reads of imports: the sheet in them, what it would change, and what undoing would keep."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from django.db.models import ManyToOneRel, Model, QuerySet
from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec, standard_fields
from chiron.blueprints.schema.sensitive import sensitive_word
from chiron.sheets.columns.groups import join_columns
from chiron.sheets.columns.guess import POSITION_FIELDS, guess_columns
from chiron.sheets.files.apart import read_apart
from chiron.sheets.files.page import unquoted
from chiron.sheets.files.table import Row, SheetError, Table
from chiron.sheets.names.index import called_so
from chiron.sheets.people.check import CheckSettings
from chiron.sheets.people.judged_guess import JudgedGuess, judge_guess
from chiron.site.applications.models import Application, Import, ImportedChange
from chiron.site.applications.rules.application import SIDES, Role, Stage
from chiron.site.applications.rules.changes import Standing
from chiron.site.applications.rules.export import STATUS_HEADING, export_fields, export_headings
from chiron.site.applications.rules.imports import (
    CELLS_KEPT,
    SECONDS_KEPT,
    SHEET_BUDGET,
    SHEET_LIMITS,
    ImportState,
    SheetUnreadableError,
)
from chiron.site.applications.rules.mapping import (
    FieldChoice,
    choices_by_heading,
    choices_from_guess,
    choices_of,
    reusable,
)
from chiron.site.organizations.models import Site
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import cohorts_coordinated_by, matching_of
from chiron.site.shared.process.kept_values import KeptValues


def imports_coordinated_by(person: Person) -> QuerySet[Import]:
    """Return the imports into the cohorts that a person coordinates, the newest first, without their files."""
    return (
        Import.objects.filter(cohort__in=cohorts_coordinated_by(person))
        .select_related("cohort__program__organization", "uploaded_by")
        .defer("content")
        .order_by("-pk")
    )


def fields_of(cohort: Cohort, role: Role) -> dict[str, FieldSpec]:
    """Return the fields that a sheet of one role may fill, in the order in which people read them."""
    fields = matching_of(cohort).fields_for(SIDES[role])
    fields.setdefault("site", _site_field(fields))
    if any(spec.type == "place" for spec in fields.values()):
        fields |= {name: spec for name, spec in POSITION_FIELDS.items() if name not in fields}
    return fields


def fields_in(imported: Import, table: Table) -> dict[str, FieldSpec]:
    """Return the fields that a sheet may fill; one that was exported here has further ones."""
    fields = fields_of(imported.cohort, Role(imported.role))
    return fields | export_fields(fields) if STATUS_HEADING in table.headings else fields


def _site_field(fields: Mapping[str, FieldSpec]) -> FieldSpec:
    """Return the field of the place where somebody works: any hospital, where the rules ask for none beside it."""
    known = standard_fields()
    others = () if "organization" in fields else known["organization"].headings
    label = str(_("Hospital or site"))
    return known["site"].model_copy(update={"label": label, "headings": (*known["site"].headings, *others)})


def sheet_in(imported: Import) -> Table:
    """Return the sheet that was uploaded, as text; of several the chosen one, else that named after the role.

    Raises:
        SheetUnreadableError: it cannot be read, or not within the limits that hold now.
    """
    role, chosen = Role(imported.role), imported.sheet or None
    try:
        table = join_columns(_opened(bytes(imported.content), name=imported.file_name, role=role, sheet=chosen))
    except SheetError as fault:
        raise SheetUnreadableError(str(fault)) from fault
    # A text file keeps a cell from being a formula by an apostrophe, which is no part of what it says.
    return table if table.sheet else replace(table, rows=tuple(map(_unquoted, table.rows)))


def _unquoted(row: Row) -> Row:
    return Row(row.number, tuple(map(unquoted, row.cells)))


def _cells(table: Table) -> int:
    return len(table.headings) * (1 + len(table.rows))


_tables: KeptValues[Table] = KeptValues(CELLS_KEPT, weigh=_cells, seconds=SECONDS_KEPT)


def forget_tables() -> None:
    """Keep no opened file any more: an import was taken back; other processes forget theirs in their own time."""
    _tables.forget()


def _opened(content: bytes, *, name: str, role: Role, sheet: str | None = None) -> Table:
    """Return what is in a file that somebody sent: opened in a process of its own, which a hostile one ends.

    The pages of an import ask for it one after the other, so that the last tables are kept.
    """
    return _tables.get(
        (hashlib.sha256(content).digest(), name, role, sheet),
        lambda: read_apart(
            content, name=name, sheet=sheet, prefer=role.value, limits=SHEET_LIMITS, budget=SHEET_BUDGET
        ),
    )


def require_readable(content: bytes, *, name: str, role: Role) -> None:
    """Refuse a file that somebody sends and that cannot be read.

    Raises:
        SheetError: it cannot be read, is too large for a page, or takes too much time or memory.
    """
    _opened(content, name=name, role=role)


def sensitive_headings(imported: Import, table: Table) -> frozenset[str]:
    """Return the headings of the columns that say who somebody is: by their field, or by their own words."""
    fields = fields_of(imported.cohort, Role(imported.role))
    chosen = {
        heading
        for name, choice in choices_of(imported.mapping).items()
        if name in fields and fields[name].sensitive
        for heading in choice.headings
    }
    return frozenset(chosen | {heading for heading in table.headings if sensitive_word(heading) is not None})


def _called_others(imported: Import) -> frozenset[str]:
    """Return the names and addresses of the people of the other role, as a guess of columns compares them."""
    there = Application.objects.filter(cohort_id=imported.cohort_id).exclude(role=imported.role)
    called = there.values_list("person__name", "person__email")
    return called_so(text for one in called for text in one)


def proposed_choices(imported: Import, table: Table, *, is_fresh: bool = False) -> dict[str, FieldChoice]:
    """Return how to read the columns: as kept, else as in the last import of this role, else as guessed.

    With `is_fresh` everything is guessed anew.
    """
    fields = fields_in(imported, table)
    if imported.state == ImportState.MAPPED and not is_fresh:
        return {name: choice for name, choice in choices_of(imported.mapping).items() if name in fields}
    if STATUS_HEADING in table.headings:
        return choices_by_heading(export_headings(fields), table)
    guess = choices_from_guess(guess_of(imported, table).guess, table)
    earlier = (
        Import.objects.filter(cohort_id=imported.cohort_id, role=imported.role, done_at__isnull=False)
        .defer("content")
        .order_by("-done_at", "-pk")
        .first()
    )
    if earlier is None or is_fresh:
        return guess
    kept = {name: choice for name, choice in reusable(earlier.mapping, table).items() if name in fields}
    used = {heading for choice in kept.values() for heading in choice.headings}
    return {name: choice for name, choice in guess.items() if used.isdisjoint(choice.headings)} | kept


def guess_of(imported: Import, table: Table) -> JudgedGuess:
    """Return what the columns of a sheet are guessed to hold, without what would leave out a fifth of the rows."""
    side = SIDES[Role(imported.role)]
    fields = fields_of(imported.cohort, Role(imported.role))
    matching = matching_of(imported.cohort)
    guess = guess_columns(table, side, fields, needed=("email",), others=_called_others(imported))
    return judge_guess(
        guess,
        table,
        side,
        {name: fields[name] for name in guess.columns if name not in POSITION_FIELDS},
        settings=CheckSettings(time_zone=imported.uploaded_by.time_zone),
        read={*matching.needed(side), *COUNT_FIELDS, "email"},
        strict={"email", *(name for rule in matching.rules if rule.must for name in rule.fields_of(side))},
    )


def standing_by_email(cohort_id: int, role: Role) -> dict[str, Standing]:
    """Return what is in a cohort in one role already, by e-mail address."""
    applications = Application.objects.filter(cohort_id=cohort_id, role=role).select_related("person")
    return {application.person.email: standing_of(application) for application in applications}


def standing_of(application: Application) -> Standing:
    """Return an application as an import compares it."""
    return Standing(
        application_id=application.pk,
        stage=Stage(application.stage),
        answers=application.answers,
        capacity=application.capacity,
        wanted=application.wanted,
        site_id=application.site_id,
        taken=application.taken,
    )


def kept_by_undo(imported: Import) -> list[Application]:
    """Return the applications that undoing an import would keep: used in a later step, or changed since."""
    changes = list(
        ImportedChange.objects.filter(imported=imported, application__isnull=False).select_related(
            "application__person"
        )
    )
    used = _used(Application, {change.application_id or 0 for change in changes}, but=ImportedChange)
    return [
        change.application
        for change in changes
        if change.application is not None
        and (change.application_id in used or standing_of(change.application).content != change.after)
    ]


def sites_used(sites: set[int]) -> set[int]:
    """Return those of some sites to which anything of the site belongs."""
    return _used(Site, sites)


def earlier_corrections(cohort: Cohort, role: Role) -> dict[str, dict[str, str]]:
    """Return what the coordinator said about cells in the last import of a role, which the next one begins with."""
    done = Import.objects.filter(cohort=cohort, role=role, done_at__isnull=False).order_by("-done_at", "-pk")
    corrections: dict[str, dict[str, str]] = done.values_list("corrections", flat=True).first() or {}
    return corrections


def people_used(people: set[int]) -> set[int]:
    """Return those of some people to whom anything else of the site belongs, or who have signed in."""
    signed_in = Person.objects.filter(pk__in=people, last_login__isnull=False).values_list("pk", flat=True)
    return _used(Person, people) | set(signed_in)


def _used(model: type[Model], keys: set[int], *, but: type[Model] | None = None) -> set[int]:
    """Return those keys of a table to which any other table refers, but for one table: one query a reference."""
    used: set[int] = set()
    for reference in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 -- public in Django
        if isinstance(reference, ManyToOneRel) and reference.related_model is not but:
            name = reference.field.name
            rows = reference.related_model._base_manager.filter(**{f"{name}__in": keys})  # noqa: SLF001 -- public in Django
            used.update(rows.values_list(f"{name}_id", flat=True))
    return used
