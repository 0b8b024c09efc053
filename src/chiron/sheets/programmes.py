"""What a plan is asked for: one set of rules, or several programmes that share a plan, and the sheets each needs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.shape import ShapeSpec
from chiron.sheets.files.table import SheetError

ENROLMENT = "programmes"
"""The field that says which of several programmes somebody takes part in."""
ONE_SHEET = frozenset({"peers", "circles"})
GivenRules = str | Path | Matching | Blueprint


@dataclass(frozen=True, slots=True)
class AskedProgramme:
    """One programme that was asked for: its name, its rules (None: the built-in ones), and its blueprint if any."""

    name: str
    matching: Matching | None
    blueprint: Blueprint | None = None


@dataclass(frozen=True, slots=True)
class SheetPair:
    """Two sheets that are read beside each other, by their places on the command line; both may be the same one.

    Attributes:
        mentors: the sheet of those who mentor.
        mentees: the sheet of those who ask.
        matching: the rules by which columns are found; None: the built-in ones.
        tiers: in a chain of one sheet a tier, the tier of the mentees and that of the mentors.
        programme: the place of the programme whose mentees these are; None: of all.
    """

    mentors: int
    mentees: int
    matching: Matching | None
    tiers: tuple[str, str] | None = None
    programme: int | None = None


def asked_of(rules: GivenRules | Sequence[GivenRules] | None) -> tuple[AskedProgramme, ...]:
    """Return the programmes that were given: rules, a file, the name of a blueprint, or several of these.

    Raises:
        RulesError: a file cannot be read, or says something that it may not say.
    """
    if rules is None:
        return (AskedProgramme("", None),)
    given = [rules] if isinstance(rules, str | Path | Matching | Blueprint) else list(rules)
    return tuple(_asked(one, number) for number, one in enumerate(given, start=1)) or (AskedProgramme("", None),)


def _asked(given: GivenRules, number: int) -> AskedProgramme:
    """Return one programme that was given; `number` names it where nothing else does."""
    if isinstance(given, Matching):
        return AskedProgramme(f"Programme {number}", given)
    if isinstance(given, Blueprint):
        return AskedProgramme(given.programme.title, given.matching, given)
    # Slow to load, and not needed for the built-in rules.
    from chiron.blueprints.schema.blueprint_file import load_programme  # noqa: PLC0415

    found = load_programme(given)
    if isinstance(found, Blueprint):
        return AskedProgramme(found.programme.title, found.matching, found)
    return AskedProgramme(Path(given).stem, found)


def start_of(asked: Sequence[AskedProgramme], *, after: dt.date) -> dt.date | None:
    """Return the first day on or after one on which the first programme begins; None where no blueprint says."""
    blueprint = asked[0].blueprint
    return None if blueprint is None else blueprint.programme.duration.next_start(after)


def shape_of(asked: Sequence[AskedProgramme]) -> str:
    """Return the shape of a plan: "shared" where several programmes are asked for."""
    if len(asked) > 1:
        return "shared"
    return "pairs" if asked[0].matching is None else asked[0].matching.shape.kind


def readings(asked: Sequence[AskedProgramme], sheets: int) -> tuple[SheetPair, ...]:
    """Return which sheets are read beside each other.

    Args:
        asked: the programmes.
        sheets: how many sheets were given.

    Raises:
        SheetError: the shape needs another number of sheets; the message says which.
    """
    shape, matching = shape_of(asked), _to_read(asked[0])
    if shape in ONE_SHEET:
        if sheets != 1:
            raise SheetError(f'The shape "{shape}" has no side of mentors. Name one sheet with everybody in it.')
        return (SheetPair(0, 0, matching),)
    if shape == "chain" and matching is not None and sheets != 2:  # noqa: PLR2004 -- mentors and mentees
        return _chain_readings(matching, sheets)
    if shape == "shared":
        return _shared_readings(asked, sheets)
    if sheets == 1:
        both = "If one sheet holds both sides, name it twice, with --role-column HEADING."
        raise SheetError(f"Name two files, the mentors' first. {both}")
    if sheets != 2:  # noqa: PLR2004 -- mentors and mentees
        raise SheetError("Name two files, the mentors' first.")
    return (SheetPair(0, 1, matching),)


def _chain_readings(matching: Matching, sheets: int) -> tuple[SheetPair, ...]:
    """Return how a chain is read from one sheet with everybody, or from one sheet a tier."""
    tiers = matching.shape.tiers
    if sheets == 1:
        return (SheetPair(0, 0, matching),)
    if sheets != len(tiers):
        raise SheetError(
            f'A chain is read from one sheet with a column for "{matching.shape.by}", or from one sheet a tier, the '
            f"oldest first: {', '.join(reversed(tiers))}."
        )
    # Each tier is read as the mentees of the tier above, and as the mentors of the one below.
    plain = matching.model_copy(update={"shape": ShapeSpec()})
    last = len(tiers) - 1
    return tuple(SheetPair(at, at + 1, plain, (tiers[last - at - 1], tiers[last - at])) for at in range(last))


def _shared_readings(asked: Sequence[AskedProgramme], sheets: int) -> tuple[SheetPair, ...]:
    """Return how programmes are read: from the mentors' sheet, and one of mentees for all or one for each."""
    for one in asked:
        if one.matching is not None and one.matching.shape.kind != "pairs":
            raise SheetError(
                f"{one.name} is not made of pairs, and cannot share a plan with another programme. "
                "Give each shape its own --rules, one at a time."
            )
    if sheets == 2:  # noqa: PLR2004 -- mentors and mentees
        return (SheetPair(0, 1, _together(asked)),)
    if sheets == 1 + len(asked):
        return tuple(SheetPair(0, 1 + number, _to_read(one), programme=number) for number, one in enumerate(asked))
    raise SheetError(
        "Programmes that share a plan are read from the mentors' sheet and one sheet of mentees (with a column that "
        f"says in which programmes each takes part), or from the mentors' sheet and {len(asked)} sheets of mentees, "
        "in the order of --rules."
    )


def _to_read(asked: AskedProgramme) -> Matching | None:
    """Return the rules by which columns are found: with the fields that only gates and levels read.

    A rule that reads a level is no part of them: no sheet has it, for it follows from other answers.
    """
    matching, blueprint = asked.matching, asked.blueprint
    if matching is None or blueprint is None:
        return matching
    filled = filled_in(blueprint)
    names = [*blueprint.reads("mentee"), *blueprint.reads("mentor")]
    extra = {name: blueprint.spec(name) for name in names if name not in matching.fields and name not in filled}
    rules = tuple(rule for rule in matching.rules if not filled & set(rule.fields_of("mentee")))
    return matching.model_copy(update={"fields": {**matching.fields, **extra}, "rules": rules})


def filled_in(blueprint: Blueprint) -> frozenset[str]:
    """Return the fields of a mentee that follow from other answers."""
    levels = blueprint.programme.levels
    return frozenset() if levels is None else frozenset({levels.field})


def _together(asked: Sequence[AskedProgramme]) -> Matching:
    """Return rules by which the columns of all programmes are found, and the one that says who takes part in which."""
    fields: dict[str, FieldSpec] = {
        ENROLMENT: FieldSpec(
            type="list",
            label="Programmes",
            headings=("Programmes", "Programme", "Programs", "Program", "Which programmes?", "Takes part in"),
        )
    }
    rules = []
    for number, one in enumerate(asked):
        matching = _to_read(one) or Matching()
        fields |= matching.fields
        rules += [rule.model_copy(update={"name": f"{number + 1}. {rule.name}"[:200]}) for rule in matching.rules]
    first = asked[0].matching or Matching()
    return Matching(aim=first.aim, capacity=first.capacity, fields=fields, rules=tuple(rules))
