"""From people and a blueprint to a plan of its shape: one entry and one answer, whatever the shape."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.plan.made import GroupMade, MadePlan, StepMade, WhyLeft
from chiron.blueprints.plan.pairs import TWO_SIDED, IdPairs, PairsPlan, make_plan
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.answer import Aim
from chiron.pairing.model.sentences import Sentence

Watch = Callable[[str, Any], bool]
"""Told the phase in words and the best plan so far, if there is one; False stops the search."""


def arrange(  # noqa: PLR0913 -- each is one thing that people may ask for
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    blueprint: Blueprint | Matching,
    *,
    aim: Aim | None = None,
    seed: int = 0,
    locks: IdPairs = (),
    apart: IdPairs = (),
    exceptions: IdPairs = (),
    observer: Watch | None = None,
) -> MadePlan:
    """Return the best plan for these people in the shape that the blueprint asks for, judged and with reasons.

    Levels are worked out here, where the blueprint has them. Who may take part is decided before: see
    `eligibility.admitted`.

    Args:
        mentees: who asks for a mentor; in a chain everybody below the highest tier, in one population everybody.
        mentors: who mentors; in a chain everybody above the lowest tier, in one population nobody.
        blueprint: a blueprint, or its rules alone.
        aim: another aim than that of the rules.
        seed: the same seed gives the same plan.
        locks: (mentee id, mentor id) pairs that the plan must hold; in one population in either order.
        apart: (mentee id, mentor id) pairs that it may not hold.
        exceptions: (mentee id, mentor id) pairs that it may hold although a must rule forbids them; as `locks`.
        observer: told each phase and the best plan so far; returning False stops the search.

    Raises:
        ConflictError: no plan can meet the locks, the must rules and `everyone` together.
        PoseError: people and rules do not fit together, or the shape knows nothing of what is asked.
        RuleError: a rule cannot be used on these columns.
        RefereeError: the plan breaks a rule.
    """
    matching = blueprint.matching if isinstance(blueprint, Blueprint) else blueprint
    learners = with_levels(mentees, blueprint) if isinstance(blueprint, Blueprint) else tuple(mentees)
    if matching.shape.kind in TWO_SIDED:
        return from_pairs(
            make_plan(
                mentees=learners,
                mentors=mentors,
                matching=matching,
                aim=aim,
                seed=seed,
                locks=locks,
                apart=apart,
                exceptions=exceptions,
                observer=observer,
            )
        )
    # The larger shapes load their methods only when they are asked for.
    from chiron.blueprints.plan.shapes import arrange_shape  # noqa: PLC0415

    return arrange_shape(
        learners, mentors, matching, aim=aim, seed=seed, locks=[*locks, *exceptions], apart=apart, observer=observer
    )


def from_pairs(plan: PairsPlan) -> MadePlan:
    """Return a plan of pairs or groups as what every shape gives back."""
    shape = plan.matching.shape.kind
    mentor_names = {one.id: one.name for one in plan.mentors}
    ties = tuple(plan.rows())
    matched, busy = {tie.mentee_id for tie in ties}, {tie.mentor_id for tie in ties}
    groups: dict[str, list[str]] = {}
    for tie in ties if shape == "groups" else ():
        groups.setdefault(tie.mentor_id, []).append(tie.mentee_id)
    steps = zip(plan.answer.steps, plan.verdict.bounds, strict=True)
    return MadePlan(
        shape=shape,
        mentees=plan.mentees,
        mentors=plan.mentors,
        matching=plan.matching,
        aim=plan.answer.aim,
        ties=ties,
        left=tuple(one.id for one in plan.mentees if one.wanted and one.id not in matched),
        idle=tuple(one.id for one in plan.mentors if one.id not in busy),
        steps=tuple(StepMade(step.name, step.value, bound, step.level) for step, bound in steps),
        proved_best=plan.verdict.proved_best,
        method=plan.answer.method,
        seed=plan.answer.seed,
        stopped=plan.answer.stopped,
        groups=tuple(
            GroupMade(str(Sentence("group.of_mentor", {"mentor": mentor_names[mentor]})), (mentor,), tuple(members))
            for mentor, members in sorted(groups.items())
        ),
        room=_room(plan),
        pairs=plan,
        choosers=plan.choosers,
        why_left=lambda person: _why_left(plan, person),
        why_idle=lambda mentor: _why_idle(plan, mentor),
    )


def _room(plan: PairsPlan) -> dict[str, int]:
    """Return how many more mentees each mentor could take, by id, nested caps included."""
    problem = plan.problem
    taken = np.bincount(plan.answer.pairs[:, 1], minlength=len(problem.mentors)).astype(np.int64)
    room = problem.capacity.astype(np.int64) - taken
    for cap in problem.caps:
        members = list(cap.mentors)
        room[members] = np.minimum(room[members], cap.limit - int(taken[members].sum()))
    return dict(zip(problem.mentors, np.maximum(room, 0).tolist(), strict=True))


def _why_left(plan: PairsPlan, person: str) -> WhyLeft:
    """Return why a mentee has no mentor."""
    why = plan.why_unmatched(person)
    return WhyLeft(
        why.code,
        why.reason,
        tuple(fix.sentence for fix in why.fixes),
        plan.priority_of(person),
        tuple(fix.values(plan.problem) for fix in why.fixes),
    )


def _why_idle(plan: PairsPlan, mentor: str) -> WhyLeft:
    """Return why a mentor has nobody."""
    why = plan.why_unused(plan.problem.mentors.index(mentor))
    return WhyLeft(why.code, why.reason)
