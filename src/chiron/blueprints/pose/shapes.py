"""People and rules turned into what each shape larger than pairs is asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.pose.pairs import PoseError, answer_of, caps_of, scoring_of
from chiron.blueprints.pose.shape_question import PosedShape, Reasons, capacity_of, forbidding_of, rows_of, scored
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.problem import Cap, Ints
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.scoring import Reason, Scoring
from chiron.pairing.shapes.model.gathering_problems import Circles, Peers, Rounds, Teams
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import ChainProblem, LoadsProblem, PanelProblem

PLACE_LENGTH = 60
"""As much of a place's name as is kept where it is filled."""


def _of_pairs(scoring: Scoring) -> Reasons:
    """Return the reasons of ties that are pairs of a mentee and a mentor."""
    return lambda ties: scoring.reasons_of(ties[:, :2])


def _pose_panel(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    apart: frozenset[tuple[str, str]],
) -> PosedShape:
    """Return the question of a panel: each mentee has one place of each kind."""
    scoring = scoring_of(mentees, mentors, matching)
    allowed, fit = scored(scoring, apart)
    slots = matching.shape.slots
    kinds = [str(answer_of(one, matching.shape.by or "")).casefold() for one in mentors]
    may = np.array([[kind in {one.casefold() for one in slot.of} for kind in kinds] for slot in slots], dtype=np.bool_)
    shape = (len(mentees) * len(slots), len(mentors))
    asked = np.array([[slot.name[:PLACE_LENGTH] not in one.held for slot in slots] for one in mentees], dtype=np.bool_)
    asked = asked.reshape(len(mentees), len(slots))
    starts, partner, fits = rows_of(
        (allowed[:, None, :] & may.reshape(1, len(slots), len(mentors)) & asked[:, :, None]).reshape(shape),
        np.broadcast_to(fit[:, None, :], (len(mentees), *may.shape)).reshape(shape),
    )
    ids = tuple(one.id for one in mentees)
    typed = Slots(
        mentees=ids,
        mentors=tuple(one.id for one in mentors),
        labels=tuple(slot.name for slot in slots),
        starts=starts,
        partner=partner,
        fit=fits,
        asked=asked,
        served=np.array([bool(one.held) for one in mentees], dtype=np.bool_),
    )
    capacity, costs = capacity_of(mentors, matching), [slot.costs for slot in slots]
    caps = _caps_without_least(matching, mentors)
    problem: PanelProblem | LoadsProblem
    if set(costs) <= {1}:
        problem = PanelProblem(
            slots=typed,
            capacity=np.array(capacity, dtype=np.int32),
            required=np.ones(len(slots), dtype=np.bool_),
            caps=caps,
        )
    else:
        problem = LoadsProblem(
            slots=typed,
            budget=np.array(capacity, dtype=np.int32),
            units=np.array(costs, dtype=np.int32),
            caps=caps,
            differ=True,
            people_first=True,
        )
    fills = [bool(column.any()) for column in may.T]
    forbidding = forbidding_of(scoring, lambda _, column: fills[column])
    asking = tuple(one.id for one in mentees if not one.held)
    return PosedShape("panel", problem, ids, typed.mentors, _of_pairs(scoring), asking, forbidding)


def _caps_without_least(matching: Matching, mentors: Sequence[Participant]) -> tuple[Cap, ...]:
    """Return the caps of the rules.

    Raises:
        PoseError: a cap has a least number, which no shape but pairs and groups knows; or a limit is unclear.
    """
    for spec in matching.caps:
        if spec.least:
            raise PoseError(
                f'"{spec.name}" asks for at least {spec.least} pairs, which the shape "{matching.shape.kind}" does not '
                "know. Delete least there."
            )
    return caps_of(matching, mentors)


def _no_caps(matching: Matching) -> None:
    """Refuse caps where places belong to nobody.

    Raises:
        PoseError: there is a cap.
    """
    if matching.caps:
        raise PoseError(f'The shape "{matching.shape.kind}" knows no caps. Delete "{matching.caps[0].name}".')


def _pose_chain(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    apart: frozenset[tuple[str, str]],
) -> PosedShape:
    """Return the question of a chain: each tier is mentored by the next one only."""
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
        people,
        seeking,
        capacity,
        starts,
        column[other].astype(np.int32),
        fit[one, other],
        level=level,
        needs_mentor=matching.shape.needs_mentor,
        caps=tuple(
            replace(cap, mentors=tuple(sorted(int(column[at]) for at in cap.mentors)))
            for cap in _caps_without_least(matching, mentors)
        ),
    )
    as_mentee = {int(at): number for number, at in enumerate(row)}
    as_mentor = {int(at): number for number, at in enumerate(column)}

    def reasons(ties: Ints) -> list[tuple[Reason, ...]]:
        return scoring.reasons_of([(as_mentee[one], as_mentor[other]) for one, other, _ in ties.tolist()])

    tiers = matching.shape.tiers
    names = {str(at): f"{tier} and {above}" for at, (tier, above) in enumerate(pairwise(tiers))}
    forbidding = forbidding_of(scoring, lambda one, other: bool(level[column[other]] == level[row[one]] + 1))
    asking = tuple(one.id for one in mentees)
    return PosedShape("chain", problem, people, people, reasons, asking, forbidding, names)


def _tiers(people: Sequence[str], listed: Sequence[Participant], matching: Matching) -> Ints:
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
    people: Sequence[Participant], matching: Matching, apart: frozenset[tuple[str, str]]
) -> tuple[tuple[str, ...], NDArray[np.bool_], Ints, Reasons, Scoring]:
    """Return one population: ids, which two may meet, what the two views of them are worth together, why, and by what.

    Raises:
        PoseError: there are caps.
    """
    _no_caps(matching)
    scoring = scoring_of(people, people, matching)
    allowed, fit = scored(scoring, apart | {(other, one) for one, other in apart})

    def reasons(ties: Ints) -> list[tuple[Reason, ...]]:
        there, back = scoring.reasons_of(ties[:, :2]), scoring.reasons_of(ties[:, 1::-1])
        return [_both_views(one, other) for one, other in zip(there, back, strict=True)]

    return tuple(one.id for one in people), allowed & allowed.T, fit + fit.T, reasons, scoring


def _both_views(there: tuple[Reason, ...], back: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Return the reasons of two peers: the points of both views of a rule together, in the words of the first."""
    found: dict[str, Reason] = {}
    for reason in (*there, *back):
        known = found.get(reason.rule)
        points = reason.points + (known.points if known is not None else 0)
        found[reason.rule] = replace(known or reason, points=points)
    return tuple(found.values())


def _pose_peers(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    apart: frozenset[tuple[str, str]],
) -> PosedShape:
    """Return the question of peers in pairs."""
    ids, allowed, fit, reasons, scoring = _population([*mentees, *mentors], matching, apart)
    pairs = np.argwhere(np.triu(allowed, 1)).astype(np.int32)
    problem = Peers(ids, pairs, fit[pairs[:, 0], pairs[:, 1]])
    return PosedShape("peers", problem, ids, ids, reasons, ids, forbidding_of(scoring))


def _pose_circles(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    apart: frozenset[tuple[str, str]],
) -> PosedShape:
    """Return the question of circles of peers."""
    ids, allowed, fit, reasons, scoring = _population([*mentees, *mentors], matching, apart)
    pairs = np.argwhere(np.triu(allowed, 1)).astype(np.int32)
    shape = matching.shape
    problem = Circles(
        ids, pairs, fit[pairs[:, 0], pairs[:, 1]], least=shape.least or 2, most=shape.most or 2, only_listed=True
    )
    return PosedShape("circles", problem, ids, ids, reasons, ids, forbidding_of(scoring))


def _pose_teams(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    apart: frozenset[tuple[str, str]],
) -> PosedShape:
    """Return the question of teams: so many mentors with at most so many mentees."""
    _no_caps(matching)
    scoring = scoring_of(mentees, mentors, matching)
    allowed, fit = scored(scoring, apart)
    wanted_mentees, wanted_mentors = matching.shape.mentees or 1, matching.shape.mentors or 1
    problem = Teams(
        mentees=tuple(one.id for one in mentees),
        mentors=tuple(one.id for one in mentors),
        fit=fit,
        allowed=allowed,
        mentor_fit=np.zeros((len(mentors), len(mentors)), dtype=np.int32),
        mentees_least=max(1, wanted_mentees - 1),  # the last teams may be one short
        mentees_most=wanted_mentees,
        mentors_least=wanted_mentors,
        mentors_most=wanted_mentors,
    )
    return PosedShape(
        "teams",
        problem,
        problem.mentees,
        problem.mentors,
        _of_pairs(scoring),
        problem.mentees,
        forbidding_of(scoring),
    )


def _pose_rounds(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    apart: frozenset[tuple[str, str]],
) -> PosedShape:
    """Return the question of rounds: each mentee meets another mentor in each round.

    Meetings that stand already keep their rounds; what is missing is held in further rounds after them.
    """
    scoring = scoring_of(mentees, mentors, matching)
    starts, partner, fit = rows_of(*scored(scoring, apart))
    meetings = matching.shape.meetings or 1
    wanted = np.array([max(0, meetings - len(one.held)) for one in mentees], dtype=np.int32)
    first = max((_number(label) for one in mentees for label in one.held), default=0)
    problem = Rounds(
        mentees=scoring.mentees.ids,
        mentors=scoring.mentors.ids,
        starts=starts,
        partner=partner,
        fit=fit,
        labels=tuple(
            str(Sentence("group.round", {"number": first + number + 1}))
            for number in range(max(1, int(wanted.max(initial=0))))
        ),
        meetings=wanted,
        at_once=np.array(capacity_of(mentors, matching), dtype=np.int32),
        caps=_caps_without_least(matching, mentors),
    )
    return PosedShape(
        "rounds",
        problem,
        problem.mentees,
        problem.mentors,
        _of_pairs(scoring),
        tuple(one.id for one in mentees if not one.held),
        forbidding_of(scoring),
    )


def _number(label: str) -> int:
    """Return the number of a round from its name."""
    digits = "".join(one for one in label if one.isdigit())
    return int(digits) if digits else 0


Pose = Callable[[Sequence[Participant], Sequence[Participant], Matching, frozenset[tuple[str, str]]], PosedShape]

POSE: Mapping[str, Pose] = {
    "panel": _pose_panel,
    "chain": _pose_chain,
    "peers": _pose_peers,
    "circles": _pose_circles,
    "teams": _pose_teams,
    "rounds": _pose_rounds,
}
