"""Open places: the reason in words, and fixes that were tried."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.model.problem import Cap
from chiron.pairing.shapes.advice.open_slots import cheapest_fixes, open_places
from chiron.pairing.shapes.loads import solve as loads
from chiron.pairing.shapes.model.typed_problems import LoadsProblem, PanelProblem, SharedProblem
from chiron.pairing.shapes.panel import solve as panel
from chiron.pairing.shapes.shared import solve as shared
from pairing.shapes.typed_cases import random_panel, slots_from_tables, typed_plans


def two_mentees(fits, labels):
    return slots_from_tables(fits, mentees=["Ana", "Bo"], mentors=["Dr Ek", "Dr Li"], labels=labels)


def reasons(problem, answer):
    return [str(place.reason) for place in open_places(problem, answer, names=problem.slots.mentees)]


def fixes(problem, answer):
    return cheapest_fixes(problem, answer, mentor_names=problem.slots.mentors)


def test_a_full_mentor_is_the_reason_and_one_more_place_the_fix():
    slots = two_mentees([[[5, None], [4, None]]], ["clinical"])
    problem = PanelProblem(slots, np.array([1, 3]), np.array([True]))

    answer = panel.solve(problem)

    assert reasons(problem, answer) == ["Of 1 mentor allowed for Bo in clinical: 1 has no room left."]
    assert [(str(fix.change), fix.more) for fix in fixes(problem, answer)] == [("One more place with Dr Ek.", 1)]


def test_nobody_allowed_has_a_reason_and_no_fix():
    slots = two_mentees([[[5, None], [None, None]]], ["clinical"])
    problem = PanelProblem(slots, np.array([1, 3]), np.array([True]))

    answer = panel.solve(problem)

    assert reasons(problem, answer) == ["No mentor is allowed for Bo in clinical."]
    assert fixes(problem, answer) == ()


def test_the_rule_that_two_mentors_differ_is_named_after_cheaper_fixes():
    slots = slots_from_tables([[[5]], [[4]]], mentees=["Ana"], mentors=["Dr Ek"], labels=["faculty", "peer"])
    problem = SharedProblem(slots, np.array([1]), np.array([[1], [1]]), differ=True)
    roomy = replace(problem, capacity=np.array([2]))

    answer = shared.solve(roomy)

    assert reasons(roomy, answer) == ["Of 1 mentor allowed for Ana in peer: 1 fills another place of the same mentee."]
    assert [str(fix.change) for fix in fixes(roomy, answer)] == ["One mentor may fill two places of the same person."]
    assert fixes(problem, shared.solve(problem)) == ()


def test_a_site_that_is_full_is_named_and_one_more_pair_is_tried():
    slots = two_mentees([[[5, 5], [4, 4]]], ["clinical"])
    problem = PanelProblem(slots, np.array([2, 2]), np.array([True]), caps=(Cap("Harbour site", 1, (0, 1)),))

    answer = panel.solve(problem)

    assert "would exceed a limit of a site" in reasons(problem, answer)[0]
    assert [(str(fix.change), fix.cost) for fix in fixes(problem, answer)] == [("One more pair in Harbour site.", 2)]


def test_units_are_offered_where_a_relationship_costs_more_than_one():
    slots = two_mentees([[[5, None], [4, None]]], ["research"])
    problem = LoadsProblem(slots, np.array([3, 0]), np.array([2]))

    answer = loads.solve(problem)

    assert [(str(fix.change), fix.more) for fix in fixes(problem, answer)] == [("2 more places with Dr Ek.", 1)]


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

    for fix in fixes(problem, answer):
        if fix.change.code == "open.fix.cap":
            name = fix.change.values["cap"]
            caps = tuple(replace(cap, limit=cap.limit + (cap.name == name)) for cap in problem.caps)
            changed = replace(problem, caps=caps)
        elif problem.slot_capacity is None:
            name = fix.change.values["mentor"]
            room = problem.capacity + (np.array(problem.slots.mentors) == name)
            changed = replace(problem, capacity=room.astype(np.int32))
        else:
            continue
        if not problem.required.any() or problem.required.all():
            assert most_filled(changed) - len(answer.ties) == fix.more > 0
