"""Small inputs that once came out wrong, read where they lie beside the project: each through the command, with what is right."""

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from chiron.cli.exits import DONE, NEEDS_FIXING, NO_PLAN, USAGE
from chiron.sheets.files.headings import normal

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "cases"
ON_THE_SITE = {"20-site-places-lowered", "21-site-late-mentee-dead-end", "site-500-places"}
"""Cases of pages and of rounds; they are tested where those pages are."""


@pytest.fixture(autouse=True)
def _cases_are_there():
    if not BESIDE.exists():
        if os.environ.get("CI"):
            pytest.fail("The cases lie beside the project in CI, and are not there.")
        pytest.skip("needs the small cases beside the project")


@pytest.fixture
def case(tmp_path, monkeypatch):
    """Copy one case into the current folder."""

    def copied(name: str) -> Path:
        for path in (BESIDE / name).iterdir():
            shutil.copy(path, tmp_path / path.name)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return copied


@pytest.fixture
def made(run):
    """Match two files; give the plan as JSON has it, with the pairs by name under "by_name"."""

    def plan(mentors: str, mentees: str, *words: str) -> dict:
        code, said, talked = run("match", mentors, mentees, *words, "--no-input", "-y", "-n", "--json")
        assert said, talked
        found = json.loads(said)
        found["code"], found["talked"] = code, talked
        found["by_name"] = {(pair["mentee"], pair["mentor"]) for pair in found.get("pairs", ())}
        return found

    return plan


def said_of(found: dict) -> str:
    """Return every note and problem of a plan as one text."""
    return " ".join([*map(str, found["notes"]), *(problem["text"] for problem in found["problems"])])


def test_every_case_is_tested_here_or_on_the_site():
    tested = Path(__file__).read_text(encoding="utf-8")

    assert [
        folder.name
        for folder in BESIDE.iterdir()
        if folder.name not in ON_THE_SITE and f'"{folder.name}"' not in tested
    ] == []


def test_line_manager_in_words_is_kept_apart(case, made):
    case("01-line-manager-in-words")

    found = made("mentors.xlsx", "mentees.xlsx")

    assert ("Xan Reed", "Ana Brook") not in found["by_name"]
    assert "Ana Brook" in said_of(found)


def test_not_with_in_words_is_kept_apart(case, made):
    case("02-not-with-in-words")

    found = made("mentors.xlsx", "mentees.xlsx")

    assert ("Xan Reed", "Ana Brook") not in found["by_name"]
    assert "Ana Brook" in said_of(found)


def test_merged_cell_holds_for_each_of_its_rows(case, made):
    case("03-merged-cell-breaks-must")

    assert ("Xan Reed", "Ana Brook") in made("mentors.xlsx", "mentees.xlsx", "--rules", "rules.toml")["by_name"]


def test_open_quote_is_named_with_its_row(case, run):
    case("04-csv-open-quote")

    code, said, talked = run("check", "mentors.csv", "mentees.csv")

    assert code in {USAGE, NEEDS_FIXING}
    assert "row 4" in said + talked


def test_ranking_grid_gives_every_first_choice(case, made):
    case("05-rank-grid-read-as-ids")

    pairs = {
        (mentee.split()[0], mentor.split()[0]) for mentee, mentor in made("mentors.xlsx", "mentees.xlsx")["by_name"]
    }

    assert pairs == {("Xan", "Bo"), ("Yve", "Ana"), ("Zed", "Cy")}


@pytest.mark.parametrize("ending", ["", "-labels"])
def test_ticked_boxes_are_the_answer(case, made, ending):
    case("06-redcap-checkboxes")

    found = made(f"mentors{ending}.csv", f"mentees{ending}.csv")

    # Bo has one place and offers what Xan and what Zed want; Cy offers nothing.
    scores = {(pair["mentee"].split()[0], pair["mentor"].split()[0]): pair["score"] for pair in found["pairs"]}
    assert scores.pop(("Yve", "Ana")) > 0
    assert {mentor: score > 0 for (_, mentor), score in scores.items()} == {"Bo": True, "Cy": False}
    assert "complete" not in " ".join(column["heading"].casefold() for column in found["columns"])


def test_heading_rows_of_a_form_export_are_no_people(case, made):
    case("07-qualtrics-header-rows-become-people")

    found = made("mentors.csv", "mentees.csv")

    assert {(mentee.split()[0], mentor.split()[0]) for mentee, mentor in found["by_name"]} == {
        ("Xan", "Ana"),
        ("Yve", "Bo"),
    }
    assert [one["rows"] for one in found["inputs"]] == [2, 2]


def test_half_an_hour_of_a_time_zone_counts(case, made):
    case("08-half-hour-time-zones")

    found = made("mentors.xlsx", "mentees.xlsx")

    assert {(mentee.split()[0], mentor.split()[0]) for mentee, mentor in found["by_name"]} == {("Xan", "Ana")}
    assert "1 hour" in json.dumps(found["pairs"])


def test_options_with_commas_are_one_answer(case, made):
    case("10-google-forms-commas-in-options")

    found = made("mentors.xlsx", "mentees.xlsx")

    assert {(mentee.split()[0], mentor.split()[0]) for mentee, mentor in found["by_name"]} == {("Xan", "Bo")}


def test_visible_sheet_is_read(case, made):
    case("11-hidden-sheet-chosen")

    found = made("mentors.xlsx", "mentees.xlsx")

    assert {mentee for mentee, _ in found["by_name"]} == {"Xan Reed"}
    assert "Form1" in [one["sheet"] for one in found["inputs"]]


def test_hidden_row_is_said(case, made):
    case("13-hidden-rows-matched")

    found = made("mentors.xlsx", "mentees.xlsx")

    assert "Bo Marsh" not in str(found["by_name"]) or "hidden row" in said_of(found)


def test_guessed_letters_are_said(case, made):
    case("15-csv-code-page-silent")

    found = made("mentors.csv", "mentees.csv")

    assert "Łukasz Żak" in str(found["by_name"]) or "UTF-8" in said_of(found) + found["talked"]


def test_one_sheet_for_both_sides_stops_and_names_the_column(case, run):
    case("16-same-sheet-for-both-roles")

    code, said, talked = run("match", "all.xlsx", "all.xlsx", "--no-input", "-y", "-n")

    assert code == USAGE
    assert "Role" in said + talked


def test_one_row_a_place_adds_up(case, made):
    case("19-one-row-a-place")

    assert made("mentors.xlsx", "mentees.xlsx")["summary"]["matched"] == 3


def test_people_called_null_and_test_are_kept(case, run):
    case("22-names-null-and-test")

    code, said, talked = run("check", "mentors.xlsx", "mentees.xlsx")

    assert code == DONE, said + talked


def test_coloured_empty_rows_count_for_nothing(case, run):
    case("23-coloured-empty-rows")

    code, said, talked = run("check", "mentors.xlsx", "mentees.xlsx")

    assert code == DONE, said + talked
    assert "2 mentors" in said + talked


def test_names_are_found_with_any_apostrophe():
    assert len({normal(f"O{mark}Neill") for mark in ("'", "\u2019", "\u2018", "\u02bc", "\u00b4", "`")}) == 1
    assert (BESIDE / "24-site-search-apostrophe").exists()


def test_missing_answer_claims_nothing(case, made):
    case("asked-claims-other-background")

    found = made("mo.csv", "me.csv", "--rules", "r.toml")

    assert [pair["score"] for pair in found["pairs"]] == [0]
    assert "another background" not in json.dumps(found["pairs"])


def test_balanced_groups_leave_out_whom_nobody_may_take(case, made):
    case("balanced-refuses")

    found = made("mo.csv", "me.csv", "--rules", "r.toml")

    assert found["code"] == DONE
    assert found["summary"]["matched"] == 3


@pytest.mark.nightly  # `test_check_and_match_take_the_same_sizes` has as many rows in every run
def test_more_than_fifty_thousand_rows_switch_over(case, run):
    folder = case("big-rows-short")
    (folder / "me.csv").write_text("Name,Goals\n" + "".join(f"P {at},x\n" for at in range(50_001)))

    code, said, talked = run("match", "mo.csv", "me.csv", "--no-input", "-y", "-n")

    assert code == DONE, said + talked


def test_least_of_a_must_is_of_the_whole_list(case, run):
    case("coverage-must-full")

    code, said, _ = run("match", "mo.csv", "me.csv", "--rules", "r.toml", "--no-input", "-n", "--json")

    assert code in {DONE, NO_PLAN}
    assert not said or json.loads(said)["summary"]["matched"] == 0


def test_true_and_false_are_a_wish_and_none(case, made):
    case("csv-true-false-gender-wish")

    found = made("mo.csv", "me.csv")

    assert {(mentee.split()[0], mentor) for mentee, mentor in found["by_name"]} == {
        ("Ann", "Mo One"),
        ("Bob", "Mo Two"),
    }
    parts = [(pair["mentee"], part["points"]) for pair in found["pairs"] for part in pair["parts"]]
    assert all(points > 0 for _, points in parts)
    assert {mentee for mentee, _ in parts} == {"Ann Lee"}


@pytest.mark.parametrize("name", ["deep.json", "big.csv"])
def test_explain_says_what_is_wrong_with_a_file(case, run, name):
    case("explain-faults")

    code, _, talked = run("explain", name, "Ann Lee")

    assert code == USAGE
    assert "fault" not in talked


@pytest.mark.parametrize(
    ("name", "more"), [("fix-helps-somebody-else", ()), ("total-fix-does-not-work", ("--aim", "total"))]
)
def test_offered_fix_helps_whom_it_names(case, made, name, more):
    case(name)

    before = made("mo.csv", "me.csv", "--rules", "r.toml", *more)
    after = made("mo2.csv", "me.csv", "--rules", "r.toml", *more)

    matched = {mentee for mentee, _ in after["by_name"]}
    promised = {
        left["name"]
        for left in before["unmatched"]
        if any(fix.startswith("1 more place with Mo One would") for fix in left["fixes"])
    }
    assert promised <= matched


def test_free_text_is_no_exclusion(case, run):
    case("free-text-as-exclusion")

    code, said, talked = run("check", "mo.csv", "me.csv", "--no-input")

    assert code == DONE, said + talked


def test_importance_out_of_range_is_named_with_its_cell(case, run):
    case("importance-out-of-range")

    code, said, talked = run("check", "mo.csv", "me.csv", "--rules", "r.toml", "--no-input")

    assert code == NEEDS_FIXING
    assert all(word in said + talked for word in ("me.csv", "row 2", "Weight"))


def test_perfect_pair_needs_no_look(case, made):
    case("needs-a-look-fixed-line")

    assert made("mo.csv", "me.csv", "--rules", "r.toml")["summary"]["needs_look"] == 0


def test_sheet_without_headings_loses_nobody_in_silence(case, run):
    case("no-heading-row")

    code, said, talked = run(
        "match", "mo.csv", "me.csv", "--no-input", "-n", "--mentor", "name=A", "--mentee", "name=A"
    )

    assert code == USAGE or "heading" in said + talked


def test_sheet_of_headings_only_is_said_to_hold_nobody(case, run):
    case("only-headings")

    code, said, talked = run("check", "mo.csv", "me.csv", "--no-input")

    assert code == USAGE
    assert "No column looks like" not in said + talked


def test_telephone_number_is_no_number_of_mentors(case, made):
    case("phone-as-mentors-wanted")

    assert made("mo.csv", "me.csv")["summary"]["matched"] == 2


def test_most_people_counts_people(case, made):
    case("several-mentors-everyone")

    assert made("mo.csv", "me.csv")["summary"]["matched"] == 2
    assert made("mo.csv", "me.csv", "--rules", "all.toml")["code"] == DONE


def test_two_children_with_one_address_are_two_people(case, made):
    case("siblings-same-email")

    assert made("mo.csv", "me.csv")["summary"]["matched"] == 2


def test_one_address_in_other_letters_is_the_same_address(case, made, tmp_path):
    case("site-500-same-email-other-letters")
    (tmp_path / "mentors.csv").write_text("Name,Places\nMo One,5\n", encoding="utf-8")
    with (tmp_path / "mentees.csv").open(encoding="utf-8") as file:
        rows = len(list(csv.reader(file))) - 1

    found = made("mentors.csv", "mentees.csv")

    assert rows == 2
    assert "mail" in said_of(found) or found["summary"]["matched"] == 2


@pytest.mark.parametrize("seed", range(5))
def test_no_verdict_hangs_on_the_seed(case, run, seed):
    case("stable-everyone-message")

    code, said, talked = run(
        "match", "mo.csv", "me.csv", "--rules", "r.toml", "--aim", "stable", "--no-input", "-n", "--seed", str(seed)
    )

    assert code == DONE or "No plan can meet" not in said + talked


def test_staff_number_is_no_postcode(case, made):
    case("staff-number-as-postcode")

    assert "km apart" not in json.dumps(made("mo.csv", "me.csv")["pairs"])


def test_total_leaves_nobody_out_for_nothing(case, made):
    case("total-leaves-out-for-nothing")

    assert made("mo.csv", "me.csv", "--rules", "r.toml", "--aim", "total")["summary"]["matched"] == 2


def test_open_quote_at_the_end_is_named(case, run):
    case("unclosed-quote-swallows-rows")

    code, said, talked = run("check", "mo.csv", "me.csv", "--no-input")

    assert code in {USAGE, NEEDS_FIXING}
    assert "row" in said + talked


def test_time_zone_that_no_rule_reads_leaves_nobody_out(case, run):
    case("unused-time-zone-empties-sheet")

    code, said, talked = run("match", "mo.csv", "me.csv", "--no-input", "-y", "-n")

    assert code == DONE, said + talked


def test_wide_letters_are_read(case, made):
    case("utf32-read-as-utf16")

    found = made("mo.csv", "me.csv")

    assert "\0" not in str(found)
