"""Shapes larger than pairs: solved, judged, and said in the words of people again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from chiron.blueprints.plan.judged import called
from chiron.blueprints.plan.left import LeftInShape
from chiron.blueprints.plan.made import ONE_POPULATION, GroupMade, MadePlan, OpenPlace, StepMade
from chiron.blueprints.plan.pairs import ConflictError, IdPairs, RefereeError, Tie
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.pose.shape_locks import LockError, with_locks
from chiron.blueprints.pose.shape_question import PosedShape
from chiron.blueprints.pose.shapes import POSE
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.shapes.model.answer import ShapeAnswer, ShapeVerdict
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, ShapeAim

MODULES = "chiron.pairing.shapes"
AIMS = ("everyone", "total")
Watch = Callable[[str, Any], bool]


@dataclass(frozen=True, slots=True, eq=False)
class ShapeRun:
    """What a shape is asked, and how: people, rules, the question, aim, seed, and who watches."""

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    matching: Matching
    posed: PosedShape
    aim: str
    seed: int
    observer: Watch | None = None

    @property
    def solver(self) -> str:
        """The module that solves this shape, below `chiron.pairing.shapes`."""
        if isinstance(self.posed.problem, LoadsProblem):
            return "loads.solve"
        return SOLVERS.get(self.posed.kind, f"{self.posed.kind}.solve")

    def solve(self) -> ShapeAnswer:
        """Return the best plan found."""
        answer: ShapeAnswer = import_module(f"{MODULES}.{self.solver}").solve(
            self.posed.problem, aim=self.aim, seed=self.seed, observer=self.observer
        )
        return answer

    def judge(self, answer: ShapeAnswer) -> ShapeVerdict:
        """Return the verdict of the shape's judge, who never sees its method."""
        kind = "loads" if isinstance(self.posed.problem, LoadsProblem) else self.posed.kind
        judge = import_module(f"{MODULES}.{JUDGES.get(kind, f'{kind}.judge')}")
        if kind in JUDGES:
            found: ShapeVerdict = judge.verdict(self.posed.problem, answer)
        else:
            found = judge.judge(self.posed.problem, answer, aim=self.aim)
        return found


# Judges that know the aim from the steps of the answer; the others are told it.
JUDGES: Mapping[str, str] = {
    "peers": "peers.judge",
    "circles": "gatherings.judge",
    "teams": "gatherings.judge",
    "rounds": "rounds.judge",
}
SOLVERS: Mapping[str, str] = {"circles": "gatherings.circles", "teams": "gatherings.teams"}


def arrange_shape(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    *,
    aim: str | None = None,
    seed: int = 0,
    locks: IdPairs = (),
    apart: IdPairs = (),
    observer: Watch | None = None,
) -> MadePlan:
    """Return the best plan of a shape that is not pairs or groups; see `arrange.arrange`.

    Raises:
        ConflictError: somebody is left out, and the rules ask for everyone.
        PoseError: people and rules do not fit together, or the shape knows nothing of what is asked.
        RefereeError: the plan breaks a rule.
    """
    run = run_of(mentees, mentors, matching, aim=aim, seed=seed, locks=locks, apart=apart, observer=observer)
    made = arranged(run)
    if matching.everyone and made.left and made.stopped is None:
        names = tuple(made.mentee_names[one] for one in made.left)
        raise ConflictError([Sentence("conflict.everyone", {"names": names})])
    return made


def run_of(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    *,
    aim: str | None = None,
    seed: int = 0,
    locks: IdPairs = (),
    apart: IdPairs = (),
    observer: Watch | None = None,
) -> ShapeRun:
    """Return what a shape is asked, ready to be solved and judged.

    Raises:
        PoseError: people and rules do not fit together, or the shape knows nothing of what is asked.
    """
    kind, wanted = matching.shape.kind, aim or matching.aim
    if wanted not in AIMS:
        raise PoseError(f'The shape "{kind}" cannot aim for {wanted}. Choose one of: {", ".join(AIMS)}.')
    for name, said in (("priority", matching.priority), ("parity", matching.parity), ("groups", matching.groups)):
        if said is not None:
            raise PoseError(f'The shape "{kind}" has no use for [matching.{name}]. Delete it, or use pairs.')
    posed = _with_locks(POSE[kind](mentees, mentors, matching, frozenset(apart)), locks, [*mentees, *mentors])
    everybody = (*mentees, *mentors) if kind in ONE_POPULATION else tuple(mentees)
    guides = () if kind in ONE_POPULATION else tuple(mentors)
    return ShapeRun(everybody, guides, matching, posed, wanted, seed, observer)


def _with_locks(posed: PosedShape, locks: IdPairs, people: Sequence[Participant]) -> PosedShape:
    """Return a question with locked ties in it.

    Raises:
        PoseError: two people cannot be kept together; by name.
    """
    try:
        return with_locks(posed, locks)
    except LockError as fault:
        names = called(people)
        one, other = (names.get(who, who) for who in fault.pair)
        raise PoseError(
            f"{one} and {other} are locked together, and the rules or their places do not allow it. Free them first."
        ) from fault


def arranged(run: ShapeRun) -> MadePlan:
    """Return the judged answer to a question about a shape."""
    answer = run.solve()
    made = made_of(run, answer, run.judge(answer))
    together = {frozenset((tie.mentee_id, tie.mentor_id)) for tie in made.ties}
    names = {**made.mentor_names, **made.mentee_names}
    parted = [pair for pair in run.posed.locks if frozenset(pair) not in together]
    if parted and answer.stopped is None:
        raise ConflictError(
            [Sentence("conflict.lock", {"mentee": names[one], "mentor": names[other]}) for one, other in parted]
        )
    return made


def made_of(run: ShapeRun, answer: ShapeAnswer, verdict: ShapeVerdict) -> MadePlan:
    """Return a shape's answer in the words of people.

    Raises:
        RefereeError: the judge found a broken rule.
    """
    if verdict.violations:
        raise RefereeError("The plan breaks a rule: " + "; ".join(map(str, verdict.violations)))
    posed = run.posed
    groups = _groups(run, answer)
    group_of = {one: group.name for group in groups for one in (*group.mentees, *group.mentors)}
    reasons = posed.reasons(answer.ties)
    ties = tuple(
        Tie(
            mentee_id=posed.helped[one],
            mentor_id=posed.helpers[other],
            label=group_of.get(posed.helped[one], "") or posed.called(answer.labels[label]),
            fit=sum(part.points for part in why),
            reasons=why,
        )
        for (one, other, label), why in zip(answer.ties.tolist(), reasons, strict=True)
    )
    tied, helping = {tie.mentee_id for tie in ties}, {tie.mentor_id for tie in ties}
    if posed.kind in ONE_POPULATION:
        tied |= helping
    mentee_names = {one.id: one.name for one in run.mentees}
    mentor_names = {one.id: one.name for one in run.mentors} or mentee_names
    both = {**mentor_names, **mentee_names} if posed.kind == "chain" else mentee_names
    left = LeftInShape(
        posed=posed,
        answer=answer,
        helped_names=tuple(both.get(one, one) for one in posed.helped),
        helper_names=tuple({**both, **mentor_names}.get(one, one) for one in posed.helpers),
        aim=run.aim,
        solver=run.solver,
        exclusions=frozenset(rule.name for rule in run.matching.rules if rule.kind == "apart"),
    )
    return MadePlan(
        shape=posed.kind,
        mentees=run.mentees,
        mentors=run.mentors,
        matching=run.matching,
        aim=run.aim,
        ties=ties,
        left=tuple(person for person in posed.asking if person not in tied),
        idle=tuple(one.id for one in run.mentors if one.id not in helping),
        steps=_steps(run, answer, verdict, ties),
        proved_best=verdict.proved_best,
        method=answer.method,
        seed=answer.seed,
        stopped=answer.stopped,
        open=_open(run, answer, left),
        groups=groups,
        room={one: left.room().get(one, 0) for one in mentor_names} if left.room() else {},
        why_left=left.why,
        why_idle=left.why_idle,
        open_fixes=lambda: _open_fixes(run, answer, left),
        without=(lambda person: leave(run, answer, person)) if posed.kind in MENDED else None,
    )


def _steps(run: ShapeRun, answer: ShapeAnswer, verdict: ShapeVerdict, ties: Sequence[Tie]) -> tuple[StepMade, ...]:
    """Return the steps of the aim; what a total counts for locked ties beside their fit is taken out again."""
    locks = {frozenset(pair) for pair in run.posed.locks}
    extra = run.posed.extra * sum(frozenset((tie.mentee_id, tie.mentor_id)) in locks for tie in ties)
    steps = []
    for step, bound in zip(answer.steps, verdict.bounds, strict=True):
        beside = extra if step.name == "total" else 0
        steps.append(StepMade(step.name, step.value - beside, bound - beside))
    return tuple(steps)


SMALL_LOADS = 100
"""Ties of a panel whose places cost different amounts, up to which fixes are tried: each try is a search of its own."""
TYPED = frozenset({"panel", "shared"})
MENDED = frozenset({"chain", *ONE_POPULATION})


def _groups(run: ShapeRun, answer: ShapeAnswer) -> tuple[GroupMade, ...]:
    """Return circles and teams with their members, numbered in the order in which the answer has them."""
    posed, code = run.posed, f"group.{'circle' if run.posed.kind == 'circles' else 'team'}"
    mentees = len(posed.helped)
    return tuple(
        GroupMade(
            name=str(Sentence(code, {"number": number})),
            mentors=tuple(posed.helpers[one - mentees] for one in group if one >= mentees),
            mentees=tuple(posed.helped[one] for one in group if one < mentees),
        )
        for number, group in enumerate(answer.groups, start=1)
    )


def _open(run: ShapeRun, answer: ShapeAnswer, left: LeftInShape) -> tuple[OpenPlace, ...]:
    """Return the places that nobody fills, each with the reason; whoever has nobody at all stands in `left`."""
    posed = run.posed
    if posed.kind not in TYPED:
        return ()
    # Only where something is open: the reasons look at every method of typed places.
    from chiron.pairing.shapes.advice.open_slots import open_places  # noqa: PLC0415

    return tuple(
        OpenPlace(posed.helped[one.mentee], posed.called(answer.labels[one.kind]), one.reason)
        for one in open_places(posed.problem, answer, names=left.helped_names)
    )


def _open_fixes(run: ShapeRun, answer: ShapeAnswer, left: LeftInShape) -> tuple[Sentence, ...]:
    """Return what would fill more open places of a panel or of programmes together, the cheapest first, each tried."""
    if run.posed.kind not in TYPED or not len(answer.open):
        return ()
    if isinstance(run.posed.problem, LoadsProblem) and len(run.posed.problem.slots.partner) > SMALL_LOADS:
        return ()
    from chiron.pairing.shapes.advice.open_slots import cheapest_fixes  # noqa: PLC0415 -- only where something is open

    aim: ShapeAim = "total" if run.aim == "total" else "everyone"
    found = cheapest_fixes(run.posed.problem, answer, mentor_names=left.helper_names, aim=aim, seed=run.seed)
    return tuple(fix.change for fix in found)


def leave(run: ShapeRun, answer: ShapeAnswer, person: str) -> MadePlan:
    """Return a plan after one person has left: whoever hung on them is tied again, with as few changes as can be.

    Raises:
        PoseError: there is no such person.
        RefereeError: the new plan breaks a rule.
    """
    posed = run.posed
    if person not in posed.helped:
        raise PoseError(f'There is nobody with the id "{person}" in the plan.')
    place = posed.helped.index(person)
    mentees, mentors = (tuple(one for one in side if one.id != person) for side in (run.mentees, run.mentors))

    def forbidding(other: str) -> dict[str, tuple[str, ...]]:
        return {one: rules for one, rules in posed.forbidding(other).items() if one != person}

    if posed.kind == "chain":
        chain, judge = import_module(f"{MODULES}.chain.solve"), import_module(f"{MODULES}.chain.judge")
        mended: ShapeAnswer = chain.repair(posed.problem, answer, place, seed=run.seed)
        verdict: ShapeVerdict = judge.judge_repair(posed.problem, answer, place, mended)
        asking = tuple(one for one in posed.asking if one != person)
        rest = replace(posed, problem=chain.without(posed.problem, place), asking=asking, forbidding=forbidding)
        return made_of(replace(run, posed=rest, mentees=mentees, mentors=mentors), mended, verdict)
    repair = import_module(f"{MODULES}.advice.repair")
    mend = repair.repair_peers if posed.kind == "peers" else repair.repair_circles
    found = mend(posed.problem, answer.ties, [place], aim=run.aim, seed=run.seed)
    ids = tuple(one for one in posed.helped if one != person)
    stays = [at for at in range(len(posed.helped)) if at != place]
    rest = replace(
        posed,
        problem=found.problem,
        helped=ids,
        helpers=ids,
        asking=ids,
        forbidding=forbidding,
        reasons=lambda ties: posed.reasons(_placed(ties, stays)),
    )
    changed = replace(run, posed=rest, mentees=mentees, mentors=mentors)
    made = made_of(changed, found.answer, changed.judge(found.answer))
    # The points for staying together are not part of any fit, so they are taken out of the total again.
    extra = found.cost * found.kept
    return replace(
        made,
        steps=tuple(
            replace(step, value=step.value - extra, bound=step.bound - extra) if step.name == "total" else step
            for step in made.steps
            if step.name != "lowest fit"
        ),
    )


def _placed(ties: Any, stays: Sequence[int]) -> Any:
    """Return ties in positions of the plan before somebody left."""
    placed = ties.copy()
    for column in (0, 1):
        placed[:, column] = [stays[at] for at in ties[:, column].tolist()]
    return placed
