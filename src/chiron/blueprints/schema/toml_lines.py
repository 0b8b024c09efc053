"""On which line of a TOML text a key stands, so that a message can name it."""

import re
from collections.abc import Sequence

HEADING = re.compile(r"\s*+(\[\[?)\s*+([A-Za-z0-9_.-]++(?: ++[A-Za-z0-9_.-]++)*+)\s*+\]\]?\s*+(#.*)?$")
KEY = re.compile(r"\s*+([A-Za-z0-9_-]++(?:\s*+\.\s*+[A-Za-z0-9_-]++)*+)\s*+=")

Place = tuple[str | int, ...]


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line, counted from 1, of a key or a table; of the nearest thing around it where it is not written.

    Args:
        text: TOML that can be read.
        place: keys and positions in lists, from the outside in: ("matching", "rules", 2, "points").
    """
    lines = _lines(text)
    wanted = tuple(place)
    while wanted and wanted not in lines:
        wanted = wanted[:-1]
    return lines.get(wanted, 1)


def _lines(text: str) -> dict[Place, int]:
    """Return the line of every table and key that begins a line."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    here: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        heading, key = HEADING.match(line), KEY.match(line)
        if heading is not None:
            here = _table(heading[2].split("."), counts, opens=heading[1] == "[[")
            found.setdefault(here, number)
        elif key is not None:
            found.setdefault((*here, *(part.strip() for part in key[1].split("."))), number)
    return found


def _table(names: Sequence[str], counts: dict[Place, int], *, opens: bool) -> Place:
    """Return the place of a table under its heading; `counts` holds how many entries each list of tables has."""
    place: Place = ()
    for at, name in enumerate(names):
        place = (*place, name.strip())
        if opens and at == len(names) - 1:
            counts[place] = counts.get(place, 0) + 1
        if place in counts:
            place = (*place, counts[place] - 1)
    return place
