"""Open places: the reason in words, and fixes that were tried."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import Cap
from chiron.pairing.shapes.advice.open_slots import cheapest_fixes, open_places
from chiron.pairing.shapes.loads import solve as loads
from chiron.pairing.shapes.model.slots import slots_from_tables
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, PanelProblem, SharedProblem
from chiron.pairing.shapes.panel import solve as panel
from chiron.pairing.shapes.shared import solve as shared
from pairing.shapes.typed_cases import random_panel, typed_plans


def two_mentees(fits, labels):
    return slots_from_tables(fits, mentees=["Ana", "Bo"], mentors=["Dr Ek", "Dr Li"], labels=labels)


def test_a_full_mentor_is_the_reason_and_one_more_place_the_fix():
    slots = two_mentees([[[5, None], [4, None]]], ["clinical"])
    problem = PanelProblem(slots, np.array([1, 3]), np.array([True]))

    answer = panel.solve(problem)

    assert [place.reason for place in open_places(problem, answer)] == [
        "Of 1 mentors allowed for Bo in clinical: 1 has no room left."
    ]
    assert [(fix.words, fix.more) for fix in cheapest_fixes(problem, answer)] == [("One more place with Dr Ek.", 1)]


def test_nobody_allowed_has_a_reason_and_no_fix():
    slots = two_mentees([[[5, None], [None, None]]], ["clinical"])
    problem = PanelProblem(slots, np.array([1, 3]), np.array([True]))

    answer = panel.solve(problem)

    assert [place.reason for place in open_places(problem, answer)] == ["No mentor is allowed for Bo in clinical."]
    assert cheapest_fixes(problem, answer) == ()


def test_the_rule_that_two_mentors_differ_is_named_after_cheaper_fixes():
    slots = slots_from_tables([[[5]], [[4]]], mentees=["Ana"], mentors=["Dr Ek"], labels=["faculty", "peer"])
    problem = SharedProblem(slots, np.array([1]), np.array([[1], [1]]), differ=True)
    roomy = replace(problem, capacity=np.array([2]))

    answer = shared.solve(roomy)

    assert [place.reason for place in open_places(roomy, answer)] == [
        "Of 1 mentors allowed for Ana in peer: 1 fills another place of the same mentee."
    ]
    assert [fix.words for fix in cheapest_fixes(roomy, answer)] == [
        "One mentor may fill two places of the same person."
    ]
    assert cheapest_fixes(problem, shared.solve(problem)) == ()


def test_a_site_that_is_full_is_named_and_one_more_pair_is_tried():
    slots = two_mentees([[[5, 5], [4, 4]]], ["clinical"])
    problem = PanelProblem(slots, np.array([2, 2]), np.array([True]), caps=(Cap("Harbour site", 1, (0, 1)),))

    answer = panel.solve(problem)

    assert "would exceed a limit of a site" in open_places(problem, answer)[0].reason
    assert [(fix.words, fix.cost) for fix in cheapest_fixes(problem, answer)] == [("One more pair in Harbour site.", 2)]


def test_units_are_offered_where_a_relationship_costs_more_than_one():
    slots = two_mentees([[[5, None], [4, None]]], ["research"])
    problem = LoadsProblem(slots, np.array([3, 0]), np.array([2]))

    answer = loads.solve(problem)

    assert [(fix.words, fix.more) for fix in cheapest_fixes(problem, answer)] == [("2 more units with Dr Ek.", 1)]


@pytest.mark.parametrize("seed", range(40))
def test_a_fix_fills_as_many_more_places_as_it_says(seed):
    problem = random_panel(seed)
    answer = panel.solve(problem)

    def most_filled(changed):
        plans = typed_plans(
            changed.slots,
            changed.capacity,
            np.ones(changed.slots.kinds),
            place=changed.slot_capacity,
            caps=changed.caps,
            differ=True,
        )
        return max((len({tie[0] for tie in plan}), len(plan)) for plan in plans)[1]

    for fix in cheapest_fixes(problem, answer):
        if fix.words.startswith("One more pair in "):
            name = fix.words.removeprefix("One more pair in ").removesuffix(".")
            caps = tuple(replace(cap, limit=cap.limit + (cap.name == name)) for cap in problem.caps)
            changed = replace(problem, caps=caps)
        elif problem.slot_capacity is None:
            name = fix.words.removeprefix("One more place with ").removesuffix(".")
            room = problem.capacity + (np.array(problem.slots.mentors) == name)
            changed = replace(problem, capacity=room.astype(np.int32))
        else:
            continue
        if not problem.required.any() or problem.required.all():
            assert most_filled(changed) - len(answer.ties) == fix.more > 0
