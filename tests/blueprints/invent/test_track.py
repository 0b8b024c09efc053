"""Made-up people of any blueprint: of the right kind, correlated, and from the seed alone."""

from collections import Counter

import pytest

from chiron.blueprints.invent.track import invent_track
from chiron.blueprints.schema.blueprint_file import read_blueprint, track, track_ids
from chiron.blueprints.vocabulary.world import health_fields
from chiron.pairing.rules.kinds.hours import HALF_HOURS


@pytest.mark.parametrize("name", track_ids())
def test_answers_are_of_the_type_of_their_field(name):
    blueprint = track(name)
    made = invent_track(blueprint, mentees=12, seed=2)

    for person in (*made.mentees, *made.mentors):
        assert set(blueprint.reads(person.side)) - {"id", "name"} <= {*person.answers, *optional(blueprint)}
        for field, answer in person.answers.items():
            assert fits_type(blueprint.spec(field), answer), (field, answer)


def optional(blueprint):
    return {
        name
        for side in ("mentee", "mentor")
        for name in blueprint.reads(side)
        if blueprint.spec(name).type == "ranking"
    }


def fits_type(spec, answer):
    known = spec.ladder or spec.choices
    checks = {
        "list": lambda: isinstance(answer, tuple) and (not spec.choices or set(answer) <= set(known)),
        "ranking": lambda: isinstance(answer, tuple),
        "choice": lambda: isinstance(answer, str) and (not known or answer in known),
        "stage": lambda: answer in known,
        "hours": lambda: isinstance(answer, int) and 0 < answer < 1 << HALF_HOURS,
        "place": lambda: abs(answer[0]) <= 90 and abs(answer[1]) <= 180,
        "flag": lambda: isinstance(answer, bool),
        "number": lambda: isinstance(answer, int),
        "field": lambda: answer in health_fields(),
        "text": lambda: isinstance(answer, str),
        "id": lambda: isinstance(answer, str),
    }
    return answer is None or checks[spec.type]()


def test_ids_are_unique_and_shared_only_in_a_chain():
    for name in ("hs-penn-cascade", "pre-miami-hpm"):
        made = invent_track(track(name), mentees=20, seed=1)
        mentees, mentors = ([one.id for one in side] for side in (made.mentees, made.mentors))
        assert len(set(mentees)) == len(mentees)
        assert len(set(mentors)) == len(mentors)
        assert bool(set(mentees) & set(mentors)) is (name == "hs-penn-cascade")


def test_person_on_both_sides_is_one_person():
    made = invent_track(track("hs-penn-cascade"), mentees=20, seed=1)
    mentees = {one.id: one for one in made.mentees}
    both = [(mentees[one.id], one) for one in made.mentors if one.id in mentees]

    assert len(both) >= 8
    assert all(
        (one.name, one.answers["tier"], one.answers["field"])
        == (other.name, other.answers["tier"], other.answers["field"])
        for one, other in both
    )


def test_more_people_keep_those_before_them():
    few, many = (invent_track(track("pre-hunter-near-peer"), mentees=count, seed=1) for count in (10, 30))

    assert [one.answers["year"] for one in few.mentees] == [one.answers["year"] for one in many.mentees[:10]]


def test_number_of_mentors_can_be_given():
    assert len(invent_track(track("urm-asco"), mentees=10, mentors=3, seed=1).mentors) == 3
    # Many, quickly.
    assert len(invent_track(track("urm-asco"), mentees=1500, seed=1).mentees) == 1500


def test_places_are_those_of_the_programme():
    made = invent_track(track("hs-baltimore-pipeline"), mentees=20, seed=1)
    nation = invent_track(track("med-amsa"), mentees=60, seed=1)

    assert track("hs-baltimore-pipeline").programme.places == ("Baltimore MD",)
    assert {one.answers.get("time_zone") for one in made.mentees} == {"America/New_York"}
    assert len({one.answers["time_zone"] for one in nation.mentees}) >= 3


def test_specialties_are_those_of_the_programme():
    made = invent_track(track("gend-acs-women-surgeons"), mentees=60, seed=1)
    fields = Counter(one.answers["field"] for one in (*made.mentees, *made.mentors))

    assert set(fields) == {"general-surgery", "orthopedics", "neurosurgery", "plastic-surgery", "otolaryngology"}


def test_nurses_are_in_nursing():
    made = invent_track(track("nurs-pennstate-alumni"), mentees=40, seed=1)

    assert all("nursing" in one.answers["field"] for one in (*made.mentees, *made.mentors))


def test_mentors_stand_higher_on_a_ladder_than_mentees():
    made = invent_track(track("nurs-washburn-peer"), mentees=100, seed=1)
    steps = track("nurs-washburn-peer").matching.fields["level"].ladder

    def mean(people):
        return sum(steps.index(one.answers["level"]) for one in people if one.answers["level"]) / len(people)

    assert mean(made.mentors) > mean(made.mentees) + 1


def test_blueprint_of_ones_own_has_people_too():
    text = """
[programme]
id = "ours"
title = "Ours"
audience = "Everybody here"
stage = ["resident"]
mentor_stage = ["faculty"]
mentee_role = "Resident"
mentor_role = "Teacher"
scope = "site"
model = "one_to_one"
model_source = "stated"
rules_source = "stated"
enrolment = "automatic"
[programme.duration]
kind = "open_ended"
[[programme.gates]]
role = "mentee"
field = "age_in_years"
says = "At most 40."
at_most = 40
[[matching.rules]]
name = "Same shift"
kind = "overlap"
field = "shifts"
points = 10
[matching.fields.shifts]
type = "list"
choices = ["Day", "Night"]
"""
    made = invent_track(read_blueprint(text), mentees=200, seed=1)
    ages = [one.answers["age_in_years"] for one in made.mentees]

    assert {shift for one in made.mentors for shift in one.answers["shifts"]} == {"Day", "Night"}
    assert 0 < sum(age > 40 for age in ages) < 40
