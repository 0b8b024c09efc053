"""Tests of `chiron match` on pools too large to write every pair down: the same worth as the usual way, proved."""

import csv
import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from chiron.blueprints.schema.groups import GroupsSpec
from chiron.blueprints.schema.rules_file import load_rules
from chiron.cli.exits import DONE, FALLS_SHORT, NEEDS_FIXING, USAGE
from chiron.cli.matching import match as match_commands
from chiron.sheets.bulk_match import CrowdError, is_crowd, plan_crowd, read_crowd
from chiron.sheets.match import match

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """Return a folder with the sheets of a small national programme, and its rules."""
    folder = tmp_path_factory.mktemp("nation")
    words = [str(BENCHMARKS / "national.py"), str(folder), "--mentees", "600", "--mentors", "300", "--places", "2"]
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return folder


@pytest.fixture
def as_crowd(monkeypatch):
    """Take small files as a crowd, too."""
    monkeypatch.setattr("chiron.cli.matching.match.SMALL", 0)
    monkeypatch.setattr("chiron.sheets.bulk_match.MOST_PAIRS", 1000)


@pytest.mark.parametrize("aim", ["total", "everyone"])
def test_crowd_plan_is_worth_as_much_as_the_usual_one(nation, aim):
    rules = load_rules(nation / "rules.toml")
    usual = match(nation / "mentors.csv", nation / "mentees.csv", rules=rules, aim=aim, capacity=2)

    found = plan_crowd(read_crowd(nation / "mentors.csv", nation / "mentees.csv", rules=rules), aim=aim)

    assert found.answer.proved_best
    assert usual.summary.proved_best
    assert int(found.answer.fits.sum()) == sum(pair.fit for pair in usual.pairs)
    assert len(found.answer.fits) == usual.summary.matched
    assert [step.value for step in found.answer.steps] == [step.value for step in usual.summary.steps]


def test_crowd_command_writes_pairs_whose_points_add_up(nation, as_crowd, run, tmp_path):
    out = tmp_path / "plan.csv"
    files = str(nation / "mentors.csv"), str(nation / "mentees.csv"), "--rules", str(nation / "rules.toml")

    code, said, err = run("match", *files, "-o", str(out))

    assert code == DONE
    assert "proved best over all pairs" in err
    assert "of 600 mentees matched" in said
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["Mentee id"] for row in rows} == {f"mentee{number}@example.org" for number in range(1, 601)}
    made = [row for row in rows if row["Mentor id"]]
    rules = [rule.name for rule in load_rules(nation / "rules.toml").rules if not rule.must]
    assert len(rules) == 12
    assert all(int(row["Fit"]) == sum(int(row[rule]) for rule in rules) for row in made)
    assert max(map([row["Mentor id"] for row in made].count, {row["Mentor id"] for row in made})) <= 2
    assert run("match", *files, "-o", str(out))[0] == USAGE
    before = out.read_bytes()
    assert run("match", *files, "-o", str(out), "--force")[0] == DONE
    assert out.read_bytes() == before


def test_crowd_command_gives_its_proof_as_json(nation, as_crowd, run):
    files = str(nation / "mentors.csv"), str(nation / "mentees.csv"), "--rules", str(nation / "rules.toml")

    code, said, _ = run("match", *files, "--json", "--aim", "everyone", "--require-all")

    found = json.loads(said)
    assert code == (FALLS_SHORT if found["unmatched"] else DONE)
    assert found["proved_best"]
    assert found["pairs_of_people"] == 600 * 300
    assert all(step["value"] == step["bound"] for step in found["steps"])


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("--lock", "a:b"), USAGE, "--lock does not work for a pool of this size"),
        (("-o", "plan.xlsx"), USAGE, "written as .csv or .tsv"),
        (("--aim", "worst-off"), USAGE, "worst-off"),
    ],
)
def test_crowd_command_refuses_what_it_cannot_do(nation, as_crowd, run, words, code, text):
    files = str(nation / "mentors.csv"), str(nation / "mentees.csv"), "--rules", str(nation / "rules.toml")

    found, _, err = run("match", *files, *words)

    assert found == code
    assert text in err


def test_crowd_refuses_rules_that_it_does_not_know(nation):
    rules = load_rules(nation / "rules.toml").model_copy(update={"everyone": True})

    with pytest.raises(CrowdError, match="matched without everyone = true"):
        read_crowd(nation / "mentors.csv", nation / "mentees.csv", rules=rules)


def test_crowd_refuses_sizes_of_groups_instead_of_forgetting_them(nation):
    rules = load_rules(nation / "rules.toml").model_copy(update={"groups": GroupsSpec(least=2)})

    with pytest.raises(CrowdError, match="matched without sizes of groups"):
        read_crowd(nation / "mentors.csv", nation / "mentees.csv", rules=rules)


def test_crowd_refuses_mentees_who_ask_for_no_mentor_or_for_several(nation, tmp_path):
    mentees = tmp_path / "mentees.csv"
    lines = (nation / "mentees.csv").read_text().splitlines()
    mentees.write_text(
        "\n".join([f"{lines[0]},Mentors wanted", *(f"{line},{at % 3}" for at, line in enumerate(lines[1:]))])
    )

    with pytest.raises(CrowdError, match="one mentor for each mentee"):
        read_crowd(nation / "mentors.csv", mentees, rules=load_rules(nation / "rules.toml"))


def test_crowd_refuses_a_stable_plan_where_a_wish_is_that_of_one_side(nation):
    rules = load_rules(nation / "rules.toml")
    one_sided = [rule if rule.must else rule.model_copy(update={"voice": "mentee"}) for rule in rules.rules]
    rules = rules.model_copy(update={"rules": tuple(one_sided)})

    with pytest.raises(CrowdError, match="both sides wish the same"):
        plan_crowd(read_crowd(nation / "mentors.csv", nation / "mentees.csv", rules=rules), aim="stable")


def test_bad_rows_of_a_crowd_are_named(nation, as_crowd, run, tmp_path):
    mentees = tmp_path / "mentees.csv"
    lines = (nation / "mentees.csv").read_text().splitlines()
    lines[3] = lines[3].replace("@", " at ")
    mentees.write_text("\n".join(lines))
    files = str(nation / "mentors.csv"), str(mentees), "--rules", str(nation / "rules.toml")

    code, _, err = run("match", *files, "--strict", "-n")

    assert code == NEEDS_FIXING
    assert "mentees.csv row 4" in err


def test_only_long_text_files_are_a_crowd(nation, tmp_path):
    assert not is_crowd(nation / "mentors.csv", nation / "mentees.csv")
    assert not is_crowd(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    long = tmp_path / "long.csv"
    long.write_text("Name\n" * 60_000)
    assert is_crowd(long, nation / "mentees.csv")


def test_many_mentees_and_few_mentors_are_a_large_pool_although_the_one_file_is_small(folder):
    (folder / "few.csv").write_text("Name,Offers\nAnn,Exams\n")
    (folder / "many.csv").write_text("Name,Goals\n" + "".join(f"Mentee {at},Exams\n" for at in range(60_000)))

    assert match_commands._is_crowd(Namespace(mentors="few.csv", mentees="many.csv"))
    assert not match_commands._is_crowd(Namespace(mentors="few.csv", mentees="few.csv"))
