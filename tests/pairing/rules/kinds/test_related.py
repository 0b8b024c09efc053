"""Tests of the kind related."""

from pairing.rules.kinds.asking import ask, explain

NEAR = {"knee": {"sport": 800, "ear": 150}, "sport": {"knee": 800}, "ear": {"knee": 150}}
NAMES = {"knee": "Knee surgery", "sport": "Sports medicine"}


def test_related_takes_closeness_from_the_table():
    assert ask("related", "knee", "sport", related=NEAR, names=NAMES) == (
        800,
        True,
        "related fields: Knee surgery; Sports medicine",
    )
    assert ask("related", "knee", "ear", related=NEAR)[:2] == (150, False)
    assert ask("related", "sport", "ear", related=NEAR) == (0, False, "fields that are not related: sport; ear")


def test_related_is_full_for_one_field_whatever_the_table_holds():
    assert ask("related", "unheard-of", "unheard-of") == (1000, True, "both in unheard of")


def test_related_counts_the_closest_of_several_fields():
    assert ask("related", ("ear", "knee"), ("heart", "sport"), related=NEAR)[:2] == (800, True)


def test_related_takes_a_closeness_written_once_both_ways_and_one_written_twice_as_it_stands():
    assert ask("related", "sport", "knee", related={"Knee": {"sport": 800}}).share == 800
    assert ask("related", "sport", "knee", related={"knee": {"sport": 800}, "sport": {"knee": 300}}).share == 300


def test_related_is_unknown_without_a_field():
    assert ask("related", None, "knee") == (-1, True, "one of the two has given no field")
    assert ask("related", "knee", ()).share == -1


def test_related_explains_itself():
    assert explain("related") == "The mentor's skills should be the same as or close to the mentee's goals wanted."
    assert explain("related", different=True) == "The mentor's skills should be far from the mentee's goals wanted."
