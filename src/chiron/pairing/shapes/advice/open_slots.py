"""Places that stay open: why, and the cheapest changes that would fill one more, each tried by solving again.

A change is offered only if the plan was worked out anew with it and filled more places; what costs the programme
least is named first: one more place with a mentor, then one more in a cap, then a rule dropped.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.loads import solve as loads
from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, PanelProblem, ShapeAim, SharedProblem
from chiron.pairing.shapes.panel import solve as panel
from chiron.pairing.shapes.shared import solve as shared

TypedProblem = PanelProblem | SharedProblem | LoadsProblem
MOST_TRIES = 24
"""Changes tried at most; those that concern the most open places come first."""


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A place that nobody fills: the mentee, the kind of place, and the reason."""

    mentee: int
    kind: int
    reason: Sentence


@dataclass(frozen=True, slots=True)
class SlotFix:
    """A change, how much it costs (a rank: lower is cheaper), and how many more places it fills."""

    change: Sentence
    cost: int
    more: int


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    words: Sentence
    cost: int
    concerns: int
    problem: TypedProblem


def open_places(problem: TypedProblem, answer: ShapeAnswer, *, names: Sequence[str]) -> tuple[OpenSlot, ...]:
    """Return every open place with the reason, in the order of `answer.open`; `names` are those of the mentees."""
    return tuple(
        OpenSlot(int(mentee), int(kind), _reason(problem, answer, int(mentee), int(kind), names))
        for mentee, kind in answer.open
    )


def cheapest_fixes(
    problem: TypedProblem,
    answer: ShapeAnswer,
    *,
    mentor_names: Sequence[str],
    aim: ShapeAim = "everyone",
    seed: int = 0,
    most: int = MOST_TRIES,
) -> tuple[SlotFix, ...]:
    """Return changes that fill more places, the cheapest first, among equals the one that fills most.

    Args:
        problem: what was solved.
        answer: its answer.
        mentor_names: what people call the mentors.
        aim: as in `solve`.
        seed: as in `solve`.
        most: how many changes are tried at most.
    """
    filled = len(answer.ties)
    changes = sorted(_changes(problem, answer, mentor_names), key=lambda one: (-one.concerns, one.cost, str(one.words)))
    changes = changes[:most]
    found = [
        SlotFix(change.words, change.cost, more)
        for change in changes
        if (more := len(_solved(change.problem, aim, seed).ties) - filled) > 0
    ]
    return tuple(sorted(found, key=lambda fix: (fix.cost, -fix.more, str(fix.change))))


def _solved(problem: TypedProblem, aim: ShapeAim, seed: int) -> ShapeAnswer:
    if isinstance(problem, PanelProblem):
        return panel.solve(problem, aim=aim, seed=seed)
    if isinstance(problem, SharedProblem):
        return shared.solve(problem, aim=aim, seed=seed)
    return loads.solve(problem, aim=aim, seed=seed)


def _mentors(slots: Slots, mentee: int, kind: int) -> list[int]:
    row = mentee * slots.kinds + kind
    own: list[int] = slots.partner[slots.starts[row] : slots.starts[row + 1]].tolist()
    return own


def _capacity(problem: TypedProblem) -> Ints:
    return problem.budget if isinstance(problem, LoadsProblem) else problem.capacity


def _room(problem: TypedProblem, answer: ShapeAnswer) -> Longs:
    """Return the units that each mentor has left: int64 (m,)."""
    left = _capacity(problem).astype(np.int64)
    for _, mentor, kind in answer.ties.tolist():
        left[mentor] -= _units(problem, kind)
    return left


def _units(problem: TypedProblem, kind: int) -> int:
    return int(problem.units[kind]) if isinstance(problem, LoadsProblem) else 1


def _places(problem: TypedProblem) -> Ints | None:
    if isinstance(problem, PanelProblem):
        return problem.slot_capacity
    return problem.program_capacity if isinstance(problem, SharedProblem) else None


def _reason(problem: TypedProblem, answer: ShapeAnswer, mentee: int, kind: int, names: Sequence[str]) -> Sentence:
    """Return why a place is open."""
    slots = problem.slots
    own, whose = _mentors(slots, mentee, kind), {"mentee": names[mentee], "place": slots.labels[kind]}
    if not own:
        return Sentence("open.nobody_allowed", whose)
    why = Counter(_hindrance(problem, answer, mentee, kind, mentor) for mentor in own)
    ordered = sorted(why.items(), key=lambda one: (-one[1], one[0]))
    hindrances = tuple(Sentence(f"open.{code}", {"n": count}) for code, count in ordered)
    return Sentence("open.hindered", {**whose, "mentors": len(own), "hindrances": hindrances})


def _hindrance(problem: TypedProblem, answer: ShapeAnswer, mentee: int, kind: int, mentor: int) -> str:
    """Return the code of what keeps one mentor from filling one place."""
    ties = answer.ties
    differs = isinstance(problem, PanelProblem) or problem.differ
    if differs and ((ties[:, 0] == mentee) & (ties[:, 1] == mentor)).any():
        return "other_place"
    if _room(problem, answer)[mentor] < _units(problem, kind):
        return "no_room"
    places = _places(problem)
    if places is not None and ((ties[:, 1] == mentor) & (ties[:, 2] == kind)).sum() >= places[kind, mentor]:
        return "no_room_for_kind"
    limit = problem.program_limit if isinstance(problem, SharedProblem) else None
    if limit is not None and (ties[:, 2] == kind).sum() >= limit[kind]:
        return "programme_limit"
    if any(mentor in cap.mentors and np.isin(ties[:, 1], cap.mentors).sum() >= cap.limit for cap in problem.caps):
        return "cap"
    return "at_a_loss"


def _changes(problem: TypedProblem, answer: ShapeAnswer, names: Sequence[str]) -> Iterator[_Change]:
    """Yield the changes that could fill an open place."""
    slots = problem.slots
    wishes: Counter[tuple[int, int]] = Counter()
    for mentee, kind in answer.open.tolist():
        wishes.update((mentor, kind) for mentor in _mentors(slots, mentee, kind))
    concerned: Counter[int] = Counter()
    for (mentor, _), count in wishes.items():
        concerned[mentor] += count
    for mentor, count in sorted(concerned.items()):
        kinds = [kind for one, kind in wishes if one == mentor]
        yield _one_more(problem, mentor, kinds, count, name=names[mentor])
    for at, cap in enumerate(problem.caps):
        count = sum(concerned[mentor] for mentor in cap.mentors)
        if count and np.isin(answer.ties[:, 1], cap.mentors).sum() >= cap.limit:
            caps = (*problem.caps[:at], replace(cap, limit=cap.limit + 1), *problem.caps[at + 1 :])
            yield _Change(Sentence("open.fix.cap", {"cap": cap.name}), 2, count, replace(problem, caps=caps))
    yield from _dropped(problem, len(answer.open) if concerned else 0)


def _one_more(problem: TypedProblem, mentor: int, kinds: Sequence[int], concerns: int, *, name: str) -> _Change:
    """Return the change that gives a mentor one more place, or the units for it, of the kinds that are open."""
    units = max(_units(problem, kind) for kind in kinds)
    room = _capacity(problem).copy()
    room[mentor] += units
    code = "open.fix.place" if units < 2 else "open.fix.units"  # noqa: PLR2004 -- one unit is a place
    words = Sentence(code, {"mentor": name, "units": units})
    if isinstance(problem, LoadsProblem):
        return _Change(words, 1, concerns, replace(problem, budget=room))
    if isinstance(problem, SharedProblem):
        places = _raised(problem.program_capacity, kinds, mentor)
        return _Change(words, 1, concerns, replace(problem, capacity=room, program_capacity=places))
    slot_capacity = None if problem.slot_capacity is None else _raised(problem.slot_capacity, kinds, mentor)
    return _Change(words, 1, concerns, replace(problem, capacity=room, slot_capacity=slot_capacity))


def _raised(places: Ints, kinds: Sequence[int], mentor: int) -> Ints:
    """Return a table of places with one more for a mentor in some kinds."""
    raised = places.copy()
    raised[list(kinds), mentor] += 1
    return raised


def _dropped(problem: TypedProblem, concerns: int) -> Iterator[_Change]:
    """Yield the changes that drop a rule of the programme."""
    if not concerns:
        return
    if isinstance(problem, SharedProblem) and problem.program_limit is not None:
        words = Sentence("open.fix.programme_limit")
        yield _Change(words, 3, concerns, replace(problem, program_limit=None))
    if not isinstance(problem, PanelProblem) and problem.differ:
        words = Sentence("open.fix.same_mentor")
        yield _Change(words, 3, concerns, replace(problem, differ=False))
