"""Tests of the kind score."""

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring
from pairing.rules.kinds.asking import ask, explain


def test_score_rises_from_least_to_full():
    assert ask("score", 5, None, least=1, full=5) == (1000, True, "5 for the mentee")
    assert ask("score", 3, None, least=1, full=5) == (500, False, "3 for the mentee")
    assert ask("score", 1, None, least=1, full=5)[:2] == (0, False)
    assert ask("score", 9, None, least=1, full=5).share == 1000
    assert ask("score", -3, None, least=1, full=5).share == 0


def test_score_may_be_the_mentors():
    assert ask("score", 0, 7.5, of="mentor") == (750, False, "7.5 for the mentor")


def test_score_is_unknown_without_a_number():
    assert ask("score", None, 3) == (-1, True, "no number is given")
    assert not ask("score", None, 3, unknown="forbid").holds


def test_score_needs_a_column_on_one_side_only():
    rule = Rule("Interview", "score", "interview", "id", points=20, options={"full": 5})
    scoring = Scoring([rule], Pool(("a", "b"), {"interview": [5, 2]}), Pool(("x", "y", "z"), {}))

    assert scoring.block(0, 2)[1].tolist() == [[20, 20, 20], [8, 8, 8]]
    assert scoring.parts([(1, 2)]).tolist() == [[8]]


def test_score_explains_itself():
    assert explain("score", must=True, options={"full": 3}) == "The mentee's goals wanted must be at least 3."
    assert explain("score", options={"of": "mentor"}).startswith("The higher the mentor's skills, the better: 10")
