import subprocess
import sys

import pandas as pd
import pytest

from chiron import match
from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.rules_file import RulesError
from chiron.sheets.example import write_example
from chiron.sheets.files.table import SheetError
from chiron.sheets.opened import open_sheet
from chiron.sheets.result.explaining import NobodyError

MENTORS = [
    {"Name": "Ann", "What can you help with?": "Exams; Research", "How many mentees?": 2, "Site": "North"},
    {"Name": "Bob", "What can you help with?": ["Leadership"], "How many mentees?": 1, "Site": "South"},
]
MENTEES = [
    {"Name": "Cem", "What would you like help with?": "Exams", "Site": "North"},
    {"Name": "Dee", "What would you like help with?": "Leadership, Exams", "Site": "North"},
    {"Name": "Eve", "What would you like help with?": None, "Site": "South"},
]


def pairs_of(result):
    return {(pair.mentee, pair.mentor) for pair in result.pairs}


def test_match_takes_lists_of_dictionaries():
    result = match(MENTORS, MENTEES)

    assert result.summary.matched == 3
    assert ("Cem", "Ann") in pairs_of(result)
    assert result.summary.proved_best
    assert all(sum(part.points for part in pair.parts) == pair.fit for pair in result.pairs)


def test_match_takes_data_frames_with_empty_cells():
    mentees = pd.DataFrame(MENTEES)
    mentees.loc[2, "What would you like help with?"] = float("nan")

    result = match(pd.DataFrame(MENTORS), mentees)

    assert pairs_of(result) == pairs_of(match(MENTORS, MENTEES))


def test_library_never_loads_pandas():
    code = (
        "import sys; from chiron import match; match([{'Name': 'A'}], [{'Name': 'B'}]); print('pandas' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_match_takes_paths_and_rules(tmp_path):
    write_example(tmp_path)

    result = match(tmp_path / "mentors.xlsx", str(tmp_path / "mentees.xlsx"), rules=tmp_path / "rules.toml")

    assert result.summary.matched == 46
    assert result.problems == ()
    assert [one.file for one in result.record.inputs] == ["mentors.xlsx", "mentees.xlsx"]
    assert {len(one.sha256) for one in result.record.inputs} == {64}


def test_unmatched_people_have_a_reason_and_a_fix(tmp_path):
    write_example(tmp_path)

    result = match(tmp_path / "mentors.xlsx", tmp_path / "mentees.xlsx", rules=tmp_path / "rules.toml")

    left = [one for one in result.unmatched if one.side == "mentee"]
    assert len(left) == result.summary.unmatched == 2
    assert all(one.reasons and one.fixes for one in left)


def test_match_takes_rules_as_values():
    rules = Matching(rules=(RuleSpec(name="one site", kind="same", field="site", must=True),))

    assert pairs_of(match(MENTORS, MENTEES, rules=rules)) == {("Cem", "Ann"), ("Dee", "Ann"), ("Eve", "Bob")}


def test_columns_can_be_given():
    mentors = [{"Who": "Ann", "Knows": "Exams"}, {"Who": "Bob", "Knows": "Research"}]

    result = match(mentors, MENTEES, mentor_columns={"name": "Who", "expertise": "Knows"}, capacity=2)

    assert {(column.field, column.heading) for column in result.columns if column.side == "mentor"} == {
        ("name", "Who"),
        ("expertise", "Knows"),
    }


def test_locks_and_forbids_take_names_in_either_order():
    assert ("Cem", "Bob") in pairs_of(match(MENTORS, MENTEES, locks=[("Bob", "cem")]))
    assert ("Cem", "Ann") not in pairs_of(match(MENTORS, MENTEES, forbids=[("Cem", "Ann")]))


def test_two_people_of_one_side_make_no_pair():
    with pytest.raises(NobodyError, match="on the same side"):
        match(MENTORS, MENTEES, locks=[("Cem", "Dee")])


def test_locks_that_cannot_hold_are_a_conflict():
    with pytest.raises(ConflictError, match=r"Bob has 1 place\."):
        match(MENTORS, MENTEES, locks=[("Cem", "Bob"), ("Dee", "Bob")])


def test_what_is_no_sheet_is_refused():
    with pytest.raises(SheetError, match="Give a path, a list of dictionaries"):
        match(3, MENTEES)
    with pytest.raises(RulesError, match="I cannot open the rules file"):
        match(MENTORS, MENTEES, rules="none.toml")


def test_side_without_anybody_is_refused():
    with pytest.raises(SheetError, match="mentors"):
        match([{"Name": "", "Offers": "x"}], MENTEES)


def test_search_stops_when_the_observer_says_so():
    result = match(MENTORS, MENTEES, observer=lambda _phase, _best: False)

    assert result.summary.stopped is not None
    assert not result.summary.proved_best


def test_same_people_give_the_same_json():
    assert match(MENTORS, MENTEES, seed=5).to_json() == match(MENTORS, MENTEES, seed=5).to_json()


def test_other_choices_say_what_they_cost():
    others = {pair.mentee: pair.others for pair in match(MENTORS, MENTEES).pairs}

    assert "whole plan" in others["Cem"][0].text
    assert others["Cem"][0].mentor == "Bob"


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [
        ({"E-mail": "ana@example.org"}, {"E-mail": "ANA@example.org"}),
        ({"E-mail": "ana@example.org"}, {"E-mail": "other@example.org"}),
        ({}, {}),
    ],
)
def test_match_never_pairs_somebody_with_themself(mentor, mentee):
    both = "Ana Roe"

    result = match(
        [{"Name": both, **mentor}, {"Name": "Bo Li", **dict.fromkeys(mentor, "bo@example.org")}],
        [{"Name": both, **mentee}, {"Name": "Cy Ng", **dict.fromkeys(mentee, "cy@example.org")}],
    )

    assert pairs_of(result) == {(both, "Bo Li"), ("Cy Ng", both)}
    assert any("on both sheets" in note for note in result.record.notes)


def test_match_believes_a_lock_on_two_people_who_share_a_name():
    result = match(
        [{"Name": "Jo Park", "E-mail": "jo1@example.org"}],
        [{"Name": "Jo Park", "E-mail": "jo2@example.org"}],
        locks=[("jo2@example.org", "jo1@example.org")],
    )

    assert pairs_of(result) == {("Jo Park", "Jo Park")}


def test_match_takes_sheets_that_are_open_already(tmp_path):
    (tmp_path / "mentors.csv").write_bytes("Name,Expertise\nJiří Dvořák,Exams\n".encode("cp1250"))
    mentors = open_sheet(tmp_path / "mentors.csv", "mentor", encoding="cp1250")

    result = match(mentors, [{"Name": "Ann Lee", "Goals": "Exams"}])

    assert [(pair.mentee, pair.mentor) for pair in result.pairs] == [("Ann Lee", "Jiří Dvořák")]


def test_sheets_may_be_named():
    mentors = [{"Name": "Ana Brook", "Expertise": "Exams"}]
    mentees = [{"Name": "Xan Reed", "Goals": "Exams"}]

    named = match(mentees=mentees, mentors=mentors)

    assert [(pair.mentee, pair.mentor) for pair in named.pairs] == [("Xan Reed", "Ana Brook")]
    with pytest.raises(SheetError, match="Name both sheets"):
        match(mentors, mentees=mentees)
