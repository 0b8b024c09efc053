"""What needs both sheets."""

import pytest

from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.files.read import read_table
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.crosscheck import check_together
from chiron.sheets.people.diagnostics import Checked, Diagnostic
from chiron.sheets.people.exclusions import MeansNobody
from sheets import awkward
from sheets.awkward import csv_bytes

MENTORS = [
    ["Name", "Email", "Places", "Areas"],
    ["Dr Siân Hughes", "sian@clinic.test", "0", "research"],
    ["Bo Li", "bo@clinic.test", "2", "Research"],
    ["Bo Li", "bo2@clinic.test", "1", "Exams"],
    ["Test", "t@example.com", "1", ""],
]


def check(lines: list[list[str]] | bytes, side: str) -> Checked:
    content = lines if isinstance(lines, bytes) else csv_bytes(lines)
    table = read_table(content, name=f"{side}s.csv")
    fields = {name: spec for name, spec in standard_fields().items() if spec.asked_of(side)}
    return check_rows(table, guess_columns(table, side, fields).columns, fields, side)


def together(mentees: list[list[str]] | bytes, mentors: list[list[str]] = MENTORS) -> tuple[Checked, Checked]:
    return check_together(check(mentors, "mentor"), check(mentees, "mentee"), standard_fields())


def test_names_become_ids_however_they_are_written():
    _, mentees = together(
        [
            ["Name", "Preferred mentors"],
            ["Ama", "Hughes, Sian"],
            ["Cai", "PROF. SIÂN HUGHES; bo2@clinic.test"],
            ["Dee", "none"],
        ]
    )

    assert [person.answers.get("choices") for person in mentees.people] == [
        ("sian@clinic.test",),
        ("sian@clinic.test", "bo2@clinic.test"),
        None,
    ]


def test_names_that_are_absent_twice_there_or_left_out_are_reported():
    _, mentees = together(
        [
            ["Name", "Preferred mentors"],
            ["Ama", "Sian Hughs"],
            ["Cai", "Bo Li"],
            ["Dee", "Test"],
            ["Eli", "Nobody Here"],
        ]
    )

    assert [(each.row, each.code, each.left_out) for each in mentees.problems] == [
        (2, "absent_name", False),
        (3, "two_people", False),
        (5, "absent_name", False),
    ]
    assert (
        mentees.problems[0].text
        == '"Preferred mentors" names "Sian Hughs", who is not among the mentors in mentors.csv. '
        'Did you mean "Dr Siân Hughes"? Type the name as it stands there.'
    )
    assert [(each.row, each.code) for each in mentees.notes] == [(4, "row_left_out")]
    assert len(mentees.people) == 4


def told(found: tuple[Diagnostic, ...]) -> list[tuple[int, str]]:
    return [(each.row, each.code) for each in found]


def test_an_exclusion_keeps_apart_whom_it_means_and_says_so():
    _, mentees = together(
        [["Name", "Not with"], ["Ama", "Sian Hughs"], ["Cai", "my tutor, Dr Hughes"], ["Dee", "Siân Hughes"]]
    )

    assert [person.answers.get("not_with") for person in mentees.people] == [("sian@clinic.test",)] * 3
    assert mentees.problems == ()
    assert [(note.row, note.code, note.text) for note in mentees.notes] == [
        (1, "kept_apart", '"Not with" 1 cell names people of mentors.csv, who are kept apart.'),
        (
            2,
            "read_as_people",
            '"Not with" is "Sian Hughs". I read this as Dr Siân Hughes (mentors.csv row 2); they are kept apart.',
        ),
        (
            3,
            "read_as_people",
            '"Not with" is "my tutor, Dr Hughes". I read this as Dr Siân Hughes (mentors.csv row 2); they are kept apart.',
        ),
    ]


def test_an_exclusion_that_is_not_clear_leaves_the_person_out_until_it_is_mended():
    _, mentees = together([["Name", "Not with"], ["Ama", "Sean Hughs"], ["Cai", "my boss"], ["Dee", "Tom Price"]])

    assert [(each.row, each.code, each.left_out) for each in mentees.problems] == [
        (2, "unclear_name", True),
        (3, "unclear_name", True),
    ]
    assert mentees.problems[1].text == (
        '"Not with" is "my boss". I cannot tell who of mentors.csv is meant by "my boss". '
        'Type a name as it stands there, or "nobody".'
    )
    assert [(person.name, person.answers.get("not_with")) for person in mentees.people] == [("Dee", None)]
    assert mentees.left_out == ("Ama", "Cai")
    assert told(mentees.notes) == [(4, "not_there")]


def test_an_exclusion_that_fits_two_people_keeps_both_apart():
    _, mentees = together([["Name", "Not with"], ["Ama", "Bo Li"], ["Cai", "Li"]])

    assert [person.answers["not_with"] for person in mentees.people] == [("bo@clinic.test", "bo2@clinic.test")] * 2


@pytest.mark.parametrize(
    "nobody",
    [
        MeansNobody(everywhere=True),
        MeansNobody(rows=frozenset({("mentees.csv", "", 2)})),
        MeansNobody(cells={("mentees.csv", "", 2, "Not with"): "my  boss"}),
    ],
)
def test_a_cell_that_is_said_to_mean_nobody_leaves_nobody_out(nobody: MeansNobody):
    lines = [["Name", "Not with"], ["Ama", "my boss"]]

    _, mentees = check_together(check(MENTORS, "mentor"), check(lines, "mentee"), standard_fields(), nobody=nobody)

    assert [(person.name, person.answers.get("not_with")) for person in mentees.people] == [("Ama", None)]
    assert mentees.problems == ()
    assert [note.text for note in mentees.notes] == ['"Not with" is "my boss". You said that means nobody.']


@pytest.mark.parametrize(
    "nobody",
    [
        MeansNobody(rows=frozenset({("mentees.csv", "", 3)})),
        MeansNobody(rows=frozenset({("mentors.csv", "", 2)})),
        MeansNobody(cells={("mentees.csv", "", 2, "Not with"): "my other boss"}),
    ],
)
def test_another_cell_that_is_said_to_mean_nobody_changes_nothing(nobody: MeansNobody):
    lines = [["Name", "Not with"], ["Ama", "my boss"]]

    _, mentees = check_together(check(MENTORS, "mentor"), check(lines, "mentee"), standard_fields(), nobody=nobody)

    assert mentees.left_out == ("Ama",)


def test_what_was_understood_stays_where_the_rest_is_said_to_mean_nobody():
    lines = [["Name", "Not with"], ["Ama", "Sian Hughes and Bob"]]

    _, mentees = check_together(
        check(MENTORS, "mentor"), check(lines, "mentee"), standard_fields(), nobody=MeansNobody(everywhere=True)
    )

    assert mentees.people[0].answers["not_with"] == ("sian@clinic.test",)


def test_mentors_may_name_mentees():
    mentors, _ = together(
        [["Name", "Email"], ["Ama Reed", "ama@clinic.test"], ["Cai Roe", "cai@clinic.test"]],
        [["Name", "Not with"], ["Bo Li", "Ama Reed (my niece); Cai Row"], ["Jo Tan", "none"]],
    )

    assert [person.answers.get("not_with") for person in mentors.people] == [
        ("ama@clinic.test", "cai@clinic.test"),
        None,
    ]


def test_an_exclusion_that_names_somebody_whose_row_was_left_out_is_told():
    _, mentees = together([["Name", "Line manager"], ["Ama", "Dr Test"]], [["Name"], ["Bo Li"], ["Test"]])

    assert told(mentees.notes) == [(2, "row_left_out")]
    assert mentees.people[0].answers.get("manager") is None


def test_a_line_manager_need_not_be_a_mentor():
    lines = [
        ["Name", "Line manager"],
        ["Ama", "Siân Hughes"],
        ["Cai", "Tom Price"],
        *[[f"P{at}", f"Ed Coe{at}"] for at in "abc"],
    ]

    _, mentees = together(lines)

    assert [person.answers.get("manager") for person in mentees.people] == [("sian@clinic.test",), *[None] * 4]
    assert mentees.problems == ()
    assert [note.text for note in mentees.notes if note.code == "not_there"] == [
        (
            '"Line manager" names 4 times somebody who is not in mentors.csv, for example "Tom Price" (row 3), '
            '"Ed Coea" (row 4), "Ed Coeb" (row 5).'
        )
    ]


def test_mentors_without_places_who_are_chosen_are_noted():
    mentors, _ = together([["Name", "Preferred mentors"], ["Ama", "Siân Hughes"], ["Cai", "Siân Hughes"]])

    assert [note.text for note in mentors.notes if note.code == "chosen_without_places"] == [
        '"Places" is 0, but 2 mentees chose Dr Siân Hughes. Nobody will be matched there.'
    ]


def test_one_answer_gets_one_spelling_on_both_sheets():
    lines = [
        ["Name", "Goals", "Gender"],
        ["Ama", "RESEARCH; Exams", "she/her"],
        ["Cai", "Research", "She / Her"],
        ["Dee", "Research; Reserach", "she/her"],
        ["Eli", "Research", "Non-binary"],
    ]

    mentors, mentees = together(lines)

    assert [person.answers["goals"] for person in mentees.people] == [
        ("Research", "Exams"),
        ("Research",),
        ("Research",),
        ("Research",),
    ]
    assert [person.answers["gender"] for person in mentees.people] == ["she/her", "she/her", "she/her", "Non-binary"]
    assert [person.answers.get("expertise") for person in mentors.people] == [("Research",), ("Research",), ("Exams",)]
    assert [(note.row, note.text) for note in mentees.notes] == [
        (4, '"Goals" has "Reserach". I read it as "Research".')
    ]


def test_other_numbers_are_never_a_slip():
    lines = [["Name", "Department"], *[[f"Person {at}", "Ward 11 north"] for at in range(9)], ["Ama", "Ward 12 north"]]

    _, mentees = together(lines)

    assert mentees.people[-1].answers["department"] == "Ward 12 north"


def test_a_sheet_with_every_problem_names_absent_people_too():
    _, mentees = together(awkward.every_problem())

    assert [(each.row, each.code) for each in mentees.problems if each.code == "absent_name"] == [
        (11, "absent_name"),
        (11, "absent_name"),
    ]
    assert [note.row for note in mentees.notes if note.code == "read_as_people"] == [12]
    assert [each.row for each in mentees.problems] == sorted(each.row for each in mentees.problems)
