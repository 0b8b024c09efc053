"""Sheets taken in: the columns of one or of several found, two by two as the shape of the plan reads them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chiron.blueprints.schema.person import ROLES, Role
from chiron.pairing.rules.vocabulary import KINDS
from chiron.sheets.guesses import Chosen
from chiron.sheets.intake import Intake, take_in, zone_named
from chiron.sheets.opened import Opened
from chiron.sheets.people.roles import NO_COLUMN
from chiron.sheets.programmes import (
    ONE_SHEET,
    AskedProgramme,
    SheetPair,
    readings,
    shape_of,
    start_of,
)
from chiron.sheets.result.record import ColumnFound, Input


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Sheets with their columns found, two by two as the shape needs them.

    Attributes:
        asked: the programmes.
        opened: the sheets, in the order in which they were given.
        readings: which of them are read beside each other.
        intakes: their columns, one for each reading.
    """

    asked: tuple[AskedProgramme, ...]
    opened: tuple[Opened, ...]
    readings: tuple[SheetPair, ...]
    intakes: tuple[Intake, ...]

    @property
    def shape(self) -> str:
        """The shape of the plan."""
        return shape_of(self.asked)

    @property
    def sheets(self) -> tuple[Opened, ...]:
        """The sheets as they were read: of one that holds both sides, the rows of one side."""
        found: dict[int, Opened] = {}
        for reading, intake in zip(self.readings, self.intakes, strict=True):
            for side in ROLES:
                found.setdefault(reading.mentors if side == "mentor" else reading.mentees, intake.opened[side])
        return tuple(found[number] for number in range(len(self.opened)))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is needed and was not found, each with the flag to add."""
        found = [text for intake in self.intakes for text in intake.missing]
        return tuple(dict.fromkeys([*found, *self._missing_everywhere()]))

    def _missing_everywhere(self) -> Iterator[str]:
        """Yield the columns that a rule needs on one sheet at least, and that none has."""
        there: set[tuple[Role, str]] = {
            (side, name) for intake in self.intakes for side in ROLES for name in intake.guesses[side].columns
        }
        for intake in self.intakes if self.asked[0].matching is not None else ():
            for rule in intake.matching.rules:
                fields: tuple[tuple[Role, str], ...] = (("mentee", rule.mentee_field), ("mentor", rule.mentor_field))
                if rule.must and KINDS[rule.kind].one_sided and not there & set(fields):
                    name = rule.mentee_field
                    label = intake.matching.spec(name).label or name.replace("_", " ")
                    yield (
                        f"No column looks like {label[:1].lower()}{label[1:]}. "
                        f'Say which: --mentee {name}="Column heading".'
                    )

    @property
    def is_sure(self) -> bool:
        """Whether nothing about the columns need be asked."""
        return all(intake.is_sure for intake in self.intakes)

    def week(self) -> str:
        """Return the Monday of the week whose clocks count, as 2027-03-01; empty where no answer depends on it."""
        return next((intake.week.isoformat() for intake in self.intakes if intake.week is not None), "")

    def inputs(self, used: Sequence[int]) -> tuple[Input, ...]:
        """Return what was read, in the order in which it was given, with how many rows of each sheet were used."""
        return tuple(
            Input(one.table.file, one.table.sheet, one.sha256, len(one.table.rows), count)
            for one, count in zip(self.sheets, used, strict=True)
        )

    def columns(self) -> tuple[ColumnFound, ...]:
        """Return which heading was taken for which field; a column that both sides share stands there once."""
        found = [column for intake in self.intakes for column in intake.columns()]
        if self.shape not in ONE_SHEET and len(self.opened) > 1:
            return tuple(dict.fromkeys(found))
        once = {(one.field, one.heading): replace(one, side="person") for one in reversed(found)}
        return tuple(reversed(once.values()))


def take_in_all(
    asked: Sequence[AskedProgramme],
    opened: Sequence[Opened],
    *,
    chosen: Mapping[Role, Chosen] | None = None,
    week: dt.date | None = None,
    time_zone: str = "UTC",
    role_column: str | None = None,
) -> TakenIn:
    """Return sheets with their columns found.

    Args:
        asked: the programmes.
        opened: the sheets, in the order in which they were given.
        chosen: headings that a person gave for fields, by side.
        week: a day of the week whose clocks turn local times into UTC; None: that in which the programme begins, else
            next week's.
        time_zone: that of people who give none, as people write it.
        role_column: the heading of the column that says who is a mentor and who a mentee; "-": none does. Nobody asks
            in shapes that are read from one sheet.

    Raises:
        SheetError: the shape needs another number of sheets, or a chosen heading, field or time zone does not exist.
    """
    plan = readings(asked, len(opened))
    zone = zone_named(time_zone)
    meant = week or start_of(asked, after=dt.datetime.now(tz=dt.UTC).date())
    parted_by = NO_COLUMN if shape_of(asked) in {*ONE_SHEET, "chain"} else role_column
    intakes = tuple(
        take_in(
            opened[one.mentors],
            opened[one.mentees],
            rules=one.matching,
            chosen=chosen,
            week=meant,
            time_zone=zone,
            role_column=parted_by,
        )
        for one in plan
    )
    return TakenIn(tuple(asked), tuple(opened), plan, intakes)
