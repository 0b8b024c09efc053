"""What needs both sheets: names in choices and exclusions become ids, and one answer gets one spelling."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Participant
from chiron.sheets.cells.typos import is_slip
from chiron.sheets.files.headings import normal
from chiron.sheets.people.column_answers import columns_of
from chiron.sheets.people.diagnostics import Checked, Diagnostic, shown
from chiron.sheets.people.exclusions import NOTHING_SAID, MeansNobody, NamedPeople, text_of

NEAR = 0.75
MOST_COMPARED, MOST_NAMES_COMPARED, TIMES_RARER = 600, 300_000, 3
MOST_ABSENT = 3
"""How many cells of a column that name somebody who is not there are told one by one."""
_LISTED = ("ranking", "id")
_WHO = frozenset({"id", "email"})


def check_together(
    mentors: Checked, mentees: Checked, fields: Mapping[str, FieldSpec], *, nobody: MeansNobody = NOTHING_SAID
) -> tuple[Checked, Checked]:
    """Return both sheets with names turned into ids and spellings made one; what does not fit is reported.

    An exclusion keeps apart everybody whom it can mean. Where it is not clear, the person is left out until the cell
    is mended, or somebody says that it means nobody. A choice that is nobody's name is reported and ignored.

    Args:
        mentors: the mentors' sheet.
        mentees: the mentees' sheet.
        fields: every field of either side.
        nobody: the cells of which somebody said that what is not clear in them means nobody.
    """
    named_mentors = _with_ids(mentors, mentees, fields, nobody)
    named_mentees = _with_ids(mentees, mentors, fields, nobody)
    named_mentors = _note_chosen_without_places(named_mentors, named_mentees, fields)
    return _with_one_spelling(named_mentors, named_mentees, fields)


def _with_ids(checked: Checked, others: Checked, fields: Mapping[str, FieldSpec], nobody: MeansNobody) -> Checked:
    """Return a sheet with the people whom it names by their ids."""
    here = [name for name in fields if name in checked.headings and name not in _WHO]
    apart = [name for name in here if fields[name].keeps_apart]
    chosen = [name for name in here if fields[name].type in _LISTED and name not in apart]
    if not apart and not chosen:
        return checked
    naming = _Naming(checked, others, fields, nobody)
    people: list[Participant] = []
    left_out = list(checked.left_out)
    for person in checked.people:
        answers: dict[str, Any] = {}
        said = person.answers
        unclear = [
            name for name in apart if said.get(name) is not None and not naming.keep_apart(person, name, answers)
        ]
        for name in chosen:
            if said.get(name) is not None:
                answers[name] = naming.choices(person, name)
        if unclear:
            left_out.append(person.name)
        else:
            people.append(replace(person, answers={**said, **answers}) if answers else person)
    naming.sum_up()
    return replace(
        checked,
        people=tuple(people),
        problems=tuple(sorted((*checked.problems, *naming.problems), key=lambda each: each.row)),
        notes=tuple(sorted((*checked.notes, *naming.notes), key=lambda each: each.row)),
        left_out=tuple(left_out),
    )


@dataclass(slots=True)
class _Tally:
    """What the cells of one column name: exactly as people are called, and people who are not there, by row."""

    exact: int = 0
    absent: list[tuple[int, str]] = field(default_factory=list)


class _Naming:
    """One sheet while the people are looked up whom it names."""

    def __init__(self, checked: Checked, others: Checked, fields: Mapping[str, FieldSpec], nobody: MeansNobody) -> None:
        self.checked, self.others, self.fields, self.nobody = checked, others, fields, nobody
        self.sheet = NamedPeople.on(others, checked)
        self.problems: list[Diagnostic] = []
        self.notes: list[Diagnostic] = []
        self.tallies: dict[str, _Tally] = {}
        self.near: dict[str, str | None] = {}
        self.plain_names = {normal(one.name): one.name for one in others.people}

    def keep_apart(self, person: Participant, name: str, answers: dict[str, Any]) -> bool:
        """Put the ids of all whom an exclusion can mean into the answers; return whether it is clear."""
        value = person.answers[name]
        text = text_of(value)
        row, heading = self.checked.rows[person.id], self.checked.headings[name]
        reading = self.sheet.reading_of(text)
        answers[name] = reading.value or None
        tally = self.tallies.setdefault(name, _Tally())
        words = f'is "{shown(text)}". {reading.text}'
        table = self.checked.table
        if reading.is_problem and self.nobody.covers(table.file, row, heading, text, sheet=table.sheet):
            self.notes.append(self._told(row, name, "said_nobody", f'is "{shown(text)}". You said that means nobody.'))
        elif reading.is_problem:
            told = self._told(row, name, reading.code, words)
            self.problems.append(replace(told, left_out=True, cell=text))
            return False
        elif reading.code == "not_there":
            tally.absent.append((row, text))
        elif reading.code:
            self.notes.append(self._told(row, name, reading.code, words))
        else:
            tally.exact += 1
        return True

    def sum_up(self) -> None:
        """Note in one sentence a column what its plain cells said."""
        file, top = self.others.table.file, self.checked.table.heading_row
        for name, tally in self.tallies.items():
            if tally.exact:
                what = "1 cell names people" if tally.exact == 1 else f"{tally.exact:,} cells name people"
                self.notes.append(self._told(top, name, "kept_apart", f"{what} of {file}, who are kept apart."))
            if len(tally.absent) > MOST_ABSENT:
                first = ", ".join(f'"{shown(text)}" (row {row})' for row, text in tally.absent[:MOST_ABSENT])
                text = f"names {len(tally.absent):,} times somebody who is not in {file}, for example {first}."
                self.notes.append(self._told(top, name, "not_there", text))
            else:
                self.notes += [
                    self._told(
                        row, name, "not_there", f'is "{shown(text)}". I read it as somebody who is not in {file}.'
                    )
                    for row, text in tally.absent
                ]

    def choices(self, person: Participant, name: str) -> Any:
        """Return the ids of whom a person chose; a choice is a whole name, an address or an id."""
        value, is_ranking = person.answers[name], self.fields[name].type == "ranking"
        row = self.checked.rows[person.id]
        ids = [self._id_of(each, row, name, is_ranking=is_ranking) for each in (value if is_ranking else [value])]
        found = tuple(dict.fromkeys(each for each in ids if each is not None))
        if is_ranking:
            return found or None
        return found[0] if found else value

    def _id_of(self, called: str, row: int, name: str, *, is_ranking: bool) -> str | None:
        """Return the id of somebody on the other sheet, or None where nobody is called so, or two are."""
        places = self.sheet.names.called(called)
        found = [self.sheet.ids[at] for at in places if at < len(self.sheet.ids)]
        if len(found) == 1:
            return found[0]
        if not is_ranking:
            return None
        file = self.others.table.file
        if found:
            text = f'names "{shown(called)}", and there are two. Type the e-mail address.'
            self.problems.append(self._told(row, name, "two_people", text))
        elif places:
            text = f'names "{shown(called)}", whose row in {file} was left out.'
            self.notes.append(self._told(row, name, "row_left_out", text))
        else:
            side = f"{self.others.people[0].side}s" if self.others.people else "people"
            near = self._nearest(called)
            ending = "Delete the name, or add the person."
            if near:
                ending = f'Did you mean "{near}"? Type the name as it stands there.'
            text = f'names "{shown(called)}", who is not among the {side} in {file}. {ending}'
            self.problems.append(self._told(row, name, "absent_name", text))
        return None

    def _nearest(self, name: str) -> str | None:
        """Return the name that is most like an unknown one; on huge sheets only the first unknown ones are compared."""
        plain = normal(name)
        if plain not in self.near:
            is_cheap = len(self.near) * len(self.plain_names) < MOST_NAMES_COMPARED
            found = get_close_matches(plain, self.plain_names, n=1, cutoff=NEAR) if is_cheap else []
            self.near[plain] = self.plain_names[found[0]] if found else None
        return self.near[plain]

    def _told(self, row: int, name: str, code: str, text: str) -> Diagnostic:
        """Return what is said about a cell, or about its whole column."""
        table, heading = self.checked.table, self.checked.headings[name]
        return Diagnostic(table.file, table.sheet, row, heading, code, f'"{shown(heading)}" {text}')


def _note_chosen_without_places(mentors: Checked, mentees: Checked, fields: Mapping[str, FieldSpec]) -> Checked:
    rankings = [name for name, spec in fields.items() if spec.type == "ranking" and not spec.keeps_apart]
    chosen = Counter(
        each for person in mentees.people for name in rankings for each in set(person.answers.get(name) or ())
    )
    notes = list(mentors.notes)
    heading = mentors.headings.get("places", "")
    for person in mentors.people:
        if person.capacity == 0 and chosen[person.id]:
            count = chosen[person.id]
            who = "1 mentee chose" if count == 1 else f"{count} mentees chose"
            text = f'"{shown(heading)}" is 0, but {who} {person.name}. Nobody will be matched there.'
            table = mentors.table
            notes.append(
                Diagnostic(table.file, table.sheet, mentors.rows[person.id], heading, "chosen_without_places", text)
            )
    return replace(mentors, notes=tuple(sorted(notes, key=lambda each: each.row)))


def _with_one_spelling(mentors: Checked, mentees: Checked, fields: Mapping[str, FieldSpec]) -> tuple[Checked, Checked]:
    """Give each answer its most usual spelling on both sheets; a slip of the pen is mended, with a note."""
    open_fields = _open_fields(fields)
    usual, slips = _spellings((mentors.people, mentees.people), open_fields)
    told = [name for name in open_fields if not fields[name].sensitive]
    return (
        _respelled(mentors, open_fields, usual, slips, told=told),
        _respelled(mentees, open_fields, usual, slips, told=told),
    )


def with_one_spelling(people: Sequence[Participant], fields: Mapping[str, FieldSpec]) -> tuple[Participant, ...]:
    """Return people of both sides with each answer in its most usual spelling, slips of the pen mended."""
    open_fields = _open_fields(fields)
    usual, slips = _spellings((people,), open_fields)
    return tuple(
        replace(
            person,
            answers={
                name: _spelled(value, usual, slips) if name in open_fields and value is not None else value
                for name, value in person.answers.items()
            },
        )
        for person in people
    )


def _open_fields(fields: Mapping[str, FieldSpec]) -> list[str]:
    """Return the fields to which anything may be answered."""
    return [
        name for name, spec in fields.items()
        if spec.type in ("choice", "list") and not spec.choices and not spec.ladder and not spec.keeps_apart
    ]  # fmt: skip


def _spellings(
    sides: Iterable[Sequence[Participant]], open_fields: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the most usual spelling of each answer, and what slips of the pen mean."""
    answered: Counter[Any] = Counter()
    for people in sides:
        # Person by person: of spellings that are equally usual the first one counts.
        answered.update(chain.from_iterable(zip(*columns_of(people, open_fields).values(), strict=True)))
    del answered[None]
    counts: Counter[str] = Counter()
    for answer, times in answered.items():
        for value in _values(answer):
            counts[value] += times
    usual = _usual_spellings(counts)
    return usual, _slips(counts, usual)


def _values(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value or ()


def _usual_spellings(counts: Counter[str]) -> dict[str, str]:
    usual: dict[str, str] = {}
    for value, count in counts.items():
        plain = normal(value)
        if plain not in usual or count > counts[usual[plain]]:
            usual[plain] = value
    return usual


def _slips(counts: Counter[str], usual: Mapping[str, str]) -> dict[str, str]:
    """Return rare answers that differ from one usual answer by a slip of the pen only."""
    totals: Counter[str] = Counter()
    for value, count in counts.items():
        totals[normal(value)] += count
    if len(totals) > MOST_COMPARED:
        return {}
    slips = {}
    for plain, count in totals.items():
        near = [other for other, times in totals.items() if times >= TIMES_RARER * count and is_slip(plain, other)]
        if len(near) == 1:
            slips[plain] = usual[near[0]]
    return slips


def _respelled(
    checked: Checked,
    open_fields: Iterable[str],
    usual: Mapping[str, str],
    slips: Mapping[str, str],
    *,
    told: Collection[str],
) -> Checked:
    """Return people with each answer in its most usual spelling, and a note for each slip in the fields of `told`."""
    notes = list(checked.notes)
    people = []
    names = [name for name in open_fields if name in checked.headings]
    columns = columns_of(checked.people, names)
    distinct = dict.fromkeys(chain.from_iterable(columns.values()))
    distinct.pop(None, None)
    spelled = {value: better for value in distinct if (better := _spelled(value, usual, slips)) != value}
    if not spelled:
        return checked
    for at, person in enumerate(checked.people):
        changed: dict[str, Any] = {}
        for name in names:
            value = columns[name][at]
            if value not in spelled:
                continue
            changed[name] = spelled[value]
            for typed in _values(value):
                if name in told and (meant := slips.get(normal(typed))):
                    heading = checked.headings[name]
                    text = f'"{shown(heading)}" has "{shown(typed)}". I read it as "{shown(meant)}".'
                    row = checked.rows[person.id]
                    notes.append(Diagnostic(checked.table.file, checked.table.sheet, row, heading, "read_as", text))
        people.append(replace(person, answers={**person.answers, **changed}) if changed else person)
    return replace(checked, people=tuple(people), notes=tuple(sorted(notes, key=lambda each: each.row)))


def _spelled(value: str | tuple[str, ...], usual: Mapping[str, str], slips: Mapping[str, str]) -> str | tuple[str, ...]:
    """Return an answer in its most usual spelling, nothing in it twice."""
    each = tuple(dict.fromkeys(slips.get(normal(one)) or usual[normal(one)] for one in _values(value)))
    return each[0] if isinstance(value, str) else each
