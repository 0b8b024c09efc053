"""Reads of imports: the sheet in them, what it would change, and what undoing would keep."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import ManyToOneRel, Model, QuerySet
from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.sensitive import sensitive_word
from chiron.sheets.cells.weeks import next_monday, week_in_words
from chiron.sheets.columns.groups import join_columns
from chiron.sheets.columns.guess import POSITION_FIELDS, Column, guess_columns
from chiron.sheets.files.apart import read_apart
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import Table
from chiron.sheets.intake import wholes_of
from chiron.sheets.names.index import called_so
from chiron.sheets.people.check import CheckSettings, check_rows
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.people.judged_guess import JudgedGuess, judge_guess
from chiron.sheets.pools import with_ladders
from chiron.site.applications.models import Application, Import, ImportedChange
from chiron.site.applications.queries.naming import exclusions_in, saying_nobody
from chiron.site.applications.rules.application import SIDES, Role, Stage
from chiron.site.applications.rules.changes import Changes, Incoming, Standing, plan_changes
from chiron.site.applications.rules.imports import SHEET_BUDGET, SHEET_LIMITS, Duplicates, ImportState
from chiron.site.applications.rules.mapping import (
    FieldChoice,
    choices_from_guess,
    choices_of,
    reusable,
)
from chiron.site.applications.rules.naming import ALSO_CALLED, Directory, naming_fields, unknown_words
from chiron.site.organizations.models import Site
from chiron.site.people.models import Person
from chiron.site.people.rules import clean_email
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import cohorts_coordinated_by, matching_of

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
    if any(spec.type == "place" for spec in fields.values()):
        fields |= {name: spec for name, spec in POSITION_FIELDS.items() if name not in fields}
    return fields


def sheet_in(imported: Import) -> Table:
    """Return the sheet that was uploaded, as text; where there are several, the one named after the role.

    Raises:
        SheetError: it cannot be read.
    """
    content, name, prefer = bytes(imported.content), imported.file_name, Role(imported.role).value
    return join_columns(read_table(content, name=name, prefer=prefer, limits=SHEET_LIMITS))


def require_readable(content: bytes, *, name: str, role: Role) -> None:
    """Refuse a file that somebody sends and that cannot be read: in a process of its own, which a hostile one ends.

    Raises:
        SheetError: it cannot be read, is too large for a page, or takes too much time or memory.
    """
    read_apart(content, name=name, prefer=role.value, limits=SHEET_LIMITS, budget=SHEET_BUDGET)


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
    role = Role(imported.role)
    fields = fields_of(imported.cohort, role)
    if imported.state == ImportState.MAPPED and not is_fresh:
        return {name: choice for name, choice in choices_of(imported.mapping).items() if name in fields}
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
    with_email = [one for one in checked.people if one.answers.get("email")]
    without = [checked.rows[one.id] for one in checked.people if not one.answers.get("email")]
    problems = [*checked.problems, *(_no_email(table, row, columns["email"].heading) for row in without)]
    incoming = tuple(_incoming(checked.rows[one.id], one, sites, has_id="id" in columns) for one in with_email)
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
    """Return the cohort's rules with the ladders that this sheet and the other side's answers speak of, and notes."""
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
    return with_ladders(matching, said)


def _wholes_of(
    imported: Import, table: Table, columns: Mapping[str, Column]
) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Return which answers contain commas, learnt from this sheet and the last one of the other side, and notes."""
    matching, side = matching_of(imported.cohort), SIDES[Role(imported.role)]
    lists = [column.index for name, column in columns.items() if matching.spec(name).type == "list"]
    if not any("," in row.cells[place] for row in table.rows for place in lists):
        return {}, []
    tables, found = {side: table}, {side: columns}
    other = (
        Import.objects.filter(cohort_id=imported.cohort_id, done_at__isnull=False)
        .exclude(role=imported.role)
        .order_by("-done_at", "-pk")
        .first()
    )
    if other is not None:
        role = Role(other.role)
        tables[SIDES[role]] = there = sheet_in(other)
        choices = reusable(other.mapping, there)
        fields = {name: spec for name, spec in fields_of(imported.cohort, role).items() if name in choices}
        chosen = {name: choices[name].chosen for name in fields}
        found[SIDES[role]] = guess_columns(there, SIDES[role], fields, chosen=chosen).columns
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


def _incoming(row: int, one: Participant, sites: Mapping[str, int], *, has_id: bool) -> Incoming:
    """Return one good row as an import takes it; a site that the organisation has is linked by its name.

    An identifier that the sheet gives is kept as an answer, so that others can name the person by it.
    """
    answers = dict(one.answers)
    if has_id and one.id not in {answers["email"], one.name}:
        answers["id"] = one.id
    if one.also:
        answers[ALSO_CALLED] = list(one.also)
    site = answers.get("site")
    return Incoming(
        row=row,
        email=clean_email(answers["email"]),
        name=one.name,
        answers={name: value for name, value in answers.items() if name not in NOT_ANSWERS},
        capacity=one.capacity,
        wanted=answers.get("wanted"),
        site_id=sites.get(site.casefold()) if isinstance(site, str) else None,
    )


def _no_email(table: Table, row: int, heading: str) -> Diagnostic:
    text = f'"{heading}" is empty. Type an address, for example ama@example.org.'
    return Diagnostic(table.file, table.sheet, row, heading, "no_email", text, left_out=True)
