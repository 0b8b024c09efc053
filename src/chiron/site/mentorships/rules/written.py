"""What the people of a match read of what another of them wrote about themselves, before and after they say yes."""

from collections.abc import Mapping
from typing import Any

from chiron.blueprints.schema.fields import COUNT_FIELDS, IDENTITY_FIELDS, FieldSpec
from chiron.blueprints.schema.matching import PRIVATE_KINDS, Matching
from chiron.blueprints.schema.person import Role
from chiron.site.applications.rules.answers import answer_words
from chiron.site.mentorships.rules.reasons import without_contacts

UNTOLD_TYPES = frozenset({"id", "ranking", "place", "hours"})
"""Types of answers that nobody reads of another: whom they named, where they live, when they are free."""
UNTOLD_FIELDS = frozenset({*IDENTITY_FIELDS, *COUNT_FIELDS, "profession_wanted"})


def written_by(answers: Mapping[str, Any], matching: Matching, *, side: Role) -> list[tuple[str, str]]:
    """Return (label, answer in words) of what somebody wrote about themselves, without a way to reach them.

    What is sensitive or confidential, and what they asked for or refused in others, is not among it.

    Args:
        answers: of their application.
        matching: the rules and fields of their cohort.
        side: what they are in the cohort.
    """
    asked_for = {rule.mentee_field for rule in matching.rules if rule.kind in PRIVATE_KINDS}
    if side == "mentor":
        asked_for = {rule.mentor_field for rule in matching.rules if rule.kind in PRIVATE_KINDS - {"asked"}}
    told = {
        name: spec
        for name, spec in matching.fields_for(side).items()
        if name not in UNTOLD_FIELDS | asked_for and _is_told(spec)
    }
    lines = ((spec.label or name, _words(answers.get(name), spec)) for name, spec in told.items())
    return [(label, words) for label, words in lines if any(letter.isalnum() for letter in words)]


def _is_told(spec: FieldSpec) -> bool:
    is_withheld = spec.sensitive or spec.confidential or spec.keeps_apart or spec.importance
    return not is_withheld and spec.type not in UNTOLD_TYPES


def _words(value: Any, spec: FieldSpec) -> str:
    return without_contacts(answer_words(value, spec))
