import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chiron.blueprints.invent.people import invent
from chiron.sheets.example import MENTEE_HEADINGS, MENTOR_HEADINGS, people_page
from chiron.sheets.files.page import text_of
from sheets.awkward import every_problem

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "student-projects.md"
GLASGOW = Path(__file__).resolve().parents[4] / "shared" / "data" / "glasgow_projects"
SHEETS = ("mentors.xlsx", "mentees.xlsx")


def write_sheets(folder, *, mentors=("Ann", "Bob"), mentees=("Cem", "Dee")):
    (folder / "mentors.csv").write_text("Name,Offers\n" + "".join(f"{name},Exams\n" for name in mentors))
    (folder / "mentees.csv").write_text("Name,Goals\n" + "".join(f"{name},Exams\n" for name in mentees))
    return "mentors.csv", "mentees.csv"


def test_template_matches_without_edits(folder, run):
    written = run("template", "--out", "example")
    code, out, err = run(
        "match", "example/mentors.xlsx", "example/mentees.xlsx", "--rules", "example/rules.toml", "--strict", "--require-best",
        "--no-input",
    )  # fmt: skip

    assert written[0] == 0
    assert "made up" in written[2]
    assert code == 0, err
    assert "of 48 mentees matched" in out
    assert "proved best" in err
    assert (folder / "matches.xlsx").exists()
    assert 'Next:  chiron explain matches.xlsx "' in err.splitlines()[-1]


def test_template_never_writes_over_files(example, run):
    assert run("template")[0] == 2
    assert run("template", "--force")[0] == 0


def test_match_talks_to_stderr_and_gives_the_summary_on_stdout(example, run):
    code, out, err = run("match", *SHEETS, "--no-input")

    assert code == 0
    assert 'Read 24 mentors (mentors.xlsx, sheet "Mentors (made up)") and 48 mentees' in err
    assert re.search(r'mentee  goals +← "What would you like help with\?"', err)
    assert "not used (mentees): Hospital, Note" in err
    assert out.startswith("  48 of 48 mentees matched   lowest fit ")
    assert "Wrote matches.xlsx   Pairs · Why · Not matched · Other choices · Fairness · Settings" in err


def test_json_has_the_documented_shape(example, run):
    code, out, err = run("match", *SHEETS, "--json", "--no-input")
    result = json.loads(out)

    assert (code, err) == (0, "")
    assert {"schema_version", "inputs", "settings", "summary", "pairs", "unmatched", "problems", "fairness"} <= set(
        result
    )
    assert result["schema_version"] == 1
    assert {"file", "sheet", "sha256", "rows"} <= set(result["inputs"][0])
    assert result["inputs"][0]["file"] == "mentors.xlsx"
    assert {"aim": "everyone", "seed": 0, "time_limit_s": 60}.items() <= result["settings"].items()
    assert {"matched", "unmatched", "lowest_fit", "mean_fit", "proved_best", "steps"} <= set(result["summary"])
    assert [step["aim"] for step in result["summary"]["steps"]] == ["matched", "lowest fit", "total"]
    assert {"mentee_id", "mentor_id", "score", "parts"} <= set(result["pairs"][0])
    assert all(sum(part["points"] for part in pair["parts"]) == pair["score"] for pair in result["pairs"])
    assert {"by", "group", "n", "mean", "low", "high", "hidden"} <= set(result["fairness"][0])
    assert all(row["mean"] is None for row in result["fairness"] if row["hidden"])
    assert not (example / "matches.xlsx").exists()


def test_same_input_gives_the_same_bytes(example, run):
    run("match", *SHEETS, "--no-input", "-q", "-o", "a.xlsx")
    run("match", *SHEETS, "--no-input", "-q", "-o", "b.xlsx")

    assert (example / "a.xlsx").read_bytes() == (example / "b.xlsx").read_bytes()


def test_pairs_go_to_stdout_as_csv(example, run):
    code, out, err = run("match", *SHEETS, "--no-input", "-o", "-")

    assert code == 0
    assert len(list(csv.reader(io.StringIO(out)))) >= 49
    assert "of 48 mentees matched" in err


def test_result_is_never_written_over_without_force(example, run):
    (example / "plan.csv").write_text("mine")

    refused = run("match", *SHEETS, "--no-input", "-o", "plan.csv")
    forced = run("match", *SHEETS, "--no-input", "-q", "-o", "plan.csv", "--force")

    assert refused[0] == 2
    assert "plan.csv exists already" in refused[2]
    assert forced[0] == 0
    assert (example / "plan.csv").read_text(encoding="utf-8-sig") != "mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "plan.doc"], "choose a name that ends in"),
        (["-o", "nowhere/plan.xlsx"], "There is no folder nowhere"),
        (["-o", "-", "--json"], "Leave one of them out"),
        (["--rules", "none.toml"], "I cannot open the rules file"),
        (["--map", "none.toml"], "I cannot open the map file"),
        (["--mentor", "places=How meny can you take?"], "Did you mean"),
        (["--mentee", "colour=Full name"], 'There is no field "colour"'),
        (["--lock", "Ama"], '--lock "Ama Boateng:Jo Park"'),
        (["--lock", "Ama:Jo"], 'Nobody on either sheet is called "Ama"'),
    ],
)
def test_what_cannot_be_used_ends_with_2(example, run, words, told):
    code, out, err = run("match", *SHEETS, "--no-input", *words)

    assert (code, out) == (2, "")
    assert told in err


def test_sheet_that_is_not_there_is_named(folder, run):
    code, _, err = run("match", "a.xlsx", "b.xlsx")

    assert code == 2
    assert "There is no file a.xlsx" in err


def test_missing_name_column_names_the_flag(folder, run):
    (folder / "mentors.csv").write_text("Animal,Colour\ncat,red\ndog,blue\n")
    (folder / "mentees.csv").write_text("Name,Goals\nCem,Exams\nDee,Exams\n")

    code, _, err = run("match", "mentors.csv", "mentees.csv", "--no-input")

    assert code == 2
    assert 'No column looks like the mentor\'s name. Say which: --mentor name="Column heading".' in err


def test_rule_without_a_column_drops_out_and_the_flag_that_names_one_is_said(folder, run):
    sheets = write_sheets(folder)
    (folder / "rules.toml").write_text(
        '[matching]\n[[matching.rules]]\nname = "site"\nkind = "same"\nfield = "site"\npoints = 3\n'
    )

    code, _, err = run("match", *sheets, "--rules", "rules.toml", "--no-input")

    assert code == 0
    assert "Not used, because nobody says what they compare: site." in err
    assert '--mentor site="Column heading"' in err
    assert '--mentee site="Column heading"' in err


def test_missing_column_of_a_must_stops_the_match_and_names_the_flag(folder, run):
    sheets = write_sheets(folder)
    (folder / "rules.toml").write_text(
        '[matching]\n[[matching.rules]]\nname = "site"\nkind = "same"\nfield = "site"\nmust = true\n'
    )

    code, _, err = run("match", *sheets, "--rules", "rules.toml", "--no-input")

    assert code == 2
    assert '--mentor site="Column heading"' in err
    assert '--mentee site="Column heading"' in err


def test_places_that_no_column_gives_are_said(folder, run):
    sheets = write_sheets(folder, mentors=("Ann",), mentees=("Cem", "Dee"))

    one = run("match", *sheets, "--no-input", "-n")
    two = run("match", *sheets, "--no-input", "-n", "--capacity", "2")

    assert "each mentor takes 1 mentee" in one[2]
    assert "1 of 2 mentees matched" in one[1]
    assert "2 of 2 mentees matched" in two[1]


def test_dry_run_writes_nothing(example, run):
    before = sorted(example.iterdir())

    code, _, err = run("match", *SHEETS, "--no-input", "--dry-run", "--save-map", "map.toml")

    assert code == 0
    assert "Nothing was written" in err
    assert sorted(example.iterdir()) == before


def test_columns_are_saved_and_used_again(folder, run):
    (folder / "mentors.csv").write_text("Wer,Kann\nAnn,Exams\nBob,Exams\n")
    (folder / "mentees.csv").write_text("Name,Goals\nCem,Exams\nDee,Exams\n")
    flags = ("--mentor", "name=Wer", "--mentor", "expertise=Kann")

    first = run("match", "mentors.csv", "mentees.csv", *flags, "--no-input", "-o", "a.json", "--save-map", "map.toml")
    again = run("match", "mentors.csv", "mentees.csv", "--map", "map.toml", "--no-input", "-o", "b.json")

    assert (first[0], again[0]) == (0, 0)
    assert 'expertise = "Kann"' in (folder / "map.toml").read_text()
    assert json.loads((folder / "a.json").read_text())["pairs"] == json.loads((folder / "b.json").read_text())["pairs"]


def test_locks_and_forbids_hold_whichever_side_is_named_first(folder, run):
    sheets = write_sheets(folder)
    (folder / "pairs.csv").write_text("Mentee,Mentor,What\nCem,Ann,forbid\n")

    for words in (["--lock", "Cem:Bob"], ["--lock", "Bob:Cem"], ["--forbid", "Cem:Ann"], ["--pairs", "pairs.csv"]):
        code, out, _ = run("match", *sheets, "--no-input", "--json", *words)
        pairs = {(pair["mentee"], pair["mentor"]) for pair in json.loads(out)["pairs"]}
        assert (code, pairs) == (0, {("Cem", "Bob"), ("Dee", "Ann")})


def test_a_pair_that_is_allowed_may_be_made_whatever_a_must_rule_says(folder, run):
    (folder / "o.csv").write_text("Id,Name,Site\nm1,Mo One,North\n")
    (folder / "e.csv").write_text("Id,Name,Site\ne1,Ann Lee,South\n")
    (folder / "r.toml").write_text(
        '[[matching.rules]]\nname = "Same site"\nkind = "same"\nfield = "site"\nmust = true\n'
    )
    (folder / "pairs.csv").write_text("Mentee,Mentor,What\nAnn Lee,Mo One,allow\n")

    for words in ([], ["--allow", "Ann Lee:Mo One"], ["--pairs", "pairs.csv"]):
        _, out, _ = run("match", "o.csv", "e.csv", "--rules", "r.toml", "--no-input", "--json", *words)
        assert len(json.loads(out)["pairs"]) == bool(words)


def test_file_of_pairs_names_the_row_that_says_neither(folder, run):
    sheets = write_sheets(folder)
    (folder / "pairs.csv").write_text("Mentee,Mentor,What\nCem,Ann,perhaps\n")

    code, _, err = run("match", *sheets, "--no-input", "--pairs", "pairs.csv")

    assert code == 2
    assert 'pairs.csv row 2  "perhaps" is neither. Type lock or forbid.' in err


def test_demands_that_cannot_hold_together_end_with_4(folder, run):
    sheets = write_sheets(folder)

    code, out, err = run("match", *sheets, "--no-input", "--lock", "Cem:Ann", "--lock", "Dee:Ann")

    assert (code, out) == (4, "")
    assert err.rstrip().endswith(
        "No plan can meet these together:\n  Cem and Ann are locked together.\n  Dee and Ann are locked together.\n"
        "  Ann has 1 place."
    )
    assert not (folder / "matches.xlsx").exists()


def test_plan_that_falls_short_ends_with_5_and_is_kept(folder, run):
    sheets = write_sheets(folder, mentors=("Ann",), mentees=("Cem", "Dee"))

    code, _, err = run("match", *sheets, "--no-input", "--require-all")

    assert code == 5
    assert "1 mentee is not matched" in err
    assert (folder / "matches.xlsx").exists()


def test_strict_ends_with_3_where_a_row_needs_fixing(folder, run):
    (folder / "mentors.csv").write_text("Name,How many mentees?\nAnn,many\nBob,2\n")
    (folder / "mentees.csv").write_text("Name,Goals\nCem,Exams\nDee,Exams\n")

    strict = run("match", "mentors.csv", "mentees.csv", "--no-input", "--strict")
    usual = run("match", "mentors.csv", "mentees.csv", "--no-input", "-q")

    assert strict[0] == 3
    assert 'mentors.csv row 2  "How many mentees?" is "many".' in strict[2]
    assert usual[0] == 0
    assert "row 2" in usual[2]


def test_check_lists_what_needs_fixing_and_writes_nothing(folder, run):
    (folder / "mentors.csv").write_text("Name,How many mentees?\nAnn,many\nBob,2\n")
    (folder / "mentees.csv").write_text("Name,Goals\nCem,Exams\nDee,Exams\n")

    code, out, err = run("check", "mentors.csv", "mentees.csv")
    as_json = run("check", "mentors.csv", "mentees.csv", "--json")

    assert code == 3
    assert out.endswith("1 row needs fixing.\n")
    assert "mentors.csv row 2" in err
    assert json.loads(as_json[1])["problems"][0]["row"] == 2
    assert sorted(path.name for path in folder.iterdir()) == ["mentees.csv", "mentors.csv"]


def test_check_counts_rows_and_problems_apart(folder, run):
    (folder / "mentors.csv").write_text(
        "Name,How many mentees?,E-mail\nAnn,many,nothing at all\nBob,2,bob@nhs.example\n"
    )
    (folder / "mentees.csv").write_text("Name,Goals\nCem,Exams\n")

    _, out, err = run("check", "mentors.csv", "mentees.csv")

    assert out.endswith("1 row needs fixing (2 problems).\n")
    assert "\n1 row needs fixing (2 problems):\n" in f"\n{err}"


def test_check_of_clean_sheets_suggests_to_match(example, run):
    code, out, err = run("check", *SHEETS)

    assert code == 0
    assert "Nothing needs fixing." in out
    assert err.rstrip().endswith("Next:  chiron match mentors.xlsx mentees.xlsx")


def test_rules_in_use_are_printed_as_a_file_that_can_be_used(example, run):
    whole = run("match", "--show-rules")
    fitted = run("match", *SHEETS, "--show-rules", "-q")
    (example / "again.toml").write_text(fitted[1], encoding="utf-8")

    again = run("match", *SHEETS, "--rules", "again.toml", "--show-rules", "-q")

    assert whole[1].startswith("# The built-in rules.")
    assert "Ranked choices" not in fitted[1]
    assert again[1] == fitted[1]


def test_quiet_says_nothing_but_violations(example, run):
    assert run("match", *SHEETS, "--no-input", "-q") == (0, "", "")


@pytest.mark.parametrize("number", [4, 5, 6])
def test_glasgow_how_to_gives_everyone_a_project_at_the_least_total_rank(folder, run, number):
    source = GLASGOW / f"00038-0000000{number}.soi"
    if not source.exists():
        assert "CI" not in os.environ
        pytest.skip(f"needs {source.name} of the shared data")
    page = PAGE.read_text(encoding="utf-8")
    (folder / "convert.py").write_text(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], encoding="utf-8")
    (folder / "rules.toml").write_text(re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1], encoding="utf-8")
    words = re.search(r"^chiron (match .*)$", page, re.MULTILINE)[1].split()

    subprocess.run([sys.executable, "convert.py", source], check=True)
    code, _, err = run(*words)

    result = json.loads((folder / "plan.json").read_text())
    assert code == 0, err
    assert result["summary"]["unmatched"] == 0
    assert result["summary"]["proved_best"]
    assert sum(101 - pair["score"] for pair in result["pairs"]) == {4: 50, 5: 44, 6: 58}[number]


def test_ctrl_c_keeps_the_best_plan_so_far(folder):
    mentors, mentees = invent(mentors=500, mentees=1000, seed=1, organizations=("North", "South"))
    for name, people, headings in (("mentors", mentors, MENTOR_HEADINGS), ("mentees", mentees, MENTEE_HEADINGS)):
        (folder / f"{name}.csv").write_text(text_of(people_page(name, people, headings, {})), encoding="utf-8")
    words = [sys.executable, "-m", "chiron", "match", "mentors.csv", "mentees.csv", "--no-input", "--aim", "worst-off"]

    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any(line.startswith("Working out pairs") for line in process.stderr)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()

    assert process.returncode == 130
    assert "Stopping; keeping the best plan so far." in said
    assert not (folder / "matches.xlsx").exists()
    if "Nothing was written" not in said:
        assert (folder / "matches.xlsx.partial").read_bytes().startswith(b"PK")


def test_sheet_with_every_problem_is_matched_and_each_row_named(folder, run):
    (folder / "mentees.xlsx").write_bytes(every_problem())
    (folder / "mentors.csv").write_text("Name,Offers,Places\nAnn Lee,Exams,3\nBob Ray,Research,2\n", encoding="utf-8")

    checked = run("check", "mentors.csv", "mentees.xlsx", "--json")
    code, out, err = run("match", "mentors.csv", "mentees.xlsx", "--no-input", "--json", "-v")

    problems = json.loads(out)["problems"]
    assert (checked[0], code) == (3, 0), err
    assert problems == json.loads(checked[1])["problems"]
    assert len(problems) > 5
    assert all(problem["file"] == "mentees.xlsx" and problem["row"] and problem["text"] for problem in problems)
    assert json.loads(out)["summary"]["matched"] > 0


def test_sheets_in_the_wrong_order_are_told_apart(example, run):
    code, out, err = run("match", SHEETS[1], SHEETS[0], "--no-input")

    assert (code, out) == (2, "")
    assert "look the wrong way round" in err
    assert "Name the mentors' sheet first" in err


def test_check_of_a_sheet_with_nobody_says_so(folder, run):
    mentors, mentees = write_sheets(folder, mentors=())

    code, out, err = run("check", mentors, mentees)

    assert (code, out) == (2, "")
    assert "Nobody is in mentors.csv: it holds only headings (row 1). Put one person in each row below them." in err


def test_check_of_a_sheet_with_nobody_who_can_be_used_says_so(folder, run):
    mentors, mentees = write_sheets(folder, mentors=("Total",))

    code, out, err = run("check", mentors, mentees)

    assert (code, out) == (3, "0 mentors and 2 mentees can be matched. 1 row needs fixing.\n")
    assert "There is no mentor who can be used." in err


def test_match_shares_everybody_out_over_even_groups(folder, run):
    campuses = {"Newark": (11, 3), "Blackwood": (4, 2)}
    for side, at in (("mentees", 0), ("mentors", 1)):
        rows = [f"{campus} {side} {one},{campus}" for campus, counts in campuses.items() for one in range(counts[at])]
        (folder / f"{side}.csv").write_text("\n".join(["Name,Campus", *rows]) + "\n")
    (folder / "rules.toml").write_text(
        '[matching]\neveryone = true\n[matching.groups]\nbalanced_by = "campus"\n'
        '[[matching.rules]]\nname = "Same campus"\nkind = "same"\nfield = "campus"\nmust = true\n'
    )

    code, _, err = run(
        "match", "mentors.csv", "mentees.csv", "--rules", "rules.toml", "--out", "plan.json", "--require-best", "--require-all"
    )  # fmt: skip

    assert code == 0, err
    assert "No column says how many mentees" not in err
    pairs = json.loads((folder / "plan.json").read_text())["pairs"]
    sizes = {}
    for pair in pairs:
        assert pair["mentee"].split()[0] == pair["mentor"].split()[0]
        sizes[pair["mentor"]] = sizes.get(pair["mentor"], 0) + 1
    assert sorted(sizes.values()) == [2, 2, 3, 4, 4]


def test_wishes_are_shown_with_the_pairs_that_they_change(folder, run):
    (folder / "mentees.csv").write_text(
        "Name,Goals,I would like a mentor of this gender\nAma Boa,Exams,woman\nBo Li,Exams,\n", encoding="utf-8"
    )
    (folder / "mentors.csv").write_text(
        "Name,Expertise,Gender,Places\nAnn Lee,Exams,woman,1\nBob Ray,Exams,man,1\n", encoding="utf-8"
    )
    flags = ("--mentee", "gender_wanted=I would like a mentor of this gender", "-n", "--no-input", "--show-wishes")

    changed = []
    for seed in ("0", "1", "2", "3", "4", "5"):
        code, out, _ = run("match", "mentors.csv", "mentees.csv", *flags, "--seed", seed)
        assert code == 0
        assert "Wishes about who the mentor is (Gender asked for), with them and without:" in out
        changed.append("Ama Boa: Ann Lee with the wishes, Bob Ray without" in out)

    # Without the wish the two mentors are equal, so the lot decides: for some seeds the pairs are the same.
    assert {True, False} == set(changed)


def test_priority_for_an_answer_that_nobody_gave_is_told(folder, example, run):
    rules = (example / "rules.toml").read_text()
    words = ("match", *SHEETS, "--no-input", "-v", "--rules", "ours.toml")
    (folder / "ours.toml").write_text(f'{rules}\n[matching.priority]\nby = "stage"\nfirst = ["Astronaut"]\n')
    code, _, err = run(*words)
    assert code == 0, err
    assert 'Priority: no mentee answered "Astronaut" to stage' in err
