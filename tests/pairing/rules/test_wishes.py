"""Whose wish a rule expresses, and the choices that a list of mentees gives: against the points of each rule."""

import numpy as np

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring, pose
from chiron.pairing.rules.wishes import with_wishes

MENTEES = Pool(
    ("e0", "e1", "e2"),
    {
        "site": ["N", "S", None],
        "choices": [("o1", "nobody", "o0"), (), None],
        "age": [30, 40, 50],
        "name": ["a", "b", "c"],
    },
)
MENTORS = Pool(("o0", "o1"), {"site": ["N", "S"], "age": [31, 52], "name": ["d", "e"]})
SITE = Rule("site", "same", "site", "site", points=7, voice="mentor")
CHOICES = Rule("choices", "ranked", "choices", "id", points=30, voice="mentee")
AGE = Rule("age", "near", "age", "age", points=5)


def posed(rules):
    scoring = Scoring(rules, MENTEES, MENTORS)
    return scoring, with_wishes(scoring, pose(scoring, capacity=[1, 1]))


def test_wishes_leave_out_what_only_the_other_side_voices():
    scoring, problem = posed([SITE, CHOICES, AGE])
    pairs = [(i, int(j)) for i in range(3) for j in problem.partner[problem.starts[i] : problem.starts[i + 1]]]
    site, choices, age = scoring.parts(pairs).T

    assert site.any()
    assert choices.any()
    assert problem.fit.tolist() == (site + choices + age).tolist()
    assert problem.mentee_fit.tolist() == (choices + age).tolist()
    assert problem.mentor_fit.tolist() == (site + age).tolist()


def test_choices_are_places_on_the_list_and_whoever_is_not_on_it_comes_after_the_longest():
    _, problem = posed([CHOICES])

    assert problem.rank.tolist() == [3, 1, 4, 4, 4, 4]


def test_nothing_is_made_where_no_rule_asks_for_it():
    _, problem = posed([AGE])

    assert (problem.mentee_fit, problem.mentor_fit, problem.rank) == (None, None, None)


def test_a_must_rule_about_choices_gives_choices_too():
    must = Rule("choices", "ranked", "choices", "id", must=True)
    _, problem = posed([must, AGE])

    assert problem.rank[: int(problem.starts[1])].tolist() == [3, 1]
    assert np.diff(problem.starts).tolist() == [2, 2, 2]
