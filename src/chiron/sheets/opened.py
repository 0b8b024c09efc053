"""One sheet that was opened: its table, the checksum of its source, and what should be known about the file."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chiron.blueprints.schema.person import ROLES, Role
from chiron.sheets.columns.groups import join_columns
from chiron.sheets.files.read import DEFAULT_LIMITS, content_of, read_table, table_of
from chiron.sheets.files.table import TEXT_LIMITS, SheetError, Table

Records = Sequence[Mapping[str, Any]]
Source = str | os.PathLike[str] | Records | Any  # a path, a list of mappings, or a data frame


@dataclass(frozen=True, slots=True)
class Opened:
    """One sheet that was read, with the checksum of what it was read from."""

    table: Table
    sha256: str


def tables_of(opened: Iterable[Opened]) -> list[Table]:
    """Return sheets each once: one that holds both sides may have been opened for each of them."""
    return list({(one.sha256, one.table.file, one.table.sheet): one.table for one in opened}.values())


def open_sheet(source: Source, side: Role, *, sheet: str | None = None, encoding: str | None = None) -> Opened:
    """Return a sheet as text, from a path, a list of mappings or a data frame.

    Args:
        source: what to read; a sheet that is open already comes back as it is.
        side: whose sheet it is.
        sheet: the name of the sheet in a workbook; None: the visible one that looks most like people of this side.
        encoding: the code page of a text file that is not UTF-8; None: the most likely one.

    Raises:
        SheetError: it cannot be read, or is nothing of these.
    """
    if isinstance(source, Opened):
        return source
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        # Once: a pipe cannot be read again.
        content = content_of(path, file=path.name, limits=DEFAULT_LIMITS, text_limits=TEXT_LIMITS)
        table = join_columns(
            read_table(content, name=path.name, sheet=sheet, prefer=side, encoding=encoding, text_limits=TEXT_LIMITS)
        )
        return Opened(table, hashlib.sha256(content).hexdigest())
    records = _records(source)
    text = json.dumps(records, sort_keys=True, default=str, ensure_ascii=False)
    return Opened(join_columns(table_of(records, file=f"{side}s")), hashlib.sha256(text.encode()).hexdigest())


def file_notes(opened: Mapping[Role, Opened]) -> Iterator[str]:
    """Yield what should be known about the files: letters that were guessed, hidden rows, other sheets of people."""
    for side in reversed(ROLES):
        table = opened[side].table
        yield from table.notes
        # The sheet of the other side, in one workbook with this one, is no choice.
        other = opened["mentor" if side == "mentee" else "mentee"].table
        others = [name for name in table.others if (table.file, name) != (other.file, other.sheet)]
        if others:
            plain = others[0].removesuffix(" (hidden)")
            yield (
                f'{table.file}: I read the sheet "{table.sheet}". {_also(others)}. '
                f'To read another: --{side}-sheet "{plain}"'
            )


def _also(names: Sequence[str]) -> str:
    """Return in words that other sheets look like people, too."""
    listed = ", ".join(
        f'"{name.removesuffix(" (hidden)")}"{" (hidden)" * name.endswith(" (hidden)")}' for name in names
    )
    return (
        f"The sheet {listed} looks like people, too" if len(names) == 1 else f"Others look like people, too: {listed}"
    )


def _records(source: Any) -> list[dict[str, Any]]:
    """Return the rows of a list or of a data frame of any library."""
    if isinstance(source, Iterable) and not hasattr(source, "columns"):
        records = list(source)
        if all(isinstance(record, Mapping) for record in records):
            return [dict(record) for record in records]
    elif not isinstance(source, Mapping):
        # Only where somebody gives a frame, whose own library is then loaded already.
        import narwhals  # noqa: PLC0415

        frame = narwhals.from_native(source, pass_through=True)
        frame = frame.collect() if isinstance(frame, narwhals.LazyFrame) else frame
        if isinstance(frame, narwhals.DataFrame):
            # What is not equal to itself is a number or a time that is not there.
            rows = frame.rows(named=True)
            return [{str(name): None if value != value else value for name, value in row.items()} for row in rows]  # noqa: PLR0124
    raise SheetError("Give a path, a list of dictionaries (one a person) or a data frame.")
