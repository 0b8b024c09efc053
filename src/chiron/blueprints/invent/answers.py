"""What a made-up person of a track answers: one persona, from which every answer follows, and the gates in view."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from chiron.blueprints.invent.made_up import some, stock
from chiron.blueprints.invent.people import WINDOWS
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Role
from chiron.blueprints.schema.programme import GateSpec
from chiron.blueprints.vocabulary.world import find_field
from chiron.pairing.rules.kinds.hours import HALF_HOURS

STARTS = date(2026, 9, 1)  # the day on which a made-up programme begins
FAILS_A_GATE = 0.07
TAKES_NO_ADVICE = 0.25


@dataclass(frozen=True, slots=True)
class Persona:
    """Who somebody is, before any question is asked.

    Attributes:
        side: the role.
        number: position among those of the role, which spreads people evenly over sites and slots.
        town: name, place and clock.
        branch: the branch of health.
        field: code of the field of health.
        goals: what people of the mentees' stages want from a mentor.
        languages: what is spoken.
        failing: the gate that this person does not meet, or None.
    """

    side: Role
    number: int
    town: Mapping[str, Any]
    branch: Mapping[str, Any]
    field: str
    goals: tuple[str, ...]
    languages: tuple[str, ...]
    failing: GateSpec | None


@cache
def _audiences() -> Mapping[str, Any]:
    """Return towns, branches and stages."""
    text = files("chiron.blueprints.invent").joinpath("made_up_audiences.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def persona_of(blueprint: Blueprint, side: Role, number: int, origin: Mapping[str, Any], chance: Random) -> Persona:
    """Return who one person is: of a town of the programme, in a branch that both its sides know."""
    programme = blueprint.programme
    own = chance.choice(programme.stage if side == "mentee" else programme.mentor_stage)
    branches, audiences = _audiences()["branches"], _audiences()["audiences"]
    name = chance.choices(*_weights(own, programme.stage if side == "mentor" else (own,)))[0]
    fields = programme.specialties or branches[name]["fields"]
    gates = [] if _is_chosen(blueprint, side) else [gate for gate in blueprint.gates_for(side) if not gate.advisory]
    goals = dict.fromkeys(goal for stage in programme.stage for goal in audiences[stage]["goals"])
    return Persona(
        side=side,
        number=number,
        town=chance.choice(_towns(programme.places)),
        branch=branches[name],
        field=find_field(chance.choice(fields)) or "",
        goals=tuple(goals),
        languages=("English", *some(origin["languages"], 0, 1, chance)),
        failing=chance.choice(gates) if gates and chance.random() < FAILS_A_GATE else None,
    )


def _is_chosen(blueprint: Blueprint, side: Role) -> bool:
    """Return whether people of this side were chosen one by one, exactly so many, and so pass every gate."""
    groups = blueprint.matching.groups
    return side == "mentor" and groups is not None and groups.mentors is not None


def _weights(own: str, others: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return branches and how often each is drawn: those of one's own stage, rather where the mentees are, too."""
    audiences = _audiences()["audiences"]
    mine: Mapping[str, int] = audiences[own]["branches"]
    theirs = {name for stage in others for name in audiences[stage]["branches"]}
    shared = {name: weight for name, weight in mine.items() if name in theirs} or mine
    return list(shared), list(shared.values())


def _towns(places: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the towns of a programme; all national ones where it names none that we know."""
    towns = _audiences()["towns"]
    return [town for town in towns if town["name"] in places] or [town for town in towns if town.get("national")]


Questions = Mapping[str, FieldSpec]


def questions_of(blueprint: Blueprint, side: Role) -> Questions:
    """Return the fields that made-up people of one side answer on their own; whom they name comes later."""
    read = {name: blueprint.spec(name) for name in blueprint.reads(side) if name not in {"id", "name", "email"}}
    return {name: spec for name, spec in read.items() if spec.type != "ranking"}


def answers_of(
    blueprint: Blueprint, questions: Questions, persona: Persona, chance: Random, tier: str | None
) -> dict[str, Any]:
    """Return the answers of one person to every field that the blueprint reads of their side.

    Args:
        blueprint: the programme.
        questions: what this side answers.
        persona: who it is.
        chance: where chance comes from.
        tier: in a chain, the tier on which the person stands.
    """
    shape = blueprint.matching.shape
    answers: dict[str, Any] = {"email": f"{persona.side}{persona.number + 1}@example.org"}
    for name, spec in questions.items():
        if name == shape.by:
            answers[name] = tier or _place_in_shape(blueprint, persona)
        else:
            answers[name] = _gated(blueprint, persona, name, spec, chance)
    return answers


def _place_in_shape(blueprint: Blueprint, persona: Persona) -> str:
    """Return the kind of a mentor in a panel: each slot in turn, so that no slot is empty."""
    slots = blueprint.matching.shape.slots
    return slots[persona.number % len(slots)].of[0]


def _gated(blueprint: Blueprint, persona: Persona, name: str, spec: FieldSpec, chance: Random) -> Any:
    """Return an answer that meets the gates on a field, or one that does not, where the persona fails there."""
    gates = [gate for gate in blueprint.gates_for(persona.side) if gate.field == name]
    for gate in gates:
        careless = gate.advisory and chance.random() < TAKES_NO_ADVICE
        if gate == persona.failing or careless:
            met = [one for one in gates if one is not gate and one.one_of]
            among = met[0].one_of if careless and met else None
            return _failing(gate, spec, chance, among)
    if gates:
        return _meeting(min(gates, key=lambda gate: len(gate.one_of) or len(spec.choices)), persona, spec, chance)
    return _free(blueprint, persona, name, spec, chance)


def _meeting(gate: GateSpec, persona: Persona, spec: FieldSpec, chance: Random) -> Any:
    """Return an answer that meets a gate."""
    if gate.one_of:
        return _of_type(spec, gate.one_of[persona.number % len(gate.one_of)])
    if gate.valid is not None:
        return (STARTS + timedelta(days=chance.randint(30, 900))).isoformat()
    if gate.is_true is not None:
        return True
    low = gate.at_least if gate.at_least is not None else max(0, (gate.at_most or 0) - 20)
    return chance.randint(low, gate.at_most if gate.at_most is not None else low + 20)


def _failing(gate: GateSpec, spec: FieldSpec, chance: Random, among: Sequence[str] | None) -> Any:
    """Return an answer that does not meet a gate; one of `among`, where that is asked."""
    if gate.one_of:
        known = [one for one in (among or spec.ladder or spec.choices) if one not in gate.one_of]
        return _of_type(spec, chance.choice(known)) if known else None
    if gate.valid is not None:
        return (STARTS - timedelta(days=chance.randint(5, 300))).isoformat()
    if gate.is_true is not None:
        return False
    return gate.at_least - 1 if gate.at_least is not None else (gate.at_most or 0) + 1


def _of_type(spec: FieldSpec, answer: str) -> Any:
    """Return one answer as its field holds it."""
    return (answer,) if spec.type == "list" else answer


def _free(blueprint: Blueprint, persona: Persona, name: str, spec: FieldSpec, chance: Random) -> Any:
    """Return an answer to a field on which there is no gate."""
    if name in {"goals", "expertise"}:
        return _topics(persona, spec, chance)
    if name in {"wishes", "background"}:
        own = blueprint.spec("background").choices or tuple(stock()["general"]["backgrounds"])
        asks = name == "background" or chance.random() < 0.25  # noqa: PLR2004 -- one mentee in four has this wish
        return some(own, 1, 1 if name == "wishes" else 2, chance) if asks else ()
    if spec.type in STANDARD:
        return STANDARD[spec.type](persona, chance)
    if spec.type == "stage":
        return _stage(persona, spec.ladder, chance)
    if spec.type == "list":
        return _list(persona, name, spec, chance)
    return _choice(persona, name, spec, chance)


def _topics(persona: Persona, spec: FieldSpec, chance: Random) -> tuple[str, ...]:
    """Return what a mentee wants, or what a mentor can help with: of the stage and of the branch."""
    general = spec.choices or persona.goals
    own = () if spec.choices else persona.branch["topics"]
    if persona.side == "mentee":
        return some(general, 1, 2, chance) + some(own, 0, 1, chance)
    return some(general, 2, max(2, len(general) * 2 // 3), chance) + some(own, 1, 2, chance)


def _place(persona: Persona, chance: Random) -> tuple[float, float]:
    """Return a place near the persona's town, in degrees."""
    north, east = persona.town["at"]
    return (round(north + chance.gauss(0, 0.15), 3), round(east + chance.gauss(0, 0.15), 3))


def _hours(persona: Persona, chance: Random) -> int:
    """Return free half-hours of the week in universal time, as bits: three to seven windows by the clock at home."""
    offset = datetime(STARTS.year, STARTS.month, STARTS.day, 12, tzinfo=UTC).astimezone(ZoneInfo(persona.town["zone"]))
    ahead = int((offset.utcoffset() or timedelta()).total_seconds()) // 1800
    mask = 0
    for first, length in chance.sample(WINDOWS, chance.randint(3, 7)):
        for half in range(first, first + length):
            mask |= 1 << ((half - ahead) % HALF_HOURS)
    return mask


def _text(persona: Persona, _chance: Random) -> str:
    """Return the clock of the town: the only free text that rules of the gallery read."""
    return str(persona.town["zone"])


def _number(_persona: Persona, chance: Random) -> int:
    """Return a small number."""
    return chance.randint(1, 6)


def _flag(_persona: Persona, chance: Random) -> bool:
    """Return yes for most."""
    return chance.random() < 0.7  # noqa: PLR2004 -- most people meet online


def _field(persona: Persona, _chance: Random) -> str:
    """Return the code of the persona's field of health."""
    return persona.field


STANDARD = {"place": _place, "hours": _hours, "text": _text, "number": _number, "flag": _flag, "field": _field}


def _stage(persona: Persona, ladder: Sequence[str], chance: Random) -> str:
    """Return a step of a ladder: mentees stand rather low on it, mentors rather high."""
    low = chance.choices(range(len(ladder)), weights=range(len(ladder), 0, -1))[0]
    return ladder[low if persona.side == "mentee" else len(ladder) - 1 - low]


def _list(persona: Persona, name: str, spec: FieldSpec, chance: Random) -> tuple[str, ...]:
    """Return some answers of a list."""
    if name == "languages":
        return persona.languages
    if name.endswith("_wanted"):
        return some(spec.choices, 0, 1, chance)
    return some(spec.choices, 1, 3, chance)


def _choice(persona: Persona, name: str, spec: FieldSpec, chance: Random) -> str | None:
    """Return one of the answers of a field; a mentor's site comes in turn, so that sites are staffed alike."""
    if name == "profession" and not spec.choices:
        return str(chance.choice(persona.branch["professions"]))
    options = spec.choices or tuple(_audiences()["organizations"]["names"])
    return options[persona.number % len(options)] if persona.side == "mentor" else chance.choice(options)
