"""Who may take part: the gates of a blueprint, decided for one person with a reason in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chiron.blueprints.pose.pairs import answer_of
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.programme import GateSpec


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person may take part, and why.

    Attributes:
        eligible: every gate that is not advisory is met.
        reasons: each gate that is not met, in words; empty for somebody who is eligible.
        warnings: each advisory gate that is not met.
    """

    eligible: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


def eligible(person: Participant, blueprint: Blueprint, *, on: date | None = None) -> Decision:
    """Decide whether a person may take part in their role.

    An answer that is missing meets no gate: nobody is let in by saying nothing.

    Args:
        person: who asks to take part; `side` is the role.
        blueprint: the programme.
        on: the day for which it is decided; without it, no gate on a last day is looked at.
    """
    reasons: list[str] = []
    warnings: list[str] = []
    for gate in blueprint.gates_for(person.side):
        if not meets_all(person, gate.among):
            continue
        why = _obstacle(gate, answer_of(person, gate.field), on)
        if why:
            (warnings if gate.advisory else reasons).append(_said(gate, why, blueprint))
    return Decision(eligible=not reasons, reasons=tuple(reasons), warnings=tuple(warnings))


def _said(gate: GateSpec, why: str, blueprint: Blueprint) -> str:
    """Return which condition is not met, and why; of one that looks at who somebody is, neither.

    The sentence stands beside a name in pages and files, and even the condition would say what the answer was.
    """
    specs = [blueprint.matching.spec(name) for name in (gate.field, *gate.among)]
    labels = [spec.label for spec in specs if spec.sensitive]
    if not labels:
        return f"{gate.says} {why}"
    return f'A condition that looks at "{labels[0]}" is not met. It is not repeated here: look at the row.'


@dataclass(frozen=True, slots=True)
class Admitted:
    """People of one side after the gates.

    Attributes:
        people: who may take part, in their order.
        refused: (id, decision) of everybody else.
        warned: (id, warnings) of those who may take part although an advisory gate is not met.
    """

    people: tuple[Participant, ...]
    refused: tuple[tuple[str, Decision], ...]
    warned: tuple[tuple[str, tuple[str, ...]], ...]


def admitted(people: Sequence[Participant], blueprint: Blueprint, *, on: date | None = None) -> Admitted:
    """Sort people by whether they may take part; see `eligible`."""
    decided = [(person, eligible(person, blueprint, on=on)) for person in people]
    return Admitted(
        people=tuple(person for person, decision in decided if decision.eligible),
        refused=tuple((person.id, decision) for person, decision in decided if not decision.eligible),
        warned=tuple((person.id, one.warnings) for person, one in decided if one.eligible and one.warnings),
    )


def meets_all(person: Participant, conditions: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether every answer that is looked at is one of those that count."""
    return all(
        str(answer_of(person, name)).casefold() in {answer.casefold() for answer in answers}
        for name, answers in conditions.items()
    )


def _obstacle(gate: GateSpec, answer: Any, on: date | None) -> str:
    """Return why an answer does not meet a gate, as a sentence, or an empty text."""
    if answer is None or answer in ((), ""):
        return "There is no answer to this."
    if gate.one_of:
        wanted = {value.casefold() for value in gate.one_of}
        said = answer if isinstance(answer, tuple) else (answer,)
        met = any(str(value).casefold() in wanted for value in said)
        return "" if met else f"The answer is {', '.join(map(str, said))}."
    if gate.valid is not None:
        return _run_out(answer, on)
    if gate.is_true is not None:
        return "" if answer is True else "The answer is no."
    low = gate.at_least is not None and answer < gate.at_least
    high = gate.at_most is not None and answer > gate.at_most
    return f"The answer is {answer}." if low or high else ""


def _run_out(answer: Any, on: date | None) -> str:
    """Return whether a last day has passed."""
    try:
        last = date.fromisoformat(str(answer))
    except ValueError:
        return f"{answer} is no day; it should look like 2026-12-31."
    return f"It ran out on {last.isoformat()}." if on is not None and last < on else ""
