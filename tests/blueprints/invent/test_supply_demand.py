"""Tests of supply and demand: the groups that wait, and recruits whose gain a new plan confirms."""

from dataclasses import replace

import pytest

from chiron.blueprints.invent.people import invent
from chiron.blueprints.invent.supply_demand import outlook
from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.rules_file import read_rules

RULES = read_rules("""
[matching]
aim = "everyone"
capacity = 2

[[matching.rules]]
name = "Common language"
kind = "overlap"
field = "languages"
must = true

[[matching.rules]]
name = "Related field"
kind = "related"
field = "field"
points = 10
""")


def mentee(number, *languages, field="Cardiology"):
    return Participant(f"E{number}", f"Made-up {number}", "mentee", {"languages": languages, "field": field})


def mentor(number, *languages, field="Cardiology", capacity=None):
    answers = {"languages": languages, "field": field}
    return Participant(f"M{number}", f"Made-up mentor {number}", "mentor", answers, capacity=capacity)


def test_outlook_names_the_language_that_is_short_and_whom_to_recruit():
    mentees = [mentee(at, "Spanish") for at in range(5)] + [mentee(9, "English")]

    found = outlook(mentees, [mentor(1, "English"), mentor(2, "Spanish", capacity=1)], RULES)

    assert (found.wanted, found.matched, found.waiting) == (6, 2, 4)
    spanish, english = found.needs["Languages"]
    assert (spanish.value, spanish.people, spanish.waiting, spanish.mentors, spanish.rounds) == ("Spanish", 5, 4, 1, 4)
    assert (english.waiting, english.rounds) == (0, 0)
    assert [(one.places, one.gain, one.matched) for one in found.recruits] == [(1, 1, 3), (1, 1, 4), (1, 1, 5)]
    assert all("Spanish" in one.text and one.matched == one.bound for one in found.recruits)


def test_outlook_says_where_no_place_ever_opens():
    found = outlook([mentee(1, "Tigrinya")], [mentor(1, "English")], RULES, by=["languages"])

    assert found.needs["Languages"][0].rounds is None
    assert found.needs["Languages"][0].mentors == 0


def test_outlook_recruits_nobody_where_nobody_waits():
    assert outlook([mentee(1, "English")], [mentor(1, "English")], RULES).recruits == ()
    assert outlook([], [mentor(1, "English")], RULES).wanted == 0


def test_outlook_without_any_mentor_still_says_whom_to_recruit():
    found = outlook([mentee(1, "English"), mentee(2, "English")], [], RULES)

    assert [(one.gain, one.places) for one in found.recruits] == [(2, 2)]


@pytest.mark.parametrize("seed", [1, 2])
def test_recruits_of_made_up_people_gain_what_a_new_plan_with_them_shows(seed):
    mentors, mentees = invent(mentors=12, mentees=60, seed=seed, organizations=("North", "South"))
    before = make_plan(mentees=mentees, mentors=mentors, matching=RULES)

    found = outlook(mentees, mentors, RULES, most=2)

    assert found.matched == len(before.answer.pairs)
    assert found.recruits
    languages = found.recruits[0].text.removeprefix("Languages: ").split(", ")
    recruit = mentor("new", *languages, capacity=found.recruits[0].places)
    recruit = replace(recruit, answers={**mentors[0].answers, **recruit.answers})
    after = make_plan(mentees=mentees, mentors=[*mentors, recruit], matching=RULES)
    assert len(after.answer.pairs) == found.recruits[0].matched
