"""Tests of our own words: fields of health, how near they are, and ladders of career stages."""

import csv
import os
from pathlib import Path

import pytest

from chiron.blueprints.vocabulary.world import (
    WordsError,
    _words,
    closeness,
    field_names,
    find_field,
    folded,
    health_fields,
    ladder,
    ladders,
)
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring

MESH = Path(__file__).parents[3] / "shared/data/vocab/mesh2017_H02_health_occupations.tsv"
GROUPINGS = {
    "Health Occupations": "the root of the branch: every field is one",
    "Specialization": "the act of specialising, not a field that anybody works in",
}


def test_every_node_of_the_branch_is_a_field_of_ours_or_a_grouping():
    if not MESH.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{MESH.name} is not there")
        pytest.skip(f"{MESH.name} is not beside the project")
    with MESH.open(encoding="utf-8", newline="") as file:
        terms = {row["term"] for row in csv.DictReader(file, delimiter="\t")}

    assert len(terms) > 200
    assert {term for term in terms if find_field(term) is None} == set(GROUPINGS)


def test_knee_trauma_is_nearer_to_sports_medicine_than_to_the_ear():
    rule = Rule("Field", "related", "field", "field", 100, options={"related": closeness(), "names": field_names()})
    mentors = Pool(("sports", "ent"), {"field": [find_field("Sports medicine"), find_field("ENT")]})

    scoring = Scoring([rule], Pool(("e1",), {"field": [find_field("knee trauma")]}), mentors)

    (sports, ent) = scoring.block(0, 1)[1][0].tolist()
    assert (sports, ent) == (80, 15)
    assert scoring.reasons(0, 0)[0].text == "related fields: Orthopaedics and trauma; Sports and exercise medicine"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Orthopedics", "orthopedics"),
        ("orthopaedic surgery", "orthopedics"),
        ("Surgery, Plastic", "plastic-surgery"),
        ("Anesthesiology", "anesthesiology"),
        ("anaesthesiology", "anesthesiology"),
        ("OB-GYN", "obstetrics-gynecology"),
        ("Pediatrics", "pediatrics"),
        ("A & E", "emergency-medicine"),
        ("Dept. of Cardiology", "cardiology"),
        ("Genetic counselling", "genetic-counseling"),
        ("sports-medicine", "sports-medicine"),
        ("Womens health", "obstetrics-gynecology"),
        ("Astrology", None),
        ("", None),
    ],
)
def test_find_field_reads_names_as_people_write_them(text, code):
    assert find_field(text) == code


def test_closeness_is_symmetric_whole_and_below_the_same_field():
    near = closeness()

    assert set(near) == set(health_fields())
    for code, others in near.items():
        assert others, f"{code} is near nothing"
        for other, share in others.items():
            assert type(share) is int
            assert 0 < share < 1000
            assert near[other][code] == share
            assert other != code


def test_closeness_puts_what_people_do_all_day_first():
    near = closeness()

    def nearest(code):
        return max(near[code], key=near[code].__getitem__)

    assert nearest("physiotherapy") in {"sports-medicine", "rehabilitation-medicine"}
    assert nearest("epidemiology") == "public-health"
    assert nearest("oncology-nursing") == "oncology"
    assert near["veterinary-medicine"].get("dentistry", 0) == 0


def test_words_that_mean_two_things_are_refused():
    with pytest.raises(WordsError, match="“ENT” means both a and b"):
        _words([("a", ("Ent",)), ("b", ("ENT",))])


def test_every_field_is_found_by_its_code_and_names():
    for field in health_fields().values():
        assert {find_field(name) for name in (field.code, field.name, *field.also)} == {field.code}


@pytest.mark.parametrize(
    ("name", "text", "stage"),
    [
        ("general", "PGY-3", "Resident or newly qualified"),
        ("general", "High School student", "High school"),
        ("general", "Associate Professor", "Mid-career professional"),
        ("nursing", "band 6", "Senior staff nurse"),
        ("nursing", "RN", "Staff nurse"),
        ("medical student years", "3rd year", "Year 3"),
        ("medical student years", "4", "Year 4"),
        ("general", "astronaut", None),
    ],
)
def test_ladder_finds_the_stage_that_a_text_means(name, text, stage):
    assert ladder(name).find(text) == stage


def test_ladders_run_from_young_to_old():
    assert set(ladders()) == {"general", "nursing", "medical student years"}
    assert (ladder().steps[0], ladder().steps[-1]) == ("High school", "Retired")
    assert all(each.find(step) == step for each in ladders().values() for step in each.steps)


def test_folded_ignores_spelling_accents_and_punctuation():
    assert folded("Paediatric Anaesthesia, specialty") == folded("pediatric anesthesia") == "pediatric anesthesia"
    assert folded("Behavioural Médicine") == "behavioral medicine"
