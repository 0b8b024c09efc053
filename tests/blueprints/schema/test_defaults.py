"""The built-in rules, and what rules become where people do not say what they compare."""

import pytest

from chiron.blueprints.schema.defaults import default_matching, fields_answered, fit_to_fields, fit_to_people
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import Participant

SITE = RuleSpec(name="Same site", kind="same", field="site", points=10, missed=-5)
GOALS = RuleSpec(name="Goals covered", kind="coverage", mentee="goals", mentor="expertise", points=30)
FAR = RuleSpec(name="Far", kind="near", field="years", points=-4)
CAMPUS = RuleSpec(name="Same campus", kind="same", field="campus", must=True)


def names(fitted):
    return [rule.name for rule in fitted.matching.rules]


def test_rules_that_nobody_answers_drop_out_and_are_named():
    fitted = fit_to_fields(default_matching(), mentee={"goals", "stage"}, mentor={"expertise", "stage", "hours"})

    assert names(fitted) == ["Goals covered", "Career stage"]
    assert fitted.notes == (
        '"Common hours" is not used: no mentee says "Hours".',
        (
            "Not used, because nobody says what they compare: Related field, Distance, Ranked choices, Common "
            "languages, About each other, Profession asked for, Background asked for, Gender asked for."
        ),
    )


def test_points_of_dropped_rules_go_to_the_others():
    fitted = fit_to_fields(default_matching(), mentee={"goals", "stage"}, mentor={"expertise", "stage"})

    assert [rule.points for rule in fitted.matching.rules] == [78, 22]
    assert fitted.matching.highest_fit == default_matching().highest_fit


def test_what_a_miss_costs_keeps_its_proportion_and_points_against_a_pair_stay():
    matching = Matching(rules=(SITE, GOALS, FAR), keep_total=True)

    fitted = fit_to_fields(matching, mentee={"site", "years"}, mentor={"site", "years"})

    assert [(rule.name, rule.points, rule.missed) for rule in fitted.matching.rules] == [
        ("Same site", 40, -20),
        ("Far", -4, 0),
    ]


def test_points_stay_as_they_are_written_where_the_rules_do_not_keep_their_total():
    fitted = fit_to_fields(Matching(rules=(SITE, GOALS)), mentee={"site"}, mentor={"site"})

    assert fitted.matching.rules == (SITE,)
    assert fitted.notes == ("Not used, because nobody says what they compare: Goals covered.",)


def test_missing_further_fields_do_not_drop_a_rule():
    fitted = fit_to_fields(default_matching(), mentee={"place"}, mentor={"place"})

    assert fitted.matching.rules[0].options == {}
    assert fitted.matching.rules[0].importance is None


def test_people_with_names_only_are_matched_by_places():
    fitted = fit_to_fields(default_matching(), mentee=set(), mentor=set())

    assert fitted.matching.rules == ()
    assert "only places and exclusions count" in fitted.notes[-1]


def test_all_fields_keep_the_rules_as_they_are():
    matching = default_matching()

    fitted = fit_to_fields(matching, mentee=matching.needed("mentee"), mentor=matching.needed("mentor"))

    assert fitted.matching == matching
    assert fitted.notes == ()


@pytest.mark.parametrize(("options", "keeps_musts", "kept"), [
    ({}, False, []),
    ({}, True, ["Same campus"]),
    ({"unknown": "forbid"}, False, ["Same campus"]),
])  # fmt: skip
def test_hard_rule_that_forbids_nobody_drops_out_unless_people_may_come_later(options, keeps_musts, kept):
    must = CAMPUS.model_copy(update={"options": options})

    fitted = fit_to_fields(Matching(rules=(must,)), mentee={"campus"}, mentor=set(), keeps_musts=keeps_musts)

    assert names(fitted) == kept
    if not kept:
        assert fitted.notes[0] == '"Same campus" is not checked: no mentor says "Campus".'


@pytest.mark.parametrize(("mentee", "mentor", "is_kept"), [
    ({"not_with"}, set(), True),
    (set(), {"not_with"}, True),
    (set(), set(), False),
])  # fmt: skip
def test_exclusion_that_either_side_names_is_kept(mentee, mentor, is_kept):
    apart = RuleSpec(name="Not with", kind="apart", field="not_with", must=True)

    fitted = fit_to_fields(Matching(rules=(apart,)), mentee=mentee, mentor=mentor)

    assert bool(fitted.matching.rules) == is_kept


def test_score_needs_the_number_of_the_side_that_is_scored():
    scored = {
        of: RuleSpec(name=of, kind="score", field="score", points=5, options={"of": of}) for of in ("mentee", "mentor")
    }

    fitted = fit_to_fields(Matching(rules=tuple(scored.values())), mentee={"score"}, mentor=set())

    assert names(fitted) == ["mentee"]


def test_field_is_answered_where_one_person_says_anything():
    people = [
        Participant("a", "A", "mentee", {"goals": (), "site": None, "remote": False, "hours": 0}),
        Participant("b", "B", "mentee", {"goals": ("exams",), "about": "", "wishes": []}),
    ]

    assert fields_answered(people) == {"goals", "remote", "hours"}
    fitted = fit_to_people(Matching(rules=(GOALS, SITE)), people, [Participant("m", "M", "mentor", {"site": "North"})])
    assert names(fitted) == []
    assert fitted.notes[:2] == (
        '"Goals covered" is not used: no mentor says "Offers".',
        '"Same site" is not used: no mentee says "Site".',
    )
