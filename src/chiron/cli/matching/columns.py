"""Columns on the command line: flags and map files in, the table of what was found out."""

import json
import tomllib
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chiron.blueprints.schema.person import ROLES, Role
from chiron.cli.exits import USAGE, Leave
from chiron.sheets.columns.guess import Column, headings_of
from chiron.sheets.files.read import content_of
from chiron.sheets.files.table import MEBIBYTE, Limits, SheetError
from chiron.sheets.intake import Intake
from chiron.sheets.result.write import write_whole

if TYPE_CHECKING:
    from chiron.sheets.entrants import Entrants

Columns = dict[Role, dict[str, str | Sequence[str]]]
SAME_FIELD = {"capacity": "places", "wants": "goals", "offers": "expertise", "specialty": "field", "postcode": "place"}
FILES = "files"
MAP_LIMITS = Limits(file_bytes=MEBIBYTE)
HEADING_WIDTH, EXAMPLE_WIDTH = 44, 40


@dataclass(frozen=True, slots=True)
class FileChoices:
    """How a person wants the files opened: sheets of workbooks by name, and the code page of text files."""

    mentor_sheet: str | None = None
    mentee_sheet: str | None = None
    encoding: str | None = None


def chosen_files(arguments: Namespace) -> FileChoices:
    """Return how flags and the map file want the files opened; a flag beats the file.

    Raises:
        Leave: the map file cannot be used (2).
    """
    names = [each.name for each in fields(FileChoices)]
    kept = {} if arguments.map is None else _map_tables(Path(arguments.map)).get(FILES, {})
    unknown = [name for name, value in kept.items() if name not in names or not isinstance(value, str)]
    if unknown:
        raise Leave(USAGE, f"{arguments.map}: [{FILES}] {unknown[0]} is not known. It may hold: {', '.join(names)}.")
    return FileChoices(*(getattr(arguments, name, None) or kept.get(name) for name in names))


def chosen_columns(arguments: Namespace) -> Columns:
    """Return the headings that flags and the map file give; a flag beats the file.

    Raises:
        Leave: the map file cannot be used (2).
    """
    chosen: Columns = {"mentor": {}, "mentee": {}} if arguments.map is None else _read_map(Path(arguments.map))
    for side, given in (("mentor", arguments.mentor), ("mentee", arguments.mentee)):
        for field, heading in given:
            chosen["mentor" if side == "mentor" else "mentee"][SAME_FIELD.get(field, field)] = heading
    return chosen


def _read_map(path: Path) -> Columns:
    """Return the headings in a map file."""
    chosen: Columns = {"mentor": {}, "mentee": {}}
    for side, table in _map_tables(path).items():
        if side == FILES:
            continue
        if side not in chosen or not isinstance(table, dict):
            raise Leave(USAGE, f"{path}: [{side}] is not known. A map file has [mentor], [mentee] and [{FILES}].")
        for field, heading in table.items():
            texts = heading if isinstance(heading, list) else [heading]
            if not all(isinstance(text, str) for text in texts):
                raise Leave(USAGE, f'{path}: {field} must be a heading in quotes: {field} = "Column heading".')
            chosen["mentor" if side == "mentor" else "mentee"][field] = heading
    return chosen


def _map_tables(path: Path) -> dict[str, dict[str, Any]]:
    """Return the tables of a map file."""
    try:
        text = content_of(path, file=path.name, limits=MAP_LIMITS).decode("utf-8")
        tables = tomllib.loads(text)
    except SheetError as fault:
        raise Leave(USAGE, f"I cannot open the map file {path}. {fault}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Leave(USAGE, f"{path} is no map file: {fault}. Write one with --save-map.") from fault
    return tables


def save_map(intake: Intake, path: Path, *, files: FileChoices, force: bool) -> None:
    """Write the columns, and how the files are opened, to a map file.

    Raises:
        SheetError: the file is there and `force` is off, or it cannot be written.
    """
    lines = ["# Columns for chiron match: field = heading. Use it with --map."]
    for side in ("mentor", "mentee"):
        role: Role = "mentor" if side == "mentor" else "mentee"
        lines += ["", f"[{side}]"]
        found = headings_of(intake.guesses[role], intake.opened[role].table)
        lines += [f"{field} = {json.dumps(heading, ensure_ascii=False)}" for field, heading in found.items()]
    kept = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in asdict(files).items() if value]
    lines += ["", f"[{FILES}]", *kept] if kept else []
    write_whole(path, ("\n".join(lines) + "\n").encode("utf-8"), force=force)


def table_of_columns(intake: Intake) -> Iterator[str]:
    """Yield the columns that were found, with an example each, then the headings that are not used."""
    is_one_sheet = intake.opened["mentor"].table is intake.opened["mentee"].table
    rows = list(
        dict.fromkeys(
            (
                "person" if is_one_sheet else side,
                field,
                _shown(column),
                _example(column),
            )
            for side in ROLES
            for field, column in intake.guesses[side].columns.items()
        )
    )
    wide = [max((len(row[at]) for row in rows), default=0) for at in range(3)]
    yield f"{'Columns I found':<{sum(wide) + 8}}  Example"
    for side, field, heading, example in rows:
        yield f"  {side:<{wide[0]}}  {field:<{wide[1]}} ← {heading:<{wide[2]}}  {example}".rstrip()
    if is_one_sheet:
        both = [heading for heading in intake.guesses["mentee"].unused if heading in intake.guesses["mentor"].unused]
        if both:
            yield f"  not used: {', '.join(_short(heading, HEADING_WIDTH) for heading in both)}"
        return
    for side in ROLES:
        unused = intake.guesses[side].unused
        if unused:
            yield f"  not used ({side}s): {', '.join(_short(heading, HEADING_WIDTH) for heading in unused)}"


def _shown(column: Column) -> str:
    """Return a heading in quotes, with the columns that were joined where it stands for several."""
    if not column.place:
        return f'"{_short(column.heading, HEADING_WIDTH)}"'
    heading = _short(column.heading.removesuffix(f" ({column.place})"), HEADING_WIDTH - len(column.place))
    return f'"{heading}" ({column.place})'


def _example(column: Column) -> str:
    """Return an example from a column, marked where a person should look at it."""
    example = _short(column.example, EXAMPLE_WIDTH)
    return example if column.sure else f"{example}  (a guess)"


def _short(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


FIRST, SECOND = ("mentee", "person"), ("mentor", "partner", "peer")
LABELS = frozenset({"slot", "round", "programme", "program", "circle", "team", "link"})


def read_plan(path: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the pairs of a plan, as (mentee, mentor), and what each is for, from a sheet of anybody's.

    Raises:
        SheetError: it cannot be read, or has no columns of mentees and mentors.
    """
    from chiron.sheets.files.headings import normal
    from chiron.sheets.files.read import read_table

    table = read_table(path)
    at = {normal(heading): place for place, heading in reversed(list(enumerate(table.headings)))}
    first, second = (next((at[name] for name in names if name in at), None) for names in (FIRST, SECOND))
    if first is None or second is None:
        raise SheetError(f'{table.place} needs the columns "mentee" and "mentor".')
    label = next((place for name, place in at.items() if name in LABELS), None)
    rows = [row.cells for row in table.rows if row.cells[first] and row.cells[second]]
    return [(cells[first], cells[second]) for cells in rows], ["" if label is None else cells[label] for cells in rows]


PAIR_WORDS = {
    "lock": ("lock", "locked", "keep", "together", ""),
    "forbid": ("forbid", "forbidden", "never", "apart", "keep apart", "not"),
    "allow": ("allow", "allowed", "exception", "bend"),
}
"""What may stand in the third column of a sheet of pairs, by what it means; an empty cell is a lock."""


def read_pairs(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the pairs, as (mentee, mentor), to lock, forbid and allow.

    They stand in a sheet with the columns mentee, mentor, and lock, forbid or allow.

    Raises:
        SheetError: it cannot be read, has not these columns, or a row says something else.
    """
    from chiron.sheets.files.headings import normal
    from chiron.sheets.files.read import read_table

    table = read_table(path)
    at = {normal(heading): place for place, heading in enumerate(table.headings)}
    if "mentee" not in at or "mentor" not in at:
        raise SheetError(
            f'{table.place} needs the columns "mentee" and "mentor", and in a third "lock", "forbid" or "allow".'
        )
    third = next((place for place in range(len(table.headings)) if place not in (at["mentee"], at["mentor"])), None)
    found: dict[str, list[tuple[str, str]]] = {word: [] for word in PAIR_WORDS}
    for row in table.rows:
        said = normal(row.cells[third]) if third is not None else ""
        word = next((word for word, others in PAIR_WORDS.items() if said in others), None)
        if word is None:
            raise SheetError(
                f'{table.file} row {row.number}  "{row.cells[third or 0]}" is neither. Type lock or forbid. '
                "Type allow for a pair that may be made whatever a must rule says."
            )
        found[word].append((row.cells[at["mentee"]], row.cells[at["mentor"]]))
    return found


def named_pairs(arguments: Namespace, entrants: "Entrants") -> dict[str, list[tuple[str, str]]]:
    """Return the pairs to lock, those to keep apart, and those that may be made whatever a must rule says, as ids.

    Raises:
        Leave: a pair is no pair, or the file of pairs cannot be used.
        NobodyError: a name means nobody on its side, or two people.
    """
    from chiron.sheets.match import ids_of

    pairs = read_pairs(Path(arguments.pairs)) if arguments.pairs is not None else {}
    given = {"lock": arguments.lock, "forbid": arguments.forbid, "allow": arguments.allow}
    return {
        word: ids_of(entrants, [*pairs.get(word, ()), *(_pair(text, f"--{word}") for text in texts)])
        for word, texts in given.items()
    }


def _pair(text: str, flag: str) -> tuple[str, str]:
    """Return the two names of A:B."""
    one, colon, other = text.partition(":")
    if not colon or not one.strip() or not other.strip():
        raise Leave(USAGE, f'{flag} needs a mentee and a mentor: {flag} "Ama Boateng:Jo Park"')
    return one.strip(), other.strip()
