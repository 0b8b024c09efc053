"""Levels of a programme: which one a mentee belongs to, worked out from their answers."""

from collections.abc import Sequence
from dataclasses import replace

from chiron.blueprints.blueprint import Blueprint
from chiron.blueprints.person import Person
from chiron.blueprints.pose import answer_of
from chiron.blueprints.schema_program import LevelSpec


def level_of(person: Person, blueprint: Blueprint) -> str | None:
    """Return the name of the first level whose conditions a person's answers all meet, or None."""
    levels = blueprint.programme.levels
    found = (level.name for level in (levels.levels if levels is not None else ()) if _fits(person, level))
    return next(found, None)


def with_levels(mentees: Sequence[Person], blueprint: Blueprint) -> tuple[Person, ...]:
    """Return mentees whose level is filled in, where the blueprint has levels; an older level is replaced."""
    levels = blueprint.programme.levels
    if levels is None:
        return tuple(mentees)
    return tuple(
        replace(person, answers={**person.answers, levels.field: level_of(person, blueprint)}) for person in mentees
    )


def _fits(person: Person, level: LevelSpec) -> bool:
    """Return whether every answer that a level looks at is one that fits."""
    return all(
        str(answer_of(person, name)).casefold() in {answer.casefold() for answer in answers}
        for name, answers in level.when.items()
    )
