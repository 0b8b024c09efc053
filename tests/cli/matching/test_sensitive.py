"""A canary in every sensitive cell of two sheets: no line, page or file repeats it, but the figures of large groups."""

import csv
import json

import openpyxl
import pytest

from chiron.cli.exits import DONE

CANARY = "Zyzzyva"
MENTEE_HEADINGS = (
    "Name", "E-mail", "Goals", "Gender", "Preferred gender of mentor", "Shared background", "Shared background wanted",
    "Ethnicity", "Religion", "Do you have a disability?",
)  # fmt: skip
MENTOR_HEADINGS = ("Name", "E-mail", "Areas of expertise", "Places", "Gender", "Shared background", "Nationality")


@pytest.fixture
def sheets(tmp_path, monkeypatch):
    """Write two sheets of made-up people; two groups of twelve mentees in each sensitive column."""
    monkeypatch.chdir(tmp_path)
    mentees = [
        (
            f"Mentee {chr(65 + at)}{at}", f"mentee{at}@clinic.test", "Exams; Research" if at % 3 else "Teaching",
            f"{CANARY} gender {at % 2}", f"{CANARY} gender {at % 2}", f"{CANARY} background {at % 2}", "same as me",
            f"{CANARY} ethnic {at % 2}", f"{CANARY} faith {at % 2}", f"{CANARY} able {at % 2}",
        )
        for at in range(24)
    ]  # fmt: skip
    mentors = [
        (
            f"Mentor {chr(65 + at)}{at}", f"mentor{at}@clinic.test", "Exams; Teaching" if at % 2 else "Research", 2,
            f"{CANARY} gender {at % 2}", f"{CANARY} background {at % 2}", f"{CANARY} nation {at % 2}",
        )
        for at in range(11)
    ]  # fmt: skip
    for name, headings, rows in (("mentees", MENTEE_HEADINGS, mentees), ("mentors", MENTOR_HEADINGS, mentors)):
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([headings, *rows])
    return tmp_path


def test_wishes_count_though_nothing_repeats_them(run, sheets):
    assert run("match", "mentors.csv", "mentees.csv", "--no-input", "-y", "-o", "plan.json")[0] == DONE

    plan = json.loads((sheets / "plan.json").read_text())
    texts = {part["text"] for pair in plan["pairs"] for part in pair["parts"]}
    assert "what the mentee asked for: met" in texts
    assert len(plan["unmatched"]) == 2


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.csv", "plan.json"])
def test_written_result_holds_no_sensitive_answer_but_in_figures(run, sheets, name):
    done, said, talked = run("match", "mentors.csv", "mentees.csv", "--no-input", "-y", "-v", "-o", name)

    assert done == DONE
    assert CANARY not in said + talked
    if name.endswith("xlsx"):
        pages = openpyxl.load_workbook(sheets / name)
        cells = {(page.title, str(cell.value)) for page in pages for row in page.iter_rows() for cell in row}
        assert {title for title, text in cells if CANARY in text} == {"Fairness"}
    elif name.endswith("json"):
        plan = json.loads((sheets / name).read_text())
        assert CANARY in json.dumps(plan.pop("fairness"))
        assert CANARY not in json.dumps(plan)
    else:
        assert CANARY not in (sheets / name).read_text(encoding="utf-8-sig")


def test_figures_by_a_sensitive_heading_are_those_of_the_plan(run, sheets):
    run("match", "mentors.csv", "mentees.csv", "--no-input", "-y", "-o", "plan.xlsx")

    done, said, _ = run("fairness", "plan.xlsx", "--by", "Ethnicity")

    assert done == DONE
    assert f"{CANARY} ethnic 0" in said
    assert run("fairness", "plan.xlsx", "--by", "Ethnicity", "--smallest", "9")[0] != DONE


@pytest.mark.parametrize("words", [("check", "mentors.csv", "mentees.csv"), ("explain", "plan.xlsx", "Mentee A0")])
def test_commands_say_no_sensitive_answer(run, sheets, words):
    run("match", "mentors.csv", "mentees.csv", "--no-input", "-y", "-o", "plan.xlsx")

    _, said, talked = run(*words)

    assert said + talked
    assert CANARY not in said + talked


def test_slips_and_odd_cells_of_sensitive_columns_are_told_without_what_they_hold(run, sheets):
    rules = f"""
[matching.fields.background]
type = "list"
choices = ["{CANARY} background 0", "{CANARY} background 1"]

[[matching.rules]]
name = "Background asked for"
kind = "asked"
mentee = "wishes"
mentor = "background"
points = 10
options = {{ own_column = "background" }}
"""
    (sheets / "rules.toml").write_text(rules)
    text = (sheets / "mentees.csv").read_text()
    text = text.replace(f"{CANARY} gender 1", f"{CANARY} gendre 1", 1)
    (sheets / "mentees.csv").write_text(text.replace(f"{CANARY} background 1", f"{CANARY} something else", 1))

    built_in, with_rules = (
        run("check", "mentors.csv", "mentees.csv"),
        run("check", "mentors.csv", "mentees.csv", "--rules", "rules.toml"),
    )

    assert "look at the cell" in " ".join(map(str, with_rules))
    assert CANARY not in " ".join(map(str, (*built_in, *with_rules)))
