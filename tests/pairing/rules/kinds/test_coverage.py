"""Tests of the kind coverage."""

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring
from pairing.rules.kinds.asking import ask, explain


def test_coverage_is_the_part_of_the_wants_that_is_met():
    wants = ("exams", "research", "sleep")

    assert ask("coverage", wants, ("Research", "exams", "art")) == (
        666,
        True,
        "covers 2 of the 3 listed: exams and Research",
    )
    assert ask("coverage", wants, wants).reason == "covers all 3 listed: exams, research and sleep"
    assert ask("coverage", wants, ("art",)) == (0, False, "covers none of the 3 listed")
    assert ask("coverage", ("exams",), ("exams",)) == (1000, True, "covers the one listed: exams")
    assert ask("coverage", ("exams",), ("art",)).reason == "does not cover the one listed"


def test_coverage_may_be_full_before_all_is_met():
    wants = ("exams", "research", "sleep")

    assert ask("coverage", wants, ("exams",), full=2)[0] == 500
    assert ask("coverage", wants, ("exams", "sleep"), full=2)[0] == 1000
    assert ask("coverage", ("exams",), ("exams",), full=2)[0] == 1000


def test_coverage_as_a_must_asks_for_a_part():
    assert ask("coverage", ("exams", "sleep"), ("exams",), least=50).holds
    assert not ask("coverage", ("exams", "sleep"), ("exams",), least=51).holds


def test_coverage_as_a_must_asks_for_a_part_of_the_whole_list_whatever_full_says():
    options = {"least": 67, "full": 1}
    pools = Pool(("e",), {"goals": [("a", "b", "c", "d")]}), Pool(("m", "o"), {"goals": [("a", "b"), ("a", "b", "c")]})

    must = Scoring([Rule("R", "coverage", "goals", "goals", must=True, options=options)], *pools)

    assert must.allowed_block(0, 1).tolist() == [[False, True]]


def test_coverage_is_unknown_without_lists():
    assert ask("coverage", None, ("exams",)) == (-1, True, "the mentee has listed nothing")
    assert ask("coverage", ("exams",), None) == (-1, True, "the mentor has listed nothing")


def test_coverage_explains_itself():
    assert explain("coverage") == "The mentor's skills should cover the mentee's goals wanted; the more, the better."
    assert explain("coverage", options={"full": 1}).endswith("; 1 of them counts in full.")
    assert explain("coverage", must=True) == "The mentor's skills must cover at least 1 % of the mentee's goals wanted."
