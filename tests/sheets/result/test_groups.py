"""Groups of several questions are hidden together: what one question shows never gives away what another hides."""

import random

import pytest

from chiron.pairing.measures.fairness import TOO_FEW, UNCLEAR
from chiron.sheets.result.figures import NOT_SHOWN
from chiron.sheets.result.groups import GroupFigures, MatchedPerson, compare_groups

K = 10


def make_people(
    sizes: dict[str, int], *, share: float = 1.0, fit: float = 60.0
) -> tuple[list[MatchedPerson], list[str]]:
    """Make people of groups, the first of each matched up to a share."""
    people, said = [], []
    for name, size in sizes.items():
        people += [MatchedPerson(at < share * size, fit if at < share * size else None) for at in range(size)]
        said += [name] * size
    return people, said


def by_name(figures: tuple[GroupFigures, ...]) -> dict[str, GroupFigures]:
    return {one.group: one for one in figures}


def test_ward_is_hidden_where_its_hospital_gives_the_small_one_away():
    people, wards = make_people({"East 1": 30, "East 2": 4, "West 1": 25, "West 2": 22, "West 3": 7})
    hospitals = [ward.split()[0] for ward in wards]

    alone = compare_groups(people, {"Ward": wards}, none="None", k=K)["Ward"]
    both = compare_groups(people, {"Ward": wards, "Hospital": hospitals}, none="None", k=K)

    assert by_name(alone)["East 1"].n == 30
    assert [one.group for one in both["Ward"] if one.n is None] == ["East 1", "East 2", "West 2", "West 3"]
    assert {one.group: one.n for one in both["Hospital"]} == {"East": 34, "West": 54}


@pytest.mark.parametrize("seed", range(50))
def test_no_small_group_is_what_another_question_leaves_over(seed: int):
    dice = random.Random(seed)
    wards = dice.choices(
        [f"{side} {ward}" for side in ("East", "West", "North") for ward in "abc"], k=dice.randint(20, 160)
    )
    said = {
        "Ward": wards,
        "Hospital": [ward.split()[0] for ward in wards],
        "Grade": dice.choices("12345", k=len(wards)),
    }
    people = [MatchedPerson(matched := dice.random() < 0.8, dice.gauss(60, 5) if matched else None) for _ in wards]

    found = {question: by_name(figures) for question, figures in compare_groups(people, said, none="None", k=K).items()}

    for hospital, one in found["Hospital"].items():
        hidden = [
            wards.count(name) for name in found["Ward"] if name.startswith(hospital) and found["Ward"][name].n is None
        ]
        if one.n is not None and min(hidden, default=K) < K:
            assert len(hidden) > 1
            assert sum(hidden) >= K


def test_questions_that_part_people_along_other_lines_hide_nothing_more():
    people, sites = make_people({"A": 30, "B": 30, "C": 30})
    stages = ["Early" if at % 3 else "Late" for at in range(90)]

    both = compare_groups(people, {"Site": sites, "Stage": stages}, none="None", k=K)

    assert both["Site"] == compare_groups(people, {"Site": sites}, none="None", k=K)["Site"]


def test_groups_of_one_size_are_too_few_for_both_figures_or_for_none():
    people, sites = make_people({"A": 20, "B": 20, "C": 19}, share=0.5)

    for one in compare_groups(people, {"Site": sites}, none="None", k=K)["Site"]:
        words = {figure.verdict for figure in one.figures}
        assert (TOO_FEW in words) == (one.group == "C")
        assert words <= {TOO_FEW if one.group == "C" else UNCLEAR, NOT_SHOWN}


def test_who_gave_no_answer_stands_last_and_under_its_own_name():
    people = [MatchedPerson(True, 60.0)] * 60
    said = ["", "Zoo", "Not provided"] * 20

    groups = [one.group for one in compare_groups(people, {"Site": said}, none="Not provided", k=K)["Site"]]

    assert groups == ["Not provided", "Zoo", "Not provided"]


def test_match_without_a_fit_counts_as_matched():
    people = [MatchedPerson(True)] * 30 + [MatchedPerson(True, 70.0)] * 90 + [MatchedPerson(False)]
    said = {"Site": ["A"] * 60 + ["B"] * 61}

    one, _other = compare_groups(people, said, none="None", k=K)["Site"]

    assert (one.n, one.share.text, one.fit.text) == (60, "95–100 %", "70 (70 to 70)")
