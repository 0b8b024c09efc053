"""How the cells of each field are read: one small function a field, chosen by its type, each answer worked out once."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from chiron.blueprints.schema.fields import FieldSpec
from chiron.sheets.cells.answers import (
    Allowed,
    allowed_of,
    choice_of,
    email_of,
    list_of,
    place_of,
    point_of,
    ranking_of,
)
from chiron.sheets.cells.health_terms import health_field_of, ladder_of, stage_of
from chiron.sheets.cells.languages import languages_of
from chiron.sheets.cells.values import (
    NO_ANSWER,
    Reading,
    asks_in_the_negative,
    flag_of,
    importance_of,
    is_not_yet,
    is_nothing,
    most_answers,
    number_of,
    problem,
)
from chiron.sheets.cells.weeks import hours_of
from chiron.sheets.cells.zones import zone_of
from chiron.sheets.columns.guess import Column
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import Table

LONGEST_ANSWER = 2_000
WINTER_WEEK = dt.date(2026, 1, 5)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

Reader = Callable[[str], Reading]
Towns = Mapping[str, tuple[float, float]]
Twice = Literal["latest", "first", "fix"]


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What the check takes for granted.

    Attributes:
        time_zone: IANA name of the time zone of people who give none.
        week: any date in the week whose clock turns local times into UTC.
        fixed: answers that are the same for everybody whose cell is empty, by field, as they would be typed.
        words: for fields with a vocabulary, accepted spellings (as `headings.normal` gives them) and what each means.
        wholes: answers with commas in them that are one answer each, by field; see `options.whole_answers`.
        lenient: fields whose cells leave nobody out: one that cannot be read is no answer. True where that is told for
            each cell, false where no rule reads the field and one note on its column is enough.
        twice: which row of a person counts where there are several: the latest answer, the first, or none until the
            sheet is mended.
        towns: latitude and longitude of places known by name, as `headings.normal` gives it; those of the sheet's own
            rows come first.
        shares_addresses: whether two names with one e-mail address are two people; where everybody signs in with an
            address of their own they cannot be.
    """

    time_zone: str = "UTC"
    week: dt.date = WINTER_WEEK
    fixed: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    wholes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lenient: Mapping[str, bool] = field(default_factory=dict)
    twice: Twice = "latest"
    towns: Towns = field(default_factory=dict)
    shares_addresses: bool = True


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads the cells of one field.

    Attributes:
        name: of the field.
        heading: of its (first) column; empty where the answer is fixed.
        positions: of its columns.
        read: a cell that says something -> what it says.
        memo: what each cell was read as, so that equal cells are worked out once.
        is_zoned: the answer depends on the person's time zone, and the memo too.
        is_text: the answer is free text, which may be long.
        is_ranking: the answer is people in order, which may stand in one column each.
        lenient: whether a cell that cannot be read is no answer, with a note (true) or without (false); None: it is a
            problem.
    """

    name: str
    heading: str
    positions: tuple[int, ...]
    read: Reader
    memo: dict[str, Reading]
    is_zoned: bool = False
    is_text: bool = False
    lenient: bool | None = None
    is_ranking: bool = False

    def joined(self, cells: Sequence[str]) -> Reading:
        """Return what several columns of one field say, in order: one person or one answer a column."""
        if self.is_ranking:
            return ranking_of(cells)
        said = [cell for cell in cells if not is_nothing(cell)]
        return self.reading_of("; ".join((*said, "")))

    def reading_of(self, cell: str) -> Reading:
        """Return what a cell says; nothing and "not known yet" are no answers."""
        known = self.memo.get(cell)
        if known is None:
            known = reading_of(cell, self.read, is_text=self.is_text)
            if known.is_problem and self.lenient is not None:
                known = Reading(None, "taken_as_no_answer", "I took it as no answer.") if self.lenient else NO_ANSWER
            self.memo[cell] = known
        return known


def reading_of(cell: str, read: Reader, *, is_text: bool = False) -> Reading:
    """Return what a cell says; one that is far too long for an answer is never looked into."""
    if len(cell) > LONGEST_ANSWER and not is_text:
        return problem("too_long", f"It has {len(cell):,} letters. Type a short answer.")
    if cell in _ERRORS:
        return problem("formula_error", "The formula in this cell went wrong. Type the value itself.")
    if is_not_yet(cell):
        return Reading(None, "not_known_yet", "I took it as no answer.")
    return read(cell)


def readers_of(
    table: Table, columns: Mapping[str, Column], fields: Mapping[str, FieldSpec], settings: CheckSettings
) -> list[FieldReader]:
    """Return the readers of every field that has a column or a fixed answer."""
    towns = {**settings.towns, **_towns(table, columns, fields)}
    result = []
    for name, spec in fields.items():
        column = columns.get(name)
        if column is None and name not in settings.fixed:
            continue
        heading = table.headings[column.index] if column else ""
        read = _reader(name, spec, heading=heading, settings=settings, towns=towns)
        positions = column.positions if column else ()
        result.append(
            FieldReader(
                name,
                heading,
                positions,
                read,
                {},
                is_zoned=spec.type == "hours",
                is_text=spec.type == "text" and name != "time_zone",
                lenient=settings.lenient.get(name),
                is_ranking=spec.type == "ranking" and not spec.keeps_apart,
            )
        )
    return result


def _reader(name: str, spec: FieldSpec, *, heading: str, settings: CheckSettings, towns: Towns) -> Reader:
    allowed = allowed_of((*spec.choices, *spec.ladder)) | dict(settings.words.get(name, {}))
    by_type: dict[str, Reader] = {
        "text": _text,
        "id": _text,
        "choice": partial(_answered, read=partial(choice_of, allowed=allowed)),
        "stage": partial(_answered, read=_stage_reader(spec, allowed)),
        "field": partial(_answered, read=partial(choice_of, allowed=allowed) if allowed else health_field_of),
        "list": partial(
            _list, allowed=allowed, most=most_answers(heading), wholes=settings.wholes.get(name, frozenset())
        ),
        "number": partial(_answered, read=number_of),
        "flag": partial(_answered, read=flag_of),
        "place": partial(_answered, read=partial(place_of, towns=towns)),
        "ranking": lambda cell: ranking_of([cell]),
        "hours": lambda cell: _hours(cell, settings),
    }
    # Whom an exclusion means, `exclusions` says when the other sheet is there.
    reader = _text if spec.keeps_apart else by_type[spec.type]
    if name == "email":
        return partial(_answered, read=email_of)
    if name == "time_zone":
        return partial(_answered, read=zone_of)
    if spec.type == "list" and "language" in normal(name):
        return partial(_answered, read=languages_of)
    if spec.type == "number":
        return _number_reader(name, spec)
    if spec.type == "flag" and asks_in_the_negative(heading):
        return partial(_answered, read=_refusal)
    return reader


def _stage_reader(spec: FieldSpec, allowed: Allowed) -> Reader:
    """Return the reader of a ladder: ours by all its words, another one by the names of its steps."""
    is_ours = ladder_of(spec.ladder) is not None and not spec.choices
    return partial(stage_of, steps=spec.ladder) if is_ours else partial(choice_of, allowed=allowed)


def _number_reader(name: str, spec: FieldSpec) -> Reader:
    if spec.importance:
        return partial(_answered, read=importance_of)
    if name in {"places", "wanted"}:
        return number_of
    return partial(_answered, read=partial(number_of, unit="month" if "month" in name else ""))


def _text(cell: str) -> Reading:
    return NO_ANSWER if is_nothing(cell) else Reading(cell)


def _answered(cell: str, *, read: Reader) -> Reading:
    return NO_ANSWER if is_nothing(cell) else read(cell)


def _list(cell: str, *, allowed: Allowed, most: int | None, wholes: frozenset[str]) -> Reading:
    return NO_ANSWER if is_nothing(cell) else list_of(cell, allowed, most=most, wholes=wholes)


def _refusal(cell: str) -> Reading:
    """Return the answer to "Would you mind …?": yes means that the person refuses."""
    reading = flag_of(cell)
    if reading.value is None:
        return reading
    return Reading(not reading.value, reading.code, reading.text)


def _hours(cell: str, settings: CheckSettings) -> Reading:
    """Return free half-hours; the person's time zone stands before a line feed that `zoned` put there."""
    zone, _, said = cell.rpartition("\f")
    if is_nothing(said):
        return NO_ANSWER
    return hours_of(said, zone=zone or settings.time_zone, week=settings.week)


def zoned(cell: str, zone: str) -> str:
    """Return a cell with times, marked with the person's time zone for the reader of hours."""
    return f"{zone}\f{cell}" if zone else cell


def _towns(table: Table, columns: Mapping[str, Column], fields: Mapping[str, FieldSpec]) -> Towns:
    """Return the towns whose coordinates some row of the sheet gives."""
    if "latitude" not in columns or "longitude" not in columns:
        return {}
    north, east = columns["latitude"].index, columns["longitude"].index
    towns: dict[str, tuple[float, float]] = {}
    for name, spec in fields.items():
        if spec.type != "place" or name not in columns:
            continue
        for row in table.rows:
            point = point_of(row.cells[north], row.cells[east])
            if point is not None and row.cells[columns[name].index]:
                towns.setdefault(normal(row.cells[columns[name].index]), point)
    return towns
