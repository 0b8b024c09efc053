"""Rules files: `[matching]` in TOML, read with every fault named by its place, and written back."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chiron.blueprints.schema.fields import FieldSpec, Strict
from chiron.blueprints.schema.groups import GroupsSpec, OffersSpec
from chiron.blueprints.schema.matching import CapSpec, Matching, ParitySpec, PrioritySpec, RuleSpec
from chiron.blueprints.schema.shape import ShapeSpec

MOST_BYTES = 1_000_000

# What to type instead, by pydantic's name of the fault; in braces what pydantic knows of it.
ADVICE: Mapping[str, str] = {
    "int_parsing": "Type a whole number.",
    "int_type": "Type a whole number.",
    "int_from_float": "Type a whole number.",
    "bool_parsing": "Type true or false, without quotes.",
    "bool_type": "Type true or false, without quotes.",
    "string_type": 'Type a text in quotes: "…".',
    "tuple_type": 'Type a list: ["…", "…"].',
    "dict_type": "Type a table: {{ name = value }}.",
    "greater_than_equal": "Type {ge} or more.",
    "less_than_equal": "Type {le} or less.",
    "model_type": "Type a table with its own heading.",
    "missing": "Add it.",
    "string_pattern_mismatch": "Use small letters, digits and _ only, beginning with a letter.",
}

# What one of several is called.
ONE_OF: Mapping[str, str] = {
    "rules": "rule",
    "caps": "cap",
    "slots": "slot",
    "gates": "gate",
    "levels": "level",
    "activities": "activity",
}

TABLES: Mapping[str, type[Strict]] = {
    "rules": RuleSpec,
    "caps": CapSpec,
    "fields": FieldSpec,
    "priority": PrioritySpec,
    "parity": ParitySpec,
    "shape": ShapeSpec,
    "groups": GroupsSpec,
    "offers": OffersSpec,
}


class RulesError(ValueError):
    """The rules cannot be used; the message names each place and says what to type."""


def load_rules(path: str | Path) -> Matching:
    """Return the rules in a TOML file.

    Raises:
        RulesError: the file cannot be read, is not TOML, or says something that rules may not say.
    """
    path = Path(path)
    return read_rules(text_of(path), file=path.name)


def text_of(path: Path) -> str:
    """Return the text of a rules file.

    Raises:
        RulesError: the file cannot be read, is too large, or is not text.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)  # a device or a pipe may never end
    except OSError as fault:
        raise RulesError(f"I cannot open the rules file {path}: {(fault.strerror or 'unreadable').lower()}.") from fault
    if len(raw) > MOST_BYTES:
        raise RulesError(f"The rules file {path} is larger than {MOST_BYTES // 1_000_000} MB. Is it the right file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise RulesError(f"The rules file {path} is not saved as UTF-8 text. Save it as UTF-8.") from fault


def read_rules(text: str, *, file: str = "rules") -> Matching:
    """Return the rules in a TOML text; `file` is what messages call it.

    Raises:
        RulesError: the text is not TOML, or says something that rules may not say.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        hint = 'Texts need quotes, as in name = "goals", and each rule begins with [[matching.rules]].'
        raise RulesError(f"{file} is not a rules file: {fault}. {hint}") from fault
    except RecursionError as fault:
        raise RulesError(f"{file} is not a rules file: its lists go too deep.") from fault
    if "matching" not in tables:
        raise RulesError(f"{file} has no [matching] table. Begin the file with a line that says [matching].")
    for name in tables:
        if name != "matching":
            raise RulesError(f"{file}: [{name}] is not known here. Everything belongs under [matching].")
    return matching_from(tables["matching"], file=file)


def matching_from(table: Any, *, file: str) -> Matching:
    """Return checked rules from a table, as TOML or JSON gives it.

    Raises:
        RulesError: the table says something that rules may not say; one line for each fault.
    """
    try:
        return Matching.model_validate(table)
    except ValidationError as faults:
        found = [f"{file}: {fault_text(fault, table, _keys)}" for fault in faults.errors()]
        raise RulesError("\n".join(found)) from faults


def fault_text(fault: ErrorDetails, table: Any, keys_at: Callable[[Sequence[int | str]], list[str]]) -> str:
    """Return one fault in words: where it is, what is wrong, what to type.

    Args:
        fault: as pydantic tells it.
        table: what was judged.
        keys_at: the keys that a table at a place may have.
    """
    loc = tuple(part for part in fault["loc"] if part != "[key]")
    where = _place(loc, table)
    key = str(loc[-1]) if loc else ""
    match fault["type"]:
        case "value_error":
            return f"{where}: {fault['msg'].removeprefix('Value error, ')}."
        case "extra_forbidden":
            known = keys_at(loc)
            near = get_close_matches(key, known, n=1)
            return f"{where} is not known. {f'Did you mean {near[0]}?' if near else 'Known: ' + ', '.join(known) + '.'}"
        case "missing":
            return f"{where} is missing. {_addition(key)}"
        case "literal_error":
            return f"{where} is {_shown(fault['input'])}. Type one of {fault['ctx']['expected']}."
        case kind if kind in ADVICE:
            doubled = f"Begin each one with [[matching.{key}]], in double brackets."
            advice = doubled if kind == "tuple_type" and key in {"rules", "caps"} else ADVICE[kind]
            return f"{where} is {_shown(fault['input'])}. {advice.format_map(fault.get('ctx', {}))}"
        case _:
            return f"{where} is {_shown(fault['input'])}: {fault['msg'].lower()}."


def _addition(key: str) -> str:
    """Return what to add where a key is missing."""
    return "Add a line that says [programme.duration]." if key == "duration" else f'Add {key} = "…".'


def _shown(value: Any) -> str:
    """Return a value as the file may have written it, cut short."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 -- one line of a terminal


def _keys(loc: Sequence[int | str]) -> list[str]:
    """Return the keys that a table at this place may have."""
    table = TABLES.get(str(loc[0])) if len(loc) > 1 else Matching
    return list(table.model_fields) if table is not None else []


def _place(loc: Sequence[int | str], table: Any) -> str:
    """Return where a fault is, as a reader of the file sees it."""
    parts: list[str] = []
    here = table
    for part in loc:
        if isinstance(part, int):
            here = here[part] if isinstance(here, list) and part < len(here) else None
            name = here.get("name", here.get("says", here.get("what"))) if isinstance(here, dict) else None
            parts[-1] = ONE_OF.get(parts[-1], parts[-1])
            parts[-1] += f" {part + 1}" + (f' "{name}"' if isinstance(name, str) else "")
        else:
            here = here.get(part) if isinstance(here, dict) else None
            parts.append(part)
    return ", ".join(parts) if parts else "[matching]"


def dump_rules(matching: Matching, *, comment: str = "") -> str:
    """Return rules as TOML text that `read_rules` turns into the same rules.

    Args:
        matching: the rules.
        comment: lines to put at the top, each behind a #.
    """
    table = matching.model_dump(mode="json", exclude_defaults=True)
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines += ["[matching]", f"aim = {_toml(matching.aim)}", f"capacity = {matching.capacity}"]
    lines += ["everyone = true"] if matching.everyone else []
    lines += ["keep_total = true"] if matching.keep_total else []
    for name, spec in table.get("fields", {}).items():
        lines += ["", f"[matching.fields.{name}]", *_rows({"type": matching.fields[name].type, **spec})]
    for heading in ("rules", "caps"):
        for row in table.get(heading, []):
            lines += ["", f"[[matching.{heading}]]", *_rows(row)]
    if matching.priority is not None:
        lines += ["", "[matching.priority]", *_rows(table["priority"])]
    if matching.parity is not None:
        lines += ["", "[matching.parity]", *_rows(table["parity"])]
    if matching.shape.kind != "pairs":
        lines += ["", "[matching.shape]", *_rows({"kind": matching.shape.kind, **table["shape"]})]
    if matching.groups is not None:
        lines += ["", "[matching.groups]", *_rows(table["groups"])]
    if "offers" in table:
        lines += ["", "[matching.offers]", *_rows(table["offers"])]
    return "\n".join(lines) + "\n"


def _rows(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one table."""
    for key, value in table.items():
        yield f"{_key(key)} = {_toml(value)}"


def _key(key: str) -> str:
    """Return a key, quoted where TOML needs that."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: Any) -> str:
    """Return one value as TOML writes it; JSON's texts, numbers and true are TOML's, too."""
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(str(key))} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
