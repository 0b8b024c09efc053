"""Made-up people of a programme as sheets that match again, and a template of sheets and rules for each shape."""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from chiron.blueprints.invent.track import MadeUpPeople, invent_track
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.blueprint_file import read_blueprint
from chiron.blueprints.schema.person import Participant, Role
from chiron.blueprints.vocabulary.world import field_names
from chiron.sheets.example import MADE_UP, MARK, example_files, hours_text, write_files
from chiron.sheets.files.book_writer import workbook_bytes
from chiron.sheets.files.headings import normal
from chiron.sheets.files.page import Cell, Page

SHAPES = ("pairs", "groups", "panel", "chain", "peers", "circles", "teams", "rounds", "shared")
"""The shapes of which there is a template."""
TEMPLATE_SEED, TEMPLATE_MENTEES = 4, 24
FEWER: Mapping[str, int] = {"circles": 13, "teams": 8}
"""So many people in shapes for which a proof takes long."""
UTC = "UTC"
PROGRAMMES = "Programmes"
EVERYBODY, MENTORS, MENTEES = "people.xlsx", "mentors.xlsx", "mentees.xlsx"


def invented_files(blueprint: Blueprint, people: MadeUpPeople, *, programmes: Sequence[str] = ()) -> dict[str, bytes]:
    """Return made-up people as sheets, by file name, in the order in which `match` takes them.

    Peers, circles and chains stand on one sheet; whoever is mentee and mentor in a chain has one row.

    Args:
        blueprint: the programme.
        people: who takes part.
        programmes: titles of programmes that share their mentors, for a column that says who takes part in which.
    """
    shape = blueprint.matching.shape.kind
    if shape in {"peers", "circles", "chain"}:
        everybody: dict[str, Participant] = {}
        for person in (*people.mentees, *people.mentors):
            known = everybody.setdefault(person.id, person)
            everybody[person.id] = Participant(
                person.id, person.name, known.side, {**person.answers, **known.answers}, person.capacity
            )
        page = _page("People (made up)", blueprint, tuple(everybody.values()), ("mentee", "mentor"))
        return {EVERYBODY: workbook_bytes([page])}
    return {
        MENTORS: workbook_bytes([_page("Mentors (made up)", blueprint, people.mentors, ("mentor",), programmes)]),
        MENTEES: workbook_bytes([_page("Mentees (made up)", blueprint, people.mentees, ("mentee",), programmes)]),
    }


def write_invented(blueprint: Blueprint, people: MadeUpPeople, folder: Path, *, force: bool = False) -> tuple[str, ...]:
    """Write made-up people into a folder, and return the names of the files.

    Raises:
        SheetError: a file is there and `force` is off, or the folder cannot be written to.
    """
    return write_files(invented_files(blueprint, people), folder, force=force)


def write_template(shape: str, folder: Path, *, force: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write sheets of made-up people and rules for a shape; return the names of the sheets and of the rules files.

    Raises:
        KeyError: there is no template of this shape.
        SheetError: a file is there and `force` is off, or the folder cannot be written to.
    """
    if shape not in SHAPES:
        raise KeyError(shape)
    written = example_files() if shape == "pairs" else _template_files(shape)
    names = write_files(written, folder, force=force)
    rules = tuple(name for name in names if name.endswith(".toml"))
    return tuple(name for name in names if name not in rules), rules


def _template_files(shape: str) -> dict[str, bytes]:
    """Return the files of the template of a shape larger than pairs."""
    texts = {"rules.toml": _gallery(shape)}
    if shape == "shared":
        texts = {"research.toml": _gallery("shared"), "wellbeing.toml": _gallery("shared_second")}
    blueprints = [read_blueprint(text, file=name) for name, text in texts.items()]
    blueprint = blueprints[0]
    more: tuple[str, ...] = ()
    if len(blueprints) > 1:
        # What both programmes read is asked once.
        rules = {rule.name: rule for each in blueprints for rule in each.matching.rules}
        matching = blueprint.matching.model_copy(update={"rules": tuple(rules.values())})
        blueprint = blueprint.model_copy(update={"matching": matching})
        more = tuple(each.programme.title for each in blueprints)
    people = invent_track(blueprint, mentees=FEWER.get(shape, TEMPLATE_MENTEES), seed=TEMPLATE_SEED)
    sheets = invented_files(blueprint, people, programmes=more)
    return {**sheets, **{name: text.encode() for name, text in texts.items()}}


def _gallery(name: str) -> str:
    """Return the text of the rules of a template."""
    return files("chiron.blueprints.gallery").joinpath("shapes", f"{name}.toml").read_text(encoding="utf-8")


def _page(
    name: str,
    blueprint: Blueprint,
    people: Sequence[Participant],
    sides: Sequence[Role],
    programmes: Sequence[str] = (),
) -> Page:
    """Return people as a sheet, with a column for everything that the programme reads of these sides."""
    fields = dict.fromkeys(field for side in sides for field in blueprint.reads(side))
    fields = {field: None for field in fields if field not in {"name", "id", "places"}}
    if any(person.capacity is not None for person in people):
        fields["places"] = None
    headings = _headings(blueprint, ("id", "name", *fields))
    takes_part = (PROGRAMMES,) if programmes else ()
    rows = tuple(
        (*(_cell(person, field) for field in headings), *_enrolled(programmes, number), MADE_UP)
        for number, person in enumerate(people)
    )
    return Page(name, (*headings.values(), *takes_part, MARK), rows)


def _enrolled(programmes: Sequence[str], number: int) -> tuple[Cell, ...]:
    """Return in which programmes somebody takes part: every third person in one of them only, the others in all."""
    if not programmes:
        return ()
    return (programmes[number % len(programmes)],) if number % 3 == 0 else ("; ".join(programmes),)


def _headings(blueprint: Blueprint, fields: Sequence[str]) -> dict[str, str]:
    """Return a heading for each field under which a match finds it again, each once."""
    headings: dict[str, str] = {}
    for field in fields:
        spec = blueprint.spec(field)
        taken = {normal(heading) for heading in headings.values()}
        choices = (spec.label, *spec.headings, field.replace("_", " ").capitalize())
        headings[field] = next(one for one in choices if one and normal(one) not in taken)
    return headings


def _cell(person: Participant, field: str) -> Cell:
    """Return one answer as a person would type it."""
    own: Mapping[str, Cell] = {"id": person.id, "name": person.name, "places": person.capacity}
    if field in own:
        return own[field]
    if field == "time_zone":
        # Made-up hours are in universal time.
        return UTC
    value = person.answers.get(field)
    return None if value is None else _WRITTEN.get(field, _typed)(value)


def _typed(value: Any) -> Cell:
    """Return a plain value as a person would type it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return "; ".join(map(str, value)) or None
    return value if isinstance(value, int) else str(value)


_WRITTEN: Mapping[str, Callable[[Any], Cell]] = {
    "hours": hours_text,
    "place": lambda place: f"{place[0]}, {place[1]}",
    "field": lambda code: field_names().get(code, code),
}
