"""Several columns that are one answer: tick columns, grids of days and hours, ranking grids, one column a slot.

Forms export a question with many boxes as one column a box. Here such columns become one further column, behind those
of the sheet, whose cells read like an answer typed into one cell: "Exams; Research". Everything after this step sees
one question with one answer. The columns themselves stay where they are and can still be chosen.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.cells.weeks import DAYS, hours_of, looks_like_slots
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import JoinedColumns, Row, Table

SAMPLE, LONGEST_CELL = 200, 200
FEWEST_MARKS = 3  # fewer columns of mere crosses, without a question above them, are more likely questions of their own
FEWEST_DISTINCT = 0.9  # of the rows whose numbers must all differ before a grid without the word "rank" is a ranking
_WEEK = dt.date(2026, 1, 5)  # which week does not matter: only whether the words are times
_TICKED, _UNTICKED, _OWN_WORDS = words("ticked"), words("unticked"), words("own_words")
_RANK_WORDS = words("ranked") | {"order", "prefer", "favourite", "favorite"}
_MARKS = frozenset({"x", "xx", "1"})
_SIGNS, _CROSSED = frozenset("✓✔☑✅●■+"), frozenset("✗✘☒❌○□")
_ORDINALS = meanings("ordinals")
_RANK = re.compile(
    r"(?:(?:rank|choice|preference|priority|option|number|no|#)\W*)?(?:(\d{1,2})(?:st|nd|rd|th)?|("
    + "|".join(_ORDINALS)
    + r"))(?:\W*(?:choice|preference|priority|rank|pick|option))?(?:\s*[(=:-].*)?",
    re.IGNORECASE | re.DOTALL,
)
# A heading and where its question ends and its option begins, by the form that writes it so.
_BRACKETS = (
    re.compile(
        r"(?P<stem>.*\S)?\s*\(\s*choice\s*=\s*+['\"]?(?P<option>(?:.*[^\s'\"])?)[\s'\"]*\)", re.IGNORECASE | re.DOTALL
    ),
    re.compile(r"(?P<stem>.*\S)\s*\[(?P<option>[^\[\]]+)\]", re.DOTALL),
    re.compile(r"(?P<stem>\w(?:.*[^\w\n])?+\w*?)___(?P<option>_?\w+)"),
    re.compile(r"(?P<stem>\w*?[^\W_])_(?P<option>\d{1,3})(?:_TEXT)?"),
)
_SEPARATOR = re.compile(
    r"(?<!\s)\s+(?:[-\u2013\u2014|>]\s+|>>\s*|->\s*|/\s+)|>>\s*|->\s*|:\s+|(?<=\w)/(?=\w)|(?<=\?)\s+"
)
_BRACKETED = re.compile(r"^\(([^()]*)\)$")
_AVAILABLE = re.compile(r"^(?:i am |are you )?(?:avail\w*|free|slots?|times?)\b[\s:-]*(?:on )?", re.IGNORECASE)
_SELECTED = re.compile(r"(?:(?<!\s)\s+)?[-\u2013:]\s*selected choices?\b\s*(?=[-\u2013:]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Family:
    """Columns that share a question: what it asks, where they stand, and what each stands for."""

    stem: str
    positions: tuple[int, ...]
    options: tuple[str, ...]


class _Cells:
    """The filled cells of every column, a sample of them, and what kind of answers they are."""

    def __init__(self, table: Table) -> None:
        sample = table.rows[:SAMPLE]
        self.headings = [_SELECTED.sub(" ", " ".join(heading.split())).strip() for heading in table.headings]
        self.rows = [tuple(cell[:LONGEST_CELL] for cell in row.cells) for row in sample]
        self.filled = [
            list(dict.fromkeys(filter(None, column))) for column in zip(*self.rows, strict=True)
        ] or [[] for _ in table.headings]  # fmt: skip

    def are_ticks(self, position: int, *texts: str) -> bool:
        """Return whether a column holds only ticks, or the option itself where it was ticked."""
        return all(tick_of(cell, *texts) is not None for cell in self.filled[position])

    def are_ranks(self, position: int) -> bool:
        return all(rank_of(cell) is not None or tick_of(cell) is False for cell in self.filled[position])


@lru_cache(maxsize=16_384)
def tick_of(cell: str, *texts: str) -> bool | None:
    """Return whether a box was ticked; None where the cell says something else.

    Args:
        cell: what stands in the column of one option.
        texts: the option as the heading says it, which some forms write where it was ticked.
    """
    plain = normal(cell)
    if not plain:
        return (
            True if cell.strip() in _SIGNS else False if not cell.strip(" -.–—") or cell.strip() in _CROSSED else None
        )
    if plain in _UNTICKED:
        return False
    return True if plain in _TICKED or any(plain == normal(text) for text in texts) else None


@lru_cache(maxsize=4_096)
def rank_of(cell: str) -> int | None:
    """Return the rank that a cell gives an option: "2", "2nd choice", "Second"; None where it gives none."""
    found = _RANK.fullmatch(cell.strip())
    if found is None:
        return None
    return int(found[1]) if found[1] else _ORDINALS[found[2].casefold()]


@lru_cache(maxsize=4_096)
def _is_time(text: str) -> bool:
    """Return whether a text names a day, an hour or a slot of the week, and nothing else."""
    return len(text) < LONGEST_CELL and hours_of(_spaced(text), zone="UTC", week=_WEEK).value is not None


def _spaced(text: str) -> str:
    """Return a slot in words without the marks that part its day from its hours: "Monday - 9-10" is "Monday 9-10"."""
    return re.sub(
        r"(?<!\s)\s+[-|>/]+\s+(?=\D)|(?<=[a-z])\s+[-|>/]+\s+|>>|(?<=[a-z])/(?=\w)|[\[\]()_]+", " ", text
    ).strip()


def join_columns(table: Table) -> Table:
    """Return a sheet in which several columns that are one answer also stand as one further column.

    Nothing is taken away: the columns themselves stay, and `Table.joined` says which ones were joined.
    """
    if table.joined or len(table.headings) < 2:  # noqa: PLR2004 -- one column joins nothing
        return table
    groups: list[JoinedColumns] = []
    headings = list(table.headings)
    for kind, family in _groups(table):
        group = JoinedColumns(len(headings), family.positions, kind, family.options)
        name = family.stem or f"{family.options[0]} … {family.options[-1]}"
        headings.append(f"{name} ({group.place})" if name in headings else name)
        groups.append(group)
    if not groups:
        return table
    rows = tuple(
        Row(row.number, (*row.cells, *(joined_cell(group, row.cells) for group in groups))) for row in table.rows
    )
    unread = {
        (row, group.index) for row, position in table.unread for group in groups if position in group.positions
    }  # fmt: skip
    return replace(
        table, headings=tuple(headings), rows=rows, unread=table.unread | unread, joined=tuple(groups)
    )  # fmt: skip


def joined_cell(group: JoinedColumns, cells: Sequence[str]) -> str:
    """Return what the columns of one question say together, as somebody would type it into one cell.

    Args:
        group: the columns.
        cells: of one row, by position.
    """
    said = [(option, cells[position]) for position, option in zip(group.positions, group.options, strict=True)]
    if group.kind == "ranks":
        ranked = sorted((rank, at) for at, (_, cell) in enumerate(said) if (rank := rank_of(cell) or 0) > 0)
        parts = [said[at][0] for _, at in ranked]
    elif group.kind == "times":
        parts = [part for option, cell in said for part in _times(option, cell)]
    else:
        parts = [part for option, cell in said if (part := _ticked(option, cell))]
    text = "; ".join(part.replace(";", ",") for part in parts)
    # One option with a comma in it must not look like two answers.
    return f"{text};" if len(parts) == 1 and "," in text else text


def _ticked(option: str, cell: str) -> str:
    """Return the option if it was ticked, or what was typed in its place; empty where it was not."""
    is_ticked = tick_of(cell, option)
    if is_ticked is None:
        return " ".join(cell.split())
    return option if is_ticked else ""


def _times(option: str, cell: str) -> Iterator[str]:
    """Yield the times of the week that one cell of a grid means, its day and its hours together."""
    is_ticked = tick_of(cell, option)
    if is_ticked is not None:
        if is_ticked:
            yield _spaced(option)
        return
    for piece in re.split(r"[;,\n]", cell):
        text = _spaced(piece)
        if text and tick_of(text) is None:
            yield f"{text} {_spaced(option)}" if _starts_with_day(text) else f"{_spaced(option)} {text}"


def _starts_with_day(text: str) -> bool:
    return text[:3].casefold() in DAYS or text.casefold().startswith(("week", "every"))


def _groups(table: Table) -> Iterator[tuple[str, _Family]]:
    """Yield the columns that are one answer each, with their kind; no column twice."""
    cells = _Cells(table)
    taken: set[int] = set()
    for family in (*_bracketed(cells.headings), *_parted(cells), *_bare(cells)):
        open_ones = [at for at, position in enumerate(family.positions) if position not in taken]
        if len(open_ones) != len(family.positions):
            family = _Family(  # noqa: PLW2901 -- what is left of it
                family.stem,
                tuple(family.positions[at] for at in open_ones),
                tuple(family.options[at] for at in open_ones),
            )
        if len(family.positions) < 2:  # noqa: PLR2004 -- one column is no group
            continue
        kind = _kind_of(family, cells)
        if kind:
            taken.update(family.positions)
            yield kind, family


def _kind_of(family: _Family, cells: _Cells) -> str:
    """Return what kind of answer some columns are together; empty where they are questions of their own."""
    both = list(zip(family.positions, family.options, strict=True))
    if not any(cells.filled[position] for position in family.positions):
        return ""
    closed = [(position, option) for position, option in both if not _is_own(option)]
    if not family.stem and not all(_is_time(option) for option in family.options):
        return "marks"
    if all(_is_time(option) for _, option in closed) and all(
        _fits_times(cell, option) for position, option in closed for cell in cells.filled[position]
    ):
        return "times"
    if len(closed) > 1 and all(
        cells.are_ticks(position, option, cells.headings[position]) for position, option in closed
    ):  # fmt: skip
        return "ticks"
    return "ranks" if _is_ranking(family, cells) else ""


def _is_own(option: str) -> bool:
    """Return whether people type an answer of their own under an option: "Other (please specify)"."""
    plain = normal(option).removesuffix(" text")
    return plain in _OWN_WORDS or (
        plain.startswith("other ") and bool({"specify", "state", "describe"} & set(plain.split()))
    )


def _fits_times(cell: str, option: str) -> bool:
    """Return whether a cell below a day or an hour is a tick, or names hours or days."""
    if tick_of(cell, option) is not None:
        return True
    return all(_is_time(piece) or tick_of(piece) is not None for piece in re.split(r"[;,\n]", cell) if piece.strip())


def _is_ranking(family: _Family, cells: _Cells) -> bool:
    """Return whether the numbers below some options put them in order: in each row, none of them twice."""
    if not all(cells.are_ranks(position) for position in family.positions):
        return False
    given = [
        [rank for position in family.positions if (rank := rank_of(row[position])) is not None] for row in cells.rows
    ]
    given = [ranks for ranks in given if ranks]
    distinct = sum(1 for ranks in given if len(set(ranks)) == len(ranks) and max(ranks) <= len(family.positions))
    is_called_so = bool(set(normal(family.stem).split()) & _RANK_WORDS)
    longest = max((len(ranks) for ranks in given), default=0)
    needed = 0.5 if is_called_so else FEWEST_DISTINCT
    return longest > 1 and distinct >= needed * len(given) and (is_called_so or len(given) > 1)


def _bracketed(headings: Sequence[str]) -> Iterator[_Family]:
    """Yield columns whose headings say their option in brackets or behind underscores, as most forms write them."""
    for pattern in _BRACKETS:
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for position, heading in enumerate(headings):
            match = pattern.fullmatch(heading)
            if match is not None:
                found[(match["stem"] or "").strip(" :-")].append((position, match["option"].strip().lstrip("_")))
        yield from _families(found)


def _families(found: dict[str, list[tuple[int, str]]]) -> Iterator[_Family]:
    for stem, members in found.items():
        yield _Family(stem, *_unzipped(members))


def _unzipped(members: Iterable[tuple[int, str]]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    listed = list(members)
    return tuple(position for position, _ in listed), tuple(option for _, option in listed)


def _parted(cells: _Cells) -> Iterator[_Family]:
    """Yield columns whose headings begin alike: "Topics: Exams", "Topics - Research", "topics/wellbeing".

    A heading may be cut at several places. The longest common beginning that leaves nobody alone is the question; where
    the same options stand behind several beginnings (each day with the same hours), it is the shorter one.
    """
    joinable = [
        position
        for position, heading in enumerate(cells.headings)
        if _SEPARATOR.search(heading)
        and (_could_join(cells, position, _cuts(heading)) or any(_is_own(option) for _, option in _cuts(heading)))
    ]
    stems: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for position in joinable:
        for stem, option in _cuts(cells.headings[position]):
            stems[stem].append((position, option))
    shared = {stem: members for stem, members in stems.items() if len(members) > 1}
    done: set[int] = set()
    for stem in sorted(shared, key=len):
        members = [(position, option) for position, option in shared[stem] if position not in done]
        inner = [other for other in shared if other != stem and other.startswith(stem)]
        if len(members) > 1 and not _splits(members, [shared[other] for other in inner]):
            done.update(position for position, _ in members)
            yield from _families({stem: members})


def _splits(members: Sequence[tuple[int, str]], inner: Sequence[Sequence[tuple[int, str]]]) -> bool:
    """Return whether columns are several questions: each of them stands in one that has options of its own."""
    covered = {position for one in inner for position, _ in one}
    if not inner or covered != {position for position, _ in members}:
        return False
    options = [frozenset(option for _, option in one) for one in inner]
    return len(inner) == 1 or len(set(options)) > 1


def _cuts(heading: str) -> list[tuple[str, str]]:
    """Return every way to cut a heading into a question and an option."""
    cuts = [(heading[: found.start()], heading[found.end() :]) for found in _SEPARATOR.finditer(heading)]
    cuts = [(stem.strip(), _BRACKETED.sub(r"\1", option.strip())) for stem, option in cuts]
    return [(stem, option) for stem, option in cuts if stem and option] or [(heading, "")]


def _could_join(cells: _Cells, position: int, cuts: Sequence[tuple[str, str]]) -> bool:
    options = [option for _, option in cuts]
    if cells.are_ticks(position, *options) or cells.are_ranks(position):
        return True
    return any(
        _is_time(option) and all(_fits_times(cell, option) for cell in cells.filled[position]) for option in options
    )


def _bare(cells: _Cells) -> Iterator[_Family]:
    """Yield columns without a question: headings that are slots of the week, and neighbours that hold only marks."""
    slots = [
        (position, slot)
        for position, heading in enumerate(cells.headings)
        if looks_like_slots(slot := _AVAILABLE.sub("", _spaced(heading))) and _is_time(slot)
    ]
    yield _Family("", *_unzipped(slots))
    yield from _runs(cells, 2, lambda position: _is_echo(cells.filled[position], cells.headings[position]))
    yield from _runs(cells, FEWEST_MARKS, lambda position: _are_marks(cells.filled[position]))


def _is_echo(filled: Sequence[str], heading: str) -> bool:
    return bool(filled) and all(normal(cell) == normal(heading) for cell in filled)


def _are_marks(filled: Sequence[str]) -> bool:
    return bool(filled) and all(cell.strip() in _SIGNS or normal(cell) in _MARKS for cell in filled)


def _runs(cells: _Cells, fewest: int, fits: Callable[[int], bool]) -> Iterator[_Family]:
    """Yield neighbouring columns that all fit, where there are enough of them."""
    run: list[tuple[int, str]] = []
    for position in range(len(cells.headings) + 1):
        if position < len(cells.headings) and fits(position):
            run.append((position, cells.headings[position]))
            continue
        if len(run) >= fewest:
            yield _Family("", *_unzipped(run))
        run = []
