"""From a frozen input to a draft: told its progress, stopped with a whole plan, failed in words."""

from dataclasses import replace

import numpy as np
import pytest

from chiron.blueprints.plan.arrange import from_pairs
from chiron.blueprints.plan.pairs import make_plan
from chiron.pairing.model.answer import Answer, Certificate, Step
from chiron.pairing.proof.referee import Verdict
from chiron.site.matching.bridge.answering import RunFailedError, answer_frozen, answer_words
from chiron.site.matching.bridge.frozen import matching_in, mentees_in, mentors_in

MATCHING = {
    "aim": "everyone",
    "rules": [
        {"name": "Goals covered", "kind": "coverage", "mentee": "goals", "mentor": "expertise", "points": 50},
        {"name": "Choices", "kind": "ranked", "mentee": "choices", "mentor": "id", "points": 20},
        {"name": "Shared background", "kind": "asked", "mentee": "wishes", "mentor": "background", "points": 30},
    ],
}


def person(key, capacity=None, **answers):
    """Return one frozen person."""
    return {"id": key, "name": f"Person {key}", "answers": answers, "capacity": capacity, "wanted": 1}


def frozen(**changes):
    """Return a frozen input of three mentees and two mentors."""
    return {
        "mentees": [
            person("1", goals=["Research"], choices=["m2", "m1"], wishes=[]),
            person("2", goals=["Exams"], choices=[], wishes=["First generation"]),
            person("3", goals=["Exams", "Research"], choices=[], wishes=[]),
        ],
        "mentors": [
            person("11", 1, id="m1", expertise=["Research"], background=["First generation"]),
            person("12", 1, id="m2", expertise=["Exams"], background=["Armed forces"]),
        ],
        "matching": MATCHING,
        "locks": [],
        "apart": [],
        "selves": [],
        "bends": [],
        **changes,
    }


def test_draft_has_pairs_parts_and_who_is_left_out():
    draft = answer_frozen(frozen(), seed=0, tell=lambda _phase, _best: True)

    assert len(draft.pairs) == 2
    assert len(draft.left_out) == 1
    assert all(sum(part["points"] for part in pair.parts) == pair.fit for pair in draft.pairs)
    assert draft.answer["proved_best"]
    assert draft.choosers == 1


def test_same_input_gives_the_same_draft():
    drafts = [answer_frozen(frozen(), seed=3, tell=lambda _phase, _best: True) for _ in range(2)]

    assert drafts[0] == drafts[1]


def test_what_was_asked_for_is_private():
    draft = answer_frozen(frozen(locks=[["2", "11"]]), seed=0, tell=lambda _phase, _best: True)

    parts = next(pair.parts for pair in draft.pairs if pair.mentee == 2)
    assert {part["rule"]: part["private"] for part in parts}["Shared background"] is True


def test_phases_are_known_words():
    phases = []

    answer_frozen(frozen(), seed=0, tell=lambda phase, _best: phases.append(phase) or True)

    assert set(phases) <= {"reading", "scoring", "solving", "judging", "writing"}


def test_stopped_run_keeps_a_whole_plan_and_says_so():
    draft = answer_frozen(frozen(), seed=0, tell=lambda _phase, _best: False)

    assert draft.answer["stopped"]
    assert len({pair.mentee for pair in draft.pairs}) + len(draft.left_out) == 3


def test_lock_on_two_people_kept_apart_is_a_conflict_in_words():
    with pytest.raises(RunFailedError) as failure:
        answer_frozen(frozen(locks=[["1", "11"]], apart=[["1", "11"]]), seed=0, tell=lambda _phase, _best: True)

    assert failure.value.code == "conflict"
    assert any("kept apart" in line for line in failure.value.lines)


def test_more_locks_than_places_are_a_conflict_in_words():
    locks = [["1", "11"], ["2", "11"]]

    with pytest.raises(RunFailedError) as failure:
        answer_frozen(frozen(locks=locks), seed=0, tell=lambda _phase, _best: True)

    assert failure.value.code == "conflict"
    assert failure.value.lines


def test_a_plan_is_proved_where_the_judge_says_so_and_not_where_its_own_numbers_do():
    asked = frozen()
    plan = make_plan(mentees=mentees_in(asked), mentors=mentors_in(asked), matching=matching_in(asked))
    nothing = np.zeros(2, dtype=np.int64)
    step = Step(name="matched", value=1, bound=1, certificate=Certificate(prices=nothing, cap_prices=nothing[:0]))
    answer = Answer(pairs=np.array([[0, 0]], dtype=np.int32), steps=(step,), aim="everyone", method="flow", seed=0)

    found = Verdict(violations=(), bounds=(2,), proved_best=False)

    kept = answer_words(from_pairs(replace(plan, answer=answer, verdict=found)))

    assert not kept["proved_best"]
    assert [(one["bound"], one["proved_best"]) for one in kept["steps"]] == [(2, False)]
