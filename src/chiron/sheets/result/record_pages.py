"""A result as sheets of a workbook, and back: the same record comes out that went in."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from chiron.sheets.files.page import BarChart, Cell, Page
from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.record import (
    SHAPES,
    ColumnFound,
    Forgone,
    GroupFigure,
    GroupMember,
    InLine,
    Input,
    LeftOver,
    OtherChoice,
    PairMade,
    Part,
    PlaceOpen,
    Record,
    Settings,
    ShapeWords,
    StepDone,
    Summary,
)

PAGES = ("Pairs", "Why", "Not matched", "Fairness", "Settings")
"""The sheets that every result has; the others are there where they hold something."""
OTHER_CHOICES, GROUPS, OPEN_PLACES, WAITLIST = "Other choices", "Groups", "Open places", "Waiting list"
WITH_OTHERS = frozenset({"pairs", "groups"})
"""Shapes in which one mentor can be had instead of another; in the larger ones a tie is part of a whole."""
NOT_MATCHED = "not matched"
CHUNK = 30_000
_UNMATCHED = ("Name", "Side", "Why not", "What would change it", "Id")
_OTHERS = ("Mentee", "Other mentor", "Fit", "What it would cost", "Mentee id", "Mentor id")
_MEMBERS = ("Group", "Name", "Side", "Id")
_WAITING = ("Place in line", "Mentee", "Would be offered", "Fit", "Why here", "Mentee id", "Mentor id")
_OPEN_FIXES = "What would fill more of them"
_FAIRNESS = tuple(
    {"n": "People", "mean": "Mean fit", "share": "Matched", "share_verdict": "Matched, beside everyone"}.get(
        each.name, each.name.capitalize()
    )
    for each in fields(GroupFigure)
)
_GIVEN_UP = "What this plan gave up"
_GROUPS = "Answers by which people are grouped"

Lines = Sequence[tuple[str, ...]]


def pages_of(record: Record) -> tuple[Page, ...]:
    """Return a result as the sheets of a workbook: pairs, reasons, who is left, figures, settings, and what else is."""
    words = record.words
    label = (words.label,) if words.label else ()
    ids = (f"{words.first} id", f"{words.second} id")
    why = (words.first, words.second, *label, "Rule", "Points", "Reason", *ids)
    pages = [
        Page("Pairs", pair_headings(words), tuple(_pair_row(pair, words) for pair in record.pairs), filtered=True),
        Page("Why", why, tuple(row for pair in record.pairs for row in _why_rows(pair, words)), filtered=True),
        Page("Not matched", _UNMATCHED, tuple(_left_row(left) for left in record.unmatched), filtered=True),
    ]
    if record.members:
        rows = tuple((one.group, one.name, one.side, one.id) for one in record.members)
        pages.insert(1, Page(GROUPS, _MEMBERS, rows, filtered=True))
    if record.open_places:
        pages.append(Page(OPEN_PLACES, ("Name", words.label, "Why open", "Id"), tuple(_open_rows(record))))
    if record.waitlist:
        pages.append(Page(WAITLIST, _WAITING, tuple(_waiting_row(one) for one in record.waitlist), filtered=True))
    if record.shape in WITH_OTHERS:
        others = tuple(row for pair in record.pairs for row in _other_rows(pair))
        pages.append(Page(OTHER_CHOICES, _OTHERS, others, filtered=True))
    figures = (*(_figure_row(figure) for figure in record.fairness), *_group_rows(record.groups))
    return (
        *pages,
        Page("Fairness", _FAIRNESS, figures, chart=_fairness_chart(record)),
        Page("Settings", ("Setting", "Value"), tuple(_setting_rows(record))),
    )


def pair_headings(words: ShapeWords) -> tuple[str, ...]:
    """Return the headings of the sheet of pairs."""
    label = (words.label,) if words.label else ()
    return (words.first, words.second, *label, "Fit", "Why", f"{words.first} id", f"{words.second} id")


def _fairness_chart(record: Record) -> BarChart | None:
    """Return the mean fit of each group as bars; hidden groups have none."""
    if all(figure.mean is None for figure in record.fairness):
        return None
    at = {each.name: place for place, each in enumerate(fields(GroupFigure))}
    return BarChart("Mean fit by group", labels=at["group"], values=at["mean"], rows=len(record.fairness))


def pairs_page(record: Record) -> Page:
    """Return pairs, then everybody without a partner, as one sheet: what a text file holds."""
    words = record.words
    gap = (None,) if words.label else ()
    unmatched = tuple(
        (NOT_MATCHED, left.name, *gap, None, _lines((*left.reasons, *left.fixes)), None, left.id)
        if left.side == "mentor"
        else (left.name, NOT_MATCHED, *gap, None, _lines((*left.reasons, *left.fixes)), left.id, None)
        for left in record.unmatched
    )
    return Page("Pairs", pair_headings(words), (*(_pair_row(pair, words) for pair in record.pairs), *unmatched))


def _pair_row(pair: PairMade, words: ShapeWords) -> tuple[Cell, ...]:
    why = _lines([f"{part.rule} ({signed(part.points)}): {part.text}" for part in pair.parts])
    label = (pair.label,) if words.label else ()
    return pair.mentee, pair.mentor, *label, pair.fit, why, pair.mentee_id, pair.mentor_id


def signed(points: int) -> str:
    """Return points with their sign, as people write it, with a true minus."""
    return f"{points:+d}".replace("-", "\u2212")


def _why_rows(pair: PairMade, words: ShapeWords) -> Iterator[tuple[Cell, ...]]:
    label = (pair.label,) if words.label else ()
    for part in pair.parts:
        yield pair.mentee, pair.mentor, *label, part.rule, part.points, part.text, pair.mentee_id, pair.mentor_id


def _open_rows(record: Record) -> Iterator[tuple[Cell, ...]]:
    """Yield the places that nobody fills, and below them what would fill more."""
    for place in record.open_places:
        yield place.name, place.label, place.reason, place.id
    if record.open_fixes:
        yield ()
        yield (_OPEN_FIXES,)
        yield from ((fix,) for fix in record.open_fixes)


def _waiting_row(one: InLine) -> tuple[Cell, ...]:
    return one.rank, one.name, one.mentor or None, one.fit, one.reason, one.id, one.mentor_id or None


def _left_row(left: LeftOver) -> tuple[Cell, ...]:
    return left.name, left.side, _lines(left.reasons), _lines(left.fixes), left.id


def _other_rows(pair: PairMade) -> Iterator[tuple[Cell, ...]]:
    for other in pair.others:
        yield pair.mentee, other.mentor, other.fit, other.text, pair.mentee_id, other.mentor_id


def _figure_row(figure: GroupFigure) -> tuple[Cell, ...]:
    return tuple(_plain(value) for value in asdict(figure).values())


def _group_rows(groups: Mapping[str, Mapping[str, str]]) -> list[tuple[Cell, ...]]:
    """Return a second table below the figures: each mentee's answers by which people can be grouped."""
    if not groups:
        return []
    headings = tuple(dict.fromkeys(heading for answers in groups.values() for heading in answers))
    rows = [(mentee, *(answers.get(heading) for heading in headings)) for mentee, answers in groups.items()]
    return [(), (_GROUPS,), ("Mentee id", *headings), *rows]


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(text.replace("\n", " ") for text in texts)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("\n")) if cell else ()


def _setting_rows(record: Record) -> Iterator[tuple[Cell, ...]]:
    if record.shape != "pairs":
        yield "shape", record.shape
    for table in (record.settings, record.summary):
        for each in fields(table):
            value = getattr(table, each.name)
            if each.name != "steps":
                yield from _named_rows(each.name, value)
    for title, kind, listed in (
        ("Sheets read", Input, record.inputs),
        ("Steps of the aim", StepDone, record.summary.steps),
        (_GIVEN_UP, Forgone, () if record.given_up is None else (record.given_up,)),
        ("Columns found", ColumnFound, record.columns),
        ("Rows to fix", Diagnostic, record.problems),
    ):
        yield ()
        yield (title,)
        yield tuple(each.name for each in fields(kind))
        for row in listed:
            yield tuple(_plain(value) for value in asdict(row).values())
    yield ()
    yield ("Notes",)
    yield ("note",)
    for note in record.notes:
        yield (note,)


def _named_rows(name: str, value: Any) -> Iterator[tuple[Cell, ...]]:
    text = _plain(value)
    if isinstance(text, str) and len(text) > CHUNK:
        for start in range(0, len(text), CHUNK):
            yield name, text[start : start + CHUNK]
    else:
        yield name, text


def _plain(value: Any) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if value is None or isinstance(value, int | str) else json.dumps(value)


def record_of(pages: Mapping[str, Lines]) -> Record:
    """Return the result in the sheets that `pages_of` wrote.

    Args:
        pages: for each sheet, its rows as texts, the headings first; shorter rows end in empty cells.

    Raises:
        KeyError: a sheet or a setting is missing.
        ValueError: a number is none.
        IndexError: a row is too short.
    """
    tables = _stacked(pages["Settings"])
    named: dict[str, str] = {}
    for name, value in _padded(tables[""][1:], 2):
        named[name] = named.get(name, "") + value
    shape = named.get("shape", "pairs")
    open_places = _stacked(pages.get(OPEN_PLACES, [()]))
    steps = tuple(_row_of(StepDone, row) for row in _listed(tables, "Steps of the aim", StepDone))
    return Record(
        inputs=tuple(_row_of(Input, row) for row in _listed(tables, "Sheets read", Input)),
        settings=_row_of(Settings, [{"week": "", **named}[each.name] for each in fields(Settings)]),
        summary=_row_of(Summary, [named.get(each.name, "") for each in fields(Summary)][:-1], steps=steps),
        pairs=_pairs(pages, SHAPES[shape]),
        unmatched=tuple(
            LeftOver(row[4], row[0], row[1], _split(row[2]), _split(row[3]))
            for row in _padded(pages["Not matched"][1:], len(_UNMATCHED))
        ),
        problems=tuple(_row_of(Diagnostic, row) for row in _listed(tables, "Rows to fix", Diagnostic)),
        notes=tuple(row[0] for row in tables["Notes"][1:]),
        columns=tuple(_row_of(ColumnFound, row) for row in _listed(tables, "Columns found", ColumnFound)),
        fairness=tuple(
            _row_of(GroupFigure, row) for row in _padded(_stacked(pages["Fairness"])[""][1:], len(_FAIRNESS))
        ),
        given_up=_forgone(tables),
        groups=_groups(_stacked(pages["Fairness"]).get(_GROUPS, [])),
        shape=shape,
        open_places=tuple(PlaceOpen(row[3], row[0], row[1], row[2]) for row in _padded(open_places[""][1:], 4)),
        open_fixes=tuple(row[0] for row in open_places.get(_OPEN_FIXES, [])),
        members=tuple(
            GroupMember(row[0], row[3], row[1], row[2]) for row in _padded(pages.get(GROUPS, ())[1:], len(_MEMBERS))
        ),
        waitlist=tuple(
            InLine(int(row[0]), row[5], row[1], row[6], row[2], int(row[3]), row[4])
            for row in _padded(pages.get(WAITLIST, ())[1:], len(_WAITING))
        ),
    )


def _forgone(tables: Mapping[str, Lines]) -> Forgone | None:
    rows = _listed(tables, _GIVEN_UP, Forgone) if _GIVEN_UP in tables else []
    return _row_of(Forgone, rows[0]) if rows else None


def _pairs(pages: Mapping[str, Lines], words: ShapeWords) -> tuple[PairMade, ...]:
    wide = 1 if words.label else 0
    parts: dict[tuple[str, str, str], list[Part]] = {}
    for row in _padded(pages["Why"][1:], 7 + wide):
        label, rule, points, text, mentee, mentor = ("" if not wide else row[2], *row[2 + wide :])
        parts.setdefault((mentee, mentor, label), []).append(Part(rule, int(points), text))
    others: dict[str, list[OtherChoice]] = {}
    for row in _padded(pages.get(OTHER_CHOICES, ())[1:], len(_OTHERS)):
        others.setdefault(row[4], []).append(OtherChoice(row[5], row[1], int(row[2]), row[3]))
    shown: set[str] = set()
    pairs = []
    for row in _padded(pages["Pairs"][1:], 6 + wide):
        label, fit, _, mentee, mentor = ("" if not wide else row[2], *row[2 + wide :])
        mine = () if mentee in shown else tuple(others.get(mentee, ()))
        shown.add(mentee)
        own = tuple(parts.get((mentee, mentor, label), ()))
        pairs.append(PairMade(mentee, mentor, row[0], row[1], int(fit), own, mine, label))
    return tuple(pairs)


def _groups(lines: Lines) -> dict[str, dict[str, str]]:
    if not lines:
        return {}
    headings = lines[0][1:]
    return {
        row[0]: {heading: cell for heading, cell in zip(headings, row[1:], strict=False) if cell} for row in lines[1:]
    }


def _stacked(lines: Lines) -> dict[str, list[tuple[str, ...]]]:
    """Return the tables of a sheet by title: a row with one cell after an empty row starts the next one."""
    tables: dict[str, list[tuple[str, ...]]] = {"": []}
    title, is_after_gap = "", False
    for line in lines:
        if not any(line):
            is_after_gap = True
        elif is_after_gap and len([cell for cell in line if cell]) == 1:
            title, is_after_gap = line[0], False
            tables[title] = []
        else:
            tables[title].append(line)
    return tables


def _listed(tables: Mapping[str, Lines], title: str, kind: type[Any]) -> list[tuple[str, ...]]:
    return _padded(tables[title][1:], len(fields(kind)))


def _padded(lines: Lines, width: int) -> list[tuple[str, ...]]:
    return [(*line, *[""] * (width - len(line)))[:width] for line in lines if any(line)]


_READ: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "bool": lambda text: text == "yes",
    "int | None": lambda text: int(text) if text else None,
    "str | None": lambda text: text or None,
}


def _row_of(kind: type[Any], cells: Sequence[str], *, steps: tuple[StepDone, ...] | None = None) -> Any:
    """Return a record of a kind from its fields as texts, in order; `steps` are those of a summary."""
    types = [str(getattr(each.type, "__name__", each.type)) for each in fields(kind)]
    values = [_READ[name](cell) for name, cell in zip(types, cells, strict=False)]
    return kind(*values) if steps is None else kind(*values, steps=steps)
