import json
import shutil

import pytest

from chiron.cli.main import main
from chiron.sheets.example import write_example

SHEETS = ("mentors.xlsx", "mentees.xlsx")


PLANS = ("plan.xlsx", "plan.json")


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """Return a folder with the example and its plan in each form, worked out once."""
    folder = tmp_path_factory.mktemp("plans")
    write_example(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in (*PLANS, "plan-whole.json"):
            assert main(["match", *SHEETS, "--rules", "rules.toml", "--no-input", "-q", "-o", name]) == 0
    return folder


@pytest.fixture(params=PLANS)
def plan(example, plans, request):
    for name in (request.param, "plan-whole.json"):
        shutil.copy(plans / name, example)
    return request.param


def written(folder):
    return json.loads((folder / "plan-whole.json").read_text(encoding="utf-8"))


def test_explain_says_why_a_pair_with_the_sum_last(plan, run, example):
    pair = written(example)["pairs"][0]

    code, out, _ = run("explain", plan, pair["mentee"])

    lines = out.splitlines()
    assert code == 0
    assert lines[0] == f"{pair['mentee']} → {pair['mentor']}"
    assert lines[len(pair["parts"]) + 2].split() == [str(pair["score"]), "fit"]
    assert "Next best:" in out
    assert "whole plan" in out


def test_explain_says_why_nobody_and_what_would_change_it(plan, run, example):
    left = next(one for one in written(example)["unmatched"] if one["side"] == "mentee")

    code, out, _ = run("explain", plan, left["name"])

    assert code == 0
    assert f"{left['name']} (mentee) has no mentor." in out
    assert left["reasons"][0] in out
    assert "What would change it:\n  1. " in out


def test_explain_finds_people_by_id_and_part_of_the_name(plan, run, example):
    pair = written(example)["pairs"][0]

    by_id = run("explain", plan, pair["mentee_id"], "--json")

    assert json.loads(by_id[1])["name"] == pair["mentee"]


def test_explain_suggests_a_name_for_nobody(plan, run, example):
    name = written(example)["pairs"][0]["mentee"]

    code, out, err = run("explain", plan, name.replace("a", "o", 1) + "x")

    assert (code, out) == (2, "")
    assert "Nobody in this result is called" in err


def test_compare_shows_measures_and_who_moves(plan, run, example):
    run("match", *SHEETS, "--rules", "rules.toml", "--aim", "total", "--no-input", "-q", "-o", "total.json")

    code, out, _ = run("compare", plan, "total.json")

    assert code == 0
    assert out.splitlines()[0].split() == [plan, "total.json"]
    assert "lowest fit" in out
    assert out.rstrip().endswith("mentees change mentor.")


def test_compare_of_a_plan_with_itself_moves_nobody(plan, run):
    assert run("compare", plan, plan)[1].rstrip().endswith("0 of 48 mentees change mentor.")


def test_compare_needs_two_to_four(plan, run):
    assert run("compare", plan)[0] == 2
    assert run("compare", plan, plan, plan, plan, plan)[0] == 2


def test_fairness_hides_small_groups(plan, run):
    code, out, _ = run("fairness", plan, "--by", "hospital")

    assert code == 0
    assert "95 % interval" in out
    assert "[c]" in out
    assert "[c]: hidden" in out


def test_fairness_as_json_holds_no_figure_of_a_hidden_group(plan, run):
    groups = json.loads(run("fairness", plan, "--by", "Hospital", "--json")[1])["fairness"]

    assert any(group["hidden"] for group in groups)
    assert all(group["n"] is None and group["mean"] is None for group in groups if group["hidden"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Say what to group by: --by HEADING. Groups can be made by:"),
        (["--by", "Shoe size"], 'Nobody can be grouped by "Shoe size".'),
        (["--by", "Hospital", "--smallest", "3"], "5"),
    ],
)
def test_fairness_refuses_what_it_cannot_do(plan, run, words, told):
    code, out, err = run("fairness", plan, *words)

    assert (code, out) == (2, "")
    assert told in err


def test_file_that_is_no_result_is_refused(example, run):
    code, _, err = run("explain", "mentors.xlsx", "Ama")

    assert code == 2
    assert "mentors.xlsx is not a result of chiron match." in err
