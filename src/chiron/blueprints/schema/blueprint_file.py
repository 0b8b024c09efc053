"""Blueprint files: `[programme]` and `[matching]` in TOML, read with every fault named by its line."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from chiron.blueprints.schema.blueprint import Blueprint, contradictions
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.programme import ActivitySpec, Duration, GateSpec, Levels, LevelSpec, ProgramFacts
from chiron.blueprints.schema.rules_file import TABLES, RulesError, fault_text, load_rules, text_of
from chiron.blueprints.schema.shape import SlotSpec
from chiron.blueprints.schema.toml_lines import Place, line_of

PROGRAM_TABLES: Mapping[str, type[BaseModel]] = {
    "duration": Duration,
    "gates": GateSpec,
    "levels": Levels,
    "activities": ActivitySpec,
}
INNER_TABLES: Mapping[str, type[BaseModel]] = {"levels": LevelSpec, "slots": SlotSpec}

TRACKS = files("chiron.blueprints.gallery").joinpath("tracks")


class UnknownTrackError(KeyError):
    """The gallery has no blueprint of this name; the message is for people."""


@cache
def track_ids() -> tuple[str, ...]:
    """Return the names of the blueprints in the gallery, in alphabetical order."""
    names = (entry.name for entry in TRACKS.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def track_text(track: str) -> str:
    """Return the TOML text of a blueprint of the gallery, as it was written.

    Raises:
        UnknownTrackError: there is none of this name.
    """
    if track not in track_ids():
        raise UnknownTrackError(f'The gallery has no blueprint "{track}".')
    return TRACKS.joinpath(f"{track}.toml").read_text(encoding="utf-8")


@cache
def track(name: str) -> Blueprint:
    """Return a blueprint of the gallery.

    Raises:
        UnknownTrackError: there is none of this name.
    """
    return read_blueprint(track_text(name), file=f"{name}.toml")


def load_blueprint(path: str | Path) -> Blueprint:
    """Return the blueprint in a TOML file.

    Raises:
        RulesError: the file cannot be read, is not TOML, or says something that a blueprint may not say.
    """
    path = Path(path)
    return read_blueprint(text_of(path), file=path.name)


def load_programme(source: str | Path) -> Blueprint | Matching:
    """Return a blueprint of the gallery or of a file, or the rules of a rules file.

    Args:
        source: the name of a blueprint, or a path.

    Raises:
        RulesError: the file cannot be read, or says something that it may not say.
    """
    # A folder may have the name of a blueprint: that into which its made-up people were written.
    if str(source) in track_ids() and not Path(source).is_file():
        return track(str(source))
    if Path(source).suffix == "" and not Path(source).exists():
        raise RulesError(f'There is no file and no blueprint "{source}". All blueprints: chiron blueprints list')
    try:
        is_blueprint = "programme" in tomllib.loads(text_of(Path(source)))
    except (tomllib.TOMLDecodeError, RecursionError):
        is_blueprint = False
    return load_blueprint(source) if is_blueprint else load_rules(source)


def read_blueprint(text: str, *, file: str = "blueprint") -> Blueprint:
    """Return the blueprint in a TOML text; `file` is what messages call it.

    Raises:
        RulesError: the text is not TOML, or says something that a blueprint may not say; one line for each fault.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise RulesError(f'{file} is not a blueprint: {fault}. Texts need quotes, as in title = "…".') from fault
    except RecursionError as fault:
        raise RulesError(f"{file} is not a blueprint: its lists go too deep.") from fault
    found = [
        f"{file}, line {line_of(text, (name,))}: [{name}] is not known here. Use [programme] and [matching]."
        for name in tables
        if name not in {"programme", "matching"}
    ]
    found += [
        f"{file} has no [{name}] table. Add a line that says [{name}]."
        for name in ("programme", "matching")
        if not isinstance(tables.get(name), dict)
    ]
    if found:
        raise RulesError("\n".join(found))
    faults = [*_faults(ProgramFacts, tables, "programme"), *_faults(Matching, tables, "matching")]
    if not faults:
        programme = ProgramFacts.model_validate(tables["programme"])
        matching = Matching.model_validate(tables["matching"])
        faults = [(place, f"{what[0].upper()}{what[1:]}.") for place, what in contradictions(programme, matching)]
        if not faults:
            return Blueprint(programme=programme, matching=matching)
    raise RulesError("\n".join(f"{file}, line {line_of(text, place)}: {what}" for place, what in faults))


def _faults(model: type[BaseModel], tables: Mapping[str, Any], name: str) -> list[tuple[Place, str]]:
    """Return what is wrong in one of the two tables: the place, and what to type instead."""
    try:
        model.model_validate(tables[name])
    except ValidationError as faults:
        return [
            ((name, *fault["loc"]), f"[{name}] {fault_text(fault, tables[name], _KeysAt(model))}")
            for fault in faults.errors()
        ]
    return []


class _KeysAt:
    """The keys that a table at a place may have."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Remember which of the two tables it is."""
        self.model = model
        self.tables: Mapping[str, type[BaseModel]] = PROGRAM_TABLES if model is ProgramFacts else TABLES

    def __call__(self, loc: Sequence[int | str]) -> list[str]:
        """Return the keys."""
        names = [str(part) for part in loc[:-1] if not isinstance(part, int)]
        if not names:
            return list(self.model.model_fields)
        table = INNER_TABLES.get(names[-1]) if len(names) > 1 else self.tables.get(names[0])
        return list(table.model_fields) if table is not None else []
