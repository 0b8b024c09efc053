"""Several columns that are one answer."""

import pytest

from chiron.sheets.columns.groups import join_columns
from chiron.sheets.files.read import DEFAULT_LIMITS, table_of_grid
from chiron.sheets.files.table import Table


def joined(*rows: list[str]) -> Table:
    grid = [(number, row) for number, row in enumerate(rows, start=1)]
    return join_columns(table_of_grid(grid, file="sheet.csv", limits=DEFAULT_LIMITS))


def answers(*rows: list[str]) -> dict[str, list[str]]:
    """Return what stands in the further columns, by heading."""
    table = joined(*rows)
    return {table.headings[group.index]: [row.cells[group.index] for row in table.rows] for group in table.joined}


@pytest.mark.parametrize(("headings", "first", "second", "question"), [
    (["topics___1", "topics___2"], ["0", "1"], ["1", "0"], "topics"),
    (["topics____9", "topics___2"], ["0", "1"], ["1", "0"], "topics"),
    (["Q5_1", "Q5_2"], ["1", ""], ["", "1"], "Q5"),
    (["Topics? (choice=Exams)", "Topics? (choice=CVs)"], ["Checked", "Unchecked"], ["Checked", "Checked"], "Topics?"),
    (["Topics? [Exams]", "Topics? [CVs]"], ["Yes", "No"], ["No", "Yes"], "Topics?"),
    (["topics/exams", "topics/cvs"], ["1", "0"], ["0", "1"], "topics"),
    (["Topics: Exams", "Topics: CVs"], ["x", ""], ["", "x"], "Topics"),
    (["Topics? - Selected Choice - Exams", "Topics? - Selected Choice - CVs"], ["Exams", ""], ["", "CVs"], "Topics?"),
    (["Topics? Exams", "Topics? CVs"], ["TRUE", "FALSE"], ["TRUE", "TRUE"], "Topics?"),
    (["Topics >> Exams", "Topics >> CVs"], ["✓", ""], ["", "✓"], "Topics"),
])  # fmt: skip
def test_columns_of_one_option_each_become_one_answer(headings, first, second, question):
    table = joined(["Name", *headings], ["Ama", *first], ["Bo", *second])

    group = table.joined[0]
    assert table.headings[group.index] == question
    assert (group.kind, group.place, group.positions) == ("ticks", "columns B-C", (1, 2))
    assert [bool(row.cells[group.index]) for row in table.rows] == [True, True]
    assert table.headings[: table.width] == ("Name", *headings)


def test_ticked_options_stand_in_the_order_of_the_columns():
    found = answers(
        ["Name", "Topics? (choice=Exams)", "Topics? (choice=Research, ethics)", "Topics? (choice=CVs)"],
        ["Ama", "Checked", "Unchecked", "Checked"],
        ["Bo", "Unchecked", "Checked", "Unchecked"],
        ["Cy", "Unchecked", "Unchecked", "Unchecked"],
    )

    assert found == {"Topics?": ["Exams; CVs", "Research, ethics;", ""]}


def test_an_answer_typed_under_other_is_kept_in_words():
    found = answers(
        ["Name", "Topics - Exams", "Topics - CVs", "Topics - Other (please specify) - Text"],
        ["Ama", "Exams", "", "knitting"],
        ["Bo", "", "CVs", ""],
    )

    assert found == {"Topics": ["Exams; knitting", "CVs"]}


def test_options_without_a_question_are_joined_where_each_column_repeats_its_heading():
    found = answers(
        ["Your name", "Exams", "Research", "Pets"], ["Ama", "Exams", "Research", "cat"], ["Bo", "", "Research", "dog"]
    )

    assert found == {"Exams … Research": ["Exams; Research", "Research"]}


@pytest.mark.parametrize("headings", [
    ["Consent to data", "Happy to meet online?"],
    ["Contact: E-mail", "Contact: Telephone"],
    ["How important? [Same field]", "How important? [Distance]"],
])  # fmt: skip
def test_questions_of_their_own_stay_apart(headings):
    assert answers(["Name", *headings], ["Ama", "4", "4"], ["Bo", "2", "5"]) == {}


@pytest.mark.parametrize(("headings", "first", "second"), [
    (["Free? [Monday]", "Free? [Tuesday]"], ["9-10, 10-11", "Morning"], ["", "9-10"]),
    (["Monday", "Tuesday"], ["9:00-10:00; 10:00-11:00", "Morning"], ["Not available", "9:00-10:00"]),
    (["Free? - Monday", "Free? - Tuesday"], ["9-10\n10-11", "Morning"], ["", "9-10"]),
])  # fmt: skip
def test_a_grid_of_days_with_hours_below_becomes_times_of_the_week(headings, first, second):
    times = next(iter(answers(["Name", *headings], ["Ama", *first], ["Bo", *second]).values()))

    assert [text.replace(":00", "") for text in times] == [
        "Monday 9-10; Monday 10-11; Tuesday Morning",
        "Tuesday 9-10",
    ]


def test_a_grid_of_hours_with_days_below_becomes_times_of_the_week():
    found = answers(
        ["Name", "Free? [Morning]", "Free? [18:00-20:00]"], ["Ama", "Monday, Friday", ""], ["Bo", "", "Tuesday"]
    )

    assert found == {"Free?": ["Monday Morning; Friday Morning", "Tuesday 18:00-20:00"]}


@pytest.mark.parametrize("headings", [
    ("avail_mon_am", "avail_mon_pm", "avail_tue_am"),
    ("Available Mon AM", "Available Mon PM", "Available Tue AM"),
    ("Mon_AM", "Mon_PM", "Tue_AM"),
])  # fmt: skip
def test_slots_are_found_behind_the_word_available(headings):
    found = answers(["Name", *headings], ["Ama", "1", "0", "1"], ["Bo", "0", "1", "0"])

    assert [text.casefold() for text in next(iter(found.values()))] == ["mon am; tue am", "mon pm"]


@pytest.mark.parametrize("tick", ["x", "1", "Yes", "TRUE", "✓", "Available"])
def test_one_column_a_slot_of_the_week_becomes_times_of_the_week(tick):
    found = answers(["Name", "Mon 9:00-10:00", "Mon PM", "Tue AM"], ["Ama", tick, "", tick], ["Bo", "", tick, ""])

    assert found == {"Mon 9:00-10:00 … Tue AM": ["Mon 9:00-10:00; Tue AM", "Mon PM"]}


def test_a_grid_of_days_and_hours_in_two_steps_is_one_question():
    found = answers(
        ["Name", "Free - Monday - 9-10", "Free - Monday - 10-11", "Free - Tuesday - 9-10", "Free - Tuesday - 10-11"],
        ["Ama", "1", "", "1", ""],
        ["Bo", "", "1", "", "1"],
    )

    assert found == {"Free": ["Monday 9-10; Tuesday 9-10", "Monday 10-11; Tuesday 10-11"]}


@pytest.mark.parametrize("ranks", [("1", "2", "3"), ("1st", "2nd", "3rd"), ("First choice", "Second choice", "Third"),
                                   ("1 (most preferred)", "2", "3 (least preferred)")])  # fmt: skip
def test_a_ranking_grid_becomes_its_options_in_order(ranks):
    one, two, three = ranks

    found = answers(
        ["Name", "Rank the mentors [Ana Brook]", "Rank the mentors [Bo Marsh]", "Rank the mentors [Cy Dale]"],
        ["Xan", three, one, two],
        ["Yve", one, two, three],
        ["Zed", "", two, one],
    )

    assert found == {
        "Rank the mentors": ["Bo Marsh; Cy Dale; Ana Brook", "Ana Brook; Bo Marsh; Cy Dale", "Cy Dale; Bo Marsh"]
    }


def test_a_further_column_never_has_the_heading_of_another_one():
    found = answers(
        ["Name", "topics", "topics/exams", "topics/cvs"], ["Ama", "exams", "1", "0"], ["Bo", "cvs", "0", "1"]
    )

    assert found == {"topics (columns C-D)": ["exams", "cvs"]}


def test_columns_are_joined_once():
    table = joined(["Name", "Topics: Exams", "Topics: CVs"], ["Ama", "x", ""], ["Bo", "", "x"])

    assert join_columns(table) is table


def test_a_formula_without_value_in_a_part_is_one_in_the_whole():
    grid = [(1, ["Name", "Topics: Exams", "Topics: CVs"]), (2, ["Ama", "x", ""]), (3, ["Bo", "", "x"])]
    table = table_of_grid(grid, file="sheet.csv", limits=DEFAULT_LIMITS)

    found = join_columns(Table(table.file, "", 1, table.headings, table.rows, frozenset({(2, 2)})))

    assert found.unread == {(2, 2), (2, 3)}
