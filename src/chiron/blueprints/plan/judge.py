"""Any plan judged, ours or somebody else's: the rules that it breaks, and how far from the best it is at most."""

from collections.abc import Sequence

import numpy as np

from chiron.blueprints.plan.judged import Judged, Reached
from chiron.blueprints.plan.pairs import TWO_SIDED, IdPairs
from chiron.blueprints.pose.pairs import PoseError, posed
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.measures.certificate import sorted_pairs, steps_of, value
from chiron.pairing.model.answer import Aim
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.solve import solve


def judge_plan(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    pairs: IdPairs,
    *,
    labels: Sequence[str] = (),
    aim: Aim | None = None,
    apart: IdPairs = (),
) -> Judged:
    """Return what is wrong with a plan, and how far it is from the best; the best is found and proved here.

    Args:
        mentees: who wants a mentor.
        mentors: who has places.
        matching: the rules that the plan should keep.
        pairs: (mentee id, mentor id) of the plan.
        labels: for each pair its slot, round, circle or team, in shapes that tell them apart.
        aim: another aim than that of the rules.
        apart: (mentee id, mentor id) pairs that no plan may hold.

    Raises:
        PoseError: the plan names somebody who is not there.
    """
    if matching.shape.kind not in TWO_SIDED:
        # Shapes load their methods only when they are asked for.
        from chiron.blueprints.plan.judge_shape import judge_run  # noqa: PLC0415
        from chiron.blueprints.plan.shapes import run_of  # noqa: PLC0415

        return judge_run(run_of(mentees, mentors, matching, aim=aim, apart=apart), pairs, labels)
    return _judge_pairs(mentees, mentors, matching, pairs, aim=aim, apart=apart)


def _judge_pairs(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    pairs: IdPairs,
    *,
    aim: Aim | None,
    apart: IdPairs,
) -> Judged:
    """Return what is wrong with a plan of pairs or groups, and how far it is from the best."""
    question = posed(mentees, mentors, matching, apart=apart)
    at = [{person.id: place for place, person in enumerate(side)} for side in (mentees, mentors)]
    for pair in pairs:
        for one, known, side in zip(pair, at, ("mentee", "mentor"), strict=True):
            if one not in known:
                raise PoseError(f'The plan names a {side} "{one}" whom the sheets do not have.')
    made = np.array([(at[0][one], at[1][other]) for one, other in pairs], dtype=np.int32).reshape(-1, 2)
    found = list(violations(question.problem, made))
    for mentee, mentor in made.tolist():
        if question.problem.place(mentee, mentor) < 0:
            names = ", ".join(rule.name for rule in question.scoring.forbidding(mentee, mentor)) or "kept apart"
            found.append(f"{mentees[mentee].name} and {mentors[mentor].name}: {names}.")
    if found:
        return Judged(tuple(found), (), is_best=False)
    best = solve(question.problem, aim=aim or matching.aim)
    is_proved = verdict(question.problem, best).proved_best
    reached = []
    for (name, level), step in zip(steps_of(question.problem, sorted_pairs(made), best.aim), best.steps, strict=False):
        if (name, level) != (step.name, step.level):
            break
        own = value(question.problem, made, name, level)
        reached.append(Reached(name, own, step.value, is_proved))
        if own != step.value:
            break
    is_same = len(reached) == len(best.steps) and all(one.value == one.best for one in reached)
    return Judged((), tuple(reached), is_best=is_same and is_proved)
