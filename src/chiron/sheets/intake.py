"""Two sheets on their way in: their columns judged, and the rules fitted to what is there."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chiron.blueprints.schema.defaults import default_matching, fit_to_fields
from chiron.blueprints.schema.fields import COUNT_FIELDS, FieldSpec
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import ROLES, Role
from chiron.blueprints.schema.sensitive import sensitive_word
from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.weeks import next_monday, week_in_words
from chiron.sheets.cells.zones import zone_of
from chiron.sheets.columns.guess import POSITION_FIELDS, Column, Guess, guess_columns
from chiron.sheets.columns.options import Wholes, whole_answers
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import SheetError, Table
from chiron.sheets.guesses import Chosen, compared_fields, guesses_of, unread_exclusions, with_exclusions
from chiron.sheets.opened import Opened, file_notes
from chiron.sheets.people.judged_guess import JudgedGuess, judge_guess
from chiron.sheets.people.reading import CheckSettings
from chiron.sheets.people.roles import parted_by_role
from chiron.sheets.result.record import ColumnFound, Input

LEARNT_ROWS, SHOWN_ANSWERS = 1_000, 3
TIMESTAMPS = words("timestamps")


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
        exclusion_notes: of the notes, those on columns that say whom somebody must not be paired with.
        forgotten: rules for exclusions of the sheets that the given rules do not mention; `whole` has them, too.
    """

    opened: Mapping[Role, Opened]
    guesses: Mapping[Role, Guess]
    matching: Matching
    whole: Matching
    notes: tuple[str, ...]
    settings: Mapping[Role, CheckSettings]
    exclusion_notes: tuple[str, ...] = ()
    forgotten: tuple[RuleSpec, ...] = ()

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
    if rules is not None:
        whole, kept_to = with_exclusions(rules, opened, chosen or {})
    guesses = guesses_of(opened, whole, chosen or {}, is_built_in=rules is None)
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
    unread = unread_exclusions(opened, whole) if rules is not None else ()
    told = (*kept_to, *unread, *judged["mentor"].notes, *judged["mentee"].notes, *comma_notes)
    if _depends_on_week(guesses, whole):
        told = (f"Times of the week are read as clocks stand in {week_in_words(meant)}. Change it: --week DATE", *told)
    return Intake(
        opened,
        guesses,
        _fitted(whole, guesses),
        whole,
        (*file_notes(opened), *told),
        settings,
        (*kept_to, *unread),
        whole.rules[len(rules.rules) :] if rules is not None else (),
    )


def keeping_apart(matching: Matching, intakes: Sequence[Intake]) -> Matching:
    """Return rules with those for exclusions of these sheets that the given ones forgot."""
    forgotten = {rule.name: rule for intake in intakes for rule in intake.forgotten if rule not in matching.rules}
    return matching.model_copy(update={"rules": (*matching.rules, *forgotten.values())})


def zone_named(text: str) -> str:
    """Return a time zone by its name.

    Raises:
        SheetError: there is none of this name.
    """
    zone = zone_of(text)
    if zone.value is None:
        raise SheetError(f'"{text}" is no time zone. {zone.text}')
    return str(zone.value)


def _depends_on_week(guesses: Mapping[Role, Guess], matching: Matching) -> bool:
    """Return whether a sheet has times of the week, and somebody a time zone: summer time moves them."""
    found = {name for side in ROLES for name in guesses[side].columns}
    return "time_zone" in found and any(matching.spec(name).type == "hours" for name in found)


def _fitted(matching: Matching, guesses: Mapping[Role, Guess]) -> Matching:
    """Return rules without those that no column is there for."""
    return fit_to_fields(matching, mentee=_found(guesses["mentee"]), mentor=_found(guesses["mentor"])).matching


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
    strict |= set() if in_use is not matching else set(compared_fields(matching, side))
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
