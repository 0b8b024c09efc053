"""Two sheets on their way in: opened, their columns found, and the rules fitted to what is there."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from chiron.blueprints.schema.defaults import ALWAYS, default_matching, fit_to_columns
from chiron.blueprints.schema.fields import standard_fields
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import ROLES, Role
from chiron.blueprints.schema.sensitive import sensitive_word
from chiron.sheets.files.read import read_table, table_of
from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.people.column_groups import join_columns
from chiron.sheets.people.guess import Guess, guess_columns
from chiron.sheets.result.record import ColumnFound, Input

Records = Sequence[Mapping[str, Any]]
Source = str | os.PathLike[str] | Records | Any  # a path, a list of mappings, or a data frame
Chosen = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """One sheet that was read, with the checksum of what it was read from."""

    table: Table
    sha256: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Two sheets with their columns, and the rules in use.

    Attributes:
        opened: the sheets by side.
        guesses: which column holds which field, by side.
        matching: the rules, fitted to the columns if they are the built-in ones.
        notes: what dropped out, in words.
    """

    opened: Mapping[Role, Opened]
    guesses: Mapping[Role, Guess]
    matching: Matching
    notes: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What is needed and was not found, each with the flag to add."""
        return tuple(missing.text for side in ROLES for missing in self.guesses[side].missing)

    @property
    def is_sure(self) -> bool:
        """Whether nothing about the columns need be asked."""
        return all(column.sure for side in ROLES for column in self.guesses[side].columns.values())

    def sensitive_headings(self, side: Role) -> frozenset[str]:
        """Return the headings of a sheet that say who somebody is: by their field, or by their own words."""
        table, columns = self.opened[side].table, self.guesses[side].columns
        named = {
            table.headings[position]
            for name, column in columns.items()
            if self.matching.spec(name).sensitive
            for position in column.positions
        }
        return frozenset(named | {heading for heading in table.headings if sensitive_word(heading) is not None})

    def columns(self) -> tuple[ColumnFound, ...]:
        """Return which heading was taken for which field, mentees first."""
        return tuple(
            ColumnFound(side, name, column.heading, column.example, column.how)
            for side in ROLES
            for name, column in self.guesses[side].columns.items()
        )

    def inputs(self) -> tuple[Input, ...]:
        """Return what was read, mentors first."""
        opened = (self.opened["mentor"], self.opened["mentee"])
        return tuple(Input(one.table.file, one.table.sheet, one.sha256, len(one.table.rows)) for one in opened)


def open_sheet(source: Source, side: Role) -> Opened:
    """Return a sheet as text, from a path, a list of mappings or a data frame.

    Raises:
        SheetError: it cannot be read, or is nothing of these.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        table = join_columns(read_table(path, prefer=side))
        return Opened(table, hashlib.sha256(path.read_bytes()).hexdigest())
    records = _records(source)
    text = json.dumps(records, sort_keys=True, default=str, ensure_ascii=False)
    return Opened(join_columns(table_of(records, file=f"{side}s")), hashlib.sha256(text.encode()).hexdigest())


def _records(source: Any) -> list[dict[str, Any]]:
    """Return the rows of a list or a data frame (recognised by its methods: no such library is loaded here)."""
    if hasattr(source, "to_dict") and hasattr(source, "columns"):
        frame = source.astype(object).where(source.notna(), None)
        return cast("list[dict[str, Any]]", frame.to_dict("records"))
    if isinstance(source, Iterable):
        records = list(source)
        if all(isinstance(record, Mapping) for record in records):
            return [dict(record) for record in records]
    raise SheetError("Give a path, a list of dictionaries (one a person) or a data frame.")


def take_in(
    mentors: Opened,
    mentees: Opened,
    *,
    rules: Matching | None = None,
    chosen: Mapping[Role, Chosen] | None = None,
) -> Intake:
    """Return two sheets with their columns found and the rules fitted to them.

    Args:
        mentors: the mentors' sheet.
        mentees: the mentees' sheet.
        rules: None: the built-in ones, without what no sheet has a column for.
        chosen: headings that a person gave for fields, by side.

    Raises:
        SheetError: a chosen heading or field does not exist.
    """
    whole = default_matching() if rules is None else rules
    if rules is None and not any((chosen or {}).values()):
        _refuse_turned(mentors.table, mentees.table, whole)
    opened: dict[Role, Opened] = {"mentor": mentors, "mentee": mentees}
    guesses: dict[Role, Guess] = {}
    for side in ROLES:
        fields = whole.fields_for(side)
        given = (chosen or {}).get(side, {})
        known = {**standard_fields(), **whole.fields}
        extra = {name: known[name] for name in given if name in known and known[name].asked_of(side)}
        guesses[side] = guess_columns(
            opened[side].table,
            side,
            {**extra, **fields},
            chosen=given,
            needed=("name",) if rules is None else ("name", *_compared(whole, side)),
        )
    if rules is not None:
        return Intake(opened, guesses, rules, ())
    fitted = fit_to_columns(whole, mentee=_found(guesses["mentee"]), mentor=_found(guesses["mentor"]))
    return Intake(opened, guesses, fitted.matching, fitted.notes)


def _refuse_turned(mentors: Table, mentees: Table, matching: Matching) -> None:
    """Refuse two sheets in the wrong order: each has columns that only the other side is asked for.

    Raises:
        SheetError: the sheets are the wrong way round.
    """
    straight = _own(mentors, "mentor", matching) + _own(mentees, "mentee", matching)
    if len(straight) > 1:
        return
    turned = _own(mentors, "mentee", matching), _own(mentees, "mentor", matching)
    if all(turned) and sum(map(len, turned)) > len(straight) + 1:
        raise SheetError(
            f'The two sheets look the wrong way round: {mentors.file} has "{turned[0][0]}", which mentees are asked, '
            f'and {mentees.file} has "{turned[1][0]}", which mentors are asked. Name the mentors\' sheet first. '
            'If they are right as they are, say which column is which, for example: --mentor name="Column heading"'
        )


def _own(table: Table, side: Role, matching: Matching) -> list[str]:
    """Return the headings of a sheet that surely mean something which only this side is asked."""
    fields = {name: spec for name, spec in matching.fields_for(side).items() if spec.side == side}
    columns = guess_columns(table, side, fields).columns.values()
    return [" ".join(column.heading.split()) for column in columns if column.sure]


def _found(guess: Guess) -> set[str]:
    """Return the fields that a sheet has; a latitude makes a place."""
    return set(guess.columns) | ({"place"} if "latitude" in guess.columns else set())


def _compared(matching: Matching, side: Role) -> tuple[str, ...]:
    """Return the fields without which the written rules cannot be used."""
    names = [rule.mentee_field if side == "mentee" else rule.mentor_field for rule in matching.rules]
    if side == "mentor":
        names += [name for cap in matching.caps for name in (cap.by, cap.limit_from) if name is not None]
    elif matching.priority is not None:
        names.append(matching.priority.by)
    if matching.groups is not None and matching.groups.part_field is not None:
        names.append(matching.groups.part_field)
    return tuple(dict.fromkeys(name for name in names if name not in ALWAYS))
