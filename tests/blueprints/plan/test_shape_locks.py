"""Two people who must stay together, and places that an earlier round fills, in every shape larger than pairs."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest

from chiron.blueprints.invent.track import invent_track
from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.judge import judge_plan
from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.blueprint_file import read_blueprint

SHAPES = ("panel", "chain", "peers", "circles", "teams", "rounds")


@cache
def scene(shape):
    """Return the template of a shape with made-up people, and their best plan."""
    text = (files("chiron.blueprints.gallery") / "shapes" / f"{shape}.toml").read_text(encoding="utf-8")
    blueprint = read_blueprint(text, file=f"{shape}.toml")
    made = invent_track(blueprint, mentees=12, seed=1)
    return blueprint, made.mentees, made.mentors, arrange(made.mentees, made.mentors, blueprint)


def together(plan):
    return {frozenset((tie.mentee_id, tie.mentor_id)) for tie in plan.ties}


def allowed_but_parted(blueprint, mentees, mentors, plan):
    """Return two people whom the rules allow and the plan parts, and who are together if others are kept apart."""
    for one in mentees:
        others = mentors or [other for other in mentees if other.id != one.id]
        for other in others:
            if frozenset((one.id, other.id)) in together(plan):
                continue
            try:
                found = arrange(mentees, mentors, blueprint, locks=[(one.id, other.id)])
            except (PoseError, ConflictError):
                continue
            return (one.id, other.id), found
    raise AssertionError("nobody can be locked")


@pytest.mark.parametrize("shape", SHAPES)
def test_locked_two_are_together_and_the_plan_keeps_every_rule(shape):
    blueprint, mentees, mentors, plan = scene(shape)

    pair, locked = allowed_but_parted(blueprint, mentees, mentors, plan)

    assert frozenset(pair) in together(locked)
    pairs = [(tie.mentee_id, tie.mentor_id) for tie in locked.ties]
    judged = judge_plan(mentees, mentors, blueprint.matching, pairs, labels=[tie.label for tie in locked.ties])
    assert judged.violations == ()
    totals = [{step.name: step.value for step in one.steps}["total"] for one in (plan, locked)]
    assert totals[1] == sum(tie.fit for tie in locked.ties)
    assert {step.name: step.bound for step in locked.steps}["total"] >= totals[1]


@pytest.mark.parametrize("shape", SHAPES)
def test_everything_locked_stays_as_it_is(shape):
    blueprint, mentees, mentors, plan = scene(shape)
    locks = [(tie.mentee_id, tie.mentor_id) for tie in plan.ties]

    again = arrange(mentees, mentors, blueprint, locks=locks, seed=7)

    assert together(again) == together(plan)


@pytest.mark.parametrize("shape", SHAPES)
def test_two_who_are_kept_apart_cannot_be_locked(shape):
    blueprint, mentees, mentors, plan = scene(shape)
    tie = plan.ties[0]
    pair = (tie.mentee_id, tie.mentor_id)

    with pytest.raises(PoseError, match=r"locked together.*Free them first"):
        arrange(mentees, mentors, blueprint, locks=[pair], apart=[pair])


def test_filled_places_of_a_panel_are_not_asked_for_again():
    blueprint, mentees, mentors, plan = scene("panel")
    first, second = blueprint.matching.shape.slots[0].name, blueprint.matching.shape.slots[1].name
    held = [replace(one, held=(first,)) for one in mentees]

    again = arrange(held, mentors, blueprint)

    assert {tie.label for tie in plan.ties} > {second}
    assert first not in {tie.label for tie in again.ties}
    assert second in {tie.label for tie in again.ties}
    assert again.left == ()


def test_whoever_has_nobody_comes_before_whoever_has_somebody_in_another_place_of_their_panel():
    blueprint, mentees, mentors, plan = scene("panel")
    first, second = blueprint.matching.shape.slots[0].name, blueprint.matching.shape.slots[1].name
    [one, *_others] = (replace(mentor, capacity=1) for mentor in mentors if mentor.id in helping(plan, second))
    held = [replace(mentee, held=(first,)) for mentee in mentees]
    [best] = arrange(held, [one], blueprint).ties
    late = next(at for at, mentee in enumerate(mentees) if mentee.id != best.mentee_id)

    [tie] = arrange([*held[:late], mentees[late], *held[late + 1 :]], [one], blueprint).ties

    assert (tie.mentee_id, tie.label) == (mentees[late].id, second)


def helping(plan, label):
    return {tie.mentor_id for tie in plan.ties if tie.label == label}


def test_meetings_that_stand_keep_their_rounds_and_only_the_missing_ones_follow():
    blueprint, mentees, mentors, plan = scene("rounds")
    labels = sorted({tie.label for tie in plan.ties})
    held = [replace(one, held=tuple(labels)) for one in mentees[1:]]

    again = arrange([replace(mentees[0], held=tuple(labels[1:])), *held], mentors, blueprint)

    assert [(tie.mentee_id, tie.label) for tie in again.ties] == [(mentees[0].id, f"Round {len(labels) + 1}")]
