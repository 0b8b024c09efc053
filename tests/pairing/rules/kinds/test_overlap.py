"""Tests of the kind overlap."""

from pairing.rules.kinds.asking import ask, explain


def test_overlap_of_one_is_full_unless_more_is_asked():
    mentee, mentor = ("English", "Spanish"), ("spanish", "Welsh")

    assert ask("overlap", mentee, mentor, words="speak") == (1000, True, "both speak spanish")
    assert ask("overlap", mentee, mentor, full=3)[:2] == (333, True)
    assert ask("overlap", mentee, mentor, least=2)[:2] == (500, False)


def test_overlap_of_nothing_is_none():
    assert ask("overlap", ("English",), ("Welsh",)) == (0, False, "nothing in common")


def test_overlap_takes_an_empty_list_for_no_answer():
    assert ask("overlap", (), ("Welsh",)) == (-1, True, "one of the two has not answered")
    assert ask("overlap", ("Welsh",), None, unknown="forbid")[:2] == (-1, False)


def test_overlap_counts_across_many_words():
    many = tuple(f"day {at}" for at in range(200))

    assert ask("overlap", many, many[30:], full=200)[0] == 850


def test_overlap_explains_itself():
    assert explain("overlap") == (
        "The mentee's goals wanted and the mentor's skills should have something in common; "
        "1 common answer counts in full."
    )
    assert "at least 2 in common" in explain("overlap", must=True, options={"least": 2})
    assert "fewer than 1 in common" in explain("overlap", must=True, different=True)
