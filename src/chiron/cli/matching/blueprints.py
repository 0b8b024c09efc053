"""`chiron blueprints list`, `show` and `check`: the programme models that come with Chiron, and one of your own."""

import json
from argparse import Namespace
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chiron.cli.exits import DONE, NEEDS_FIXING, USAGE, Leave
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.blueprints.schema.blueprint import Blueprint

NEAR = 3


def blueprints(arguments: Namespace) -> int:
    """List, show or check blueprints; return the exit code.

    Raises:
        Leave: the words or the file cannot be used (2).
    """
    talk = Talk.of(arguments)
    if arguments.action == "list":
        return _list(arguments, talk)
    if arguments.name is None:
        word = "ID" if arguments.action == "show" else "FILE"
        raise Leave(USAGE, f"Name one: chiron blueprints {arguments.action} {word}")
    return _show(arguments, talk) if arguments.action == "show" else _check(arguments, talk)


def _list(arguments: Namespace, talk: Talk) -> int:
    """Print the gallery as a table."""
    from chiron.blueprints.schema.blueprint_file import track, track_ids

    found = [track(name) for name in track_ids()]
    if arguments.json:
        talk.data(_json({"blueprints": [_summary(one) for one in found]}))
        return DONE
    from chiron.blueprints.schema.completeness import MODELS
    from chiron.blueprints.schema.description import stages

    rows = [("id", "stage", "model", "")]
    rows += [(one.programme.id, stages(one), MODELS[one.programme.model], one.programme.model_source) for one in found]
    talk.data("\n".join(_aligned(rows)))
    talk.say(f"\n{len(found)} blueprints. Stated: by the programme. Default: ours, where the programme does not say.")
    talk.say(f"Next:  chiron blueprints show {found[0].programme.id}")
    return DONE


def _summary(blueprint: "Blueprint") -> dict[str, Any]:
    """Return what a list shows of a blueprint."""
    programme = blueprint.programme
    return {
        "id": programme.id,
        "title": programme.title,
        "stage": list(programme.stage),
        "model": programme.model,
        "model_source": programme.model_source,
        "shape": blueprint.matching.shape.kind,
        "scope": programme.scope,
        "minors": programme.minors,
    }


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows with their columns under each other."""
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]


def _show(arguments: Namespace, talk: Talk) -> int:
    """Print one blueprint in words, as its file, or as JSON."""
    from chiron.blueprints.schema.blueprint_file import track_ids, track_text
    from chiron.blueprints.schema.description import described

    name = arguments.name
    if name not in track_ids() and not Path(name).is_file():
        near = get_close_matches(name, track_ids(), n=NEAR)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise Leave(USAGE, f'There is no blueprint "{name}".{meant}\nAll of them: chiron blueprints list')
    if arguments.toml:
        from chiron.blueprints.schema.rules_file import text_of

        talk.data((track_text(name) if name in track_ids() else text_of(Path(name))).rstrip())
        return DONE
    blueprint = _read(name)
    if arguments.json:
        talk.data(_json({"blueprint": blueprint.model_dump(mode="json", exclude_defaults=True)}))
    else:
        talk.data("\n".join(described(blueprint)))
    return DONE


def _read(name: str) -> "Blueprint":
    """Return a blueprint of the gallery by its id, or the one in a file."""
    from chiron.blueprints.schema.blueprint_file import load_blueprint, track, track_ids
    from chiron.blueprints.schema.rules_file import RulesError

    try:
        return track(name) if name in track_ids() else load_blueprint(name)
    except RulesError as fault:
        raise Leave(USAGE, str(fault)) from fault


def _check(arguments: Namespace, talk: Talk) -> int:
    """Say whether a blueprint can be used, and what it leaves open."""
    from chiron.blueprints.schema.completeness import completeness

    blueprint = _read(arguments.name)
    found = completeness(blueprint)
    gaps = [finding for finding in found if finding.weight != "default"]
    if arguments.json:
        listed = [{"code": one.code, "weight": one.weight, "text": one.text} for one in found]
        talk.data(_json({"id": blueprint.programme.id, "complete": not gaps, "findings": listed}))
    else:
        words = {"gap": "missing", "legal": "legal", "default": "default"}
        lines = [f"{arguments.name} can be read, and says what it must."] if not gaps else []
        lines += [f"{words[one.weight]:<8} {one.text}" for one in found]
        talk.data("\n".join(lines))
    return NEEDS_FIXING if gaps else DONE


def _json(table: dict[str, Any]) -> str:
    return json.dumps({"schema_version": 1, **table}, ensure_ascii=False, indent=1)
