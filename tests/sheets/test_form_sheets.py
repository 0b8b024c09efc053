"""Sheets as forms export them, matched: who gets whom, and why."""

from pathlib import Path

from chiron import match
from chiron.sheets.result.result import Result
from sheets.awkward import csv_bytes


def matched(folder: Path, mentors: list[list[str]], mentees: list[list[str]]) -> Result:
    (folder / "mentors.csv").write_bytes(csv_bytes(mentors))
    (folder / "mentees.csv").write_bytes(csv_bytes(mentees))
    return match(folder / "mentors.csv", folder / "mentees.csv")


def pairs(result: Result) -> dict[str, str]:
    return {pair.mentee: pair.mentor for pair in result.pairs}


def test_a_ranking_grid_gives_everybody_their_first_choice(tmp_path):
    grid = [f"Rank the mentors [{name}]" for name in ("Ana Brook", "Bo Marsh", "Cy Dale")]

    result = matched(
        tmp_path,
        [
            ["ID", "Name", "Expertise"],
            ["1", "Ana Brook", "Exams"],
            ["2", "Bo Marsh", "Exams"],
            ["3", "Cy Dale", "Exams"],
        ],
        [
            ["ID", "Name", "Goals", *grid],
            ["1", "Xan Reed", "Exams", "3", "1", "2"],
            ["2", "Yve Holt", "Exams", "1", "2", "3"],
            ["3", "Zed Kerr", "Exams", "2", "3", "1"],
        ],
    )

    assert pairs(result) == {"Xan Reed": "Bo Marsh", "Yve Holt": "Ana Brook", "Zed Kerr": "Cy Dale"}


def test_ticked_boxes_are_topics_and_boxes_left_empty_are_none(tmp_path):
    topics = ["topics___1", "topics___2", "topics___3"]

    result = matched(
        tmp_path,
        [
            ["record_id", "name", "email", *topics, "capacity", "form_complete"],
            ["1", "Ana Brook", "ana@nhs.test", "1", "0", "0", "2", "2"],
            ["2", "Bo Marsh", "bo@nhs.test", "0", "1", "1", "2", "2"],
            ["3", "Cy Dale", "cy@nhs.test", "0", "0", "0", "1", "0"],
        ],
        [
            ["record_id", "name", "email", *topics, "form_complete"],
            ["1", "Xan Reed", "x1@nhs.test", "0", "1", "0", "2"],
            ["2", "Yve Holt", "x2@nhs.test", "1", "0", "0", "2"],
            ["3", "Zed Kerr", "x3@nhs.test", "0", "0", "1", "2"],
        ],
    )

    assert pairs(result) == {"Xan Reed": "Bo Marsh", "Yve Holt": "Ana Brook", "Zed Kerr": "Bo Marsh"}
    assert [pair.fit for pair in result.pairs] == [100, 100, 100]


def test_the_headings_of_a_survey_export_are_nobody(tmp_path):
    def marks(count: int) -> list[str]:
        return [f'{{"ImportId":"QID{number}"}}' for number in range(count)]

    result = matched(
        tmp_path,
        [
            ["Finished", "Name", "Topics", "Capacity"],
            ["Finished", "What is your name?", "What can you help with?", "How many mentees can you take?"],
            marks(4),
            ["True", "Ana Brook", "Exams", "1"],
            ["True", "Bo Marsh", "Wellbeing", "1"],
        ],
        [
            ["Finished", "Name", "Topics"],
            ["Finished", "What is your name?", "What would you like help with?"],
            marks(3),
            ["True", "Xan Reed", "Exams"],
            ["True", "Yve Holt", "Wellbeing"],
        ],
    )

    assert pairs(result) == {"Xan Reed": "Ana Brook", "Yve Holt": "Bo Marsh"}


def test_options_with_commas_count_as_one_answer(tmp_path):
    result = matched(
        tmp_path,
        [
            ["Timestamp", "Name", "What can you help with?"],
            ["2026-01-12 09:31", "Ana Brook", "Applying to training, surgery, Research, medicine"],
            ["2026-01-12 09:35", "Bo Marsh", "Wellbeing"],
        ],
        [
            ["Timestamp", "Name", "What would you like help with? (choose up to 2)"],
            ["2026-01-12 09:31", "Xan Reed", "Applying to training, medicine, Wellbeing"],
        ],
    )

    assert pairs(result) == {"Xan Reed": "Bo Marsh"}
    assert any("as one answer each, commas and all" in note for note in result.record.notes)


def test_options_of_one_sheet_part_the_cells_of_the_other(tmp_path):
    result = matched(
        tmp_path,
        [
            ["Name", "Expertise (choice=Research, ethics)", "Expertise (choice=Exams)"],
            ["Ana Brook", "Checked", "Unchecked"],
            ["Bo Marsh", "Unchecked", "Checked"],
        ],
        [["Name", "Goals"], ["Xan Reed", "Research, ethics"], ["Yve Holt", "Exams"]],
    )

    assert pairs(result) == {"Xan Reed": "Ana Brook", "Yve Holt": "Bo Marsh"}


def test_true_in_a_text_file_wishes_for_the_own_gender_and_false_wishes_nothing(tmp_path):
    result = matched(
        tmp_path,
        [["Name", "Gender", "Capacity"], ["Mo One", "female", "1"], ["Mo Two", "male", "1"]],
        [["Name", "Gender", "gender_preference"], ["Ann Lee", "female", "TRUE"], ["Bob Roe", "male", "FALSE"]],
    )

    assert pairs(result) == {"Ann Lee": "Mo One", "Bob Roe": "Mo Two"}
    assert [pair.fit for pair in result.pairs] == [100, 0]


def test_two_ids_with_a_comma_are_two_choices(tmp_path):
    result = matched(
        tmp_path,
        [["Id", "Name", "Areas"], ["M1", "Ana Brook", "Exams"], ["M2", "Bo Marsh", "Exams"]],
        [["Name", "Goals", "Choices"], ["Xan Reed", "Exams", "M2, M1"], ["Yve Holt", "Exams", "M2"]],
    )

    assert pairs(result) == {"Xan Reed": "Ana Brook", "Yve Holt": "Bo Marsh"}
    assert not result.record.problems


def test_the_hours_of_a_grid_are_the_hours_of_the_person(tmp_path):
    days = [f"When are you free? [{day}]" for day in ("Monday", "Tuesday")]

    result = matched(
        tmp_path,
        [["Name", *days], ["Ana Brook", "9:00-11:00", ""], ["Bo Marsh", "", "9:00-11:00"]],
        [["Name", *days], ["Xan Reed", "", "10:00-11:00"], ["Yve Holt", "10:00-11:00", ""]],
    )

    assert pairs(result) == {"Xan Reed": "Bo Marsh", "Yve Holt": "Ana Brook"}


def test_a_preview_of_a_survey_is_nobody(tmp_path):
    result = matched(
        tmp_path,
        [
            ["Response Type", "Name", "Expertise"],
            ["IP Address", "Ana Brook", "Exams"],
            ["Survey Preview", "Me", "Exams"],
        ],
        [["Name", "Goals"], ["Xan Reed", "Exams"]],
    )

    assert [(one.row, one.column, one.code) for one in result.record.problems] == [(3, "Response Type", "test_row")]
    assert (result.record.inputs[0].rows, result.record.inputs[0].used) == (2, 1)
