"""Fixes of panels, chains, rounds, peers and circles are made in the pools and the rules, and help whom they name."""

import random
from dataclasses import replace

import pytest

from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.rules_file import read_rules
from repeats import few_and_many

RULE = '[[matching.rules]]\nname = "Interests"\nkind = "overlap"\nfield = "interests"\npoints = 9\n'
MUST = '[[matching.rules]]\nname = "Same site"\nkind = "same"\nfield = "site"\nmust = true\n'
AWAY = (
    '[[matching.rules]]\nname = "Rather not"\nkind = "apart"\nmentee = "away"\nmentor = "id"\nmust = true\n'
    '[matching.fields.away]\ntype = "ranking"\nside = "mentee"\n'
)
SHAPES = {
    "panel": 'kind = "panel"\nby = "sort"\n[[matching.shape.slots]]\nname = "One"\nof = ["a"]\n'
    '[[matching.shape.slots]]\nname = "Two"\nof = ["b", "a"]\n',
    "panel of loads": 'kind = "panel"\nby = "sort"\n[[matching.shape.slots]]\nname = "One"\nof = ["a"]\ncosts = 2\n'
    '[[matching.shape.slots]]\nname = "Two"\nof = ["b"]\ncosts = 3\n',
    "chain": 'kind = "chain"\nby = "level"\ntiers = ["low", "middle", "high"]\n',
    "rounds": 'kind = "rounds"\nmeetings = 2\n',
    "peers": 'kind = "peers"\n',
    "circles": 'kind = "circles"\nleast = 3\nmost = 4\n',
}


def person(draw, at, side):
    answers = {
        "interests": draw.sample(["chess", "choir", "running", "cooking"], draw.randint(0, 3)),
        "site": draw.choice(["North", "South"]),
        "sort": draw.choice("ab"),
        "level": "low" if side == "mentee" and at % 2 else "middle" if side == "mentee" or at % 2 else "high",
        "away": [],
    }
    capacity = draw.choice([0, 1, 1, 2, 3, None]) if side == "mentor" else None
    return Participant(f"{side[4]}{at}", f"{side} {at}", side, answers, capacity=capacity)


def asked(shape, number):
    """Return people and rules of a shape; the same number gives the same ones."""
    draw = random.Random(f"{shape} {number}")
    text = f'[matching]\naim = "{draw.choice(["everyone", "total"])}"\n'
    text += RULE + (MUST if draw.random() < 0.6 else "") + (AWAY if shape != "rounds" else "")
    matching = read_rules(f"{text}[matching.shape]\n{SHAPES[shape]}")
    mentees = [person(draw, at, "mentee") for at in range(draw.randint(2, 9))]
    for one in mentees[1:]:
        if draw.random() < 0.2:
            one.answers["away"] = [mentees[0].id]
    if shape in {"peers", "circles"}:
        return mentees, [], matching
    mentors = [person(draw, at, "mentor") for at in range(draw.randint(1, 4))]
    if shape == "chain":
        middle = [replace(one, side="mentor", capacity=1) for one in mentees if one.answers["level"] == "middle"]
        mentors = [*(one for one in mentors if one.answers["level"] == "high"), *middle]
    return mentees, mentors, matching


def after(mentees, mentors, matching, fix, planned):
    """Return the plan after the steps of a fix."""
    for step in fix["steps"]:
        if step["code"] == "more_places":
            mentors = [
                replace(one, capacity=(matching.capacity if one.capacity is None else one.capacity) + step["by"])
                if one.id == step["mentor_id"]
                else one
                for one in mentors
            ]
        elif step["code"] == "larger_circles":
            shape = matching.shape.model_copy(update={"most": step["most"]})
            matching = matching.model_copy(update={"shape": shape})
        else:
            # What a newcomer or a new pair would be worth is nobody's to know: `shapes.advice` tests these in numbers.
            return None
    return arrange(mentees, mentors, matching, seed=planned.seed)


@few_and_many("programmes", 8, 20)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_fix_of_a_shape_helps_whom_it_names(shape, programmes):
    tried, violations = 0, []
    for number in range(programmes):
        mentees, mentors, matching = asked(shape, number)
        try:
            planned = arrange(mentees, mentors, matching)
        except PoseError:
            continue
        for left, why in planned.unmatched():
            for sentence, fix in zip(why.fixes, why.changes, strict=True):
                again = after(mentees, mentors, matching, fix, planned)
                tried += 1
                excluded = {one.id: one.answers["away"] for one in mentees}
                assert fix["kind"] != "peer.fix.pair" or not any(
                    other in excluded[one] for one in fix["helps"] for other in fix["helps"]
                )
                if again is not None and not again.matched().issuperset(fix["helps"]):
                    violations.append((number, left, str(sentence), fix["helps"]))
                if left not in fix["helps"]:
                    assert all(
                        name in str(sentence) for name in (planned.mentee_names[one] for one in fix["helps"][:3])
                    )

    assert violations == []
    assert tried


def test_a_shape_says_who_is_full_and_which_cap_is():
    rules = f'[matching]\n{RULE}[matching.shape]\nkind = "rounds"\nmeetings = 1\n'
    cap = '[[matching.caps]]\nname = "In all"\nlimit = 1\n'
    mentors = [Participant("o1", "Mo One", "mentor", capacity=2), Participant("o2", "Mo Two", "mentor", capacity=0)]
    mentees = [Participant(f"e{at}", f"Ed {at}", "mentee") for at in range(2)]

    capped = arrange(mentees, mentors, read_rules(f"{rules}{cap}"))
    full = arrange([*mentees, Participant("e2", "Ed 2", "mentee")], mentors, read_rules(rules))

    assert [str(why.reason) for _, why in capped.unmatched()] == [
        f"2 mentors fit {capped.mentee_names[capped.left[0]]}; 1 has no place and “In all” allows no more pairs."
    ]
    assert [str(why.reason) for _, why in full.unmatched()] == [
        f"2 mentors fit {full.mentee_names[full.left[0]]}; 1 is full and 1 has no place."
    ]
