"""Tests of `chiron match` on pools too large to write every pair down: the same worth as the usual way, proved."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from chiron.blueprints.schema.groups import GroupsSpec
from chiron.blueprints.schema.rules_file import load_rules
from chiron.cli.exits import DONE, FALLS_SHORT, NEEDS_FIXING, USAGE
from chiron.sheets.bulk_match import BulkError, BulkQuestion, plan_bulk, pose_bulk
from chiron.sheets.intake import take_in
from chiron.sheets.match import match
from chiron.sheets.opened import open_sheet
from chiron.sheets.pools import check_pools

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """Return a folder with the sheets of a small national programme, and its rules."""
    folder = tmp_path_factory.mktemp("nation")
    words = [str(BENCHMARKS / "national.py"), str(folder), "--mentees", "600", "--mentors", "300", "--places", "2"]
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return folder


@pytest.fixture
def as_bulk(monkeypatch):
    """Take small pools as large ones, too."""
    monkeypatch.setattr("chiron.sheets.pools.MOST_PAIRS", 0)


def question_of(mentors, mentees, rules, **more) -> BulkQuestion:
    return pose_bulk(
        check_pools(take_in(open_sheet(mentors, "mentor"), open_sheet(mentees, "mentee"), rules=rules)), **more
    )


@pytest.mark.parametrize("aim", ["total", "everyone"])
def test_bulk_plan_is_worth_as_much_as_the_usual_one(nation, aim):
    rules = load_rules(nation / "rules.toml")
    usual = match(nation / "mentors.csv", nation / "mentees.csv", rules=rules, aim=aim, capacity=2)

    found = plan_bulk(question_of(nation / "mentors.csv", nation / "mentees.csv", rules), aim=aim)

    assert found.verdict.proved_best
    assert usual.summary.proved_best
    assert int(found.answer.fits.sum()) == sum(pair.fit for pair in usual.pairs)
    assert len(found.answer.fits) == usual.summary.matched
    assert [step.value for step in found.answer.steps] == [step.value for step in usual.summary.steps]


def test_bulk_command_writes_pairs_whose_points_add_up(nation, as_bulk, run, tmp_path):
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


def test_bulk_command_gives_its_proof_as_json(nation, as_bulk, run):
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
def test_bulk_command_refuses_what_it_cannot_do(nation, as_bulk, run, words, code, text):
    files = str(nation / "mentors.csv"), str(nation / "mentees.csv"), "--rules", str(nation / "rules.toml")

    found, _, err = run("match", *files, *words)

    assert found == code
    assert text in err


def test_bulk_refuses_rules_that_it_does_not_know(nation):
    rules = load_rules(nation / "rules.toml").model_copy(update={"everyone": True})

    with pytest.raises(BulkError, match="matched without everyone = true"):
        question_of(nation / "mentors.csv", nation / "mentees.csv", rules)


def test_bulk_refuses_sizes_of_groups_instead_of_forgetting_them(nation):
    rules = load_rules(nation / "rules.toml").model_copy(update={"groups": GroupsSpec(least=2)})

    with pytest.raises(BulkError, match="matched without sizes of groups"):
        question_of(nation / "mentors.csv", nation / "mentees.csv", rules)


def test_bulk_refuses_mentees_who_ask_for_no_mentor_or_for_several(nation, tmp_path):
    mentees = tmp_path / "mentees.csv"
    lines = (nation / "mentees.csv").read_text().splitlines()
    mentees.write_text(
        "\n".join([f"{lines[0]},Mentors wanted", *(f"{line},{at % 3}" for at, line in enumerate(lines[1:]))])
    )

    with pytest.raises(BulkError, match="one mentor for each mentee"):
        question_of(nation / "mentors.csv", mentees, load_rules(nation / "rules.toml"))


def test_bulk_refuses_a_stable_plan_where_a_wish_is_that_of_one_side(nation):
    rules = load_rules(nation / "rules.toml")
    one_sided = [rule if rule.must else rule.model_copy(update={"voice": "mentee"}) for rule in rules.rules]
    rules = rules.model_copy(update={"rules": tuple(one_sided)})

    with pytest.raises(BulkError, match="both sides wish the same"):
        plan_bulk(question_of(nation / "mentors.csv", nation / "mentees.csv", rules), aim="stable")


def test_bad_rows_of_a_large_pool_are_named(nation, as_bulk, run, tmp_path):
    mentees = tmp_path / "mentees.csv"
    lines = (nation / "mentees.csv").read_text().splitlines()
    lines[3] = lines[3].replace("@", " at ")
    mentees.write_text("\n".join(lines))
    files = str(nation / "mentors.csv"), str(mentees), "--rules", str(nation / "rules.toml")

    code, _, err = run("match", *files, "--strict", "-n")

    assert code == NEEDS_FIXING
    assert "mentees.csv row 4" in err


def test_a_pool_is_large_by_its_people_and_pairs_whatever_its_file(folder):
    (folder / "few.csv").write_text("Name,Offers\nAnn,Exams\n")
    (folder / "many.csv").write_text("Name,Goals\n" + "".join(f"Mentee {at},Exams\n" for at in range(50_001)))
    (folder / "one.csv").write_text("Name,Goals\nXan,Exams\n")
    few, many = open_sheet("few.csv", "mentor"), open_sheet("many.csv", "mentee")

    assert check_pools(take_in(few, many)).is_bulk
    assert not check_pools(take_in(few, open_sheet("one.csv", "mentee"))).is_bulk


def test_check_and_match_take_the_same_sizes(folder, run):
    (folder / "mo.csv").write_text("Name,Places,Expertise\nMo,5,x\n")
    (folder / "me.csv").write_text("Name,Goals\n" + "".join(f"P {at},x\n" for at in range(50_001)))

    checked, _, said = run("check", "mo.csv", "me.csv", "--no-input")
    matched, out, err = run("match", "mo.csv", "me.csv", "--no-input", "-y", "-n")

    assert (checked, matched) == (DONE, DONE), (said, err)
    assert "5 of 50,001 mentees matched" in out


def test_why_stands_beside_everybody_who_is_not_matched(nation, as_bulk, run, tmp_path):
    out = tmp_path / "plan.csv"
    mentors = tmp_path / "mentors.csv"
    mentors.write_text("\n".join((nation / "mentors.csv").read_text().splitlines()[:61]) + "\n")

    code, _, _ = run(
        "match", str(mentors), str(nation / "mentees.csv"), "--rules", str(nation / "rules.toml"), "-o", str(out)
    )

    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    left = [row["Why not, and what would change it"] for row in rows if not row["Mentor id"]]
    assert code == DONE
    assert len(left) >= 480
    assert all(left)
    assert any("1 more place with" in text for text in left)
    assert any("Why none is was not worked out" in text for text in left)
    assert not any(row["Why not, and what would change it"] for row in rows if row["Mentor id"])


def test_what_would_change_it_stands_beside_somebody_whom_every_mentor_is_kept_from(folder, as_bulk, run):
    (folder / "mo.csv").write_text("Name,Places,Expertise\nAna Brook,2,Ward\n")
    (folder / "me.csv").write_text("Name,Goals,Not with\nEva Ford,Ward,\nCy Dent,Ward,Ana Brook\n")

    run("match", "mo.csv", "me.csv", "--no-input", "-o", "plan.csv")

    rows = list(csv.DictReader((folder / "plan.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["Why not, and what would change it"] for row in rows if not row["Mentor id"]] == [
        (
            "No mentor is allowed: “Not with” rules out 1 of 1. "
            "1 more mentor whom the rules allow would fix it, if Cy Dent is locked to that mentor."
        )
    ]


def test_large_pools_keep_the_pairs_apart_that_people_name(nation):
    rules = load_rules(nation / "rules.toml")
    free = plan_bulk(question_of(nation / "mentors.csv", nation / "mentees.csv", rules))
    ids = free.question.scoring.mentees.ids, free.question.scoring.mentors.ids
    made = [(ids[0][i], ids[1][j]) for i, j in free.answer.pairs[:40].tolist()]

    kept = plan_bulk(question_of(nation / "mentors.csv", nation / "mentees.csv", rules, forbids=made))

    assert kept.verdict.proved_best
    assert not {(ids[0][i], ids[1][j]) for i, j in kept.answer.pairs.tolist()} & set(made)
