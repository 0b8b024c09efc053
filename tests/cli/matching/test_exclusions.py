"""Exclusions on the command line: nobody is paired with whom a cell names, and what is not clear is asked."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from sheets.ways_to_name import MENTORS, UNCLEAR, ways

WRITTEN = tuple(ways())[::7]


def write(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return str(path)


def mentors(folder: Path) -> str:
    rows = [[one.id, one.name, one.email, one.family] for one in MENTORS]
    return write(folder / "mentors.csv", [["Id", "Name", "Email", "Expertise"], *rows, ["M-9X", "Ida Quill", "", "-"]])


def mentees(folder: Path, texts: list[str], heading: str = "Line manager") -> str:
    rows = [[f"Mentee {at}", f"m{at}@home.test", "Brook", text] for at, text in enumerate(texts)]
    return write(folder / "mentees.csv", [["Name", "Email", "Goals", heading], *rows])


def pairs_in(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["Mentee"]: row["Mentor"] for row in csv.DictReader(stream)}


@pytest.mark.parametrize("heading", ["Not with", "Line manager"])
def test_match_never_pairs_with_whom_a_cell_names(folder, run, heading):
    mentees(folder, [text for _, _, text in WRITTEN], heading)

    code, _, _ = run("match", mentors(folder), "mentees.csv", "--no-input", "--capacity", "600", "-o", "plan.csv")

    made = pairs_in(folder / "plan.csv")
    assert code == 0
    assert [
        text for at, (_, one, text) in enumerate(WRITTEN) if made[f"Mentee {at}"] in {one.name, "not matched"}
    ] == []


def test_match_of_a_large_pool_understands_the_same(folder, run, monkeypatch):
    pytest.importorskip("numba", reason="the extra scale is not installed")
    mentees(folder, [*(text for _, _, text in WRITTEN), "my boss"])
    monkeypatch.setattr("chiron.sheets.pools.MOST_PAIRS", 0)

    code, _, err = run("match", mentors(folder), "mentees.csv", "--no-input", "--capacity", "600", "-o", "plan.csv")

    made = pairs_in(folder / "plan.csv")
    assert code == 0
    assert [
        text for at, (_, one, text) in enumerate(WRITTEN) if made[f"Mentee {at}"] in {one.name, "not matched"}
    ] == []
    assert f"mentees.csv row {len(WRITTEN) + 2}" in err
    assert f"Mentee {len(WRITTEN)}" not in made


@pytest.mark.parametrize("text", UNCLEAR)
def test_match_leaves_an_unclear_row_out_and_names_it(folder, run, text):
    mentees(folder, [text, ""])

    code, _, err = run("match", mentors(folder), "mentees.csv", "--no-input", "-o", "plan.csv")

    assert (code, pairs_in(folder / "plan.csv").get("Mentee 0")) == (0, None)
    assert "mentees.csv row 2" in err
    assert "Where a cell means nobody of the other sheet: --nobody mentees.csv:2" in err


@pytest.mark.parametrize("said", [("--nobody", "mentees.csv:2", "--nobody", "mentees.csv:3"), ("--nobody", "all")])
def test_nobody_says_that_unclear_cells_mean_nobody(folder, run, said):
    mentees(folder, ["my boss", "the head of cardiology"])

    code, _, err = run("match", mentors(folder), "mentees.csv", "--no-input", "-o", "plan.csv", *said)

    assert (code, sorted(one for one in pairs_in(folder / "plan.csv") if one.startswith("Mentee"))) == (
        0,
        ["Mentee 0", "Mentee 1"],
    )
    assert "need fixing" not in err


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("mentees.csv:9", '--nobody: there is no row 9 in "mentees.csv".'),
        ("others.csv:2", '--nobody: there is no row 2 in "others.csv".'),
        ("al", '--nobody is "al". Type a file and a row, for example mentees.csv:2, or all.'),
    ],
)
def test_nobody_of_a_row_that_is_not_there_is_refused(folder, run, said, text):
    mentees(folder, ["my boss"])

    code, _, err = run("check", mentors(folder), "mentees.csv", "--nobody", said)

    assert code == 2
    assert text in err


def one_workbook(folder: Path) -> str:
    """Write mentors and mentees into one workbook, an exclusion that is not clear in row 2 of both."""
    book = openpyxl.Workbook()
    for name, heading, text in (("Mentors", "Expertise", "my ex"), ("Mentees", "Goals", "my boss")):
        sheet = book.create_sheet(name)
        sheet.append(["Name", heading, "Not with"])
        sheet.append([f"{name} one", "Ward", text])
        sheet.append([f"{name} two", "Ward", ""])
    book.remove(book.worksheets[0])
    book.save(folder / "both.xlsx")
    return "both.xlsx"


def test_nobody_of_a_row_speaks_of_one_sheet_of_a_workbook(folder, run):
    both = one_workbook(folder)

    code, _, err = run("match", both, both, "--no-input", "-o", "plan.csv", "--nobody", "both.xlsx:Mentees:2")

    assert code == 0
    assert sorted(pairs_in(folder / "plan.csv")) == ["Mentees one", "Mentees two"]
    assert "Mentors one" not in pairs_in(folder / "plan.csv").values()
    assert "--nobody both.xlsx:Mentors:2" in err


def test_nobody_of_a_row_that_two_sheets_have_is_refused(folder, run):
    both = one_workbook(folder)

    code, _, err = run("match", both, both, "--no-input", "-o", "plan.csv", "--nobody", "both.xlsx:2")

    assert code == 2
    assert "row 2 of both.xlsx is on two sheets. Type both.xlsx:Mentors:2 or both.xlsx:Mentees:2." in err


def test_check_writes_a_file_to_be_answered_and_takes_it_back(folder, run):
    mentees(folder, ["my boss", "=the boss", "Ana Brook"])

    first, _, _ = run("check", mentors(folder), "mentees.csv", "--save-check", "asked.csv")
    with (folder / "asked.csv").open(encoding="utf-8-sig", newline="") as stream:
        asked = list(csv.reader(stream))
    write(folder / "answered.csv", [asked[0], *([*row[:-1], "nobody"] for row in asked[1:])])
    again, _, _ = run("check", "mentors.csv", "mentees.csv", "--answers", "answered.csv")

    assert (first, again) == (3, 0)
    assert [row[:5] for row in asked] == [
        ["File", "Sheet", "Row", "Column", "Cell"],
        ["mentees.csv", "", "2", "Line manager", "my boss"],
        ["mentees.csv", "", "3", "Line manager", "'=the boss"],
    ]


def test_an_answer_about_one_sheet_of_a_workbook_says_nothing_about_the_other(folder, run):
    book = openpyxl.Workbook()
    book.active.title = "Mentors"
    book.create_sheet("Mentees")
    for sheet, name, topics in (("Mentors", "Ana Brook", "Expertise"), ("Mentees", "Xan Reed", "Goals")):
        for row in (("Name", "Email", topics, "Not with"), (name, f"{sheet}@home.test", "Exams", "my ex")):
            book[sheet].append(row)
    book.save(folder / "both.xlsx")
    asked = ["File", "Sheet", "Row", "Column", "Cell", "Answer"]
    write(folder / "answered.csv", [asked, ["both.xlsx", "Mentees", "2", "Not with", "my ex", "nobody"]])

    code, out, err = run("check", "both.xlsx", "both.xlsx", "--answers", "answered.csv", "--json")

    assert code == 3, err
    assert [(one["sheet"], one["row"]) for one in json.loads(out)["problems"]] == [("Mentors", 2)]


def test_an_answer_counts_for_the_text_that_it_was_given_for(folder, run):
    asked = [
        ["File", "Sheet", "Row", "Column", "Cell", "Answer"],
        ["mentees.csv", "", "2", "Line manager", "my boss", "nobody"],
    ]
    write(folder / "answered.csv", asked)
    mentees(folder, ["my old boss"])

    code, out, _ = run("check", mentors(folder), "mentees.csv", "--answers", "answered.csv")

    assert (code, out) == (3, "11 mentors and 0 mentees can be matched. 1 row needs fixing.\n")


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([["File", "Sheet", "Row"], ["mentees.csv", "", "2"]], 'has no column "Column"'),
        (
            [
                ["File", "Sheet", "Row", "Column", "Cell", "Answer"],
                ["mentees.csv", "", "2", "Line manager", "my boss", "Ana"],
            ],
            'answered.csv row 2  "Answer" is "Ana". Type nobody',
        ),
    ],
)
def test_a_file_of_answers_that_cannot_be_used_is_refused(folder, run, rows, text):
    write(folder / "answered.csv", rows)
    mentees(folder, ["my boss"])

    code, _, err = run("check", mentors(folder), "mentees.csv", "--answers", "answered.csv")

    assert code == 2
    assert text in err


def test_a_lock_against_an_exclusion_is_a_conflict(folder, run):
    mentees(folder, ["my boss, Dr A. Brook"])

    code, _, err = run("match", mentors(folder), "mentees.csv", "--no-input", "--lock", "Mentee 0:Ana Brook")

    assert code == 4
    assert "Mentee 0" in err


EVERYBODY = [
    ["Name", "Email", "Role", "Topics"],
    ["Ana Brook", "ana@home.test", "Mentor", "Exams"],
    ["Bo Marsh", "bo@home.test", "Both", "Exams"],
    ["Xan Reed", "x@home.test", "Mentee", "Exams"],
]


def test_one_sheet_for_both_sides_stops_and_says_which_column_tells(folder, run):
    write(folder / "all.csv", EVERYBODY)

    code, _, err = run("match", "all.csv", "all.csv", "--no-input", "-o", "plan.csv")

    assert code == 2
    assert 'all.csv stands for both sides, and its column "Role" says who is who: 2 mentors and 2 mentees.' in err
    assert '--role-column "Role"' in err
    assert not (folder / "plan.csv").exists()


def test_one_sheet_for_both_sides_is_parted_by_the_column(folder, run):
    write(folder / "all.csv", EVERYBODY)

    code, _, _ = run("match", "all.csv", "all.csv", "--no-input", "-o", "plan.csv", "--role-column", "role")

    assert (code, pairs_in(folder / "plan.csv")) == (0, {"Bo Marsh": "Ana Brook", "Xan Reed": "Bo Marsh"})


def test_one_sheet_without_such_a_column_stops_and_says_what_to_add(folder, run):
    write(folder / "all.csv", [[cell for at, cell in enumerate(row) if at != 2] for row in EVERYBODY])

    code, _, err = run("check", "all.csv", "all.csv")

    assert code == 2
    assert "no column says who is a mentor and who a mentee" in err


def test_sheets_the_wrong_way_round_stop_and_say_which_column_tells(folder, run):
    write(folder / "a.csv", [EVERYBODY[0], EVERYBODY[1]])
    write(folder / "b.csv", [EVERYBODY[0], EVERYBODY[3]])

    code, _, err = run("check", "b.csv", "a.csv")
    right, _, _ = run("check", "a.csv", "b.csv")

    assert (code, right) == (2, 0)
    assert 'b.csv is given as the mentors\' sheet, but its column "Role" says mentee in every row.' in err


def test_a_sheet_with_people_of_the_other_side_stops_and_says_which_rows(folder, run):
    write(folder / "a.csv", EVERYBODY)
    write(folder / "b.csv", [EVERYBODY[0], EVERYBODY[3]])

    code, _, err = run("check", "a.csv", "b.csv")
    parted, out, _ = run("check", "a.csv", "b.csv", "--role-column", "Role")
    whole, everybody, _ = run("check", "a.csv", "b.csv", "--role-column", "-")

    assert code == 2
    assert 'its column "Role" says mentee in 1 of 3 rows (row 4)' in err
    assert (parted, out) == (0, "2 mentors and 1 mentee can be matched. Nothing needs fixing.\n")
    assert (whole, everybody) == (0, "3 mentors and 1 mentee can be matched. Nothing needs fixing.\n")


@pytest.mark.parametrize(
    ("column", "cell", "text"),
    [("Role", "Panda", 'all.csv row 2  "Role" is "Panda". Type Mentor, Mentee or Both.'), ("Rolle", "Mentor", "Rolle")],
)
def test_a_role_column_that_cannot_be_used_is_refused(folder, run, column, cell, text):
    write(folder / "all.csv", [EVERYBODY[0], ["Ana Brook", "ana@home.test", cell, "Exams"], *EVERYBODY[2:]])

    code, _, err = run("check", "all.csv", "all.csv", "--role-column", column)

    assert code == 2
    assert text in err


def test_no_note_on_exclusions_is_hidden_and_the_others_are_counted(folder, run):
    """Ten cells are read as more than they say, and eight goals are slips of the pen."""
    texts = [f"my boss {one.name}" for one in MENTORS[:1] for _ in range(10)]
    rows = [[f"Mentee {at}", f"m{at}@home.test", "Cardiology", text] for at, text in enumerate(texts)]
    rows += [[f"Mentee {at}", f"m{at}@home.test", "Cardiology", ""] for at in range(10, 40)]
    rows += [[f"Mentee {at}", f"m{at}@home.test", "Cardiolgy", ""] for at in range(40, 48)]
    write(folder / "mentees.csv", [["Name", "Email", "Goals", "Line manager"], *rows])
    files = mentors(folder), "mentees.csv", "--no-input", "--capacity", "60"

    _, _, short = run("check", *files)
    _, _, whole = run("check", *files, "-v")

    named = [line for line in whole.splitlines() if '"Line manager" is' in line]
    hidden = [line for line in whole.splitlines() if line not in short.splitlines() and line.startswith("  ")]
    assert len(named) == 10
    assert all(line in short.splitlines() for line in named)
    assert f"… and {len(hidden)} more notes; -v shows them all." in short
    assert all("Cardiolgy" in line for line in hidden)


@pytest.mark.parametrize(("most", "text"), [(200_000_000, "--lock"), (0, "add a middle name or initial")])
def test_a_note_recommends_only_what_a_pool_of_this_size_takes(folder, run, monkeypatch, most, text):
    monkeypatch.setattr("chiron.sheets.pools.MOST_PAIRS", most)
    write(folder / "mentors.csv", [["Name", "Email", "Expertise"], ["Ana Brook", "ana@x.test", "Brook"]])
    rows = [["Ana Brook", "a.brook@y.test", "Brook"], ["Bo Li", "bo@y.test", "Brook"]]
    write(folder / "mentees.csv", [["Name", "Email", "Goals"], *rows])

    _, _, err = run("check", "mentors.csv", "mentees.csv")

    (note,) = [line for line in err.splitlines() if "with two e-mails" in line]
    assert text in note
    assert ("--lock" in note) == (text == "--lock")
