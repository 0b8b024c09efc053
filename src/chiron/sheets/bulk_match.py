"""Two long text files matched over all pairs: the front door for pools of tens of thousands (extra `scale`)."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chiron.blueprints.pose.pairs import pool_of
from chiron.blueprints.schema.defaults import NO_ANSWERS, fit_to_fields
from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import ROLES, Role
from chiron.pairing.model.answer import Aim
from chiron.pairing.model.problem import Ints
from chiron.pairing.rules.scoring import Pool, Scoring
from chiron.sheets.files.page import literal
from chiron.sheets.files.table import SheetError
from chiron.sheets.intake import Chosen, Opened, take_in
from chiron.sheets.people.columnwise import LongSheet, People, open_long, read_people
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.record_pages import NOT_MATCHED
from chiron.sheets.result.write import write_whole

if TYPE_CHECKING:
    from chiron.pairing.scale.national.solve import NationalAnswer

Told = Callable[[str], None]
ENDINGS = (".csv", ".tsv")
MOST_ROWS, MOST_PAIRS = 50_000, 200_000_000


class CrowdError(ValueError):
    """The rules ask for something that a crowd cannot be matched by; the message names it and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Two long sheets read: people, rules and what compares them.

    Attributes:
        people: both sides.
        matching: the rules, fitted to the columns.
        scoring: the rules over the columns.
        capacity: int32 (m,), how many mentees each mentor takes.
        notes: guesses and defaults that were used, in words.
    """

    people: Mapping[Role, People]
    matching: Matching
    scoring: Scoring
    capacity: Ints
    notes: tuple[str, ...]

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """The rows that were left out, mentors' sheet first."""
        return (*self.people["mentor"].problems, *self.people["mentee"].problems)


def read_crowd(
    mentors: Path,
    mentees: Path,
    *,
    rules: Matching | None = None,
    capacity: int | None = None,
    chosen: Mapping[Role, Chosen] | None = None,
    week: dt.date | None = None,
) -> Crowd:
    """Return two long text files as a crowd.

    Args:
        mentors: the mentors' file, .csv or .tsv.
        mentees: the mentees' file.
        rules: None: the built-in ones, without what no file has a column for.
        capacity: mentees per mentor where no answer says; None: as the rules say.
        chosen: headings that a person gave for fields, by side.
        week: a day of the week whose clocks turn local times into UTC; None: next week's.

    Raises:
        SheetError: a file cannot be read or used, or nobody is in it.
        CrowdError: the rules ask for caps, groups or several mentors for one mentee.
        RuleError: a rule cannot be used on these columns.
    """
    sheets: dict[Role, LongSheet] = {"mentor": open_long(mentors), "mentee": open_long(mentees)}
    heads = {side: Opened(sheet.head, "") for side, sheet in sheets.items()}
    intake = take_in(heads["mentor"], heads["mentee"], rules=rules, chosen=chosen, week=week)
    if intake.missing:
        raise SheetError("\n".join(intake.missing))
    matching = intake.matching
    _refuse(matching)
    people: dict[Role, People] = {}
    for side in ROLES:
        columns = intake.guesses[side].columns
        settings = intake.settings[side]
        people[side] = read_people(sheets.pop(side), columns, _fields(matching, columns), side, settings=settings)
        if not people[side].ids:
            raise SheetError(f"{heads[side].table.file} has no {side} who can be used.")
    fitted = fit_to_fields(
        intake.whole,
        mentee={name for name, values in people["mentee"].answers.items() if any(v not in NO_ANSWERS for v in values)},
        mentor={name for name, values in people["mentor"].answers.items() if any(v not in NO_ANSWERS for v in values)},
    )
    matching = fitted.matching
    if any(wanted not in (None, 1) for wanted in people["mentee"].answers.get("wanted", ())):
        raise CrowdError(
            "A pool of this size is matched with one mentor for each mentee, and some ask for another number. "
            "Take that column out, or match fewer people."
        )
    usual = matching.capacity if capacity is None else capacity
    places = people["mentor"].answers.get("places") or [None] * len(people["mentor"].ids)
    return Crowd(
        people=people,
        matching=matching,
        scoring=Scoring(matching.engine_rules(), _pool(people, "mentee", matching), _pool(people, "mentor", matching)),
        capacity=np.array([usual if place is None else place for place in places], dtype=np.int32),
        notes=(*intake.notes, *fitted.notes, *people["mentor"].notes, *people["mentee"].notes),
    )


def _refuse(matching: Matching) -> None:
    """Refuse rules that the large path does not know.

    Raises:
        CrowdError: the rules have one of them.
    """
    asked = {
        "caps": matching.caps,
        "a priority": matching.priority,
        "a shape other than pairs": matching.shape.kind != "pairs",
        "everyone = true": matching.everyone,
        "sizes of groups": matching.groups is not None,
    }
    for what, is_there in asked.items():
        if is_there:
            raise CrowdError(
                f"A pool of this size is matched without {what}. Take that out of the rules, or match fewer people."
            )


def _fields(matching: Matching, columns: Mapping[str, Any]) -> dict[str, FieldSpec]:
    """Return what is asked in these columns."""
    return {name: matching.spec(name) for name in columns if name not in ("latitude", "longitude")}


def _pool(people: Mapping[Role, People], side: Role, matching: Matching) -> Pool:
    """Return one side with the columns that the rules read."""
    own = people[side]
    nothing: Sequence[Any] = [None] * len(own.ids)
    names = dict.fromkeys(name for rule in matching.rules for name in rule.fields_of(side))
    known = {"id": own.ids, "name": own.names}
    columns = {name: own.answers.get(name, known.get(name, nothing)) for name in names}
    return pool_of(own.ids, columns, side, matching)


def is_crowd(mentors: Path, mentees: Path) -> bool:
    """Return whether two files are text files with more rows or pairs than a plan with all its pages can hold."""
    rows = []
    for path in (mentors, mentees):
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            return False
        with path.open("rb") as stream:
            rows.append(sum(part.count(b"\n") for part in iter(lambda: stream.read(1 << 20), b"")))
    return max(rows) > MOST_ROWS or rows[0] * rows[1] > MOST_PAIRS


def plan_crowd(crowd: Crowd, *, aim: Aim | None = None, tell: Told | None = None) -> "CrowdPlan":
    """Return the best plan over all pairs, with its proof.

    Args:
        crowd: the people and the rules.
        aim: another aim than that of the rules.
        tell: told each phase, in words.

    Raises:
        CrowdError: the extra `scale` is not installed, or the aim or a rule is beyond the large path.
    """
    try:
        # Compiled kernels take a second to load, and are not installed everywhere.
        from chiron.pairing.scale import ScaleError  # noqa: PLC0415
        from chiron.pairing.scale.national.scan import compile_scan  # noqa: PLC0415
        from chiron.pairing.scale.national.solve import national_plan  # noqa: PLC0415
    except ModuleNotFoundError as fault:
        raise CrowdError(
            "A pool of this size needs one more part of Chiron. Install it, in Chiron's folder: pip install '.[scale]'"
        ) from fault
    aim = aim or crowd.matching.aim
    if aim == "stable" and any(rule.voice != "both" for rule in crowd.matching.rules):
        raise CrowdError(
            'A pool of this size has stable plans only where both sides wish the same. Delete voice, or choose "total".'
        )
    try:
        scan = compile_scan(crowd.scoring)
        answer = national_plan(scan, capacity=crowd.capacity, aim=aim, tell=tell)
    except ScaleError as fault:
        raise CrowdError(str(fault)) from fault
    return CrowdPlan(crowd, answer)


@dataclass(frozen=True, slots=True, eq=False)
class CrowdPlan:
    """A plan for a crowd: pairs (int32 (k, 2)) with their fit, and the proof over all pairs."""

    crowd: Crowd
    answer: "NationalAnswer"

    def write(self, path: Path, *, force: bool = False) -> None:
        """Write the pairs with the points of each rule, then everybody who is not matched, as .csv or .tsv.

        Raises:
            SheetError: the ending is another, the file exists and `force` is off, or the folder cannot be written to.
        """
        ending = path.suffix.lower()
        if ending not in ENDINGS:
            raise SheetError(f"A plan of this size is written as .csv or .tsv, not as {path.name}.")
        text = self._text("\t" if ending == ".tsv" else ",")
        write_whole(path, text.encode("utf-8"), force=force)

    def _text(self, separator: str) -> str:
        """Return the rows as text with a byte-order mark."""
        mentees, mentors = self.crowd.people["mentee"], self.crowd.people["mentor"]
        pairs, rules = self.answer.pairs, self.crowd.scoring.soft_rules
        parts = self.crowd.scoring.parts(pairs)
        left = np.setdiff1d(np.arange(len(mentees.ids)), pairs[:, 0])
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
        writer.writerow(("Mentee", "Mentor", "Fit", *(rule.name for rule in rules), "Mentee id", "Mentor id"))
        made = zip(
            _cells(mentees.names, pairs[:, 0]),
            _cells(mentors.names, pairs[:, 1]),
            parts.sum(axis=1).tolist(),
            *(parts[:, at].tolist() for at in range(len(rules))),
            _cells(mentees.ids, pairs[:, 0]),
            _cells(mentors.ids, pairs[:, 1]),
            strict=True,
        )
        nothing = ("",) * (len(rules) + 1)
        alone = (
            (name, NOT_MATCHED, *nothing, identity, "")
            for name, identity in zip(_cells(mentees.names, left), _cells(mentees.ids, left), strict=True)
        )
        writer.writerows(chain(made, alone))
        return "\ufeff" + stream.getvalue()


def _cells(texts: Sequence[str], places: Ints) -> list[str]:
    """Return the texts at these places, none of them a formula."""
    return [str(literal(texts[place])) for place in places.tolist()]
