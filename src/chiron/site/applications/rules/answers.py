"""How a typed answer is written for people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.blueprints.schema.fields import FieldSpec, settled
from chiron.blueprints.vocabulary.world import health_fields

HIDDEN_FIELDS = frozenset({"name", "preferred_name", "first_name", "last_name", "email", "places", "wanted"})
"""Fields that a page shows elsewhere: as the person's name, address and numbers."""


def answer_words(value: Any, spec: FieldSpec) -> str:
    """Return an answer as a coordinator reads it; empty where there is none.

    Args:
        value: a typed answer in JSON form.
        spec: the field it answers.
    """
    if value is None or value in ("", [], ()):
        return ""
    if spec.type == "flag":
        return _("Yes") if value else _("No")
    if spec.type == "hours":
        halves = int(value).bit_count()
        return ngettext("%(hours)g hour a week", "%(hours)g hours a week", halves - 1) % {"hours": halves / 2}
    if spec.type == "place" and isinstance(value, list | tuple):
        return ", ".join(f"{float(part):.3f}" for part in value)
    if isinstance(value, list | tuple):
        return ", ".join(answer_words(part, spec) for part in value)
    code = health_fields().get(value) if spec.type == "field" else None
    return code.name if code else str(value)


def answers_in_words(answers: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> list[tuple[str, str]]:
    """Return (label, answer in words) of each field of the cohort that is answered.

    What says who somebody is stands on no page: matching may use it where a mentee asked for it.
    """
    return [(label, words) for label, words in _shown(answers, fields) if words]


def unanswered(answers: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> list[str]:
    """Return the labels of the fields of the cohort that a page may show and nobody has answered."""
    return [label for label, words in _shown(answers, fields) if not words]


def _shown(answers: Mapping[str, Any], fields: Mapping[str, FieldSpec]) -> list[tuple[str, str]]:
    return [
        (spec.label or name, answer_words(answers.get(name), spec))
        for name, spec in fields.items()
        if name not in HIDDEN_FIELDS and not settled(name, spec).sensitive and (name != "id" or answers.get("id"))
    ]
