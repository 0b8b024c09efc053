"""One cell to a number, a flag or an importance."""

import pytest

from chiron.sheets.cells.values import (
    Reading,
    asks_in_the_negative,
    flag_of,
    importance_of,
    is_not_yet,
    is_nothing,
    most_answers,
    number_of,
)


@pytest.mark.parametrize(("cell", "value", "code"), [
    ("3", 3, ""), ("three", 3, ""), ("3.0", 3, ""), ("1,000", 1000, ""), ("2 mentees", 2, ""), ("12 hours", 12, ""),
    ("two or three", 2, "lower_of_two"), ("one or two", 1, "lower_of_two"), ("2-3", 2, "lower_of_two"), ("2\u20133", 2, "lower_of_two"),
    ("5\u201310 hours", 5, "lower_of_two"), ("between 2 and 3", 2, "lower_of_two"), ("1 or 2 (max)", 1, "lower_of_two"),
    ("up to 4", 4, "bound"), ("at least two", 2, "bound"), ("10+", 10, "bound"), ("less than 5", 4, "bound"), ("a couple", 2, ""),
    ("I could take 2 mentees", 2, "number_in_words"), ("1.5", 1, "rounded_down"), ("none", 0, "nothing_is_zero"),
])  # fmt: skip
def test_number_of_takes_the_lower_end_and_says_so(cell, value, code):
    reading = number_of(cell)

    assert (reading.value, reading.code, reading.is_problem) == (value, code, False)
    assert not code or reading.text.startswith(f"I used {value}")


@pytest.mark.parametrize(("cell", "code"), [
    ("as many as needed", "not_whole_number"), ("unlimited", "not_whole_number"), ("a few", "not_whole_number"),
    ("banana", "not_whole_number"), ("1 now, 2 later, maybe 4", "not_whole_number"), ("0.5", "not_whole_number"),
    ("-2", "negative_number"), ("2026-03-02", "date_not_number"), ("2-Mar", "date_not_number"), ("Mar-02", "date_not_number"),
])  # fmt: skip
def test_number_of_asks_for_a_whole_number_where_none_is_clear(cell, code):
    reading = number_of(cell)

    assert (reading.value, reading.code, reading.is_problem) == (None, code, True)
    assert "Type a whole number" in reading.text


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 hour a week", 4),
        ("2-3 hours per week", 8),
        ("1 hour every two weeks", 2),
        ("1 hour a fortnight", 2),
        ("4", 4),
    ],
)
def test_number_of_turns_hours_a_week_into_hours_a_month(cell, value):
    assert number_of(cell, unit="month").value == value


@pytest.mark.parametrize(("cell", "value"), [
    ("Yes", True), ("y", True), ("TRUE", True), ("x", True), ("✓", True), ("Yes, but only Fridays", True), ("ja", True),
    ("no", False), ("No thanks.", False), ("0", False), ("✗", False), ("Not at all", False), ("No - I'd rather not", False),
])  # fmt: skip
def test_flag_of_takes_many_ways_to_say_yes_and_no(cell, value):
    assert flag_of(cell).value is value


@pytest.mark.parametrize("cell", ["maybe", "it depends", "Yes and no, it depends", "purple"])
def test_flag_of_asks_where_neither_is_clear(cell):
    assert flag_of(cell) == Reading(None, "not_yes_or_no", "Type yes or no.", is_problem=True)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Not at all important", 1),
        ("Slightly important", 2),
        ("Neutral", 3),
        ("Very important", 4),
        ("Extremely important", 5),
        ("doesn't matter", 0),
        ("4", 4),
        ("5 - matters most", 5),
        ("4/5", 4),
    ],
)
def test_importance_of_takes_words_and_numbers(cell, value):
    assert importance_of(cell) == Reading(value)


@pytest.mark.parametrize("cell", ["9", "purple", "10"])
def test_importance_of_asks_for_0_to_5(cell):
    assert importance_of(cell).code == "not_importance"


@pytest.mark.parametrize("cell", ["", "-", "--", "—", "n/a", "N/A", "None", "nil", ".", "prefer not to say", "no one"])
def test_nothing_is_said_in_many_ways(cell):
    assert is_nothing(cell)


@pytest.mark.parametrize("cell", ["0", "no", "x", "✓", "North", "TBC"])
def test_nothing_is_not_said_by_answers(cell):
    assert not is_nothing(cell)
    assert is_not_yet(cell) == (cell == "TBC")


@pytest.mark.parametrize(("heading", "is_negative"), [
    ("Would you mind meeting online?", True), ("Do you object to being contacted?", True), ("Are you unable to travel?", True),
    ("Would it be a problem to meet online?", True), ("Do not match me online", True),
    ("Can you meet online?", False), ("Happy to meet online?", False), ("What do you not like?", False), ("Online", False),
])  # fmt: skip
def test_negative_questions_are_known(heading, is_negative):
    assert asks_in_the_negative(heading) is is_negative


@pytest.mark.parametrize(
    ("heading", "most"),
    [
        ("Goals (choose up to three)", 3),
        ("Pick 5", 5),
        ("Your top 3 goals", 3),
        ("Topics (max. 4)", 4),
        ("Goals", None),
        ("What are your goals for 2026?", None),
    ],
)
def test_most_answers_are_read_from_the_heading(heading, most):
    assert most_answers(heading) == most
