"""Tests of the kind apart."""

import pytest

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring
from pairing.rules.kinds.asking import ask, explain

ANA = ("o1", "Ana Roe", "ana@example.org")
BO = ("e1", "Bo Li", "bo@example.org")


@pytest.mark.parametrize("named", ["o1", ("o7", "O1"), "Dr. Ana Roe", "roe, ana", "ANA@example.org"])
def test_apart_forbids_whom_the_mentee_names(named):
    assert ask("apart", (named, *BO), (None, *ANA)) == (0, False, "the two are to be kept apart")


@pytest.mark.parametrize("named", ["Sean O'Neill", "Seán O\u2019Neill", "ONEILL, SEAN", "Prof. Sean O\u02bcNeill"])
def test_apart_minds_neither_accents_nor_apostrophes(named):
    assert ask("apart", (named, *BO), (None, "o1", "Seán O\u2019Neill", "sean@example.org"))[:2] == (0, False)


@pytest.mark.parametrize("named", ["e1", ("Bo Li",), "bo@example.org"])
def test_apart_forbids_whom_the_mentor_names(named):
    assert ask("apart", (None, *BO), (named, *ANA))[:2] == (0, False)


@pytest.mark.parametrize("named", [None, (), "", "o2", "Ana", ("nobody",)])
def test_apart_lets_everybody_else_meet(named):
    assert ask("apart", (named, *BO), (None, *ANA)) == (1000, True, "nothing keeps the two apart")


def test_apart_takes_a_column_of_ids_for_no_list():
    mentees, mentors = Pool(("1", "2"), {"manager": ["1", None]}), Pool(("1", "2"), {})

    scoring = Scoring([Rule("R", "apart", "manager", "id", must=True)], mentees, mentors)

    assert scoring.block(0, 2)[0].tolist() == [[False, True], [True, True]]


def test_apart_explains_itself():
    assert explain("apart", must=True) == (
        "Two people must not be paired where one is named by the mentee under “goals wanted” or by the mentor under “skills”."
    )
