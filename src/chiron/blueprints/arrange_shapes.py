"""Shapes larger than pairs: people and rules turned into what each shape is asked, and its answer into people again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.arrangement import Arrangement, OpenPlace, StepMade, Tie
from chiron.blueprints.person import Person
from chiron.blueprints.plan import IdPairs, RefereeError
from chiron.blueprints.pose import PoseError, answer_of, scoring_of
from chiron.blueprints.schema import Matching
from chiron.pairing.problem import Ints, Longs
from chiron.pairing.scoring import Reason, Scoring
from chiron.pairing.shapes.answer import ShapeAnswer, ShapeVerdict

MODULES = "chiron.pairing.shapes"
Reasons = Callable[[Ints], list[tuple[Reason, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class PosedShape:
    """A question about a shape, and who stands where in it.

    Attributes:
        kind: the shape.
        problem: what its method is asked.
        helped: ids by position in the first column of an answer's ties.
        helpers: ids by position in the second column.
        reasons: what speaks for and against ties (k, 3), as an answer lists them.
        asking: ids of everybody who asks to be tied to somebody.
        names: what people call a label of the answer, where that is another word.
    """

    kind: str
    problem: Any
    helped: tuple[str, ...]
    helpers: tuple[str, ...]
    reasons: Reasons
    asking: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, label: str) -> str:
        """Return what people call a label of the answer."""
        return self.names.get(label, label)


def arrange_shape(
    mentees: Sequence[Person],
    mentors: Sequence[Person],
    matching: Matching,
    *,
    aim: str | None = None,
    seed: int = 0,
    apart: IdPairs = (),
) -> Arrangement:
    """Return the best plan of a shape that is not pairs or groups; see `arrange.arrange`.

    Raises:
        PoseError: people and rules do not fit together, or the shape does not know the aim.
        RefereeError: the plan breaks a rule.
    """
    kind = matching.shape.kind
    posed = POSE[kind](mentees, mentors, matching, frozenset(apart))
    wanted = aim or matching.aim
    if wanted not in AIMS[kind]:
        raise PoseError(f'The shape "{kind}" cannot aim for {wanted}. Choose one of: {", ".join(AIMS[kind])}.')
    return solved(posed, wanted, seed)


def solved(posed: PosedShape, aim: str, seed: int) -> Arrangement:
    """Return the judged answer to a question about a shape."""
    answer: ShapeAnswer = import_module(f"{MODULES}.{posed.kind}").solve(posed.problem, aim=aim, seed=seed)
    verdict: ShapeVerdict = import_module(f"{MODULES}.judge_{posed.kind}").judge(posed.problem, answer, aim=aim)
    return made_of(posed, answer, verdict)


def made_of(posed: PosedShape, answer: ShapeAnswer, verdict: ShapeVerdict) -> Arrangement:
    """Return a shape's answer in the words of people.

    Raises:
        RefereeError: the judge found a broken rule.
    """
    if verdict.faults:
        raise RefereeError("The plan breaks a rule: " + "; ".join(verdict.faults))
    listed = answer.ties.tolist()
    reasons = posed.reasons(answer.ties)
    ties = tuple(
        Tie(
            posed.helped[one],
            posed.helpers[other],
            posed.called(answer.labels[label]),
            sum(part.points for part in why),
            why,
        )
        for (one, other, label), why in zip(listed, reasons, strict=True)
    )
    tied = {tie.mentee_id for tie in ties}
    if posed.kind in ONE_POPULATION:
        tied |= {tie.mentor_id for tie in ties}
    both = (*posed.helped, *(() if posed.kind in ONE_POPULATION else posed.helpers))
    return Arrangement(
        shape=posed.kind,
        ties=ties,
        left=tuple(person for person in posed.asking if person not in tied),
        steps=tuple(StepMade(s.name, s.value, bound) for s, bound in zip(answer.steps, verdict.bounds, strict=True)),
        proved_best=verdict.proved_best,
        method=answer.method,
        seed=answer.seed,
        open=tuple(_open(posed, int(person), posed.called(answer.labels[int(label)])) for person, label in answer.open),
        groups=tuple(tuple(both[member] for member in group) for group in answer.groups),
        why_left=lambda person: _why_left(posed, person),
        inside=(posed, answer),
    )


ONE_POPULATION = frozenset({"peers", "circles"})


def _open(posed: PosedShape, person: int, label: str) -> OpenPlace:
    """Return one place that nobody fills."""
    return OpenPlace(posed.helped[person], label, f"Nobody who may be {label.lower() or 'this'} has a place.")


def _why_left(posed: PosedShape, person: str) -> str:
    """Return why somebody is tied to nobody."""
    starts, place = getattr(posed.problem, "starts", None), posed.helped.index(person)
    if starts is not None and starts[place] == starts[place + 1]:
        return "The rules leave nobody for this person."
    return "Everybody whom the rules allow is taken by people whom the plan needs there."


def leave(made: Arrangement, person: str, *, seed: int = 0) -> Arrangement:
    """Return a chain after one person has left: whoever hung on them is tied again, with as few moves as can be.

    Args:
        made: a plan of the shape "chain".
        person: the id of whoever leaves.
        seed: decides between plans of equal worth.

    Raises:
        PoseError: the plan is no chain, or there is no such person.
        RefereeError: the new plan breaks a rule.
    """
    if made.inside is None or made.shape != "chain":
        raise PoseError("Only a chain is mended when somebody leaves.")
    posed, answer = cast("tuple[PosedShape, ShapeAnswer]", made.inside)
    if person not in posed.helped:
        raise PoseError(f'There is nobody with the id "{person}" in the chain.')
    place = posed.helped.index(person)
    chain, judge = import_module(f"{MODULES}.chain"), import_module(f"{MODULES}.judge_chain")
    mended: ShapeAnswer = chain.repair(posed.problem, answer, place, seed=seed)
    verdict: ShapeVerdict = judge.judge_repair(posed.problem, answer, place, mended)
    rest = replace(posed, asking=tuple(one for one in posed.asking if one != person))
    return made_of(rest, mended, verdict)


def scored(scoring: Scoring, apart: frozenset[tuple[str, str]] = frozenset()) -> tuple[NDArray[np.bool_], Ints]:
    """Return which pairs are allowed and what each is worth, (n, m) both."""
    allowed, fit = scoring.block(0, len(scoring.mentees.ids))
    left = {one: at for at, one in enumerate(scoring.mentees.ids)}
    right = {one: at for at, one in enumerate(scoring.mentors.ids)}
    for one, other in apart:
        if one in left and other in right:
            allowed[left[one], right[other]] = False
    return allowed, fit


def rows_of(allowed: NDArray[np.bool_], fit: Ints) -> tuple[Longs, Ints, Ints]:
    """Return a table of ties as compressed rows: starts, partner, fit."""
    starts = np.concatenate([[0], np.cumsum(allowed.sum(axis=1))]).astype(np.int64)
    return starts, np.nonzero(allowed)[1].astype(np.int32), fit[allowed].astype(np.int32)


def capacity_of(mentors: Sequence[Person], matching: Matching) -> list[int]:
    """Return how many mentees each mentor takes."""
    return [matching.capacity if one.capacity is None else one.capacity for one in mentors]


def _of_pairs(scoring: Scoring) -> Reasons:
    """Return the reasons of ties that are pairs of a mentee and a mentor."""
    return lambda ties: scoring.reasons_of(ties[:, :2])


def _pose_panel(
    mentees: Sequence[Person], mentors: Sequence[Person], matching: Matching, apart: frozenset[tuple[str, str]]
) -> PosedShape:
    """Return the question of a panel: each mentee has one place of each kind."""
    from chiron.pairing.shapes.inputs import PanelProblem  # noqa: PLC0415 -- only where a panel is asked for
    from chiron.pairing.shapes.slots import Slots  # noqa: PLC0415

    scoring = scoring_of(mentees, mentors, matching)
    allowed, fit = scored(scoring, apart)
    slots = matching.shape.slots
    kinds = [str(answer_of(one, matching.shape.by or "")).casefold() for one in mentors]
    may = np.array([[kind in {one.casefold() for one in slot.of} for kind in kinds] for slot in slots], dtype=np.bool_)
    shape = (len(mentees) * len(slots), len(mentors))
    starts, partner, worth = rows_of(
        (allowed[:, None, :] & may.reshape(1, len(slots), len(mentors))).reshape(shape),
        np.broadcast_to(fit[:, None, :], (len(mentees), *may.shape)).reshape(shape),
    )
    ids = tuple(one.id for one in mentees)
    problem = PanelProblem(
        slots=Slots(
            mentees=ids,
            mentors=tuple(one.id for one in mentors),
            labels=tuple(slot.name for slot in slots),
            starts=starts,
            partner=partner,
            fit=worth,
            asked=np.ones((len(mentees), len(slots)), dtype=np.bool_),
        ),
        capacity=np.array(capacity_of(mentors, matching), dtype=np.int32),
        required=np.ones(len(slots), dtype=np.bool_),
    )
    return PosedShape("panel", problem, ids, problem.slots.mentors, _of_pairs(scoring), ids)


def _pose_chain(
    mentees: Sequence[Person], mentors: Sequence[Person], matching: Matching, apart: frozenset[tuple[str, str]]
) -> PosedShape:
    """Return the question of a chain: each tier is mentored by the next one only."""
    from chiron.pairing.shapes.inputs import ChainProblem  # noqa: PLC0415 -- only where a chain is asked for

    people = tuple(dict.fromkeys([*(one.id for one in mentees), *(one.id for one in mentors)]))
    level = _tiers(people, [*mentees, *mentors], matching)
    place = {one: at for at, one in enumerate(people)}
    row = np.array([place[one.id] for one in mentees], dtype=np.int64)
    column = np.array([place[one.id] for one in mentors], dtype=np.int64)
    scoring = scoring_of(mentees, mentors, matching)
    allowed, fit = scored(scoring, apart)
    allowed &= level[column][None, :] == level[row][:, None] + 1
    one, other = np.nonzero(allowed)
    order = np.lexsort((column[other], row[one]))
    one, other = one[order], other[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[one], minlength=len(people)))])
    capacity = np.zeros(len(people), dtype=np.int32)
    capacity[column] = capacity_of(mentors, matching)
    seeking = np.zeros(len(people), dtype=np.bool_)
    seeking[row] = True
    problem = ChainProblem(
        people, seeking, capacity, starts, column[other].astype(np.int32), fit[one, other], level=level
    )
    as_mentee = {int(at): number for number, at in enumerate(row)}
    as_mentor = {int(at): number for number, at in enumerate(column)}

    def reasons(ties: Ints) -> list[tuple[Reason, ...]]:
        return scoring.reasons_of([(as_mentee[one], as_mentor[other]) for one, other, _ in ties.tolist()])

    tiers = matching.shape.tiers
    names = {str(at): f"{tier} and {above}" for at, (tier, above) in enumerate(pairwise(tiers))}
    return PosedShape("chain", problem, people, people, reasons, tuple(one.id for one in mentees), names)


def _tiers(people: Sequence[str], listed: Sequence[Person], matching: Matching) -> Ints:
    """Return the tier of each person, int32.

    Raises:
        PoseError: somebody stands on no tier.
    """
    steps = {tier.casefold(): at for at, tier in enumerate(matching.shape.tiers)}
    by = matching.shape.by or ""
    found: dict[str, int] = {}
    for person in listed:
        said = str(answer_of(person, by)).casefold()
        if said not in steps:
            raise PoseError(f"{person.name} stands on no tier: {by} must be {', '.join(matching.shape.tiers)}.")
        found[person.id] = steps[said]
    return np.array([found[one] for one in people], dtype=np.int32)


def _population(
    people: Sequence[Person], matching: Matching, apart: frozenset[tuple[str, str]]
) -> tuple[tuple[str, ...], NDArray[np.bool_], Ints, Reasons]:
    """Return one population: ids, which two may meet, what the two views of them are worth together, and why."""
    scoring = scoring_of(people, people, matching)
    allowed, fit = scored(scoring, apart | {(other, one) for one, other in apart})

    def reasons(ties: Ints) -> list[tuple[Reason, ...]]:
        there, back = scoring.reasons_of(ties[:, :2]), scoring.reasons_of(ties[:, 1::-1])
        return [_both_views(one, other) for one, other in zip(there, back, strict=True)]

    return tuple(one.id for one in people), allowed & allowed.T, fit + fit.T, reasons


def _both_views(there: tuple[Reason, ...], back: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return the reasons of two peers: the points of both views of a rule together, in the words of the first."""
    found: dict[str, Reason] = {}
    for reason in (*there, *back):
        known = found.get(reason.rule)
        points = reason.points + (known.points if known is not None else 0)
        found[reason.rule] = replace(known or reason, points=points)
    return tuple(found.values())


def _pose_peers(
    mentees: Sequence[Person], mentors: Sequence[Person], matching: Matching, apart: frozenset[tuple[str, str]]
) -> PosedShape:
    """Return the question of peers in pairs."""
    from chiron.pairing.shapes.population import Peers  # noqa: PLC0415 -- only where peers are asked for

    ids, allowed, fit, reasons = _population([*mentees, *mentors], matching, apart)
    pairs = np.argwhere(np.triu(allowed, 1)).astype(np.int32)
    problem = Peers(ids, pairs, fit[pairs[:, 0], pairs[:, 1]])
    return PosedShape("peers", problem, ids, ids, reasons, ids)


def _pose_circles(
    mentees: Sequence[Person], mentors: Sequence[Person], matching: Matching, apart: frozenset[tuple[str, str]]
) -> PosedShape:
    """Return the question of circles of peers."""
    from chiron.pairing.shapes.population import Circles  # noqa: PLC0415 -- only where circles are asked for

    ids, allowed, fit, reasons = _population([*mentees, *mentors], matching, apart)
    pairs = np.argwhere(np.triu(allowed, 1)).astype(np.int32)
    shape = matching.shape
    problem = Circles(
        ids, pairs, fit[pairs[:, 0], pairs[:, 1]], least=shape.least or 2, most=shape.most or 2, only_listed=True
    )
    return PosedShape("circles", problem, ids, ids, reasons, ids)


def _pose_teams(
    mentees: Sequence[Person], mentors: Sequence[Person], matching: Matching, apart: frozenset[tuple[str, str]]
) -> PosedShape:
    """Return the question of teams: so many mentors with at most so many mentees."""
    from chiron.pairing.shapes.population import Teams  # noqa: PLC0415 -- only where teams are asked for

    scoring = scoring_of(mentees, mentors, matching)
    allowed, fit = scored(scoring, apart)
    wanted_mentees, wanted_mentors = matching.shape.mentees or 1, matching.shape.mentors or 1
    problem = Teams(
        mentees=tuple(one.id for one in mentees),
        mentors=tuple(one.id for one in mentors),
        fit=fit,
        allowed=allowed,
        mentor_fit=np.zeros((len(mentors), len(mentors)), dtype=np.int32),
        mentees_least=max(1, wanted_mentees - 1),
        mentees_most=wanted_mentees,
        mentors_least=wanted_mentors,
        mentors_most=wanted_mentors,
    )
    return PosedShape("teams", problem, problem.mentees, problem.mentors, _of_pairs(scoring), problem.mentees)


Pose = Callable[[Sequence[Person], Sequence[Person], Matching, frozenset[tuple[str, str]]], PosedShape]

POSE: Mapping[str, Pose] = {
    "panel": _pose_panel,
    "chain": _pose_chain,
    "peers": _pose_peers,
    "circles": _pose_circles,
    "teams": _pose_teams,
}

AIMS: Mapping[str, tuple[str, ...]] = {
    "panel": ("everyone", "total"),
    "chain": ("everyone", "total"),
    "peers": ("everyone", "total"),
    "circles": ("everyone", "total"),
    "teams": ("everyone", "total"),
}
