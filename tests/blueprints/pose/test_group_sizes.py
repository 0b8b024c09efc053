from collections import Counter
from dataclasses import replace

import pytest

from chiron.blueprints.plan import pairs as plans
from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.schema.rules_file import RulesError, dump_rules, read_rules

SAME_CAMPUS = """
[[matching.rules]]
name = "Same campus"
kind = "same"
field = "campus"
must = true
"""


def rules(groups, *, head="everyone = true", more=SAME_CAMPUS):
    return read_rules(f"[matching]\n{head}\n\n[matching.groups]\n{groups}\n{more}")


def make_plan(mentees, mentors, matching, **more):
    return plans.make_plan(mentees=mentees, mentors=mentors, matching=matching, **more)


def people(side, counts, **more):
    return [
        Participant(f"{campus}{at}", f"{campus} {at}", side, {"campus": campus}, **more)
        for campus, count in counts.items()
        for at in range(count)
    ]


def sizes(plan):
    taken = Counter(plan.answer.pairs[:, 1].tolist())
    return {one.id: taken[at] for at, one in enumerate(plan.mentors)}


def test_everybody_is_in_and_sizes_differ_by_one_inside_a_campus() -> None:
    mentees = people("mentee", {"Newark": 23, "New Brunswick": 31, "Blackwood": 5})
    mentors = people("mentor", {"Newark": 5, "New Brunswick": 5, "Blackwood": 5})

    plan = make_plan(mentees, mentors, rules('balanced_by = "campus"\nmentors = 5'))

    taken = sizes(plan)
    assert plan.verdict.proved_best
    assert len(plan.answer.pairs) == 59
    assert sorted(taken[f"Newark{at}"] for at in range(5)) == [4, 4, 5, 5, 5]
    assert sorted(taken[f"New Brunswick{at}"] for at in range(5)) == [6, 6, 6, 6, 7]
    assert [taken[f"Blackwood{at}"] for at in range(5)] == [1] * 5
    assert all(mentees[i].answers == mentors[j].answers for i, j in plan.answer.pairs.tolist())


def test_balance_over_the_whole_programme() -> None:
    plan = make_plan(people("mentee", {"x": 7}), people("mentor", {"x": 3}), rules("balanced_by = true"))

    assert sorted(sizes(plan).values()) == [2, 2, 3]


@pytest.mark.parametrize(
    ("groups", "mentors", "said"),
    [
        ('balanced_by = "campus"\nmentors = 3', {}, "There are 2 mentors in campus “x”"),
        ('balanced_by = "campus"', {"capacity": 1}, "x 0 takes 1"),
        ('balanced_by = "campus"\nleast = 6', {}, "the rules ask for at least 6"),
        ('balanced_by = "campus"\nmost = 3', {}, "the rules ask for at most 3"),
        ("least = 3", {"capacity": 2}, "A group needs at least 3 members"),
    ],
)
def test_sizes_that_cannot_be_are_refused_in_words(groups, mentors, said) -> None:
    with pytest.raises(PoseError) as fault:
        make_plan(people("mentee", {"x": 9}), people("mentor", {"x": 2}, **mentors), rules(groups))

    assert said in str(fault.value)


def test_a_mentor_without_places_has_no_group() -> None:
    mentors = [*people("mentor", {"x": 2}), Participant("away", "Away", "mentor", {"campus": "x"}, capacity=0)]

    plan = make_plan(people("mentee", {"x": 6}), mentors, rules('balanced_by = "campus"'))

    assert sizes(plan) == {"x0": 3, "x1": 3, "away": 0}


def test_a_least_number_that_cannot_be_filled_is_a_conflict_in_words() -> None:
    mentees, mentors = people("mentee", {"x": 4, "y": 1}), people("mentor", {"x": 1, "y": 1})

    with pytest.raises(ConflictError) as fault:
        make_plan(mentees, mentors, rules("least = 2\nmost = 4"))

    assert tuple(map(str, fault.value.statements)) == (
        "y 0 must have at least 2 mentees.",
        "That is 1 more than can be paired there.",
        "The rule “Same campus” must hold.",
    )


def test_groups_with_too_few_stay_closed() -> None:
    mentees, mentors = people("mentee", {"x": 8}), people("mentor", {"x": 3})

    plan = make_plan(mentees, mentors, rules('least = 3\nmost = 4\nopen = "some"'))

    assert sorted(sizes(plan).values()) == [0, 4, 4]
    assert plan.verdict.proved_best
    assert plan.opens == (3, 3, 3)
    with pytest.raises(PoseError, match="worst-off"):
        make_plan(mentees, mentors, rules('least = 3\nmost = 4\nopen = "some"'), aim="worst-off")
    with pytest.raises(ConflictError, match="A group opens with 3"):
        make_plan(mentees[:2], mentors, rules('least = 3\nmost = 4\nopen = "some"'))


def test_a_cap_has_a_least_number_and_a_reserve() -> None:
    caps = '[[matching.caps]]\nname = "Site"\nby = "campus"\nlimit = 4\nleast = 2\nreserve = 1\n'
    matching = read_rules(f"[matching]\ncapacity = 5\n{caps}")

    plan = make_plan(people("mentee", {"x": 9}), people("mentor", {"x": 1, "y": 2}), matching)

    taken = sizes(plan)
    assert [(cap.least, cap.limit) for cap in plan.problem.caps] == [(2, 3), (2, 3)]
    assert (taken["x0"], taken["y0"] + taken["y1"]) == (3, 3)


@pytest.mark.parametrize(
    "groups",
    [
        "least = 5\nmost = 4",
        'open = "some"',
        'least = 2\nopen = "some"\nbalanced_by = true',
        "mentors = 5",
        "leest = 4",
    ],
)
def test_tables_that_make_no_sense_are_refused(groups) -> None:
    with pytest.raises(RulesError) as fault:
        rules(groups)

    assert "groups" in str(fault.value)


def test_rules_with_groups_survive_writing() -> None:
    for groups in (
        'balanced_by = "campus"\nmentors = 5',
        "balanced_by = true",
        'least = 3\nmost = 6\nopen = "some"',
        "",
    ):
        matching = rules(groups)

        assert read_rules(dump_rules(matching)) == matching


def test_groups_that_are_there_keep_their_members_and_the_smallest_are_filled_first():
    there = {"Newark0": 4, "Newark1": 2, "Newark2": 2}
    mentors = [
        replace(one, held=tuple(f"old {at}" for at in range(there[one.id])), capacity=9)
        for one in people("mentor", {"Newark": 3})
    ]

    plan = make_plan(people("mentee", {"Newark": 3}), mentors, rules('balanced_by = "campus"\nmentors = 3'))

    assert sorted(sizes(plan)[one] + there[one] for one in there) == [3, 4, 4]
    assert sizes(plan)["Newark0"] == 0


def test_full_group_counts_among_the_mentors_of_its_campus():
    full = Participant("Newark1", "Newark 1", "mentor", {"campus": "Newark"}, capacity=0, held=("a", "b"))
    mentors = [*people("mentor", {"Newark": 1}, capacity=5), full]

    plan = make_plan(people("mentee", {"Newark": 2}), mentors, rules('balanced_by = "campus"\nmentors = 2'))

    assert sizes(plan) == {"Newark0": 2, "Newark1": 0}


def test_group_that_is_there_takes_fewer_than_the_least_and_no_more_than_the_most():
    there = Participant("a", "A", "mentor", {"campus": "Newark"}, capacity=6, held=("x", "y", "z"))
    fresh = Participant("b", "B", "mentor", {"campus": "Newark"}, capacity=6)

    few = make_plan(people("mentee", {"Newark": 1}), [there, fresh], rules("least = 3\nmost = 5", head=""))
    many = make_plan(people("mentee", {"Newark": 6}), [there, fresh], rules("least = 3\nmost = 5", head=""))

    assert sizes(few) == {"a": 1, "b": 0}
    assert sizes(many)["a"] <= 2
    assert sum(sizes(many).values()) == 6


def test_cap_counts_the_pairs_that_run_already():
    cap = '[[matching.caps]]\nname = "Pairs in the programme"\nlimit = 3\n'
    busy = Participant("b", "B", "mentor", {"campus": "Newark"}, capacity=0, held=("x", "y"))
    mentors = [*people("mentor", {"Newark": 3}, capacity=1), busy]

    plan = make_plan(people("mentee", {"Newark": 3}), mentors, read_rules(f"[matching]\n{cap}{SAME_CAMPUS}"))

    assert sum(sizes(plan).values()) == 1


def test_who_may_not_join_the_smallest_group_joins_another_one_of_the_campus():
    there = {"Newark0": 3, "Newark1": 3, "Newark2": 2}
    mentors = [
        replace(one, held=tuple(f"old {at}" for at in range(there[one.id])), capacity=9)
        for one in people("mentor", {"Newark": 3})
    ]
    late = people("mentee", {"Newark": 1})

    plan = make_plan(late, mentors, rules('balanced_by = "campus"\nmentors = 3'), apart=[(late[0].id, "Newark2")])

    assert sizes(plan)["Newark2"] == 0
    assert sum(sizes(plan).values()) == 1
