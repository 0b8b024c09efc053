"""Tests of the kind text."""

import pytest

from chiron.pairing.rules.kinds.text import KIND, _logarithm
from pairing.rules.kinds.asking import ask, explain

MENTEES = ["I hope to work on stroke research", "Teaching nurses about sleep", "the and of", None]
MENTORS = ["Research on strokes and sleep", "A nurse who teaches", "I like chess"]


def test_text_counts_rare_words_most():
    texts = KIND.prepare(MENTEES, MENTORS, KIND.options)

    shares = KIND.shares(texts, 0, 4)
    assert shares[0, 0] == 1000
    assert 0 < shares[1, 1] < 1000
    assert shares[0].tolist() == [1000, 0, 0]
    assert shares[2:].tolist() == [[-1] * 3] * 2
    assert str(KIND.reason(texts, 0, 0)) == "both write about research and stroke"
    assert str(KIND.reason(texts, 1, 1)) == "both write about nurses"
    assert str(KIND.reason(texts, 1, 2)) == "no topic in common"
    assert str(KIND.reason(texts, 3, 0)) == "one of the two has written nothing"


def test_text_is_full_for_equal_texts():
    assert ask("text", "Études: l'ictus", "etudes ictus", full=100)[0] >= 998
    assert ask("text", "sleep", "sleep", full=100) == (1000, True, "both write about sleep")


def test_text_compares_a_long_text_by_its_heaviest_words():
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    long = " ".join(f"{a}{b}word" for a in alphabet for b in alphabet)

    assert ask("text", long, long, full=100)[0] >= 998


def test_text_may_be_a_must_with_a_least_likeness():
    assert ask("text", "sleep stroke", "sleep chess", least=100).holds is False
    assert ask("text", "sleep stroke", "sleep chess").holds is True
    assert ask("text", "", "sleep", unknown="forbid").holds is False


@pytest.mark.parametrize(
    ("above", "below", "sixteenths"), [(1, 1, 0), (2, 1, 16), (3, 2, 9), (1000, 7, 114), (8, 1, 48)]
)
def test_logarithm_is_that_of_whole_numbers(above, below, sixteenths):
    assert _logarithm(above, below) == 16 + sixteenths


def test_text_explains_itself():
    assert explain("text", must=True) == (
        "The mentee's goals wanted and the mentor's skills must be about the same things; rare words count most."
    )
