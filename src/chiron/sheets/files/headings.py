"""Where the headings of a sheet stand, and what they say: titles above them, two rows of them, line breaks in them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chiron.sheets.files.books.worksheet import Merge
from chiron.sheets.files.table import letters

SEARCHED_ROWS = 40
LONGEST_LOOK = 200  # no pattern ever sees more of a cell
_DATA_LIKE = re.compile(r"[-+]?[\d.,\s:/%-]+|[^\s@]++@\S[^\s.]*+\.\S+|\d{4}-\d\d-\d\d.*|https?://.*", re.DOTALL)
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_PERSON_WORDS = frozenset({"name", "email", "mail", "surname", "id", "mentor", "mentee", "student"})
_INVISIBLE = str.maketrans(
    {
        **dict.fromkeys("\ufeff\u200b\u200c\u200d\u2060\u00ad", ""),
        "\xa0": " ",
        **dict.fromkeys("\u02bc\u02b9\u02bb\u02c8\u055a\uff07", "'"),  # letters that look like an apostrophe
    }
)

UNREADABLE = "\ufffd"
"""What stands where a letter cannot be read."""
_NO_LETTER = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_NO, _PERHAPS, _SURE = range(3)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*,? ){1,3}[^\W\d_][\w.'’-]*")
_ANSWERS = frozenset({"yes", "no", "true", "false", "male", "female", "man", "woman", "m", "f", "x", "n a", "none"})
_HEADING_WORDS = frozenset(
    {"name", "email", "mail", "surname", "firstname", "lastname", "id", "phone", "telephone", "mobile", "timestamp",
     "gender", "age", "number", "how", "what", "which", "your", "mentor", "mentors", "mentee", "mentees", "column",
     "nom", "prenom", "courriel", "nombre", "apellido", "apellidos", "correo", "vorname", "nachname", "nome", "cognome",
     "sobrenome", "naam", "navn", "namn", "nimi", "imie", "nazwisko", "jmeno", "prijmeni", "nev", "isim", "soyadi"}
)  # fmt: skip
_PLAIN = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

Grid = Sequence[tuple[int, list[str]]]


def clean(text: str) -> str:
    """Return a cell without invisible characters and outer space; line breaks inside it stay.

    What is no letter at all, such as the character of number 0 or half of a pair, becomes the mark for a letter that
    cannot be read: no database, page or file could hold it.
    """
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    if not text.isprintable():
        text = _NO_LETTER.sub(UNREADABLE, text.replace("\x0b", "\n").replace("\x0c", "\n"))
    return text.strip()


def clean_row(cells: Sequence[str]) -> list[str]:
    """Return the cells of a row, each as `clean` gives it: where all letters are plain, only outer space goes."""
    whole = "".join(cells)
    if whole.isascii() and whole.isprintable():
        return [cell.strip() for cell in cells]
    return [clean(cell) for cell in cells]


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
    """The headings of a grid.

    Attributes:
        position: of their (last) row in the grid; where there is none, of the row before the first person.
        number: of that row as the spreadsheet shows it.
        headings: one a column.
        score: how much they look like those of a table of people.
        doubt: what should be said about them, in words; empty where all is plain.
        has_row: whether there is a row of headings.
    """

    position: int
    number: int
    headings: tuple[str, ...]
    score: float
    doubt: str = ""
    has_row: bool = True


def find_headings(grid: Grid, merges: Sequence[Merge] = ()) -> HeadingsFound | None:
    """Return the headings of a sheet, or None where nothing in it looks like a table.

    Where the first row of the table is itself a person, every row is one, and columns are called by their letters.

    Args:
        grid: (row number, cells) of every row with anything in it.
        merges: merged blocks, where the file says so.
    """
    searched = [(number, [clean(cell) for cell in cells]) for number, cells in grid[:SEARCHED_ROWS]]
    if not searched:
        return None
    width = _usual_width(searched)
    first = next((at for at, (_, cells) in enumerate(searched) if _is_heading_row(cells, width)), None)
    is_sure = first is not None and _has_sure_heading(searched[first][1])
    person = None if is_sure else _start_of_people(searched, width, len(searched) if first is None else first)
    if first is None or person is not None:
        return None if person is None else _without(grid, searched[person])
    likeness = _NO if is_sure else _likeness_to_people(searched, first)
    if likeness == _SURE:
        return _without(grid, searched[first])
    found = _found_at(searched, first, merges, width, _end(grid))
    if likeness == _NO:
        return found
    number, cells = searched[first]
    shown = next(cell for cell in cells if cell)[:LONGEST_LOOK]
    doubt = f'row {number} ("{shown}", …) is read as the headings. If it is a person, put a row of headings above it.'
    return replace(found, doubt=doubt)


def _found_at(
    searched: Sequence[tuple[int, list[str]]], position: int, merges: Sequence[Merge], width: int, end: int
) -> HeadingsFound:
    """Return the headings that begin or end in a row, joined with those above or below where they are two rows."""
    number, cells = searched[position]
    below = searched[position + 1] if position + 1 < len(searched) else None
    if below is not None and _is_upper_half(searched, position, merges):
        return HeadingsFound(position + 1, below[0], _joined(cells, below[1], end), _score(below[1] + cells, width))
    upper = searched[position - 1] if position else None
    if upper is not None and _is_group_row(upper, cells, number, merges):
        return HeadingsFound(position, number, _joined(upper[1], cells, end), _score(cells, width))
    return HeadingsFound(position, number, _named(cells, end), _score(cells, width))


def _without(grid: Grid, row: tuple[int, list[str]]) -> HeadingsFound:
    """Return what stands for the headings of a table whose first row is a person."""
    number, cells = row
    shown = next(cell for cell in cells if cell)[:LONGEST_LOOK]
    doubt = (
        f'there is no row of headings, so row {number} ("{shown}") is read as a person and columns are called by their '
        "letters. Put one heading above each column."
    )
    position = next(at for at, (each, _) in enumerate(grid) if each == number)
    return HeadingsFound(position - 1, number - 1, _named((), _end(grid)), 0.0, doubt, has_row=False)


def _start_of_people(searched: Grid, width: int, end: int) -> int | None:
    """Return the first of the rows above what looks like headings that is a person already, or None.

    Only an address tells so surely; a row of titles has none, and not as many cells as the table.
    """
    for at, (_, cells) in enumerate(searched[:end]):
        has_address = any(_ADDRESS.fullmatch(cell[:LONGEST_LOOK]) for cell in cells)
        if has_address and _filled(cells) * 2 > width and (width > 1 or _filled(cells) == 1):
            return at
    return None


def given_headings(grid: Grid, position: int, texts: Sequence[str]) -> HeadingsFound:
    """Return headings that are known already, one name a column.

    Args:
        grid: (row number, cells) of every row with anything in it.
        position: of their last row in the grid.
        texts: the headings as they are to be shown.
    """
    return HeadingsFound(position, grid[position][0], _named(texts, _end(grid)), _score(texts, len(texts)))


def _likeness_to_people(searched: Grid, position: int) -> int:
    """Return whether what looks like headings is rather the first person: no, perhaps or surely.

    The cells below tell: what is said again in its own column, and a plain answer above others, is no heading; a name
    above names may be one, unless all cells of its row look like those below them.
    """
    cells = searched[position][1]
    below = [
        row for _, row in searched[position + 1 :] if [normal(each) for each in row] != [normal(each) for each in cells]
    ]
    if not below:
        return _NO
    for at, cell in enumerate(cells):
        column = [normal(_at(row, at)) for row in below if _at(row, at)]
        if cell and (_is_said_again(normal(cell), column) or (column and _ANSWERS.issuperset([normal(cell), *column]))):
            return _SURE
    names = [at for at, cell in enumerate(cells) if _NAME.fullmatch(cell[:LONGEST_LOOK])]
    if not any(all(_NAME.fullmatch(_at(row, at)[:LONGEST_LOOK]) for row in below) for at in names):
        return _NO
    is_alike = all(_shape(cell) in {_shape(_at(row, at)) for row in below} for at, cell in enumerate(cells) if cell)
    return _SURE if is_alike else _PERHAPS


def _shape(text: str) -> tuple[tuple[bool, bool], ...]:
    """Return how a cell looks: for each of its words, whether it begins with a capital, and is all capitals."""
    words = text[:LONGEST_LOOK].split()
    return tuple((word[0].isupper(), len(word) > 1 and word.isupper()) for word in words)


def _is_said_again(plain: str, column: Sequence[str]) -> bool:
    """Return whether a column says the same again among other things; a ticked option says its heading alone."""
    return plain in column and any(said != plain for said in column)


def _has_sure_heading(cells: Sequence[str]) -> bool:
    """Return whether any cell is a question, has a word that only headings have, or is a heading that we know."""
    if any(cell.endswith(("?", ":")) or _HEADING_WORDS & set(normal(cell).split()) for cell in cells):
        return True
    return any(normal(cell) in _known_headings() for cell in cells if cell)


@lru_cache(maxsize=1)
def _known_headings() -> frozenset[str]:
    """Return the headings and labels of all fields that we know."""
    from chiron.blueprints.schema.fields import standard_fields  # noqa: PLC0415 -- slow to load, and seldom needed

    return frozenset(
        normal(text) for name, spec in standard_fields().items() for text in (name, spec.label or name, *spec.headings)
    )


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


def _score(cells: Sequence[str], width: int) -> float:
    """Return how much the headings look like those of a sheet of people."""
    words = {word for cell in cells for word in normal(cell).split()}
    return min(width, 10) / 10 + (2.0 if words & _PERSON_WORDS else 0.0)
