"""Files that once gave a wrong plan, read in place from the shared cases: the right value of each."""

import os
import shutil
from pathlib import Path

import pytest

from chiron.cli.main import main

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


@pytest.fixture
def said(capsys, tmp_path, monkeypatch):
    """Run a command in a copy of a case; return its exit code and everything that it said."""
    if not CASES.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the shared cases are not beside the project")
        pytest.skip("the shared cases (shared/cases) are not beside the project")

    def command(case: str, *words: str) -> tuple[int, str]:
        folder = tmp_path / case
        if not folder.exists():
            shutil.copytree(CASES / case, folder)
        monkeypatch.chdir(folder)
        code = main([*words])
        told = capsys.readouterr()
        return code, told.out + told.err

    return command


MATCH = ("--no-input", "-y", "-o", "-")


def test_merged_cell_holds_for_each_of_its_rows(said):
    code, text = said(
        "03-merged-cell-breaks-must", "match", "mentors.xlsx", "mentees.xlsx", "--rules", "rules.toml", *MATCH
    )

    assert code == 0
    assert "Xan Reed,Ana Brook" in text


@pytest.mark.parametrize(("case", "mentors", "mentees", "where"), [
    ("04-csv-open-quote", "mentors.csv", "mentees.csv", "mentors.csv row 4: a quote mark"),
    ("unclosed-quote-swallows-rows", "mo.csv", "me.csv", "me.csv row 2: a quote mark"),
    ("only-headings", "mo.csv", "me.csv", "Nobody is in me.csv: it holds only headings"),
])  # fmt: skip
def test_file_that_would_lose_people_is_refused_with_the_row(said, case, mentors, mentees, where):
    code, text = said(case, "check", mentors, mentees, "--no-input")

    assert code == 2
    assert where in text


def test_visible_sheet_is_read_first_and_named(said):
    code, text = said("11-hidden-sheet-chosen", "match", "mentors.xlsx", "mentees.xlsx", *MATCH)

    assert code == 0
    assert 'mentee (mentees.xlsx, sheet "Form1")' in text
    assert "Xan Reed," in text
    assert "Old Person" not in text
    assert (
        "Old Person"
        in said("11-hidden-sheet-chosen", "check", "mentors.xlsx", "mentees.xlsx", "--mentee-sheet", "Mentees")[1]
    )


def test_hidden_row_is_noted_by_its_number(said):
    code, text = said("13-hidden-rows-matched", "match", "mentors.xlsx", "mentees.xlsx", *MATCH)

    assert code == 0
    assert "mentors.xlsx: 1 hidden row was read: row 3." in text


def test_letters_that_were_guessed_are_shown(said):
    code, text = said("15-csv-code-page-silent", "check", "mentors.csv", "mentees.csv", "--no-input")

    assert code == 0
    assert "Łukasz Żak" in text
    assert "so I guessed cp1250" in text


def test_coloured_empty_rows_count_for_nothing(said):
    code, text = said("23-coloured-empty-rows", "check", "mentors.xlsx", "mentees.xlsx", "--no-input")

    assert code == 0
    assert "2 mentors and 2 mentees can be matched." in text


def test_utf_32_is_read_as_such(said):
    code, text = said("utf32-read-as-utf16", "match", "mo.csv", "me.csv", *MATCH)

    assert code == 0
    assert "Ann Lee," in text
    assert "\0" not in text


def test_sheet_without_headings_loses_nobody(said):
    code, text = said(
        "no-heading-row", "match", "mo.csv", "me.csv", "--no-input", "-n", "--mentor", "name=A", "--mentee", "name=A"
    )

    assert code == 0
    assert "2 of 2 mentees matched" in text
    assert "mo.csv: there is no row of headings" in text


@pytest.mark.parametrize("name", ["deep.json", "big.csv"])
def test_explain_refuses_what_is_no_result(said, name):
    code, text = said("explain-faults", "explain", name, "Ann Lee")

    assert code == 2
    assert "is not a result of chiron match" in text or "it is not JSON" in text


def test_as_many_short_rows_as_long_ones_are_matched(said, tmp_path):
    said("big-rows-short", "check", "mo.csv", "missing.csv", "--no-input")
    (tmp_path / "big-rows-short" / "me.csv").write_text("Name,Goals\n" + "".join(f"P {at},x\n" for at in range(50_001)))

    code, text = said("big-rows-short", "check", "mo.csv", "me.csv", "--no-input")

    assert code == 0
    assert "50001 mentees can be matched" in text
