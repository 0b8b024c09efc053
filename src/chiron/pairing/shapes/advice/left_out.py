"""Why somebody has no partner or no circle, in words, and what would change it: each fix was tried by solving again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.shapes.gatherings import circles
from chiron.pairing.shapes.gatherings.gathering import most_seats
from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers
from chiron.pairing.shapes.peers.heaviest import heaviest

MOST_FIXES = 2
"""Pairs that are offered to be allowed, for each person."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why somebody is left out.

    Attributes:
        person: position.
        code: "nobody_allowed", "odd_number", "lost_out" or "at_a_loss" for peers; "too_few_allowed", "sizes" or
            "lost_out" for circles.
        text: the reason for people.
        fixes: sentences for people, the cheapest first; each was proved by solving again.
    """

    person: int
    code: str
    text: str
    fixes: tuple[str, ...]


def left_out_peers(
    problem: Peers, answer: ShapeAnswer, *, names: Sequence[str], people: Collection[int] | None = None
) -> tuple[LeftOut, ...]:
    """Return why people have no partner; `people` limits the explanation to some of them."""
    alone = sorted(set(range(len(problem.people))) - set(answer.ties[:, :2].ravel().tolist()))
    part = _parts(len(problem.people), problem.pairs)
    most = _most_pairs(len(problem.people), problem.pairs)
    found = []
    for person in alone if people is None else sorted(set(alone) & set(people)):
        code, text = _reason(problem, answer, person, most, alone=alone, part=part, names=names)
        fixes = () if code == "at_a_loss" else _fixes(problem, person, most, alone=alone, names=names)
        found.append(LeftOut(person, code, text, fixes))
    return tuple(found)


def _reason(
    problem: Peers, answer: ShapeAnswer, person: int, most: int, *, alone: list[int], part: Longs, names: Sequence[str]
) -> tuple[str, str]:
    """Return the code of a reason and its words."""
    name = names[person]
    if not (problem.pairs == person).any():
        return "nobody_allowed", f"Nobody is allowed as a partner for {name}."
    if len(answer.ties) < most:
        return "at_a_loss", f"A pair with {name} would cost the whole plan more points than it brings."
    together = np.flatnonzero(part == part[person])
    size = len(together)
    if size % 2 and len(np.intersect1d(together, alone)) == 1:
        text = f"{name} is one of {size} people who can only be paired among themselves, and {size} is an odd number."
        return "odd_number", f"{text} One of them is always left over."
    text = f"Everybody who may be paired with {name} has a partner"
    return "lost_out", f"{text}, and any exchange would leave somebody else without one."


def _fixes(problem: Peers, person: int, most: int, *, alone: list[int], names: Sequence[str]) -> tuple[str, ...]:
    """Return what would give a person a partner without taking anybody's, each tried."""
    people = len(problem.people)
    fixes: list[str] = []
    allowed = {tuple(pair) for pair in problem.pairs.tolist()}
    for other in alone:
        pair = min(person, other), max(person, other)
        if other == person or pair in allowed or len(fixes) == MOST_FIXES:
            continue
        if _most_pairs(people, np.concatenate([problem.pairs, [pair]])) > most:
            fixes.append(f"If {names[person]} and {names[other]} were allowed to be paired, both would have a partner.")
    if _most_pairs(people + 1, np.concatenate([problem.pairs, [(person, people)]])) > most:
        fixes.append(f"One more person who may be paired with {names[person]} would be a partner.")
    return tuple(fixes)


def _most_pairs(people: int, pairs: Ints | Longs) -> int:
    """Return how many pairs there can be at most."""
    listed = np.asarray(pairs, dtype=np.int64)
    listed = listed[np.lexsort((listed[:, 1], listed[:, 0]))]
    return heaviest(people, listed, np.ones(len(listed), dtype=np.int64)).count


def _parts(people: int, pairs: Ints) -> Longs:
    """Return for each person the first of all whom a chain of allowed pairs reaches: int64 (n,)."""
    part = np.arange(people)
    while True:
        lowest = part.copy()
        for one, other in ((0, 1), (1, 0)):
            np.minimum.at(lowest, pairs[:, one], part[pairs[:, other]])
        lowest = lowest[lowest]
        if (lowest == part).all():
            return part
        part = lowest


def left_out_circles(problem: Circles, answer: ShapeAnswer, *, names: Sequence[str]) -> tuple[LeftOut, ...]:
    """Return why people sit in no circle."""
    people = len(problem.people)
    seated = {person for group in answer.groups for person in group}
    alone = sorted(set(range(people)) - seated)
    if not alone:
        return ()
    seats = most_seats((people,), (problem.least,), (problem.most,))
    fixes = _circle_fixes(problem, answer, len(seated))
    degree = np.bincount(problem.pairs.ravel(), minlength=people)
    found = []
    for person in alone:
        if problem.only_listed and degree[person] < problem.least - 1:
            others = "1 person" if degree[person] == 1 else f"{degree[person]} people"
            text = f"Only {others} may sit with {names[person]}, and a circle needs {problem.least - 1} others."
            found.append(LeftOut(person, "too_few_allowed", text, fixes))
        elif len(seated) == seats:
            text = f"{people} people do not divide into circles of {problem.least} to {problem.most}"
            text = f"{text}: at most {seats} find a place, and {names[person]} is left over."
            found.append(LeftOut(person, "sizes", text, fixes))
        else:
            text = f"Every circle that {names[person]} could join would have to give up somebody else."
            found.append(LeftOut(person, "lost_out", text, fixes))
    return tuple(found)


def _circle_fixes(problem: Circles, answer: ShapeAnswer, seated: int) -> tuple[str, ...]:
    """Return what would bring more people into circles, each tried."""
    fixes = []
    larger = circles.solve(replace(problem, most=problem.most + 1), seed=answer.seed)
    gain = sum(map(len, larger.groups)) - seated
    if gain > 0:
        who = "1 more person" if gain == 1 else f"{gain} more people"
        fixes.append(f"With circles of up to {problem.most + 1}, {who} would find a place.")
    people = len(problem.people)
    both = np.concatenate([problem.pairs, [(one, people) for one in range(people)]]).astype(np.int32)
    order = np.lexsort((both[:, 1], both[:, 0]))
    fit = np.concatenate([problem.fit, np.zeros(people, dtype=np.int32)])[order]
    newcomer = next(name for at in range(people + 1) if (name := f"new {at}") not in problem.people)
    joined = circles.solve(
        replace(problem, people=(*problem.people, newcomer), pairs=both[order], fit=fit), seed=answer.seed
    )
    gain = sum(person < people for group in joined.groups for person in group) - seated
    if gain > 0:
        who = "1 more person" if gain == 1 else f"{gain} more people"
        fixes.append(f"If one person joined who may sit with everybody, {who} of the present ones would find a place.")
    return tuple(fixes)
