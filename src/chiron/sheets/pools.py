"""Two sheets checked: the people of both sides with typed answers, what needs fixing, and what was guessed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chiron.blueprints.plan.pairs import TWO_SIDED
from chiron.blueprints.pose.pairs import answer_of
from chiron.blueprints.schema.defaults import fit_to_fields
from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import ROLES, Participant, Role
from chiron.blueprints.vocabulary.world import ladder, ladders
from chiron.sheets.columns.guess import words_for
from chiron.sheets.intake import Intake
from chiron.sheets.people.both_sides import DualRole, dual_role_notes, dual_roles_of
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.column_answers import fields_said
from chiron.sheets.people.crosscheck import check_together
from chiron.sheets.people.diagnostics import Checked, Diagnostic, shown
from chiron.sheets.people.exclusions import EXCLUSION_CODES, NOTHING_SAID, MeansNobody
from chiron.sheets.people.judged_guess import MOST_LEFT_OUT
from chiron.sheets.people.reading import Twice

MOST_PEOPLE, MOST_PAIRS = 50_000, 200_000_000
"""Pools with more people on a side, or more pairs, are matched by the exact scan: the one place that says so."""
NO_PLACES = frozenset({"peers", "circles", "teams"})
"""Shapes in which places belong to no single mentor."""
_POINT = frozenset({"latitude", "longitude"})


@dataclass(frozen=True, slots=True)
class Pools:
    """The people of two sheets.

    Attributes:
        checked: what the check of each sheet found, by side.
        matching: the rules, with the ladder that the sheets speak of.
        problems: what needs fixing, mentors' sheet first.
        notes: guesses and defaults that were used, in words.
        exclusion_notes: of the notes, those on whom the sheets keep apart: nobody may miss one of them.
        selves: who stands on both sheets; None where nobody has looked yet, see `dual_roles`.
    """

    checked: Mapping[Role, Checked]
    matching: Matching
    problems: tuple[Diagnostic, ...]
    notes: tuple[str, ...]
    exclusion_notes: frozenset[str] = frozenset()
    selves: tuple[DualRole, ...] | None = None

    def dual_roles(self) -> tuple[DualRole, ...]:
        """Return who stands on both sheets."""
        return tuple(dual_roles_of(self.mentees, self.mentors)) if self.selves is None else self.selves

    @property
    def left_out(self) -> Mapping[Role, int]:
        """How many rows of each sheet were left out."""
        return {
            side: len({problem.row for problem in one.problems if problem.left_out})
            for side, one in self.checked.items()
        }

    @property
    def used(self) -> Mapping[Role, int]:
        """How many rows of each sheet were used."""
        return {side: len(self.checked[side].table.rows) - count for side, count in self.left_out.items()}

    @property
    def mentees(self) -> tuple[Participant, ...]:
        """Who needs a mentor."""
        return self.checked["mentee"].people

    @property
    def mentors(self) -> tuple[Participant, ...]:
        """Who has places."""
        return self.checked["mentor"].people

    @property
    def is_bulk(self) -> bool:
        """Whether there are more people or pairs than can be listed: then the exact scan matches them."""
        return _is_bulk(self.mentees, self.mentors)


def check_pools(
    intake: Intake,
    *,
    capacity: int | None = None,
    twice: Twice = "latest",
    nobody: MeansNobody = NOTHING_SAID,
    can_lock: bool = True,
) -> Pools:
    """Return the people of two sheets, and everything in them that needs fixing or was guessed.

    Args:
        intake: the sheets with their columns.
        capacity: mentees per mentor where no answer says; None: as the rules say.
        twice: which row counts of a person who answered twice.
        nobody: the cells of which somebody said that what is not clear in them means nobody of the other sheet.
        can_lock: the plan may hold a pair by request; one over all pairs of a large pool never may.
    """
    names = dict.fromkeys(name for side in ROLES for name in intake.guesses[side].columns)
    matching, notes = with_ladders(intake.whole, {name: _cells(intake, name) for name in names})
    if capacity is not None:
        matching = matching.model_copy(update={"capacity": capacity})
    checked: dict[Role, Checked] = {}
    for side in ROLES:
        guess = intake.guesses[side]
        fields = {name: matching.spec(name) for name in guess.columns if name not in ("latitude", "longitude")}
        if "latitude" in guess.columns:
            fields.setdefault("place", matching.spec("place"))
        checked[side] = check_rows(
            intake.opened[side].table,
            guess.columns,
            fields,
            side,
            settings=replace(intake.settings[side], twice=twice),
        )
    every = {name: matching.spec(name) for side in ROLES for name in intake.guesses[side].columns if name not in _POINT}
    mentors, mentees = check_together(checked["mentor"], checked["mentee"], every, nobody=nobody)
    both: dict[Role, Checked] = {"mentor": mentors, "mentee": mentees}
    matching, fit_notes = _fitted(matching, intake, both)
    notes.extend(fit_notes)
    is_one_sheet = intake.opened["mentor"].table is intake.opened["mentee"].table
    if matching.shape.kind not in NO_PLACES:
        notes.extend(_places_note(mentors, matching))
    notes.extend(_priority_notes(mentees, matching))
    selves: tuple[DualRole, ...] | None = None
    if not is_one_sheet and matching.shape.kind != "chain":
        can_lock &= matching.shape.kind in TWO_SIDED and not _is_bulk(mentees.people, mentors.people)
        selves = tuple(dual_roles_of(mentees.people, mentors.people))
        notes.extend(dual_role_notes(selves, can_lock=can_lock))
    problems = (*mentors.problems, *mentees.problems)
    cells = sorted((note for side in reversed(ROLES) for note in both[side].notes), key=_is_no_exclusion)
    told = [f"{note.file} row {note.row}  {note.text}" for note in cells]
    apart = [text for note, text in zip(cells, told, strict=True) if not _is_no_exclusion(note)]
    exclusion_notes = frozenset((*intake.exclusion_notes, *apart))
    return Pools(both, matching, problems, (*intake.notes, *notes, *told), exclusion_notes, selves)


def _is_no_exclusion(note: Diagnostic) -> bool:
    return note.code not in EXCLUSION_CODES


def _is_bulk(mentees: Sequence[Participant], mentors: Sequence[Participant]) -> bool:
    return max(len(mentees), len(mentors)) > MOST_PEOPLE or len(mentees) * len(mentors) > MOST_PAIRS


def doubtful_exclusions(intake: Intake, pools: Pools) -> tuple[str, ...]:
    """Return what to ask about columns that were only guessed to say whom somebody must not be paired with.

    Such a guess is never withdrawn, as an exclusion must not be lost. Where it would leave out more than a fifth of the
    rows, somebody has to say whether it is right.
    """
    asked = []
    for side in ROLES:
        table, columns = intake.opened[side].table, intake.guesses[side].columns
        guessed = [name for name, column in columns.items() if not column.sure and intake.matching.keeps_apart(name)]
        for name in guessed:
            heading = columns[name].heading
            problems = pools.checked[side].problems
            rows = {one.row for one in problems if one.left_out and one.column == heading}
            if len(rows) * MOST_LEFT_OUT > len(table.rows):
                asked.append(
                    f'{table.file}: I took "{shown(heading)}" for people whom somebody must not be paired with, and do '
                    f"not understand it in {len(rows)} of {len(table.rows)} rows, which would be left out. If it says "
                    f"so: --{side} {name}={words_for(columns[name])}. If it does not: --{side} {name}="
                )
    return tuple(asked)


def _fitted(matching: Matching, intake: Intake, both: Mapping[Role, Checked]) -> tuple[Matching, list[str]]:
    """Return the rules without those that compare what nobody of a side says, and what is said about them."""
    if not (both["mentor"].people and both["mentee"].people):
        return intake.matching, []
    said = {side: fields_said(both[side].people) for side in ROLES}
    fitted = fit_to_fields(matching, mentee=said["mentee"], mentor=said["mentor"])
    # The built-in rules are many: only a column that one sheet has is missed on the other.
    missed = [one for one in fitted.dropped if not intake.is_built_in or one.is_half_there]
    flags = [
        f'--{side} {name}="Column heading"'
        for one in missed
        for side, name in one.missing
        if name not in intake.guesses[side].columns
    ]
    hint = [f"If a column holds it: {' '.join(dict.fromkeys(flags))}"] if flags else []
    return fitted.matching, [*fitted.notes, *hint]


def _priority_notes(mentees: Checked, matching: Matching) -> Iterator[str]:
    """Yield a note for each answer that is served first and that nobody gave: most likely a slip in the rules."""
    priority = matching.priority
    if priority is None:
        return
    given = {str(answer_of(person, priority.by)).casefold() for person in mentees.people}
    wanted = [one for values in priority.first for one in ((values,) if isinstance(values, str) else values)]
    for value in wanted:
        if value.casefold() not in given:
            yield f'Priority: no mentee answered "{value}" to {priority.by}, so nobody is served first for it.'


def _is_stage(spec: FieldSpec) -> bool:
    return spec.type == "stage"


def with_ladders(matching: Matching, said: Mapping[str, Iterable[str]]) -> tuple[Matching, list[str]]:
    """Return the rules with, for each stage that they do not describe, the ladder that understands most answers.

    Args:
        matching: the rules.
        said: what people of both sides say, by field.
    """
    notes = []
    for name, texts in said.items():
        if name in matching.fields or not _is_stage(matching.spec(name)):
            continue
        cells = Counter(texts)
        best = max(ladders().values(), key=lambda each: sum(n for cell, n in cells.items() if each.find(cell)))
        if best.name != ladder().name:
            spec = matching.spec(name).model_copy(update={"ladder": best.steps})
            matching = matching.model_copy(update={"fields": {**matching.fields, name: spec}})
            notes.append(f'{spec.label}: I read the answers as steps of the ladder "{best.label}".')
    return matching, notes


def _cells(intake: Intake, name: str) -> Iterator[str]:
    """Yield the cells of one field on both sheets."""
    for side in ROLES:
        column = intake.guesses[side].columns.get(name)
        if column is not None:
            yield from (row.cells[column.index] for row in intake.opened[side].table.rows)


def _places_note(mentors: Checked, matching: Matching) -> Sequence[str]:
    """Return what is said about places that no cell gives."""
    silent = sum(1 for person in mentors.people if person.capacity is None)
    if matching.groups is not None and (matching.groups.balanced_by or matching.groups.most):
        # The sizes of the groups say how many.
        return []
    count = f"{matching.capacity} {'mentee' if matching.capacity == 1 else 'mentees'}"
    if not silent:
        return []
    if silent == len(mentors.people):
        return [
            f"No column says how many mentees a mentor takes, so each mentor takes {count}. Change it: --capacity 2"
        ]
    who = "1 mentor says" if silent == 1 else f"{silent} mentors say"
    return [f"{who} nothing about places, so I took {count} for each."]
