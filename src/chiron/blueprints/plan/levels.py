"""Levels of a programme: which one a mentee belongs to, worked out from their answers."""

from collections.abc import Sequence
from dataclasses import replace

from chiron.blueprints.plan.eligibility import meets_all
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.person import Participant


def level_of(person: Participant, blueprint: Blueprint) -> str | None:
    """Return the name of the first level whose conditions a person's answers all meet, or None."""
    levels = blueprint.programme.levels
    ladder = levels.levels if levels is not None else ()
    return next((level.name for level in ladder if meets_all(person, level.when)), None)


def with_levels(mentees: Sequence[Participant], blueprint: Blueprint) -> tuple[Participant, ...]:
    """Return mentees whose level is filled in, where the blueprint has levels; an older level is replaced."""
    levels = blueprint.programme.levels
    if levels is None:
        return tuple(mentees)
    return tuple(
        replace(person, answers={**person.answers, levels.field: level_of(person, blueprint)}) for person in mentees
    )
