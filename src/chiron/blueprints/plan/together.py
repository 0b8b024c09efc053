"""Programmes that run at the same time: one plan, in which a mentor's places are shared between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chiron.blueprints.plan.arrange_shapes import solved
from chiron.blueprints.plan.arrangement import Arrangement
from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.pose.pairs import PoseError, scoring_of
from chiron.blueprints.pose.shape_question import PosedShape, capacity_of, rows_of, scored
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.problem import Ints
from chiron.pairing.rules.scoring import Reason, Scoring
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import SharedProblem


@dataclass(frozen=True, slots=True)
class SharedProgram:
    """One of several programmes: its blueprint, and who takes part in it.

    A person who takes part in several has the same id in each.
    """

    blueprint: Blueprint
    mentees: Sequence[Participant]
    mentors: Sequence[Participant]


def arrange_together(
    parts: Sequence[SharedProgram], *, places: Mapping[str, int] | None = None, differ: bool = True, seed: int = 0
) -> Arrangement:
    """Return one plan for programmes that run at the same time, with a match of each programme for each mentee.

    The label of a tie is the id of its programme; a mentee's programme without a mentor is an open place.

    Args:
        parts: the programmes, each of the shape "pairs".
        places: how many mentees a mentor takes over all programmes, by id; without it as many as in the programme
            where the mentor takes most.
        differ: the mentors of one mentee must be different people.
        seed: decides between plans of equal worth.

    Raises:
        PoseError: a programme is there twice, or is of another shape.
    """
    names = [part.blueprint.programme.id for part in parts]
    if len(set(names)) < len(names):
        raise PoseError("A programme is there twice. Name each once.")
    for part in parts:
        if part.blueprint.matching.shape.kind != "pairs":
            raise PoseError(f"{part.blueprint.programme.id} is not made of pairs, and cannot share a plan.")
    return solved(_posed(parts, names, places or {}, differ=differ), "everyone", seed)


def _posed(
    parts: Sequence[SharedProgram], names: Sequence[str], places: Mapping[str, int], *, differ: bool
) -> PosedShape:
    """Return the question of programmes that share their mentors."""
    people = tuple(dict.fromkeys(one.id for part in parts for one in part.mentees))
    guides = tuple(dict.fromkeys(one.id for part in parts for one in part.mentors))
    row = {one: at for at, one in enumerate(people)}
    column = {one: at for at, one in enumerate(guides)}
    shape = (len(people), len(parts), len(guides))
    allowed, fit = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.int32)
    asked = np.zeros(shape[:2], dtype=np.bool_)
    room = np.zeros((len(parts), len(guides)), dtype=np.int32)
    scorings: list[Scoring] = []
    for kind, part in enumerate(parts):
        learners = with_levels(part.mentees, part.blueprint)
        scoring = scoring_of(learners, part.mentors, part.blueprint.matching)
        scorings.append(scoring)
        rows = np.array([row[one.id] for one in learners], dtype=np.int64)
        columns = np.array([column[one.id] for one in part.mentors], dtype=np.int64)
        asked[rows, kind] = True
        allowed[rows[:, None], kind, columns[None, :]], fit[rows[:, None], kind, columns[None, :]] = scored(scoring)
        room[kind, columns] = capacity_of(part.mentors, part.blueprint.matching)
    starts, partner, worth = rows_of(allowed.reshape(-1, len(guides)), fit.reshape(-1, len(guides)))
    whole = np.array(
        [places.get(one, int(room[:, at].max(initial=0))) for at, one in enumerate(guides)], dtype=np.int32
    )
    problem = SharedProblem(
        slots=Slots(people, guides, tuple(names), starts, partner, worth, asked),
        capacity=whole,
        program_capacity=room,
        differ=differ,
    )

    def reasons(ties: Ints) -> list[tuple[Reason, ...]]:
        found: list[tuple[Reason, ...]] = []
        for one, other, kind in ties.tolist():
            scoring = scorings[kind]
            pair = (scoring.mentees.ids.index(people[one]), scoring.mentors.ids.index(guides[other]))
            found += scoring.reasons_of([pair])
        return found

    return PosedShape("shared", problem, people, guides, reasons, people)
