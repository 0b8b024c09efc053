"""Check every row of a sheet: each cell becomes a typed value or a named problem, and every guess is noted."""

from collections.abc import Mapping
from typing import Any

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Participant, Role
from chiron.sheets.cells.answers import point_of
from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.values import asks_in_the_negative, is_nothing
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Row, Table
from chiron.sheets.people.findings import Checked, Findings, shown
from chiron.sheets.people.guess import Column
from chiron.sheets.people.reading import CheckSettings, FieldReader, readers_of, zoned

__all__ = ["CheckSettings", "Checked", "check_rows"]

DEFAULT_SETTINGS = CheckSettings()
_WHO = frozenset({"id", "name", "first_name", "last_name", "latitude", "longitude"})
_TEST_NAMES, _TOTALS = words("tests"), words("totals")
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
        settings: time zone, week, answers that are the same for everybody.
    """
    findings = Findings(table, [], [])
    readers = readers_of(table, columns, fields, settings)
    _note_negatives(table, columns, fields, findings)
    _note_time_zone(table, columns, fields, settings, findings)
    sheet = _Sheet(table, columns, side, settings, findings, readers)
    people: list[Participant] = []
    rows: dict[str, int] = {}
    left_out: list[str] = []
    for row in table.rows:
        before = len(findings.problems)
        person = sheet.person(row)
        if person is None or len(findings.problems) > before:
            left_out.append(sheet.name_of(row))
            continue
        if person.id in rows:
            person = Participant(
                f"{person.id} (row {row.number})", person.name, side, person.answers, person.capacity, person.wanted
            )
        rows[person.id] = row.number
        people.append(person)
    headings = {name: table.headings[column.index] for name, column in columns.items()}
    return Checked(
        tuple(people),
        tuple(findings.problems),
        tuple(findings.notes),
        rows,
        tuple(filter(None, left_out)),
        table,
        headings,
    )


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


class _Sheet:
    """One sheet while its rows are read: who was seen before, and where each field stands."""

    def __init__(
        self,
        table: Table,
        columns: Mapping[str, Column],
        side: Role,
        settings: CheckSettings,
        findings: Findings,
        readers: list[FieldReader],
    ) -> None:
        self.table, self.columns, self.side, self.settings, self.findings = table, columns, side, settings, findings
        listed = [reader for reader in readers if reader.name not in _WHO]
        self.readers = sorted(listed, key=lambda reader: reader.is_zoned)  # a time zone is read before times
        self.plain_headings = [normal(heading) for heading in table.headings]
        self.seen: dict[tuple[str, str], int] = {}
        self.names: dict[str, tuple[int, str]] = {}
        self.judges_domains = self._judges_domains()

    def _cell(self, row: Row, name: str) -> str:
        column = self.columns.get(name)
        if column is None:
            return self.settings.fixed.get(name, "")
        cell = row.cells[column.index]
        return "" if cell and is_nothing(cell) else cell

    def _judges_domains(self) -> bool:
        """Return whether an example address marks a test row: not where most people have one, as in a demo."""
        emails = [self._cell(row, "email").casefold() for row in self.table.rows]
        return sum(1 for email in emails if email.endswith(_TEST_DOMAINS)) * 2 < sum(1 for email in emails if email)

    def name_of(self, row: Row) -> str:
        """Return what a row calls its person; empty where it says nothing."""
        name = self._cell(row, "name") or f"{self._cell(row, 'first_name')} {self._cell(row, 'last_name')}"
        return " ".join(name.split())

    def person(self, row: Row) -> Participant | None:
        """Return the person in a row, or None where the row holds none."""
        name = self.name_of(row)
        if row.number in self.table.faults:
            self.findings.object(row.number, "", "wrong_number_of_cells", self.table.faults[row.number])
            return None
        if self._is_no_person(row, name):
            return None
        answers = self._answers(row)
        email = str(answers.get("email") or "")
        given = " ".join(self._cell(row, "id").split())
        if not name and not self._may_be_nameless(row, given or email):
            return None
        if not self._is_new(row, name, email, given):
            return None
        places, wanted = answers.get("places"), answers.get("wanted")
        return Participant(
            id=given or email or name,
            name=name or given or email,
            side=self.side,
            answers=answers,
            capacity=places if self.side == "mentor" else None,
            wanted=max(wanted, 1) if self.side == "mentee" and wanted is not None else 1,
        )

    def _may_be_nameless(self, row: Row, other: str) -> bool:
        """Return whether an id or address will do; a sheet with a column of names needs one in each row."""
        heading = next((self.table.headings[self.columns[name].index] for name in ("name", "last_name", "first_name")
                        if name in self.columns), "")  # fmt: skip
        if other and not heading:
            return True
        where = f'"{heading}" is empty' if heading else "nothing says who this is"
        self.findings.object(row.number, heading, "no_name", f"{where}. Type a name, or delete the row.")
        return False

    def _is_no_person(self, row: Row, name: str) -> bool:
        """Return whether a row is a total, a test, or the headings again; each is reported."""
        plain = normal(name)
        column = self.columns.get("name") or self.columns.get("first_name")
        heading = self.table.headings[column.index] if column else ""
        email = self._cell(row, "email").casefold()
        if plain in _TOTALS or (not name and normal(row.cells[0]) in _TOTALS):
            self.findings.object(row.number, heading, "total_row", "is a total, not a person. Delete the row.")
        elif plain in _TEST_NAMES or plain.startswith(("test ", "testing ")) or plain.endswith(" test"):
            self.findings.object(row.number, heading, "test_row", f'"{name}" looks like a test row. Delete it.')
        elif self.judges_domains and email.endswith(_TEST_DOMAINS):
            text = (
                f'"{email}" is a made-up address, so this looks like a test row. Delete it, or type the real address.'
            )
            self.findings.object(row.number, self.table.headings[self.columns["email"].index], "test_row", text)
        elif self._repeats_headings(row):
            self.findings.object(row.number, "", "repeated_headings", "is the row of headings again. Delete the row.")
        else:
            return False
        return True

    def _repeats_headings(self, row: Row) -> bool:
        if len(row.cells) < 2 or normal(row.cells[0]) != self.plain_headings[0]:  # noqa: PLR2004 -- one cell proves nothing
            return False
        same = sum(1 for cell, heading in zip(row.cells, self.plain_headings, strict=True) if normal(cell) == heading)
        return same * 2 > len(row.cells)

    def _is_new(self, row: Row, name: str, email: str, given: str) -> bool:
        """Return whether nobody above is the same person; a second row of one person is reported."""
        for word, key in (("e-mail", email), ("id", given)):
            if not key:
                continue
            before = self.seen.setdefault((word, normal(key) if word == "id" else key), row.number)
            if before != row.number:
                heading = self.table.headings[self.columns["email" if word == "e-mail" else "id"].index]
                text = f"same {word} as row {before}. Delete one."
                self.findings.object(row.number, heading, f"same_{word.replace('-', '')}", text)
                return False
        plain = normal(name)
        before, other = self.names.setdefault(plain, (row.number, email or given))
        if not plain or before == row.number:
            return True
        column = self.columns.get("name") or self.columns.get("last_name") or self.columns.get("first_name")
        heading = self.table.headings[column.index] if column else ""
        if other and (email or given):
            kept = f"same name as row {before}, but another {'e-mail' if email else 'id'}. I kept both."
            self.findings.note(row.number, heading, "same_name", kept)
            return True
        text = f"same name as row {before}, and no e-mail tells them apart. Delete one, or add their e-mails."
        self.findings.object(row.number, heading, "same_name", text)
        return False

    def _answers(self, row: Row) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        point = (
            point_of(self._cell(row, "latitude"), self._cell(row, "longitude")) if "latitude" in self.columns else None
        )
        for reader in self.readers:
            known = (
                None if reader.is_zoned else reader.memo.get(row.cells[reader.positions[0]] if reader.positions else "")
            )
            if known is not None and not known.code and point is None:
                if known.value is not None:
                    answers[reader.name] = known.value
            else:
                self._read(row, reader, answers, point=point)
        if point is not None:
            answers.setdefault("place", point)
        return answers

    def _read(
        self, row: Row, reader: FieldReader, answers: dict[str, Any], *, point: tuple[float, float] | None
    ) -> None:
        """Put a field's value into the answers, or report what is wrong with its cell."""
        positions = reader.positions
        cell = row.cells[positions[0]] if positions else ""
        if len(positions) > 1:
            reading = reader.joined([row.cells[position] for position in positions])
            if reading.code:
                self.findings.add(row.number, reader.heading, "; ".join(row.cells[at] for at in positions), reading)
            if reading.value is not None:
                answers[reader.name] = reading.value
            return
        if not cell:
            if positions and (row.number, positions[0]) in self.table.unread:
                text = (
                    f'"{reader.heading}" holds a formula without a saved value. Open and save the file in Excel, '
                    "or type the value."
                )
                self.findings.object(row.number, reader.heading, "formula_without_value", text)
                return
            cell = self.settings.fixed.get(reader.name, "")
            if not cell:
                return
        if point is not None and reader.name == "place":
            answers[reader.name] = point
            return
        reading = reader.reading_of(zoned(cell, str(answers.get("time_zone") or "")) if reader.is_zoned else cell)
        if reading.code:
            self.findings.add(row.number, reader.heading or reader.name, cell, reading)
        if reading.value is not None:
            answers[reader.name] = reading.value
