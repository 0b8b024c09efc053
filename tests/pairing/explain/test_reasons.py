from dataclasses import replace

import numpy as np
import pytest

from chiron.pairing.explain import reasons as explain
from chiron.pairing.model.problem import Cap, QuotaError
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring, pose
from chiron.pairing.solve import solve
from chiron.pairing.whatif.free_places import FreePlaces
from chiron.pairing.whatif.replan import Change, Replanner, apply_change
from pairing.problems import make_problem, random_problem

SITE = Rule(name="same site", kind="same", mentee="site", mentor="site", must=True)
LANGUAGE = Rule(name="same language", kind="same", mentee="language", mentor="language", points=20)
FIELD = Rule(name="same field", kind="same", mentee="field", mentor="field", must=True)
MENTEES = ("Ama Boateng", "Lena Ortiz", "Sam Reed")
MENTORS = ("Jo Park", "Siân Hughes")


def made(sites, mentor_sites, capacity, *, caps=(), rules=(SITE, LANGUAGE), forbidden=()):
    """Return problem, scoring and answer of a few people at sites, who all speak the same language."""
    n, m = len(sites), len(mentor_sites)
    mentees = Pool(MENTEES[:n], {"site": sites, "language": ["en"] * n, "field": ["a"] * n})
    mentors = Pool(MENTORS[:m], {"site": mentor_sites, "language": ["en"] * m, "field": ["a"] * m})
    scoring = Scoring(rules, mentees, mentors)
    problem = pose(scoring, capacity=capacity, caps=caps, forbidden=forbidden)
    return problem, scoring, solve(problem)


def told(problem, scoring, answer, mentee):
    """Return why a mentee has no mentor."""
    return explain.unmatched(
        problem, scoring, answer, mentee, mentee_names=problem.mentees, mentor_names=problem.mentors
    )


def left_out(answer, count):
    """Return the mentee who has no mentor."""
    return next(at for at in range(count) if at not in answer.pairs[:, 0])


def test_a_rule_is_bent_alone_only_in_a_plan_that_the_judge_finds_best() -> None:
    """A plan's own steps may claim any bound: only what they prove counts."""
    problem, scoring, answer = made(["x", "y", "z"], ["x", "y"], [1, 2])
    mentee = left_out(answer, 3)
    worse = replace(answer, pairs=answer.pairs[:1], steps=tuple(replace(one, value=1, bound=1) for one in answer.steps))
    assert worse.proved_best

    best, claimed = (told(problem, scoring, plan, mentee).fixes for plan in (answer, worse))

    assert ["bend_rules"] in [[step.code for step in fix.steps] for fix in best]
    bent = [[step.code for step in fix.steps] for fix in claimed if fix.steps[0].code == "bend_rules"]
    assert bent
    assert all("lock" in steps for steps in bent)


def test_reasons_add_up_to_the_fit() -> None:
    problem, scoring, _ = made(["x", "x"], ["x"], [2])

    assert sum(reason.points for reason in scoring.reasons(0, 0)) == problem.fit[0]


def test_unmatched_names_one_more_place_with_a_full_mentor() -> None:
    problem, scoring, answer = made(["x", "x", "x"], ["x", "x"], [1, 1])

    found = told(problem, scoring, answer, left_out(answer, 3))

    assert found.code == "all_full"
    assert [str(found.reason), found.fixes[0].text] == [
        "2 mentors fit; all are full.",
        "1 more place with Jo Park would fix it.",
    ]
    assert [fix.kind for fix in found.fixes] == ["place", "place"]
    assert all(fix.proved and fix.gain == 1 for fix in found.fixes)


def test_unmatched_names_the_cap_that_is_full() -> None:
    problem, scoring, answer = made(["x", "x"], ["x", "x"], [1, 1], caps=(Cap("places at x", 1, (0, 1)),))

    found = told(problem, scoring, answer, left_out(answer, 2))

    assert found.code == "cap_full"
    assert "“places at x” allows no more pairs" in str(found.reason)
    assert [(fix.kind, fix.rule) for fix in found.fixes] == [("cap", "places at x")]


def test_unmatched_names_the_rule_that_leaves_nobody() -> None:
    problem, scoring, answer = made(["x", "y"], ["x", "x"], [1, 1])

    found = told(problem, scoring, answer, 1)

    assert found.code == "nobody_fits"
    assert str(found.reason) == "No mentor is allowed: “same site” rules out 2 of 2."
    assert found.fixes[0].kind == "rule"
    assert found.fixes[0].text == "Bend the rule “same site”: Jo Park has room and meets every other rule."


def test_unmatched_names_all_that_is_needed_where_one_rule_alone_would_not_help() -> None:
    problem, scoring, answer = made(["x", "y"], ["x"], [1])

    (fix,) = told(problem, scoring, answer, 1).fixes

    assert [step.code for step in fix.steps] == ["bend_rules", "more_places", "lock"]
    assert fix.text == (
        "It takes an exception to the rule “same site” for Jo Park, 1 more place with Jo Park "
        "and Lena Ortiz locked to Jo Park."
    )


def test_unmatched_never_bends_a_rule_for_a_pair_that_people_keep_apart() -> None:
    problem, scoring, answer = made(["y"], ["x"], [1], forbidden=[(0, 0)])

    found = explain.unmatched(
        problem, scoring, answer, 0, mentee_names=problem.mentees, mentor_names=problem.mentors, apart={(0, 0)}
    )

    assert [[step.code for step in fix.steps] for fix in found.fixes] == [["bend_rules", "lift_apart", "lock"]]


def test_unmatched_tells_nobody_to_mentor_themself() -> None:
    problem, scoring, answer = made(["x"], ["x"], [1], forbidden=[(0, 0)])

    found = explain.unmatched(problem, scoring, answer, 0, mentee_names=["Jo Park"], mentor_names=["jo park"])

    assert [fix.text for fix in found.fixes] == [
        "1 more mentor whom the rules allow would fix it, if Jo Park is locked to that mentor."
    ]


def test_unmatched_never_offers_somebody_whom_a_rule_of_exclusion_names() -> None:
    away = Rule(name="Rather not", kind="apart", mentee="away", mentor="id", must=True)
    mentees = Pool(("Ama",), {"away": [("Jo",)], "site": ["x"]})
    scoring = Scoring([away], mentees, Pool(("Jo",), {"site": ["x"]}))
    problem = pose(scoring, capacity=[1])

    found = told(problem, scoring, solve(problem), 0)

    assert [fix.kind for fix in found.fixes] == ["mentor"]


def competing_for_jo(scores, places=1):
    """Return problem, scoring and answer of people with scores who all want the one place with Jo Park."""
    rule = Rule(name="Interview", kind="score", mentee="score", mentor="id", points=10)
    scoring = Scoring([rule], Pool(MENTEES[: len(scores)], {"score": scores}), Pool(MENTORS[:1], {}))
    problem = pose(scoring, capacity=[places])
    return problem, scoring, solve(problem)


def test_a_place_that_another_would_get_is_no_fix_but_two_places_are() -> None:
    problem, scoring, answer = competing_for_jo([10, 7, 5])

    last, second = told(problem, scoring, answer, 2).fixes, told(problem, scoring, answer, 1).fixes

    assert [fix.text for fix in last] == ["2 more places with Jo Park would fix it, and help Lena Ortiz, too."]
    assert [fix.text for fix in second] == ["1 more place with Jo Park would fix it."]


def test_a_fix_has_its_steps_as_values_with_ids() -> None:
    problem, scoring, answer = competing_for_jo([10, 7, 5])

    (fix,) = told(problem, scoring, answer, 2).fixes

    assert fix.values(problem) == {
        "kind": "place",
        "helps": ["Sam Reed", "Lena Ortiz"],
        "steps": [{"code": "more_places", "mentor_id": "Jo Park", "by": 2}],
    }


def test_a_place_that_many_others_would_get_is_kept_by_a_lock() -> None:
    rule = Rule(name="Interview", kind="score", mentee="score", mentor="id", points=10)
    people = Pool(tuple(f"e{at}" for at in range(6)), {"score": [10, 9, 8, 7, 6, 5]})
    scoring = Scoring([rule], people, Pool(MENTORS[:1], {}))
    problem = pose(scoring, capacity=[1])

    (fix,) = told(problem, scoring, solve(problem), 5).fixes

    assert fix.text == (
        "It takes 1 more place with Jo Park and e5 locked to Jo Park. Without the lock it would help e1 instead."
    )


def test_reasons_say_who_is_full_and_who_has_no_place() -> None:
    problem, scoring, answer = made(["x", "x", "x"], ["x", "x"], [1, 0])

    found = told(problem, scoring, answer, left_out(answer, 3))

    assert str(found.reason) == "2 mentors fit; 1 is full and 1 has no place."


def test_unmatched_tells_of_a_pair_kept_apart() -> None:
    problem, scoring, answer = made(["x"], ["x"], [1], forbidden=[(0, 0)])

    found = told(problem, scoring, answer, 0)

    assert str(found.reason) == "No mentor is allowed: 1 is kept apart."
    assert [fix.kind for fix in found.fixes] == ["apart"]


def test_unmatched_tells_of_room_that_a_changed_plan_does_not_use() -> None:
    problem, scoring, answer = made(["x", "x"], ["x"], [2])
    changed = replace(answer, pairs=answer.pairs[:1])

    found = told(problem, scoring, changed, 1)

    assert (found.code, found.fixes[0].kind) == ("left_out", "assign")
    assert "There is room with Jo Park" in str(found.reason)


def test_unmatched_of_somebody_who_wants_nobody_says_so() -> None:
    problem, scoring, _ = made(["x"], ["x"], [1])
    problem = replace(problem, wanted=np.array([0], dtype=np.int32))

    assert told(problem, scoring, solve(problem), 0).code == "none_wanted"


@pytest.mark.parametrize("block", range(4))
def test_room_is_where_one_more_place_lets_one_more_person_in(block) -> None:
    for seed in range(block * 50, block * 50 + 50):
        problem = random_problem(seed, most=5)
        problem = replace(problem, wanted=np.ones_like(problem.wanted), tier=np.zeros_like(problem.tier))
        if len(problem.locked):
            problem = replace(problem, locked=np.empty((0, 2), dtype=np.int32))
        answer = solve(problem)
        state = FreePlaces(problem, answer)
        for mentee in set(range(len(problem.mentees))) - state.matched:
            for mentor in state.partners(mentee).tolist():
                assert not state.reached[mentor]
                if state.is_loose(mentor) or not state.would_help(mentor):
                    continue
                wider = apply_change(problem, Change("capacity", -1, mentor, amount=1))
                assert len(solve(wider).pairs) == len(answer.pairs) + 1, seed


def test_alternatives_come_by_fit_with_what_they_do_to_others() -> None:
    problem = make_problem([[80, 72, 60], [75, 58, 10]], mentees=["Ama", "Lena"], mentors=["Jo", "Sid", "Kim"])
    answer = solve(problem, aim="total")

    found = explain.alternatives(problem, answer, 0)

    assert [(one.mentor, one.fit) for one in found] == [(0, 80), (2, 60)]
    text = str(explain.effect_on_others(found[0].effect, mentee=0, mentee_names=["Ama Boateng", "Lena Ortiz"]))
    assert text == "Lena Ortiz would go from 75 to 58, whole plan \N{MINUS SIGN}9; same number matched"


def test_effect_says_who_would_have_nobody() -> None:
    problem = make_problem([[80], [75]], mentees=["Ama", "Lena"])
    effect = Replanner(problem, solve(problem)).effect(Change("assign", 1, 0))

    text = str(explain.effect_on_others(effect, mentee=1, mentee_names=["Ama Boateng", "Lena Ortiz"]))

    assert text == "Ama Boateng would have no mentor, whole plan \N{MINUS SIGN}5; same number matched"


@pytest.mark.parametrize(
    ("sites", "mentor_sites", "capacity", "caps", "code"),
    [
        (["x"], ["x", "x"], [1, 0], (), "no_place"),
        (["x"], ["x", "y"], [1, 1], (), "nobody_fits"),
        (["x"], ["x", "x"], [1, 1], (), "not_needed"),
        (["x", "x"], ["x", "x"], [1, 1], (Cap("here", 1, (0, 1)),), "cap_full"),
    ],
)
def test_unused_says_why_places_are_free(sites, mentor_sites, capacity, caps, code) -> None:
    problem, scoring, answer = made(sites, mentor_sites, capacity, caps=caps)
    mentor = next(at for at in range(2) if at not in answer.pairs[:, 1])

    assert explain.unused(problem, scoring, answer, mentor, mentor_names=MENTORS).code == code


def test_unmatched_names_the_least_number_that_holds_a_place() -> None:
    # Ama fits only Jo; the programme has 1 place, and Siân must have somebody.
    problem, scoring, _ = made(["x", "y"], ["x", "y"], [1, 1], caps=(Cap("Programme", 1, (0, 1)),))
    problem = replace(problem, least=np.array([0, 1], dtype=np.int32))

    found = told(problem, scoring, solve(problem), 0)

    # Nobody else may have Siân's mentee, so one less there would leave that mentee out: it is no fix.
    assert found.code == "cap_full"
    assert [fix.kind for fix in found.fixes] == ["cap"]


def test_one_less_of_a_least_number_is_a_proved_fix() -> None:
    # Lena, who fits both, stands in for Siân's least number; Max, outside the programme's cap, has a place for her.
    problem = make_problem(
        [[5, None, None], [None, 6, 3]], capacity=[1, 1, 1], caps=(Cap("Programme", 1, (0, 1)),),
        mentees=MENTEES[:2], mentors=(*MENTORS, "Max Low"),
    )  # fmt: skip
    problem = replace(problem, least=np.array([0, 1, 0], dtype=np.int32))
    scoring = made(["x"] * 2, ["x"] * 2, [1, 1])[1]
    scoring = Scoring((), scoring.mentees, Pool((*MENTORS, "Max Low"), {}))

    found = told(problem, scoring, solve(problem), 0)

    assert found.code == "held"
    assert "A place there is held for Siân Hughes, who must have as many as now." in str(found.reason)
    (fix,) = [fix for fix in found.fixes if fix.kind == "least"]
    assert fix.text == "If Siân Hughes had to have only 0 instead of 1, Jo Park would have a place."
    assert len(solve(replace(problem, least=problem.least * 0)).pairs) == 2


def test_a_least_number_is_named_exactly_where_one_less_lets_somebody_in() -> None:
    named = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        fits = [[int(rng.integers(9)) if rng.random() < 0.5 else None for _ in range(4)] for _ in range(5)]
        cap = Cap("Programme", int(rng.integers(1, 3)), (0, 1, 2))
        problem = make_problem(fits, capacity=[1, 1, 1, 2], caps=(cap,))
        eased = problem
        problem = replace(problem, least=np.array([1, 0, 0, 0], dtype=np.int32))
        try:
            answer = solve(problem)
        except QuotaError:
            continue
        scoring = Scoring((), Pool(problem.mentees, {}), Pool(problem.mentors, {}))
        waiting = sorted(set(range(5)) - set(answer.pairs[:, 0].tolist()))
        kinds = {fix.kind for mentee in waiting for fix in told(problem, scoring, answer, mentee).fixes}

        assert ("least" in kinds) is (len(solve(eased).pairs) > len(answer.pairs)), seed
        named += "least" in kinds
    assert named > 3
