"""Shapes larger than pairs: solved, judged, and said in the words of people again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import cast

from chiron.blueprints.plan.arrangement import Arrangement, OpenPlace, StepMade, Tie
from chiron.blueprints.plan.pairs import IdPairs, RefereeError
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.pose.shape_question import PosedShape
from chiron.blueprints.pose.shapes import POSE
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict

MODULES = "chiron.pairing.shapes"


def arrange_shape(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
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


def _judge(posed: PosedShape, answer: ShapeAnswer, aim: str) -> ShapeVerdict:
    """Return the verdict of the shape's judge, who never sees its method."""
    judge = import_module(f"{MODULES}.{JUDGES.get(posed.kind, f'{posed.kind}.judge')}")
    by_steps = posed.kind in JUDGES
    found: ShapeVerdict = (
        judge.verdict(posed.problem, answer) if by_steps else judge.judge(posed.problem, answer, aim=aim)
    )
    return found


def solved(posed: PosedShape, aim: str, seed: int) -> Arrangement:
    """Return the judged answer to a question about a shape."""
    answer: ShapeAnswer = import_module(f"{MODULES}.{SOLVERS.get(posed.kind, f'{posed.kind}.solve')}").solve(
        posed.problem, aim=aim, seed=seed
    )
    return made_of(posed, answer, _judge(posed, answer, aim))


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
        open=_open(posed, answer),
        groups=tuple(tuple(both[member] for member in group) for group in answer.groups),
        why_left=lambda person: _why_left(posed, person),
        inside=(posed, answer),
    )


ONE_POPULATION = frozenset({"peers", "circles"})
TYPED = frozenset({"panel", "shared"})


def _open(posed: PosedShape, answer: ShapeAnswer) -> tuple[OpenPlace, ...]:
    """Return the places that nobody fills, each with the reason."""
    if posed.kind not in TYPED:
        return tuple(
            OpenPlace(
                posed.helped[int(one)], posed.called(answer.labels[int(label)]), _why_left(posed, posed.helped[one])
            )
            for one, label in answer.open.tolist()
        )
    # Only where something is open: the reasons look at every method of typed places.
    from chiron.pairing.shapes.advice.open_slots import open_places  # noqa: PLC0415

    return tuple(
        OpenPlace(posed.helped[one.mentee], posed.called(answer.labels[one.kind]), one.reason)
        for one in open_places(posed.problem, answer)
    )


def _why_left(posed: PosedShape, person: str) -> str:
    """Return why somebody is tied to nobody."""
    starts, place = getattr(posed.problem, "starts", None), posed.helped.index(person)
    if starts is not None and starts[place] == starts[place + 1]:
        return "The rules leave nobody for this person."
    return "Everybody whom the rules allow is taken by people whom the plan needs there."


def fixes_of_open_places(made: Arrangement, *, seed: int = 0) -> tuple[str, ...]:
    """Return what would fill more open places of a panel or of programmes together, the cheapest first, each proved.

    Args:
        made: a plan; where nothing is open, or of another shape, there is nothing to say.
        seed: decides between plans of equal worth.
    """
    if made.shape not in TYPED or not made.open:
        return ()
    from chiron.pairing.shapes.advice.open_slots import cheapest_fixes  # noqa: PLC0415 -- only where something is open

    posed, answer = cast("tuple[PosedShape, ShapeAnswer]", made.inside)
    return tuple(fix.words for fix in cheapest_fixes(posed.problem, answer, seed=seed))


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
    chain, judge = import_module(f"{MODULES}.chain.solve"), import_module(f"{MODULES}.chain.judge")
    mended: ShapeAnswer = chain.repair(posed.problem, answer, place, seed=seed)
    verdict: ShapeVerdict = judge.judge_repair(posed.problem, answer, place, mended)
    rest = replace(
        posed, problem=chain.without(posed.problem, place), asking=tuple(one for one in posed.asking if one != person)
    )
    return made_of(rest, mended, verdict)


# Judges that know the aim from the steps of the answer; the others are told it.
JUDGES: Mapping[str, str] = {
    "peers": "peers.judge",
    "circles": "gatherings.judge",
    "teams": "gatherings.judge",
    "rounds": "rounds.judge",
}
SOLVERS: Mapping[str, str] = {"circles": "gatherings.circles", "teams": "gatherings.teams"}

AIMS: Mapping[str, tuple[str, ...]] = {
    "panel": ("everyone", "total"),
    "chain": ("everyone", "total"),
    "peers": ("everyone", "total"),
    "circles": ("everyone", "total"),
    "teams": ("everyone", "total"),
    "rounds": ("everyone", "total"),
}
