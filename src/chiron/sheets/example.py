"""Example sheets of made-up people, marked as such, as a coordinator would receive them from a form."""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from chiron.blueprints.invent.people import invent
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.vocabulary.world import field_names
from chiron.sheets.cells.weeks import DAYS, HALF_HOURS
from chiron.sheets.files.book_writer import workbook_bytes
from chiron.sheets.files.page import Cell, Page
from chiron.sheets.files.table import SheetError
from chiron.sheets.result.write import write_whole

HOSPITALS = ("Example General Hospital", "Example Valley Clinic", "Example Abbey Hospital", "Example Island Hospital")
MENTORS, MENTEES, SEED = 24, 48, 4
HALF_HOURS_OF_DAY = 48

# Heading by field, as a form would ask; the last column marks everybody as made up.
BOTH_BEFORE = {"name": "Full name", "email": "E-mail", "profession": "Profession", "field": "Specialty"}
BOTH_AFTER = {
    "languages": "Which languages do you speak?",
    "hours": "When are you free?",
    "time_zone": "Time zone",
    "place": "Place (latitude, longitude)",
    "remote": "Happy to meet online?",
    "organization": "Hospital",
    "about": "Tell us about yourself",
}
MENTOR_HEADINGS = {
    **BOTH_BEFORE,
    "stage": "Career stage",
    "expertise": "What can you help with?",
    "places": "How many mentees can you take?",
    **BOTH_AFTER,
}
MENTEE_HEADINGS = {
    **BOTH_BEFORE,
    "stage": "Career stage",
    "goals": "What would you like help with?",
    "goals_importance": "How important are your goals?",
    "profession_wanted": "Which profession should your mentor have?",
    "manager": "Line manager",
    **BOTH_AFTER,
}
MARK = "Note"
MADE_UP = "made-up person"


def example_files() -> dict[str, bytes]:
    """Return the two example sheets and the rules file, by file name."""
    mentors, mentees = invent(mentors=MENTORS, mentees=MENTEES, seed=SEED, organizations=HOSPITALS)
    names = {person.id: person.name for person in mentors}
    rules = files("chiron.blueprints.gallery").joinpath("example.toml").read_bytes()
    return {
        "mentors.xlsx": workbook_bytes([people_page("Mentors (made up)", mentors, MENTOR_HEADINGS, names)]),
        "mentees.xlsx": workbook_bytes([people_page("Mentees (made up)", mentees, MENTEE_HEADINGS, names)]),
        "rules.toml": rules,
    }


def write_example(folder: Path, *, force: bool = False) -> tuple[str, ...]:
    """Write the example into a folder and return the names of its files.

    Raises:
        SheetError: a file is there and `force` is off, or the folder cannot be written to.
    """
    return write_files(example_files(), folder, force=force)


def write_files(written: Mapping[str, bytes], folder: Path, *, force: bool = False) -> tuple[str, ...]:
    """Write files into a folder, none of them where one is there already, and return their names.

    Raises:
        SheetError: a file is there and `force` is off, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SheetError(f"I cannot make the folder {folder}: {(error.strerror or 'it failed').lower()}.") from error
    if not force:
        for name in written:
            if (folder / name).exists():
                raise SheetError(f"{name} exists already in {folder}. Choose another folder, or add --force.")
    for name, content in written.items():
        write_whole(folder / name, content, force=force)
    return tuple(written)


def people_page(
    name: str, people: Sequence[Participant], headings: Mapping[str, str], names: Mapping[str, str]
) -> Page:
    """Return people as a sheet.

    Args:
        name: of the sheet.
        people: its rows.
        headings: heading by field.
        names: what to call people whose ids stand in answers.
    """
    rows = tuple((*(_cell(person, field, names) for field in headings), MADE_UP) for person in people)
    return Page(name, (*headings.values(), MARK), rows)


def _cell(person: Participant, field: str, names: Mapping[str, str]) -> Cell:
    """Return one answer as a person would type it."""
    own: dict[str, Cell] = {"name": person.name, "places": person.capacity}
    value = person.answers.get(field)
    special: dict[str, Callable[[Any], Cell]] = {
        "hours": hours_text,
        "place": lambda place: f"{place[0]}, {place[1]}",
        "field": lambda code: field_names().get(code, code),
        "manager": lambda identity: names.get(identity, identity),
    }
    if field in own or value is None:
        return own.get(field)
    return special[field](value) if field in special else _typed(value, names)


def _typed(value: Any, names: Mapping[str, str]) -> Cell:
    """Return a plain value as a person would type it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return "; ".join(names.get(item, item) for item in value) or None
    return value if isinstance(value, int) else str(value)


def hours_text(mask: int) -> str:
    """Return half-hours of the week as people write them: "Mon 18:00-20:00; Tue 9:00-10:00"."""
    parts = []
    slot = 0
    while slot < HALF_HOURS:
        if not mask >> slot & 1:
            slot += 1
            continue
        first = slot
        while slot < HALF_HOURS and mask >> slot & 1 and slot // HALF_HOURS_OF_DAY == first // HALF_HOURS_OF_DAY:
            slot += 1
        start, end = first % HALF_HOURS_OF_DAY, (slot - 1) % HALF_HOURS_OF_DAY + 1
        day = DAYS[first // HALF_HOURS_OF_DAY].capitalize()
        parts.append(f"{day} {start // 2}:{start % 2 * 3}0-{end // 2}:{end % 2 * 3}0")
    return "; ".join(parts)
