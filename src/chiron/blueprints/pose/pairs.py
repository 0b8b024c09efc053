"""People and rules turned into what the engine takes: columns, rules with their options filled in, caps, tiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chiron.blueprints.pose.even import evened, evened_beside
from chiron.blueprints.pose.group_sizes import GroupsError, GroupSizes, group_sizes, part_of
from chiron.blueprints.schema.fields import tidy
from chiron.blueprints.schema.matching import CapSpec, Matching
from chiron.blueprints.schema.person import Participant, Role
from chiron.pairing.model.problem import Cap, Parity, Problem, ProblemError, cap_parents
from chiron.pairing.rules.scoring import Pool, Scoring, pose
from chiron.pairing.rules.wishes import with_wishes


class PoseError(ValueError):
    """People and rules do not fit together; the message names who or what, and what to change."""


@dataclass(frozen=True, slots=True)
class Posed:
    """The question for the engine, with what explains it.

    Attributes:
        scoring: people and rules.
        problem: what the engine is asked.
        locked: positions of the pairs that every plan must hold, those too that no plan can hold.
        apart: positions of the pairs that no plan may hold.
        opens: fewest members of each mentor's group that may also stay closed; empty where every group is open.
    """

    scoring: Scoring
    problem: Problem
    locked: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]
    opens: tuple[int, ...] = ()


def scoring_of(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    *,
    exceptions: Sequence[tuple[int, int]] = (),
) -> Scoring:
    """Return the rules over the columns of these people, ready to score block by block."""
    left, right = _pool(mentees, "mentee", matching), _pool(mentors, "mentor", matching)
    return Scoring(matching.engine_rules(), left, right, exceptions)


def posed(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    *,
    locks: Sequence[tuple[str, str]] = (),
    apart: Sequence[tuple[str, str]] = (),
    exceptions: Sequence[tuple[str, str]] = (),
    scoring: Scoring | None = None,
) -> Posed:
    """Return the question for these people.

    Args:
        mentees: who needs a mentor, in the order in which ties are broken.
        mentors: who has places.
        matching: the rules.
        locks: (mentee id, mentor id) pairs that every plan must hold.
        apart: (mentee id, mentor id) pairs that no plan may hold.
        exceptions: (mentee id, mentor id) pairs that a plan may hold although a must rule forbids them.
        scoring: what `scoring_of` gave for the same people, rules and exceptions, where it is at hand.

    Raises:
        PoseError: an id is there twice or unknown, a cap's limit is unclear, or groups cannot be of the size asked.
    """
    mentee_at, mentor_at = _positions(mentees), _positions(mentors)
    bends = [_pair(pair, mentee_at, mentor_at) for pair in exceptions]
    if scoring is None:
        scoring = scoring_of(mentees, mentors, matching, exceptions=bends)
    locked = tuple(_pair(pair, mentee_at, mentor_at) for pair in dict.fromkeys(locks))
    forbidden = tuple(_pair(pair, mentee_at, mentor_at) for pair in dict.fromkeys(apart))
    sizes = _sizes(mentees, mentors, matching)
    problem = pose(
        scoring,
        capacity=sizes.most,
        least=sizes.least,
        wanted=[person.wanted for person in mentees],
        tier=_tiers(mentees, matching),
        caps=caps_of(matching, mentors),
        locked=locked,
        forbidden=forbidden,
        needs_everyone=matching.everyone,
    )
    problem = replace(with_wishes(scoring, problem), parity=_parity(mentees, matching))
    if (groups := matching.groups) is not None and groups.balanced_by is not None:
        parts = [part_of(one, groups, answer_of) if one.capacity != 0 else None for one in mentors]
        if any(one.held for one in mentors):
            there = [len(one.held) for one in mentors]
            room = [len(mentees) if one.capacity is None else one.capacity for one in mentors]
            problem = evened_beside(problem, parts, there=there, room=room)
        elif not matching.everyone:
            problem = evened(problem, parts, fewest=groups.least)
    opens = sizes.opens if any(sizes.opens) else ()
    return Posed(scoring=scoring, problem=problem, locked=locked, apart=forbidden, opens=opens)


def _parity(mentees: Sequence[Participant], matching: Matching) -> Parity | None:
    """Return the groups that are to be near each other; whoever has not said belongs to none."""
    if matching.parity is None:
        return None
    by = matching.parity.by
    said = [None if (answer := answer_of(person, by)) is None else str(answer).casefold() for person in mentees]
    order = {name: at for at, name in enumerate(sorted({name for name in said if name is not None}))}
    group = [-1 if name is None else order[name] for name in said]
    return Parity(group=np.array(group, dtype=np.int32), within=matching.parity.within)


def _sizes(mentees: Sequence[Participant], mentors: Sequence[Participant], matching: Matching) -> GroupSizes:
    """Return how many mentees each mentor must have and may have."""
    if matching.groups is None:
        nobody = (0,) * len(mentors)
        places = [matching.capacity if person.capacity is None else person.capacity for person in mentors]
        return GroupSizes(least=nobody, most=tuple(places), opens=nobody)
    try:
        return group_sizes(mentees, mentors, matching.groups, capacity=matching.capacity, answer=answer_of)
    except GroupsError as fault:
        raise PoseError(str(fault)) from fault


def answer_of(person: Participant, name: str) -> Any:
    """Return a person's answer to a field, or None; `id` and `name` are answered by the person itself."""
    if name in person.answers:
        return tidy(person.answers[name])
    return {"id": person.id, "name": person.name}.get(name)


def _positions(people: Sequence[Participant]) -> dict[str, int]:
    """Return positions by id, each id once."""
    places = {person.id: place for place, person in enumerate(people)}
    if len(places) < len(people):
        twice = next(person.id for place, person in enumerate(people) if places[person.id] != place)
        raise PoseError(f'Two {people[0].side}s have the id "{twice}". Give one of them another id.')
    return places


def _pair(pair: tuple[str, str], mentee_at: Mapping[str, int], mentor_at: Mapping[str, int]) -> tuple[int, int]:
    """Return positions of a pair of ids."""
    for one, at, side in zip(pair, (mentee_at, mentor_at), ("mentee", "mentor"), strict=True):
        if one not in at:
            raise PoseError(f'There is no {side} with the id "{one}".')
    return mentee_at[pair[0]], mentor_at[pair[1]]


def _pool(people: Sequence[Participant], side: Role, matching: Matching) -> Pool:
    """Return the columns that the rules read of one side."""
    names = dict.fromkeys(name for rule in matching.rules for name in rule.fields_of(side))
    columns = {name: [answer_of(person, name) for person in people] for name in names}
    return pool_of(tuple(person.id for person in people), columns, side, matching)


def pool_of(ids: tuple[str, ...], columns: Mapping[str, Sequence[Any]], side: Role, matching: Matching) -> Pool:
    """Return one side as the engine takes it, from its columns; stages that a ladder does not have are no answers."""
    placed = dict(columns)
    for rule in matching.rules:
        if rule.kind == "ladder":
            name = rule.mentee_field if side == "mentee" else rule.mentor_field
            placed[name] = _on_ladder(placed[name], matching.ladder_of(rule))
    return Pool(ids=ids, columns=placed)


def _on_ladder(stages: Sequence[Any], steps: Sequence[str]) -> list[Any]:
    """Return stages without those that the ladder does not have: whoever typed one stands nowhere on it."""
    known = {step.casefold() for step in steps}
    return [stage if isinstance(stage, str) and stage.casefold() in known else None for stage in stages]


def _tiers(mentees: Sequence[Participant], matching: Matching) -> list[int]:
    """Return the priority of each mentee: 0 is served first."""
    if matching.priority is None:
        return [0] * len(mentees)
    priority = matching.priority
    return [priority.tier_of(answer_of(person, priority.by)) for person in mentees]


def caps_of(matching: Matching, mentors: Sequence[Participant]) -> tuple[Cap, ...]:
    """Return the caps of the rules over these mentors, by their positions.

    Raises:
        PoseError: a limit is unclear, or two caps overlap and neither holds the other.
    """
    return _nested(tuple(cap for spec in matching.caps for cap in caps_of_line(spec, mentors)), len(mentors))


def _nested(caps: tuple[Cap, ...], mentors: int) -> tuple[Cap, ...]:
    """Return the caps, which must be nested: two of them have no mentor in common, or one holds the other."""
    try:
        cap_parents(caps, mentors)
    except ProblemError as fault:
        sets = [(cap.name, set(cap.mentors)) for cap in caps]
        for place, (name, group) in enumerate(sets):
            for other, further in sets[:place]:
                if group & further and not (group <= further or further <= group):
                    raise PoseError(
                        f'"{other}" and "{name}" share some mentors, and neither holds all of the other\'s. '
                        "Caps must be nested, as a hospital in its region: delete one, or choose another field for it."
                    ) from fault
        raise
    return caps


def caps_of_line(spec: CapSpec, mentors: Sequence[Participant]) -> list[Cap]:
    """Return the caps that one line of the rules means: one for each value, or one over everybody."""
    if spec.by is None:
        limit = (spec.limit or 0) - spec.reserve
        return [_cap(spec.name, limit, range(len(mentors)), spec.least, mentors)]
    groups: dict[str, list[int]] = {}
    for place, person in enumerate(mentors):
        value = answer_of(person, spec.by)
        if value is not None:
            groups.setdefault(str(value), []).append(place)
    return [
        _cap(
            f"{spec.name}: {value}",
            _limit(spec, value, [mentors[place] for place in places]) - spec.reserve,
            places,
            spec.least,
            mentors,
        )
        for value, places in groups.items()
    ]


def _cap(name: str, limit: int, places: Sequence[int], least: int, mentors: Sequence[Participant]) -> Cap:
    """Return a limit on the pairs of some mentors, less those whom they help already."""
    there = sum(len(mentors[place].held) for place in places)
    return Cap(name=name, limit=max(0, limit - there), mentors=tuple(places), least=max(0, least - there))


def _limit(spec: CapSpec, value: str, group: Sequence[Participant]) -> int:
    """Return the limit of one group."""
    if spec.limit_from is None:
        return spec.limit or 0
    said = {answer_of(person, spec.limit_from) for person in group} - {None}
    if len(said) != 1:
        what = "different numbers" if said else "no number"
        raise PoseError(
            f'"{spec.name}": the mentors of {spec.by} "{value}" have {what} in {spec.limit_from}. '
            "Type the same whole number for all of them."
        )
    limit = int(said.pop())
    if limit < spec.least + spec.reserve:
        raise PoseError(
            f'"{spec.name}": {spec.by} "{value}" has a limit of {limit} in {spec.limit_from}, which is less than least '
            "and reserve together. Type a larger number there, or smaller ones in the rules."
        )
    return limit
