"""Slips of the pen."""

import pytest

from chiron.sheets.cells.typos import is_slip


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("reserch", "research"),
        ("reserach", "research"),
        ("cardiolgy", "cardiology"),
        ("emergncy medicine", "emergency medicine"),
        ("well being", "wellbeing"),
        ("otorhinolaringolgy", "otorhinolaryngology"),
        ("nurse", "nurses"),
    ],
)
def test_a_slip_is_one_letter_of_a_long_word(text, other):
    assert is_slip(text, other)
    assert is_slip(other, text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("team a", "team b"),
        ("urology", "neurology"),
        ("year 3", "year 4"),
        ("ward 11", "ward 12"),
        ("cardiology", "radiology"),
        ("male", "female"),
        ("hypertension", "hypotension"),
        ("st3", "st4"),
        ("research", "research"),
        ("covid19", "covid20"),
        ("north site", "south site"),
    ],
)
def test_a_slip_is_never_another_thing(text, other):
    assert not is_slip(text, other)
    assert not is_slip(other, text)
