"""Why somebody has no partner or no circle, and what would change it: each fix was tried by solving again."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.gatherings import circles
from chiron.pairing.shapes.gatherings.gathering import most_seats
from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers
from chiron.pairing.shapes.peers.heaviest import heaviest
from chiron.pairing.shapes.peers.solve import ShapeAim

MOST_NAMED = 3
MOST_FIXES = 2
"""Pairs that are offered to be allowed, for each person."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why somebody is left out.

    Attributes:
        person: position.
        code: "nobody_allowed", "odd_number", "lost_out" or "at_a_loss" for peers; "too_few_allowed", "sizes" or
            "lost_out" for circles.
        reason: for people.
        fixes: the cheapest first; each was proved by solving again.
        helps: for each fix the positions of those who find a place by it; the person, or the sentence names who does.
    """

    person: int
    code: str
    reason: Sentence
    fixes: tuple[Sentence, ...] = ()
    helps: tuple[tuple[int, ...], ...] = ()


def left_out_peers(
    problem: Peers,
    answer: ShapeAnswer,
    *,
    names: Sequence[str],
    people: Collection[int] | None = None,
    never: Callable[[int, int], bool] | None = None,
) -> tuple[LeftOut, ...]:
    """Return why people have no partner.

    A pair more than any plan could make holds whoever it was made possible for, where the most people count first;
    where they do not, nobody can tell what a new pair would be worth, and no fix is offered.

    Args:
        problem: who may be paired with whom.
        answer: the plan.
        names: what people are called.
        people: limits the explanation to some of them.
        never: returns True for two who are kept apart, so that nobody is advised to allow that pair.
    """
    alone = sorted(set(range(len(problem.people))) - set(answer.ties[:, :2].ravel().tolist()))
    part = _parts(len(problem.people), problem.pairs)
    most = _most_pairs(len(problem.people), problem.pairs)
    found = []
    for person in alone if people is None else sorted(set(alone) & set(people)):
        code, values = _reason(problem, answer, person, most, alone=alone, part=part)
        reason = Sentence(f"peer.{code}", {"name": names[person], **values})
        fixes: list[tuple[Sentence, tuple[int, ...]]] = []
        if answer.steps[0].name == "matched":
            others = [one for one in alone if one != person and not (never is not None and never(person, one))]
            fixes = _fixes(problem, person, most, others=others, names=names)
        told, helps = tuple(fix for fix, _ in fixes), tuple(helped for _, helped in fixes)
        found.append(LeftOut(person, code, reason, told, helps))
    return tuple(found)


def _reason(
    problem: Peers, answer: ShapeAnswer, person: int, most: int, *, alone: list[int], part: Longs
) -> tuple[str, dict[str, int]]:
    """Return the code of a reason, and the numbers that belong to it."""
    if not (problem.pairs == person).any():
        return "nobody_allowed", {}
    if len(answer.ties) < most:
        return "at_a_loss", {}
    together = np.flatnonzero(part == part[person])
    if len(together) % 2 and len(np.intersect1d(together, alone)) == 1:
        return "odd_number", {"people": len(together)}
    return "lost_out", {}


def _fixes(
    problem: Peers, person: int, most: int, *, others: Sequence[int], names: Sequence[str]
) -> list[tuple[Sentence, tuple[int, ...]]]:
    """Return what would give a person a partner without taking anybody's, each tried, with whom it helps."""
    people = len(problem.people)
    fixes: list[tuple[Sentence, tuple[int, ...]]] = []
    allowed = {tuple(pair) for pair in problem.pairs.tolist()}
    for other in others:
        pair = min(person, other), max(person, other)
        if pair in allowed or len(fixes) == MOST_FIXES:
            continue
        if _most_pairs(people, np.concatenate([problem.pairs, [pair]])) > most:
            sentence = Sentence("peer.fix.pair", {"one": names[person], "other": names[other]})
            fixes.append((sentence, (person, other)))
    if _most_pairs(people + 1, np.concatenate([problem.pairs, [(person, people)]])) > most:
        fixes.append((Sentence("peer.fix.person", {"name": names[person]}), (person,)))
    return fixes


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
    fixes = list(_circle_fixes(problem, answer, seated))
    degree = np.bincount(problem.pairs.ravel(), minlength=people)
    found = []
    for person in alone:
        code, values = "lost_out", dict[str, int]()
        if problem.only_listed and degree[person] < problem.least - 1:
            code, values = "too_few_allowed", {"others": int(degree[person]), "needed": problem.least - 1}
        elif len(seated) == seats:
            values = {"people": people, "least": problem.least, "most": problem.most, "seats": seats}
            code = "sizes"
        reason = Sentence(f"circle.{code}", {"name": names[person], **values})
        told = tuple(_worded(code, values, person, helped, names) for code, values, helped in fixes)
        helps = tuple(_first(person, helped) for _, _, helped in fixes)
        found.append(LeftOut(person, code, reason, told, helps))
    return tuple(found)


def _first(person: int, helped: tuple[int, ...]) -> tuple[int, ...]:
    """Return who is helped, the person first if among them."""
    return tuple(sorted(helped, key=lambda one: (one != person, one)))


def _worded(
    code: str, values: Mapping[str, int], person: int, helped: tuple[int, ...], names: Sequence[str]
) -> Sentence:
    """Return a change of circles with who finds a place by it: the person, or else who does instead."""
    who = [names[one] for one in _first(person, helped)]
    shown = tuple(who[:MOST_NAMED])
    more = len(who) - len(shown)
    people = (
        Sentence("people.and_more", {"names": shown, "more": more}) if more else Sentence("people", {"names": shown})
    )
    return Sentence(code, {**values, "people": people})


def _circle_fixes(
    problem: Circles, answer: ShapeAnswer, seated: set[int]
) -> Iterator[tuple[str, dict[str, int], tuple[int, ...]]]:
    """Yield what would bring more people into circles, each tried under the same aim, with who finds a place."""
    aim: ShapeAim = "everyone" if answer.steps[0].name == "matched" else "total"
    people = len(problem.people)
    larger = circles.solve(replace(problem, most=problem.most + 1), aim=aim, seed=answer.seed)
    now = {person for group in larger.groups for person in group}
    if len(now) > len(seated):
        yield "circle.fix.larger", {"most": problem.most + 1}, tuple(sorted(now - seated))
    both = np.concatenate([problem.pairs, [(one, people) for one in range(people)]]).astype(np.int32)
    order = np.lexsort((both[:, 1], both[:, 0]))
    fit = np.concatenate([problem.fit, np.zeros(people, dtype=np.int32)])[order]
    newcomer = next(name for at in range(people + 1) if (name := f"new {at}") not in problem.people)
    joined = circles.solve(
        replace(problem, people=(*problem.people, newcomer), pairs=both[order], fit=fit), aim=aim, seed=answer.seed
    )
    now = {person for group in joined.groups for person in group if person < people}
    if len(now) > len(seated):
        yield "circle.fix.person", {}, tuple(sorted(now - seated))
