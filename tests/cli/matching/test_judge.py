"""Tests of `chiron check --plan`: any plan is judged by the rules, and measured against the best."""

import json

import pytest

from chiron.cli.exits import DONE, FALLS_SHORT, NEEDS_FIXING, USAGE

RULES = """
[matching]
aim = "everyone"
capacity = 1
[[matching.rules]]
name = "Same site"
kind = "same"
field = "site"
must = true
[[matching.rules]]
name = "Goals covered"
kind = "coverage"
mentee = "goals"
mentor = "expertise"
points = 10
"""


@pytest.fixture
def sheets(folder):
    (folder / "rules.toml").write_text(RULES)
    (folder / "mentors.csv").write_text(
        "Name,Site,Expertise\nAnn Lee,North,Exams\nBob Ray,North,Research\nCy Ng,South,Exams\n"
    )
    (folder / "mentees.csv").write_text("Name,Site,Goals\nDi Oh,North,Exams\nEd Po,North,Research\nFi Qu,South,Exams\n")
    return ("check", "mentors.csv", "mentees.csv", "--rules", "rules.toml", "--no-input", "--plan")


def test_best_plan_of_somebody_else_is_called_best(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Ann Lee\nEd Po,Bob Ray\nFi Qu,Cy Ng\n")

    code, out, _ = run(*sheets, "plan.csv")

    assert code == DONE
    assert "The plan breaks no rule." in out
    assert "No plan is better; proved." in out


def test_plan_short_of_the_best_says_by_how_much(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Bob Ray\nEd Po,Ann Lee\nFi Qu,Cy Ng\n")

    code, out, _ = run(*sheets, "plan.csv")

    assert code == FALLS_SHORT
    assert "matched: 3, as good as any plan" in out
    assert "lowest fit: 0; the best plan reaches 10 (proved: no plan exceeds it)" in out


def test_plan_with_a_locked_pair_is_measured_against_plans_that_hold_it_too(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Bob Ray\nEd Po,Ann Lee\nFi Qu,Cy Ng\n")

    code, out, _ = run(*sheets, "plan.csv", "--lock", "Di Oh:Bob Ray")

    assert code == DONE
    assert "No plan is better; proved." in out


def test_plan_without_its_locked_pair_and_with_a_forbidden_one_breaks_both(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Ann Lee\nEd Po,Bob Ray\nFi Qu,Cy Ng\n")

    locked, held, _ = run(*sheets, "plan.csv", "--lock", "Di Oh:Bob Ray", "--json")
    forbidden, kept, _ = run(*sheets, "plan.csv", "--forbid", "Fi Qu:Cy Ng", "--json")

    assert (locked, forbidden) == (NEEDS_FIXING, NEEDS_FIXING)
    assert "Di Oh" in json.loads(held)["violations"][0]
    assert "Fi Qu and Cy Ng" in json.loads(kept)["violations"][0]


def test_pair_that_is_allowed_by_name_breaks_no_rule(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Cy Ng\nEd Po,Bob Ray\n")

    refused, _, _ = run(*sheets, "plan.csv")
    code, out, _ = run(*sheets, "plan.csv", "--allow", "Di Oh:Cy Ng")

    assert refused == NEEDS_FIXING
    assert code == FALLS_SHORT
    assert "The plan breaks no rule." in out


@pytest.mark.parametrize("named", [("--lock", "Di Oh:Bob Ray"), ("--pairs", "pairs.csv")])
def test_named_pairs_without_a_plan_are_refused(sheets, run, named):
    code, _, said = run(*sheets[:-1], *named)

    assert code == USAGE
    assert "--plan" in said


def test_plan_that_breaks_rules_names_each(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Cy Ng\nEd Po,Bob Ray\nFi Qu,Cy Ng\n")

    code, out, _ = run(*sheets, "plan.csv", "--json")

    violations = json.loads(out)["violations"]
    assert code == NEEDS_FIXING
    assert violations == ["Di Oh and Cy Ng may not be paired: “Same site”.", "Cy Ng has 2 mentees, and takes 1."]


def test_forbidden_pair_that_stands_in_two_rows_is_told_once_as_forbidden(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nDi Oh,Cy Ng\nEd Po,Bob Ray\nDi Oh,Cy Ng\n")

    _, out, _ = run(*sheets, "plan.csv", "--json")

    violations = json.loads(out)["violations"]
    assert [one for one in violations if "may not be paired" in one] == [
        "Di Oh and Cy Ng may not be paired: “Same site”."
    ]
    assert "Di Oh and Cy Ng are paired 2 times." in violations


def test_pair_of_one_person_under_two_addresses_is_a_fault_as_in_a_match(folder, run):
    (folder / "mentors.csv").write_text("Name,Email,Site\nKim Oh,kim@home.example,North\nBob Ray,bob@a.example,North\n")
    (folder / "mentees.csv").write_text("Name,Email,Site\nKim Oh,kim@work.example,North\nEd Po,ed@a.example,North\n")
    (folder / "plan.csv").write_text("Mentee,Mentor\nkim@work.example,kim@home.example\ned@a.example,bob@a.example\n")
    asked = ("check", "mentors.csv", "mentees.csv", "--no-input", "--plan", "plan.csv", "--json")

    code, out, _ = run(*asked)

    assert code == NEEDS_FIXING
    assert json.loads(out)["violations"] == ["Kim Oh stands on both sides, and may not be paired with the same person."]


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.json"])
def test_result_of_chiron_is_judged_too(sheets, folder, run, name):
    assert run("match", *sheets[1:-1], "-o", name)[0] == DONE

    code, out, _ = run(*sheets, name)

    assert code == DONE
    assert "No plan is better; proved." in out


def test_plan_of_other_people_is_refused(sheets, folder, run):
    (folder / "plan.csv").write_text("Mentee,Mentor\nNobody Here,Ann Lee\n")
    assert run(*sheets, "plan.csv")[0] == USAGE

    (folder / "plan.csv").write_text("One,Other\nDi Oh,Ann Lee\n")
    code, _, err = run(*sheets, "plan.csv")
    assert code == USAGE
    assert 'columns "mentee" and "mentor"' in err
