"""What needs both sheets: names in choices and exclusions become ids, and one answer gets one spelling."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Participant
from chiron.sheets.cells.lexicon import words
from chiron.sheets.cells.typos import is_slip
from chiron.sheets.files.headings import normal
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.people.findings import Checked, shown

NEAR = 0.75
MOST_COMPARED, MOST_NAMES_COMPARED, TIMES_RARER = 600, 300_000, 3
_TITLES = words("titles")
_EXCLUSIONS = frozenset({"not_with"})
_LISTED = ("ranking", "id")
_WHO = frozenset({"id", "email"})


@dataclass(frozen=True, slots=True)
class _Directory:
    """People of the other side by everything they may be called; None where two are called the same."""

    ids: Mapping[str, str | None]
    names: Mapping[str, str]
    left_out: frozenset[str]
    near: dict[str, str | None]

    def nearest(self, name: str) -> str | None:
        """Return the name that is most like an unknown one; on huge sheets only the first unknown ones are compared."""
        plain = normal(name)
        if plain not in self.near:
            is_cheap = len(self.near) * len(self.names) < MOST_NAMES_COMPARED
            found = get_close_matches(plain, self.names, n=1, cutoff=NEAR) if is_cheap else []
            self.near[plain] = self.names[found[0]] if found else None
        return self.near[plain]


def check_together(mentors: Checked, mentees: Checked, fields: Mapping[str, FieldSpec]) -> tuple[Checked, Checked]:
    """Return both sheets with names turned into ids and spellings made one; what does not fit is reported.

    A person whose exclusions name somebody who is *nearly* on the other sheet is left out until that is fixed: a
    misspelt exclusion must not be lost. Any other unknown name is reported and ignored.

    Args:
        mentors: the mentors' sheet.
        mentees: the mentees' sheet.
        fields: every field of either side.
    """
    named_mentors = _with_ids(mentors, mentees, fields)
    named_mentees = _with_ids(mentees, mentors, fields)
    named_mentors = _note_chosen_without_places(named_mentors, named_mentees, fields)
    return _with_one_spelling(named_mentors, named_mentees, fields)


def _with_ids(checked: Checked, others: Checked, fields: Mapping[str, FieldSpec]) -> Checked:
    wanted = [
        name for name, spec in fields.items() if spec.type in _LISTED and name not in _WHO and name in checked.headings
    ]
    if not wanted:
        return checked
    directory = _directory(others)
    problems, notes = list(checked.problems), list(checked.notes)
    people: list[Participant] = []
    left_out = list(checked.left_out)
    for person in checked.people:
        before = len(problems)
        answers = dict(person.answers)
        for name in wanted:
            value = answers.get(name)
            if value is None:
                continue
            is_ranking = fields[name].type == "ranking"
            place = _Place(checked, checked.rows[person.id], name, others, is_ranking=is_ranking)
            ids = [place.id_of(each, directory, problems, notes) for each in (value if is_ranking else [value])]
            found = tuple(dict.fromkeys(each for each in ids if each is not None))
            answers[name] = (found or None) if is_ranking else (found[0] if found else value)
        if any(problem.left_out for problem in problems[before:]):
            left_out.append(person.name)
        else:
            people.append(person if answers == person.answers else replace(person, answers=answers))
    problems.sort(key=lambda each: each.row)
    return replace(
        checked,
        people=tuple(people),
        problems=tuple(problems),
        notes=tuple(sorted(notes, key=lambda each: each.row)),
        left_out=tuple(left_out),
    )


def _directory(checked: Checked) -> _Directory:
    ids: dict[str, str | None] = {}
    names: dict[str, str] = {}
    for person in checked.people:
        names[normal(person.name)] = person.name
        keys = {normal(person.id), normal(str(person.answers.get("email") or "")), *_spoken(person.name)} - {""}
        for key in keys:
            ids[key] = person.id if ids.get(key, person.id) == person.id else None
    return _Directory(ids, names, frozenset(key for name in checked.left_out for key in _spoken(name)), {})


def _spoken(name: str) -> set[str]:
    """Return the ways in which people write a name: with and without title, "last, first" turned round."""
    last, comma, first = name.partition(",")
    turned = f"{first} {last}" if comma else name
    plain = normal(turned)
    bare = " ".join(word for word in plain.split() if word not in _TITLES)
    return {plain, bare, normal(name)} - {""}


@dataclass(frozen=True, slots=True)
class _Place:
    """The cell in which a name stands."""

    checked: Checked
    row: int
    field: str
    others: Checked
    is_ranking: bool

    def id_of(
        self, name: str, directory: _Directory, problems: list[Diagnostic], notes: list[Diagnostic]
    ) -> str | None:
        """Return the id of somebody on the other sheet, or None where nobody is called so."""
        spoken = _spoken(name)
        hits = {directory.ids[key] for key in spoken if key in directory.ids}
        if len(hits) == 1 and None not in hits:
            return next(iter(hits))
        if not self.is_ranking:
            return None  # a line manager need not be on the other sheet
        if hits:
            problems.append(self._problem("two_people", f'names "{name}", and there are two. Type the e-mail address.'))
        elif spoken & directory.left_out:
            text = f'names "{name}", whose row in {self.others.table.file} was left out.'
            notes.append(self._note("row_left_out", text))
        else:
            self._report_absent(name, directory, problems)
        return None

    def _report_absent(self, name: str, directory: _Directory, problems: list[Diagnostic]) -> None:
        near = directory.nearest(name)
        side = "mentors" if self.others.people and self.others.people[0].side == "mentor" else "people"
        side = "mentees" if self.others.people and self.others.people[0].side == "mentee" else side
        meant = f' Did you mean "{near}"?' if near else ""
        text = f'names "{shown(name)}", who is not among the {side} in {self.others.table.file}.{meant}'
        is_risky = near is not None and self.field in _EXCLUSIONS
        ending = " Type the name as it stands there." if near else " Delete the name, or add the person."
        problems.append(self._problem("absent_name", text + ending, left_out=is_risky))

    def _problem(self, code: str, text: str, *, left_out: bool = False) -> Diagnostic:
        table, heading = self.checked.table, self.checked.headings[self.field]
        return Diagnostic(table.file, table.sheet, self.row, heading, code, f'"{shown(heading)}" {text}', left_out)

    def _note(self, code: str, text: str) -> Diagnostic:
        table, heading = self.checked.table, self.checked.headings[self.field]
        return Diagnostic(table.file, table.sheet, self.row, heading, code, f'"{shown(heading)}" {text}')


def _note_chosen_without_places(mentors: Checked, mentees: Checked, fields: Mapping[str, FieldSpec]) -> Checked:
    rankings = [name for name, spec in fields.items() if spec.type == "ranking" and name not in _EXCLUSIONS]
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
    open_fields = [
        name for name, spec in fields.items()
        if spec.type in ("choice", "list") and not spec.choices and not spec.ladder
    ]  # fmt: skip
    answered = Counter(
        answer
        for checked in (mentors, mentees)
        for person in checked.people
        for name in open_fields
        if (answer := person.answers.get(name)) is not None
    )
    counts: Counter[str] = Counter()
    for answer, times in answered.items():
        for value in _values(answer):
            counts[value] += times
    usual = _usual_spellings(counts)
    slips = _slips(counts, usual)
    return _respelled(mentors, open_fields, usual, slips), _respelled(mentees, open_fields, usual, slips)


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
    checked: Checked, open_fields: Iterable[str], usual: Mapping[str, str], slips: Mapping[str, str]
) -> Checked:
    notes = list(checked.notes)
    people = []
    names = [name for name in open_fields if name in checked.headings]
    spelled: dict[str | tuple[str, ...], str | tuple[str, ...]] = {}
    for person in checked.people:
        changed: dict[str, Any] = {}
        for name in names:
            value = person.answers.get(name)
            if value is None:
                continue
            if value not in spelled:
                spelled[value] = _spelled(value, usual, slips)
            if spelled[value] == value:
                continue
            changed[name] = spelled[value]
            for typed in _values(value):
                if meant := slips.get(normal(typed)):
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
