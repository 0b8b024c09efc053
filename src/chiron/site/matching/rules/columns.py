"""The frozen input of a run as one packed file: its people in columns, which say each question once."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from chiron.site.matching.rules.erasing import input_without_person
from chiron.site.shared.keeping.rules import Whom

SIDES: Final = ("mentees", "mentors")
Columns = dict[str, Any]
Row = dict[str, Any]


def packed_input(frozen: Mapping[str, Any]) -> bytes:
    """Return a frozen input as a file; `unpacked_input` gives it back."""
    parts = {**frozen, **{side: _columns(frozen[side]) for side in SIDES}}
    return zlib.compress(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(), level=3)


def unpacked_input(content: bytes | memoryview) -> dict[str, Any]:
    """Return the frozen input in a file; an answer that many people give is one object in memory."""
    parts: dict[str, Any] = json.loads(zlib.decompress(content))
    return {**parts, **{side: _rows(parts[side]) for side in SIDES}}


def packed_without_person(content: bytes | memoryview, whom: Whom) -> bytes | memoryview:
    """Return a file without what a person said; the same file where nothing in it leads to them."""
    frozen = unpacked_input(content)
    rest = input_without_person(frozen, whom)
    return content if rest == frozen else packed_input(rest)


def new_revision(_former: str = "", _whom: Whom | None = None) -> str:
    """Return a name that no other state of an input has."""
    return uuid4().hex


def _columns(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return people as columns: by name the values, and whose they are where not everybody has one."""
    columns = _parted(rows)
    for column in columns.values():
        if column["values"] and all(isinstance(value, Mapping) for value in column["values"]):
            column["columns"], column["values"] = _parted(column["values"]), len(column["values"])
    return {"number": len(rows), "columns": columns}


def _parted(rows: Sequence[Mapping[str, Any]]) -> dict[str, Columns]:
    found: dict[str, tuple[list[int], list[Any]]] = {}
    for place, row in enumerate(rows):
        for name, value in row.items():
            places, values = found.setdefault(name, ([], []))
            places.append(place)
            values.append(value)
    whole = len(rows)
    return {
        name: {"values": values} if len(places) == whole else {"values": values, "at": places}
        for name, (places, values) in found.items()
    }


def _rows(parts: Columns) -> list[Row]:
    for column in parts["columns"].values():
        if "columns" in column:
            column["values"] = _joined(column["values"], column["columns"])
    return _joined(parts["number"], parts["columns"])


def _joined(number: int, columns: Mapping[str, Columns]) -> list[Row]:
    rows: list[Row] = [{} for _ in range(number)]
    known: dict[str, str] = {}
    for name, column in columns.items():
        places: Iterable[int] = column.get("at", range(number))
        for place, value in zip(places, column["values"], strict=True):
            rows[place][name] = known.setdefault(value, value) if type(value) is str else value
    return rows
