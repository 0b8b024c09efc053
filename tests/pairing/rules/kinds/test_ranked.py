"""Tests of the kind ranked."""

from pairing.rules.kinds.asking import ask, explain


def test_ranked_falls_from_the_first_choice():
    ranking = ("o3", "o1", "o2")

    assert ask("ranked", (ranking, None), ("o3", None)) == (1000, True, "choice 1 of the mentee")
    assert ask("ranked", (ranking, None), ("o1", None)) == (666, True, "choice 2 of the mentee")
    assert ask("ranked", (ranking, None), ("o2", None)).share == 333
    assert ask("ranked", (ranking, None), ("o9", None)) == (0, False, "not among the choices of the mentee")


def test_ranked_counts_a_fixed_number_of_choices():
    assert ask("ranked", (("o1",), None), ("o1", None), choices=5).share == 1000
    assert ask("ranked", (("o2", "o1"), None), ("o1", None), choices=5).share == 800
    assert ask("ranked", (("o2", "o1"), None), ("o1", None), choices=1)[:2] == (0, False)


def test_ranked_reads_names_without_titles():
    assert ask("ranked", (("Dr. Ana Roe",), None), ("o1", "Roe, Ana")).share == 1000


def test_ranked_may_be_by_mentors():
    assert ask("ranked", ("e1", None), (("e2", "e1"), None), by="mentor") == (500, True, "choice 2 of the mentor")


def test_ranked_is_unknown_where_nobody_was_named():
    assert ask("ranked", ((), None), ("o1", None)) == (-1, True, "the mentee has named nobody")


def test_ranked_explains_itself():
    assert explain("ranked", must=True) == "The pair must be among the mentee's goals wanted."
    assert "the mentor's skills: full points for the first" in explain("ranked", options={"by": "mentor"})
