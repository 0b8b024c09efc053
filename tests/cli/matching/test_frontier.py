"""`chiron compare MENTORS MENTEES`: one plan for each aim."""

import json

import pytest

from chiron.blueprints.schema.rules_file import RulesError, dump_rules, read_rules
from chiron.sheets.match import match
from chiron.sheets.result.reread import read_result

MENTORS = "Name,Site,Places\n" + "".join(f"Mentor {at},{'North' if at % 2 else 'South'},1\n" for at in range(8))
MENTEES = "Name,Site,Choices\n" + "".join(
    f"Mentee {at},{'North' if at < 4 else 'South'},Mentor {at % 3}; Mentor {at % 5}; Mentor {7 - at}\n"
    for at in range(8)
)
RULES = """[matching]
aim = "everyone"

[[matching.rules]]
name = "Choices"
kind = "ranked"
mentee = "choices"
mentor = "id"
points = 30
voice = "mentee"

[[matching.rules]]
name = "Same site"
kind = "same"
field = "site"
points = 12

[matching.parity]
by = "site"
within = 4
"""


@pytest.fixture
def sheets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mentors.csv").write_text(MENTORS, encoding="utf-8")
    (tmp_path / "mentees.csv").write_text(MENTEES, encoding="utf-8")
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    return tmp_path


def test_compare_of_two_sheets_shows_one_plan_for_each_aim(sheets, run):
    code, out, _ = run("compare", "mentors.csv", "mentees.csv", "--rules", "rules.toml", "--no-input")

    lines = out.splitlines()
    assert code == 0
    assert lines[0].split()[:3] == ["aim", "matched", "lowest"]
    aims = [line.split()[0] for line in lines[1:9]]
    assert aims == ["everyone", "total", "worst-off", "stable", "stable-mentors", "profile", "rank", "parity"]
    assert all("8 of 8" in line for line in lines[1:9])
    assert "8 plans for the same people" in out


def test_compare_of_two_sheets_gives_json_that_agrees_with_match(sheets, run):
    code, out, _ = run("compare", "mentors.csv", "mentees.csv", "--rules", "rules.toml", "--no-input", "--json")

    found = json.loads(out)
    plans = {plan["aim"]: plan for plan in found["plans"]}
    assert code == 0
    assert found["left_out"] == []
    assert plans["stable"]["given_up"]["blocking_pairs"] == 0
    for aim, plan in plans.items():
        result = match("mentors.csv", "mentees.csv", rules="rules.toml", aim=aim)
        assert result.record.given_up is not None
        assert plan["given_up"]["total"] == sum(pair.fit for pair in result.pairs), aim
        assert plan["given_up"]["choices"] == result.record.given_up.choices, aim
        assert plan["proved_best"] == result.summary.proved_best, aim
        assert plan["given_up"]["total"] <= plans["total"]["given_up"]["total"]
    assert plans["profile"]["given_up"]["choices"] >= plans["rank"]["given_up"]["choices"]


@pytest.mark.parametrize("aim", ["stable", "stable-mentors", "profile", "rank", "parity"])
def test_match_takes_every_aim_and_its_result_reads_back(sheets, run, aim):
    words = ("match", "mentors.csv", "mentees.csv", "--rules", "rules.toml", "--no-input", "--aim", aim)

    code, _, _ = run(*words, "-o", "plan.xlsx")
    code_of_json, out, _ = run(*words, "--json")

    assert (code, code_of_json) == (0, 0)
    record = read_result("plan.xlsx")
    assert record.settings.aim == aim
    assert json.loads(out)["given_up"]["text"] == record.given_up.text
    assert "lowest fit is" in record.given_up.text


def test_compare_says_what_it_cannot_read(sheets, run):
    assert run("compare", "mentors.csv", "nobody.csv")[0] == 2
    (sheets / "empty.csv").write_text("Name\n", encoding="utf-8")
    assert run("compare", "empty.csv", "mentees.csv", "--no-input")[0] == 2


def test_parity_by_a_protected_attribute_is_refused_unless_somebody_answers_for_it():
    rules = RULES.replace('by = "site"', 'by = "gender"')

    with pytest.raises(RulesError, match='the law protects "gender"'):
        read_rules(rules)
    assert read_rules(rules + 'signed_off_by = "Legal office, 2 March"\n').parity.by == "gender"


def test_parity_without_an_aim_is_the_aim_and_needs_groups():
    rules = read_rules(RULES.replace('aim = "everyone"\n', ""))

    assert rules.aim == "parity"
    assert read_rules(dump_rules(rules)) == rules
    with pytest.raises(RulesError, match="needs"):
        read_rules('[matching]\naim = "parity"\n')


def test_a_must_rule_is_nobodys_wish():
    with pytest.raises(RulesError, match="nobody's wish"):
        read_rules(RULES.replace("points = 12", 'must = true\nvoice = "mentor"'))
