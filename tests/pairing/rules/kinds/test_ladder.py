"""Tests of the kind ladder."""

import pytest

from pairing.rules.kinds.asking import ask, explain

STAGES = ["Student", "Resident", "Fellow", "Attending"]


@pytest.mark.parametrize(
    ("mentor", "shares"),
    [
        ("Student", (0, 0, 0)),
        ("Resident", (1000, 1000, 333)),
        ("Fellow", (1000, 666, 666)),
        ("Attending", (1000, 333, 1000)),
    ],
)
def test_ladder_prefers_small_or_large_gaps(mentor, shares):
    for prefer, share in zip(("any", "small", "large"), shares, strict=True):
        assert ask("ladder", "student", mentor, ladder=STAGES, prefer=prefer)[:2] == (share, share > 0)


def test_ladder_holds_inside_its_range_only():
    one_year = {"ladder": STAGES, "least": 1, "most": 1}

    assert [ask("ladder", "Resident", step, **one_year).share for step in STAGES] == [0, 0, 1000, 0]
    assert [ask("ladder", "Fellow", step, ladder=STAGES, least=-1, most=0).share for step in STAGES] == [
        0,
        1000,
        1000,
        0,
    ]


def test_ladder_says_how_far_apart_the_two_are():
    assert ask("ladder", "Student", "Fellow", ladder=STAGES).reason == "the mentor is 2 steps ahead: Student and Fellow"
    assert ask("ladder", "Fellow", "Resident", ladder=STAGES).reason == (
        "the mentor is 1 step behind: Fellow and Resident"
    )
    assert ask("ladder", "Fellow", "Fellow", ladder=STAGES).reason == "both at the stage Fellow"


def test_ladder_is_unknown_without_a_stage():
    assert ask("ladder", None, "Fellow", ladder=STAGES) == (-1, True, "one of the two has given no stage")
    assert not ask("ladder", "Fellow", "", ladder=STAGES, unknown="forbid").holds


def test_ladder_refuses_a_stage_that_it_does_not_have():
    with pytest.raises(ValueError, match="the stage “Dean” is not on the ladder"):
        ask("ladder", "Student", "Dean", ladder=STAGES)


def test_ladder_explains_itself():
    assert explain("ladder") == "The mentor's skills should be at least 1 step ahead of the mentee's."
    assert explain("ladder", must=True, options={"most": 1}).endswith("must be exactly 1 step ahead of the mentee's.")
    assert explain("ladder", options={"most": 3, "prefer": "small"}).endswith(
        "1 to 3 steps ahead of the mentee's, the fewer the better."
    )


def test_ladder_counts_no_steps_that_it_does_not_have():
    ladder = ["Student", "Resident", "Fellow"]

    far = ask("ladder", "Fellow", "Student", ladder=ladder, least=-99, most=99, prefer="small")

    assert far.share == 1000
