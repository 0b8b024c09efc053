"""One road: the same sheets through the engine that lists every pair and through the one that scans them."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest

from chiron.blueprints.plan.pairs import RefereeError
from chiron.blueprints.schema.matching import Matching
from chiron.pairing.proof.referee import Verdict
from chiron.sheets.bulk_match import BulkPlan, plan_bulk, pose_bulk
from chiron.sheets.intake import take_in
from chiron.sheets.match import match
from chiron.sheets.opened import open_sheet
from chiron.sheets.pools import check_pools
from chiron.sheets.result.result import Result
from sheets import awkward
from sheets.awkward import csv_bytes

MENTORS = csv_bytes([
    ["Name", "Email", "Places", "Expertise", "Specialty", "Not with"],
    ["Dr Si\u00e2n Hughes", "sian@clinic.test", "2", "Research; Exams", "Cardiology", ""],
    ["Bo Li", "bo@clinic.test", "1", "Exams", "Paediatrics", ""],
    ["Ama Boateng", "ama@clinic.test", "1", "Research", "Cardiology", ""],
    ["Cai Morgan", "", "2", "Leadership", "Oncology", "Zo\u00eb \u00c5ngstr\u00f6m-N\u00fa\u00f1ez"],
])  # fmt: skip
MENTEES = csv_bytes([
    ["Name", "Email", "Goals", "Specialty", "Not with"],
    ["Ama Boateng", "ama@clinic.test", "Research", "Cardiology", "Bo Li"],
    ["Zo\u00eb \u00c5ngstr\u00f6m-N\u00fa\u00f1ez", "zoe@clinic.test", "Exams", "Paediatrics", "Hughes, Si\u00e2n"],
    ["Dee Okafor", "dee@clinic.test", "Research; Exams", "Cardiology", ""],
    ["Eli Stone", "eli@clinic.test", "Leadership", "Oncology", ""],
])  # fmt: skip


def both(mentors: Path, mentees: Path, aim: str, rules: Matching | None = None) -> tuple[Result, BulkPlan]:
    """Match two sheets by both engines."""
    usual = match(mentors, mentees, rules=rules, aim=aim)
    pools = check_pools(take_in(open_sheet(mentors, "mentor"), open_sheet(mentees, "mentee"), rules=rules))
    return usual, plan_bulk(pose_bulk(pools), aim=aim)


def assert_same(usual: Result, found: BulkPlan) -> None:
    """Both engines reach the same value in every step; of plans that tie in all of them each may take another."""
    assert found.verdict.proved_best
    assert usual.summary.proved_best
    steps = [(step.name, step.value) for step in found.answer.steps]
    assert steps == [(step.aim, step.value) for step in usual.summary.steps]
    assert sum(pair.fit for pair in usual.pairs) == int(found.answer.fits.sum())
    assert len(usual.pairs) == len(found.answer.pairs)


@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
@pytest.mark.parametrize("sheet", awkward.plain_sheets(), ids=lambda sheet: sheet.name)
def test_awkward_sheets_are_worth_the_same_by_both_engines(sheet, aim, tmp_path):
    other = MENTEES if sheet.side == "mentor" else MENTORS
    (tmp_path / sheet.file).write_bytes(sheet.content)
    (tmp_path / "other.csv").write_bytes(other)
    files = (tmp_path / sheet.file, tmp_path / "other.csv")
    mentors, mentees = files if sheet.side == "mentor" else files[::-1]

    usual, found = both(mentors, mentees, aim)

    assert_same(usual, found)


@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
def test_exclusions_people_on_both_sheets_and_usual_places_hold_in_both_engines(aim, tmp_path):
    (tmp_path / "mentors.csv").write_bytes(MENTORS.replace(b"\r\nCai Morgan,,2", b"\r\nCai Morgan,,"))
    (tmp_path / "mentees.csv").write_bytes(MENTEES)

    usual, found = both(tmp_path / "mentors.csv", tmp_path / "mentees.csv", aim)

    assert_same(usual, found)
    ids = found.question.scoring.mentees.ids, found.question.scoring.mentors.ids
    made = {(ids[0][i], ids[1][j]) for i, j in found.answer.pairs.tolist()}
    never = {
        ("ama@clinic.test", "ama@clinic.test"),
        ("ama@clinic.test", "bo@clinic.test"),
        ("zoe@clinic.test", "sian@clinic.test"),
        ("zoe@clinic.test", "Cai Morgan"),
    }
    assert not made & never
    places = dict(zip(ids[1], found.question.capacity.tolist(), strict=True))
    assert places == {"sian@clinic.test": 2, "bo@clinic.test": 1, "ama@clinic.test": 1, "Cai Morgan": 1}


def test_a_misspelt_exclusion_holds_in_large_pools_too(tmp_path):
    said = "Hughes, Si\u00e2n".encode()
    (tmp_path / "mentors.csv").write_bytes(MENTORS)
    (tmp_path / "mentees.csv").write_bytes(MENTEES.replace(b'"' + said + b'"', b"Sian Hughess (ward 4)"))

    usual, found = both(tmp_path / "mentors.csv", tmp_path / "mentees.csv", "everyone")

    assert_same(usual, found)
    zoe = next(at for at, name in enumerate(found.question.mentees) if name.startswith("Zo"))
    allowed = found.scan.whole(np.array([zoe]))[0][0]
    assert not allowed[found.question.mentors.index("Dr Si\u00e2n Hughes")]


def test_a_plan_in_which_the_judge_finds_a_fault_is_never_given(tmp_path, monkeypatch):
    (tmp_path / "mentors.csv").write_bytes(MENTORS)
    (tmp_path / "mentees.csv").write_bytes(MENTEES)
    fault = Verdict(violations=("Ama and Bo may not be paired.",), bounds=(), proved_best=False)
    monkeypatch.setattr("chiron.pairing.scale.national.referee_all.referee_all", lambda *_, **__: fault)

    with pytest.raises(RefereeError, match="may not be paired"):
        both(tmp_path / "mentors.csv", tmp_path / "mentees.csv", "total")


def test_the_sheet_with_every_problem_goes_the_same_way(tmp_path):
    (tmp_path / "mentors.csv").write_bytes(MENTORS)
    (tmp_path / "mentees.csv").write_bytes(awkward.every_problem().replace(b"two or three", b"1"))

    usual, found = both(tmp_path / "mentors.csv", tmp_path / "mentees.csv", "total")

    question = found.question
    in_rows = [name for _, name in sorted(zip(question.rows.tolist(), question.mentees, strict=True))]
    assert in_rows == [one.name for one in usual.plan.mentees]
    assert {one.row for one in usual.problems if one.left_out} >= {5, 7, 9, 15, 16, 18, 21, 22, 24}


def tied(order: random.Random) -> tuple[bytes, bytes]:
    """Return two sheets of people with few different answers, so that most pairs tie, their rows in some order."""
    mentors = [[f"Mentor {number}", f"m{number}@a.test", "1", ("Exams", "Research")[number % 2]] for number in range(8)]
    mentees = [[f"Mentee {number}", f"n{number}@a.test", ("Exams", "Research")[number % 3 > 1]] for number in range(14)]
    order.shuffle(mentors)
    order.shuffle(mentees)
    return (
        csv_bytes([["Name", "Email", "Places", "Expertise"], *mentors]),
        csv_bytes([["Name", "Email", "Goals"], *mentees]),
    )


@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
def test_ties_of_large_pools_are_decided_by_the_seed_and_never_by_the_order_of_the_rows(aim, tmp_path):
    def made(seed: int, order: int) -> set[tuple[str, str]]:
        for side, content in zip(("mentors", "mentees"), tied(random.Random(order)), strict=True):
            (tmp_path / f"{side}.csv").write_bytes(content)
        opened = (open_sheet(tmp_path / f"{side}s.csv", side) for side in ("mentor", "mentee"))
        found = plan_bulk(pose_bulk(check_pools(take_in(*opened)), seed=seed), aim=aim)
        found.write(tmp_path / "plan.csv", force=True)
        rows = list(csv.DictReader((tmp_path / "plan.csv").read_text(encoding="utf-8-sig").splitlines()))
        asked = [row[0] for row in csv.reader((tmp_path / "mentees.csv").read_text(encoding="utf-8-sig").splitlines())]
        written = [row["Mentee"] for row in rows]
        assert written[:8] == [name for name in asked if name in written[:8]]
        assert written[8:] == [name for name in asked if name in written[8:]]
        return {(row["Mentee id"], row["Mentor id"]) for row in rows if row["Mentor id"]}

    plans = [made(seed, 0) for seed in range(4)]

    assert [made(seed, order) for seed in range(4) for order in (1, 2)] == [plan for plan in plans for _ in range(2)]
    assert len({frozenset(plan) for plan in plans}) > 1
