"""A result as JSON, and back. Within a schema version keys are only ever added."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from types import NoneType
from typing import Any

from chiron.sheets.people.diagnostics import Diagnostic
from chiron.sheets.result.record import (
    SCHEMA_VERSION,
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
    StepDone,
    Summary,
)


def check_to_json(
    inputs: Sequence[Input], columns: Sequence[ColumnFound], problems: Sequence[Diagnostic], notes: Sequence[str]
) -> str:
    """Return what the check of two sheets found as one JSON object, in the words that a result uses."""
    table = {
        "schema_version": SCHEMA_VERSION,
        "inputs": [asdict(one) for one in inputs],
        "columns": [asdict(one) for one in columns],
        "problems": [asdict(one) for one in problems],
        "notes": list(notes),
    }
    return json.dumps(table, ensure_ascii=False, indent=1)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "int | None": (int, NoneType),
    "str | None": (str, NoneType),
    "Mapping": (dict,),
}


class RecordError(ValueError):
    """A file does not hold a result of ours; the message says what to do."""


class NoResultError(RecordError):
    """A file holds something else than a result."""


def to_json(record: Record) -> str:
    """Return a result as one JSON object, as `docs/reference/command-line.md` describes it."""
    table = asdict(record)
    for pair in table["pairs"]:
        pair["score"] = pair.pop("fit")
    return json.dumps({"schema_version": SCHEMA_VERSION, **table}, ensure_ascii=False, indent=1)


def from_json(text: str, *, file: str = "the file") -> Record:
    """Return the result that `to_json` wrote.

    Raises:
        RecordError: the text is no result, or one of a later version.
    """
    try:
        table = json.loads(text)
    except json.JSONDecodeError as fault:
        raise NoResultError(f"I cannot read {file}: it is not JSON (line {fault.lineno}).") from fault
    except RecursionError as fault:
        raise NoResultError(
            f"{file} is not a result of chiron match. Give the file that chiron match wrote."
        ) from fault
    if not isinstance(table, dict) or "schema_version" not in table:
        raise NoResultError(f"{file} is not a result of chiron match. Give the file that chiron match wrote.")
    if table["schema_version"] != SCHEMA_VERSION:
        raise RecordError(f"{file} was written by a newer Chiron. Update Chiron to read it.")
    try:
        record = _record(table)
        _require_types(record)
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        raise RecordError(
            f"{file} was changed by hand and no longer reads as a result. Run chiron match again."
        ) from fault
    return record


def _require_types(one: Any) -> None:
    """Refuse a value of another kind than its field has; a fit is judged by `consistency`, which names the pair.

    Raises:
        TypeError: there is one.
    """
    for each in fields(one):
        value = getattr(one, each.name)
        kinds = _KINDS.get(str(getattr(each.type, "__name__", each.type)))
        if each.name != "fit" and kinds is not None and not isinstance(value, kinds):
            raise TypeError(each.name)
        if isinstance(value, tuple):
            for part in value:
                if is_dataclass(part):
                    _require_types(part)
                elif not isinstance(part, dict if each.name == "changes" else str):
                    raise TypeError(each.name)
        elif is_dataclass(value):
            _require_types(value)
        elif isinstance(value, dict):
            _require_answers(value)


def _require_answers(groups: dict[Any, Any]) -> None:
    """Refuse answers of people that are no texts by heading.

    Raises:
        TypeError: there are such.
    """
    for answers in groups.values():
        if not isinstance(answers, dict) or not all(isinstance(text, str) for text in answers.values()):
            raise TypeError("groups")


def _record(table: Mapping[str, Any]) -> Record:
    """Return the record in a table of our schema."""
    summary = table["summary"]
    return Record(
        inputs=tuple(Input(**row) for row in table["inputs"]),
        settings=Settings(**table["settings"]),
        summary=Summary(**{**summary, "steps": tuple(StepDone(**step) for step in summary["steps"])}),
        pairs=tuple(_pair(row) for row in table["pairs"]),
        unmatched=tuple(
            LeftOver(
                **{
                    **row,
                    "reasons": tuple(row["reasons"]),
                    "fixes": tuple(row["fixes"]),
                    "changes": tuple(row.get("changes", ())),
                }
            )
            for row in table["unmatched"]
        ),
        problems=tuple(Diagnostic(**row) for row in table["problems"]),
        notes=tuple(table.get("notes", ())),
        columns=tuple(ColumnFound(**row) for row in table.get("columns", ())),
        fairness=tuple(GroupFigure(**row) for row in table["fairness"]),
        groups=table.get("groups", {}),
        given_up=Forgone(**table["given_up"]) if table.get("given_up") else None,
        shape=table.get("shape", "pairs"),
        open_places=tuple(PlaceOpen(**row) for row in table.get("open_places", ())),
        open_fixes=tuple(table.get("open_fixes", ())),
        members=tuple(GroupMember(**row) for row in table.get("members", ())),
        waitlist=tuple(InLine(**row) for row in table.get("waitlist", ())),
    )


def _pair(row: Mapping[str, Any]) -> PairMade:
    """Return one pair."""
    return PairMade(
        mentee_id=row["mentee_id"],
        mentor_id=row["mentor_id"],
        mentee=row["mentee"],
        mentor=row["mentor"],
        fit=row["score"],
        parts=tuple(Part(**part) for part in row["parts"]),
        others=tuple(OtherChoice(**other) for other in row["others"]),
        label=row.get("label", ""),
    )
