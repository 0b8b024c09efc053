"""From people and a blueprint to a plan of its shape: one entry, whatever the shape."""

from collections.abc import Sequence

from chiron.blueprints.plan.arrangement import Arrangement, StepMade, Tie
from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.plan.pairs import TWO_SIDED, IdPairs, MadePlan, make_plan
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.answer import Aim


def arrange(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    blueprint: Blueprint | Matching,
    *,
    aim: Aim | None = None,
    seed: int = 0,
    locks: IdPairs = (),
    apart: IdPairs = (),
) -> Arrangement:
    """Return the best plan for these people in the shape that the blueprint asks for, judged and with reasons.

    Levels are worked out here, where the blueprint has them. Who may take part is decided before: see
    `eligibility.admitted`.

    Args:
        mentees: who asks for a mentor; in a chain everybody below the highest tier, in one population everybody.
        mentors: who mentors; in a chain everybody above the lowest tier, in one population nobody.
        blueprint: a blueprint, or its rules alone.
        aim: another aim than that of the rules.
        seed: the same seed gives the same plan.
        locks: (mentee id, mentor id) pairs that the plan must hold; pairs and groups only.
        apart: (mentee id, mentor id) pairs that it may not hold.

    Raises:
        ConflictError: no plan can meet the locks, the must rules and `everyone` together.
        PoseError: people and rules do not fit together.
        RuleError: a rule cannot be used on these columns.
        RefereeError: the plan breaks a rule.
    """
    matching = blueprint.matching if isinstance(blueprint, Blueprint) else blueprint
    learners = with_levels(mentees, blueprint) if isinstance(blueprint, Blueprint) else tuple(mentees)
    if matching.shape.kind in TWO_SIDED:
        plan = make_plan(
            mentees=learners, mentors=mentors, matching=matching, aim=aim, seed=seed, locks=locks, apart=apart
        )
        return from_plan(plan)
    # The larger shapes load their methods only when they are asked for.
    from chiron.blueprints.plan.arrange_shapes import arrange_shape  # noqa: PLC0415

    return arrange_shape(learners, mentors, matching, aim=aim, seed=seed, apart=apart)


def from_plan(plan: MadePlan) -> Arrangement:
    """Return a plan of pairs or groups as what every shape gives back."""
    ties = tuple(Tie(row.mentee_id, row.mentor_id, "", row.fit, row.reasons) for row in plan.rows())
    matched = {tie.mentee_id for tie in ties}
    groups: dict[str, list[str]] = {}
    if plan.matching.shape.kind == "groups":
        for tie in ties:
            groups.setdefault(tie.mentor_id, []).append(tie.mentee_id)
    steps = zip(plan.answer.steps, plan.verdict.bounds, strict=True)
    return Arrangement(
        shape=plan.matching.shape.kind,
        ties=ties,
        left=tuple(one.id for one in plan.mentees if one.wanted and one.id not in matched),
        steps=tuple(StepMade(step.name, step.value, bound) for step, bound in steps),
        proved_best=plan.verdict.proved_best,
        method=plan.answer.method,
        seed=plan.answer.seed,
        groups=tuple((mentor, *members) for mentor, members in sorted(groups.items())),
        plan=plan,
        why_left=lambda person: " ".join(filter(None, (plan.why_unmatched(person).text, plan.priority_text(person)))),
    )
