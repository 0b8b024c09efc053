"""What needs both sheets."""

from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.files.read import read_table
from chiron.sheets.people.check import check_rows
from chiron.sheets.people.crosscheck import check_together
from chiron.sheets.people.findings import Checked
from chiron.sheets.people.guess import guess_columns
from sheets import awkward
from sheets.awkward import csv_bytes

MENTORS = [
    ["Name", "Email", "Places", "Areas"],
    ["Dr Siân Hughes", "sian@clinic.test", "0", "research"],
    ["Bo Li", "bo@clinic.test", "2", "Research"],
    ["Bo Li", "bo2@clinic.test", "1", "Exams"],
    ["Test", "t@clinic.test", "1", ""],
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
        == '"Preferred mentors" names "Sian Hughs", who is not among the mentors in mentors.csv. Did you mean "Dr Siân Hughes"? Type the name as it stands there.'
    )
    assert [(each.row, each.code) for each in mentees.notes] == [(4, "row_left_out")]
    assert len(mentees.people) == 4


def test_a_misspelt_exclusion_leaves_the_person_out_until_it_is_fixed():
    _, mentees = together(
        [["Name", "Not with"], ["Ama", "Sian Hughs"], ["Cai", "Somebody Else"], ["Dee", "Siân Hughes"]]
    )

    assert [(each.row, each.code, each.left_out) for each in mentees.problems] == [
        (2, "absent_name", True),
        (3, "absent_name", False),
    ]
    assert [(person.name, person.answers.get("not_with")) for person in mentees.people] == [
        ("Cai", None),
        ("Dee", ("sian@clinic.test",)),
    ]
    assert mentees.left_out == ("Ama",)


def test_a_line_manager_need_not_be_a_mentor():
    _, mentees = together([["Name", "Line manager"], ["Ama", "Siân Hughes"], ["Cai", "Somebody Else"]])

    assert [person.answers["manager"] for person in mentees.people] == ["sian@clinic.test", "Somebody Else"]
    assert mentees.problems == ()


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
        (12, "absent_name"),
    ]
    assert [each.row for each in mentees.problems] == sorted(each.row for each in mentees.problems)
