"""Two sheets on their way in: opened, their columns found, and the rules fitted to what is there."""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chiron.blueprints.plan.pairs import TWO_SIDED
from chiron.blueprints.schema.defaults import ALWAYS, default_matching, fit_to_fields
from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec, standard_fields
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import ROLES, Role
from chiron.blueprints.schema.sensitive import sensitive_word
from chiron.pairing.rules.vocabulary import KINDS
from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.weeks import next_monday, week_in_words
from chiron.sheets.columns.groups import join_columns
from chiron.sheets.columns.options import Wholes, whole_answers
from chiron.sheets.files.headings import normal
from chiron.sheets.files.read import DEFAULT_LIMITS, content_of, read_table, table_of
from chiron.sheets.files.table import TEXT_LIMITS, SheetError, Table
from chiron.sheets.names.index import called_so
from chiron.sheets.people.guess import POSITION_FIELDS, Column, Guess, guess_columns
from chiron.sheets.people.judged_guess import JudgedGuess, judge_guess
from chiron.sheets.people.reading import CheckSettings
from chiron.sheets.people.roles import parted_by_role
from chiron.sheets.result.record import ColumnFound, Input

Records = Sequence[Mapping[str, Any]]
Source = str | os.PathLike[str] | Records | Any  # a path, a list of mappings, or a data frame
Chosen = Mapping[str, str | Sequence[str]]
MOST_CALLED = 20_000
LEARNT_ROWS, SHOWN_ANSWERS = 1_000, 3
TIMESTAMPS = words("timestamps")


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
        matching: the rules without those that no column is there for.
        whole: the rules as they were given.
        notes: what should be known about the files, and what dropped out, in words.
        settings: how the cells of each side are read.
    """

    opened: Mapping[Role, Opened]
    guesses: Mapping[Role, Guess]
    matching: Matching
    whole: Matching
    notes: tuple[str, ...]
    settings: Mapping[Role, CheckSettings]

    @property
    def is_built_in(self) -> bool:
        """Whether nobody gave rules."""
        return self.whole == default_matching()

    @property
    def week(self) -> dt.date | None:
        """The Monday of the week whose clocks count; None where no answer depends on it."""
        if not _depends_on_week(self.guesses, self.matching):
            return None
        day = self.settings["mentee"].week
        return day - dt.timedelta(days=day.weekday())

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

    def inputs(self, used: Mapping[Role, int]) -> tuple[Input, ...]:
        """Return what was read, mentors first, with how many rows of each sheet were used."""
        opened = ((side, self.opened[side]) for side in reversed(ROLES))
        return tuple(
            Input(one.table.file, one.table.sheet, one.sha256, len(one.table.rows), used[side]) for side, one in opened
        )


def tables_of(opened: Iterable[Opened]) -> list[Table]:
    """Return sheets each once: one that holds both sides may have been opened for each of them."""
    return list({(one.sha256, one.table.file, one.table.sheet): one.table for one in opened}.values())


def open_sheet(source: Source, side: Role, *, sheet: str | None = None, encoding: str | None = None) -> Opened:
    """Return a sheet as text, from a path, a list of mappings or a data frame.

    Args:
        source: what to read; a sheet that is open already comes back as it is.
        side: whose sheet it is.
        sheet: the name of the sheet in a workbook; None: the visible one that looks most like people of this side.
        encoding: the code page of a text file that is not UTF-8; None: the most likely one.

    Raises:
        SheetError: it cannot be read, or is nothing of these.
    """
    if isinstance(source, Opened):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        # Once: a pipe cannot be read again.
        content = content_of(path, file=path.name, limits=DEFAULT_LIMITS, text_limits=TEXT_LIMITS)
        table = join_columns(
            read_table(content, name=path.name, sheet=sheet, prefer=side, encoding=encoding, text_limits=TEXT_LIMITS)
        )
        return Opened(table, hashlib.sha256(content).hexdigest())
    records = _records(source)
    text = json.dumps(records, sort_keys=True, default=str, ensure_ascii=False)
    return Opened(join_columns(table_of(records, file=f"{side}s")), hashlib.sha256(text.encode()).hexdigest())


def _file_notes(opened: Mapping[Role, Opened]) -> Iterator[str]:
    """Yield what should be known about the files: letters that were guessed, hidden rows, other sheets of people."""
    for side in reversed(ROLES):
        table = opened[side].table
        yield from table.notes
        # The sheet of the other side, in one workbook with this one, is no choice.
        other = opened["mentor" if side == "mentee" else "mentee"].table
        others = [name for name in table.others if (table.file, name) != (other.file, other.sheet)]
        if others:
            plain = others[0].removesuffix(" (hidden)")
            yield (
                f'{table.file}: I read the sheet "{table.sheet}". {_also(others)}. '
                f'To read another: --{side}-sheet "{plain}"'
            )


def _also(names: Sequence[str]) -> str:
    """Return in words that other sheets look like people, too."""
    listed = ", ".join(
        f'"{name.removesuffix(" (hidden)")}"{" (hidden)" * name.endswith(" (hidden)")}' for name in names
    )
    return (
        f"The sheet {listed} looks like people, too" if len(names) == 1 else f"Others look like people, too: {listed}"
    )


def _records(source: Any) -> list[dict[str, Any]]:
    """Return the rows of a list or of a data frame of any library."""
    if isinstance(source, Iterable) and not hasattr(source, "columns"):
        records = list(source)
        if all(isinstance(record, Mapping) for record in records):
            return [dict(record) for record in records]
    elif not isinstance(source, Mapping):
        # Only where somebody gives a frame, whose own library is then loaded already.
        import narwhals  # noqa: PLC0415

        frame = narwhals.from_native(source, pass_through=True)
        frame = frame.collect() if isinstance(frame, narwhals.LazyFrame) else frame
        if isinstance(frame, narwhals.DataFrame):
            # What is not equal to itself is a number or a time that is not there.
            rows = frame.rows(named=True)
            return [{str(name): None if value != value else value for name, value in row.items()} for row in rows]  # noqa: PLR0124
    raise SheetError("Give a path, a list of dictionaries (one a person) or a data frame.")


def take_in(
    mentors: Opened,
    mentees: Opened,
    *,
    rules: Matching | None = None,
    chosen: Mapping[Role, Chosen] | None = None,
    week: dt.date | None = None,
    time_zone: str = "UTC",
    role_column: str | None = None,
) -> Intake:
    """Return two sheets with their columns found and the rules fitted to them.

    Args:
        mentors: the mentors' sheet.
        mentees: the mentees' sheet.
        rules: None: the built-in ones, without what no sheet has a column for.
        chosen: headings that a person gave for fields, by side.
        week: a day of the week whose clocks turn local times into UTC; None: next week's.
        time_zone: that of people who give none, as `zones.zone_of` names it.
        role_column: the heading of the column that says who is a mentor and who a mentee; "-": none does.

    Raises:
        SheetError: a chosen heading or field does not exist, or the sheets hold people of the other side.
    """
    own = parted_by_role(mentors.table, mentees.table, by=role_column)
    mentors, mentees = replace(mentors, table=own[0]), replace(mentees, table=own[1])
    whole = default_matching() if rules is None else rules
    if rules is None and not any((chosen or {}).values()):
        _refuse_turned(mentors.table, mentees.table, whole)
    opened: dict[Role, Opened] = {"mentor": mentors, "mentee": mentees}
    kept_to: tuple[str, ...] = ()
    if rules is not None and rules.shape.kind in TWO_SIDED:
        whole, kept_to = _with_exclusions(rules, opened, chosen or {})
    guesses = _guesses(opened, whole, chosen or {}, is_built_in=rules is None)
    wholes, comma_notes = wholes_of(
        {side: opened[side].table for side in ROLES}, {side: guesses[side].columns for side in ROLES}, whole
    )
    meant = next_monday(dt.datetime.now(tz=dt.UTC).date()) if week is None else week
    settings = {side: CheckSettings(wholes=wholes, week=meant, time_zone=time_zone) for side in ROLES}
    in_use = whole if rules is not None else _fitted(whole, guesses)
    judged = {
        side: _judged(opened[side].table, side, guesses[side], whole, settings[side], in_use=in_use) for side in ROLES
    }
    guesses = {side: judged[side].guess for side in ROLES}
    settings = {side: replace(settings[side], lenient=judged[side].lenient) for side in ROLES}
    unread = _unread_exclusions(opened, whole) if rules is not None else ()
    told = (*kept_to, *unread, *judged["mentor"].notes, *judged["mentee"].notes, *comma_notes)
    if _depends_on_week(guesses, whole):
        told = (f"Times of the week are read as clocks stand in {week_in_words(meant)}. Change it: --week DATE", *told)
    return Intake(opened, guesses, _fitted(whole, guesses), whole, (*_file_notes(opened), *told), settings)


def _with_exclusions(
    matching: Matching, opened: Mapping[Role, Opened], chosen: Mapping[Role, Chosen]
) -> tuple[Matching, tuple[str, ...]]:
    """Return rules that keep to every exclusion of the sheets, also where a rules file forgot one, and what to say.

    Whom somebody must not be paired with is no matter of taste: only the coordinator's own word takes it away.
    """
    whole, notes = matching, []
    for side, name, column in _exclusions_unread(opened, matching):
        if name in chosen.get(side, {}):
            continue
        mentee, mentor = (name, "id") if side == "mentee" else ("id", name)
        title = f"{column.heading} ({side}s)"[:200]
        rule = RuleSpec(name=title, kind="apart", mentee=mentee, mentor=mentor, must=True)
        wider = whole.model_copy(update={"rules": (*whole.rules, rule)})
        # A column that means another field of these rules is none of exclusions.
        if name in _guesses(opened, wider, chosen, is_built_in=True)[side].columns:
            whole = wider
            notes.append(
                f'{opened[side].table.file}: your rules do not mention "{" ".join(column.heading.split())}". I keep to '
                f"it all the same: nobody is paired with whom it names. To leave it out: --{side} {name}="
            )
    return whole, tuple(notes)


def _unread_exclusions(opened: Mapping[Role, Opened], matching: Matching) -> Iterator[str]:
    """Yield a note for each column that may say who is to be kept apart, and that no rule of a rules file reads.

    A guess is told, too: nobody is to find out from the plan that an exclusion counted for nothing.
    """
    for side, name, column in _exclusions_unread(opened, matching):
        yield (
            f'{opened[side].table.file}: no rule reads "{" ".join(column.heading.split())}", so it keeps nobody apart. '
            f'To keep them apart, add a rule of the kind "apart" with {side} = "{name}".'
        )


def _exclusions_unread(opened: Mapping[Role, Opened], matching: Matching) -> Iterator[tuple[Role, str, Column]]:
    """Yield each column that may say who is to be kept apart, and that no rule reads, with its side and field."""
    is_one_sheet = opened["mentor"].table is opened["mentee"].table
    for side in ROLES:
        fields = {
            name: spec
            for name, spec in standard_fields().items()
            if spec.keeps_apart
            and not any(name in matching.fields_for(one) for one in (ROLES if is_one_sheet else (side,)))
        }
        found = guess_columns(opened[side].table, side, fields, needed=()).columns if fields else {}
        yield from ((side, name, column) for name, column in found.items() if column.example)


def _depends_on_week(guesses: Mapping[Role, Guess], matching: Matching) -> bool:
    """Return whether a sheet has times of the week, and somebody a time zone: summer time moves them."""
    found = {name for side in ROLES for name in guesses[side].columns}
    return "time_zone" in found and any(matching.spec(name).type == "hours" for name in found)


def _fitted(matching: Matching, guesses: Mapping[Role, Guess]) -> Matching:
    """Return rules without those that no column is there for."""
    return fit_to_fields(matching, mentee=_found(guesses["mentee"]), mentor=_found(guesses["mentor"])).matching


def _guesses(
    opened: Mapping[Role, Opened], matching: Matching, chosen: Mapping[Role, Chosen], *, is_built_in: bool
) -> dict[Role, Guess]:
    """Return the columns of both sheets; each is judged by the people of the other one, too."""
    known = {**standard_fields(), **matching.fields}
    people: dict[Role, frozenset[str]] = {"mentor": frozenset(), "mentee": frozenset()}
    guesses: dict[Role, Guess] = {}
    for side in ("mentee", "mentor", "mentee"):  # whom mentees name is only known once the mentors' columns are
        role: Role = "mentor" if side == "mentor" else "mentee"
        fields = matching.fields_for(role)
        given = chosen.get(role, {})
        extra = {name: known[name] for name in given if name in known and known[name].asked_of(role)}
        guesses[role] = guess_columns(
            opened[role].table,
            role,
            {**extra, **fields},
            chosen=given,
            needed=("name",) if is_built_in else ("name", *_needed(matching, role)),
            others=people["mentee" if role == "mentor" else "mentor"],
        )
        people[role] = _called(opened[role].table, guesses[role])
    return {role: guesses[role] for role in ROLES}


def _called(table: Table, guess: Guess) -> frozenset[str]:
    """Return what the people of a sheet are called: names, addresses and ids; nothing of very many."""
    if len(table.rows) > MOST_CALLED:
        return frozenset()
    columns = [guess.columns[name].index for name in ("name", "email", "id") if name in guess.columns]
    called = [row.cells[position] for row in table.rows for position in columns]
    if "first_name" in guess.columns and "last_name" in guess.columns:
        first, last = guess.columns["first_name"].index, guess.columns["last_name"].index
        called += [f"{row.cells[first]} {row.cells[last]}" for row in table.rows]
    return called_so(called)


def wholes_of(
    tables: Mapping[Role, Table], columns: Mapping[Role, Mapping[str, Column]], matching: Matching
) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Return the answers with commas in them of every field with lists, and what is told about them.

    Args:
        tables: the sheets of one side or of both.
        columns: which column holds which field, by side.
        matching: the rules: fields that a rule compares share their answers.
    """
    found: dict[str, frozenset[str]] = {}
    notes: list[str] = []
    sides = [side for side in ROLES if side in tables]
    together = [{"mentee": rule.mentee_field, "mentor": rule.mentor_field} for rule in matching.rules]
    alone = [{"mentee": name, "mentor": name} for side in sides for name in columns[side]]
    for fields in (*together, *alone):
        names = {side: fields[side] for side in sides if fields[side] in columns[side]}
        if not names or any(name in found or matching.spec(name).type != "list" for name in names.values()):
            continue
        cells: list[str] = []
        options: list[str] = [choice for name in names.values() for choice in matching.spec(name).choices]
        for side, name in names.items():
            table, column = tables[side], columns[side][name]
            group = next((group for group in table.joined if group.index == column.index), None)
            options += group.options if group is not None else ()
            cells += [row.cells[column.index] for row in table.rows[:LEARNT_ROWS] if group is None]
        is_form = any(normal(heading) in TIMESTAMPS for table in tables.values() for heading in table.headings)
        wholes = whole_answers(cells, options=options, is_form=is_form)
        found |= dict.fromkeys(names.values(), wholes.answers)
        notes += _comma_notes(matching.spec(next(iter(names.values()))).label, wholes)
    return found, notes


def _comma_notes(label: str, wholes: Wholes) -> Iterator[str]:
    """Yield what is told about commas that part no answers, and about those that may not."""
    if wholes.learnt:
        listed = "; ".join(f'"{text}"' for text in wholes.learnt[:SHOWN_ANSWERS])
        more = f" and {len(wholes.learnt) - SHOWN_ANSWERS} more" if len(wholes.learnt) > SHOWN_ANSWERS else ""
        yield f"{label}: I read {listed}{more} as one answer each, commas and all. If not, part answers by semicolons."
    if wholes.doubtful:
        listed = "; ".join(f'"{text}"' for text in wholes.doubtful[:SHOWN_ANSWERS])
        yield (
            f"{label}: I cannot tell whether {listed} is one answer with a comma or several; I took several. List the "
            "answers in a rules file (choices = [...]), or part them by semicolons."
        )


def _judged(
    table: Table, side: Role, guess: Guess, matching: Matching, settings: CheckSettings, *, in_use: Matching
) -> JudgedGuess:
    """Return a guess that costs no rows, for the rules as they are in use."""
    fields = {name: matching.spec(name) for name in guess.columns if name not in POSITION_FIELDS}
    strict = {name for rule in in_use.rules if rule.must for name in rule.fields_of(side)}
    strict |= set() if in_use is not matching else set(_compared(matching, side))
    read = {*in_use.needed(side), *COUNT_FIELDS, "email"}
    return judge_guess(guess, table, side, fields, settings=settings, read=read, strict=strict)


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
    columns = guess_columns(table, side, fields).columns.items()
    own = [
        column
        for name, column in columns
        if column.sure and (name in COUNT_FIELDS or _is_own_heading(column, fields[name]))
    ]
    return [" ".join(column.heading.split()) for column in own]


def _is_own_heading(column: Column, spec: FieldSpec) -> bool:
    """Return whether a heading is one of a field's own: those of what is wanted and what is offered sound alike."""
    return normal(column.heading) in {normal(phrase) for phrase in (*spec.headings, spec.label)}


def _found(guess: Guess) -> set[str]:
    """Return the fields that a sheet has; a latitude makes a place."""
    return set(guess.columns) | ({"place"} if "latitude" in guess.columns else set())


def _needed(matching: Matching, side: Role) -> tuple[str, ...]:
    """Return the fields of one side without which the written rules cannot be used.

    A rule that gives points may drop out, and a rule whose column may stand on one side only needs it on some sheet;
    see `entrants.TakenIn.missing`.
    """
    musts = tuple(rule for rule in matching.rules if rule.must and not KINDS[rule.kind].one_sided)
    return _compared(matching.model_copy(update={"rules": musts}), side)


def _compared(matching: Matching, side: Role) -> tuple[str, ...]:
    """Return the fields that the written rules read of one side."""
    names = [rule.mentee_field if side == "mentee" else rule.mentor_field for rule in matching.rules]
    if matching.shape.by is not None and (side == "mentor" or matching.shape.kind == "chain"):
        names.append(matching.shape.by)
    if side == "mentor":
        names += [name for cap in matching.caps for name in (cap.by, cap.limit_from) if name is not None]
    elif matching.priority is not None:
        names.append(matching.priority.by)
    if matching.groups is not None and matching.groups.part_field is not None:
        names.append(matching.groups.part_field)
    return tuple(dict.fromkeys(name for name in names if name not in ALWAYS))
