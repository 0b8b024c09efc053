"""What a guess of the columns would cost: rows whose cells cannot be read, before anybody is left out because of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chiron.blueprints.schema.fields import IDENTITY_FIELDS, FieldSpec
from chiron.blueprints.schema.person import Role
from chiron.sheets.cells.values import is_nothing
from chiron.sheets.columns.guess import SAID_BY_PERSON, Column, Guess, Missing, words_for
from chiron.sheets.files.table import Row, Table
from chiron.sheets.people.diagnostics import shown
from chiron.sheets.people.reading import CheckSettings, FieldReader, readers_of

MOST_LEFT_OUT = 5  # one row in so many may be left out by a guess
FEWEST_LENIENT = 4  # fewer cells below a heading that surely means the field are mended sooner than argued about
LOOKED_AT = 250  # rows of a longer sheet are tried first; only where one cannot be read, all are
FEWEST_PLACES = 5
_NEVER_JUDGED = (frozenset(IDENTITY_FIELDS) - {"email"}) | {"latitude", "longitude"}


@dataclass(frozen=True, slots=True)
class JudgedGuess:
    """A guess after its cells were read.

    Attributes:
        guess: without the columns that were withdrawn.
        lenient: fields whose cells leave nobody out, as `CheckSettings.lenient` takes them.
        notes: what was withdrawn or made lenient and why, in words.
        withdrawn: of the notes, those about a field whose column was withdrawn, by field.
    """

    guess: Guess
    lenient: Mapping[str, bool]
    notes: tuple[str, ...]
    withdrawn: Mapping[str, str] = field(default_factory=dict)


def judge_guess(
    guess: Guess,
    table: Table,
    side: Role,
    fields: Mapping[str, FieldSpec],
    *,
    settings: CheckSettings,
    read: Collection[str],
    strict: Collection[str] = (),
) -> JudgedGuess:
    """Return a guess that costs no rows: what it would leave out is withdrawn, or counts as no answer, and is told.

    A field that no rule reads leaves nobody out. Where a guessed column would leave out more than a fifth of the rows,
    it is withdrawn; where its heading surely means the field, the cells that cannot be read count as no answer instead.

    Args:
        guess: the columns.
        table: the sheet.
        side: whose sheet it is.
        fields: of the columns.
        settings: how cells are read.
        read: fields that a rule reads, or that say how many places there are.
        strict: fields that the rules cannot do without: a guess that is too costly is asked about.
    """
    # A column that says whom somebody must not be paired with is never withdrawn.
    columns = {
        name: column
        for name, column in guess.columns.items()
        if name in fields and name not in _NEVER_JUDGED and not fields[name].keeps_apart
    }
    lenient: dict[str, bool] = {}
    notes: list[str] = []
    withdrawn: dict[str, str] = {}
    missing: list[Missing] = []
    for reader in readers_of(table, columns, {name: fields[name] for name in columns}, settings):
        name, column, spec = reader.name, columns[reader.name], fields[reader.name]
        bad = _unreadable(table, column, reader)
        if name not in read:
            lenient[name] = False
        if spec.type == "place" and not column.sure and _is_nowhere(table, column, reader):
            withdrawn[name] = _nowhere_note(table, shown(column.heading))
            continue
        if not bad:
            continue
        heading, counted = shown(column.heading), _counted(bad, table, spec)
        flag = f"--{side} {name}={words_for(column)}"
        if name not in read:
            notes.append(_unread_note(table, heading, counted))
        elif column.how == SAID_BY_PERSON or not _is_costly(bad, table, is_sure=column.sure):
            continue
        elif name in strict:
            missing += [] if column.sure else [Missing(name, _question(table, heading, counted, flag))]
        elif column.sure:
            lenient[name] = True
            notes.append(_lenient_note(table, heading, counted, flag))
        else:
            withdrawn[name] = _withdrawn_note(table, heading, counted, spec)
    kept = replace(_without(guess, withdrawn), missing=(*guess.missing, *missing))
    return JudgedGuess(kept, lenient, (*withdrawn.values(), *notes), withdrawn)


def _some(table: Table) -> Sequence[Row]:
    """Return evenly spaced rows of a long sheet."""
    return table.rows[:: 1 + len(table.rows) // LOOKED_AT]


def _unreadable(table: Table, column: Column, reader: FieldReader) -> Counter[str]:
    """Return the cells of a column that cannot be read, with the number of rows that each stands in."""
    if len(column.positions) > 1:
        return Counter()
    few = _unreadable_in(_some(table), column, reader)
    return _unreadable_in(table.rows, column, reader) if few else few


def _unreadable_in(rows: Sequence[Row], column: Column, reader: FieldReader) -> Counter[str]:
    counts = Counter(row.cells[column.index] for row in rows)
    return Counter(
        {cell: rows for cell, rows in counts.items() if not is_nothing(cell) and reader.reading_of(cell).is_problem}
    )


def _is_nowhere(table: Table, column: Column, reader: FieldReader) -> bool:
    """Return whether no cell of a column is a place that is known; a few cells prove nothing."""
    cells = [row.cells[column.index] for row in _some(table) if not is_nothing(row.cells[column.index])]
    return len(cells) >= FEWEST_PLACES and all(reader.reading_of(cell).value is None for cell in dict.fromkeys(cells))


def _is_costly(bad: Counter[str], table: Table, *, is_sure: bool) -> bool:
    count = sum(bad.values())
    return count * MOST_LEFT_OUT > len(table.rows) and (count >= FEWEST_LENIENT or not is_sure)


def _counted(bad: Counter[str], table: Table, spec: FieldSpec) -> str:
    """Return how many rows cannot be read, with the most usual cell of them where anybody may see it."""
    example = "" if spec.sensitive else f' (for example "{shown(bad.most_common(1)[0][0])}")'
    return f"{sum(bad.values())} of {len(table.rows)} cells cannot be read{example}"


def _withdrawn_note(table: Table, heading: str, counted: str, spec: FieldSpec) -> str:
    label = (spec.label or "that").lower()
    return f'{table.file}: I took "{heading}" for {label}, but {counted}, so that column is not used.'


def _nowhere_note(table: Table, heading: str) -> str:
    return (
        f'{table.file}: no cell under "{heading}" is a place that I know, so distance is not used. I know '
        "latitude with longitude, and US postal codes."
    )


def _lenient_note(table: Table, heading: str, counted: str, flag: str) -> str:
    return (
        f'{table.file}: under "{heading}" {counted}. They count as no answer. To leave those rows out instead: {flag}.'
    )


def _question(table: Table, heading: str, counted: str, flag: str) -> str:
    return f'{table.file}: "{heading}" may be what the rules need, but {counted}. If it is: {flag}.'


def _unread_note(table: Table, heading: str, counted: str) -> str:
    return f'{table.file}: under "{heading}" {counted}. No rule reads that column, so nobody is left out for it.'


def _without(guess: Guess, names: Collection[str]) -> Guess:
    """Return a guess without some of its columns; their headings are not used."""
    if not names:
        return guess
    return replace(
        guess,
        columns={name: column for name, column in guess.columns.items() if name not in names},
        unused=(*guess.unused, *(guess.columns[name].heading for name in names)),
        absent=(*guess.absent, *names),
    )
