"""Where the headings of a sheet stand, and what they say: titles above them, two rows of them, line breaks in them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from chiron.sheets.files.table import letters
from chiron.sheets.files.worksheet import Merge

SEARCHED_ROWS = 40
LONGEST_LOOK = 200  # no pattern ever sees more of a cell
_DATA_LIKE = re.compile(r"[-+]?[\d.,\s:/%-]+|\S+@\S+\.\S+|\d{4}-\d\d-\d\d.*|https?://.*", re.DOTALL)
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_PERSON_WORDS = frozenset({"name", "email", "mail", "surname", "id", "mentor", "mentee", "student"})
_INVISIBLE = str.maketrans(
    {"\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\u00ad": "", "\xa0": " "}
)

_PLAIN = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

Grid = Sequence[tuple[int, list[str]]]


def clean(text: str) -> str:
    """Return a cell without invisible characters and outer space; line breaks inside it stay."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return text.strip()


@lru_cache(maxsize=65_536)
def normal(text: str) -> str:
    """Return a text for comparing: no case, accents, punctuation, line breaks or double spaces."""
    if text.isascii():
        if "_" not in text:
            return " ".join(text.translate(_PLAIN).split())
    else:
        text = "".join(
            letter
            for letter in unicodedata.normalize("NFKD", text.translate(_INVISIBLE))
            if not unicodedata.combining(letter)
        )
    return _NOT_WORDS.sub(" ", text.casefold()).strip()


@dataclass(frozen=True, slots=True)
class HeadingsFound:
    """The headings of a grid: position and number of their (last) row, the headings, and how like a table of people."""

    position: int
    number: int
    headings: tuple[str, ...]
    worth: float


def find_headings(grid: Grid, merges: Sequence[Merge] = ()) -> HeadingsFound | None:
    """Return the headings of a sheet, or None where nothing in it looks like a table.

    Args:
        grid: (row number, cells) of every row with anything in it.
        merges: merged blocks, where the file says so.
    """
    searched = [(number, [clean(cell) for cell in cells]) for number, cells in grid[:SEARCHED_ROWS]]
    if not searched:
        return None
    width = _usual_width(searched)
    for position, (number, cells) in enumerate(searched):
        if not _is_heading_row(cells, width):
            continue
        below = searched[position + 1] if position + 1 < len(searched) else None
        if below is not None and _is_upper_half(searched, position, merges):
            return HeadingsFound(
                position + 1, below[0], _joined(cells, below[1], _end(grid)), _worth(below[1] + cells, width)
            )
        upper = searched[position - 1] if position else None
        if upper is not None and _is_group_row(upper, cells, number, merges):
            return HeadingsFound(position, number, _joined(upper[1], cells, _end(grid)), _worth(cells, width))
        return HeadingsFound(position, number, _named(cells, _end(grid)), _worth(cells, width))
    return None


def given_headings(grid: Grid, position: int, texts: Sequence[str]) -> HeadingsFound:
    """Return headings that are known already, one name a column.

    Args:
        grid: (row number, cells) of every row with anything in it.
        position: of their last row in the grid.
        texts: the headings as they are to be shown.
    """
    return HeadingsFound(position, grid[position][0], _named(texts, _end(grid)), _worth(texts, len(texts)))


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell)


def _end(grid: Grid) -> int:
    """Return how many columns hold anything, headings and rows together."""
    return max(len(cells) for _, cells in grid)


def _usual_width(rows: Grid) -> int:
    counts = Counter(_filled(cells) for _, cells in rows)
    usual = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))[0]
    widest = max(counts)
    return usual if counts[usual] > 1 else widest


def _is_heading_row(cells: Sequence[str], width: int) -> bool:
    texts = [cell for cell in cells if cell]
    if len(texts) < max(1, min(width, 2)) or len(texts) * 2 < width:
        return False
    data = sum(1 for text in texts if _DATA_LIKE.fullmatch(text[:LONGEST_LOOK]))
    return data * 4 <= len(texts) and len({normal(text) for text in texts}) * 2 > len(texts)


def _is_upper_half(rows: Grid, position: int, merges: Sequence[Merge]) -> bool:
    """Return whether the heading row goes on in the row below it."""
    (number, upper), (next_number, lower) = rows[position], rows[position + 1]
    if next_number != number + 1 or any(_DATA_LIKE.fullmatch(cell[:LONGEST_LOOK]) for cell in lower if cell):
        return False
    if any(merge.top == number and (merge.bottom == number + 1 or merge.right > merge.left) for merge in merges):
        return True
    beneath = rows[position + 2][1] if position + 2 < len(rows) else []
    only_above = [at for at, cell in enumerate(upper) if cell and not _at(lower, at)]
    only_below = [at for at, cell in enumerate(lower) if cell and not _at(upper, at)]
    return bool(only_above and only_below) and all(_at(beneath, at) for at in only_above)


def _is_group_row(upper: tuple[int, list[str]], cells: Sequence[str], number: int, merges: Sequence[Merge]) -> bool:
    """Return whether the row above the headings names groups of columns (merged cells) rather than the sheet."""
    if upper[0] != number - 1:
        return False
    merged = [merge for merge in merges if merge.top == upper[0] and merge.bottom <= number]
    across = [merge for merge in merged if merge.right - merge.left + 1 < len(cells)]
    if merged:
        return bool(across)
    return _filled(upper[1]) > 1 and len({normal(cell) for cell in cells if cell}) < _filled(cells)


def _at(cells: Sequence[str], position: int) -> str:
    return cells[position] if position < len(cells) else ""


def _joined(upper: Sequence[str], lower: Sequence[str], end: int) -> tuple[str, ...]:
    """Return two rows of headings as one: the upper one stretches to the right over what it is merged with."""
    group = ""
    texts = []
    for position in range(end):
        over, under = _at(upper, position), _at(lower, position)
        group = over or (group if under else "")
        texts.append(f"{group}: {under}" if group and under and group != under else under or group)
    return _named(texts, end)


def _named(texts: Sequence[str], end: int) -> tuple[str, ...]:
    """Return one name a column, never empty and never twice the same."""
    names: list[str] = []
    seen: set[str] = set()
    for position in range(end):
        name = _at(texts, position) or f"(column {letters(position)})"
        if name in seen:
            name = f"{name} (column {letters(position)})"
        seen.add(name)
        names.append(name)
    return tuple(names)


def _worth(cells: Sequence[str], width: int) -> float:
    """Return how much the headings look like those of a sheet of people."""
    words = {word for cell in cells for word in normal(cell).split()}
    return min(width, 10) / 10 + (2.0 if words & _PERSON_WORDS else 0.0)
