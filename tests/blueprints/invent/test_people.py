from collections import Counter

import pytest

from chiron.blueprints.invent.people import invent
from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.schema.defaults import gallery_matching
from chiron.blueprints.vocabulary.world import health_fields

HOSPITALS = ("North", "South", "West", "Far")


def test_same_seed_gives_the_same_people():
    first = invent(mentors=10, mentees=20, seed=3, organizations=HOSPITALS)

    assert first == invent(mentors=10, mentees=20, seed=3, organizations=HOSPITALS)
    assert first != invent(mentors=10, mentees=20, seed=4, organizations=HOSPITALS)


def test_demo_leaves_two_people_over_and_few_low_fits():
    mentors, mentees = invent(mentors=60, mentees=120, seed=17, organizations=HOSPITALS)

    plan = make_plan(mentees=mentees, mentors=mentors, matching=gallery_matching("demo"))

    fits = [row.fit for row in plan.rows()]
    assert len(fits) == 118
    assert 1 <= sum(fit < 55 for fit in fits) <= 8
    assert plan.verdict.proved_best


def test_names_are_of_many_kinds():
    _, mentees = invent(mentors=60, mentees=120, seed=17, organizations=HOSPITALS)
    names = [person.name for person in mentees]

    assert max(map(len, names)) == 60
    assert any(not any(letter.isascii() and letter.isalpha() for letter in name) for name in names)
    assert len(set(names)) == len(names)


def test_goals_follow_the_profession():
    _, mentees = invent(mentors=1, mentees=400, seed=1, organizations=HOSPITALS)
    goals = Counter((person.answers["profession"], goal) for person in mentees for goal in person.answers["goals"])

    assert goals["Nurse", "Ward leadership"] > 10
    assert goals["Surgeon", "Ward leadership"] == 0
    assert goals["Surgeon", "Operating skills"] > 3


def test_fields_are_those_of_our_list():
    mentors, mentees = invent(mentors=50, mentees=50, seed=2, organizations=HOSPITALS)

    assert {person.answers["field"] for person in (*mentors, *mentees)} <= set(health_fields())


def test_large_crowds_are_made_in_time():
    mentors, mentees = invent(mentors=1000, mentees=2000, seed=1, organizations=HOSPITALS)

    assert (len(mentors), len(mentees)) == (1000, 2000)


def test_somewhere_must_be_named():
    with pytest.raises(ValueError, match="name at least one organization"):
        invent(mentors=1, mentees=1, seed=1, organizations=())
