"""Programmes that run at the same time: one plan, in which a mentor's places are shared between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.plan.made import MadePlan
from chiron.blueprints.plan.pairs import IdPairs
from chiron.blueprints.plan.shapes import AIMS, ShapeRun, Watch, arranged
from chiron.blueprints.pose.pairs import PoseError, scoring_of
from chiron.blueprints.pose.shape_question import PosedShape, capacity_of, forbidding_of, rows_of, scored
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.problem import Ints
from chiron.pairing.rules.scoring import Reason, Scoring
from chiron.pairing.shapes.model.slots import Slots
from chiron.pairing.shapes.model.typed_problems import SharedProblem


@dataclass(frozen=True, slots=True)
class SharedProgram:
    """One of several programmes: its blueprint or rules, who takes part in it, and what it is called.

    A person who takes part in several has the same id in each.
    """

    blueprint: Blueprint | Matching
    mentees: Sequence[Participant]
    mentors: Sequence[Participant]
    name: str = ""

    @property
    def title(self) -> str:
        """What people call it: its name, or else the id of its blueprint."""
        return self.name or (self.blueprint.programme.id if isinstance(self.blueprint, Blueprint) else "programme")

    @property
    def matching(self) -> Matching:
        """The rules."""
        return self.blueprint.matching if isinstance(self.blueprint, Blueprint) else self.blueprint


def arrange_together(
    parts: Sequence[SharedProgram],
    *,
    places: Mapping[str, int] | None = None,
    differ: bool = True,
    aim: str | None = None,
    seed: int = 0,
    apart: IdPairs = (),
    observer: Watch | None = None,
) -> MadePlan:
    """Return one plan for programmes that run at the same time, with a match of each programme for each mentee.

    The label of a tie is the name of its programme; a mentee's programme without a mentor is an open place.

    Args:
        parts: the programmes, each of the shape "pairs".
        places: how many mentees a mentor takes over all programmes, by id; without it as many as in the programme
            where the mentor takes most.
        differ: the mentors of one mentee must be different people.
        aim: "everyone" or "total"; None: as the first programme says.
        seed: decides between plans of equal worth.
        apart: (mentee id, mentor id) pairs that no programme may hold.
        observer: told each phase and the best plan so far; returning False stops the search.

    Raises:
        PoseError: a programme is there twice, is of another shape, or asks for what a shared plan does not know.
    """
    return arranged(
        run_together(parts, places=places, differ=differ, aim=aim, seed=seed, apart=apart, observer=observer)
    )


def run_together(
    parts: Sequence[SharedProgram],
    *,
    places: Mapping[str, int] | None = None,
    differ: bool = True,
    aim: str | None = None,
    seed: int = 0,
    apart: IdPairs = (),
    observer: Watch | None = None,
) -> ShapeRun:
    """Return what programmes that share a plan are asked, ready to be solved and judged; see `arrange_together`.

    Raises:
        PoseError: a programme is there twice, is of another shape, or asks for what a shared plan does not know.
    """
    names = [part.title for part in parts]
    if len(set(names)) < len(names):
        raise PoseError("A programme is there twice. Name each once.")
    for part in parts:
        if part.matching.shape.kind != "pairs":
            raise PoseError(f"{part.title} is not made of pairs, and cannot share a plan.")
        for table in ("caps", "priority", "parity", "groups"):
            if getattr(part.matching, table):
                raise PoseError(f"{part.title} has [matching.{table}], which programmes that share a plan do not know.")
    wanted = aim or parts[0].matching.aim
    if wanted not in AIMS:
        raise PoseError(f"Programmes that share a plan cannot aim for {wanted}. Choose one of: {', '.join(AIMS)}.")
    learners = tuple({one.id: one for part in parts for one in part.mentees}.values())
    guides = tuple({one.id: one for part in parts for one in part.mentors}.values())
    posed = _posed(parts, places or {}, frozenset(apart), differ=differ)
    return ShapeRun(learners, guides, parts[0].matching, posed, wanted, seed, observer)


def _posed(
    parts: Sequence[SharedProgram], places: Mapping[str, int], apart: frozenset[tuple[str, str]], *, differ: bool
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
        learners = part.mentees
        if isinstance(part.blueprint, Blueprint):
            learners = with_levels(part.mentees, part.blueprint)
        scoring = scoring_of(learners, part.mentors, part.matching)
        scorings.append(scoring)
        rows = np.array([row[one.id] for one in learners], dtype=np.int64)
        columns = np.array([column[one.id] for one in part.mentors], dtype=np.int64)
        asked[rows, kind] = True
        allowed[rows[:, None], kind, columns[None, :]], fit[rows[:, None], kind, columns[None, :]] = scored(
            scoring, apart
        )
        room[kind, columns] = capacity_of(part.mentors, part.matching)
    starts, partner, fits = rows_of(allowed.reshape(-1, len(guides)), fit.reshape(-1, len(guides)))
    whole = np.array(
        [places.get(one, int(room[:, at].max(initial=0))) for at, one in enumerate(guides)], dtype=np.int32
    )
    problem = SharedProblem(
        slots=Slots(people, guides, tuple(part.title for part in parts), starts, partner, fits, asked),
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

    def forbidding(person: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for scoring in scorings:
            found |= forbidding_of(scoring)(person) if person in scoring.mentees.ids else {}
        return found

    return PosedShape("shared", problem, people, guides, reasons, people, forbidding)
