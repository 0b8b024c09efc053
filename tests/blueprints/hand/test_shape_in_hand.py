"""A change by hand in every shape larger than pairs: what was asked for holds, every rule is kept, the rest is held."""

from functools import cache
from importlib.resources import files
from time import perf_counter

import pytest

from chiron.blueprints.hand.shape_in_hand import HandTie, SeatChange, in_hand
from chiron.blueprints.invent.track import invent_track
from chiron.blueprints.plan.judge_shape import violations_of
from chiron.blueprints.plan.shapes import arranged, run_of
from chiron.blueprints.schema.blueprint_file import read_blueprint

SHAPES = ("panel", "chain", "peers", "circles", "teams", "rounds")
TIED = ("panel", "chain", "peers", "rounds")


@cache
def scene(shape, mentees=14, mentors=None):
    """Return the template of a shape, its question about made-up people, and their best plan in hand."""
    text = (files("chiron.blueprints.gallery") / "shapes" / f"{shape}.toml").read_text(encoding="utf-8")
    blueprint = read_blueprint(text, file=f"{shape}.toml")
    made = invent_track(blueprint, mentees=mentees, mentors=mentors, seed=1)
    run = run_of(made.mentees, made.mentors, blueprint.matching)
    plan = arranged(run)
    ties = [HandTie(tie.mentee_id, tie.mentor_id, tie.label) for tie in plan.ties]
    return run, in_hand(run, ties)


def partners(ties, person):
    return {tie.helper if tie.helped == person else tie.helped for tie in ties if person in (tie.helped, tie.helper)}


def helpers(ties, person):
    return {(tie.label, tie.helper) for tie in ties if tie.helped == person}


def assert_kept(run, effect):
    pairs = [(tie.helped, tie.helper) for tie in effect.ties]
    assert violations_of(run, pairs, [tie.label for tie in effect.ties]) == ()
    return {move.person for move in effect.moves}


def changes(hand, *, most=40):
    """Yield a few persons' places with each thing that they could have instead."""
    people = list(dict.fromkeys(tie.helped for tie in hand.ties))
    for person in people[:4]:
        for label in hand.places(person):
            for act in hand.options(person, label)[: most // 4]:
                yield person, label, act


@pytest.mark.parametrize("shape", SHAPES)
def test_every_change_that_is_possible_keeps_every_rule_and_all_who_do_not_move(shape):
    run, hand = scene(shape)
    possible = 0
    for person, label, act in changes(hand):
        effect = hand.effect(person, label, act)
        if not effect.is_possible:
            assert effect.ties == hand.ties
            continue
        possible += 1
        moved = assert_kept(run, effect)
        assert person in moved
        if act.kind == "with":
            assert act.target in partners(effect.ties, person)
        elif act.kind == "group":
            assert act.target in {tie.label for tie in effect.ties if person in (tie.helped, tie.helper)}
        elif act.kind == "swap":
            assert {person, act.target} <= moved
        for other in {tie.helped for tie in hand.ties} - moved:
            if shape in TIED:
                assert helpers(effect.ties, other) == helpers(hand.ties, other)
    assert possible > 10


@pytest.mark.parametrize("shape", SHAPES)
def test_somebody_taken_out_has_nobody_and_the_rest_keeps_every_rule(shape):
    run, hand = scene(shape)
    person = hand.ties[0].helped
    label = hand.ties[0].label if shape in {"panel", "rounds"} else ""

    effect = hand.effect(person, label, SeatChange("out"))

    assert effect.is_possible
    assert_kept(run, effect)
    left = {tie.label for tie in effect.ties if tie.helped == person} if label else partners(effect.ties, person)
    assert label not in left if label else not left
    # ... and whoever was taken out can be put in again, as it was or better
    again = in_hand(run, effect.ties)
    back = [again.effect(person, label, act) for act in again.options(person, label)]
    assert max(one.after.total for one in back if one.is_possible) > 0
    assert max(one.after.people for one in back if one.is_possible) >= effect.after.people


@pytest.mark.parametrize("shape", ["circles", "teams"])
def test_two_who_are_exchanged_change_places_and_nobody_else_moves(shape):
    run, hand = scene(shape)
    person = hand.ties[0].helped
    act = next(one for one in hand.options(person) if one.kind == "swap")

    effect = hand.effect(person, "", act)

    assert {move.person for move in effect.moves} == {person, act.target}
    assert_kept(run, effect)


@pytest.mark.parametrize("shape", SHAPES)
def test_those_who_stay_together_do_not_give_way(shape):
    run, hand = scene(shape)
    locked = [(tie.helped, tie.helper) for tie in hand.ties if tie.label == hand.ties[0].label or shape == "peers"][:3]
    held = in_hand(run, hand.ties, fixed=locked)
    free = [one for one in {tie.helped for tie in hand.ties} if one not in {who for pair in locked for who in pair}]

    for person in sorted(free)[:3]:
        for label in held.places(person):
            for act in held.options(person, label)[:8]:
                effect = held.effect(person, label, act)
                if effect.is_possible:
                    assert all(other in partners(effect.ties, one) for one, other in locked)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_said_about_ties_adds_up(shape):
    _run, hand = scene(shape)

    said = hand.said(hand.ties)

    assert {(tie.mentee_id, tie.mentor_id, tie.label) for tie in said} >= {
        (tie.helped, tie.helper, tie.label) for tie in hand.ties
    }
    assert (
        sum(tie.fit for tie in said)
        == hand.effect(hand.ties[0].helped, hand.ties[0].label, SeatChange("out")).before.total
    )


@pytest.mark.nightly
@pytest.mark.parametrize("shape", SHAPES)
def test_effect_among_500_people_takes_less_than_a_second(shape):
    one_sided = shape in {"chain", "peers", "circles"}
    _run, hand = scene(shape, mentees=500 if one_sided else 350, mentors=None if one_sided else 150)
    person = hand.ties[0].helped
    label = hand.ties[0].label if shape in {"panel", "rounds"} else ""
    act = hand.options(person, label)[-1]
    hand.effect(person, label, act)

    begun = perf_counter()
    hand.effect(person, label, act)

    assert perf_counter() - begun < 1
