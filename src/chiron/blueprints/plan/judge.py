"""Any plan judged, ours or somebody else's: the rules that it breaks, and how far from the best it is at most."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chiron.blueprints.plan.judged import Judged, Reached, called
from chiron.blueprints.plan.pairs import TWO_SIDED, IdPairs
from chiron.blueprints.pose.pairs import Posed, PoseError, posed
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.measures.certificate import sorted_pairs, steps_of, value
from chiron.pairing.model.answer import Aim
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.proof.referee import verdict, violations
from chiron.pairing.solve import solve


def judge_plan(  # noqa: PLR0913 -- as `make_plan`
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    pairs: IdPairs,
    *,
    labels: Sequence[str] = (),
    aim: Aim | None = None,
    locks: IdPairs = (),
    apart: IdPairs = (),
    exceptions: IdPairs = (),
    selves: IdPairs = (),
) -> Judged:
    """Return what is wrong with a plan, and how far it is from the best; the best is found and proved here.

    Args:
        mentees: who wants a mentor.
        mentors: who has places.
        matching: the rules that the plan should keep.
        pairs: (mentee id, mentor id) of the plan.
        labels: for each pair its slot, round, circle or team, in shapes that tell them apart.
        aim: another aim than that of the rules.
        locks: (mentee id, mentor id) pairs that every plan must hold.
        apart: (mentee id, mentor id) pairs that no plan may hold.
        exceptions: (mentee id, mentor id) pairs that a plan may hold although a must rule forbids them.
        selves: those that are one person on both sides, whom no plan may hold either.

    Raises:
        PoseError: the plan names somebody who is not there.
    """
    if matching.shape.kind not in TWO_SIDED:
        # Shapes load their methods only when they are asked for.
        from chiron.blueprints.plan.judge_shape import judge_run  # noqa: PLC0415
        from chiron.blueprints.plan.shapes import run_of  # noqa: PLC0415

        run = run_of(mentees, mentors, matching, aim=aim, locks=[*locks, *exceptions], apart=[*apart, *selves])
        return judge_run(run, pairs, labels)
    question = posed(mentees, mentors, matching, locks=locks, apart=[*apart, *selves], exceptions=exceptions)
    return _judge_pairs(question, mentees, mentors, pairs, aim=aim or matching.aim, selves=set(selves))


def _judge_pairs(
    question: Posed,
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    pairs: IdPairs,
    *,
    aim: Aim,
    selves: set[tuple[str, str]],
) -> Judged:
    """Return what is wrong with a plan of pairs or groups, and how far it is from the best."""
    at = [{person.id: place for place, person in enumerate(side)} for side in (mentees, mentors)]
    for pair in pairs:
        for one, known, side in zip(pair, at, ("mentee", "mentor"), strict=True):
            if one not in known:
                raise PoseError(f'The plan names a {side} "{one}" whom the sheets do not have.')
    made = np.array([(at[0][one], at[1][other]) for one, other in pairs], dtype=np.int32).reshape(-1, 2)
    found = tuple(_violations(question, mentees, mentors, made, selves))
    if found:
        return Judged(found, (), is_best=False)
    best = solve(question.problem, aim=aim)
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


def _violations(
    question: Posed,
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    made: NDArray[np.int32],
    selves: set[tuple[str, str]],
) -> Iterator[Sentence]:
    """Yield every rule that a plan breaks, with people by name; of a pair that is not allowed, what forbids it."""
    calls, others = called(mentees), called(mentors)
    for mentee, mentor in dict.fromkeys(map(tuple, made.tolist())):
        if question.problem.place(mentee, mentor) >= 0:
            continue
        ids = mentees[mentee].id, mentors[mentor].id
        who = {"mentee": calls[ids[0]], "mentor": others[ids[1]]}
        rules = tuple(f"“{rule.name}”" for rule in question.scoring.forbidding(mentee, mentor))
        if ids in selves:
            yield Sentence("broken.self", who)
        elif rules:
            yield Sentence("broken.forbidden", {**who, "rules": rules})
        else:
            yield Sentence("broken.apart", who)
    named = replace(
        question.problem,
        mentees=tuple(calls[one.id] for one in mentees),
        mentors=tuple(others[one.id] for one in mentors),
    )
    yield from (one for one in violations(named, made) if one.code != "broken.not_allowed")
