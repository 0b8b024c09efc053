"""Fields: what may be asked of people, and the standard ones with the headings under which sheets hold them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chiron.blueprints.schema.person import Role
from chiron.blueprints.schema.sensitive import sensitive_word
from chiron.blueprints.vocabulary.world import ladder

ValueType = Literal["text", "choice", "list", "number", "flag", "stage", "field", "hours", "place", "ranking", "id"]
Side = Literal["mentee", "mentor", "both"]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Label = Annotated[str, Field(min_length=1, max_length=200)]

# What a sheet says about a person rather than for a rule: who it is, and how many places there are.
IDENTITY_FIELDS = ("name", "preferred_name", "first_name", "last_name", "email", "id")
COUNT_FIELDS = ("places", "wanted")


class Strict(BaseModel):
    """A table in which an unknown key is an error, and which nobody changes after it was checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldSpec(Strict):
    """One thing that is asked of people: its type, whom it is asked, and the headings that mean it in a sheet.

    Attributes:
        ladder: the steps of a `stage`, youngest first.
        choices: the allowed answers of a `choice` or `list`; empty where anything goes.
        sensitive: the answer says who somebody is, as the law protects it. Nobody but its owner reads it: no page,
            file, message or reason shows it, rules count it only where a mentee asks for it, and figures by group hide
            small groups. None, only in a declaration, stands for what the standard field or the words of the name say.
        confidential: the answer is about other people (whom to avoid, whom one would like): coordinators read it, the
            two people of a pair do not.
        importance: a number says how important something is, 0 to 5.
        keeps_apart: the answer names people of the other side with whom this person is never paired, in any words; true
            of every field that a rule of the kind `apart` reads.
    """

    type: ValueType
    side: Side = "both"
    label: str = ""
    headings: tuple[str, ...] = ()
    ladder: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    sensitive: bool | None = None
    confidential: bool = False
    importance: bool = False
    keeps_apart: bool = False

    def asked_of(self, side: Role) -> bool:
        """Return whether this field is asked of mentees or mentors."""
        return self.side in {side, "both"}


@cache
def standard_fields() -> Mapping[str, FieldSpec]:
    """Return the standard fields by name, in the order in which people read them."""
    text = files("chiron.blueprints.schema").joinpath("fields.toml").read_text(encoding="utf-8")
    fields = {name: FieldSpec(**table) for name, table in tomllib.loads(text).items()}
    fields["stage"] = fields["stage"].model_copy(update={"ladder": ladder().steps})
    return MappingProxyType(fields)


def settled(name: str, spec: FieldSpec) -> FieldSpec:
    """Return a field with `sensitive` decided: as declared, as the standard field of this name, or by its words.

    Args:
        name: the field's name.
        spec: as it is declared.
    """
    standard = standard_fields().get(name)
    confidential = spec.confidential or (standard is not None and standard.confidential)
    sensitive = spec.sensitive
    if sensitive is None:
        by_words = sensitive_word(name.replace("_", " "), spec.label, *spec.headings) is not None
        sensitive = bool(standard.sensitive) if standard is not None and standard.sensitive is not None else by_words
    if (sensitive, confidential) == (spec.sensitive, spec.confidential):
        return spec
    return spec.model_copy(update={"sensitive": sensitive, "confidential": confidential})


def tidy(value: Any) -> Any:
    """Return a value as the engine takes it: lists, as JSON gives them, become tuples.

    Args:
        value: an answer of any type, perhaps read from JSON.
    """
    return tuple(tidy(item) for item in value) if isinstance(value, list | tuple) else value
