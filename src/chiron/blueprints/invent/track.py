"""Made-up people for any blueprint: plausible, correlated and from a seed, worked out from what the blueprint reads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from random import Random
from typing import Any

from chiron.blueprints.invent.answers import answers_of, persona_of, questions_of
from chiron.blueprints.invent.made_up import names_of_people
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.person import Participant, Role

SPARE = 1.12  # so many more mentors than places are needed, because some may not take part
LETTERS = {"mentee": "E", "mentor": "M"}


@dataclass(frozen=True, slots=True)
class MadeUpPeople:
    """Made-up people of a track, those who may not take part among them.

    In a chain one person can stand on both sides, with one id. Where there is no mentors' side, `mentors` is empty.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]


def invent_track(blueprint: Blueprint, *, mentees: int = 60, mentors: int | None = None, seed: int = 0) -> MadeUpPeople:
    """Return made-up people who fit a blueprint; the same blueprint, numbers and seed give the same people.

    What they answer follows from the fields that rules and gates read, the stages of the programme, its places and its
    fields of health. About one in fifteen fails a gate, so that the gates have work.

    Args:
        blueprint: the programme.
        mentees: how many mentees; in a chain, how many of the youngest tier.
        mentors: how many mentors; without it about as many as the mentees need.
        seed: any whole number.
    """
    shape = blueprint.matching.shape
    if shape.kind in {"peers", "circles"}:
        return MadeUpPeople(_people(blueprint, "mentee", mentees, seed), ())
    if shape.kind == "chain":
        return _chain(blueprint, mentees, seed)
    count = _mentors_needed(blueprint, mentees) if mentors is None else mentors
    learners = _people(blueprint, "mentee", mentees, seed)
    guides = _people(blueprint, "mentor", count, seed, taken=frozenset(one.name for one in learners))
    return MadeUpPeople(_naming(blueprint, learners, guides, seed), _naming(blueprint, guides, learners, seed))


def _mentors_needed(blueprint: Blueprint, mentees: int) -> int:
    """Return about how many mentors have places for all mentees."""
    matching, shape = blueprint.matching, blueprint.matching.shape
    if shape.kind == "teams":
        return ceil(mentees / (shape.mentees or 1)) * (shape.mentors or 1)
    if shape.kind == "rounds":
        return max(shape.meetings or 1, ceil(mentees * SPARE / 2))
    groups = matching.groups
    if groups is not None and groups.mentors is not None:
        sites = blueprint.spec(groups.part_field).choices if groups.part_field is not None else ()
        return groups.mentors * max(1, len(sites))
    return ceil(mentees * SPARE * max(1, len(shape.slots)) / max(1, matching.capacity))


def _people(
    blueprint: Blueprint,
    side: Role,
    count: int,
    seed: int,
    tier: str | None = None,
    *,
    taken: frozenset[str] = frozenset(),
) -> tuple[Participant, ...]:
    """Return so many people of one side, or of one tier of a chain; nobody is called as in `taken`."""
    chance = Random(f"{blueprint.programme.id} {seed} {side} {tier} names")  # noqa: S311 -- people for a trial, not secrets
    names = [one for one in names_of_people(count + len(taken), chance) if one[0] not in taken][:count]
    letter = LETTERS[side] if tier is None else "".join(word[0] for word in tier.split()).upper()
    questions = questions_of(blueprint, side)
    made: list[Participant] = []
    for number, (name, origin) in enumerate(names):
        chance = Random(f"{blueprint.programme.id} {seed} {side} {tier} {number}")  # noqa: S311
        persona = persona_of(blueprint, side, number, origin, chance)
        answers = answers_of(blueprint, questions, persona, chance, tier)
        made.append(Participant(f"{letter}{number + 1:03}", name, side, answers, _capacity(blueprint, side, chance)))
    return tuple(made)


def _capacity(blueprint: Blueprint, side: Role, chance: Random) -> int | None:
    """Return how many mentees a mentor takes; None leaves it to the rules."""
    usual = blueprint.matching.capacity
    if side == "mentee" or blueprint.matching.shape.kind in {"groups", "teams", "rounds"}:
        return None
    return chance.choices((None, usual + 1, max(1, usual - 1)), weights=(70, 15, 15))[0]


def _chain(blueprint: Blueprint, youngest: int, seed: int) -> MadeUpPeople:
    """Return the people of a chain; everybody between the youngest and the oldest tier stands on both sides."""
    tiers, places = blueprint.matching.shape.tiers, max(1, blueprint.matching.capacity)
    count = youngest
    mentees: list[Participant] = []
    mentors: list[Participant] = []
    for place, tier in enumerate(tiers):
        side: Role = "mentee" if place < len(tiers) - 1 else "mentor"
        people = _people(blueprint, side, count, seed, tier)
        mentees += people if side == "mentee" else ()
        if place:
            mentors += [_as_mentor(blueprint, person, number, seed) for number, person in enumerate(people)]
        count = ceil(count * SPARE / places)
    return MadeUpPeople(
        _naming(blueprint, tuple(mentees), tuple(mentors), seed), _naming(blueprint, tuple(mentors), (), seed)
    )


def _as_mentor(blueprint: Blueprint, person: Participant, number: int, seed: int) -> Participant:
    """Return the same person on the mentors' side, with what only mentors are asked."""
    if person.side == "mentor":
        return person
    chance = Random(f"{blueprint.programme.id} {seed} both {person.id}")  # noqa: S311
    persona = persona_of(blueprint, "mentor", number, {"languages": ()}, chance)
    tier = str(person.answers[blueprint.matching.shape.by or ""])
    own = answers_of(blueprint, questions_of(blueprint, "mentor"), persona, chance, tier)
    return replace(person, side="mentor", answers={**own, **person.answers}, capacity=None)


def _naming(
    blueprint: Blueprint, people: Sequence[Participant], others: Sequence[Participant], seed: int
) -> tuple[Participant, ...]:
    """Return people who name some of the other side: choices, evaluators, whom they would rather not meet."""
    if not people or not others:
        return tuple(people)
    fields = [name for name in blueprint.reads(people[0].side) if blueprint.spec(name).type == "ranking"]
    at_work: dict[Any, list[str]] = {}
    for one in others:
        at_work.setdefault(one.answers.get("field"), []).append(one.id)
    ids = [one.id for one in others]
    named: list[Participant] = []
    for person in people:
        chance = Random(f"{blueprint.programme.id} {seed} {person.side} names {person.id}")  # noqa: S311
        colleagues = at_work.get(person.answers.get("field"), [])
        more = {name: _ranking(name, colleagues, ids, chance) for name in fields}
        named.append(replace(person, answers={**person.answers, **more}) if more else person)
    return tuple(named)


def _ranking(name: str, colleagues: Sequence[str], others: Sequence[str], chance: Random) -> tuple[str, ...] | None:
    """Return the people whom somebody names in one field, or None."""
    if name == "not_with":
        return (chance.choice(others),) if chance.random() < 0.05 else None  # noqa: PLR2004 -- one in twenty
    if name == "choices":
        # A few well-known mentors are asked for by many.
        known = others[: max(3, len(others) // 3)]
        wanted = [chance.choice(colleagues or known) for _ in range(2)] + [chance.choice(known) for _ in range(2)]
        return tuple(dict.fromkeys(wanted))
    return (chance.choice(colleagues or others),)
