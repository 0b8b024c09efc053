"""Types of the columns that a kind of rule reads, so that a rules file need not declare every field."""

from collections.abc import Mapping
from typing import cast

from chiron.blueprints.schema.fields import ValueType
from chiron.blueprints.schema.person import Role
from chiron.pairing.rules.vocabulary import KINDS

# Further columns, by the option that names them; those that are not listed hold texts.
FURTHER: Mapping[str, ValueType] = {
    "remote_column": "flag",
    "own_column": "list",
    "experience_column": "list",
    "values_column": "list",
    "id_column": "id",
    "name_column": "text",
    "email_column": "id",
}


def compared_type(kind: str, side: Role) -> ValueType:
    """Return the type of the column that a kind compares on one side."""
    word = KINDS[kind]
    return cast("ValueType", word.mentee_type if side == "mentee" else word.mentor_type)


def further_columns(kind: str, options: Mapping[str, object]) -> dict[str, str]:
    """Return the further columns that a rule reads, by option: as the rule sets them, or as its kind does."""
    known = {**KINDS[kind].options, **options}
    return {option: str(name) for option, name in known.items() if option.endswith("_column") and name}
