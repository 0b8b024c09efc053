"""The vocabulary of rules in words: each kind, each rule with its options, and what the engine objects to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import standard_fields
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import Role
from chiron.pairing.rules.kind import RuleError
from chiron.pairing.rules.vocabulary import KINDS, check_rules

PERSON: Final = "id"
"""The field that stands for somebody as a whole."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind of rule for people: its name, its sentence, the types it compares, its settings with their defaults."""

    name: str
    text: str
    mentee_type: str
    mentor_type: str
    options: Mapping[str, Any]
    is_signed: bool

    @property
    def may_be_must(self) -> bool:
        """True if a rule of this kind may forbid pairs."""
        return self.options.get("may_be_must") is not False


def kinds() -> Mapping[str, KindWords]:
    """Return the vocabulary of rules, in its order."""
    return {name: kind_words(name) for name in KINDS}


def kind_words(name: str) -> KindWords:
    """Return one kind in words; KeyError for an unknown name."""
    kind = KINDS[name]
    return KindWords(
        name=name,
        text=kind.text,
        mentee_type=kind.mentee_type,
        mentor_type=kind.mentor_type,
        options=kind.options,
        is_signed=kind.signed,
    )


def meaning_of(rule: RuleSpec, matching: Matching) -> str:
    """Return what a rule means with its options, in one sentence that calls its fields what people call them."""
    said = rule.to_rule()
    mentee, mentor = (_in_a_sentence(matching, name) for name in (said.mentee, said.mentor))
    return str(KINDS[rule.kind].explains(replace(said, mentee=mentee, mentor=mentor)))


def field_label(matching: Matching, name: str) -> str:
    """Return what people call a field that a rule compares; the identifier stands for the person."""
    return _("the person") if name == PERSON else matching.spec(name).label or name


def _in_a_sentence(matching: Matching, name: str) -> str:
    label = name if name == PERSON else field_label(matching, name)
    return label if label.isupper() else f"{label[:1].lower()}{label[1:]}"


def fault_in(matching: Matching) -> str:
    """Return what the engine objects to in a rule set, in words; empty where it can use it."""
    try:
        check_rules(matching.engine_rules())
    except RuleError as fault:
        return str(fault)
    return ""


def fields_for(matching: Matching, side: Role, value_type: str) -> list[tuple[str, str]]:
    """Return (name, label) of the fields of a cohort that a rule may compare on one side.

    Args:
        matching: the cohort's rules, which may declare fields of their own.
        side: "mentee" or "mentor".
        value_type: the type that the kind compares; an id may be compared as a choice, and a choice as an id.
    """
    fields = {**standard_fields(), **matching.fields}
    same = {"id": {"id", "choice", "text"}, "choice": {"choice", "id", "field", "stage"}}.get(value_type, {value_type})
    asked = [name for name, spec in fields.items() if spec.type in same and spec.asked_of(side)]
    return [(name, field_label(matching, name)) for name in asked]
