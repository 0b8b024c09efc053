"""A blueprint: a programme model as data, with the facts of the programme and the rules by which it matches."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Self

from pydantic import Field, model_validator

from chiron.blueprints.schema.fields import FieldSpec, Side, Strict, ValueType, settled, standard_fields
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Role
from chiron.blueprints.schema.programme import GateSpec, ProgramFacts

Place = tuple[str | int, ...]


class Blueprint(Strict):
    """A programme model.

    Attributes:
        programme: what it is, for whom, who may take part and what is done.
        matching: how mentees and mentors are matched.
    """

    programme: ProgramFacts
    matching: Matching = Field(default_factory=Matching)

    @model_validator(mode="after")
    def agrees_with_itself(self) -> Self:
        """Refuse answers that a field does not have, and levels that nothing can read."""
        found = [text for _, text in contradictions(self.programme, self.matching)]
        if found:
            raise ValueError("; ".join(found))
        return self

    def gates_for(self, side: Role) -> tuple[GateSpec, ...]:
        """Return the gates that one side is asked, in order."""
        return tuple(gate for gate in self.programme.gates if gate.role in {side, "both"})

    def spec(self, name: str) -> FieldSpec:
        """Return a field: declared, standard, or of the type that rules or gates need."""
        return field_spec(self.programme, self.matching, name)

    def reads(self, side: Role) -> tuple[str, ...]:
        """Return the fields that rules, caps, priorities, shape, levels and gates read of one side, each once."""
        names = [*self.matching.needed(side)]
        names += [name for gate in self.gates_for(side) for name in (gate.field, *gate.among)]
        names += [name for name, spec in self.matching.fields.items() if spec.asked_of(side)]
        levels = self.programme.levels
        if levels is not None and side == "mentee":
            names += [name for level in levels.levels for name in level.when]
        filled = {levels.field} if levels is not None and side == "mentee" else set()
        return tuple(name for name in dict.fromkeys(names) if name not in filled)


def field_spec(programme: ProgramFacts, matching: Matching, name: str) -> FieldSpec:
    """Return a field as the rules know it, or else as the gates that read it need it."""
    if name in matching.fields or name in standard_fields():
        return matching.spec(name)
    gates = [gate for gate in programme.gates if gate.field == name]
    if not gates or name in {*matching.needed("mentee"), *matching.needed("mentor")}:
        return matching.spec(name)
    roles = {gate.role for gate in gates}
    side: Side = roles.pop() if len(roles) == 1 else "both"
    return settled(name, FieldSpec(type=_gate_type(gates[0]), side=side, label=name.replace("_", " ").capitalize()))


def _gate_type(gate: GateSpec) -> ValueType:
    """Return the type of answer that a gate looks at."""
    if gate.is_true is not None:
        return "flag"
    if gate.valid is not None:
        return "text"
    return "choice" if gate.one_of else "number"


def contradictions(programme: ProgramFacts, matching: Matching) -> Iterator[tuple[Place, str]]:
    """Yield what the two tables say against each other: the place, and what is wrong in words."""
    for number, gate in enumerate(programme.gates):
        spec = field_spec(programme, matching, gate.field)
        yield from _unknown(("programme", "gates", number, "one_of"), gate.field, spec, gate.one_of)
        for name, answers in gate.among.items():
            place = ("programme", "gates", number, "among")
            yield from _unknown(place, name, field_spec(programme, matching, name), answers)
    if programme.levels is not None:
        for number, level in enumerate(programme.levels.levels):
            for name, answers in level.when.items():
                when: Place = ("programme", "levels", "levels", number, "when")
                yield from _unknown(when, name, field_spec(programme, matching, name), answers)
    shape = matching.shape
    if shape.by is not None:
        spec = field_spec(programme, matching, shape.by)
        for number, slot in enumerate(shape.slots):
            yield from _unknown(("matching", "shape", "slots", number, "of"), shape.by, spec, slot.of)
        yield from _unknown(("matching", "shape", "tiers"), shape.by, spec, shape.tiers)
    if matching.priority is not None:
        first = [values if isinstance(values, tuple) else (values,) for values in matching.priority.first]
        by = matching.priority.by
        asked = tuple(value for values in first for value in values)
        yield from _unknown(("matching", "priority", "first"), by, field_spec(programme, matching, by), asked)


def _unknown(place: Place, name: str, spec: FieldSpec, answers: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
    """Yield the answers that a field with a closed list of answers does not have."""
    known = spec.ladder or spec.choices
    for answer in answers:
        if known and answer.casefold() not in {one.casefold() for one in known}:
            near = get_close_matches(answer, known, n=1)
            meant = f'did you mean "{near[0]}"' if near else f"its answers are {', '.join(known)}"
            yield place, f'the field {name} has no answer "{answer}": {meant}'
