"""Check every row of a sheet: each cell becomes a typed value or a named problem, and every guess is noted.

Sheets of fifty rows and of a hundred thousand go the same way: column by column, each distinct cell understood once.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Participant, Role
from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.values import asks_in_the_negative, is_nothing
from chiron.sheets.columns.guess import Column
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Row, Table
from chiron.sheets.names.words import name_on_paper
from chiron.sheets.people.column_answers import ColumnAnswers, RowAnswers, cells_of, read_answers
from chiron.sheets.people.diagnostics import Checked, Findings, shown
from chiron.sheets.people.exclusions import text_of
from chiron.sheets.people.reading import CheckSettings, readers_of
from chiron.sheets.people.repeats import Repeats, Who, repeats_of

__all__ = ["CheckSettings", "Checked", "check_rows"]

DEFAULT_SETTINGS = CheckSettings()
_WHO = frozenset({"id", "name", "preferred_name", "first_name", "last_name", "latitude", "longitude"})
_NAMES = ("name", "first_name", "last_name")
_TEST_NAMES, _TOTALS = words("tests"), words("totals")
_TOTALLED = words("counted") | {"of", "number", "all"}
_STATUS_COLUMNS, _PREVIEWS = words("status_columns"), words("previews")
_TEST_DOMAINS = ("@example.com", "@example.org", "@example.net", "@test.com", "@test.org", "@test.test")


def check_rows(
    table: Table,
    columns: Mapping[str, Column],
    fields: Mapping[str, FieldSpec],
    side: Role,
    *,
    settings: CheckSettings = DEFAULT_SETTINGS,
) -> Checked:
    """Return the people of a sheet, and everything in it that needs fixing or was guessed.

    A row with a problem is left out and named; nothing else is. What needs both sheets (names in choices, spellings
    that differ) is the work of `crosscheck.check_together`.

    Args:
        table: the sheet.
        columns: where each field stands; see `guess.guess_columns`.
        fields: what is asked; see `Matching.fields_for`.
        side: whose sheet it is.
        settings: time zone, week, answers that are the same for everybody, what counts where somebody answered twice.
    """
    findings = Findings(table, [], [])
    readers = readers_of(table, columns, fields, settings)
    _note_negatives(table, columns, fields, findings)
    _note_time_zone(table, columns, fields, settings, findings)
    listed = [reader for reader in readers if reader.name not in _WHO]
    # A time zone is read before the times that stand in it.
    answers = read_answers(table, columns, fields, sorted(listed, key=lambda reader: reader.is_zoned), settings)
    rows = _Rows(table, columns, settings, findings, answers)
    dropped = rows.no_people()
    who = [one for one in rows.who() if one.at not in dropped]
    repeats = repeats_of(
        who,
        table=table,
        columns=columns,
        side=side,
        settings=settings,
        findings=findings,
        places=answers.columns.get("places"),
    )
    dropped |= repeats.dropped
    _keep_every_exclusion(table, columns, fields, answers, repeats, findings)
    private = [column for name, column in columns.items() if name in fields and fields[name].sensitive]
    sensitive = {table.headings[position] for column in private for position in column.positions}
    bad = _tell_odd_cells(table, answers, dropped, findings, sensitive=sensitive)
    people, numbers = _people_in(
        [one for one in who if one.at not in dropped and one.at not in bad],
        rows.names_on_paper(),
        table,
        side,
        answers,
        repeats,
    )
    left_out = {one.row for one in findings.problems if one.left_out}
    return Checked(
        people,
        tuple(sorted(findings.problems, key=lambda one: one.row)),
        tuple(sorted(findings.notes, key=lambda one: one.row)),
        numbers,
        tuple(name for name, row in zip(rows.names, table.rows, strict=True) if name and row.number in left_out),
        table,
        {name: table.headings[column.index] for name, column in columns.items()},
    )


def _keep_every_exclusion(
    table: Table,
    columns: Mapping[str, Column],
    fields: Mapping[str, FieldSpec],
    answers: ColumnAnswers,
    repeats: Repeats,
    findings: Findings,
) -> None:
    """Add whom a person's other rows keep apart to the row that counts: a later answer takes no exclusion back."""
    for name in (name for name, spec in fields.items() if spec.keeps_apart and name in answers.columns):
        said = answers.columns[name]
        for kept, others in repeats.others.items():
            texts = dict.fromkeys(text_of(said[at]) for at in (kept, *others) if said[at])
            if not texts or list(texts) == [text_of(said[kept] or "")]:
                continue
            said[kept] = "\n".join(texts)
            heading = table.headings[columns[name].index]
            text = f'"{shown(heading)}" was answered more than once. I keep to what each answer says.'
            findings.note(table.rows[kept].number, heading, "every_exclusion", text)


def _people_in(
    who: Sequence[Who], on_paper: Sequence[str], table: Table, side: Role, answers: ColumnAnswers, repeats: Repeats
) -> tuple[tuple[Participant, ...], dict[str, int]]:
    """Return the people, and the row of each by id; `on_paper` are the names to write, by position of the row."""
    if repeats.places:
        places = answers.columns.setdefault("places", [None] * len(table.rows))
        for at, count in repeats.places.items():
            places[at] = count
    people: list[Participant] = []
    numbers: dict[str, int] = {}
    nothing: list[Any] = [None] * len(table.rows)
    places, wanted = (answers.columns.get(name, nothing) for name in ("places", "wanted"))
    emails = answers.columns.get("email") or [""] * len(table.rows)
    for one in who:
        number = table.rows[one.at].number
        identity = one.given or emails[one.at] or one.name
        if identity in numbers:
            identity = f"{identity} (row {number})"
        numbers[identity] = number
        people.append(
            Participant(
                id=identity,
                name=on_paper[one.at] or identity,
                side=side,
                answers=RowAnswers(answers.columns, one.at),
                capacity=places[one.at] if side == "mentor" else None,
                wanted=max(wanted[one.at], 1) if side == "mentee" and wanted[one.at] is not None else 1,
                also=(one.name,) if on_paper[one.at] != one.name else (),
            )
        )
    return tuple(people), numbers


def _tell_odd_cells(
    table: Table, answers: ColumnAnswers, dropped: set[int], findings: Findings, *, sensitive: Collection[str]
) -> set[int]:
    """Say what is odd about the cells of the rows that count; return the rows of which one needs fixing."""
    bad: set[int] = set()
    for odd in answers.odd:
        if odd.at in dropped:
            continue
        if odd.reading.is_problem:
            bad.add(odd.at)
        number = table.rows[odd.at].number
        if odd.cell:
            findings.add(number, odd.heading, odd.cell, odd.reading, sensitive=odd.heading in sensitive)
        else:
            findings.object(number, odd.heading, odd.reading.code, odd.reading.text)
    return bad


def _note_negatives(
    table: Table, columns: Mapping[str, Column], fields: Mapping[str, FieldSpec], findings: Findings
) -> None:
    for name, column in columns.items():
        heading = table.headings[column.index]
        if name in fields and fields[name].type == "flag" and asks_in_the_negative(heading):
            text = f'"{" ".join(heading.split())}" asks in the negative, so I read "yes" as a refusal.'
            findings.note(table.heading_row, heading, "negative_question", text)


def _note_time_zone(
    table: Table,
    columns: Mapping[str, Column],
    fields: Mapping[str, FieldSpec],
    settings: CheckSettings,
    findings: Findings,
) -> None:
    """Say which time zone is meant where the sheet gives none."""
    if "time_zone" in columns or "time_zone" in settings.fixed:
        return
    for name, column in columns.items():
        if name in fields and fields[name].type == "hours":
            heading = table.headings[column.index]
            text = f'"{shown(heading)}" comes without a time zone, so I read its times as {settings.time_zone}.'
            findings.note(table.heading_row, heading, "zone_assumed", text)


class _Rows:
    """Who stands in the rows of one sheet, if anybody."""

    def __init__(
        self,
        table: Table,
        columns: Mapping[str, Column],
        settings: CheckSettings,
        findings: Findings,
        answers: ColumnAnswers,
    ) -> None:
        self.table, self.columns, self.settings, self.findings = table, columns, settings, findings
        self.answers = answers
        self.names = self._names()
        self.given = [" ".join(cell.split()) for cell in self._cells("id")]
        self.plain_headings = [normal(heading) for heading in table.headings]
        self.status_columns = [at for at, heading in enumerate(self.plain_headings) if heading in _STATUS_COLUMNS]

    def _cells(self, name: str) -> list[str]:
        """Return the cells of a field, empty where they say nothing."""
        column = self.columns.get(name)
        if column is None:
            return [self.settings.fixed.get(name, "")] * len(self.table.rows)
        return ["" if cell and is_nothing(cell) else cell for cell in cells_of(self.table, column.index)]

    def _names(self) -> list[str]:
        """Return what each row calls its person; empty where it says nothing."""
        parts = {name: self._name_cells(name) for name in _NAMES if name in self.columns or name in self.settings.fixed}
        nothing = [""] * len(self.table.rows)
        whole, first, last = (parts.get(name, nothing) for name in _NAMES)
        return [
            " ".join((name or f"{one} {other}").split()) for name, one, other in zip(whole, first, last, strict=True)
        ]

    def names_on_paper(self) -> list[str]:
        """Return the name to write for each row: with the preferred name, where somebody has one."""
        preferred, family = self._cells("preferred_name"), self._cells("last_name")
        return [
            name_on_paper(name, called, last) if called and name else name
            for name, called, last in zip(self.names, preferred, family, strict=True)
        ]

    def _name_cells(self, name: str) -> list[str]:
        """Return the cells with a part of the name; Null and None are names where the row says anything else."""
        cells = self._cells(name)
        column = self.columns.get(name)
        if column is None:
            return cells
        for at, (cell, row) in enumerate(zip(cells, self.table.rows, strict=True)):
            said = row.cells[column.index]
            if cell or not said or not said.replace(" ", "").isalpha() or not self._says_more(row, name):
                continue
            cells[at] = said
            text = f'"{column.heading}" is "{said}". I took it for a name.'
            self.findings.note(row.number, column.heading, "odd_name", text)
        return cells

    def _says_more(self, row: Row, *names: str) -> bool:
        """Return whether anything is filled in beside these fields."""
        own = {self.columns[name].index for name in names if name in self.columns}
        return any(cell and not is_nothing(cell) for at, cell in enumerate(row.cells) if at not in own)

    def who(self) -> list[Who]:
        """Return what each row says about who it is."""
        emails = self.answers.columns.get("email") or [None] * len(self.table.rows)
        return [
            Who(at, name, _comparable(email) if email else "", given)
            for at, (name, email, given) in enumerate(zip(self.names, emails, self.given, strict=True))
        ]

    def no_people(self) -> set[int]:
        """Return the rows that are totals, tests, headings again, or say nothing about who it is; each is reported."""
        emails = self._cells("email")
        lowered = [email.casefold() for email in emails]
        # An example address marks a test row: not where most people have one, as in a demo.
        made_up = [email.endswith(_TEST_DOMAINS) for email in lowered]
        judges_domains = sum(made_up) * 2 < sum(1 for email in lowered if email)
        column = self.columns.get("name") or self.columns.get("first_name")
        heading = self.table.headings[column.index] if column else ""
        found = set()
        for at, (row, name) in enumerate(zip(self.table.rows, self.names, strict=True)):
            plain = normal(name)
            if self._is_unusable(row):
                pass
            elif _is_total(plain) or (not name and _is_total(normal(row.cells[0]))):
                if lowered[at] and "@" in lowered[at] and name:
                    continue
                self.findings.object(row.number, heading, "total_row", "is a total, not a person. Delete the row.")
            elif judges_domains and made_up[at]:
                text = (
                    f'"{lowered[at]}" is a made-up address, so this looks like a test row. Delete it, or type the real '
                    "address."
                )
                self.findings.object(row.number, self._heading("email"), "test_row", text)
            elif self._repeats_headings(row):
                self.findings.object(
                    row.number, "", "repeated_headings", "is the row of headings again. Delete the row."
                )
            elif plain in _TEST_NAMES or plain.startswith(("test ", "testing ")) or plain.endswith(" test"):
                if self._says_more(row, *_NAMES):
                    text = f'"{name}" looks like a test row. I kept it; delete it if it is one.'
                    self.findings.note(row.number, heading, "test_name", text)
                    continue
                self.findings.object(row.number, heading, "test_row", f'"{name}" looks like a test row. Delete it.')
            elif name or self._may_be_nameless(row, self.given[at] or emails[at]):
                continue
            found.add(at)
        return found

    def _is_unusable(self, row: Row) -> bool:
        """Report a row that is torn, or that a survey marks as a preview, whatever it says."""
        if row.number in self.table.faults:
            self.findings.object(row.number, "", "wrong_number_of_cells", self.table.faults[row.number])
            return True
        for at in self.status_columns:
            if normal(row.cells[at]) in _PREVIEWS:
                text = "is an answer that somebody gave to try the form. Delete the row."
                self.findings.object(row.number, self.table.headings[at], "test_row", text)
                return True
        return False

    def _may_be_nameless(self, row: Row, other: str) -> bool:
        """Return whether an id or address will do; a sheet with a column of names needs one in each row."""
        heading = next(
            (self._heading(name) for name in ("name", "last_name", "first_name") if name in self.columns), ""
        )
        if other and not heading:
            return True
        where = f'"{heading}" is empty' if heading else "nothing says who this is"
        self.findings.object(row.number, heading, "no_name", f"{where}. Type a name, or delete the row.")
        return False

    def _heading(self, name: str) -> str:
        return self.table.headings[self.columns[name].index]

    def _repeats_headings(self, row: Row) -> bool:
        if len(row.cells) < 2 or normal(row.cells[0]) != self.plain_headings[0]:  # noqa: PLR2004 -- one cell proves nothing
            return False
        same = sum(1 for cell, heading in zip(row.cells, self.plain_headings, strict=True) if normal(cell) == heading)
        return same * 2 > len(row.cells)


def _comparable(email: str) -> str:
    """Return an address as addresses are compared: wide and small letters do not count."""
    return (email if email.isascii() else unicodedata.normalize("NFKC", email)).casefold()


def _is_total(plain: str) -> bool:
    """Return whether what stands for a name counts people: "total", "total 10 mentees", "mentees 10"."""
    if plain in _TOTALS:
        return True
    first, *others = plain.split() or [""]
    is_counted = first.startswith("total") or any(word.isdecimal() for word in others)
    return first in _TOTALS and is_counted and all(word.isdecimal() or word in _TOTALLED for word in others)
