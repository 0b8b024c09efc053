"""A group, a panel, a chain, a circle or a team as a drawing 320 wide: who stands where, and the lines between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

WIDTH = 320
ROW = 64
CLOSE = 32
"""Between two lines of one row that is too long for one."""
MOST_IN_ROW = 9
"""People side by side: more numbers cannot be told apart."""
_MARGIN, _SIZE = 16, 14


@dataclass(frozen=True, slots=True)
class Node:
    """One person: a number that the table behind explains, the name, and where the mark stands."""

    number: int
    name: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """A tie between two people."""

    x: float
    y: float
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """One unit of a plan, drawn.

    Attributes:
        title: what people call it.
        nodes: its people, those who help above those whom they help.
        lines: its ties.
        rows: for the table: number, name, and the names of those who help them, or are with them.
        height: of the drawing.
    """

    title: str
    nodes: Sequence[Node]
    lines: Sequence[Line]
    rows: Sequence[tuple[int, str, str]]
    height: int


def drawn_in_rows(title: str, ties: Sequence[tuple[int, int]], names: Mapping[int, str]) -> Drawing:
    """Return people in rows: whoever helps stands above those whom they help.

    Args:
        title: what people call the unit.
        ties: keys of who is helped and who helps.
        names: by key.
    """
    row = _rows_of(ties)
    levels = [[key for key in _order(ties) if row[key] == level] for level in range(max(row.values()) + 1)]
    spots, y = {}, float(_MARGIN)
    for keys in levels:
        lines = [keys[at : at + MOST_IN_ROW] for at in range(0, len(keys), MOST_IN_ROW)]
        for number, line in enumerate(lines):
            step = (WIDTH - 2 * _MARGIN) / len(line)
            for at, key in enumerate(line):
                spots[key] = (round(_MARGIN + step * (at + 0.5), 1), y + CLOSE * number)
        y += CLOSE * (len(lines) - 1) + ROW
    return _drawing(title, ties, names, spots, height=round(y - ROW + _MARGIN))


def drawn_in_circle(title: str, ties: Sequence[tuple[int, int]], names: Mapping[int, str]) -> Drawing:
    """Return people around a circle, each two of them who are tied with a line between them."""
    keys = _order(ties)
    middle, radius = WIDTH / 2, 72
    spots = {
        key: (
            round(middle + radius * sin(2 * pi * at / len(keys)), 1),
            round(radius + _MARGIN - radius * cos(2 * pi * at / len(keys)), 1),
        )
        for at, key in enumerate(keys)
    }
    return _drawing(title, ties, names, spots, height=2 * (radius + _MARGIN))


def _rows_of(ties: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return the row of each person: 0 for those whom nobody helps, and one below the lowest of those who help them."""
    row = {key: 0 for tie in ties for key in tie}
    for _ in row:
        moved = False
        for helped, helper in ties:
            if row[helped] <= row[helper]:
                row[helped], moved = row[helper] + 1, True
        if not moved:
            break
    return row


def _order(ties: Sequence[tuple[int, int]]) -> list[int]:
    """Return everybody, those who help first, each followed by those whom they help."""
    helped = {one for one, _ in ties}
    tops = [other for _, other in ties if other not in helped]
    order: dict[int, None] = {}
    waiting = list(dict.fromkeys(tops))
    while waiting:
        key = waiting.pop(0)
        if key not in order:
            order[key] = None
            waiting.extend(one for one, other in ties if other == key)
    return [*order, *dict.fromkeys(key for tie in ties for key in tie if key not in order)]


def _drawing(
    title: str,
    ties: Sequence[tuple[int, int]],
    names: Mapping[int, str],
    spots: Mapping[int, tuple[float, float]],
    *,
    height: int,
) -> Drawing:
    number = {key: at for at, key in enumerate(spots, start=1)}
    beside: dict[int, list[str]] = {key: [] for key in spots}
    helped = {one for one, _ in ties}
    for one, other in ties:
        beside[one].append(names[other])
        if other not in helped:
            beside[other].append(names[one])
    return Drawing(
        title=title,
        nodes=[Node(number[key], names[key], *spots[key], _SIZE) for key in spots],
        lines=[Line(*spots[other], *spots[one]) for one, other in ties],
        rows=[(number[key], names[key], ", ".join(dict.fromkeys(beside[key]))) for key in spots],
        height=height,
    )
